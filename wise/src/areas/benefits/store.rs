use base::ids::{CaseId, HouseholdId, OfferId, PersonId, ReceiptId};
use db::{Error, Row, Tx, values};
use jiff::Timestamp;
use jiff::civil::Date;

use super::model::{Offer, OfferState, Receipt};

const OFFER: &str = "id, benefit, household_id, about_id, recipient_id, occasion, occasion_id, \
                     state, finding, amount, previous_amount, monthly, to_tell, deadline, \
                     rules_digest, as_of, made_at, changed_at, postponed_until, case_id, \
                     opens_on";

fn read(row: &Row) -> Result<Offer, Error> {
    let finding: String = row.get(8)?;
    Ok(Offer {
        id: row.parse(0)?,
        benefit: row.get(1)?,
        household: row.parse(2)?,
        about: row.parse_opt(3)?,
        recipient: row.parse(4)?,
        occasion: row.get(5)?,
        occasion_id: row.get(6)?,
        state: row.parse(7)?,
        finding: serde_json::from_str(&finding).map_err(|_| Error::Column {
            index: 8,
            wanted: "a finding",
            found: "another JSON".into(),
        })?,
        amount: row.get(9)?,
        previous_amount: row.get(10)?,
        monthly: row.get(11)?,
        to_tell: row.get(12)?,
        deadline: row.get(13)?,
        rules_digest: row.get(14)?,
        as_of: row.get(15)?,
        made_at: row.get(16)?,
        changed_at: row.get(17)?,
        postponed_until: row.get(18)?,
        case: row.parse_opt(19)?,
        opens_on: row.get(20)?,
    })
}

fn finding_text(offer: &Offer) -> Result<String, Error> {
    serde_json::to_string(&offer.finding).map_err(|error| Error::Statement {
        sql: "benefits_offer.finding".into(),
        reason: error.to_string(),
    })
}

/// `false` when the same offer was made before.
pub(super) fn insert(tx: &mut Tx<'_>, once_key: &str, it: &Offer) -> Result<bool, Error> {
    let touched = tx.execute(
        "INSERT INTO benefits_offer (id, once_key, benefit, household_id, about_id, \
         recipient_id, occasion, occasion_id, state, finding, amount, previous_amount, monthly, \
         to_tell, deadline, rules_digest, as_of, made_at, changed_at, opens_on) VALUES ($1, $2, \
         $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20) \
         ON CONFLICT (once_key) DO NOTHING",
        values![
            it.id,
            once_key,
            &it.benefit,
            it.household,
            it.about,
            it.recipient,
            &it.occasion,
            &it.occasion_id,
            it.state.word(),
            finding_text(it)?,
            it.amount,
            it.previous_amount,
            it.monthly,
            it.to_tell,
            it.deadline,
            &it.rules_digest,
            it.as_of,
            it.made_at,
            it.changed_at,
            it.opens_on
        ],
    )?;
    Ok(touched == 1)
}

/// Replaces what was concluded, as long as the person has not answered; `seen` is when the offer last
/// changed before the conclusion was drawn: an answer given meanwhile stands.
pub(super) fn replace_finding(tx: &mut Tx<'_>, it: &Offer, seen: Timestamp) -> Result<bool, Error> {
    let touched = tx.execute(
        "UPDATE benefits_offer SET state = $2, finding = $3, amount = $4, monthly = $5, \
         to_tell = $6, deadline = $7, rules_digest = $8, as_of = $9, changed_at = $10 \
         WHERE id = $1 AND changed_at = $11 AND state IN ('waiting', 'open', 'postponed')",
        values![
            it.id,
            it.state.word(),
            finding_text(it)?,
            it.amount,
            it.monthly,
            it.to_tell,
            it.deadline,
            &it.rules_digest,
            it.as_of,
            it.changed_at,
            seen
        ],
    )?;
    Ok(touched == 1)
}

pub(super) fn by_id(tx: &mut Tx<'_>, id: OfferId) -> Result<Option<Offer>, Error> {
    tx.query_opt(
        &format!("SELECT {OFFER} FROM benefits_offer WHERE id = $1"),
        values![id],
    )?
    .map(|row| read(&row))
    .transpose()
}

pub(super) fn by_case(tx: &mut Tx<'_>, case: CaseId) -> Result<Option<Offer>, Error> {
    tx.query_opt(
        &format!("SELECT {OFFER} FROM benefits_offer WHERE case_id = $1"),
        values![case],
    )?
    .map(|row| read(&row))
    .transpose()
}

/// Offers addressed to a person or, where the person answers for it, about the household.
pub(super) fn of_person(
    tx: &mut Tx<'_>,
    person: PersonId,
    household: Option<HouseholdId>,
) -> Result<Vec<Offer>, Error> {
    tx.query_map(
        &format!(
            "SELECT {OFFER} FROM benefits_offer WHERE (recipient_id = $1 OR household_id = $2) \
             AND state <> 'closed' ORDER BY made_at DESC, benefit LIMIT 200"
        ),
        values![person, household],
        read,
    )
}

/// Offers of a household that wait for the person's answer.
pub(super) fn unanswered(tx: &mut Tx<'_>, household: HouseholdId) -> Result<Vec<Offer>, Error> {
    tx.query_map(
        &format!(
            "SELECT {OFFER} FROM benefits_offer WHERE household_id = $1 \
             AND state IN ('waiting', 'open', 'postponed') ORDER BY id"
        ),
        values![household],
        read,
    )
}

