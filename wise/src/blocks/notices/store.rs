use base::ids::{AccountId, DeliveryId, NoticeId, PersonId};
use db::{Error, Row, Tx, Value, values};
use jiff::Timestamp;
use web::Scope;

use super::choice::{Preferences, QuietHours};
use super::model::{
    Channel, Contact, Delivery, DeliveryState, Device, NewNotice, Notice, Unreached,
    UnreachedState, Urgency,
};

const NOTICE: &str = "n.id, n.person_id, n.message, n.arguments, n.link, n.made_at, n.read_at, \
                      n.urgency, n.answer_by";

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
        urgency: row.parse(7)?,
        answer_by: row.get(8)?,
    })
}

/// `false` when the same was told before.
pub(super) fn insert(
    tx: &mut Tx<'_>,
    id: NoticeId,
    it: &NewNotice,
    look_at: Option<Timestamp>,
    now: Timestamp,
) -> Result<bool, Error> {
    let arguments = serde_json::to_string(&it.arguments).unwrap_or_else(|_| "{}".into());
    let touched = tx.execute(
        "INSERT INTO notices_notice (id, person_id, once_key, message, arguments, link, made_at, \
         urgency, answer_by, look_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) \
         ON CONFLICT (once_key) DO NOTHING",
        values![
            id,
            it.person,
            &it.once_key,
            it.message,
            arguments,
            &it.link,
            now,
            it.urgency.word(),
            it.answer_by,
            look_at
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
        "UPDATE notices_notice SET read_at = $2, look_at = NULL WHERE id = $1 AND read_at IS NULL",
        values![id, now],
    )?;
    Ok(())
}

/// Notices about whose next channel is to be decided now.
pub(super) fn due(tx: &mut Tx<'_>, now: Timestamp, limit: i64) -> Result<Vec<Notice>, Error> {
    tx.query_map(
        &format!(
            "SELECT {NOTICE} FROM notices_notice n WHERE n.look_at <= $1 \
             ORDER BY n.look_at, n.id LIMIT $2"
        ),
        values![now, limit],
        notice,
    )
}

/// `None`: nothing is left to decide.
pub(super) fn look_again(
    tx: &mut Tx<'_>,
    id: NoticeId,
    at: Option<Timestamp>,
) -> Result<(), Error> {
    tx.execute(
        "UPDATE notices_notice SET look_at = $2 WHERE id = $1",
        values![id, at],
    )?;
    Ok(())
}

/// Has a notice looked at now, unless nothing is left to decide about it.
pub(super) fn look_now(tx: &mut Tx<'_>, id: NoticeId, now: Timestamp) -> Result<(), Error> {
    tx.execute(
        "UPDATE notices_notice SET look_at = $2 WHERE id = $1 AND look_at IS NOT NULL",
        values![id, now],
    )?;
    Ok(())
}

pub(super) fn put_contact(tx: &mut Tx<'_>, person: PersonId, it: &Contact) -> Result<(), Error> {
    tx.execute(
        "INSERT INTO notices_contact (person_id, email, phone, locale) VALUES ($1, $2, $3, $4) \
         ON CONFLICT (person_id) DO UPDATE SET email = excluded.email, phone = excluded.phone, \
         locale = excluded.locale",
        values![person, it.email.clone(), it.phone.clone(), it.locale.tag()],
    )?;
    Ok(())
}

pub(super) fn contact(tx: &mut Tx<'_>, person: PersonId) -> Result<Option<Contact>, Error> {
    tx.query_opt(
        "SELECT email, phone, locale FROM notices_contact WHERE person_id = $1",
        values![person],
    )?
    .map(|row| {
        Ok(Contact {
            email: row.get(0)?,
            phone: row.get(1)?,
            locale: row.parse(2)?,
        })
    })
    .transpose()
}

pub(super) fn put_preferences(
    tx: &mut Tx<'_>,
    person: PersonId,
    it: &Preferences,
) -> Result<(), Error> {
    let words: Vec<&str> = it.order.iter().map(|channel| channel.word()).collect();
    tx.execute(
        "INSERT INTO notices_preference (person_id, channels, quiet_from, quiet_until, details) \
         VALUES ($1, $2, $3, $4, $5) ON CONFLICT (person_id) DO UPDATE SET \
         channels = excluded.channels, quiet_from = excluded.quiet_from, \
         quiet_until = excluded.quiet_until, details = excluded.details",
        values![
            person,
            words.join(","),
            u32::from(it.quiet.from_min),
            u32::from(it.quiet.until_min),
            it.details
        ],
    )?;
    Ok(())
}

pub(super) fn preferences(tx: &mut Tx<'_>, person: PersonId) -> Result<Option<Preferences>, Error> {
    tx.query_opt(
        "SELECT channels, quiet_from, quiet_until, details FROM notices_preference \
         WHERE person_id = $1",
        values![person],
    )?
    .map(|row| {
        let channels: String = row.get(0)?;
        let minute = |index| -> Result<u16, Error> {
            let stored: i64 = row.get(index)?;
            Ok(u16::try_from(stored).unwrap_or(0))
        };
        Ok(Preferences {
            order: channels
                .split(',')
                .filter_map(|it| it.parse().ok())
                .collect(),
            quiet: QuietHours {
                from_min: minute(1)?,
                until_min: minute(2)?,
            },
            details: row.get::<i64>(3)? != 0,
        })
    })
    .transpose()
}

pub(super) fn put_device(tx: &mut Tx<'_>, person: PersonId, it: &Device) -> Result<(), Error> {
    // A browser belongs to whoever asked last: a shared one must not tell the other person's news.
    tx.execute(
        "INSERT INTO notices_device (id, person_id, endpoint, p256dh, auth, since) \
         VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (id) DO UPDATE SET \
         person_id = excluded.person_id, p256dh = excluded.p256dh, auth = excluded.auth, \
         since = excluded.since",
        values![
            &it.id,
            person,
            &it.endpoint,
            it.p256dh.as_slice(),
            it.auth.as_slice(),
            it.since
        ],
    )?;
    Ok(())
}

pub(super) fn devices(tx: &mut Tx<'_>, person: PersonId) -> Result<Vec<Device>, Error> {
    tx.query_map(
        "SELECT id, endpoint, p256dh, auth, since FROM notices_device WHERE person_id = $1 \
         ORDER BY since, id",
        values![person],
        |row| {
            Ok(Device {
                id: row.get(0)?,
                endpoint: row.get(1)?,
                p256dh: row.get(2)?,
                auth: row.get(3)?,
                since: row.get(4)?,
            })
        },
    )
}

pub(super) fn delete_device(tx: &mut Tx<'_>, id: &str) -> Result<(), Error> {
    tx.execute("DELETE FROM notices_device WHERE id = $1", values![id])?;
    Ok(())
}

pub(super) fn key(tx: &mut Tx<'_>, name: &str) -> Result<Option<[u8; 32]>, Error> {
    let row = tx.query_opt(
        "SELECT secret FROM notices_key WHERE name = $1",
        values![name],
    )?;
    let secret: Option<Vec<u8>> = row.map(|it| it.get(0)).transpose()?;
    Ok(secret.and_then(|it| it.try_into().ok()))
}

pub(super) fn put_key(
    tx: &mut Tx<'_>,
    name: &str,
    secret: &[u8; 32],
    now: Timestamp,
) -> Result<(), Error> {
    tx.execute(
        "INSERT INTO notices_key (name, secret, made_at) VALUES ($1, $2, $3) \
         ON CONFLICT (name) DO NOTHING",
        values![name, secret.as_slice(), now],
    )?;
    Ok(())
}

/// Where a delivery goes.
pub(super) struct To<'a> {
    pub channel: Channel,
    pub address: &'a str,
    pub locale: base::Locale,
    pub agency: Option<&'a str>,
}

