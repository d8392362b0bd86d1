//! Runs a plan batch by batch.

use std::ops::Range;

use super::cell::Cell;
use super::form::{Form, Store, View};
use super::graph::{Level, NodeId, Op, Operand};
use super::kernels::{self, Part as Lane};
use super::plan::{Place, Plan, Step};
use super::population::Population;
use crate::truth::{Answer, Truth};
use crate::variables::exact::Exact;
use crate::variables::formula::Fold;
use crate::variables::simulate::Folding;
use crate::variables::value::Value;

/// Some rows of an output.
#[derive(Clone, Copy, Debug)]
pub enum Column<'a> {
    /// Numerators, over one denominator in all rows of the output.
    Numbers {
        values: &'a [i64],
        denominator: i64,
    },
    SmallNumbers {
        values: &'a [i32],
        denominator: i64,
    },
    Truths(&'a [bool]),
    /// Days since 1970.
    Days(&'a [i32]),
    /// Indices into these codes.
    Codes {
        values: &'a [u8],
        codes: &'a [String],
    },
    /// In all rows the same: a parameter, or that the law is silent.
    Same {
        answer: &'a Answer<Value>,
        rows: usize,
    },
    /// Of outputs that may be unknown, without value in law or out of range, or that no denominator suits.
    Answers(&'a [Answer<Value>]),
}

impl Column<'_> {
    pub fn len(&self) -> usize {
        match self {
            Self::Numbers { values, .. } => values.len(),
            Self::SmallNumbers { values, .. } | Self::Days(values) => values.len(),
            Self::Truths(values) => values.len(),
            Self::Codes { values, .. } => values.len(),
            Self::Same { rows, .. } => *rows,
            Self::Answers(values) => values.len(),
        }
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The value of a row, as the scalar path would tell it; `None` beyond the last.
    pub fn answer(&self, row: usize) -> Option<Answer<Value>> {
        let number = |numerator: i64, denominator: i64| {
            let exact = Exact::new(numerator.into(), denominator.into());
            Answer::computed(exact.map(Value::Number))
        };
        Some(match self {
            Self::Numbers {
                values,
                denominator,
            } => number(*values.get(row)?, *denominator),
            Self::SmallNumbers {
                values,
                denominator,
            } => number((*values.get(row)?).into(), *denominator),
            Self::Truths(values) => Answer::Known(Value::Bool(*values.get(row)?)),
            Self::Days(values) => super::form::day((*values.get(row)?).into()).answer(),
            Self::Codes { values, codes } => {
                super::form::code(codes, (*values.get(row)?).into()).answer()
            }
            Self::Same { answer, rows } => (row < *rows).then(|| (*answer).clone())?,
            Self::Answers(values) => values.get(row)?.clone(),
        })
    }
}

/// What a run hands out: some rows of one output.
#[derive(Clone, Debug)]
pub struct Part<'a> {
    /// The index among the outputs that the plan was made for.
    pub output: usize,
    /// Which persons, or for a variable of the group which groups.
    pub rows: Range<usize>,
    pub column: Column<'a>,
}

impl Plan {
    /// Computes all outputs and hands them out part by part, each row once and the rows of an output in order.
    pub fn run(&self, population: &Population<'_>, mut take: impl FnMut(Part<'_>)) {
        let mut batch = Batch {
            plan: self,
            population,
            persons: 0..0,
            groups: 0..0,
            buffers: self.buffers.iter().map(|it| Store::empty(*it)).collect(),
            scratch: kernels::Scratch::default(),
        };
        while batch.next() {
            for step in &self.steps {
                match step {
                    Step::Compute(id) => batch.compute(*id),
                    Step::Deliver(output) => {
                        let (id, level) = self.outputs[*output];
                        let rows = batch.rows(level);
                        let column = batch.column(id, rows.len());
                        take(Part {
                            output: *output,
                            rows,
                            column,
                        });
                    }
                }
            }
        }
    }
}

struct Batch<'a> {
    plan: &'a Plan,
    population: &'a Population<'a>,
    persons: Range<usize>,
    groups: Range<usize>,
    buffers: Vec<Store>,
    scratch: kernels::Scratch,
}

