//! In which form a column holds its cells: whole numbers over one denominator, truths, days, codes, or answers in
//! full where none of these suffices.

use std::sync::Arc;

use super::super::exact::Exact;
use super::super::value::Value;
use super::cell::Cell;
use crate::dates;
use crate::truth::{Answer, Truth};

/// What the cells of a column are, known before any row is seen.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Form {
    /// The same in every row.
    Constant(Cell),
    Number(Number),
    Bits,
    /// Days since 1970, within these bounds.
    Days(i32, i32),
    Codes(Arc<[String]>),
    Answers,
    Truths,
}

/// Whole numbers of one denominator, within bounds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Number {
    pub denominator: i64,
    pub low: i64,
    pub high: i64,
    /// Whether 64 bits are used.
    pub wide: bool,
}

impl Number {
    pub fn new(denominator: i64, low: i64, high: i64) -> Self {
        let fits = |bound: i64| i32::try_from(bound).is_ok();
        Self {
            denominator,
            low,
            high,
            wide: !(fits(low) && fits(high)),
        }
    }

    pub fn cell(self, numerator: i64) -> Cell {
        let exact = Exact::new(numerator.into(), self.denominator.into());
        exact.map_or(Cell::Answer(Answer::Overflow), |it| {
            Cell::known(Value::Number(it))
        })
    }
}

/// How a column lies in memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Width {
    Bits,
    Codes,
    Narrow,
    Wide,
    Answers,
    Truths,
}

impl Width {
    pub fn bytes(self) -> usize {
        match self {
            Self::Bits | Self::Codes | Self::Truths => 1,
            Self::Narrow => 4,
            Self::Wide => 8,
            Self::Answers => size_of::<Answer<Value>>(),
        }
    }
}

impl Form {
    pub fn width(&self) -> Width {
        match self {
            Self::Number(number) if number.wide => Width::Wide,
            Self::Number(_) | Self::Days(..) => Width::Narrow,
            Self::Bits => Width::Bits,
            Self::Codes(_) => Width::Codes,
            Self::Truths => Width::Truths,
            Self::Answers | Self::Constant(_) => Width::Answers,
        }
    }

    /// The cell of a row, in full.
    pub fn cell(&self, view: View<'_>, row: usize) -> Cell {
        match (self, view) {
            (Self::Constant(cell), _) => cell.clone(),
            (Self::Number(number), View::Narrow(values)) => number.cell(values[row].into()),
            (Self::Number(number), View::Wide(values)) => number.cell(values[row]),
            (Self::Days(..), View::Narrow(values)) => day(values[row].into()),
            (Self::Codes(codes), View::Codes(values)) => code(codes, values[row].into()),
            (_, View::Bits(values)) => Cell::known(Value::Bool(values[row])),
            (_, View::Answers(values)) => Cell::Answer(values[row].clone()),
            (_, View::Truths(values)) => Cell::Truth(values[row]),
            _ => Cell::Answer(Answer::Unknown),
        }
    }

    /// The numerators' bounds, of numbers and of truths as 0 and 1.
    pub fn bounds(&self) -> Option<(i64, i64)> {
        match self {
            Self::Number(number) => Some((number.low, number.high)),
            Self::Bits => Some((0, 1)),
            _ => None,
        }
    }
}

pub(super) fn day(number: i64) -> Cell {
    let day = dates::from_day_number(number);
    Cell::Answer(Answer::computed(day.map(Value::Date)))
}

pub(super) fn code(codes: &[String], index: usize) -> Cell {
    let code = codes.get(index);
    code.map_or(Cell::Answer(Answer::Unknown), |code| {
        Cell::known(Value::Text(code.as_str().into()))
    })
}

/// A column in memory.
#[derive(Clone, Debug)]
pub(super) enum Store {
    Bits(Vec<bool>),
    Codes(Vec<u8>),
    /// Tables alone: what fits is looked up in the nearest memory.
    Tiny(Vec<i8>),
    Narrow(Vec<i32>),
    Wide(Vec<i64>),
    Answers(Vec<Answer<Value>>),
    Truths(Vec<Truth>),
}

