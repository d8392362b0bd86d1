//! Loops over slices, plain enough to be vectorised. What they are given has been proven to fit: forms that do not go
//! together do not meet here, and sums stay within their types.

use std::ops::Range;

use super::form::{Store, View};
use super::graph::{Step, Tally};
use crate::money::{self, Rounding};
use crate::truth::{Answer, Truth};
use crate::variables::value::Value;

/// Rows that a sum goes over before the next.
const BLOCK: usize = 512;

/// The rows that a step writes.
pub(super) enum Out<'a> {
    Bits(&'a mut [bool]),
    Codes(&'a mut [u8]),
    Narrow(&'a mut [i32]),
    Wide(&'a mut [i64]),
    Answers(&'a mut [Answer<Value>]),
    Truths(&'a mut [Truth]),
}

impl<'a> Out<'a> {
    pub fn of(store: &'a mut Store, rows: usize) -> Self {
        match store {
            Store::Bits(values) => Self::Bits(&mut values[..rows]),
            Store::Codes(values) => Self::Codes(&mut values[..rows]),
            Store::Narrow(values) => Self::Narrow(&mut values[..rows]),
            Store::Wide(values) => Self::Wide(&mut values[..rows]),
            Store::Answers(values) => Self::Answers(&mut values[..rows]),
            Store::Truths(values) => Self::Truths(&mut values[..rows]),
            Store::Tiny(_) => Self::Codes(&mut []),
        }
    }
}

/// Numerators with their bounds, or truths as 0 and 1.
#[derive(Clone, Copy)]
pub(super) struct Part<'a> {
    pub view: View<'a>,
    pub low: i64,
    pub high: i64,
}

#[derive(Clone, Copy)]
pub(super) enum Operand<'a> {
    View(View<'a>),
    Constant(i64),
}

/// Running sums of a batch, kept between steps.
#[derive(Debug, Default)]
pub(super) struct Scratch {
    packed: Vec<u8>,
    narrow: Vec<i32>,
    wide: Vec<i64>,
}

fn each<X: Copy, O>(out: &mut [O], x: &[X], of: impl Fn(X) -> O) {
    for (out, x) in out.iter_mut().zip(x) {
        *out = of(*x);
    }
}

fn both<X: Copy, Y: Copy, O>(out: &mut [O], x: &[X], y: &[Y], of: impl Fn(X, Y) -> O) {
    for ((out, x), y) in out.iter_mut().zip(x).zip(y) {
        *out = of(*x, *y);
    }
}

fn with<X: Copy, O: Copy>(out: &mut [O], x: &[X], of: impl Fn(O, X) -> O) {
    for (out, x) in out.iter_mut().zip(x) {
        *out = of(*out, *x);
    }
}

/// A whole number of a column, in 64 bits.
trait Whole: Copy {
    fn wide(self) -> i64;
}

impl Whole for bool {
    fn wide(self) -> i64 {
        self.into()
    }
}

impl Whole for u8 {
    fn wide(self) -> i64 {
        self.into()
    }
}

impl Whole for i32 {
    fn wide(self) -> i64 {
        self.into()
    }
}

impl Whole for i64 {
    fn wide(self) -> i64 {
        self
    }
}

/// Members of each group.
pub(super) fn sizes(out: &mut Out<'_>, offsets: &[u32]) {
    if let Out::Narrow(out) = out {
        for (out, pair) in out.iter_mut().zip(offsets.windows(2)) {
            *out = (pair[1] - pair[0]) as i32;
        }
    }
}

pub(super) fn lookup(out: &mut Out<'_>, x: View<'_>, low: i64, table: &Store) {
    match x {
        View::Narrow(x) => look(out, x, low, table),
        View::Wide(x) => look(out, x, low, table),
        View::Codes(x) => look(out, x, low, table),
        _ => {}
    }
}

fn look<X: Whole>(out: &mut Out<'_>, x: &[X], low: i64, table: &Store) {
    fn found<X: Whole, T, O>(out: &mut [O], x: &[X], low: i64, table: &[T], of: impl Fn(&T) -> O) {
        for (out, x) in out.iter_mut().zip(x) {
            *out = of(&table[(x.wide() - low) as usize]);
        }
    }
    match (out, table) {
        (Out::Bits(out), Store::Bits(table)) => found(out, x, low, table, |it| *it),
        (Out::Codes(out), Store::Codes(table)) => found(out, x, low, table, |it| *it),
        (Out::Narrow(out), Store::Tiny(table)) => found(out, x, low, table, |it| i32::from(*it)),
        (Out::Narrow(out), Store::Narrow(table)) => found(out, x, low, table, |it| *it),
        (Out::Wide(out), Store::Wide(table)) => found(out, x, low, table, |it| *it),
        (Out::Answers(out), Store::Answers(table)) => found(out, x, low, table, Answer::clone),
        (Out::Truths(out), Store::Truths(table)) => found(out, x, low, table, |it| *it),
        _ => {}
    }
}

pub(super) fn between(out: &mut Out<'_>, x: View<'_>, low: i64, high: i64) {
    let Out::Bits(out) = out else { return };
    // A bound outside of a type's values is its end, which is no bound.
    let narrow = |bound: i64| bound.clamp(i32::MIN.into(), i32::MAX.into()) as i32;
    let byte = |bound: i64| bound.clamp(0, u8::MAX.into()) as u8;
    match x {
        View::Narrow(x) => within(out, x, narrow(low), narrow(high), i32::MIN, i32::MAX),
        View::Wide(x) => within(out, x, low, high, i64::MIN, i64::MAX),
        View::Codes(x) => within(out, x, byte(low), byte(high), u8::MIN, u8::MAX),
        _ => {}
    }
}

fn within<X: Copy + PartialOrd>(out: &mut [bool], x: &[X], low: X, high: X, least: X, most: X) {
    if low == high {
        each(out, x, |x| x == low);
    } else if low == least {
        each(out, x, |x| x <= high);
    } else if high == most {
        each(out, x, |x| x >= low);
    } else {
        each(out, x, |x| (x >= low) & (x <= high));
    }
}

/// The sum of columns, each times a factor.
pub(super) fn linear(out: &mut Out<'_>, terms: &[(Part<'_>, i64)], constant: i64) {
    match out {
        Out::Narrow(out) => blocks(out, |out, rows| {
            let mut first = Some(constant as i32);
            for (part, factor) in terms {
                let factor = *factor as i32;
                match part.view {
                    View::Narrow(x) => narrow_term(out, &x[rows.clone()], factor, first),
                    View::Bits(x) => narrow_bits(out, &x[rows.clone()], factor, first),
                    _ => {}
                }
                first = None;
            }
        }),
        Out::Wide(out) => blocks(out, |out, rows| {
            let mut first = Some(constant);
            for (part, factor) in terms {
                wide_term(out, *part, &rows, *factor, first);
                first = None;
            }
        }),
        _ => {}
    }
}

/// Rows in blocks, so that sums of many terms stay in the nearest memory.
fn blocks<O>(out: &mut [O], mut each: impl FnMut(&mut [O], Range<usize>)) {
    for (index, out) in out.chunks_mut(BLOCK).enumerate() {
        let begin = index * BLOCK;
        let rows = begin..begin + out.len();
        each(out, rows);
    }
}

fn narrow_bits(out: &mut [i32], x: &[bool], factor: i32, first: Option<i32>) {
    let masked = |x: bool| factor & -i32::from(x);
    match first {
        Some(0) => each(out, x, masked),
        Some(constant) => each(out, x, |x| constant + masked(x)),
        None => with(out, x, |sum, x| sum + masked(x)),
    }
}

fn narrow_term(out: &mut [i32], x: &[i32], factor: i32, first: Option<i32>) {
    match (first, factor) {
        (Some(constant), 1) => each(out, x, |x| constant + x),
        (Some(constant), _) => each(out, x, |x| constant + x * factor),
        (None, 1) => with(out, x, |sum, x| sum + x),
        (None, -1) => with(out, x, |sum, x| sum - x),
        (None, _) => with(out, x, |sum, x| sum + x * factor),
    }
}

fn wide_term(
    out: &mut [i64],
    part: Part<'_>,
    rows: &Range<usize>,
    factor: i64,
    first: Option<i64>,
) {
    match part.view {
        View::Bits(x) => scaled(out, &x[rows.clone()], first, |x: bool| {
            factor & -i64::from(x)
        }),
        View::Narrow(x) => {
            // Two halves of 32 bits without sign multiply in one instruction on every processor.
            let plain = part.low >= 0 && u32::try_from(factor.unsigned_abs()).is_ok();
            let half = factor.unsigned_abs() as u32;
            let x = &x[rows.clone()];
            let product = |x: i32| (u64::from(x as u32) * u64::from(half)) as i64;
            match factor {
                1 => scaled(out, x, first, i64::from),
                _ if plain && factor > 0 => scaled(out, x, first, product),
                _ if plain => scaled(out, x, first, |x| -product(x)),
                _ => scaled(out, x, first, |x| i64::from(x) * factor),
            }
        }
        View::Wide(x) => {
            let low = u32::try_from(part.low).is_ok() && u32::try_from(part.high).is_ok();
            let plain = low && u32::try_from(factor.unsigned_abs()).is_ok();
            let half = factor.unsigned_abs() as u32;
            let x = &x[rows.clone()];
            let product = |x: i64| (u64::from(x as u32) * u64::from(half)) as i64;
            match factor {
                1 => scaled(out, x, first, |x| x),
                -1 => scaled(out, x, first, |x| -x),
                _ if plain && factor > 0 => scaled(out, x, first, product),
                _ if plain => scaled(out, x, first, |x| -product(x)),
                _ => scaled(out, x, first, |x| x * factor),
            }
        }
        _ => {}
    }
}

/// Begins a sum with a constant, or goes on with it.
fn scaled<X: Copy>(out: &mut [i64], x: &[X], first: Option<i64>, of: impl Fn(X) -> i64) {
    match first {
        Some(0) => each(out, x, of),
        Some(constant) => each(out, x, |x| constant + of(x)),
        None => with(out, x, |sum, x| sum + of(x)),
    }
}

pub(super) fn product(out: &mut Out<'_>, x: View<'_>, y: View<'_>) {
    let Out::Wide(out) = out else { return };
    match (x, y) {
        (View::Narrow(x), View::Narrow(y)) => both(out, x, y, |x, y| x.wide() * y.wide()),
        (View::Narrow(x), View::Wide(y)) => both(out, x, y, |x, y| x.wide() * y),
        (View::Wide(x), View::Narrow(y)) => both(out, x, y, |x, y| x * y.wide()),
        (View::Wide(x), View::Wide(y)) => both(out, x, y, |x, y| x * y),
        _ => {}
    }
}

/// The least or the greatest of several columns.
pub(super) fn extreme<'a>(
    out: &mut Out<'_>,
    parts: impl Iterator<Item = Operand<'a>>,
    greatest: bool,
) {
    let mut first = true;
    for part in parts {
        match out {
            Out::Narrow(out) => {
                let of = |a: i32, b: i32| if greatest { a.max(b) } else { a.min(b) };
                match part {
                    Operand::View(View::Narrow(x)) if first => out.copy_from_slice(x),
                    Operand::View(View::Narrow(x)) => with(out, x, of),
                    Operand::Constant(value) if first => out.fill(value as i32),
                    Operand::Constant(value) => {
                        out.iter_mut().for_each(|it| *it = of(*it, value as i32));
                    }
                    Operand::View(_) => {}
                }
            }
            Out::Wide(out) => {
                let of = |a: i64, b: i64| if greatest { a.max(b) } else { a.min(b) };
                match part {
                    Operand::View(View::Narrow(x)) if first => each(out, x, i64::from),
                    Operand::View(View::Narrow(x)) => with(out, x, |a, b| of(a, b.into())),
                    Operand::View(View::Wide(x)) if first => out.copy_from_slice(x),
                    Operand::View(View::Wide(x)) => with(out, x, of),
                    Operand::Constant(value) if first => out.fill(value),
                    Operand::Constant(value) => {
                        out.iter_mut().for_each(|it| *it = of(*it, value));
                    }
                    Operand::View(_) => {}
                }
            }
            _ => {}
        }
        first = false;
    }
}

pub(super) fn select(out: &mut Out<'_>, condition: View<'_>, yes: Operand<'_>, no: Operand<'_>) {
    let View::Bits(condition) = condition else {
        return;
    };
    match out {
        Out::Codes(out) => {
            if let (Operand::View(View::Codes(yes)), Operand::View(View::Codes(no))) = (yes, no) {
                both(out, condition, yes, |c, x| if c { x } else { 0 });
                for ((out, c), no) in out.iter_mut().zip(condition).zip(no) {
                    *out = if *c { *out } else { *no };
                }
            }
        }
        Out::Narrow(out) => {
            let fill = |out: &mut [i32], operand| match operand {
                Operand::View(View::Narrow(x)) => out.copy_from_slice(x),
                Operand::Constant(value) => out.fill(value as i32),
                Operand::View(_) => {}
            };
            fill(out, no);
            match yes {
                Operand::View(View::Narrow(yes)) => {
                    for ((out, c), yes) in out.iter_mut().zip(condition).zip(yes) {
                        *out = if *c { *yes } else { *out };
                    }
                }
                Operand::Constant(yes) => {
                    with(out, condition, |no, c| if c { yes as i32 } else { no });
                }
                Operand::View(_) => {}
            }
        }
        Out::Wide(out) => {
            match no {
                Operand::View(View::Narrow(x)) => each(out, x, i64::from),
                Operand::View(View::Wide(x)) => out.copy_from_slice(x),
                Operand::Constant(value) => out.fill(value),
                Operand::View(_) => {}
            }
            match yes {
                Operand::View(View::Narrow(yes)) => choose(out, condition, yes),
                Operand::View(View::Wide(yes)) => choose(out, condition, yes),
                Operand::Constant(yes) => with(out, condition, |no, c| if c { yes } else { no }),
                Operand::View(_) => {}
            }
        }
        _ => {}
    }
}

fn choose<X: Whole>(out: &mut [i64], condition: &[bool], yes: &[X]) {
    for ((out, c), yes) in out.iter_mut().zip(condition).zip(yes) {
        *out = if *c { yes.wide() } else { *out };
    }
}

/// What a scale gives.
pub(super) fn steps(out: &mut Out<'_>, base: Part<'_>, ramp: bool, steps: &[Step]) {
    match (out, base.view) {
        (Out::Narrow(out), View::Narrow(x)) => blocks(out, |out, rows| {
            let x = &x[rows];
            out.fill(0);
            for Step { from, rise } in steps {
                let rise = *rise as i32;
                match i32::try_from(*from) {
                    // Neither is negative, so that their difference fits.
                    Ok(from) if ramp => with(out, x, |sum, x| sum + positive(x - from) * rise),
                    Ok(from) => with(out, x, |sum, x| sum + (rise & -i32::from(x >= from))),
                    // A threshold beyond 32 bits is passed always or never.
                    Err(_) if *from < 0 => out.iter_mut().for_each(|it| *it += rise),
                    Err(_) => {}
                }
            }
        }),
        (Out::Narrow(out), View::Wide(x)) => blocks(out, |out, rows| {
            let x = &x[rows];
            out.fill(0);
            for Step { from, rise } in steps {
                let (last_below, rise) = (from - 1, *rise as i32);
                with(out, x, |sum, x| sum + (rise & upper_sign(last_below - x)));
            }
        }),
        (Out::Wide(out), View::Narrow(x)) => blocks(out, |out, rows| {
            let x = &x[rows];
            out.fill(0);
            for step in steps {
                wide_step(out, x, *step, ramp, base.low >= 0);
            }
        }),
        (Out::Wide(out), View::Wide(x)) => blocks(out, |out, rows| {
            let x = &x[rows];
            out.fill(0);
            for Step { from, rise } in steps {
                if ramp {
                    with(out, x, |sum, x| sum + (x - from).max(0) * rise);
                } else {
                    with(out, x, |sum, x| sum + (rise & ((from - 1 - x) >> 63)));
                }
            }
        }),
        _ => {}
    }
}

/// The number, or zero where it is negative.
fn positive(number: i32) -> i32 {
    number & !(number >> 31)
}

/// All bits where the number is negative, none elsewhere: cheaper than a comparison of 64 bits.
fn upper_sign(number: i64) -> i32 {
    ((number >> 32) as i32) >> 31
}

fn wide_step(out: &mut [i64], x: &[i32], step: Step, ramp: bool, natural: bool) {
    let Step { from, rise } = step;
    if !ramp {
        return with(out, x, |sum, x| {
            sum + (rise & ((from - 1 - i64::from(x)) >> 63))
        });
    }
    let half = u32::try_from(rise.unsigned_abs());
    match (i32::try_from(from), half) {
        // What is beyond the threshold has no sign and 32 bits, as the rate has; two such multiply in one instruction.
        (Ok(from), Ok(half)) if from >= 0 && natural => {
            let part = |x: i32| (u64::from(positive(x - from) as u32) * u64::from(half)) as i64;
            if rise >= 0 {
                with(out, x, |sum, x| sum + part(x));
            } else {
                with(out, x, |sum, x| sum - part(x));
            }
        }
        _ => with(out, x, |sum, x| sum + (i64::from(x) - from).max(0) * rise),
    }
}

pub(super) fn round(
    out: &mut Out<'_>,
    x: View<'_>,
    multiply: i64,
    divide: i64,
    rounding: Rounding,
) {
    let Out::Wide(out) = out else { return };
    let of = |x: i64| {
        let rounded = money::divide((x * multiply).into(), divide.into(), rounding);
        rounded.unwrap_or_default()
    };
    match x {
        View::Narrow(x) => each(out, x, |x| of(x.into())),
        View::Wide(x) => each(out, x, of),
        _ => {}
    }
}

pub(super) fn not(out: &mut Out<'_>, x: View<'_>) {
    if let (Out::Bits(out), View::Bits(x)) = (out, x) {
        each(out, x, |x| !x);
    }
}

pub(super) fn logic<'a>(
    out: &mut Out<'_>,
    parts: impl Iterator<Item = View<'a>>,
    of: impl Fn(bool, bool) -> bool,
) {
    let Out::Bits(out) = out else { return };
    for (index, part) in parts.enumerate() {
        match part {
            View::Bits(x) if index == 0 => out.copy_from_slice(x),
            View::Bits(x) => with(out, x, &of),
            _ => {}
        }
    }
}

