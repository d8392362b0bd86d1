//! The operations of a plan as a graph in which each exists once: what two formulas both need is computed once.

use std::collections::HashMap;
use std::sync::Arc;

use super::Refusal;
use super::cell::{Action, Cell};
use super::form::{self, Form, Number, Store, View};
use crate::money::Rounding;
use crate::variables::exact::Exact;
use crate::variables::formula::Fold;
use crate::variables::value::Value;

pub(super) type NodeId = usize;

/// The most members of a group; sums are bounded by it.
pub(super) const MAX_MEMBERS: i64 = 10_000;
/// The most operations of a plan: hostile books end here.
const MAX_NODES: usize = 200_000;
/// The most cells of one table (180 years of days), and of all tables.
const MAX_TABLE: usize = 1 << 16;
const MAX_TABLES: usize = 1 << 23;

/// Of what there is one cell: of everything, of each group, of each person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Level {
    One,
    Group,
    Person,
}

/// A node, or the same numerator in every row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Operand {
    Node(NodeId),
    Constant(i64),
}

/// What is done with whole columns. Numbers are numerators over the denominator of the node's form; operands of one
/// operation have been brought to one denominator.
#[derive(Clone, Debug)]
pub(super) enum Op {
    Constant,
    Input(usize),
    Roles,
    /// How many members a group has.
    Size,
    /// A table of the whole domain of one column, from its least value on.
    Lookup(NodeId, i64, Arc<Store>),
    /// Whether a number, a day or a code lies within these bounds.
    Between(NodeId, i64, i64),
    Linear {
        terms: Vec<(NodeId, i64)>,
        constant: i64,
    },
    Product(NodeId, NodeId),
    Extreme {
        greatest: bool,
        parts: Vec<Operand>,
    },
    Select(NodeId, Operand, Operand),
    /// Of each threshold below the base, `rise` times what is beyond it (`ramp`), or the rise itself.
    Steps {
        base: NodeId,
        ramp: bool,
        steps: Vec<Step>,
    },
    Round {
        base: NodeId,
        multiply: i64,
        divide: i64,
        rounding: Rounding,
    },
    Not(NodeId),
    All(Vec<NodeId>),
    Any(Vec<NodeId>),
    Less(NodeId, NodeId),
    Equal(NodeId, NodeId),
    /// A group's cell for each of its members.
    Broadcast(NodeId),
    Sum(NodeId),
    /// Up to four truths of members, counted at once; made when all is known that is to be counted.
    Tally(Vec<NodeId>),
    /// What the count of a truth of members says, of this place in a tally.
    Told(NodeId, u32, Tally),
    Farthest {
        greatest: bool,
        term: NodeId,
    },
    /// Row by row, in full.
    Rows(Action, Vec<NodeId>),
    Members(Fold, Option<NodeId>, NodeId),
}

/// From bases of `from` on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Step {
    pub from: i64,
    pub rise: i64,
}

/// What is asked of the members for whom something is true.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Tally {
    Count,
    Any,
    Every,
}

impl Op {
    /// The nodes that it reads, each as often as it is read.
    pub fn reads(&self, mut read: impl FnMut(NodeId)) {
        let mut operand = |operand: &Operand| {
            if let Operand::Node(id) = operand {
                read(*id);
            }
        };
        match self {
            Self::Constant | Self::Input(_) | Self::Roles | Self::Size => {}
            Self::Extreme { parts, .. } => parts.iter().for_each(operand),
            Self::Select(condition, yes, no) => {
                operand(yes);
                operand(no);
                read(*condition);
            }
            Self::Linear { terms, .. } => terms.iter().for_each(|(id, _)| read(*id)),
            Self::All(parts) | Self::Any(parts) | Self::Rows(_, parts) | Self::Tally(parts) => {
                parts.iter().for_each(|id| read(*id));
            }
            Self::Product(a, b) | Self::Less(a, b) | Self::Equal(a, b) => {
                read(*a);
                read(*b);
            }
            Self::Members(_, filter, term) => {
                filter.iter().for_each(|id| read(*id));
                read(*term);
            }
            Self::Lookup(id, ..)
            | Self::Between(id, ..)
            | Self::Steps { base: id, .. }
            | Self::Round { base: id, .. }
            | Self::Not(id)
            | Self::Broadcast(id)
            | Self::Sum(id)
            | Self::Told(id, ..)
            | Self::Farthest { term: id, .. } => read(*id),
        }
    }
}

#[derive(Clone, Debug)]
pub(super) struct Node {
    pub op: Op,
    pub level: Level,
    pub form: Form,
    /// The cells by those of the one column of days or codes that they depend on.
    table: Option<Table>,
}

