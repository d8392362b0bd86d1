//! What nodes come to: truths and numbers of the rows of a frame, and the operations on them.

use crate::expression::Comparison;
use crate::truth::Truth;

use super::bits::Bits;
use super::graph::Number;

/// A truth for each row.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Truths {
    /// The same for every row.
    Same(Truth),
    /// Rows that may be true, false, void; each may be at least one.
    Rows { t: Bits, f: Bits, v: Option<Bits> },
}

/// A number for each row.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Numbers {
    Same(Number),
    Rows {
        /// Anything where it is not known.
        values: Vec<i64>,
        /// `None`: everywhere.
        known: Option<Bits>,
        /// Rows for which the law has no value, none of which is known.
        absent: Option<Bits>,
    },
}

impl Truths {
    pub fn rows(t: Bits, f: Bits, v: Option<Bits>) -> Self {
        let v = v.filter(|v| !v.is_none());
        if v.is_none() {
            match (t.is_none(), f.is_none()) {
                (true, _) => return Self::Same(Truth::FALSE),
                (_, true) => return Self::Same(Truth::TRUE),
                _ if t.is_all() && f.is_all() => return Self::Same(Truth::UNKNOWN),
                _ => {}
            }
        }
        Self::Rows { t, f, v }
    }

    /// Where it is known, whether it passes; elsewhere unknown, or void where the law has no value.
    pub fn decided(passes: Bits, known: Option<&Bits>, absent: Option<&Bits>) -> Self {
        let Some(known) = known else {
            let fails = passes.not();
            return Self::rows(passes, fails, None);
        };
        let mut open = known.not();
        if let Some(absent) = absent {
            open = open.and_not(absent);
        }
        let fails = known.and_not(&passes).or(&open);
        let passes = passes.and(known).or(&open);
        Self::rows(passes, fails, absent.cloned())
    }

    /// The rows that may be true; of a constant, all or none of `len`.
    pub fn may_be_true(&self, len: usize) -> Bits {
        match self {
            Self::Same(truth) if truth.may_be_true() => Bits::all(len),
            Self::Same(_) => Bits::none(len),
            Self::Rows { t, .. } => t.clone(),
        }
    }

    /// The rows that may be false, those that may be void, likewise.
    pub fn may_fail(&self, len: usize) -> Bits {
        match self {
            Self::Same(truth) if truth.may_be_false() || truth.may_be_void() => Bits::all(len),
            Self::Same(_) => Bits::none(len),
            Self::Rows { f, v: None, .. } => f.clone(),
            Self::Rows { f, v: Some(v), .. } => f.or(v),
        }
    }

    /// The rows that are false and nothing else: what the law has no value for is not.
    pub fn surely_false(&self, len: usize) -> Bits {
        match self {
            Self::Same(truth) if truth.is_false() => Bits::all(len),
            Self::Same(_) => Bits::none(len),
            Self::Rows { t, f, v: None } => f.and_not(t),
            Self::Rows { t, f, v: Some(v) } => f.and_not(t).and_not(v),
        }
    }

    /// The rows for which the law surely has no value.
    pub fn surely_void(&self, len: usize) -> Bits {
        match self {
            Self::Same(Truth::VOID) => Bits::all(len),
            Self::Rows { t, f, v: Some(v) } => v.and_not(t).and_not(f),
            _ => Bits::none(len),
        }
    }

    pub fn is_never_true(&self) -> bool {
        match self {
            Self::Same(truth) => !truth.may_be_true(),
            Self::Rows { t, .. } => t.is_none(),
        }
    }

    fn columns(&self, len: usize) -> (Bits, Bits, Option<Bits>) {
        let fill = |all: bool| if all { Bits::all(len) } else { Bits::none(len) };
        match self {
            Self::Same(truth) => (
                fill(truth.may_be_true()),
                fill(truth.may_be_false()),
                truth.may_be_void().then(|| Bits::all(len)),
            ),
            Self::Rows { t, f, v } => (t.clone(), f.clone(), v.clone()),
        }
    }

