//! The only SQL on the register's tables.

use std::collections::BTreeMap;

use base::ids::{AccountId, BirthId, HouseholdId, PersonId, Pseudonym};
use db::{Error, Row, Tx, Value, placeholders, values};
use jiff::Timestamp;
use jiff::civil::Date;
use web::Scope;

use super::actions::looks::{Look, Looker};
use super::model::{
    Address, Birth, BirthState, Datum, HomeCell, NewAddress, NewDatum, Owner, Person, PersonMatch,
    Role, Source,
};

const PERSON: &str = "p.id, p.name, p.born, p.sex, p.died";

fn person(row: &Row, from: usize) -> Result<Person, Error> {
    Ok(Person {
        id: row.parse(from)?,
        name: row.get(from + 1)?,
        born: row.get(from + 2)?,
        sex: row.parse(from + 3)?,
        died: row.get(from + 4)?,
    })
}

pub(super) fn insert_person(
    tx: &mut Tx<'_>,
    it: &Person,
    pseudonym: Pseudonym,
    now: Timestamp,
) -> Result<(), Error> {
    tx.execute(
        "INSERT INTO people_person (id, name, born, sex, created_at) VALUES ($1, $2, $3, $4, $5)",
        values![it.id, &it.name, it.born, it.sex.word(), now],
    )?;
    tx.execute(
        "INSERT INTO people_pseudonym (pseudonym, person_id) VALUES ($1, $2)",
        values![pseudonym, it.id],
    )?;
    Ok(())
}

pub(super) fn person_by_id(tx: &mut Tx<'_>, id: PersonId) -> Result<Option<Person>, Error> {
    tx.query_opt(
        &format!("SELECT {PERSON} FROM people_person p WHERE p.id = $1"),
        values![id],
    )?
    .map(|row| person(&row, 0))
    .transpose()
}

pub(super) fn name_person(tx: &mut Tx<'_>, id: PersonId, name: &str) -> Result<(), Error> {
    tx.execute(
        "UPDATE people_person SET name = $2 WHERE id = $1",
        values![id, name],
    )?;
    Ok(())
}

pub(super) fn mark_dead(tx: &mut Tx<'_>, id: PersonId, on: Date) -> Result<(), Error> {
    tx.execute(
        "UPDATE people_person SET died = $2 WHERE id = $1",
        values![id, on],
    )?;
    Ok(())
}

pub(super) fn pseudonym_of(tx: &mut Tx<'_>, id: PersonId) -> Result<Option<Pseudonym>, Error> {
    tx.query_opt(
        "SELECT pseudonym FROM people_pseudonym WHERE person_id = $1",
        values![id],
    )?
    .map(|row| row.parse(0))
    .transpose()
}

pub(super) fn person_of(tx: &mut Tx<'_>, pseudonym: &str) -> Result<Option<PersonId>, Error> {
    tx.query_opt(
        "SELECT person_id FROM people_pseudonym WHERE pseudonym = $1",
        values![pseudonym],
    )?
    .map(|row| row.parse(0))
    .transpose()
}

pub(super) fn insert_household(
    tx: &mut Tx<'_>,
    id: HouseholdId,
    now: Timestamp,
) -> Result<(), Error> {
    tx.execute(
        "INSERT INTO people_household (id, revision, created_at) VALUES ($1, 1, $2)",
        values![id, now],
    )?;
    Ok(())
}

/// A page of households in order of their ids, after `last`.
pub(super) fn households(
    tx: &mut Tx<'_>,
    last: Option<HouseholdId>,
    limit: i64,
) -> Result<Vec<HouseholdId>, Error> {
    let last = last.map_or(String::new(), |it| it.to_string());
    tx.query_map(
        "SELECT id FROM people_household WHERE id > $1 ORDER BY id LIMIT $2",
        values![last, limit],
        |row| row.parse(0),
    )
}

/// Counts a change and returns the new revision.
pub(super) fn bump(tx: &mut Tx<'_>, id: HouseholdId) -> Result<i64, Error> {
    tx.query_one(
        "UPDATE people_household SET revision = revision + 1 WHERE id = $1 RETURNING revision",
        values![id],
    )?
    .get(0)
}

pub(super) fn revision(tx: &mut Tx<'_>, id: HouseholdId) -> Result<Option<i64>, Error> {
    tx.query_opt(
        "SELECT revision FROM people_household WHERE id = $1",
        values![id],
    )?
    .map(|row| row.get(0))
    .transpose()
}