pub(super) fn less(out: &mut Out<'_>, x: View<'_>, y: View<'_>) {
    let Out::Bits(out) = out else { return };
    match (x, y) {
        (View::Narrow(x), View::Narrow(y)) => both(out, x, y, |x, y| x < y),
        (View::Narrow(x), View::Wide(y)) => both(out, x, y, |x, y| x.wide() < y),
        (View::Wide(x), View::Narrow(y)) => both(out, x, y, |x, y| x < y.wide()),
        (View::Wide(x), View::Wide(y)) => both(out, x, y, |x, y| x < y),
        (View::Bits(x), View::Bits(y)) => both(out, x, y, |x, y| !x & y),
        _ => {}
    }
}

pub(super) fn equal(out: &mut Out<'_>, x: View<'_>, y: View<'_>) {
    let Out::Bits(out) = out else { return };
    match (x, y) {
        (View::Narrow(x), View::Narrow(y)) => both(out, x, y, |x, y| x == y),
        (View::Narrow(x), View::Wide(y)) => both(out, x, y, |x, y| x.wide() == y),
        (View::Wide(x), View::Narrow(y)) => both(out, x, y, |x, y| x == y.wide()),
        (View::Wide(x), View::Wide(y)) => both(out, x, y, |x, y| x == y),
        (View::Bits(x), View::Bits(y)) => both(out, x, y, |x, y| x == y),
        (View::Codes(x), View::Codes(y)) => both(out, x, y, |x, y| x == y),
        _ => {}
    }
}