/// The rows of a column that a step reads.
#[derive(Clone, Copy, Debug)]
pub(super) enum View<'a> {
    Bits(&'a [bool]),
    Codes(&'a [u8]),
    Narrow(&'a [i32]),
    Wide(&'a [i64]),
    Answers(&'a [Answer<Value>]),
    Truths(&'a [Truth]),
    /// Of a constant.
    Nothing,
}

impl Store {
    pub fn empty(width: Width) -> Self {
        match width {
            Width::Bits => Self::Bits(Vec::new()),
            Width::Codes => Self::Codes(Vec::new()),
            Width::Narrow => Self::Narrow(Vec::new()),
            Width::Wide => Self::Wide(Vec::new()),
            Width::Answers => Self::Answers(Vec::new()),
            Width::Truths => Self::Truths(Vec::new()),
        }
    }

    /// Makes room for so many rows.
    pub fn grow(&mut self, rows: usize) {
        fn to<T: Clone>(values: &mut Vec<T>, rows: usize, empty: T) {
            if values.len() < rows {
                values.resize(rows, empty);
            }
        }
        match self {
            Self::Bits(values) => to(values, rows, false),
            Self::Codes(values) => to(values, rows, 0),
            Self::Tiny(values) => to(values, rows, 0),
            Self::Narrow(values) => to(values, rows, 0),
            Self::Wide(values) => to(values, rows, 0),
            Self::Answers(values) => to(values, rows, Answer::Unknown),
            Self::Truths(values) => to(values, rows, Truth::UNKNOWN),
        }
    }

    pub fn view(&self, rows: usize) -> View<'_> {
        match self {
            Self::Bits(values) => View::Bits(&values[..rows]),
            Self::Codes(values) => View::Codes(&values[..rows]),
            Self::Tiny(_) => View::Nothing,
            Self::Narrow(values) => View::Narrow(&values[..rows]),
            Self::Wide(values) => View::Wide(&values[..rows]),
            Self::Answers(values) => View::Answers(&values[..rows]),
            Self::Truths(values) => View::Truths(&values[..rows]),
        }
    }
}

/// The smallest form that holds all these cells, and the cells in it.
pub(super) fn settle(cells: &[Cell], truth: bool) -> (Form, Store) {
    let first = cells.first();
    if let Some(first) = first.filter(|first| cells.iter().all(|it| it == *first)) {
        return (Form::Constant(first.clone()), Store::empty(Width::Answers));
    }
    let found = bits(cells)
        .or_else(|| numbers(cells))
        .or_else(|| days(cells))
        .or_else(|| codes(cells));
    found.unwrap_or_else(|| {
        if truth {
            let truths = cells.iter().map(Cell::truth).collect();
            (Form::Truths, Store::Truths(truths))
        } else {
            let answers = cells.iter().map(Cell::answer).collect();
            (Form::Answers, Store::Answers(answers))
        }
    })
}

fn bits(cells: &[Cell]) -> Option<(Form, Store)> {
    let bits: Option<Vec<bool>> = cells.iter().map(Cell::settled).collect();
    Some((Form::Bits, Store::Bits(bits?)))
}

fn numbers(cells: &[Cell]) -> Option<(Form, Store)> {
    let exact: Vec<Exact> = cells.iter().map(Cell::exact).collect::<Option<_>>()?;
    let common = exact.iter().try_fold(1, |sum, it| lcm(sum, it.parts().1))?;
    let numerator = |it: &Exact| {
        let (numerator, denominator) = it.parts();
        i64::try_from(numerator.checked_mul(common / denominator)?).ok()
    };
    let values: Vec<i64> = exact.iter().map(numerator).collect::<Option<_>>()?;
    let (low, high) = (values.iter().min()?, values.iter().max()?);
    let number = Number::new(i64::try_from(common).ok()?, *low, *high);
    let narrow = |value: &i64| i32::try_from(*value).unwrap_or_default();
    let tiny = |value: &i64| i8::try_from(*value);
    let store = match values.iter().map(tiny).collect() {
        Ok(tiny) => Store::Tiny(tiny),
        Err(_) if number.wide => Store::Wide(values),
        Err(_) => Store::Narrow(values.iter().map(narrow).collect()),
    };
    Some((Form::Number(number), store))
}

fn days(cells: &[Cell]) -> Option<(Form, Store)> {
    let number = |cell: &Cell| i32::try_from(dates::day_number(cell.date().known()?)).ok();
    let days: Vec<i32> = cells.iter().map(number).collect::<Option<_>>()?;
    let form = Form::Days(*days.iter().min()?, *days.iter().max()?);
    Some((form, Store::Narrow(days)))
}

fn codes(cells: &[Cell]) -> Option<(Form, Store)> {
    let mut codes: Vec<String> = Vec::new();
    let mut values = Vec::with_capacity(cells.len());
    for cell in cells {
        let Answer::Known(Value::Text(text)) = cell.answer() else {
            return None;
        };
        let known = codes.iter().position(|code| **code == *text);
        let index = known.unwrap_or_else(|| {
            codes.push(text.to_string());
            codes.len() - 1
        });
        values.push(u8::try_from(index).ok()?);
    }
    Some((Form::Codes(codes.into()), Store::Codes(values)))
}

/// The least common multiple of two denominators, within 63 bits.
pub(super) fn lcm(a: i128, b: i128) -> Option<i128> {
    let (mut x, mut y) = (a, b);
    while y != 0 {
        (x, y) = (y, x % y);
    }
    let common = (a / x).checked_mul(b)?;
    i64::try_from(common).ok().map(i128::from)
}
