//! Values worked out beforehand: what depends on one date, one enum value or the size of the household alone is
//! computed once for every value that may have, and looked up.

use crate::truth::Truth;

use super::bits::Bits;
use super::column::Column;
use super::graph::Number;
use super::values::{Numbers, Picked, Truths};

/// What a node comes to for every value of its base.
#[derive(Debug)]
pub(super) enum Table {
    Truths(TruthTable),
    Numbers(NumberTable),
}

#[derive(Debug)]
pub(super) struct TruthTable {
    /// The least value of the base, whose truth comes first.
    first: i64,
    truths: Vec<Truth>,
    /// Values between which it may be true, may be false, may be void; both ends included.
    ranges: [Vec<(i64, i64)>; 3],
    /// No value of the base leaves it open.
    settled: bool,
    unknown: Truth,
}

#[derive(Debug)]
pub(super) struct NumberTable {
    first: i64,
    numbers: Vec<i64>,
    /// Where not every value of the base gives a number.
    lacking: Option<Vec<Number>>,
    unknown: Number,
}

/// More ranges than this are looked up.
const FEW: usize = 4;

impl TruthTable {
    /// From the truths of all values from `first` on, and last that of an unknown one.
    pub fn new(first: i64, truths: &Truths, len: usize) -> Self {
        let truth = |row: usize| match truths {
            Truths::Same(truth) => *truth,
            Truths::Rows { t, f, v } => {
                let v = v.as_ref().is_some_and(|v| v.get(row));
                Truth::possible(t.get(row), f.get(row), v)
            }
        };
        let truths: Vec<Truth> = (0..len - 1).map(truth).collect();
        let ranges = |may: fn(Truth) -> bool| {
            let mut ranges: Vec<(i64, i64)> = Vec::new();
            for (value, truth) in (first..).zip(&truths) {
                match ranges.last_mut() {
                    _ if !may(*truth) => {}
                    Some((_, last)) if *last == value - 1 => *last = value,
                    _ => ranges.push((value, value)),
                }
            }
            ranges
        };
        Self {
            first,
            ranges: [
                ranges(Truth::may_be_true),
                ranges(Truth::may_be_false),
                ranges(Truth::may_be_void),
            ],
            settled: truths
                .iter()
                .all(|truth| truth.is_true() || truth.is_false()),
            unknown: truth(len - 1),
            truths,
        }
    }

    /// The truths of a column.
    pub fn of(&self, column: &Column) -> Truths {
        match column {
            Column::Days { days, known } => self.rows(days, known.as_ref()),
            Column::Codes { codes, known } => self.rows(codes, known.as_ref()),
            _ => Truths::Same(self.unknown),
        }
    }

    /// The truths of values, all of which are in the table where they are known.
    pub fn rows<T>(&self, values: &[T], known: Option<&Bits>) -> Truths
    where
        T: Copy + PartialOrd + TryFrom<i64> + Into<i64>,
    {
        let [t, f, v] = &self.ranges;
        let t = self.within(values, t, Truth::may_be_true);
        if known.is_none() && self.settled {
            let f = t.not();
            return Truths::rows(t, f, None);
        }
        let f = self.within(values, f, Truth::may_be_false);
        let v = self.within(values, v, Truth::may_be_void);
        let Some(known) = known else {
            return Truths::rows(t, f, Some(v));
        };
        let unknown = known.not();
        let told = |rows: Bits, also: bool| {
            let rows = rows.and(known);
            if also { rows.or(&unknown) } else { rows }
        };
        Truths::rows(
            told(t, self.unknown.may_be_true()),
            told(f, self.unknown.may_be_false()),
            Some(told(v, self.unknown.may_be_void())),
        )
    }

    fn within<T>(&self, values: &[T], ranges: &[(i64, i64)], may: fn(Truth) -> bool) -> Bits
    where
        T: Copy + PartialOrd + TryFrom<i64> + Into<i64>,
    {
        let ends =
            |range: &(i64, i64)| Some((T::try_from(range.0).ok()?, T::try_from(range.1).ok()?));
        let ranges: Vec<(T, T)> = ranges.iter().filter_map(ends).collect();
        match ranges[..] {
            [] => Bits::none(values.len()),
            [(a, b)] => Bits::of(values, |value| (a <= value) & (value <= b)),
            [(a, b), (c, d)] => Bits::of(values, |value| {
                ((a <= value) & (value <= b)) | ((c <= value) & (value <= d))
            }),
            _ if ranges.len() <= FEW => Bits::of(values, |value| {
                ranges
                    .iter()
                    .fold(false, |any, (a, b)| any | ((*a <= value) & (value <= *b)))
            }),
            _ => Bits::of(values, |value| {
                let place = usize::try_from(value.into() - self.first);
                let truth = place.ok().and_then(|place| self.truths.get(place));
                truth.is_some_and(|truth| may(*truth))
            }),
        }
    }
}

impl NumberTable {
    /// From the numbers of all values from `first` on, and last that of an unknown one.
    pub fn new(first: i64, numbers: &Numbers, len: usize) -> Self {
        let all: Vec<Number> = (0..len).map(|row| numbers.get(row)).collect();
        let (unknown, all) = all
            .split_last()
            .map_or((Number::Unknown, &[][..]), |(last, all)| (*last, all));
        let known = |number: &Number| match number {
            Number::Known(value) => *value,
            Number::Unknown | Number::Absent => 0,
        };
        let lacks = all.iter().any(|number| !matches!(number, Number::Known(_)));
        Self {
            first,
            numbers: all.iter().map(known).collect(),
            lacking: lacks.then(|| all.to_vec()),
            unknown,
        }
    }

    /// The numbers of a column.
    pub fn of(&self, column: &Column) -> Numbers {
        match column {
            Column::Days { days, known } => self.rows(days, known.as_ref()),
            Column::Codes { codes, known } => self.rows(codes, known.as_ref()),
            _ => Numbers::Same(self.unknown),
        }
    }

    /// The numbers of values, all of which are in the table where they are known.
    pub fn rows<T: Copy + Into<i64>>(&self, values: &[T], known: Option<&Bits>) -> Numbers {
        let place = |value: T| usize::try_from(value.into() - self.first).unwrap_or(usize::MAX);
        let plain = self.lacking.is_none() && (known.is_none() || self.unknown == Number::Unknown);
        if plain {
            let look = |value: &T| self.numbers.get(place(*value)).copied().unwrap_or(0);
            return Numbers::rows(values.iter().map(look).collect(), known.cloned(), None);
        }
        let mut rows = Picked::new(values.len());
        for (row, value) in values.iter().enumerate() {
            let is_known = known.is_none_or(|known| known.get(row));
            let number = match &self.lacking {
                _ if !is_known => self.unknown,
                Some(numbers) => numbers
                    .get(place(*value))
                    .copied()
                    .unwrap_or(Number::Unknown),
                None => self
                    .numbers
                    .get(place(*value))
                    .map_or(Number::Unknown, |it| Number::Known(*it)),
            };
            rows.put(row, number);
        }
        rows.finish()
    }
}
