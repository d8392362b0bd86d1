//! From the graph to steps: what is read once is joined with its reader, and buffers are given out and taken back.

use std::collections::BTreeMap;

use super::form::{Form, Width};
use super::graph::{Graph, Level, Node, NodeId, Op};
use super::lower::Lowering;
use super::{Input, Refusal};
use crate::variables::entities::EntityId;
use crate::variables::periods::Period;
use crate::variables::system::System;

/// What the buffers of a batch may take: a half of a usual second-level cache.
const BATCH_BYTES: usize = 256 << 10;
/// Fewer rows do not repay a step, more no longer fit the nearest cache.
const MIN_BATCH: usize = 64;
const MAX_BATCH: usize = 4096;

/// Where a step finds a column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    Input(usize),
    Roles,
    Buffer(usize),
    /// Constants, and what was joined with its reader.
    Nowhere,
}

#[derive(Clone, Debug)]
pub(super) enum Step {
    Compute(NodeId),
    /// Hands the output of this index out.
    Deliver(usize),
}

/// Operations on columns, made once and run over any population ([`super`]).
#[derive(Debug)]
pub struct Plan {
    pub(super) nodes: Vec<Node>,
    pub(super) places: Vec<Place>,
    pub(super) steps: Vec<Step>,
    /// The node and the level of each output; a constant's node has no level of its own.
    pub(super) outputs: Vec<(NodeId, Level)>,
    pub(super) buffers: Vec<Width>,
    /// By input: its level and its form.
    pub(super) inputs: Vec<(Level, Form)>,
    pub(super) batch: usize,
    pub(super) grouped: bool,
    /// How many roles a member may have.
    pub(super) roles: usize,
    /// Whether a group without members would have no value.
    pub(super) needs_members: bool,
}

impl Plan {
    /// How many operations it has, each done once for a batch.
    pub fn operations(&self) -> usize {
        let computed = |step: &&Step| matches!(step, Step::Compute(_));
        self.steps.iter().filter(computed).count()
    }

    /// The same plan over batches of so many persons; the results are the same.
    #[must_use]
    pub fn with_batch(mut self, persons: usize) -> Self {
        self.batch = persons.clamp(1, MAX_BATCH);
        self
    }

    /// About how many persons are computed at a time; a larger group is not divided.
    pub fn batch(&self) -> usize {
        self.batch
    }

    /// What the columns of a batch take.
    pub fn buffer_bytes(&self) -> usize {
        let widths = self.buffers.iter().map(|width| width.bytes());
        widths.sum::<usize>() * self.batch
    }

    /// Whether every output is computed by fast operations alone, and none row by row in full.
    pub fn is_fast(&self) -> bool {
        self.steps.iter().all(|step| match step {
            Step::Compute(id) => !matches!(self.nodes[*id].op, Op::Rows(..) | Op::Members(..)),
            Step::Deliver(_) => true,
        })
    }
}