    pub fn not(&self) -> Self {
        match self {
            Self::Same(truth) => Self::Same(!*truth),
            Self::Rows { t, f, v } => Self::Rows {
                t: f.clone(),
                f: t.clone(),
                v: v.clone(),
            },
        }
    }

    pub fn and(&self, other: &Self) -> Self {
        match (self, other) {
            (Self::Same(a), Self::Same(b)) => Self::Same(a.and(*b)),
            (Self::Same(Truth::TRUE), rows) | (rows, Self::Same(Truth::TRUE)) => rows.clone(),
            (Self::Same(Truth::FALSE), _) | (_, Self::Same(Truth::FALSE)) => {
                Self::Same(Truth::FALSE)
            }
            (
                Self::Rows {
                    t: at,
                    f: af,
                    v: av,
                },
                Self::Rows {
                    t: bt,
                    f: bf,
                    v: bv,
                },
            ) => Self::rows(at.and(bt), af.or(bf), void_and(at, av, bt, bv)),
            (Self::Same(constant), Self::Rows { t, .. })
            | (Self::Rows { t, .. }, Self::Same(constant)) => {
                let constant = Self::Same(*constant).columns(t.len());
                let constant = Self::Rows {
                    t: constant.0,
                    f: constant.1,
                    v: constant.2,
                };
                let rows = if matches!(self, Self::Rows { .. }) {
                    self
                } else {
                    other
                };
                rows.and(&constant)
            }
        }
    }

    pub fn or(&self, other: &Self) -> Self {
        self.not().and(&other.not()).not()
    }

    /// Of two, what the condition chooses; while it is open, either.
    pub fn choose(condition: &Self, yes: &Self, no: &Self, len: usize) -> Self {
        match condition {
            Self::Same(truth) if truth.is_true() => return yes.clone(),
            Self::Same(truth) if truth.is_false() => return no.clone(),
            Self::Same(truth) if *truth == Truth::VOID => return condition.clone(),
            _ => {}
        }
        let parts = Split::of(condition, len);
        let (yt, yf, yv) = yes.columns(len);
        let (nt, nf, nv) = no.columns(len);
        let chosen = |yes: &Bits, no: &Bits| {
            let settled = parts.yes.and(yes).or(&parts.no.and(no));
            settled.or(&parts.open.and(&yes.or(no)))
        };
        let mut void = parts.void.or(&parts.open.and(&parts.open_void));
        if yv.is_some() || nv.is_some() {
            let none = || Bits::none(len);
            let (yv, nv) = (yv.unwrap_or_else(none), nv.unwrap_or_else(none));
            void = void.or(&chosen(&yv, &nv));
        }
        Self::rows(chosen(&yt, &nt), chosen(&yf, &nf), Some(void))
    }

    pub fn same(&self, other: &Self) -> Self {
        self.and(other).or(&self.not().and(&other.not()))
    }
}

fn void_and(at: &Bits, av: &Option<Bits>, bt: &Bits, bv: &Option<Bits>) -> Option<Bits> {
    let one = |v: &Bits, t: &Bits, other: &Option<Bits>| match other {
        Some(other) => v.and(&t.or(other)),
        None => v.and(t),
    };
    match (av, bv) {
        (None, None) => None,
        (Some(a), None) => Some(a.and(bt)),
        (None, Some(b)) => Some(b.and(at)),
        (Some(a), Some(b)) => Some(one(a, bt, bv).or(&one(b, at, av))),
    }
}

/// How a condition divides rows.
pub(super) struct Split {
    pub yes: Bits,
    pub no: Bits,
    /// Void and nothing else.
    pub void: Bits,
    /// Neither is settled.
    pub open: Bits,
    /// Of the open ones, those that may be void.
    pub open_void: Bits,
}

impl Split {
    pub fn of(condition: &Truths, len: usize) -> Self {
        let (t, f, v) = condition.columns(len);
        let v = v.unwrap_or_else(|| Bits::none(len));
        let yes = t.and_not(&f).and_not(&v);
        let no = f.and_not(&t).and_not(&v);
        let void = v.and_not(&t).and_not(&f);
        let open = yes.or(&no).or(&void).not();
        Self {
            yes,
            no,
            void,
            open,
            open_void: v,
        }
    }
}