/// Each channel of a notice once.
pub(super) fn queue(
    tx: &mut Tx<'_>,
    id: DeliveryId,
    notice: NoticeId,
    to: &To<'_>,
    at: Timestamp,
    now: Timestamp,
) -> Result<(), Error> {
    tx.execute(
        "INSERT INTO notices_delivery (id, notice_id, channel, address, locale, agency, state, \
         attempts, next_at, changed_at) VALUES ($1, $2, $3, $4, $5, $6, 'queued', 0, $7, $8) \
         ON CONFLICT (notice_id, channel) DO NOTHING",
        values![
            id,
            notice,
            to.channel.word(),
            to.address,
            to.locale.tag(),
            to.agency,
            at,
            now
        ],
    )?;
    Ok(())
}

const DELIVERY: &str =
    "id, notice_id, channel, address, locale, state, attempts, changed_at, problem, agency";

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
        agency: row.get(9)?,
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

/// Takes a claim back until this instant, as if it had not been made.
pub(super) fn put_off(tx: &mut Tx<'_>, id: DeliveryId, at: Timestamp) -> Result<(), Error> {
    tx.execute(
        "UPDATE notices_delivery SET state = 'queued', attempts = attempts - 1, next_at = $2 \
         WHERE id = $1 AND state = 'sending'",
        values![id, at],
    )?;
    Ok(())
}

/// What has not gone out does not go out.
pub(super) fn drop_queued(tx: &mut Tx<'_>, notice: NoticeId, now: Timestamp) -> Result<(), Error> {
    tx.execute(
        "UPDATE notices_delivery SET state = 'dropped', changed_at = $2 \
         WHERE notice_id = $1 AND state = 'queued'",
        values![notice, now],
    )?;
    Ok(())
}