pub(super) fn insert_member(
    tx: &mut Tx<'_>,
    household: HouseholdId,
    person: PersonId,
    role: Role,
    since: Date,
    now: Timestamp,
) -> Result<(), Error> {
    tx.execute(
        "INSERT INTO people_member (household_id, person_id, role, since, known_at) \
         VALUES ($1, $2, $3, $4, $5)",
        values![household, person, role.word(), since, now],
    )?;
    Ok(())
}

/// Ends a membership: what was known before stays readable as of then.
pub(super) fn end_member(
    tx: &mut Tx<'_>,
    person: PersonId,
    until: Date,
    now: Timestamp,
) -> Result<(), Error> {
    let ended = tx.query(
        "UPDATE people_member SET superseded_at = $2 \
         WHERE person_id = $1 AND until IS NULL AND superseded_at IS NULL \
         RETURNING household_id, role, since",
        values![person, now],
    )?;
    for row in ended {
        let (household, role, since): (String, String, Date) =
            (row.get(0)?, row.get(1)?, row.get(2)?);
        tx.execute(
            "INSERT INTO people_member (household_id, person_id, role, since, until, known_at) \
             VALUES ($1, $2, $3, $4, $5, $6)",
            values![household, person, role, since, until, now],
        )?;
    }
    Ok(())
}

pub(super) fn set_role(
    tx: &mut Tx<'_>,
    household: HouseholdId,
    person: PersonId,
    role: Role,
    since: Date,
    now: Timestamp,
) -> Result<(), Error> {
    end_member(tx, person, since, now)?;
    insert_member(tx, household, person, role, since, now)
}

pub(super) fn insert_address(
    tx: &mut Tx<'_>,
    household: HouseholdId,
    it: &NewAddress,
    since: Date,
    now: Timestamp,
) -> Result<(), Error> {
    tx.execute(
        "UPDATE people_address SET superseded_at = $3 \
         WHERE household_id = $1 AND since >= $2 AND superseded_at IS NULL",
        values![household, since, now],
    )?;
    tx.execute(
        "INSERT INTO people_address \
         (household_id, municipality, dong, line, latitude, longitude, since, known_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        values![
            household,
            &it.municipality,
            &it.dong,
            &it.line,
            it.latitude,
            it.longitude,
            since,
            now
        ],
    )?;
    Ok(())
}

/// The latest address that began by `on`, as known at `at`.
pub(super) fn address(
    tx: &mut Tx<'_>,
    household: HouseholdId,
    on: Date,
    at: Timestamp,
) -> Result<Option<Address>, Error> {
    tx.query_opt(
        "SELECT municipality, dong, line, latitude, longitude, since FROM people_address \
         WHERE household_id = $1 AND since <= $2 AND (until IS NULL OR until > $2) \
         AND known_at <= $3 AND (superseded_at IS NULL OR superseded_at > $3) \
         ORDER BY since DESC, id DESC LIMIT 1",
        values![household, on, at],
    )?
    .map(|row| {
        Ok(Address {
            municipality: row.get(0)?,
            dong: row.get(1)?,
            line: row.get(2)?,
            latitude: row.get(3)?,
            longitude: row.get(4)?,
            since: row.get(5)?,
        })
    })
    .transpose()
}

/// Living residents born after `born.0` and by `born.1`, counted by district and cell of `cells` to a degree.
pub(super) fn homes(
    tx: &mut Tx<'_>,
    on: Date,
    born: (Date, Date),
    cells: i64,
) -> Result<Vec<HomeCell>, Error> {
    tx.query_map(
        "SELECT a.dong, CAST(ROUND(a.latitude * $4) AS BIGINT), \
         CAST(ROUND(a.longitude * $4) AS BIGINT), COUNT(*) FROM people_address a \
         JOIN people_member m ON m.household_id = a.household_id \
         JOIN people_person p ON p.id = m.person_id \
         WHERE a.since <= $1 AND (a.until IS NULL OR a.until > $1) AND a.superseded_at IS NULL \
         AND NOT EXISTS (SELECT 1 FROM people_address b WHERE b.household_id = a.household_id \
         AND b.since <= $1 AND b.since > a.since AND b.superseded_at IS NULL) \
         AND m.since <= $1 AND (m.until IS NULL OR m.until > $1) AND m.superseded_at IS NULL \
         AND (p.died IS NULL OR p.died > $1) AND p.born > $2 AND p.born <= $3 \
         GROUP BY 1, 2, 3 ORDER BY 1, 2, 3",
        values![on, born.0, born.1, cells as f64],
        |row| {
            Ok(HomeCell {
                dong: row.get(0)?,
                north: row.get(1)?,
                east: row.get(2)?,
                persons: row.get(3)?,
            })
        },
    )
}