pub(super) fn of(
    system: &System,
    inputs: &[Input<'_>],
    outputs: &[(&str, Period)],
) -> Result<Plan, Refusal> {
    let mut lowering = Lowering::new(system, inputs)?;
    let mut delivered = Vec::with_capacity(outputs.len());
    for (name, period) in outputs {
        let id = lowering.variable(name)?;
        delivered.push(lowering.output(id, *period)?);
    }
    let wanted: Vec<NodeId> = delivered.iter().map(|(id, _)| *id).collect();
    let roles = roles_of(system, lowering.group);
    let grouped = lowering.group.is_some();
    let mut graph = lowering.graph;
    join(&mut graph, &wanted);
    let needed = needed(&graph.nodes, &wanted);
    tally(&mut graph.nodes, &needed);
    let told = (0..inputs.len()).map(|index| told(&graph.nodes, index));
    let inputs = told.collect();
    let nodes = graph.into_nodes();
    let scheduled = Schedule::new(&nodes, &wanted);
    let farthest = |step: &Step| matches!(step, Step::Compute(id) if matches!(nodes[*id].op, Op::Farthest { .. }));
    let needs_members = scheduled.steps.iter().any(farthest);
    let row = scheduled.buffers.iter().map(|width| width.bytes());
    let batch = BATCH_BYTES / row.sum::<usize>().max(1);
    Ok(Plan {
        places: scheduled.places,
        steps: scheduled.steps,
        buffers: scheduled.buffers,
        nodes,
        outputs: delivered,
        inputs,
        batch: batch.clamp(MIN_BATCH, MAX_BATCH) / 64 * 64,
        grouped,
        roles,
        needs_members,
    })
}

fn roles_of(system: &System, group: Option<EntityId>) -> usize {
    group.map_or(0, |group| system.entities.all()[group].roles.len())
}

fn told(nodes: &[Node], index: usize) -> (Level, Form) {
    let of = |node: &&Node| matches!(node.op, Op::Input(own) if own == index);
    let node = nodes.iter().find(of);
    node.map_or((Level::One, Form::Answers), |node| {
        (node.level, node.form.clone())
    })
}

/// How often each node is read.
fn readers(nodes: &[Node], wanted: &[NodeId]) -> Vec<u32> {
    let needed = needed(nodes, wanted);
    let mut readers = vec![0_u32; nodes.len()];
    for (node, needed) in nodes.iter().zip(needed) {
        if needed {
            node.op.reads(|id| readers[id] += 1);
        }
    }
    wanted.iter().for_each(|id| readers[*id] += 1);
    readers
}

fn needed(nodes: &[Node], wanted: &[NodeId]) -> Vec<bool> {
    let mut needed = vec![false; nodes.len()];
    let mut open = wanted.to_vec();
    while let Some(id) = open.pop() {
        if !std::mem::replace(&mut needed[id], true) {
            nodes[id].op.reads(|read| open.push(read));
        }
    }
    needed
}

/// Puts sums that are read once, by a sum of the same level, in the place where they are read.
fn join(graph: &mut Graph, wanted: &[NodeId]) {
    let readers = readers(&graph.nodes, wanted);
    for id in 0..graph.nodes.len() {
        let Op::Linear { terms, constant } = &graph.nodes[id].op else {
            continue;
        };
        let Form::Number(number) = graph.nodes[id].form else {
            continue;
        };
        let (mut joined, mut constant, mut changed) = (Vec::new(), *constant, false);
        for (term, factor) in terms {
            let inner = match &graph.nodes[*term].op {
                Op::Linear { terms, constant } if readers[*term] == 1 => Some((terms, *constant)),
                _ => None,
            };
            let scaled = inner.and_then(|(terms, inner)| {
                let constant = constant.checked_add(inner.checked_mul(*factor)?)?;
                let terms = terms
                    .iter()
                    .map(|(id, own)| Some((*id, own.checked_mul(*factor)?)));
                Some((terms.collect::<Option<Vec<_>>>()?, constant))
            });
            match scaled {
                Some((terms, sum)) => {
                    joined.extend(terms);
                    constant = sum;
                    changed = true;
                }
                None => joined.push((*term, *factor)),
            }
        }
        let joined = merged(joined);
        let bounds = graph.sum_bounds(&joined, constant, number.denominator);
        // The sums on the way must fit as they did before; the bounds of the result are those already known.
        let fits = bounds.is_some_and(|bounds| !bounds.wide || number.wide);
        if changed && fits {
            graph.nodes[id].op = Op::Linear {
                terms: joined,
                constant,
            };
        }
    }
}

/// Terms of one node become one; factors are small beside 64 bits, or stay apart.
fn merged(terms: Vec<(NodeId, i64)>) -> Vec<(NodeId, i64)> {
    let mut merged: Vec<(NodeId, i64)> = Vec::with_capacity(terms.len());
    for (id, factor) in terms {
        let own = merged.iter_mut().find(|(own, _)| *own == id);
        match own.and_then(|own| Some((own.1.checked_add(factor)?, own))) {
            Some((sum, own)) => own.1 = sum,
            None => merged.push((id, factor)),
        }
    }
    merged
}

/// Joins the tallies of up to four truths that need no other fold first: then none of them can need another.
fn tally(nodes: &mut [Node], needed: &[bool]) {
    let mut folds = vec![false; nodes.len()];
    let mut told: Vec<NodeId> = Vec::new();
    for id in 0..nodes.len() {
        let mut inner = false;
        nodes[id].op.reads(|read| inner |= folds[read]);
        let own = matches!(
            nodes[id].op,
            Op::Tally(_) | Op::Sum(_) | Op::Farthest { .. } | Op::Members(..)
        );
        folds[id] = own || inner;
        if let Op::Told(counts, ..) = nodes[id].op
            && needed[id]
        {
            let Op::Tally(parts) = &nodes[counts].op else {
                continue;
            };
            if parts.iter().all(|part| !folds[*part]) {
                told.push(id);
            }
        }
    }
    for joined in told.chunks(4) {
        let mut first = None;
        let mut parts: Vec<NodeId> = Vec::new();
        for id in joined {
            let Op::Told(counts, _, tally) = nodes[*id].op else {
                continue;
            };
            let Op::Tally(own) = &nodes[counts].op else {
                continue;
            };
            let term = own[0];
            let place = parts
                .iter()
                .position(|part| *part == term)
                .unwrap_or_else(|| {
                    parts.push(term);
                    parts.len() - 1
                });
            let counts = *first.get_or_insert(counts);
            nodes[*id].op = Op::Told(counts, place as u32, tally);
        }
        if let Some(first) = first {
            nodes[first].op = Op::Tally(parts);
        }
    }
}

struct Schedule<'a> {
    nodes: &'a [Node],
    places: Vec<Place>,
    steps: Vec<Step>,
    buffers: Vec<Width>,
    free: Vec<usize>,
    readers: Vec<u32>,
    done: Vec<bool>,
}

