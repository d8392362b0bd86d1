//! From the graph to steps: what is read once is joined with its reader, and buffers are given out and taken back.

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
    let told = (0..inputs.len()).map(|index| told(&graph.nodes, index));
    let inputs = told.collect();
    let nodes = graph.into_nodes();
    let needs_members = nodes
        .iter()
        .zip(&needed)
        .any(|(node, needed)| *needed && matches!(node.op, Op::Farthest { .. }));
    let scheduled = Schedule::new(&nodes, &needed, &wanted);
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
    wanted.iter().for_each(|id| needed[*id] = true);
    // A node reads earlier ones only.
    for id in (0..nodes.len()).rev() {
        if needed[id] {
            nodes[id].op.reads(|read| needed[read] = true);
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

struct Schedule {
    places: Vec<Place>,
    steps: Vec<Step>,
    buffers: Vec<Width>,
    free: Vec<usize>,
}

impl Schedule {
    fn new(nodes: &[Node], needed: &[bool], wanted: &[NodeId]) -> Self {
        let mut schedule = Self {
            places: vec![Place::Nowhere; nodes.len()],
            steps: Vec::new(),
            buffers: Vec::new(),
            free: Vec::new(),
        };
        let mut readers = readers(nodes, wanted);
        for (id, node) in nodes.iter().enumerate().filter(|(id, _)| needed[*id]) {
            match node.op {
                Op::Constant => {}
                Op::Input(index) => schedule.places[id] = Place::Input(index),
                Op::Roles => schedule.places[id] = Place::Roles,
                _ => {
                    schedule.places[id] = Place::Buffer(schedule.buffer(node.form.width()));
                    schedule.steps.push(Step::Compute(id));
                    node.op.reads(|read| schedule.release(read, &mut readers));
                }
            }
            // What is wanted is handed out at once, so that it need not be kept until the end.
            for (output, _) in wanted.iter().enumerate().filter(|(_, own)| **own == id) {
                schedule.steps.push(Step::Deliver(output));
                schedule.release(id, &mut readers);
            }
        }
        schedule
    }

    /// A free buffer of this width, or a new one.
    fn buffer(&mut self, width: Width) -> usize {
        let found = self.free.iter().position(|it| self.buffers[*it] == width);
        match found {
            Some(index) => self.free.swap_remove(index),
            None => {
                self.buffers.push(width);
                self.buffers.len() - 1
            }
        }
    }

    fn release(&mut self, id: NodeId, readers: &mut [u32]) {
        readers[id] -= 1;
        if let (0, Place::Buffer(index)) = (readers[id], self.places[id]) {
            self.free.push(index);
        }
    }
}