#[derive(Clone, Debug)]
struct Table {
    domain: NodeId,
    form: Form,
    cells: Arc<Store>,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Key {
    Constant(Cell),
    Action(Action, Vec<NodeId>),
    Fold(Fold, Option<NodeId>, NodeId),
    Linear(Vec<(NodeId, i64)>, i64, i64),
    Broadcast(NodeId),
    Roles,
    Size,
}

#[derive(Debug, Default)]
pub(super) struct Graph {
    pub nodes: Vec<Node>,
    keys: HashMap<Key, NodeId>,
    tabulated: usize,
}

impl Graph {
    pub fn push(&mut self, op: Op, level: Level, form: Form) -> NodeId {
        self.nodes.push(Node {
            op,
            level,
            form,
            table: None,
        });
        self.nodes.len() - 1
    }

    fn keyed(&mut self, key: Key, make: impl FnOnce(&mut Self) -> NodeId) -> NodeId {
        if let Some(id) = self.keys.get(&key) {
            return *id;
        }
        let id = make(self);
        self.keys.insert(key, id);
        id
    }

    pub fn constant(&mut self, cell: Cell) -> NodeId {
        self.keyed(Key::Constant(cell.clone()), |graph| {
            graph.push(Op::Constant, Level::One, Form::Constant(cell))
        })
    }

    pub fn number(&mut self, number: Exact) -> NodeId {
        self.constant(Cell::known(Value::Number(number)))
    }

    pub fn truth(&mut self, truth: bool) -> NodeId {
        self.constant(Cell::known(Value::Bool(truth)))
    }

    pub fn roles(&mut self, codes: Arc<[String]>) -> NodeId {
        self.keyed(Key::Roles, |graph| {
            graph.push(Op::Roles, Level::Person, Form::Codes(codes))
        })
    }

    pub fn size(&mut self) -> NodeId {
        self.keyed(Key::Size, |graph| {
            let form = Form::Number(Number::new(1, 0, MAX_MEMBERS));
            graph.push(Op::Size, Level::Group, form)
        })
    }

    pub fn linear(
        &mut self,
        terms: Vec<(NodeId, i64)>,
        constant: i64,
        number: Number,
        level: Level,
    ) -> NodeId {
        let key = Key::Linear(terms.clone(), constant, number.denominator);
        self.keyed(key, |graph| {
            graph.push(Op::Linear { terms, constant }, level, Form::Number(number))
        })
    }

    /// The node at a level at which it may be combined with others; constants stay what they are.
    pub fn raised(&mut self, id: NodeId, level: Level) -> NodeId {
        if self.nodes[id].level != Level::Group || level != Level::Person {
            return id;
        }
        self.keyed(Key::Broadcast(id), |graph| {
            let form = graph.nodes[id].form.clone();
            graph.push(Op::Broadcast(id), Level::Person, form)
        })
    }

    pub fn level(&self, ids: &[NodeId]) -> Level {
        let levels = ids.iter().map(|id| self.nodes[*id].level);
        levels.max().unwrap_or(Level::One)
    }

    /// The constant that a node is.
    pub fn cell(&self, id: NodeId) -> Option<&Cell> {
        match &self.nodes[id].form {
            Form::Constant(cell) => Some(cell),
            _ => None,
        }
    }

    /// What is done with the cells of nodes: folded, tabulated, in a fast form, or row by row.
    pub fn act(&mut self, action: Action, ids: Vec<NodeId>) -> Result<NodeId, Refusal> {
        if self.nodes.len() > MAX_NODES {
            return Err(Refusal::TooLarge);
        }
        let key = Key::Action(action.clone(), ids.clone());
        if let Some(id) = self.keys.get(&key) {
            return Ok(*id);
        }
        let id = self.acted(action, ids)?;
        self.keys.insert(key, id);
        Ok(id)
    }

    fn acted(&mut self, action: Action, ids: Vec<NodeId>) -> Result<NodeId, Refusal> {
        let open = |form: &Form| matches!(form, Form::Truths | Form::Constant(Cell::Truth(_)));
        if action == Action::Settle && !open(&self.nodes[ids[0]].form) {
            return Ok(ids[0]);
        }
        let cells: Option<Vec<Cell>> = ids.iter().map(|id| self.cell(*id).cloned()).collect();
        if let Some(cells) = cells {
            return Ok(self.constant(action.of(&cells)));
        }
        // One of two numbers is a factor of the truth that chooses, which is cheaper than a table.
        let two_numbers = action == Action::Choose
            && ids[1..]
                .iter()
                .all(|id| self.cell(*id).and_then(Cell::exact).is_some());
        if !two_numbers && let Some(id) = self.tabulated(&action, &ids, false) {
            return Ok(id);
        }
        if let Some(id) = self.fast(&action, &ids)? {
            return Ok(id);
        }
        if let Some(id) = self.tabulated(&action, &ids, true) {
            return Ok(id);
        }
        let level = self.level(&ids);
        let form = if action.gives_truth() {
            Form::Truths
        } else {
            Form::Answers
        };
        let ids = ids.into_iter().map(|id| self.raised(id, level)).collect();
        Ok(self.push(Op::Rows(action, ids), level, form))
    }

