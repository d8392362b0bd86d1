//! Conditions that can never be true, or never false, whatever the household and the day.
//!
//! Every condition is evaluated over sets of values instead of values: integers and dates as intervals, enums as
//! sets, facts over everything their type allows ([`Unit::bounds`]: money may be negative, whatever is counted
//! begins at 0; a household has at least one member). This is done once for each stretch of days between
//! changes of the parameters, and a condition is an error when no stretch lets it be both true and false.
//!
//! The limits: relations between two expressions are not seen (`x < 5 && x > 7` passes), and each use of a fact
//! counts as independent. Whatever is reported is certain.

use std::cell::RefCell;

use jiff::civil::Date;

use crate::benefit::Benefit;
use crate::dates;
use crate::diagnostic::{Position, Problems};
use crate::expression::{
    BoolExpr, Comparison, Condition, DateExpr, DefinitionId, EnumExpr, Expression, IntExpr,
    IntKind, TextExpr,
};
use crate::money;
use crate::parameters::{Beyond, ParameterValue};
use crate::source::Printer;
use crate::truth::Truth;
use crate::vocabulary::{EnumId, FIRST_DATE, LAST_DATE, Unit, Vocabulary};
use crate::walk::Part;

/// A set of numbers between two bounds, or why there is none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Range {
    Between(i128, i128),
    /// The law has no value in this stretch.
    Absent,
    /// Every value leaves the range of 64 bits.
    Overflow,
}

const LEAST: i128 = i64::MIN as i128;
const GREATEST: i128 = i64::MAX as i128;

impl Range {
    fn of(value: i64) -> Self {
        Self::Between(value.into(), value.into())
    }

    /// The hull of some values; those out of range are cut off, and where all are, it is an overflow.
    fn hull(values: impl IntoIterator<Item = i128>) -> Self {
        let mut values = values.into_iter();
        let Some(first) = values.next() else {
            return Self::Absent;
        };
        let (low, high) = values.fold((first, first), |(low, high), value| {
            (low.min(value), high.max(value))
        });
        if high < LEAST || low > GREATEST {
            Self::Overflow
        } else {
            Self::Between(low.max(LEAST), high.min(GREATEST))
        }
    }

    fn either(self, other: Self) -> Self {
        match (self, other) {
            (Self::Between(a, b), Self::Between(c, d)) => Self::Between(a.min(c), b.max(d)),
            (Self::Between(..), _) => self,
            (_, Self::Between(..)) => other,
            _ => self,
        }
    }

    fn map(self, apply: impl Fn(i128) -> i128) -> Self {
        match self {
            Self::Between(low, high) => Self::hull([apply(low), apply(high)]),
            other => other,
        }
    }

    /// For operations that are monotone in each operand: the extremes lie in the corners.
    fn with(self, other: Self, apply: impl Fn(i128, i128) -> i128) -> Self {
        match (self, other) {
            (Self::Between(a, b), Self::Between(c, d)) => {
                Self::hull([apply(a, c), apply(a, d), apply(b, c), apply(b, d)])
            }
            (Self::Absent, _) | (_, Self::Absent) => Self::Absent,
            _ => Self::Overflow,
        }
    }

    fn compare(self, other: Self, comparison: Comparison) -> Truth {
        let (Self::Between(a, b), Self::Between(c, d)) = (self, other) else {
            let absent = self == Self::Absent || other == Self::Absent;
            return if absent { Truth::VOID } else { Truth::UNKNOWN };
        };
        let less = (b < c, a >= d);
        let less_or_equal = (b <= c, a > d);
        let equal = (a == b && c == d && a == c, b < c || d < a);
        let (always, never) = match comparison {
            Comparison::Less => less,
            Comparison::GreaterOrEqual => (less.1, less.0),
            Comparison::LessOrEqual => less_or_equal,
            Comparison::Greater => (less_or_equal.1, less_or_equal.0),
            Comparison::Equal => equal,
            Comparison::NotEqual => (equal.1, equal.0),
        };
        if always {
            Truth::TRUE
        } else if never {
            Truth::FALSE
        } else {
            Truth::UNKNOWN
        }
    }
}

/// The set of values of a definition.
#[derive(Clone, Copy)]
enum Values {
    Bool(Truth),
    Range(Range),
    Enum(u64),
    Text,
}

/// A stretch of days on which no parameter changes.
struct Stretch<'a> {
    benefit: &'a Benefit,
    vocabulary: &'a Vocabulary,
    first: Date,
    last: Date,
    computed: RefCell<Vec<Option<Values>>>,
}

