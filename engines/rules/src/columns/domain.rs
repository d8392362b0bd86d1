//! All values that a base may have, as a batch: tables are worked out by the same code that would work out rows.

use arrow_buffer::ScalarBuffer;

use crate::dates;
use crate::situation::MAX_MEMBERS;
use crate::vocabulary::{Entity, FIRST_DATE, FactType, LAST_DATE, Vocabulary};

use super::bits::Bits;
use super::column::{Column, Columns};
use super::graph::{Base, Graph, Id, Op};
use super::run::Run;
use super::table::{NumberTable, Table, TruthTable};

/// Replaces what depends on one base alone by tables.
pub(super) fn tabulate(graph: &mut Graph, roots: &[Id], vocabulary: &Vocabulary) {
    let few = |base: Base| match base {
        Base::Size => true,
        Base::Fact(fact) => {
            let declared = &vocabulary.facts(fact.entity)[usize::from(fact.slot)];
            matches!(declared.fact_type, FactType::Date | FactType::Enum(_))
        }
    };
    for (base, ids) in graph.tabulated(roots, few) {
        let (first, len, columns) = domain(base, vocabulary);
        let mut tables = Vec::new();
        let mut run = Run::new(graph, &columns);
        for id in ids {
            let table = if graph.op(id).is_truth() {
                Table::Truths(TruthTable::new(first, &run.truths(id), len))
            } else {
                Table::Numbers(NumberTable::new(first, &run.numbers(id), len))
            };
            tables.push((id, table));
        }
        for (id, table) in tables {
            graph.nodes[id.0 as usize].table = Some(table);
        }
    }
}

/// The least value of a base, how many rows there are, and the rows: every value, and last that it is unknown.
fn domain(base: Base, vocabulary: &Vocabulary) -> (i64, usize, Columns) {
    let fact = match base {
        Base::Size => {
            // Nobody is known to live in a household without members.
            let mut offsets = vec![0];
            for size in (0..=MAX_MEMBERS as u32).chain([0]) {
                let last = offsets[offsets.len() - 1];
                offsets.push(last + size);
            }
            let len = offsets.len() - 1;
            return (0, len, Columns::new(offsets, Vec::new(), Vec::new()));
        }
        Base::Fact(fact) => fact,
    };
    let facts = vocabulary.facts(fact.entity);
    let slot = usize::from(fact.slot);
    let known = |len: usize| {
        let rows: Vec<usize> = (0..len).collect();
        Some(Bits::of(&rows, |row| row < len - 1))
    };
    let (first, len, column) = match facts[slot].fact_type {
        FactType::Enum(id) => {
            let len = vocabulary.enum_values(id).len() + 1;
            let codes = (0..len as u8).collect();
            (
                0,
                len,
                Column::Codes {
                    codes,
                    known: known(len),
                },
            )
        }
        _ => {
            let (first, last) = (dates::day_number(FIRST_DATE), dates::day_number(LAST_DATE));
            let days: ScalarBuffer<i32> = (first..=last + 1).map(|day| day as i32).collect();
            let len = days.len();
            (
                first,
                len,
                Column::Days {
                    days,
                    known: known(len),
                },
            )
        }
    };
    let mut columns = vec![Column::Unknown; facts.len()];
    columns[slot] = column;
    // A household and its one member have the same row.
    let offsets = (0..=len as u32).collect();
    let columns = match fact.entity {
        Entity::Household => Columns::new(offsets, columns, Vec::new()),
        Entity::Person => Columns::new(offsets, Vec::new(), columns),
    };
    (first, len, columns)
}

impl Op {
    /// Whether it gives a truth and not a number. A spread gives what it spreads; it never stands on one base.
    pub(super) fn is_truth(&self) -> bool {
        matches!(
            self,
            Self::Truth(_)
                | Self::Flag(_)
                | Self::Not(_)
                | Self::All(_)
                | Self::Any(_)
                | Self::If(..)
                | Self::Same(..)
                | Self::Compare(..)
                | Self::Exists(_)
                | Self::Every(_)
        )
    }
}
