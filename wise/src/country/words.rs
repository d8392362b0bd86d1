//! The names that law and vocabulary give, in a reader's language.
//!
//! Rules and vocabulary hold Korean and English. Another language translates them as data, by keys of
//! its `law.ftl`: `law-benefit-<id>` with `.summary` and `.in-kind`, `law-fact-<entity>-<fact>` with an
//! attribute for each value. What it lacks is said in English.

use base::Localized;
use rules::{Benefit, Entity, FactType, Vocabulary};
use web::{Frame, Said};

/// What a benefit is called.
pub fn benefit_name(frame: &Frame, benefit: &Benefit) -> String {
    let key = format!("law-benefit-{}", benefit.id);
    frame.translated(&key, &benefit.name).text
}

/// What a benefit is, in a sentence.
pub fn benefit_summary(frame: &Frame, benefit: &Benefit) -> Said {
    let key = format!("law-benefit-{}.summary", benefit.id);
    frame.translated(&key, &benefit.summary)
}

/// What is given in kind.
pub fn in_kind(frame: &Frame, benefit: &str, text: &Localized) -> String {
    let key = format!("law-benefit-{benefit}.in-kind");
    frame.translated(&key, text).text
}

/// What a fact is called; its name in the files where the vocabulary does not know it.
pub fn fact_label(frame: &Frame, vocabulary: &Vocabulary, entity: Entity, fact: &str) -> String {
    let declared = vocabulary.fact(entity, fact);
    declared.map_or_else(
        || fact.to_owned(),
        |it| {
            let key = format!("law-fact-{entity}-{fact}");
            frame.translated(&key, &it.label).text
        },
    )
}

/// What a value of an enumerated fact is called; nothing where the vocabulary does not know it.
pub fn value_label(
    frame: &Frame,
    vocabulary: &Vocabulary,
    (entity, fact): (Entity, &str),
    value: &str,
) -> Option<String> {
    let Some(FactType::Enum(id)) = vocabulary.fact(entity, fact).map(|it| it.fact_type) else {
        return None;
    };
    let mut values = vocabulary.enum_values(id).iter();
    let known = values.find(|it| it.code == value)?;
    let key = format!("law-fact-{entity}-{fact}.{value}");
    Some(frame.translated(&key, &known.label).text)
}