/// Members on a day as known at an instant: head first, then by age.
pub(super) fn members(
    tx: &mut Tx<'_>,
    household: HouseholdId,
    on: Date,
    at: Timestamp,
) -> Result<Vec<(Person, Role, Date)>, Error> {
    tx.query_map(
        &format!(
            "SELECT {PERSON}, m.role, m.since FROM people_member m \
             JOIN people_person p ON p.id = m.person_id \
             WHERE m.household_id = $1 AND m.since <= $2 AND (m.until IS NULL OR m.until > $2) \
             AND m.known_at <= $3 AND (m.superseded_at IS NULL OR m.superseded_at > $3) \
             ORDER BY CASE m.role WHEN 'head' THEN 0 WHEN 'spouse' THEN 1 ELSE 2 END, p.born, p.id"
        ),
        values![household, on, at],
        |row| Ok((person(row, 0)?, row.parse(5)?, row.get(6)?)),
    )
}

/// The household that a person belongs to on a day, as known at an instant.
pub(super) fn household_of(
    tx: &mut Tx<'_>,
    person: PersonId,
    on: Date,
    at: Timestamp,
) -> Result<Option<(HouseholdId, Role)>, Error> {
    tx.query_opt(
        "SELECT household_id, role FROM people_member \
         WHERE person_id = $1 AND since <= $2 AND (until IS NULL OR until > $2) \
         AND known_at <= $3 AND (superseded_at IS NULL OR superseded_at > $3) \
         ORDER BY since DESC, id DESC LIMIT 1",
        values![person, on, at],
    )?
    .map(|row| Ok((row.parse(0)?, row.parse(1)?)))
    .transpose()
}

/// Replaces what was known of these facts from their first day on.
pub(super) fn insert_facts(
    tx: &mut Tx<'_>,
    owner: Owner,
    facts: &[NewDatum],
    now: Timestamp,
    fresh: bool,
) -> Result<(), Error> {
    if !fresh {
        for it in facts {
            tx.execute(
                "UPDATE people_fact SET superseded_at = $4 \
                 WHERE owner_id = $1 AND fact = $2 AND since >= $3 AND superseded_at IS NULL",
                values![owner.to_string(), &it.fact, it.since, now],
            )?;
        }
    }
    for some in facts.chunks(64) {
        let mut rows: Vec<Value> = Vec::with_capacity(some.len() * 10);
        let mut groups = Vec::with_capacity(some.len());
        for it in some {
            groups.push(format!("({})", placeholders(rows.len() + 1, 10)));
            rows.extend_from_slice(values![
                owner.to_string(),
                &it.fact,
                it.value.clone(),
                it.since,
                it.until,
                now,
                &it.source.agency,
                &it.source.basis,
                it.source.told,
                it.source.checked_at
            ]);
        }
        tx.execute(
            &format!(
                "INSERT INTO people_fact (owner_id, fact, value, since, until, known_at, agency, \
                 basis, told, checked_at) VALUES {}",
                groups.join(", ")
            ),
            &rows,
        )?;
    }
    Ok(())
}

/// What is known of an owner on a day, one datum a fact: the latest that began by then.
pub(super) fn facts(
    tx: &mut Tx<'_>,
    owner: Owner,
    on: Date,
    at: Timestamp,
) -> Result<Vec<Datum>, Error> {
    let mut all = facts_of(tx, &[owner], on, at)?;
    Ok(all.remove(&owner.to_string()).unwrap_or_default())
}

/// [`facts`] of several owners, by their ids.
pub(super) fn facts_of(
    tx: &mut Tx<'_>,
    owners: &[Owner],
    on: Date,
    at: Timestamp,
) -> Result<BTreeMap<String, Vec<Datum>>, Error> {
    let mut rows: Vec<Value> = values![on, at].to_vec();
    rows.extend(owners.iter().map(|it| Value::from(it.to_string())));
    let found = tx.query_map(
        &format!(
            "SELECT owner_id, fact, value, since, until, known_at, agency, basis, told, checked_at \
             FROM people_fact WHERE owner_id IN ({}) AND since <= $1 \
             AND (until IS NULL OR until > $1) \
             AND known_at <= $2 AND (superseded_at IS NULL OR superseded_at > $2) \
             ORDER BY owner_id, fact, since DESC, id DESC",
            placeholders(3, owners.len())
        ),
        &rows,
        |row| {
            let owner: String = row.get(0)?;
            let datum = Datum {
                fact: row.get(1)?,
                value: row.get(2)?,
                since: row.get(3)?,
                until: row.get(4)?,
                known_at: row.get(5)?,
                source: Source {
                    agency: row.get(6)?,
                    basis: row.get(7)?,
                    told: row.get(8)?,
                    checked_at: row.get(9)?,
                },
            };
            Ok((owner, datum))
        },
    )?;
    let mut all: BTreeMap<String, Vec<Datum>> = BTreeMap::new();
    for (owner, datum) in found {
        let facts = all.entry(owner).or_default();
        if facts.last().is_none_or(|it| it.fact != datum.fact) {
            facts.push(datum);
        }
    }
    Ok(all)
}

