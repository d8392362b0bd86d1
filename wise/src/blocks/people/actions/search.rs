use base::ids::{PersonId, Pseudonym};
use db::Tx;
use jiff::civil::Date;
use web::Scope;

use crate::blocks::people::model::{Error, HomeCell, Person, PersonMatch};
use crate::blocks::people::store;

const MOST: i64 = 50;

/// Living residents by exact name and day of birth; a name alone may match many.
pub fn search(
    tx: &mut Tx<'_>,
    scope: &Scope,
    name: &str,
    born: Option<Date>,
) -> Result<Vec<PersonMatch>, Error> {
    Ok(store::search(tx, scope, name.trim(), born, MOST)?)
}

/// A person by id.
pub fn person(tx: &mut Tx<'_>, id: PersonId) -> Result<Person, Error> {
    store::person_by_id(tx, id)?.ok_or(Error::NotFound("person"))
}

/// Who a fact's subject stands for; `None` once the mapping was erased.
pub fn person_of(tx: &mut Tx<'_>, pseudonym: &str) -> Result<Option<PersonId>, Error> {
    Ok(store::person_of(tx, pseudonym)?)
}

/// What a person is called in facts.
pub fn pseudonym_of(tx: &mut Tx<'_>, person: PersonId) -> Result<Pseudonym, Error> {
    store::pseudonym_of(tx, person)?.ok_or(Error::NotFound("person"))
}

/// Where living residents of an age live, as sums in a grid with `cells` to a degree; ages in full years, both counted in.
pub fn homes(
    tx: &mut Tx<'_>,
    on: Date,
    (youngest, oldest): (i64, i64),
    cells: i64,
) -> Result<Vec<HomeCell>, Error> {
    let before = |years: i64| on.saturating_sub(jiff::Span::new().years(years));
    let born = (before(oldest + 1), before(youngest));
    Ok(store::homes(tx, on, born, cells)?)
}
