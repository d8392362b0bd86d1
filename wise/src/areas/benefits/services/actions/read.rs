//! What pages and the API read: what may be looked into, and one service.

use db::Tx;
use jiff::Timestamp;
use rules::{Entity, FactRef, Situation, Value};

use crate::areas::benefits::model::Error;
use crate::areas::benefits::services::model::{self, Found, Leaflet, Nearby, Service};
use crate::areas::benefits::services::store;
use crate::country::Country;

/// The longest search and the most words of it.
const SEARCH_LETTERS: usize = 100;
const SEARCH_WORDS: usize = 8;

/// Services to judge, read on one snapshot.
#[derive(Clone, Debug, Default)]
pub struct Candidates {
    pub nearby: Nearby,
    pub services: Vec<Service>,
}

/// The words of a search.
pub fn words(search: &str) -> Vec<String> {
    let short: String = search.chars().take(SEARCH_LETTERS).collect();
    let words = short.split_whitespace().take(SEARCH_WORDS);
    words.map(str::to_owned).collect()
}

/// The municipality where the household lives, as far as it may be used.
pub fn municipality(situation: &Situation) -> Option<String> {
    let fact = FactRef {
        entity: Entity::Household,
        member: None,
        fact: "municipality".into(),
    };
    match situation.get(&fact) {
        Some(Value::Text(code)) => Some(code),
        _ => None,
    }
}

/// Services of the place and of the whole country in which all words occur.
pub fn candidates(
    tx: &mut Tx<'_>,
    country: &Country,
    municipality: Option<&str>,
    words: &[String],
) -> Result<Candidates, Error> {
    let providers = store::providers(tx)?;
    let office = municipality.and_then(|code| country.agencies.get(code));
    let office = office.map(|it| it.name.ko.as_str());
    let nearby = Nearby::of(&country.gov24, &providers, office);
    let services = store::near(tx, &nearby, words)?;
    Ok(Candidates { nearby, services })
}

/// Judges candidates; no transaction may be open.
pub fn find(
    country: &Country,
    candidates: Candidates,
    situation: &Situation,
    on: jiff::civil::Date,
) -> Vec<Found> {
    let Candidates { nearby, services } = candidates;
    model::find(&country.gov24, &nearby, services, situation, on)
}

/// One service with its texts and when it was imported.
pub fn service(tx: &mut Tx<'_>, id: &str) -> Result<(Service, Leaflet, Timestamp), Error> {
    store::by_id(tx, id)?.ok_or(Error::NotFound)
}

/// Every service that was imported, by its number.
pub fn all(tx: &mut Tx<'_>) -> Result<Vec<Service>, Error> {
    Ok(store::all(tx)?)
}