/// Each group's cell for its members; `offsets` are those of the batch.
pub(super) fn broadcast(out: &mut Out<'_>, x: View<'_>, offsets: &[u32]) {
    fn spread<T: Clone>(out: &mut [T], x: &[T], offsets: &[u32]) {
        let mut rest = out;
        for (x, pair) in x.iter().zip(offsets.windows(2)) {
            let (own, others) = rest.split_at_mut((pair[1] - pair[0]) as usize);
            // Groups are small: a loop is faster than a call.
            own.iter_mut().for_each(|it| *it = x.clone());
            rest = others;
        }
    }
    match (out, x) {
        (Out::Bits(out), View::Bits(x)) => spread(out, x, offsets),
        (Out::Codes(out), View::Codes(x)) => spread(out, x, offsets),
        (Out::Narrow(out), View::Narrow(x)) => spread(out, x, offsets),
        (Out::Wide(out), View::Wide(x)) => spread(out, x, offsets),
        (Out::Answers(out), View::Answers(x)) => spread(out, x, offsets),
        (Out::Truths(out), View::Truths(x)) => spread(out, x, offsets),
        _ => {}
    }
}

/// Sums over the members of each group, as differences of running sums: groups are too small for loops of their own.
/// Running sums may wrap; the differences are those of the true sums, which fit.
pub(super) fn sum(out: &mut Out<'_>, x: View<'_>, offsets: &[u32], scratch: &mut Scratch) {
    match (out, x) {
        (Out::Narrow(out), View::Narrow(x)) => {
            running(&mut scratch.narrow, x, i32::wrapping_add);
            differences(out, &scratch.narrow, offsets, i32::wrapping_sub);
        }
        (Out::Wide(out), View::Narrow(x)) => {
            running(&mut scratch.wide, x, |sum: i64, x| {
                sum.wrapping_add(x.into())
            });
            differences(out, &scratch.wide, offsets, i64::wrapping_sub);
        }
        (Out::Wide(out), View::Wide(x)) => {
            running(&mut scratch.wide, x, i64::wrapping_add);
            differences(out, &scratch.wide, offsets, i64::wrapping_sub);
        }
        _ => {}
    }
}

