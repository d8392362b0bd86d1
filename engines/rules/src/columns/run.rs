//! Works out the nodes of a graph for one batch, each at most once and none that nobody asks for.

use std::rc::Rc;

use crate::expression::Comparison;
use crate::money;
use crate::money::Rounding;
use crate::parameters::{Beyond, table_entry};
use crate::truth::Truth;

use super::bits::Bits;
use super::bounds;
use super::civil;
use super::column::{Column, Columns};
use super::graph::{Base, Frame, Graph, Id, Node, Number, Op, Spread};
use super::table::Table;
use super::values::{Numbers, Picked, Truths};

#[derive(Clone, Debug)]
enum Value {
    Truths(Rc<Truths>),
    Numbers(Rc<Numbers>),
}

/// One batch under one graph.
pub(super) struct Run<'a> {
    graph: &'a Graph,
    columns: &'a Columns,
    known: Vec<Option<Value>>,
}

impl<'a> Run<'a> {
    pub fn new(graph: &'a Graph, columns: &'a Columns) -> Self {
        Self {
            graph,
            columns,
            known: vec![None; graph.nodes.len()],
        }
    }

    pub fn columns(&self) -> &'a Columns {
        self.columns
    }

    /// Forgets what no later root asks for.
    pub fn forget(&mut self, ids: &[Id]) {
        for id in ids {
            self.known[id.0 as usize] = None;
        }
    }

    /// As [`Run::truths`], but where it may be true nowhere it may say any other thing: the parts after the
    /// first that settles that are not worked out.
    pub fn condition(&mut self, id: Id) -> Rc<Truths> {
        let never = || Rc::new(Truths::Same(Truth::FALSE));
        match self.graph.op(id) {
            Op::All(parts) if self.known[id.0 as usize].is_none() => {
                let mut all = Truths::Same(Truth::TRUE);
                for part in parts {
                    all = all.and(&self.condition(*part));
                    if all.is_never_true() {
                        return never();
                    }
                }
                self.keep_truths(id, all)
            }
            Op::Spread(how, inner) if self.known[id.0 as usize].is_none() => {
                let inner = self.condition(*inner);
                if inner.is_never_true() {
                    return never();
                }
                let spread = self.spread_truths(*how, &inner);
                self.keep_truths(id, spread)
            }
            _ => self.truths(id),
        }
    }

    fn keep_truths(&mut self, id: Id, truths: Truths) -> Rc<Truths> {
        let truths = Rc::new(truths);
        self.known[id.0 as usize] = Some(Value::Truths(truths.clone()));
        truths
    }

    pub fn truths(&mut self, id: Id) -> Rc<Truths> {
        if let Some(Value::Truths(known)) = &self.known[id.0 as usize] {
            return known.clone();
        }
        let node = self.graph.node(id);
        let truths = match &node.table {
            Some(Table::Truths(table)) => match node.base() {
                Some(Base::Fact(fact)) => table.of(self.columns.column(fact)),
                _ => table.rows(&self.sizes(), None),
            },
            _ => self.compute_truths(node),
        };
        self.keep_truths(id, truths)
    }

    fn compute_truths(&mut self, node: &Node) -> Truths {
        match &node.op {
            Op::Truth(truth) => Truths::Same(*truth),
            Op::Flag(fact) => self.columns.column(*fact).truths(),
            Op::Not(inner) => self.truths(*inner).not(),
            Op::All(parts) => self.fold(parts, Truth::TRUE, Truths::and),
            Op::Any(parts) => self.fold(parts, Truth::FALSE, Truths::or),
            Op::If(condition, yes, no) => {
                let (condition, yes, no) =
                    (self.truths(*condition), self.truths(*yes), self.truths(*no));
                Truths::choose(&condition, &yes, &no, self.columns.len(node.frame))
            }
            Op::Same(a, b) => {
                let (a, b) = (self.truths(*a), self.truths(*b));
                a.same(&b)
            }
            Op::Compare(comparison, a, b) => self.compare(*comparison, *a, *b),
            Op::Exists(body) => self.exists(node.frame, *body),
            Op::Every(body) => {
                // Some member fails, turned round.
                let inner = self.truths(*body).not();
                self.any_of_group(node.frame, &inner).not()
            }
            Op::Spread(how, inner) => {
                let inner = self.truths(*inner);
                self.spread_truths(*how, &inner)
            }
            _ => Truths::Same(Truth::UNKNOWN),
        }
    }

    fn fold(
        &mut self,
        parts: &[Id],
        neutral: Truth,
        join: fn(&Truths, &Truths) -> Truths,
    ) -> Truths {
        let mut joined = Truths::Same(neutral);
        for part in parts {
            joined = join(&joined, &self.truths(*part));
            // False settles an “all”, true an “any”.
            if joined == Truths::Same(!neutral) {
                break;
            }
        }
        joined
    }

    fn compare(&mut self, comparison: Comparison, a: Id, b: Id) -> Truths {
        // Sums of money are compared where they lie.
        if let (Op::Fact(fact), Op::Number(Number::Known(limit))) =
            (self.graph.op(a), self.graph.op(b))
            && let Column::Integers { values, known } = self.columns.column(*fact)
        {
            let limit = *limit;
            let passes = match comparison {
                Comparison::Equal => Bits::of(values, |it| it == limit),
                Comparison::NotEqual => Bits::of(values, |it| it != limit),
                Comparison::Less => Bits::of(values, |it| it < limit),
                Comparison::LessOrEqual => Bits::of(values, |it| it <= limit),
                Comparison::Greater => Bits::of(values, |it| it > limit),
                Comparison::GreaterOrEqual => Bits::of(values, |it| it >= limit),
            };
            return Truths::decided(passes, known.as_ref(), None);
        }
        let (a, b) = (self.numbers(a), self.numbers(b));
        a.compare(&b, comparison)
    }

    /// The number of members of each household.
    fn sizes(&self) -> Vec<u32> {
        let ends = self.columns.offsets.windows(2);
        ends.map(|ends| ends[1] - ends[0]).collect()
    }

    /// Where the rows of each group begin, and the group of each row.
    fn groups(&self, frame: Frame) -> (&'a [u32], &'a [u32]) {
        match frame {
            Frame::Household => (&self.columns.offsets, self.columns.owner()),
            Frame::Member | Frame::Pair => {
                let pairs = self.columns.pairs();
                (&pairs.offsets, &pairs.outer)
            }
        }
    }

    fn exists(&mut self, frame: Frame, body: Id) -> Truths {
        let body = self.truths(body);
        self.any_of_group(frame, &body)
    }

    /// Whether some row of each group is true. A household of whose members nothing was said has unknown ones.
    fn any_of_group(&self, frame: Frame, body: &Truths) -> Truths {
        let (offsets, owner) = self.groups(frame);
        let groups = offsets.len() - 1;
        let empty = empty_groups(offsets);
        let with_empty = |truths: Truths| match &empty {
            None => truths,
            Some(empty) => {
                let unknown = Truths::Rows {
                    t: empty.clone(),
                    f: empty.clone(),
                    v: None,
                };
                let others = Truths::decided(empty.not(), None, None);
                // Groups without rows are unknown, whatever was found for them.
                truths
                    .and(&others)
                    .or(&unknown.and(&Truths::decided(empty.clone(), None, None)))
            }
        };
        match body {
            Truths::Same(truth) => with_empty(Truths::Same(*truth)),
            Truths::Rows { t, f, v } => {
                let any = |rows: &Bits| any_in_groups(rows, offsets, owner);
                let t_any = any(t);
                let Some(v) = v else {
                    let f_all = any(&f.not()).not();
                    return with_empty(Truths::rows(t_any, f_all, None));
                };
                let f_all = any(&f.not()).not();
                let may_lack = any(&f.or(v).not()).not();
                let v_some = any(v).and(&may_lack);
                debug_assert_eq!(v_some.len(), groups);
                with_empty(Truths::rows(t_any, f_all, Some(v_some)))
            }
        }
    }

    fn spread_truths(&self, how: Spread, inner: &Truths) -> Truths {
        match inner {
            Truths::Same(truth) => Truths::Same(*truth),
            Truths::Rows { t, f, v } => {
                let spread = |rows: &Bits| self.spread_bits(how, rows);
                let t = spread(t);
                let f = if v.is_none() && f.and(&inner.may_be_true(f.len())).is_none() {
                    t.not()
                } else {
                    spread(f)
                };
                Truths::Rows {
                    t,
                    f,
                    v: v.as_ref().map(spread),
                }
            }
        }
    }

    fn spread_bits(&self, how: Spread, rows: &Bits) -> Bits {
        let offsets = match how {
            Spread::Household => &self.columns.offsets,
            Spread::Outer => &self.columns.pairs().offsets,
            Spread::Inner => return rows.take(&self.columns.pairs().inner),
        };
        let end = offsets.last().map_or(0, |end| *end as usize);
        let mut spread = Bits::none(end);
        for row in rows.rows() {
            spread.set_range(offsets[row] as usize, offsets[row + 1] as usize);
        }
        spread
    }

    fn spread_numbers(&self, how: Spread, inner: &Numbers) -> Numbers {
        let rows = match how {
            Spread::Household => self.columns.owner(),
            Spread::Outer => &self.columns.pairs().outer,
            Spread::Inner => &self.columns.pairs().inner,
        };
        match inner {
            Numbers::Same(number) => Numbers::Same(*number),
            Numbers::Rows {
                values,
                known,
                absent,
            } => Numbers::Rows {
                values: rows.iter().map(|row| values[*row as usize]).collect(),
                known: known.as_ref().map(|known| known.take(rows)),
                absent: absent.as_ref().map(|absent| absent.take(rows)),
            },
        }
    }

    pub fn numbers(&mut self, id: Id) -> Rc<Numbers> {
        if let Some(Value::Numbers(known)) = &self.known[id.0 as usize] {
            return known.clone();
        }
        let node = self.graph.node(id);
        let numbers = match &node.table {
            Some(Table::Numbers(table)) => match node.base() {
                Some(Base::Fact(fact)) => table.of(self.columns.column(fact)),
                _ => table.rows(&self.sizes(), None),
            },
            _ => self.compute_numbers(node),
        };
        let numbers = Rc::new(numbers);
        self.known[id.0 as usize] = Some(Value::Numbers(numbers.clone()));
        numbers
    }

    fn compute_numbers(&mut self, node: &Node) -> Numbers {
        let len = self.columns.len(node.frame);
        match &node.op {
            Op::Number(number) => Numbers::Same(*number),
            Op::Fact(fact) => self.columns.column(*fact).numbers(),
            Op::Size => {
                let sizes = self.sizes();
                let known = Bits::of(&sizes, |size| size > 0);
                Numbers::rows(
                    sizes.into_iter().map(i64::from).collect(),
                    Some(known),
                    None,
                )
            }
            Op::Entry(table, beyond, place) => entries(&self.numbers(*place), table, *beyond, len),
            Op::Choose(condition, yes, no) => {
                let (condition, yes, no) = (
                    self.truths(*condition),
                    self.numbers(*yes),
                    self.numbers(*no),
                );
                Numbers::choose(&condition, &yes, &no, len)
            }
            Op::Line(when, pay, rest, agreed) => {
                let (when, pay) = (self.truths(*when), self.numbers(*pay));
                let (rest, agreed) = (self.numbers(*rest), self.numbers(*agreed));
                Numbers::line(&when, &pay, &rest, &agreed, len)
            }
            Op::Agreed(parts) => {
                let parts: Vec<Rc<Numbers>> =
                    parts.iter().map(|part| self.numbers(*part)).collect();
                let parts: Vec<&Numbers> = parts.iter().map(|part| &**part).collect();
                Numbers::agreed(&parts, len)
            }
            Op::Count(body) => self.count(node.frame, *body),
            Op::Sum(filter, term) => self.sum(node.frame, *filter, *term),
            Op::Spread(how, inner) => {
                let inner = self.numbers(*inner);
                self.spread_numbers(*how, &inner)
            }
            _ => self.arithmetic(node),
        }
    }

    fn arithmetic(&mut self, node: &Node) -> Numbers {
        // Within 64 bits whatever the facts are: nothing need be checked.
        let safe = bounds::fits(node.bounds);
        match &node.op {
            Op::Negate(a) => self.one(*a, safe, i64::wrapping_neg, i64::checked_neg),
            Op::Add(a, b) => self.two(*a, *b, safe, i64::wrapping_add, i64::checked_add),
            Op::Subtract(a, b) => self.two(*a, *b, safe, i64::wrapping_sub, i64::checked_sub),
            Op::Multiply(a, b) => self.two(*a, *b, safe, i64::wrapping_mul, i64::checked_mul),
            Op::Least(a, b) => self.total(*a, *b, i64::min),
            Op::Greatest(a, b) => self.total(*a, *b, i64::max),
            Op::Percent(a, rate, rounding) => self.percent(*a, *rate, *rounding),
            Op::Round(a, step, rounding) => {
                let (step, rounding) = (*step, *rounding);
                self.numbers(*a)
                    .try_map(|a| money::round_to(a, step, rounding))
            }
            Op::Twelfth(a, rounding) => {
                let rounding = *rounding;
                self.numbers(*a)
                    .try_map(|a| money::divide(a.into(), 12, rounding))
            }
            Op::Years(a, b) => self.total(*a, *b, civil::years_between),
            Op::Months(a, b) => self.total(*a, *b, civil::months_between),
            Op::Days(a, b) => self.total(*a, *b, |a, b| b - a),
            Op::Year(a) => self.numbers(*a).map(|day| civil::civil(day).0),
            Op::StartOfMonth(a) => self.numbers(*a).map(civil::start_of_month),
            Op::EndOfMonth(a) => self.numbers(*a).map(civil::end_of_month),
            Op::AddDays(a, b) => {
                self.partial(*a, *b, |day, days| civil::within(day.checked_add(days)?))
            }
            Op::AddMonths(a, b) => self.partial(*a, *b, civil::completion),
            Op::AddYears(a, b) => self.partial(*a, *b, |day, years| {
                civil::completion(day, years.checked_mul(12)?)
            }),
            _ => Numbers::Same(Number::Unknown),
        }
    }

    fn percent(&mut self, amount: Id, rate: Id, rounding: Rounding) -> Numbers {
        let product = bounds::product(self.graph.node(amount).bounds, self.graph.node(rate).bounds);
        if bounds::fits(product) {
            return self.total(amount, rate, |amount, rate| {
                hundredth(amount.wrapping_mul(rate), rounding)
            });
        }
        self.partial(amount, rate, |amount, rate| {
            money::percent(amount, rate, rounding)
        })
    }

    fn one(
        &mut self,
        a: Id,
        safe: bool,
        total: fn(i64) -> i64,
        checked: fn(i64) -> Option<i64>,
    ) -> Numbers {
        let a = self.numbers(a);
        if safe {
            a.map(total)
        } else {
            a.try_map(checked)
        }
    }

    fn two(
        &mut self,
        a: Id,
        b: Id,
        safe: bool,
        total: impl Fn(i64, i64) -> i64,
        checked: impl Fn(i64, i64) -> Option<i64>,
    ) -> Numbers {
        if safe {
            self.total(a, b, total)
        } else {
            self.partial(a, b, checked)
        }
    }

    fn total(&mut self, a: Id, b: Id, apply: impl Fn(i64, i64) -> i64) -> Numbers {
        let (a, b) = (self.numbers(a), self.numbers(b));
        a.with(&b, apply)
    }

    fn partial(&mut self, a: Id, b: Id, apply: impl Fn(i64, i64) -> Option<i64>) -> Numbers {
        let (a, b) = (self.numbers(a), self.numbers(b));
        a.try_with(&b, apply)
    }

    /// How many rows of each group are true; the first that is not settled tells why there is no number.
    fn count(&mut self, frame: Frame, body: Id) -> Numbers {
        let body = self.truths(body);
        let (offsets, _) = self.groups(frame);
        let len = offsets.last().map_or(0, |end| *end as usize);
        let (may, fails) = (body.may_be_true(len), body.may_fail(len));
        let void = body.surely_void(len);
        let open = may.and_not(&fails).or(&body.surely_false(len)).not();
        let mut counts = Picked::new(offsets.len() - 1);
        for (group, ends) in offsets.windows(2).enumerate() {
            let (from, to) = (ends[0] as usize, ends[1] as usize);
            let number = if from == to {
                Number::Unknown
            } else if open.any_in(from, to) {
                let first = (from..to).find(|row| open.get(*row));
                let is_void = first.is_some_and(|row| void.get(row));
                if is_void {
                    Number::Absent
                } else {
                    Number::Unknown
                }
            } else {
                Number::Known(may.count_in(from, to) as i64)
            };
            counts.put(group, number);
        }
        counts.finish()
    }

    fn sum(&mut self, frame: Frame, filter: Option<Id>, term: Id) -> Numbers {
        let filter = filter.map(|filter| self.truths(filter));
        let term = self.numbers(term);
        let (offsets, _) = self.groups(frame);
        let len = offsets.last().map_or(0, |end| *end as usize);
        let filter = filter.unwrap_or_else(|| Rc::new(Truths::Same(Truth::TRUE)));
        let (may, fails) = (filter.may_be_true(len), filter.may_fail(len));
        let void = filter.surely_void(len);
        let never = filter.surely_false(len);
        let mut sums = Picked::new(offsets.len() - 1);
        for (group, ends) in offsets.windows(2).enumerate() {
            let (from, to) = (ends[0] as usize, ends[1] as usize);
            let mut total = if from == to {
                Number::Unknown
            } else {
                Number::Known(0)
            };
            for row in from..to {
                let value = if never.get(row) {
                    continue;
                } else if may.get(row) && !fails.get(row) {
                    term.get(row)
                } else if void.get(row) {
                    Number::Absent
                } else {
                    match term.get(row) {
                        Number::Known(0) => continue,
                        _ => Number::Unknown,
                    }
                };
                total = match (total, value) {
                    (Number::Known(a), Number::Known(b)) => {
                        a.checked_add(b).map_or(Number::Unknown, Number::Known)
                    }
                    (Number::Absent, _) | (_, Number::Absent) => Number::Absent,
                    _ => Number::Unknown,
                };
            }
            sums.put(group, total);
        }
        sums.finish()
    }
}

