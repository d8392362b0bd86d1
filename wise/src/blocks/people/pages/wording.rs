//! Facts in a reader's words: labels, values, sources, purposes.

use base::Won;
use rules::{Entity, FactType, Unit};
use web::{Frame, format};

use crate::blocks::people::model::{Person, Source};
use crate::country::{Country, words};

/// Speaks of facts to one reader.
#[derive(Clone, Copy)]
pub struct Wording<'a> {
    pub frame: &'a Frame,
    pub country: &'a Country,
}

impl Wording<'_> {
    /// What a fact is called; its name where the vocabulary does not know it.
    pub fn label(&self, entity: Entity, fact: &str) -> String {
        words::fact_label(self.frame, self.country.book.vocabulary(), entity, fact)
    }

    /// A stored value as people say it; `None` is known to be unknown.
    pub fn value(&self, entity: Entity, fact: &str, value: Option<&str>) -> String {
        let Some(value) = value else {
            return self.frame.t("people-value-unknown");
        };
        let vocabulary = self.country.book.vocabulary();
        let known = vocabulary
            .fact(entity, fact)
            .and_then(|it| match it.fact_type {
                FactType::Bool => Some(self.frame.t(match value {
                    "true" => "people-value-yes",
                    _ => "people-value-no",
                })),
                FactType::Date => value.parse().ok().map(|day| self.frame.date(&day)),
                FactType::Enum(_) => {
                    words::value_label(self.frame, vocabulary, (entity, fact), value)
                }
                FactType::Integer(unit) => value.parse().ok().map(|it| self.number(unit, it)),
                FactType::Text if fact == "municipality" => Some(self.agency(value)),
                FactType::Text => None,
            });
        known.unwrap_or_else(|| value.to_owned())
    }

    fn number(&self, unit: Unit, number: i64) -> String {
        let won = || self.frame.won(&Won(number));
        match unit {
            Unit::Won => won(),
            Unit::WonPerMonth => self.frame.t1("people-value-per-month", "amount", won()),
            Unit::WonPerYear => self.frame.t1("people-value-per-year", "amount", won()),
            Unit::Number => format::number(number),
            counted => {
                let key = format!("people-value-{}", counted.name());
                self.frame.t1(&key, "number", number)
            }
        }
    }

    /// The name of an agency; `resident` is the person.
    pub fn agency(&self, code: &str) -> String {
        match code {
            "resident" => self.frame.t("people-source-resident"),
            code => self
                .country
                .agencies
                .name(code)
                .get(self.frame.locale)
                .to_owned(),
        }
    }

    /// An agency with the number to call it.
    pub fn agency_with_phone(&self, code: &str) -> String {
        let name = self.agency(code);
        match self.country.agencies.get(code) {
            Some(agency) => self.frame.say(
                "people-agency-phone",
                &[
                    ("agency", name.into()),
                    ("phone", agency.phone.as_str().into()),
                ],
            ),
            None => name,
        }
    }

    /// Where a datum comes from and when its holder last confirmed it, in one line.
    pub fn via(&self, source: &Source) -> String {
        let day = self.frame.date(&base::seoul_date(source.checked_at));
        self.frame.say(
            "people-via",
            &[
                ("agency", self.agency(&source.agency).into()),
                ("day", day.into()),
            ],
        )
    }

    /// A person's name, or what stands for it before a newborn has one.
    pub fn name(&self, person: &Person) -> String {
        if person.name.is_empty() {
            self.frame.t("people-newborn")
        } else {
            person.name.clone()
        }
    }

    pub fn purpose(&self, purpose: &str) -> String {
        purpose_text(self.frame, purpose)
    }
}

/// Why somebody looked: the words of a known purpose, else what the looker wrote.
pub fn purpose_text(frame: &Frame, purpose: &str) -> String {
    if super::PURPOSES.contains(&purpose) || super::WORK_PURPOSES.contains(&purpose) {
        frame.t(&format!("people-purpose-{purpose}"))
    } else {
        purpose.to_owned()
    }
}

/// A name for lists of strangers: enough to call somebody, too little to find them. `김하늘` is
/// `김○늘`, `김늘` is `김○`.
pub fn masked(name: &str) -> String {
    let letters: Vec<char> = name.chars().collect();
    let last = letters.len().saturating_sub(1);
    let hidden = |index: usize| index > 0 && (index < last || last == 1);
    letters
        .iter()
        .enumerate()
        .map(|(index, letter)| {
            if hidden(index) && *letter != ' ' {
                '○'
            } else {
                *letter
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_masked_name_keeps_its_ends() {
        assert_eq!(masked("김하늘"), "김○늘");
        assert_eq!(masked("김늘"), "김○");
        assert_eq!(masked("응우옌 티란"), "응○○ ○란");
        assert_eq!(masked(""), "");
    }
}