/// Everything offered to a household that is not closed, answered or not.
pub(super) fn living(tx: &mut Tx<'_>, household: HouseholdId) -> Result<Vec<Offer>, Error> {
    tx.query_map(
        &format!(
            "SELECT {OFFER} FROM benefits_offer WHERE household_id = $1 AND state <> 'closed' \
             ORDER BY id"
        ),
        values![household],
        read,
    )
}

/// The offer of a benefit that stands for a household or one of its members, answered or not.
pub(super) fn living_of(
    tx: &mut Tx<'_>,
    household: HouseholdId,
    benefit: &str,
    about: Option<PersonId>,
) -> Result<Option<Offer>, Error> {
    let all = tx.query_map(
        &format!(
            "SELECT {OFFER} FROM benefits_offer WHERE benefit = $1 AND household_id = $2 \
             AND state <> 'closed' ORDER BY id"
        ),
        values![benefit, household],
        read,
    )?;
    Ok(all.into_iter().find(|it| it.about == about))
}

/// Closes an answered offer of something that is not owed any more.
pub(super) fn close_answered(tx: &mut Tx<'_>, id: OfferId, now: Timestamp) -> Result<u64, Error> {
    tx.execute(
        "UPDATE benefits_offer SET state = 'closed', changed_at = $2 WHERE id = $1 \
         AND state IN ('accepted', 'received', 'declined')",
        values![id, now],
    )
}

/// Moves an offer on, only from a state in which the person may still answer.
pub(super) fn set_state(
    tx: &mut Tx<'_>,
    id: OfferId,
    from: OfferState,
    to: OfferState,
    postponed_until: Option<Date>,
    case: Option<CaseId>,
    now: Timestamp,
) -> Result<bool, Error> {
    let touched = tx.execute(
        "UPDATE benefits_offer SET state = $3, postponed_until = $4, \
         case_id = COALESCE($5, case_id), changed_at = $6 WHERE id = $1 AND state = $2",
        values![id, from.word(), to.word(), postponed_until, case, now],
    )?;
    Ok(touched == 1)
}

/// Closes what was not answered about or for somebody (a death).
pub(super) fn close_of(tx: &mut Tx<'_>, person: PersonId, now: Timestamp) -> Result<u64, Error> {
    tx.execute(
        "UPDATE benefits_offer SET state = 'closed', changed_at = $2 \
         WHERE (about_id = $1 OR (about_id IS NULL AND recipient_id = $1)) \
         AND state IN ('waiting', 'open', 'postponed')",
        values![person, now],
    )
}

/// Brings back what was put off until today.
pub(super) fn reopen_due(tx: &mut Tx<'_>, today: Date, now: Timestamp) -> Result<u64, Error> {
    tx.execute(
        "UPDATE benefits_offer SET state = 'open', postponed_until = NULL, changed_at = $2 \
         WHERE state = 'postponed' AND postponed_until <= $1",
        values![today, now],
    )
}

/// Offers by benefit and state.
pub(super) fn counts(tx: &mut Tx<'_>) -> Result<Vec<(String, OfferState, i64)>, Error> {
    tx.query_map(
        "SELECT benefit, state, COUNT(*) FROM benefits_offer GROUP BY benefit, state \
         ORDER BY benefit, state",
        &[],
        |row| Ok((row.get(0)?, row.parse(1)?, row.get(2)?)),
    )
}

pub(super) fn insert_receipt(tx: &mut Tx<'_>, it: &Receipt) -> Result<(), Error> {
    tx.execute(
        "INSERT INTO benefits_receipt \
         (id, person_id, household_id, made_at, canonical) \
         VALUES ($1, $2, $3, $4, $5)",
        values![it.id, it.person, it.household, it.made_at, &it.canonical],
    )?;
    Ok(())
}

pub(super) fn receipt(tx: &mut Tx<'_>, id: ReceiptId) -> Result<Option<Receipt>, Error> {
    tx.query_opt(
        "SELECT id, person_id, household_id, made_at, canonical \
         FROM benefits_receipt WHERE id = $1",
        values![id],
    )?
    .map(|row| {
        Ok(Receipt {
            id: row.parse(0)?,
            person: row.parse(1)?,
            household: row.parse(2)?,
            made_at: row.get(3)?,
            canonical: row.get(4)?,
        })
    })
    .transpose()
}

/// What was offered to a person or about them, and their receipts.
pub(super) fn erase(tx: &mut Tx<'_>, person: PersonId) -> Result<(), Error> {
    for sql in [
        "DELETE FROM benefits_proposal WHERE offer_id IN \
         (SELECT id FROM benefits_offer WHERE recipient_id = $1 OR about_id = $1)",
        "DELETE FROM benefits_offer WHERE recipient_id = $1 OR about_id = $1",
        "DELETE FROM benefits_receipt WHERE person_id = $1",
        "DELETE FROM benefits_voucher_use WHERE voucher_id IN \
         (SELECT id FROM benefits_voucher WHERE holder_id = $1 OR about_id = $1)",
        "DELETE FROM benefits_voucher WHERE holder_id = $1 OR about_id = $1",
        "DELETE FROM benefits_owed WHERE about_id = $1",
    ] {
        tx.execute(sql, values![person])?;
    }
    Ok(())
}

/// What was worked out for a household of which nobody is left.
pub(super) fn erase_household(tx: &mut Tx<'_>, household: HouseholdId) -> Result<(), Error> {
    for sql in [
        "DELETE FROM benefits_owed WHERE household_id = $1",
        "DELETE FROM benefits_household WHERE household_id = $1",
    ] {
        tx.execute(sql, values![household])?;
    }
    Ok(())
}