fn running<S: Copy + Default, X: Copy>(sums: &mut Vec<S>, x: &[X], add: impl Fn(S, X) -> S) {
    if sums.len() <= x.len() {
        sums.resize(x.len() + 1, S::default());
    }
    let mut sum = S::default();
    for (out, x) in sums[1..].iter_mut().zip(x) {
        sum = add(sum, *x);
        *out = sum;
    }
}

fn differences<S: Copy + Default, O>(
    out: &mut [O],
    sums: &[S],
    offsets: &[u32],
    of: impl Fn(S, S) -> O,
) {
    let Some((first, ends)) = offsets.split_first() else {
        return;
    };
    let mut begin = S::default();
    for (out, end) in out.iter_mut().zip(ends) {
        let end = sums[(end - first) as usize];
        *out = of(end, begin);
        begin = end;
    }
}

/// Up to four truths of members counted at once, each in sixteen bits: neither a batch nor a group has so many members.
pub(super) fn tally<'a>(
    out: &mut Out<'_>,
    parts: impl Iterator<Item = View<'a>>,
    offsets: &[u32],
    scratch: &mut Scratch,
) {
    let Out::Wide(out) = out else { return };
    let packed = &mut scratch.packed;
    for (index, part) in parts.enumerate() {
        let View::Bits(x) = part else { continue };
        if index == 0 {
            packed.resize(x.len(), 0);
            each(packed, x, u8::from);
        } else {
            with(packed, x, |bits, x| bits | (u8::from(x) << index));
        }
    }
    // A factor with a one in four places copies the bits so that each stands at the foot of its own sixteen.
    const COPIES: u64 = 1 | 1 << 15 | 1 << 30 | 1 << 45;
    const FEET: u64 = 1 | 1 << 16 | 1 << 32 | 1 << 48;
    running(&mut scratch.wide, packed, |sum: i64, bits| {
        sum + ((u64::from(bits) * COPIES) & FEET) as i64
    });
    differences(out, &scratch.wide, offsets, |end, begin| end - begin);
}

