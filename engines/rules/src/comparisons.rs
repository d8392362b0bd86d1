//! The sentence of one comparison whose truth is known: what the household has against what the law says.

use base::Localized;

use crate::evaluate::{Evaluator, Scope};
use crate::expression::{BoolExpr, Comparison, DateExpr, EnumExpr, IntExpr, IntKind, TextExpr};
use crate::phrase::listed;
use crate::sentences;
use crate::truth::Answer;
use crate::vocabulary::EnumId;
use crate::walk::Part;
use crate::words;

impl Evaluator<'_> {
    /// The sentence of a comparison whose truth is known.
    pub(crate) fn sentence(&self, expression: &BoolExpr, holds: bool, scope: &Scope) -> Localized {
        match expression {
            BoolExpr::Fact(fact) => sentences::applies(self.fact_label(*fact), Some(holds)),
            BoolExpr::Integer(comparison, left, right) => {
                self.integers_compared(*comparison, [left, right], holds, scope)
            }
            BoolExpr::Date(comparison, left, right) => {
                self.dates_compared(*comparison, [left, right], holds, scope)
            }
            BoolExpr::Text(comparison, left, right) => {
                let phrases = [left, right].map(|side| self.text_phrase(side, scope));
                let values = [left, right].map(|side| self.told_text(side, scope));
                compared(*comparison, holds, &phrases, &values, false)
            }
            BoolExpr::Enum(comparison, left, right, id) => {
                let phrases = [left, right].map(|side| self.enum_phrase(side, *id, scope));
                let values = [left, right].map(|side| self.told_enum(side, *id, scope));
                compared(*comparison, holds, &phrases, &values, false)
            }
            BoolExpr::Bool(comparison, left, right) => {
                let [left, right] = [left, right].map(|side| self.bool_reason(side, scope));
                let same = holds == (*comparison == Comparison::Equal);
                sentences::agreeing(&left.text, &right.text, same)
            }
            BoolExpr::IntegerIn(value, list) => {
                let told = |item| self.told(item, scope).unwrap_or_default();
                let list = listed(list.iter().map(told));
                let phrase = self.integer_phrase(value, scope);
                sentences::listed(&phrase, &told(value), &list, holds)
            }
            BoolExpr::DateIn(value, list) => {
                let told = |item| self.told_date(item, scope);
                let list = listed(list.iter().map(told));
                let phrase = self.date_phrase(value, scope);
                sentences::listed(&phrase, &told(value), &list, holds)
            }
            BoolExpr::TextIn(value, list) => {
                let told = |item| self.told_text(item, scope);
                let list = listed(list.iter().map(told));
                let phrase = self.text_phrase(value, scope);
                sentences::listed(&phrase, &told(value), &list, holds)
            }
            BoolExpr::EnumIn(value, list, id) => {
                let told = |item| self.told_enum(item, *id, scope);
                let list = listed(list.iter().map(told));
                let phrase = self.enum_phrase(value, *id, scope);
                sentences::listed(&phrase, &told(value), &list, holds)
            }
            _ => sentences::any(Some(holds)),
        }
    }

    fn integers_compared(
        &self,
        comparison: Comparison,
        sides: [&IntExpr; 2],
        holds: bool,
        scope: &Scope,
    ) -> Localized {
        let (comparison, sides) = household_first(comparison, sides, Part::Integer);
        let [left, right] = sides;
        let values = self
            .integer(left, scope)
            .with(self.integer(right, scope), |a, b| Some((a, b)));
        let Answer::Known((a, b)) = values else {
            return sentences::any(Some(holds));
        };
        let phrases = sides.map(|side| self.integer_phrase(side, scope));
        if left.unit.is_money() {
            return sentences::money(&phrases[0], &phrases[1], a, b, left.unit);
        }
        let values = [words::integer(a, left.unit), words::integer(b, right.unit)];
        compared(comparison, holds, &phrases, &values, false)
    }

    fn dates_compared(
        &self,
        comparison: Comparison,
        sides: [&DateExpr; 2],
        holds: bool,
        scope: &Scope,
    ) -> Localized {
        let (comparison, sides) = household_first(comparison, sides, Part::Date);
        let [left, right] = sides;
        let values = self
            .date(left, scope)
            .with(self.date(right, scope), |a, b| Some((a, b)));
        let Answer::Known((a, b)) = values else {
            return sentences::any(Some(holds));
        };
        let phrases = sides.map(|side| self.date_phrase(side, scope));
        compared(
            comparison,
            holds,
            &phrases,
            &[words::date(a), words::date(b)],
            true,
        )
    }

    /// A day as people read it; empty while it is not known, as for the next two.
    fn told_date(&self, expression: &DateExpr, scope: &Scope) -> Localized {
        let day = self.date(expression, scope).known();
        day.map(words::date).unwrap_or_default()
    }

    fn told_text(&self, expression: &TextExpr, scope: &Scope) -> Localized {
        let text = self.text(expression, scope).known();
        text.map(|text| words::text(&text, &text))
            .unwrap_or_default()
    }

    fn told_enum(&self, expression: &EnumExpr, id: EnumId, scope: &Scope) -> Localized {
        let index = self.enumerated(expression, scope).known();
        index
            .map(|index| self.enum_label(index, id))
            .unwrap_or_default()
    }
}

fn compared(
    comparison: Comparison,
    holds: bool,
    phrases: &[Localized; 2],
    values: &[Localized; 2],
    dates: bool,
) -> Localized {
    let [left, right] = [0, 1].map(|side| [&phrases[side], &values[side]]);
    sentences::compared(comparison, holds, left, right, dates)
}

/// What the household has comes first, what the law says second.
fn household_first<'e, T>(
    comparison: Comparison,
    [left, right]: [&'e T; 2],
    part: impl Fn(&'e T) -> Part<'e>,
) -> (Comparison, [&'e T; 2]) {
    if is_fixed(part(left)) && !is_fixed(part(right)) {
        (comparison.mirrored(), [right, left])
    } else {
        (comparison, [left, right])
    }
}

/// Whether a part speaks of no fact, no definition and not of the day: a literal or a parameter of the law.
fn is_fixed(part: Part<'_>) -> bool {
    let mut fixed = true;
    part.walk(&mut |part| {
        let counted = match part {
            Part::Integer(inner) => matches!(inner.kind, IntKind::Size | IntKind::Count(_)),
            Part::Date(inner) => *inner == DateExpr::On,
            _ => false,
        };
        if part.fact().is_some() || part.definition().is_some() || counted {
            fixed = false;
        }
    });
    fixed
}