impl Batch<'_> {
    /// Goes on to the next whole groups; false after the last.
    fn next(&mut self) -> bool {
        let limit = self.plan.batch;
        let population = self.population;
        if !self.plan.grouped {
            let end = population.persons.min(self.persons.end + limit);
            self.persons = self.persons.end..end;
            return !self.persons.is_empty();
        }
        let (first, offsets) = (self.groups.end, population.offsets);
        if first >= population.groups() {
            return false;
        }
        let begin = offsets[first] as usize;
        let most = (first + limit).min(population.groups());
        let within =
            offsets[first + 1..=most].partition_point(|end| *end as usize <= begin + limit);
        let last = first + within.max(1);
        self.groups = first..last;
        self.persons = begin..offsets[last] as usize;
        true
    }

    fn rows(&self, level: Level) -> Range<usize> {
        match level {
            Level::Group => self.groups.clone(),
            _ => self.persons.clone(),
        }
    }

    fn offsets(&self) -> &[u32] {
        &self.population.offsets[self.groups.start..=self.groups.end]
    }

    fn view(&self, id: NodeId) -> View<'_> {
        let rows = self.rows(self.plan.nodes[id].level);
        match self.plan.places[id] {
            Place::Input(index) => self.population.values[index].view(&rows),
            Place::Roles => View::Codes(&self.population.roles[rows]),
            Place::Buffer(index) => self.buffers[index].view(rows.len()),
            Place::Nowhere => View::Nothing,
        }
    }

    fn lane(&self, id: NodeId) -> Lane<'_> {
        let (low, high) = self.plan.nodes[id].form.bounds().unwrap_or((0, 0));
        Lane {
            view: self.view(id),
            low,
            high,
        }
    }

    fn operand(&self, operand: Operand) -> kernels::Operand<'_> {
        match operand {
            Operand::Node(id) => kernels::Operand::View(self.view(id)),
            Operand::Constant(value) => kernels::Operand::Constant(value),
        }
    }

    fn cell(&self, id: NodeId, row: usize) -> Cell {
        self.plan.nodes[id].form.cell(self.view(id), row)
    }

    fn column(&self, id: NodeId, rows: usize) -> Column<'_> {
        match (&self.plan.nodes[id].form, self.view(id)) {
            (Form::Constant(Cell::Answer(answer)), _) => Column::Same { answer, rows },
            (Form::Number(number), View::Wide(values)) => Column::Numbers {
                values,
                denominator: number.denominator,
            },
            (Form::Number(number), View::Narrow(values)) => Column::SmallNumbers {
                values,
                denominator: number.denominator,
            },
            (Form::Codes(codes), View::Codes(values)) => Column::Codes { values, codes },
            (_, View::Narrow(values)) => Column::Days(values),
            (_, View::Bits(values)) => Column::Truths(values),
            (_, View::Answers(values)) => Column::Answers(values),
            _ => Column::Answers(&[]),
        }
    }

    fn compute(&mut self, id: NodeId) {
        let plan = self.plan;
        let node = &plan.nodes[id];
        let Place::Buffer(index) = plan.places[id] else {
            return;
        };
        let rows = self.rows(node.level).len();
        // Taken out, so that other buffers can be read meanwhile.
        let mut out = std::mem::replace(&mut self.buffers[index], Store::Bits(Vec::new()));
        out.grow(rows);
        let mut scratch = std::mem::take(&mut self.scratch);
        match &node.op {
            Op::Rows(..) | Op::Members(..) => self.in_full(&node.op, &mut out, rows),
            op => self.fast(op, &mut out, rows, &mut scratch),
        }
        self.scratch = scratch;
        self.buffers[index] = out;
    }

    fn fast(&self, op: &Op, out: &mut Store, rows: usize, scratch: &mut kernels::Scratch) {
        let mut out = kernels::Out::of(out, rows);
        match op {
            Op::Constant | Op::Input(_) | Op::Roles | Op::Rows(..) | Op::Members(..) => {}
            Op::Size => kernels::sizes(&mut out, self.offsets()),
            Op::Lookup(id, low, table) => kernels::lookup(&mut out, self.view(*id), *low, table),
            Op::Between(id, low, high) => kernels::between(&mut out, self.view(*id), *low, *high),
            Op::Linear { terms, constant } => {
                let terms = terms.iter().map(|(id, factor)| (self.lane(*id), *factor));
                kernels::linear(&mut out, &terms.collect::<Vec<_>>(), *constant);
            }
            Op::Product(a, b) => kernels::product(&mut out, self.view(*a), self.view(*b)),
            Op::Extreme { greatest, parts } => {
                let parts = parts.iter().map(|it| self.operand(*it));
                kernels::extreme(&mut out, parts, *greatest);
            }
            Op::Select(condition, yes, no) => kernels::select(
                &mut out,
                self.view(*condition),
                self.operand(*yes),
                self.operand(*no),
            ),
            Op::Steps { base, ramp, steps } => {
                kernels::steps(&mut out, self.lane(*base), *ramp, steps);
            }
            Op::Round {
                base,
                multiply,
                divide,
                rounding,
            } => kernels::round(&mut out, self.view(*base), *multiply, *divide, *rounding),
            Op::Not(id) => kernels::not(&mut out, self.view(*id)),
            Op::All(parts) => {
                let parts = parts.iter().map(|id| self.view(*id));
                kernels::logic(&mut out, parts, |a, b| a & b);
            }
            Op::Any(parts) => {
                let parts = parts.iter().map(|id| self.view(*id));
                kernels::logic(&mut out, parts, |a, b| a | b);
            }
            Op::Less(a, b) => kernels::less(&mut out, self.view(*a), self.view(*b)),
            Op::Equal(a, b) => kernels::equal(&mut out, self.view(*a), self.view(*b)),
            Op::Broadcast(id) => kernels::broadcast(&mut out, self.view(*id), self.offsets()),
            Op::Sum(id) => kernels::sum(&mut out, self.view(*id), self.offsets(), scratch),
            Op::Tally(parts) => {
                let parts = parts.iter().map(|id| self.view(*id));
                kernels::tally(&mut out, parts, self.offsets(), scratch);
            }
            Op::Told(counts, index, tally) => {
                let counts = self.view(*counts);
                kernels::told(&mut out, counts, *index, self.offsets(), *tally);
            }
            Op::Farthest { greatest, term } => {
                kernels::farthest(&mut out, self.view(*term), self.offsets(), *greatest);
            }
        }
    }

    /// Row by row, with everything that an answer may be.
    fn in_full(&self, op: &Op, out: &mut Store, rows: usize) {
        let mut cells = Vec::new();
        let mut of = |row: usize| match op {
            Op::Rows(action, parts) => {
                cells.clear();
                cells.extend(parts.iter().map(|id| self.cell(*id, row)));
                action.of(&cells)
            }
            Op::Members(fold, filter, term) => self.folded(*fold, *filter, *term, row),
            _ => Cell::Answer(Answer::Unknown),
        };
        match out {
            Store::Answers(values) => {
                let rows = values[..rows].iter_mut().enumerate();
                rows.for_each(|(row, value)| *value = of(row).answer());
            }
            Store::Truths(values) => {
                let rows = values[..rows].iter_mut().enumerate();
                rows.for_each(|(row, value)| *value = of(row).truth());
            }
            _ => {}
        }
    }

    fn folded(&self, fold: Fold, filter: Option<NodeId>, term: NodeId, group: usize) -> Cell {
        let offsets = self.offsets();
        let first = self.persons.start;
        let members = offsets[group] as usize - first..offsets[group + 1] as usize - first;
        let truth = |id: NodeId, row: usize| self.cell(id, row).truth();
        match fold {
            Fold::Exists => {
                Cell::Truth(members.fold(Truth::FALSE, |all, row| all.or(truth(term, row))))
            }
            Fold::Every => {
                Cell::Truth(members.fold(Truth::TRUE, |all, row| all.and(truth(term, row))))
            }
            _ => {
                let mut folding = Folding::new(fold);
                for row in members {
                    let condition = if fold == Fold::Count {
                        Some(term)
                    } else {
                        filter
                    };
                    let counted = condition.map_or(Truth::TRUE, |id| truth(id, row));
                    folding.take(counted, || self.cell(term, row).number());
                }
                Cell::Answer(folding.end().then(|it| Some(Value::Number(it))))
            }
        }
    }
}