/// What one of the counts says.
pub(super) fn told(out: &mut Out<'_>, counts: View<'_>, index: u32, offsets: &[u32], tally: Tally) {
    let View::Wide(x) = counts else { return };
    let count = |x: i64| ((x >> (16 * index)) & 0xffff) as i32;
    match (out, tally) {
        (Out::Narrow(out), Tally::Count) => each(out, x, count),
        (Out::Bits(out), Tally::Any) => each(out, x, |x| count(x) != 0),
        (Out::Bits(out), Tally::Every) => {
            for ((out, x), pair) in out.iter_mut().zip(x).zip(offsets.windows(2)) {
                *out = count(*x) == (pair[1] - pair[0]) as i32;
            }
        }
        _ => {}
    }
}

/// The least or greatest of each group, which has members.
pub(super) fn farthest(out: &mut Out<'_>, x: View<'_>, offsets: &[u32], greatest: bool) {
    fn of<T: Copy + Ord>(out: &mut [T], x: &[T], offsets: &[u32], greatest: bool) {
        let mut rest = x;
        for (out, pair) in out.iter_mut().zip(offsets.windows(2)) {
            let (own, others) = rest.split_at((pair[1] - pair[0]) as usize);
            let own = own.iter().copied();
            let found = if greatest { own.max() } else { own.min() };
            *out = found.unwrap_or(*out);
            rest = others;
        }
    }
    match (out, x) {
        (Out::Narrow(out), View::Narrow(x)) => of(out, x, offsets, greatest),
        (Out::Wide(out), View::Wide(x)) => of(out, x, offsets, greatest),
        _ => {}
    }
}
