use base::ids::{ConsentId, PersonId};
use db::{Error, Tx, values};
use jiff::Timestamp;

/// A consent as it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Consent {
    pub id: ConsentId,
    pub person: PersonId,
    pub fact: String,
    pub given_at: Timestamp,
    pub withdrawn_at: Option<Timestamp>,
}

pub(super) fn insert(tx: &mut Tx<'_>, consent: &Consent) -> Result<(), Error> {
    tx.execute(
        "INSERT INTO exchange_consent (id, person_id, fact, given_at) VALUES ($1, $2, $3, $4)",
        values![consent.id, consent.person, &consent.fact, consent.given_at],
    )?;
    Ok(())
}

pub(super) fn withdraw(
    tx: &mut Tx<'_>,
    person: PersonId,
    fact: &str,
    at: Timestamp,
) -> Result<u64, Error> {
    tx.execute(
        "UPDATE exchange_consent SET withdrawn_at = $3 \
         WHERE person_id = $1 AND fact = $2 AND withdrawn_at IS NULL",
        values![person, fact, at],
    )
}

pub(super) fn of_person(tx: &mut Tx<'_>, person: PersonId) -> Result<Vec<Consent>, Error> {
    tx.query_map(
        "SELECT id, person_id, fact, given_at, withdrawn_at FROM exchange_consent \
         WHERE person_id = $1 ORDER BY given_at, id",
        values![person],
        |row| {
            Ok(Consent {
                id: row.parse(0)?,
                person: row.parse(1)?,
                fact: row.get(2)?,
                given_at: row.get(3)?,
                withdrawn_at: row.get(4)?,
            })
        },
    )
}

pub(super) fn erase(tx: &mut Tx<'_>, person: PersonId) -> Result<(), Error> {
    tx.execute(
        "DELETE FROM exchange_consent WHERE person_id = $1",
        values![person],
    )?;
    Ok(())
}