pub(super) fn sending_since_before(
    tx: &mut Tx<'_>,
    before: Timestamp,
) -> Result<Vec<Delivery>, Error> {
    tx.query_map(
        &format!(
            "SELECT {DELIVERY} FROM notices_delivery WHERE state = 'sending' AND changed_at < $1"
        ),
        values![before],
        delivery,
    )
}

pub(super) fn delivery_by_id(tx: &mut Tx<'_>, id: DeliveryId) -> Result<Option<Delivery>, Error> {
    tx.query_opt(
        &format!("SELECT {DELIVERY} FROM notices_delivery WHERE id = $1"),
        values![id],
    )?
    .map(|row| delivery(&row))
    .transpose()
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

/// Letters that wait to be printed, the oldest first.
pub(super) fn letters(tx: &mut Tx<'_>, scope: &Scope, limit: i64) -> Result<Vec<Delivery>, Error> {
    let (clause, mut parameters) = scope.clause("agency", "NULL", 2);
    parameters.insert(0, Value::from(limit));
    tx.query_map(
        &format!(
            "SELECT {DELIVERY} FROM notices_delivery WHERE state = 'queued' \
             AND channel = 'letter' AND {clause} ORDER BY changed_at, id LIMIT $1"
        ),
        &parameters,
        delivery,
    )
}

/// `false` when it stands there already.
pub(super) fn insert_unreached(
    tx: &mut Tx<'_>,
    notice: &Notice,
    agency: Option<&str>,
    urgency: Urgency,
    now: Timestamp,
) -> Result<bool, Error> {
    let touched = tx.execute(
        "INSERT INTO notices_unreached (notice_id, person_id, agency, urgency, since, state) \
         VALUES ($1, $2, $3, $4, $5, 'waiting') ON CONFLICT (notice_id) DO NOTHING",
        values![notice.id, notice.person, agency, urgency.word(), now],
    )?;
    Ok(touched == 1)
}

const UNREACHED: &str = "notice_id, person_id, agency, urgency, since, state";

fn unreached_row(row: &Row) -> Result<Unreached, Error> {
    Ok(Unreached {
        notice: row.parse(0)?,
        person: row.parse(1)?,
        agency: row.get(2)?,
        urgency: row.parse(3)?,
        since: row.get(4)?,
        state: row.parse(5)?,
    })
}

/// Who waits for a call, the most urgent first.
pub(super) fn unreached(
    tx: &mut Tx<'_>,
    scope: &Scope,
    limit: i64,
) -> Result<Vec<Unreached>, Error> {
    let (clause, mut parameters) = scope.clause("agency", "person_id", 2);
    parameters.insert(0, Value::from(limit));
    tx.query_map(
        &format!(
            "SELECT {UNREACHED} FROM notices_unreached WHERE state = 'waiting' AND {clause} \
             ORDER BY CASE urgency WHEN 'urgent' THEN 0 WHEN 'soon' THEN 1 ELSE 2 END, \
             since, notice_id LIMIT $1"
        ),
        &parameters,
        unreached_row,
    )
}

pub(super) fn unreached_one(tx: &mut Tx<'_>, id: NoticeId) -> Result<Option<Unreached>, Error> {
    tx.query_opt(
        &format!("SELECT {UNREACHED} FROM notices_unreached WHERE notice_id = $1"),
        values![id],
    )?
    .map(|row| unreached_row(&row))
    .transpose()
}

/// `false` when it does not wait any more.
pub(super) fn settle_unreached(
    tx: &mut Tx<'_>,
    id: NoticeId,
    how: UnreachedState,
    by: Option<AccountId>,
    now: Timestamp,
) -> Result<bool, Error> {
    let touched = tx.execute(
        "UPDATE notices_unreached SET state = $2, settled_at = $3, settled_by = $4 \
         WHERE notice_id = $1 AND state = 'waiting'",
        values![id, how.word(), now, by],
    )?;
    Ok(touched == 1)
}

/// The person read it after all: nobody has to call.
pub(super) fn close_unreached(tx: &mut Tx<'_>, id: NoticeId, now: Timestamp) -> Result<(), Error> {
    settle_unreached(tx, id, UnreachedState::Read, None, now)?;
    Ok(())
}

/// A person's inbox, and how they are reached.
pub(super) fn erase(tx: &mut Tx<'_>, person: PersonId) -> Result<(), Error> {
    for sql in [
        "DELETE FROM notices_delivery WHERE notice_id IN \
         (SELECT id FROM notices_notice WHERE person_id = $1)",
        "DELETE FROM notices_unreached WHERE person_id = $1",
        "DELETE FROM notices_notice WHERE person_id = $1",
        "DELETE FROM notices_contact WHERE person_id = $1",
        "DELETE FROM notices_preference WHERE person_id = $1",
        "DELETE FROM notices_device WHERE person_id = $1",
    ] {
        tx.execute(sql, values![person])?;
    }
    Ok(())
}