impl Numbers {
    pub fn rows(values: Vec<i64>, known: Option<Bits>, absent: Option<Bits>) -> Self {
        let absent = absent.filter(|absent| !absent.is_none());
        match known {
            Some(known) if known.is_all() => Self::Rows {
                values,
                known: None,
                absent: None,
            },
            Some(known) if known.is_none() && absent.is_none() => Self::Same(Number::Unknown),
            known => Self::Rows {
                values,
                known,
                absent,
            },
        }
    }

    /// The value of a row.
    pub fn get(&self, row: usize) -> Number {
        match self {
            Self::Same(number) => *number,
            Self::Rows {
                values,
                known,
                absent,
            } => {
                if known.as_ref().is_none_or(|known| known.get(row)) {
                    Number::Known(values[row])
                } else if absent.as_ref().is_some_and(|absent| absent.get(row)) {
                    Number::Absent
                } else {
                    Number::Unknown
                }
            }
        }
    }

    /// The rows that are known, those for which the law has no value; `None` for all and for none.
    fn state(&self) -> (Option<&Bits>, Option<&Bits>) {
        match self {
            Self::Same(_) => (None, None),
            Self::Rows { known, absent, .. } => (known.as_ref(), absent.as_ref()),
        }
    }

    /// A total function of each value.
    pub fn map(&self, apply: impl Fn(i64) -> i64) -> Self {
        match self {
            Self::Same(Number::Known(value)) => Self::Same(Number::Known(apply(*value))),
            Self::Same(other) => Self::Same(*other),
            Self::Rows {
                values,
                known,
                absent,
            } => Self::Rows {
                values: values.iter().map(|value| apply(*value)).collect(),
                known: known.clone(),
                absent: absent.clone(),
            },
        }
    }

    /// A function that may leave the range, which leaves it unknown.
    pub fn try_map(&self, apply: impl Fn(i64) -> Option<i64>) -> Self {
        match self {
            Self::Same(Number::Known(value)) => {
                Self::Same(apply(*value).map_or(Number::Unknown, Number::Known))
            }
            Self::Same(other) => Self::Same(*other),
            Self::Rows {
                values,
                known,
                absent,
            } => Self::tried(
                values.iter().map(|a| apply(*a)),
                known.clone(),
                absent.clone(),
            ),
        }
    }

    fn tried(
        results: impl ExactSizeIterator<Item = Option<i64>>,
        known: Option<Bits>,
        absent: Option<Bits>,
    ) -> Self {
        let mut failed = Bits::none(results.len());
        let mut values = Vec::with_capacity(results.len());
        for (row, result) in results.enumerate() {
            if result.is_none() {
                failed.set(row);
            }
            values.push(result.unwrap_or(0));
        }
        if failed.is_none() {
            return Self::rows(values, known, absent);
        }
        let known = known.map_or_else(|| failed.not(), |known| known.and_not(&failed));
        Self::rows(values, Some(known), absent)
    }

    /// A total function of two values.
    pub fn with(&self, other: &Self, apply: impl Fn(i64, i64) -> i64) -> Self {
        if let Some(result) = self.without_values(other) {
            return result;
        }
        let (known, absent) = joined(self.state(), other.state());
        match (self, other) {
            (Self::Rows { values, .. }, Self::Same(Number::Known(b))) => Self::Rows {
                values: values.iter().map(|a| apply(*a, *b)).collect(),
                known,
                absent,
            },
            (Self::Same(Number::Known(a)), Self::Rows { values, .. }) => Self::Rows {
                values: values.iter().map(|b| apply(*a, *b)).collect(),
                known,
                absent,
            },
            (Self::Rows { values: a, .. }, Self::Rows { values: b, .. }) => Self::Rows {
                values: a.iter().zip(b).map(|(a, b)| apply(*a, *b)).collect(),
                known,
                absent,
            },
            (Self::Same(Number::Known(a)), Self::Same(Number::Known(b))) => {
                Self::Same(Number::Known(apply(*a, *b)))
            }
            _ => Self::Same(Number::Unknown),
        }
    }

