//! The plan of a book on one day: every expression of every benefit as nodes of one graph, the same one only once.

use std::collections::HashMap;
use std::sync::Arc;

use crate::expression::Comparison;
use crate::money::Rounding;
use crate::parameters::Beyond;
use crate::truth::{Answer, Truth};
use crate::vocabulary::Entity;

use super::table::Table;

/// A node of the graph; its parts come before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct Id(pub u32);

/// What a column has a row for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum Frame {
    Household,
    Member,
    /// A member (outer) beside each member of the same household (inner).
    Pair,
}

/// From the rows of one frame to those of another that has more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Spread {
    /// What holds for a household to each of its members.
    Household,
    /// What holds for a member to each pair it is the outer one of.
    Outer,
    /// … the inner one of.
    Inner,
}

/// A fact of the vocabulary as a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct FactId {
    pub entity: Entity,
    pub slot: u16,
}

/// What a node computes. Truths first, then numbers: integers, dates as days since 1970, enum values and texts as
/// codes.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum Op {
    Truth(Truth),
    Flag(FactId),
    Not(Id),
    All(Vec<Id>),
    Any(Vec<Id>),
    If(Id, Id, Id),
    /// Both are true or both are false.
    Same(Id, Id),
    Compare(Comparison, Id, Id),
    /// Some row of the group; over a household's members, or the pairs of an outer member.
    Exists(Id),
    Every(Id),

    Number(Number),
    Fact(FactId),
    Size,
    Entry(Arc<[i64]>, Beyond, Id),
    Negate(Id),
    Add(Id, Id),
    Subtract(Id, Id),
    Multiply(Id, Id),
    Least(Id, Id),
    Greatest(Id, Id),
    Choose(Id, Id, Id),
    /// The line of an amount: `when`, what it pays, what the lines after it come to, what all of them agree on.
    Line(Id, Id, Id, Id),
    /// The value of all parts, where they are one.
    Agreed(Vec<Id>),
    Percent(Id, Id, Rounding),
    Round(Id, i64, Rounding),
    /// Divided by twelve.
    Twelfth(Id, Rounding),
    Count(Id),
    Sum(Option<Id>, Id),
    Years(Id, Id),
    Months(Id, Id),
    Days(Id, Id),
    Year(Id),
    AddDays(Id, Id),
    AddMonths(Id, Id),
    AddYears(Id, Id),
    StartOfMonth(Id),
    EndOfMonth(Id),

    /// A truth or a number, for the rows of another frame.
    Spread(Spread, Id),
}

/// A constant. Overflow is no value like another: what cannot be computed is unknown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Number {
    Known(i64),
    Unknown,
    /// The law has no value.
    Absent,
}

impl From<Answer<i64>> for Number {
    fn from(answer: Answer<i64>) -> Self {
        match answer {
            Answer::Known(value) => Self::Known(value),
            Answer::Absent => Self::Absent,
            Answer::Unknown | Answer::Overflow => Self::Unknown,
        }
    }
}

/// The one column that a node is worked out from, where it is one with few different values.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum Base {
    Fact(FactId),
    Size,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Basis {
    Constant,
    One(Base),
    Many,
}

#[derive(Debug)]
pub(super) struct Node {
    pub op: Op,
    pub frame: Frame,
    /// The least and the greatest value where numbers are known.
    pub bounds: (i128, i128),
    /// What it costs to work out, roughly: cheap conditions are asked first.
    pub cost: u32,
    /// Its values for every value of its one base, where it stands on one.
    pub table: Option<Table>,
    basis: Basis,
}

impl Node {
    /// The one column it is worked out from.
    pub fn base(&self) -> Option<Base> {
        match self.basis {
            Basis::One(base) => Some(base),
            Basis::Constant | Basis::Many => None,
        }
    }
}

/// The nodes, found again by what they compute.
#[derive(Debug, Default)]
pub(super) struct Graph {
    pub nodes: Vec<Node>,
    known: HashMap<Op, Id>,
}

impl Graph {
    pub fn node(&self, id: Id) -> &Node {
        &self.nodes[id.0 as usize]
    }

    pub fn op(&self, id: Id) -> &Op {
        &self.node(id).op
    }

    pub fn frame(&self, id: Id) -> Frame {
        self.node(id).frame
    }

    pub fn truth(&mut self, truth: Truth) -> Id {
        self.add(Op::Truth(truth), Frame::Household, (0, 0))
    }

    pub fn number(&mut self, number: impl Into<Number>) -> Id {
        let number = number.into();
        let bounds = match number {
            Number::Known(value) => (value.into(), value.into()),
            Number::Unknown | Number::Absent => (0, 0),
        };
        self.add(Op::Number(number), Frame::Household, bounds)
    }