/// The groups without rows, if there are any.
fn empty_groups(offsets: &[u32]) -> Option<Bits> {
    let empty = Bits::of_pairs(&offsets[..offsets.len() - 1], &offsets[1..], |a, b| a == b);
    (!empty.is_none()).then_some(empty)
}

/// The groups that have a row which is set.
fn any_in_groups(rows: &Bits, offsets: &[u32], owner: &[u32]) -> Bits {
    let groups = offsets.len() - 1;
    let mut any = Bits::none(groups);
    if rows.count() < groups {
        rows.rows().for_each(|row| any.set(owner[row] as usize));
        return any;
    }
    for (group, ends) in offsets.windows(2).enumerate() {
        if rows.any_in(ends[0] as usize, ends[1] as usize) {
            any.set(group);
        }
    }
    any
}

/// The entries of a table that columns of places ask for.
fn entries(places: &Numbers, table: &[i64], beyond: Beyond, len: usize) -> Numbers {
    let found = |number: Number| match number {
        Number::Known(place) => {
            table_entry(table, beyond, place).map_or(Number::Absent, Number::Known)
        }
        other => other,
    };
    match places {
        Numbers::Same(number) => Numbers::Same(found(*number)),
        rows => {
            let mut entries = Picked::new(len);
            (0..len).for_each(|row| entries.put(row, found(rows.get(row))));
            entries.finish()
        }
    }
}

/// A hundredth, rounded; see [`money::divide`], which has room for more.
fn hundredth(product: i64, rounding: Rounding) -> i64 {
    let (whole, rest) = (product / 100, (product % 100).abs());
    let away = match rounding {
        Rounding::Down => false,
        Rounding::Up => rest != 0,
        Rounding::HalfUp => rest >= 50,
    };
    whole + if away { product.signum() } else { 0 }
}