const BIRTH: &str =
    "id, mother_id, child_id, household_id, dong, state, hospital, reported_at, registered_at";

fn birth(row: &Row) -> Result<Birth, Error> {
    Ok(Birth {
        id: row.parse(0)?,
        mother: row.parse(1)?,
        child: row.parse(2)?,
        household: row.parse(3)?,
        dong: row.get(4)?,
        state: row.parse(5)?,
        hospital: row.get(6)?,
        reported_at: row.get(7)?,
        registered_at: row.get(8)?,
    })
}

pub(super) fn insert_birth(tx: &mut Tx<'_>, it: &Birth) -> Result<(), Error> {
    tx.execute(
        "INSERT INTO people_birth \
         (id, mother_id, child_id, household_id, dong, state, hospital, reported_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8)",
        values![
            it.id,
            it.mother,
            it.child,
            it.household,
            &it.dong,
            it.state.word(),
            it.hospital.clone(),
            it.reported_at
        ],
    )?;
    Ok(())
}

pub(super) fn birth_by_id(tx: &mut Tx<'_>, id: BirthId) -> Result<Option<Birth>, Error> {
    tx.query_opt(
        &format!("SELECT {BIRTH} FROM people_birth WHERE id = $1"),
        values![id],
    )?
    .map(|row| birth(&row))
    .transpose()
}

pub(super) fn births_of(tx: &mut Tx<'_>, mother: PersonId) -> Result<Vec<Birth>, Error> {
    tx.query_map(
        &format!("SELECT {BIRTH} FROM people_birth WHERE mother_id = $1 ORDER BY reported_at, id"),
        values![mother],
        birth,
    )
}

pub(super) fn births_waiting(
    tx: &mut Tx<'_>,
    scope: &Scope,
    limit: i64,
) -> Result<Vec<Birth>, Error> {
    let (clause, mut params) = scope.clause("dong", "mother_id", 2);
    params.insert(0, limit.into());
    tx.query_map(
        &format!(
            "SELECT {BIRTH} FROM people_birth WHERE state <> 'registered' AND {clause} \
             ORDER BY reported_at LIMIT $1"
        ),
        &params,
        birth,
    )
}

pub(super) fn set_birth_state(
    tx: &mut Tx<'_>,
    id: BirthId,
    state: BirthState,
    hospital: Option<&str>,
) -> Result<(), Error> {
    tx.execute(
        "UPDATE people_birth SET state = $2, hospital = COALESCE($3, hospital) WHERE id = $1",
        values![id, state.word(), hospital],
    )?;
    Ok(())
}

pub(super) fn set_birth_registered(
    tx: &mut Tx<'_>,
    id: BirthId,
    by: Option<AccountId>,
    now: Timestamp,
) -> Result<(), Error> {
    tx.execute(
        "UPDATE people_birth SET state = 'registered', registered_at = $2, registered_by = $3 \
         WHERE id = $1",
        values![id, now, by],
    )?;
    Ok(())
}

pub(super) fn insert_look(tx: &mut Tx<'_>, person: PersonId, it: &Look) -> Result<(), Error> {
    tx.execute(
        "INSERT INTO people_look (person_id, account_id, looker, agency, purpose, at, seal_id) \
         VALUES ($1, $2, $3, $4, $5, $6, $7)",
        values![
            person,
            it.looker.account,
            &it.looker.name,
            &it.looker.agency,
            &it.purpose,
            it.at,
            it.seal
        ],
    )?;
    Ok(())
}

const LOOK: &str = "account_id, looker, agency, purpose, at, seal_id";

fn read_look(row: &Row) -> Result<Look, Error> {
    Ok(Look {
        looker: Looker {
            account: row.parse(0)?,
            name: row.get(1)?,
            agency: row.get(2)?,
        },
        purpose: row.get(3)?,
        at: row.get(4)?,
        seal: row.parse_opt(5)?,
    })
}

pub(super) fn looks(tx: &mut Tx<'_>, person: PersonId, limit: i64) -> Result<Vec<Look>, Error> {
    tx.query_map(
        &format!(
            "SELECT {LOOK} FROM people_look WHERE person_id = $1 ORDER BY at DESC, id DESC LIMIT $2"
        ),
        values![person, limit],
        read_look,
    )
}

