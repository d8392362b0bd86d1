//! A batch of households as columns: what is known of them and of their members.

use std::cell::OnceCell;
use std::rc::Rc;

use arrow_buffer::ScalarBuffer;

use crate::vocabulary::Entity;

use super::bits::Bits;
use super::graph::{FactId, Frame, Number};
use super::values::{Numbers, Truths};

/// A fact of every household, or of every member.
#[derive(Clone, Debug)]
pub(super) enum Column {
    /// Of nobody known.
    Unknown,
    Flags {
        yes: Bits,
        known: Option<Bits>,
    },
    /// Days since 1 January 1970.
    Days {
        days: ScalarBuffer<i32>,
        known: Option<Bits>,
    },
    /// Places among the declared values of an enum.
    Codes {
        codes: Vec<u8>,
        known: Option<Bits>,
    },
    /// Places among the texts that the book names.
    Texts {
        codes: Vec<i32>,
        known: Option<Bits>,
    },
    Integers {
        values: ScalarBuffer<i64>,
        known: Option<Bits>,
    },
}

/// Each member beside each member of the household.
#[derive(Debug)]
pub(super) struct Pairs {
    /// Where the pairs of a member begin, and after the last where they end.
    pub offsets: Vec<u32>,
    pub outer: Vec<u32>,
    pub inner: Vec<u32>,
}

/// The household of each member, by where the members of each begin.
pub(super) fn owners(offsets: &[u32]) -> Vec<u32> {
    let mut owners = Vec::with_capacity(offsets.last().map_or(0, |end| *end as usize));
    for (household, ends) in offsets.windows(2).enumerate() {
        owners.extend((ends[0]..ends[1]).map(|_| household as u32));
    }
    owners
}

/// Households with their members.
#[derive(Debug)]
pub(super) struct Columns {
    /// Where the members of a household begin, and after the last household where they end.
    pub offsets: Vec<u32>,
    household: Vec<Rc<Column>>,
    person: Vec<Rc<Column>>,
    owner: OnceCell<Vec<u32>>,
    pairs: OnceCell<Pairs>,
}

impl Columns {
    /// `offsets` as above; the columns by their slots.
    pub fn new(offsets: Vec<u32>, household: Vec<Column>, person: Vec<Column>) -> Self {
        let shared = |columns: Vec<Column>| columns.into_iter().map(Rc::new).collect();
        Self {
            offsets,
            household: shared(household),
            person: shared(person),
            owner: OnceCell::new(),
            pairs: OnceCell::new(),
        }
    }

    pub fn households(&self) -> usize {
        self.offsets.len() - 1
    }

    pub fn members(&self) -> usize {
        self.offsets.last().map_or(0, |last| *last as usize)
    }

    /// How many rows a frame has.
    pub fn len(&self, frame: Frame) -> usize {
        match frame {
            Frame::Household => self.households(),
            Frame::Member => self.members(),
            Frame::Pair => self.pairs().outer.len(),
        }
    }

    /// The household of each member.
    pub fn owner(&self) -> &[u32] {
        self.owner.get_or_init(|| owners(&self.offsets))
    }

    pub fn pairs(&self) -> &Pairs {
        self.pairs.get_or_init(|| {
            let (mut outer, mut inner) = (Vec::new(), Vec::new());
            let mut offsets = vec![0];
            for ends in self.offsets.windows(2) {
                for member in ends[0]..ends[1] {
                    outer.extend((ends[0]..ends[1]).map(|_| member));
                    inner.extend(ends[0]..ends[1]);
                    offsets.push(outer.len() as u32);
                }
            }
            Pairs {
                offsets,
                outer,
                inner,
            }
        })
    }

    pub fn column(&self, fact: FactId) -> &Column {
        let columns = match fact.entity {
            Entity::Household => &self.household,
            Entity::Person => &self.person,
        };
        &columns[usize::from(fact.slot)]
    }

    /// Some of the households, in their order, with all their members, and the facts named.
    pub fn take(&self, households: &[u32], facts: &[FactId]) -> Self {
        let mut offsets = vec![0];
        let mut members = Vec::new();
        for household in households {
            let household = *household as usize;
            members.extend(self.offsets[household]..self.offsets[household + 1]);
            offsets.push(members.len() as u32);
        }
        let unknown = Rc::new(Column::Unknown);
        let mut taken = Self {
            offsets,
            household: vec![unknown.clone(); self.household.len()],
            person: vec![unknown; self.person.len()],
            owner: OnceCell::new(),
            pairs: OnceCell::new(),
        };
        for fact in facts {
            let slot = usize::from(fact.slot);
            match fact.entity {
                Entity::Household => {
                    taken.household[slot] = Rc::new(self.household[slot].take(households));
                }
                Entity::Person => taken.person[slot] = Rc::new(self.person[slot].take(&members)),
            }
        }
        taken
    }
}

impl Column {
    fn take(&self, rows: &[u32]) -> Self {
        let bits = |bits: &Option<Bits>| bits.as_ref().map(|bits| bits.take(rows));
        match self {
            Self::Unknown => Self::Unknown,
            Self::Flags { yes, known } => Self::Flags {
                yes: yes.take(rows),
                known: bits(known),
            },
            Self::Days { days, known } => Self::Days {
                days: rows.iter().map(|row| days[*row as usize]).collect(),
                known: bits(known),
            },
            Self::Codes { codes, known } => Self::Codes {
                codes: rows.iter().map(|row| codes[*row as usize]).collect(),
                known: bits(known),
            },
            Self::Texts { codes, known } => Self::Texts {
                codes: rows.iter().map(|row| codes[*row as usize]).collect(),
                known: bits(known),
            },
            Self::Integers { values, known } => Self::Integers {
                values: rows.iter().map(|row| values[*row as usize]).collect(),
                known: bits(known),
            },
        }
    }

    /// The rows that are known; `None` for all.
    pub fn known(&self) -> Option<&Bits> {
        match self {
            Self::Unknown => None,
            Self::Flags { known, .. }
            | Self::Days { known, .. }
            | Self::Codes { known, .. }
            | Self::Texts { known, .. }
            | Self::Integers { known, .. } => known.as_ref(),
        }
    }

    /// As truths.
    pub fn truths(&self) -> Truths {
        match self {
            Self::Flags { yes, known } => Truths::decided(yes.clone(), known.as_ref(), None),
            _ => Truths::Same(crate::truth::Truth::UNKNOWN),
        }
    }

    /// As numbers.
    pub fn numbers(&self) -> Numbers {
        let rows = |values: Vec<i64>| Numbers::rows(values, self.known().cloned(), None);
        match self {
            Self::Unknown | Self::Flags { .. } => Numbers::Same(Number::Unknown),
            Self::Days { days, .. } => rows(days.iter().map(|day| i64::from(*day)).collect()),
            Self::Codes { codes, .. } => rows(codes.iter().map(|code| i64::from(*code)).collect()),
            Self::Texts { codes, .. } => rows(codes.iter().map(|code| i64::from(*code)).collect()),
            Self::Integers { values, .. } => rows(values.to_vec()),
        }
    }
}