/// Reports the conditions of a benefit that are constant and the numbers that always overflow. `place` gives the
/// position of a key of the file.
pub(crate) fn check(
    benefit: &Benefit,
    vocabulary: &Vocabulary,
    place: impl Fn(&str) -> Position,
    problems: &mut Problems,
) {
    let stretches = stretches(benefit, vocabulary);
    let printer = Printer {
        vocabulary,
        parameters: &benefit.parameters,
        definitions: &benefit.definitions,
    };
    let mut examine = |part: Part<'_>, at: Position| {
        let examined = Examined {
            stretches: &stretches,
            printer,
            at,
        };
        examined.part(part, problems);
    };
    for definition in &benefit.definitions {
        examine((&definition.expression).into(), definition.at);
    }
    each_condition(&benefit.condition, &mut |when, at| {
        examine(Part::Bool(when), at)
    });
    for line in &benefit.amount {
        if let Some(when) = &line.when {
            examine(Part::Bool(when), line.at);
        }
        examine(Part::Integer(&line.pay), line.at);
    }
    let period = benefit.period.as_ref();
    let deadline = benefit.deadline.as_ref();
    for (key, expression) in [
        ("period", period.and_then(|period| period.from.as_ref())),
        ("period", period.and_then(|period| period.until.as_ref())),
        ("use_by", benefit.use_by.as_ref()),
        (
            "deadline",
            deadline.and_then(|deadline| deadline.by.as_ref()),
        ),
    ] {
        if let Some(expression) = expression {
            examine(Part::Date(expression), place(key));
        }
    }
}

fn each_condition<'a>(condition: &'a Condition, visit: &mut impl FnMut(&'a BoolExpr, Position)) {
    use crate::expression::Test;
    match &condition.test {
        Test::When(when) => visit(when, condition.at),
        Test::All(parts) | Test::Any(parts) => {
            parts.iter().for_each(|part| each_condition(part, visit));
        }
    }
}

/// One expression under examination.
struct Examined<'a> {
    stretches: &'a [Stretch<'a>],
    printer: Printer<'a>,
    at: Position,
}

impl Examined<'_> {
    /// Reports the innermost faults of a part; whether there was one.
    fn part(&self, part: Part<'_>, problems: &mut Problems) -> bool {
        let mut found = false;
        part.children(&mut |child| found |= self.part(child, problems));
        if found {
            return true;
        }
        match part {
            Part::Bool(inner) => self.constant(inner, problems),
            Part::Integer(inner) => self.overflow(inner, problems),
            _ => false,
        }
    }

    fn constant(&self, expression: &BoolExpr, problems: &mut Problems) -> bool {
        let mut truths = self
            .stretches
            .iter()
            .map(|stretch| stretch.bool(expression));
        let Some(first) = truths.next() else {
            return false;
        };
        let possible = truths.fold(first, Truth::either);
        let may_fail = possible.may_be_false() || possible.may_be_void();
        let (message, remedy) = match (possible.may_be_true(), may_fail) {
            (true, true) => return false,
            (true, false) => (
                "is always true",
                "It decides nothing: remove it, or mend the value it is compared with.",
            ),
            (false, _) if possible == Truth::VOID => (
                "has no value to compare with on any day",
                "Add the parameter's value for the days on which the benefit is in force.",
            ),
            (false, _) => (
                "can never be true",
                "What depends on it is never reached: mend the values, or remove it.",
            ),
        };
        let text = self.printer.print(Part::Bool(expression));
        problems.at(self.at, format!("`{text}` {message}"), remedy);
        true
    }

    fn overflow(&self, expression: &IntExpr, problems: &mut Problems) -> bool {
        let overflows = |stretch: &Stretch<'_>| stretch.integer(expression) == Range::Overflow;
        if !self.stretches.iter().any(overflows) {
            return false;
        }
        let text = self.printer.print(Part::Integer(expression));
        problems.at(
            self.at,
            format!("`{text}` never fits in 64 bits"),
            "Use smaller numbers.",
        );
        true
    }
}

/// The last day looked at.
const HORIZON: Date = Date::constant(2150, 12, 31);