    /// A function of two values that may leave the range.
    pub fn try_with(&self, other: &Self, apply: impl Fn(i64, i64) -> Option<i64>) -> Self {
        if let Some(result) = self.without_values(other) {
            return result;
        }
        let (known, absent) = joined(self.state(), other.state());
        match (self, other) {
            (Self::Rows { values, .. }, Self::Same(Number::Known(b))) => {
                Self::tried(values.iter().map(|a| apply(*a, *b)), known, absent)
            }
            (Self::Same(Number::Known(a)), Self::Rows { values, .. }) => {
                Self::tried(values.iter().map(|b| apply(*a, *b)), known, absent)
            }
            (Self::Rows { values: a, .. }, Self::Rows { values: b, .. }) => {
                Self::tried(a.iter().zip(b).map(|(a, b)| apply(*a, *b)), known, absent)
            }
            (Self::Same(Number::Known(a)), Self::Same(Number::Known(b))) => {
                Self::Same(apply(*a, *b).map_or(Number::Unknown, Number::Known))
            }
            _ => Self::Same(Number::Unknown),
        }
    }

    /// The result where one side is a constant without a value.
    fn without_values(&self, other: &Self) -> Option<Self> {
        match (self, other) {
            (Self::Same(Number::Absent), _) | (_, Self::Same(Number::Absent)) => {
                Some(Self::Same(Number::Absent))
            }
            (Self::Same(Number::Unknown), rest) | (rest, Self::Same(Number::Unknown)) => {
                let unknown = Self::Same(Number::Unknown);
                let Self::Rows {
                    values,
                    absent: Some(absent),
                    ..
                } = rest
                else {
                    return Some(unknown);
                };
                let none = Bits::none(values.len());
                Some(Self::rows(values.clone(), Some(none), Some(absent.clone())))
            }
            _ => None,
        }
    }

    pub fn compare(&self, other: &Self, comparison: Comparison) -> Truths {
        match comparison {
            Comparison::Equal => self.test(other, |a, b| a == b),
            Comparison::NotEqual => self.test(other, |a, b| a != b),
            Comparison::Less => self.test(other, |a, b| a < b),
            Comparison::LessOrEqual => self.test(other, |a, b| a <= b),
            Comparison::Greater => self.test(other, |a, b| a > b),
            Comparison::GreaterOrEqual => self.test(other, |a, b| a >= b),
        }
    }

    fn test(&self, other: &Self, holds: impl Fn(i64, i64) -> bool) -> Truths {
        match self.without_values(other) {
            Some(Self::Same(Number::Absent)) => return Truths::Same(Truth::VOID),
            Some(Self::Rows {
                known,
                absent,
                values,
            }) => {
                let none = Bits::none(values.len());
                return Truths::decided(none, known.as_ref(), absent.as_ref());
            }
            Some(Self::Same(_)) => return Truths::Same(Truth::UNKNOWN),
            None => {}
        }
        let passes = match (self, other) {
            (Self::Rows { values, .. }, Self::Same(Number::Known(b))) => {
                let b = *b;
                Bits::of(values, |a| holds(a, b))
            }
            (Self::Same(Number::Known(a)), Self::Rows { values, .. }) => {
                let a = *a;
                Bits::of(values, |b| holds(a, b))
            }
            (Self::Rows { values: a, .. }, Self::Rows { values: b, .. }) => {
                Bits::of_pairs(a, b, holds)
            }
            (Self::Same(Number::Known(a)), Self::Same(Number::Known(b))) => {
                return Truths::Same(holds(*a, *b).into());
            }
            _ => return Truths::Same(Truth::UNKNOWN),
        };
        let (known, absent) = joined(self.state(), other.state());
        Truths::decided(passes, known.as_ref(), absent.as_ref())
    }