    /// The node of an operation whose parts are all of one frame.
    pub fn add(&mut self, op: Op, frame: Frame, bounds: (i128, i128)) -> Id {
        if let Some(id) = self.known.get(&op) {
            return *id;
        }
        let parts = op.parts();
        let basis = match &op {
            Op::Truth(_) | Op::Number(_) => Basis::Constant,
            Op::Flag(_) => Basis::Many,
            Op::Fact(fact) => Basis::One(Base::Fact(*fact)),
            Op::Size => Basis::One(Base::Size),
            Op::Spread(..) | Op::Exists(_) | Op::Every(_) | Op::Count(_) | Op::Sum(..) => {
                Basis::Many
            }
            _ => parts.iter().fold(Basis::Constant, |basis, part| {
                match (basis, self.node(*part).basis) {
                    (Basis::Constant, other) | (other, Basis::Constant) => other,
                    (Basis::One(a), Basis::One(b)) if a == b => basis,
                    _ => Basis::Many,
                }
            }),
        };
        let below: u32 = parts.iter().map(|part| self.node(*part).cost).sum();
        let id = Id(self.nodes.len() as u32);
        self.nodes.push(Node {
            cost: below.saturating_add(op.cost()),
            op: op.clone(),
            frame,
            bounds,
            table: None,
            basis,
        });
        self.known.insert(op, id);
        id
    }

    /// Drops nothing, but forgets how to find nodes again: the plan is complete.
    pub fn seal(&mut self) {
        self.known = HashMap::new();
    }

    /// For each base with few values: the nodes worked out from it alone that others ask for.
    pub fn tabulated(&self, roots: &[Id], few: impl Fn(Base) -> bool) -> Vec<(Base, Vec<Id>)> {
        let mut asked = vec![false; self.nodes.len()];
        for root in roots {
            asked[root.0 as usize] = true;
        }
        for node in self.nodes.iter().filter(|it| it.basis == Basis::Many) {
            for part in node.op.parts() {
                asked[part.0 as usize] = true;
            }
        }
        let mut found: std::collections::BTreeMap<Base, Vec<Id>> = Default::default();
        for (index, node) in self.nodes.iter().enumerate() {
            let plain = matches!(node.op, Op::Fact(_) | Op::Size);
            if let (Basis::One(base), true, false) = (node.basis, asked[index], plain)
                && few(base)
            {
                found.entry(base).or_default().push(Id(index as u32));
            }
        }
        found.into_iter().collect()
    }

    /// For each step, given by its roots: the nodes that no later step asks for.
    pub fn last_uses(&self, steps: &[Vec<Id>]) -> Vec<Vec<Id>> {
        let mut seen = vec![false; self.nodes.len()];
        let mut last = vec![Vec::new(); steps.len()];
        for (step, roots) in steps.iter().enumerate().rev() {
            let mut left = roots.clone();
            while let Some(id) = left.pop() {
                if !std::mem::replace(&mut seen[id.0 as usize], true) {
                    last[step].push(id);
                    left.extend(self.op(id).parts());
                }
            }
        }
        last
    }

    /// The facts that the roots read.
    pub fn facts(&self, roots: impl Iterator<Item = Id>) -> Vec<FactId> {
        let mut seen = vec![false; self.nodes.len()];
        let mut left: Vec<Id> = roots.collect();
        let mut facts = std::collections::BTreeSet::new();
        while let Some(id) = left.pop() {
            if std::mem::replace(&mut seen[id.0 as usize], true) {
                continue;
            }
            match self.op(id) {
                Op::Flag(fact) | Op::Fact(fact) => {
                    facts.insert(*fact);
                }
                op => left.extend(op.parts()),
            }
        }
        facts.into_iter().collect()
    }
}

impl Op {
    /// The nodes it is worked out from.
    pub fn parts(&self) -> Vec<Id> {
        match self {
            Self::Truth(_) | Self::Flag(_) | Self::Number(_) | Self::Fact(_) | Self::Size => {
                Vec::new()
            }
            Self::Not(a)
            | Self::Exists(a)
            | Self::Every(a)
            | Self::Entry(_, _, a)
            | Self::Negate(a)
            | Self::Round(a, _, _)
            | Self::Twelfth(a, _)
            | Self::Count(a)
            | Self::Sum(None, a)
            | Self::Year(a)
            | Self::StartOfMonth(a)
            | Self::EndOfMonth(a)
            | Self::Spread(_, a) => vec![*a],
            Self::Same(a, b)
            | Self::Compare(_, a, b)
            | Self::Add(a, b)
            | Self::Subtract(a, b)
            | Self::Multiply(a, b)
            | Self::Least(a, b)
            | Self::Greatest(a, b)
            | Self::Percent(a, b, _)
            | Self::Sum(Some(a), b)
            | Self::Years(a, b)
            | Self::Months(a, b)
            | Self::Days(a, b)
            | Self::AddDays(a, b)
            | Self::AddMonths(a, b)
            | Self::AddYears(a, b) => vec![*a, *b],
            Self::If(a, b, c) | Self::Choose(a, b, c) => vec![*a, *b, *c],
            Self::Line(a, b, c, d) => vec![*a, *b, *c, *d],
            Self::All(parts) | Self::Any(parts) | Self::Agreed(parts) => parts.clone(),
        }
    }

    fn cost(&self) -> u32 {
        match self {
            Self::Truth(_) | Self::Number(_) => 0,
            Self::Flag(_) | Self::Not(_) | Self::All(_) | Self::Any(_) => 1,
            Self::Fact(_) | Self::Size | Self::Compare(..) => 10,
            Self::Exists(_) | Self::Every(_) | Self::Spread(..) => 20,
            _ => 30,
        }
    }
}