/// The look that was sealed under an id.
pub(super) fn look(tx: &mut Tx<'_>, seal: &str) -> Result<Option<Look>, Error> {
    let sql = format!("SELECT {LOOK} FROM people_look WHERE seal_id = $1");
    let row = tx.query_opt(&sql, values![seal])?;
    row.as_ref().map(read_look).transpose()
}

/// Living persons by exact name and, when given, day of birth, within what the caller may see.
pub(super) fn search(
    tx: &mut Tx<'_>,
    scope: &Scope,
    name: &str,
    born: Option<Date>,
    limit: i64,
) -> Result<Vec<PersonMatch>, Error> {
    let (clause, scoped) = scope.clause("a.dong", "p.id", 3);
    let mut params = values![name, limit].to_vec();
    params.extend(scoped);
    let born_clause = match born {
        Some(born) => {
            params.push(born.into());
            format!("p.born = ${}", params.len())
        }
        None => "1 = 1".into(),
    };
    tx.query_map(
        &format!(
            "SELECT {PERSON}, m.household_id, a.dong, a.line FROM people_person p \
             JOIN people_member m ON m.person_id = p.id AND m.until IS NULL \
                  AND m.superseded_at IS NULL \
             JOIN people_address a ON a.household_id = m.household_id AND a.superseded_at IS NULL \
             WHERE p.name = $1 AND {born_clause} AND p.died IS NULL AND {clause} \
             AND NOT EXISTS (SELECT 1 FROM people_address b WHERE b.household_id = a.household_id \
                  AND b.superseded_at IS NULL AND b.id > a.id) \
             ORDER BY p.born DESC, p.id LIMIT $2"
        ),
        &params,
        |row| {
            Ok(PersonMatch {
                person: person(row, 0)?,
                household: row.parse(5)?,
                dong: row.get(6)?,
                address: row.get(7)?,
            })
        },
    )
}

/// The household that an import's key stands for.
pub(super) fn imported(tx: &mut Tx<'_>, key: &str) -> Result<Option<HouseholdId>, Error> {
    tx.query_opt(
        "SELECT household_id FROM people_import WHERE key = $1",
        values![key],
    )?
    .map(|row| row.parse(0))
    .transpose()
}

pub(super) fn insert_imported(
    tx: &mut Tx<'_>,
    key: &str,
    household: HouseholdId,
) -> Result<(), Error> {
    tx.execute(
        "INSERT INTO people_import (key, household_id) VALUES ($1, $2)",
        values![key, household],
    )?;
    Ok(())
}

/// Whether a person still belongs to a household.
pub(super) fn is_member(tx: &mut Tx<'_>, person: PersonId) -> Result<bool, Error> {
    let row = tx.query_opt(
        "SELECT 1 FROM people_member m JOIN people_person p ON p.id = m.person_id \
         WHERE m.person_id = $1 AND m.until IS NULL AND m.superseded_at IS NULL \
         AND p.died IS NULL",
        values![person],
    )?;
    Ok(row.is_some())
}

/// Destroys a person's rows; the households that nobody is left of, whose rows go too.
pub(super) fn erase(tx: &mut Tx<'_>, person: PersonId) -> Result<Vec<HouseholdId>, Error> {
    let households: Vec<HouseholdId> = tx.query_map(
        "SELECT DISTINCT household_id FROM people_member WHERE person_id = $1",
        values![person],
        |row| row.parse(0),
    )?;
    for sql in [
        "DELETE FROM people_member WHERE person_id = $1",
        "DELETE FROM people_fact WHERE owner_id = $1",
        "DELETE FROM people_birth WHERE mother_id = $1 OR child_id = $1",
        "DELETE FROM people_look WHERE person_id = $1",
        "DELETE FROM people_pseudonym WHERE person_id = $1",
        "DELETE FROM people_person WHERE id = $1",
    ] {
        tx.execute(sql, values![person])?;
    }
    let mut empty = Vec::new();
    for household in households {
        let left = tx.query_opt(
            "SELECT 1 FROM people_member WHERE household_id = $1",
            values![household],
        )?;
        if left.is_some() {
            continue;
        }
        for sql in [
            "DELETE FROM people_address WHERE household_id = $1",
            "DELETE FROM people_fact WHERE owner_id = $1",
            "DELETE FROM people_import WHERE household_id = $1",
            "DELETE FROM people_household WHERE id = $1",
        ] {
            tx.execute(sql, values![household])?;
        }
        empty.push(household);
    }
    Ok(empty)
}