    /// Of two, what the condition chooses; while it is open, what both agree on.
    pub fn choose(condition: &Truths, yes: &Self, no: &Self, len: usize) -> Self {
        match condition {
            Truths::Same(truth) if truth.is_true() => return yes.clone(),
            Truths::Same(truth) if truth.is_false() => return no.clone(),
            Truths::Same(truth) if *truth == Truth::VOID => return Self::Same(Number::Absent),
            _ => {}
        }
        let parts = Split::of(condition, len);
        let mut rows = Picked::new(len);
        rows.pick(&parts.yes, yes);
        rows.pick(&parts.no, no);
        for row in parts.void.rows() {
            rows.put(row, Number::Absent);
        }
        for row in parts.open.rows() {
            let (yes, no) = (yes.get(row), no.get(row));
            let agreed = yes == no && !parts.open_void.get(row);
            rows.put(row, if agreed { yes } else { Number::Unknown });
        }
        rows.finish()
    }

    /// See [`super::graph::Op::Line`].
    pub fn line(when: &Truths, pay: &Self, rest: &Self, agreed: &Self, len: usize) -> Self {
        match when {
            Truths::Same(truth) => {
                return match truth.satisfied() {
                    Some(true) => pay.clone(),
                    Some(false) => rest.clone(),
                    None => agreed.clone(),
                };
            }
            Truths::Rows { .. } => {}
        }
        let (may, fails) = (when.may_be_true(len), when.may_fail(len));
        let mut rows = Picked::new(len);
        rows.pick(&may.and_not(&fails), pay);
        rows.pick(&may.not(), rest);
        rows.pick(&may.and(&fails), agreed);
        rows.finish()
    }

    /// The value of all, where they are one.
    pub fn agreed(parts: &[&Self], len: usize) -> Self {
        let same = |row: usize| {
            let mut values = parts.iter().map(|part| part.get(row));
            let first = values.next().unwrap_or(Number::Unknown);
            if values.all(|value| value == first) {
                first
            } else {
                Number::Unknown
            }
        };
        if parts.iter().all(|part| matches!(part, Self::Same(_))) {
            return Self::Same(same(0));
        }
        let mut rows = Picked::new(len);
        (0..len).for_each(|row| rows.put(row, same(row)));
        rows.finish()
    }
}

type State<'a> = (Option<&'a Bits>, Option<&'a Bits>);

fn joined(a: State<'_>, b: State<'_>) -> (Option<Bits>, Option<Bits>) {
    let known = match (a.0, b.0) {
        (Some(a), Some(b)) => Some(a.and(b)),
        (one, None) | (None, one) => one.cloned(),
    };
    let absent = match (a.1, b.1) {
        (Some(a), Some(b)) => Some(a.or(b)),
        (one, None) | (None, one) => one.cloned(),
    };
    (known, absent)
}

/// Numbers put together row by row.
pub(super) struct Picked {
    values: Vec<i64>,
    known: Bits,
    absent: Bits,
}

impl Picked {
    pub fn new(len: usize) -> Self {
        Self {
            values: vec![0; len],
            known: Bits::none(len),
            absent: Bits::none(len),
        }
    }

    pub fn put(&mut self, row: usize, number: Number) {
        match number {
            Number::Known(value) => {
                self.values[row] = value;
                self.known.set(row);
            }
            Number::Absent => self.absent.set(row),
            Number::Unknown => {}
        }
    }

    fn pick(&mut self, rows: &Bits, from: &Numbers) {
        match from {
            Numbers::Same(number) => rows.rows().for_each(|row| self.put(row, *number)),
            Numbers::Rows {
                values,
                known,
                absent,
            } => {
                for row in rows.rows() {
                    self.values[row] = values[row];
                }
                let known = known
                    .as_ref()
                    .map_or_else(|| rows.clone(), |it| it.and(rows));
                self.known = self.known.or(&known);
                if let Some(absent) = absent {
                    self.absent = self.absent.or(&absent.and(rows));
                }
            }
        }
    }

    pub fn finish(self) -> Numbers {
        Numbers::rows(self.values, Some(self.known), Some(self.absent))
    }
}