impl<'a> Schedule<'a> {
    fn new(nodes: &'a [Node], wanted: &[NodeId]) -> Self {
        let mut schedule = Self {
            nodes,
            places: vec![Place::Nowhere; nodes.len()],
            steps: Vec::new(),
            buffers: Vec::new(),
            free: Vec::new(),
            readers: readers(nodes, wanted),
            done: vec![false; nodes.len()],
        };
        let mut outputs: BTreeMap<NodeId, Vec<usize>> = BTreeMap::new();
        for (output, id) in wanted.iter().enumerate() {
            outputs.entry(*id).or_default().push(output);
        }
        for id in wanted {
            schedule.reach(*id, &outputs);
        }
        schedule
    }

    /// Computes a node after everything that it reads.
    fn reach(&mut self, wanted: NodeId, outputs: &BTreeMap<NodeId, Vec<usize>>) {
        let nodes = self.nodes;
        let mut open = vec![wanted];
        while let Some(id) = open.last().copied() {
            let before = open.len();
            if !self.done[id] {
                nodes[id].op.reads(|read| {
                    if !self.done[read] {
                        open.push(read);
                    }
                });
            }
            if open.len() > before {
                continue;
            }
            open.pop();
            if std::mem::replace(&mut self.done[id], true) {
                continue;
            }
            self.compute(id);
            // What is wanted is handed out at once, so that it need not be kept until the end.
            for output in outputs.get(&id).into_iter().flatten() {
                self.steps.push(Step::Deliver(*output));
                self.release(id);
            }
        }
    }

    fn compute(&mut self, id: NodeId) {
        let node = &self.nodes[id];
        match node.op {
            Op::Constant => {}
            Op::Input(index) => self.places[id] = Place::Input(index),
            Op::Roles => self.places[id] = Place::Roles,
            _ => {
                self.places[id] = Place::Buffer(self.buffer(node.form.width()));
                self.steps.push(Step::Compute(id));
                node.op.reads(|read| self.release(read));
            }
        }
    }

    /// A free buffer of this width, or a new one.
    fn buffer(&mut self, width: Width) -> usize {
        let found = self.free.iter().rposition(|it| self.buffers[*it] == width);
        match found {
            Some(index) => self.free.swap_remove(index),
            None => {
                self.buffers.push(width);
                self.buffers.len() - 1
            }
        }
    }

    fn release(&mut self, id: NodeId) {
        self.readers[id] -= 1;
        if let (0, Place::Buffer(index)) = (self.readers[id], self.places[id]) {
            self.free.push(index);
        }
    }
}