fn stretches<'a>(benefit: &'a Benefit, vocabulary: &'a Vocabulary) -> Vec<Stretch<'a>> {
    let in_force = benefit.in_force;
    let end = in_force
        .to
        .and_then(|to| to.yesterday().ok())
        .unwrap_or(HORIZON);
    let mut starts = vec![in_force.from];
    for value in benefit
        .parameters
        .iter()
        .flat_map(|parameter| &parameter.values)
    {
        starts.extend([Some(value.from), value.to].into_iter().flatten());
    }
    starts.retain(|start| in_force.from <= *start && *start <= end);
    starts.sort();
    starts.dedup();
    let ends = starts
        .iter()
        .skip(1)
        .map(|next| next.yesterday().unwrap_or(*next));
    let ends: Vec<Date> = ends.chain([end]).collect();
    starts
        .into_iter()
        .zip(ends)
        .map(|(first, last)| Stretch {
            benefit,
            vocabulary,
            first,
            last,
            computed: RefCell::new(vec![None; benefit.definitions.len()]),
        })
        .collect()
}

impl Stretch<'_> {
    fn definition(&self, id: DefinitionId) -> Values {
        let index = usize::from(id.0);
        if let Some(known) = self.computed.borrow()[index] {
            return known;
        }
        let values = match &self.benefit.definitions[index].expression {
            Expression::Bool(inner) => Values::Bool(self.bool(inner)),
            Expression::Integer(inner) => Values::Range(self.integer(inner)),
            Expression::Date(inner) => Values::Range(self.date(inner)),
            Expression::Enum(inner, id) => Values::Enum(self.enumerated(inner, *id)),
            Expression::Text(_) => Values::Text,
        };
        self.computed.borrow_mut()[index] = Some(values);
        values
    }

    fn bool(&self, expression: &BoolExpr) -> Truth {
        let all = |truths: &mut dyn Iterator<Item = Truth>| truths.fold(Truth::TRUE, Truth::and);
        let any = |truths: &mut dyn Iterator<Item = Truth>| truths.fold(Truth::FALSE, Truth::or);
        match expression {
            BoolExpr::Constant(value) => (*value).into(),
            BoolExpr::Fact(_) => Truth::UNKNOWN,
            BoolExpr::Definition(id) => match self.definition(*id) {
                Values::Bool(truth) => truth,
                _ => Truth::UNKNOWN,
            },
            BoolExpr::Not(inner) => !self.bool(inner),
            BoolExpr::All(parts) => all(&mut parts.iter().map(|part| self.bool(part))),
            BoolExpr::Any(parts) => any(&mut parts.iter().map(|part| self.bool(part))),
            BoolExpr::If(condition, yes, no) => {
                let (yes, no) = (self.bool(yes), self.bool(no));
                match self.bool(condition) {
                    Truth::TRUE => yes,
                    Truth::FALSE => no,
                    _ => yes.either(no),
                }
            }
            BoolExpr::Integer(comparison, a, b) => {
                self.integer(a).compare(self.integer(b), *comparison)
            }
            BoolExpr::Date(comparison, a, b) => self.date(a).compare(self.date(b), *comparison),
            BoolExpr::Text(comparison, a, b) => self.texts(a, b, *comparison),
            BoolExpr::Enum(comparison, a, b, id) => {
                let same = same_enum(self.enumerated(a, *id), self.enumerated(b, *id));
                if *comparison == Comparison::Equal {
                    same
                } else {
                    !same
                }
            }
            BoolExpr::Bool(comparison, a, b) => {
                let (a, b) = (self.bool(a), self.bool(b));
                let same = a.and(b).or((!a).and(!b));
                if *comparison == Comparison::Equal {
                    same
                } else {
                    !same
                }
            }
            BoolExpr::IntegerIn(value, list) => {
                let value = self.integer(value);
                any(&mut list
                    .iter()
                    .map(|i| value.compare(self.integer(i), Comparison::Equal)))
            }
            BoolExpr::DateIn(value, list) => {
                let value = self.date(value);
                any(&mut list
                    .iter()
                    .map(|i| value.compare(self.date(i), Comparison::Equal)))
            }
            BoolExpr::TextIn(value, list) => any(&mut list
                .iter()
                .map(|item| self.texts(value, item, Comparison::Equal))),
            BoolExpr::EnumIn(value, list, id) => {
                let value = self.enumerated(value, *id);
                let listed = list
                    .iter()
                    .fold(0, |set, item| set | self.enumerated(item, *id));
                if value & !listed == 0 && list.iter().all(|i| matches!(i, EnumExpr::Constant(_))) {
                    Truth::TRUE
                } else if value & listed == 0 {
                    Truth::FALSE
                } else {
                    Truth::UNKNOWN
                }
            }
            // One member at least: what is true of everybody is true of somebody, and the other way round.
            BoolExpr::Exists(quantifier) | BoolExpr::Every(quantifier) => {
                self.bool(&quantifier.body)
            }
        }
    }

    fn texts(&self, a: &TextExpr, b: &TextExpr, comparison: Comparison) -> Truth {
        match (a, b) {
            (TextExpr::Constant(a), TextExpr::Constant(b)) => comparison.holds(a.cmp(b)).into(),
            _ => Truth::UNKNOWN,
        }
    }

    /// The values an enum may take, one bit each.
    fn enumerated(&self, expression: &EnumExpr, id: EnumId) -> u64 {
        match expression {
            EnumExpr::Constant(index) => 1 << index,
            EnumExpr::Fact(_) => all_values(self.vocabulary.enum_values(id).len()),
            EnumExpr::Definition(definition) => match self.definition(*definition) {
                Values::Enum(set) => set,
                _ => u64::MAX,
            },
            EnumExpr::If(condition, yes, no) => match self.bool(condition) {
                Truth::TRUE => self.enumerated(yes, id),
                Truth::FALSE => self.enumerated(no, id),
                _ => self.enumerated(yes, id) | self.enumerated(no, id),
            },
        }
    }

    fn choose(&self, condition: &BoolExpr, branch: impl Fn(bool) -> Range) -> Range {
        match self.bool(condition) {
            Truth::TRUE => branch(true),
            Truth::FALSE => branch(false),
            _ => branch(true).either(branch(false)),
        }
    }

    fn integer(&self, expression: &IntExpr) -> Range {
        let range = |inner: &IntExpr| self.integer(inner);
        let (_, most_people) = Unit::People.bounds();
        let people = i128::from(most_people);
        match &expression.kind {
            IntKind::Constant(value) => Range::of(*value),
            IntKind::Fact(_) => {
                let (least, greatest) = expression.unit.bounds();
                Range::Between(least.into(), greatest.into())
            }
            IntKind::Parameter(id) => {
                let parameter = &self.benefit.parameters[usize::from(id.0)];
                match parameter.on(self.first).map(|dated| &dated.value) {
                    Some(ParameterValue::Single(value)) => Range::of(*value),
                    _ => Range::Absent,
                }
            }
            IntKind::Entry(id, index) => self.entry(usize::from(id.0), range(index)),
            IntKind::Definition(id) => match self.definition(*id) {
                Values::Range(range) => range,
                _ => Range::Absent,
            },
            IntKind::Negate(inner) => range(inner).map(|value| -value),
            IntKind::Add(a, b) => range(a).with(range(b), |a, b| a + b),
            IntKind::Subtract(a, b) => range(a).with(range(b), |a, b| a - b),
            IntKind::Multiply(a, b) => range(a).with(range(b), |a, b| a * b),
            IntKind::Min(parts) => self.folded(parts, i128::min),
            IntKind::Max(parts) => self.folded(parts, i128::max),
            IntKind::If(condition, yes, no) => {
                self.choose(condition, |first| range(if first { yes } else { no }))
            }
            IntKind::Percent {
                amount,
                rate,
                rounding,
            } => range(amount).with(range(rate), |amount, rate| {
                divided(amount * rate, 100, *rounding)
            }),
            IntKind::RoundTo {
                amount,
                step,
                rounding,
            } => range(amount).map(|amount| {
                divided(amount, (*step).into(), *rounding).saturating_mul((*step).into())
            }),
            IntKind::PerYear(inner) => range(inner).map(|value| value * 12),
            IntKind::PerMonth(inner, rounding) => {
                range(inner).map(|value| divided(value, 12, *rounding))
            }
            IntKind::Reinterpret(inner) => range(inner),
            IntKind::Size => Range::Between(1, people),
            IntKind::Count(quantifier) => match self.bool(&quantifier.body) {
                Truth::TRUE => Range::Between(1, people),
                Truth::FALSE => Range::of(0),
                _ => Range::Between(0, people),
            },
            IntKind::Sum { term, .. } => match range(term) {
                Range::Between(low, high) => Range::hull([0, low * people, high * people]),
                other => other,
            },
            IntKind::YearsBetween(from, to) => self.between(from, to, dates::years_between),
            IntKind::MonthsBetween(from, to) => self.between(from, to, dates::months_between),
            IntKind::DaysBetween(from, to) => self.between(from, to, dates::days_between),
            IntKind::Year(day) => self.date(day).map(|number| calendar(number).year().into()),
        }
    }

    fn folded(&self, parts: &[IntExpr], apply: fn(i128, i128) -> i128) -> Range {
        let ranges = parts.iter().map(|part| self.integer(part));
        ranges
            .reduce(|a, b| a.with(b, apply))
            .unwrap_or(Range::Absent)
    }

    /// The entries that an index range reaches; in a table that goes on by steps, the ends decide.
    fn entry(&self, parameter: usize, index: Range) -> Range {
        let parameter = &self.benefit.parameters[parameter];
        let Some(ParameterValue::Table(table)) = parameter.on(self.first).map(|dated| &dated.value)
        else {
            return Range::Absent;
        };
        let Range::Between(low, high) = index else {
            return index;
        };
        let length = table.len() as i128;
        let inside = (low.max(1)..=high.min(length)).filter_map(|i| i64::try_from(i).ok());
        let outside = [low.max(length + 1), high]
            .into_iter()
            .filter(|i| *i > length && parameter.beyond != Beyond::Nothing);
        let outside = outside.filter_map(|i| i64::try_from(i).ok());
        let reached = inside
            .chain(outside)
            .filter_map(|i| parameter.entry(table, i));
        Range::hull(reached.map(i128::from))
    }

    /// All three counts grow with the later date and shrink with the earlier one.
    fn between(&self, from: &DateExpr, to: &DateExpr, count: fn(Date, Date) -> i64) -> Range {
        self.date(from).with(self.date(to), |from, to| {
            count(calendar(from), calendar(to)).into()
        })
    }

    /// Dates as day numbers.
    fn date(&self, expression: &DateExpr) -> Range {
        let day = |inner: &DateExpr| self.date(inner);
        match expression {
            DateExpr::Constant(day) => Range::of(dates::day_number(*day)),
            DateExpr::On => Range::Between(
                dates::day_number(self.first).into(),
                dates::day_number(self.last).into(),
            ),
            DateExpr::Fact(_) => Range::Between(
                dates::day_number(FIRST_DATE).into(),
                dates::day_number(LAST_DATE).into(),
            ),
            DateExpr::Definition(id) => match self.definition(*id) {
                Values::Range(range) => range,
                _ => Range::Absent,
            },
            DateExpr::If(condition, yes, no) => {
                self.choose(condition, |first| day(if first { yes } else { no }))
            }
            DateExpr::AddDays(start, days) => day(start).with(self.integer(days), |day, n| day + n),
            DateExpr::AddMonths(start, months) => self.completed(start, months, 1),
            DateExpr::AddYears(start, years) => self.completed(start, years, 12),
            DateExpr::StartOfMonth(inner) => {
                day(inner).map(|day| dates::day_number(calendar(day).first_of_month()).into())
            }
            DateExpr::EndOfMonth(inner) => {
                day(inner).map(|day| dates::day_number(calendar(day).last_of_month()).into())
            }
            DateExpr::Min(parts) => self.folded_dates(parts, i128::min),
            DateExpr::Max(parts) => self.folded_dates(parts, i128::max),
        }
    }

    fn folded_dates(&self, parts: &[DateExpr], apply: fn(i128, i128) -> i128) -> Range {
        let ranges = parts.iter().map(|part| self.date(part));
        ranges
            .reduce(|a, b| a.with(b, apply))
            .unwrap_or(Range::Absent)
    }

    fn completed(&self, start: &DateExpr, count: &IntExpr, months: i128) -> Range {
        self.date(start).with(self.integer(count), |day, count| {
            let months = i64::try_from(count * months).unwrap_or(i64::MAX);
            let end = if count < 0 { Date::MIN } else { Date::MAX };
            dates::day_number(dates::completion(calendar(day), months).unwrap_or(end)).into()
        })
    }
}

/// The date of a day number, cut off at the ends of the calendar.
fn calendar(number: i128) -> Date {
    let end = if number < 0 { Date::MIN } else { Date::MAX };
    let number = i64::try_from(number).ok();
    number.and_then(dates::from_day_number).unwrap_or(end)
}

fn divided(numerator: i128, denominator: i128, rounding: money::Rounding) -> i128 {
    let end = if numerator < 0 {
        LEAST - 1
    } else {
        GREATEST + 1
    };
    money::divide(numerator, denominator, rounding).map_or(end, i128::from)
}

fn all_values(count: usize) -> u64 {
    if count >= 64 {
        u64::MAX
    } else {
        (1 << count) - 1
    }
}

fn same_enum(a: u64, b: u64) -> Truth {
    if a & b == 0 {
        Truth::FALSE
    } else if a == b && a.count_ones() == 1 {
        Truth::TRUE
    } else {
        Truth::UNKNOWN
    }
}
