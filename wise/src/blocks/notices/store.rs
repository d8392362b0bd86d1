use base::ids::{DeliveryId, NoticeId, PersonId};
use db::{Error, Row, Tx, values};
use jiff::Timestamp;

use super::model::{Channel, Contact, Delivery, DeliveryState, NewNotice, Notice};

const NOTICE: &str = "n.id, n.person_id, n.message, n.arguments, n.link, n.made_at, n.read_at";

fn notice(row: &Row) -> Result<Notice, Error> {
    let arguments: String = row.get(3)?;
    Ok(Notice {
        id: row.parse(0)?,
        person: row.parse(1)?,
        message: row.get(2)?,
        arguments: serde_json::from_str(&arguments).unwrap_or_default(),
        link: row.get(4)?,
        made_at: row.get(5)?,
        read_at: row.get(6)?,
    })
}

/// `false` when the same was told before.
pub(super) fn insert(
    tx: &mut Tx<'_>,
    id: NoticeId,
    it: &NewNotice,
    now: Timestamp,
) -> Result<bool, Error> {
    let arguments = serde_json::to_string(&it.arguments).unwrap_or_else(|_| "{}".into());
    let touched = tx.execute(
        "INSERT INTO notices_notice (id, person_id, once_key, message, arguments, link, made_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (once_key) DO NOTHING",
        values![
            id,
            it.person,
            &it.once_key,
            it.message,
            arguments,
            &it.link,
            now
        ],
    )?;
    Ok(touched == 1)
}

pub(super) fn by_id(tx: &mut Tx<'_>, id: NoticeId) -> Result<Option<Notice>, Error> {
    tx.query_opt(
        &format!("SELECT {NOTICE} FROM notices_notice n WHERE n.id = $1"),
        values![id],
    )?
    .map(|row| notice(&row))
    .transpose()
}

pub(super) fn of_person(
    tx: &mut Tx<'_>,
    person: PersonId,
    before: (Timestamp, String),
    limit: i64,
) -> Result<Vec<Notice>, Error> {
    tx.query_map(
        &format!(
            "SELECT {NOTICE} FROM notices_notice n WHERE n.person_id = $1 \
             AND (n.made_at, n.id) < ($2, $3) ORDER BY n.made_at DESC, n.id DESC LIMIT $4"
        ),
        values![person, before.0, before.1, limit],
        notice,
    )
}

pub(super) fn unread(tx: &mut Tx<'_>, person: PersonId) -> Result<i64, Error> {
    tx.query_one(
        "SELECT COUNT(*) FROM notices_notice WHERE person_id = $1 AND read_at IS NULL",
        values![person],
    )?
    .get(0)
}

pub(super) fn mark_read(tx: &mut Tx<'_>, id: NoticeId, now: Timestamp) -> Result<(), Error> {
    tx.execute(
        "UPDATE notices_notice SET read_at = $2 WHERE id = $1 AND read_at IS NULL",
        values![id, now],
    )?;
    Ok(())
}

pub(super) fn put_contact(tx: &mut Tx<'_>, person: PersonId, it: &Contact) -> Result<(), Error> {
    tx.execute(
        "INSERT INTO notices_contact (person_id, email, locale) VALUES ($1, $2, $3) \
         ON CONFLICT (person_id) DO UPDATE SET email = excluded.email, locale = excluded.locale",
        values![person, it.email.clone(), it.locale.tag()],
    )?;
    Ok(())
}

pub(super) fn contact(tx: &mut Tx<'_>, person: PersonId) -> Result<Option<Contact>, Error> {
    tx.query_opt(
        "SELECT email, locale FROM notices_contact WHERE person_id = $1",
        values![person],
    )?
    .map(|row| {
        Ok(Contact {
            email: row.get(0)?,
            locale: row.parse(1)?,
        })
    })
    .transpose()
}

pub(super) fn queue(
    tx: &mut Tx<'_>,
    id: DeliveryId,
    notice: NoticeId,
    channel: Channel,
    contact: (&str, base::Locale),
    now: Timestamp,
) -> Result<(), Error> {
    tx.execute(
        "INSERT INTO notices_delivery \
         (id, notice_id, channel, address, locale, state, attempts, next_at, changed_at) \
         VALUES ($1, $2, $3, $4, $5, 'queued', 0, $6, $6) \
         ON CONFLICT (notice_id, channel) DO NOTHING",
        values![id, notice, channel.word(), contact.0, contact.1.tag(), now],
    )?;
    Ok(())
}

const DELIVERY: &str =
    "id, notice_id, channel, address, locale, state, attempts, changed_at, problem";

fn delivery(row: &Row) -> Result<Delivery, Error> {
    Ok(Delivery {
        id: row.parse(0)?,
        notice: row.parse(1)?,
        channel: row.parse(2)?,
        address: row.get(3)?,
        locale: row.parse(4)?,
        state: row.parse(5)?,
        attempts: row.get(6)?,
        changed_at: row.get(7)?,
        problem: row.get(8)?,
    })
}

/// Takes the next due delivery and marks it as being sent.
pub(super) fn claim(
    tx: &mut Tx<'_>,
    channel: Channel,
    now: Timestamp,
) -> Result<Option<Delivery>, Error> {
    tx.query_opt(
        &format!(
            "UPDATE notices_delivery SET state = 'sending', attempts = attempts + 1, \
             changed_at = $2 WHERE id = (SELECT id FROM notices_delivery \
             WHERE state = 'queued' AND channel = $1 AND next_at <= $2 \
             ORDER BY next_at, id LIMIT 1) RETURNING {DELIVERY}"
        ),
        values![channel.word(), now],
    )?
    .map(|row| delivery(&row))
    .transpose()
}

/// Moves a delivery on, only from the state it is expected in.
pub(super) fn set_state(
    tx: &mut Tx<'_>,
    id: DeliveryId,
    from: DeliveryState,
    to: DeliveryState,
    problem: Option<&str>,
    next_at: Timestamp,
    now: Timestamp,
) -> Result<bool, Error> {
    let touched = tx.execute(
        "UPDATE notices_delivery SET state = $3, problem = $4, next_at = $5, changed_at = $6 \
         WHERE id = $1 AND state = $2",
        values![id, from.word(), to.word(), problem, next_at, now],
    )?;
    Ok(touched == 1)
}

pub(super) fn abandon(tx: &mut Tx<'_>, older_than: Timestamp) -> Result<u64, Error> {
    tx.execute(
        "UPDATE notices_delivery SET state = 'uncertain', \
         problem = 'the server stopped between sending and recording' \
         WHERE state = 'sending' AND changed_at < $1",
        values![older_than],
    )
}

pub(super) fn in_state(
    tx: &mut Tx<'_>,
    state: DeliveryState,
    limit: i64,
) -> Result<Vec<Delivery>, Error> {
    tx.query_map(
        &format!(
            "SELECT {DELIVERY} FROM notices_delivery WHERE state = $1 \
             ORDER BY changed_at LIMIT $2"
        ),
        values![state.word(), limit],
        delivery,
    )
}

pub(super) fn deliveries_of(tx: &mut Tx<'_>, notice: NoticeId) -> Result<Vec<Delivery>, Error> {
    tx.query_map(
        &format!("SELECT {DELIVERY} FROM notices_delivery WHERE notice_id = $1 ORDER BY id"),
        values![notice],
        delivery,
    )
}
