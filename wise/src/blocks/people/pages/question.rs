//! A fact as a field of a form.

use rules::{Entity, FactType};

use super::wording::Wording;

/// How a fact is asked: by choosing, as a date, as a number or in words.
#[derive(Clone, Debug, Default)]
pub struct Question {
    /// Type of the input; with options it is chosen instead.
    pub kind: &'static str,
    /// What a touch keyboard should offer.
    pub mode: &'static str,
    /// Code, label, hint.
    pub options: Vec<(String, String, String)>,
}

impl Question {
    pub fn of(wording: Wording<'_>, entity: Entity, fact: &str) -> Self {
        let vocabulary = wording.country.book.vocabulary();
        let declared = vocabulary.fact(entity, fact).map(|it| it.fact_type);
        let codes: Vec<String> = match declared {
            Some(FactType::Bool) => vec!["true".into(), "false".into()],
            Some(FactType::Enum(id)) => {
                let values = vocabulary.enum_values(id).iter();
                values.map(|it| it.code.clone()).collect()
            }
            _ => Vec::new(),
        };
        let option = |code: String| {
            let label = wording.value(entity, fact, Some(&code));
            (code, label, String::new())
        };
        let is_number = matches!(declared, Some(FactType::Integer(_)));
        Self {
            kind: match declared {
                Some(FactType::Date) => "date",
                _ => "text",
            },
            mode: if is_number { "numeric" } else { "" },
            options: codes.into_iter().map(option).collect(),
        }
    }
}

/// What was typed as the rules read it: numbers may carry separators and the word for won.
/// `None` where it does not fit the vocabulary.
pub fn typed_value(
    wording: Wording<'_>,
    entity: Entity,
    fact: &str,
    typed: &str,
) -> Option<String> {
    const MOST_LETTERS: usize = 100;
    let book = &wording.country.book;
    let declared = book.vocabulary().fact(entity, fact)?.fact_type;
    let value: String = match declared {
        FactType::Integer(_) => typed
            .trim()
            .trim_end_matches('원')
            .chars()
            .filter(|it| !matches!(it, ',' | ' '))
            .collect(),
        _ => typed.trim().to_owned(),
    };
    let fits = !value.is_empty() && value.chars().count() <= MOST_LETTERS;
    (fits && book.parse_value(entity, fact, &value).is_ok()).then_some(value)
}
