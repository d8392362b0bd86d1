//! Which life event a changed fact tells of: `life_events.yaml`.

use rules::{Entity, FactType, RuleBook};
use serde::Deserialize;

/// One line: a fact that takes on a value tells of an event.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Sign {
    event: String,
    /// `person.<fact>` or `household.<fact>`.
    fact: String,
    /// Values that it had before; none named: any, also none known.
    #[serde(default)]
    from: Vec<String>,
    /// Values that it takes on; none named: any known one.
    #[serde(default)]
    becomes: Vec<String>,
}

/// All signs of life events.
#[derive(Clone, Debug, Default)]
pub struct LifeEvents(Vec<Sign>);

impl LifeEvents {
    /// Reads the file and compares it with the vocabulary.
    ///
    /// # Errors
    /// One line a fault: a fact or a value that the vocabulary does not know.
    pub fn read(text: &str, book: &RuleBook) -> Result<Self, Vec<String>> {
        let signs: Vec<Sign> = serde_saphyr::from_str(text)
            .map_err(|fault| vec![format!("life_events.yaml: {fault}")])?;
        let faults: Vec<String> = signs.iter().filter_map(|it| fault_of(it, book)).collect();
        if faults.is_empty() {
            Ok(Self(signs))
        } else {
            Err(faults)
        }
    }

    /// The events told by a fact (`entity`, `name`) that had one value and now has another.
    pub fn told_by<'a>(
        &'a self,
        entity: Entity,
        name: &'a str,
        before: Option<&'a str>,
        after: Option<&'a str>,
    ) -> impl Iterator<Item = &'a str> {
        self.0.iter().filter_map(move |sign| {
            let (of, fact) = sign.fact.split_once('.')?;
            let after = after.filter(|it| before != Some(*it))?;
            let among = |list: &[String], value: &str| list.iter().any(|it| it == value);
            let tells = of == entity.to_string()
                && fact == name
                && (sign.from.is_empty() || before.is_some_and(|it| among(&sign.from, it)))
                && (sign.becomes.is_empty() || among(&sign.becomes, after));
            tells.then_some(sign.event.as_str())
        })
    }
}

fn fault_of(sign: &Sign, book: &RuleBook) -> Option<String> {
    let wrong = |what: String| Some(format!("life_events.yaml: {what} ({})", sign.event));
    let entity = match sign.fact.split_once('.') {
        Some(("person", _)) => Entity::Person,
        Some(("household", _)) => Entity::Household,
        _ => {
            return wrong(format!(
                "{:?} is no fact; write person.… or household.…",
                sign.fact
            ));
        }
    };
    let name = sign.fact.split_once('.').map_or("", |it| it.1);
    let Some(declared) = book.vocabulary().fact(entity, name) else {
        return wrong(format!("{} does not stand in vocabulary.yaml", sign.fact));
    };
    for value in sign.from.iter().chain(&sign.becomes) {
        let known = match declared.fact_type {
            FactType::Enum(id) => {
                let values = book.vocabulary().enum_values(id);
                values.iter().any(|it| it.code == *value)
            }
            _ => book.parse_value(entity, name, value).is_ok(),
        };
        if !known {
            return wrong(format!("{} is never {value:?}", sign.fact));
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::country::{Country, CountryFiles};

    fn events(before: Option<&str>, after: Option<&str>) -> Vec<String> {
        let country = Country::load(CountryFiles::built_in()).unwrap();
        let told = country
            .life
            .told_by(Entity::Person, "employment", before, after);
        told.map(str::to_owned).collect()
    }

    #[test]
    fn a_changed_fact_tells_of_its_event_and_an_unchanged_one_of_none() {
        assert_eq!(events(Some("employee"), Some("unemployed")), ["job_loss"]);
        assert_eq!(events(None, Some("unemployed")), ["job_loss"]);
        assert_eq!(events(Some("employee"), Some("none")), ["retirement"]);
        assert!(events(None, Some("none")).is_empty());
        assert!(events(Some("unemployed"), Some("unemployed")).is_empty());
        assert!(events(Some("employee"), None).is_empty());
    }

    #[test]
    fn a_sign_that_the_vocabulary_does_not_know_is_a_fault() {
        let country = Country::load(CountryFiles::built_in()).unwrap();
        for (line, told) in [
            ("{event: a, fact: person.emploiment}", "vocabulary.yaml"),
            (
                "{event: a, fact: person.employment, becomes: [idle]}",
                "idle",
            ),
            ("{event: a, fact: employment}", "person.…"),
        ] {
            let faults = LifeEvents::read(&format!("- {line}"), &country.book).unwrap_err();
            assert!(faults[0].contains(told), "{faults:?}");
        }
    }
}