    /// The first value and the size of the domain of a column that tables may be made of: days and codes, and where
    /// nothing else helps numbers too.
    fn domain(&self, id: NodeId, numbers: bool) -> Option<(i64, usize)> {
        let node = &self.nodes[id];
        if !matches!(node.op, Op::Input(_) | Op::Roles | Op::Size) {
            return None;
        }
        let (low, high) = match &node.form {
            Form::Days(low, high) => (i64::from(*low), i64::from(*high)),
            Form::Codes(codes) => (0, i64::try_from(codes.len()).ok()? - 1),
            Form::Number(number) if numbers => (number.low, number.high),
            _ => return None,
        };
        let size = usize::try_from(high.checked_sub(low)?.checked_add(1)?).ok()?;
        (1..=MAX_TABLE).contains(&size).then_some((low, size))
    }

    /// A table, where all depends on one column of few values.
    fn tabulated(&mut self, action: &Action, ids: &[NodeId], numbers: bool) -> Option<NodeId> {
        let mut domain = None;
        for id in ids.iter().filter(|id| self.cell(**id).is_none()) {
            let own = match &self.nodes[*id].table {
                Some(table) => table.domain,
                None => self.domain(*id, numbers).map(|_| *id)?,
            };
            if domain.is_some_and(|other| other != own) {
                return None;
            }
            domain = Some(own);
        }
        let domain = domain?;
        let (low, size) = self.domain(domain, true)?;
        if self.tabulated + size > MAX_TABLES {
            return None;
        }
        self.tabulated += size;
        let cells: Vec<Cell> = (0..size)
            .map(|index| {
                let of = |id: &NodeId| self.tabulated_cell(*id, index, low);
                action.of(&ids.iter().map(of).collect::<Vec<_>>())
            })
            .collect();
        Some(self.table(domain, low, &cells, action.gives_truth()))
    }

    fn tabulated_cell(&self, id: NodeId, index: usize, low: i64) -> Cell {
        let node = &self.nodes[id];
        if let Some(table) = &node.table {
            return match (&*table.cells, &table.form) {
                (Store::Tiny(values), Form::Number(number)) => number.cell(values[index].into()),
                (store, form) => form.cell(store.view(index + 1), index),
            };
        }
        let value = low + index as i64;
        match &node.form {
            Form::Days(..) => form::day(value),
            Form::Codes(codes) => form::code(codes, index),
            Form::Number(number) => number.cell(value),
            other => other.cell(View::Nothing, index),
        }
    }

    fn table(&mut self, domain: NodeId, low: i64, cells: &[Cell], truth: bool) -> NodeId {
        let (form, store) = form::settle(cells, truth);
        if let Form::Constant(cell) = form {
            return self.constant(cell);
        }
        let store = Arc::new(store);
        let op = match single_run(&store) {
            Some((first, last)) => {
                let first = if first == 0 { i64::MIN } else { low + first };
                let last = if last + 1 == cells.len() as i64 {
                    i64::MAX
                } else {
                    low + last
                };
                Op::Between(domain, first, last)
            }
            None => Op::Lookup(domain, low, store.clone()),
        };
        let level = self.nodes[domain].level;
        let id = self.push(op, level, form.clone());
        self.nodes[id].table = Some(Table {
            domain,
            form,
            cells: store,
        });
        id
    }

    /// A fold over the members of each group.
    pub fn fold(
        &mut self,
        fold: Fold,
        filter: Option<NodeId>,
        term: NodeId,
    ) -> Result<NodeId, Refusal> {
        let key = Key::Fold(fold, filter, term);
        if let Some(id) = self.keys.get(&key) {
            return Ok(*id);
        }
        let id = match self.fast_fold(fold, filter, term)? {
            Some(id) => id,
            None => {
                let filter = filter.map(|id| self.raised(id, Level::Person));
                let term = self.raised(term, Level::Person);
                let form = match fold {
                    Fold::Exists | Fold::Every => Form::Truths,
                    _ => Form::Answers,
                };
                self.push(Op::Members(fold, filter, term), Level::Group, form)
            }
        };
        self.keys.insert(key, id);
        Ok(id)
    }

    /// Forgets what only the making of a plan needs; the tables that steps look up stay.
    pub fn into_nodes(self) -> Vec<Node> {
        let mut nodes = self.nodes;
        nodes.iter_mut().for_each(|node| node.table = None);
        nodes
    }
}

/// The first and the last index of the only run of truths.
fn single_run(store: &Store) -> Option<(i64, i64)> {
    let Store::Bits(bits) = store else {
        return None;
    };
    let (first, last) = (
        bits.iter().position(|it| *it)?,
        bits.iter().rposition(|it| *it)?,
    );
    let whole = bits[first..=last].iter().all(|it| *it);
    whole.then_some((first as i64, last as i64))
}
