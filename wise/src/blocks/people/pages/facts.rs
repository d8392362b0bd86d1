//! Recorded circumstances as rows of a table.

use jiff::Timestamp;
use rules::Entity;
use web::Frame;

use super::own::FactRow;
use super::wording::Wording;
use crate::blocks::exchange::Use;
use crate::blocks::people::model::Datum;

/// Who reads the rows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reader {
    /// The person whom they are about: sees all, with what is not used.
    Owner,
    /// An official: sees only what may be used here.
    Official,
}

/// The rows of one person's or household's facts. `consents` are the names of the catalogue that the
/// person (for a household, its head) agreed to.
pub fn fact_rows(
    wording: Wording<'_>,
    reader: Reader,
    entity: Entity,
    facts: &[Datum],
    consents: &[String],
    now: Timestamp,
) -> Vec<FactRow> {
    let row = |datum: &Datum| {
        let name = format!("{entity}.{}", datum.fact);
        let consented = consents.contains(&name);
        let source = &datum.source;
        let catalogue = &wording.country.catalogue;
        let verdict = catalogue.may_use(&name, source.told, consented, source.checked_at, now);
        one_row(wording, reader, entity, datum, verdict)
    };
    facts.iter().map(row).collect()
}

fn one_row(
    wording: Wording<'_>,
    reader: Reader,
    entity: Entity,
    datum: &Datum,
    verdict: Use,
) -> FactRow {
    let frame = wording.frame;
    let usable = matches!(verdict, Use::Yes { .. });
    let shown = reader == Reader::Owner || usable;
    let value = if shown {
        wording.value(entity, &datum.fact, datum.value.as_deref())
    } else {
        frame.t("people-value-hidden")
    };
    let (mark, tone) = mark(frame, datum, verdict);
    let source = &datum.source;
    FactRow {
        label: wording.label(entity, &datum.fact),
        value,
        since: frame.t1("people-since-day", "day", frame.date(&datum.since)),
        unknown: datum.value.is_none() || !shown,
        source: wording.agency_with_phone(&source.agency),
        basis: if source.told {
            frame.t("people-basis-told")
        } else {
            source.basis.clone()
        },
        as_of: frame.date(&base::seoul_date(source.checked_at)),
        mark,
        tone,
        correct_href: String::new(),
    }
}

/// What to know about the use of a datum, in two or three words.
fn mark(frame: &Frame, datum: &Datum, verdict: Use) -> (String, &'static str) {
    match verdict {
        Use::Yes { stale: true } => (frame.t("people-mark-stale"), "warn"),
        Use::Yes { stale: false } if datum.source.told => (frame.t("people-mark-told"), "info"),
        Use::Yes { stale: false } => (String::new(), ""),
        Use::NeedsConsent => (frame.t("people-mark-consent"), "warn"),
        Use::AskOnly => (frame.t("people-mark-ask"), "plain"),
    }
}
