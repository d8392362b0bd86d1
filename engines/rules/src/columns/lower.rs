//! From the checked tree of one benefit to nodes of the graph: parameters become numbers, definitions their
//! expressions, quantifiers groups of rows.

use std::sync::Arc;

use jiff::civil::Date;

use crate::benefit::Benefit;
use crate::conclude::TERRITORY_FACT;
use crate::dates;
use crate::evaluate::parameters_on;
use crate::expression::{
    BoolExpr, Comparison, Condition, DateExpr, DefinitionId, EnumExpr, Expression, FactSlot,
    Quantifier, Subject, Test, TextExpr,
};
use crate::parameters::DatedValue;
use crate::truth::Truth;
use crate::vocabulary::{Entity, FIRST_DATE, FactType, LAST_DATE, Vocabulary};

use super::graph::{FactId, Frame, Graph, Id, Number, Op, Spread};

/// Why a benefit is not worked out in columns but household by household.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unsupported {
    #[error("it compares three members of a household with each other")]
    ThreeMembers,
    #[error("it compares two facts that are texts with each other")]
    Texts,
}

/// Whose rows a value has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Whose {
    Home,
    One(Subject),
    /// The outer one first.
    Two(Subject, Subject),
}

/// A lowered value.
#[derive(Clone, Copy, Debug)]
pub(super) struct Low {
    id: Id,
    whose: Whose,
    /// For texts: always one of those that the book names.
    closed: bool,
}

type Lowered = Result<Low, Unsupported>;

/// The texts that rules name; a text in a column is its place here, or [`OTHER_TEXT`].
#[derive(Debug, Default)]
pub(super) struct Texts(pub Vec<Arc<str>>);

/// A text that no rule names.
pub(super) const OTHER_TEXT: i64 = -1;

impl Texts {
    pub fn code(&mut self, text: &str) -> i64 {
        let known = self.0.iter().position(|it| &**it == text);
        let index = known.unwrap_or_else(|| {
            self.0.push(text.into());
            self.0.len() - 1
        });
        index as i64
    }
}

/// Lowers one benefit.
pub(super) struct Lowering<'a> {
    graph: &'a mut Graph,
    texts: &'a mut Texts,
    benefit: &'a Benefit,
    vocabulary: &'a Vocabulary,
    on: Date,
    parameters: Vec<Option<&'a DatedValue>>,
    definitions: Vec<Option<Low>>,
}

/// A benefit as roots of the graph.
#[derive(Debug)]
pub(super) struct Roots {
    /// Law of the day, territory and condition.
    pub condition: Id,
    pub amount: Option<Id>,
}

impl<'a> Lowering<'a> {
    pub fn new(
        graph: &'a mut Graph,
        texts: &'a mut Texts,
        vocabulary: &'a Vocabulary,
        benefit: &'a Benefit,
        on: Date,
    ) -> Self {
        Self {
            graph,
            texts,
            benefit,
            vocabulary,
            on,
            parameters: parameters_on(benefit, on),
            definitions: vec![None; benefit.definitions.len()],
        }
    }

    /// The roots, for the rows of the benefit's unit.
    pub fn roots(mut self, frame: Frame) -> Result<Roots, Unsupported> {
        let benefit = self.benefit;
        let mut parts = vec![self.condition(&benefit.condition)?];
        if !benefit.territory.is_empty() {
            parts.push(self.territory()?);
        }
        let condition = self.all(parts)?;
        let amount = self.lines()?;
        Ok(Roots {
            condition: self.for_rows(condition, frame)?,
            amount: match amount {
                Some(amount) => Some(self.for_rows(amount, frame)?),
                None => None,
            },
        })
    }

    /// A value for every row of a frame.
    fn for_rows(&mut self, low: Low, frame: Frame) -> Result<Id, Unsupported> {
        let whose = match frame {
            Frame::Household => Whose::Home,
            Frame::Member | Frame::Pair => Whose::One(Subject::Person),
        };
        self.spread(low, whose)
    }

    fn territory(&mut self) -> Lowered {
        let Some(slot) = self.vocabulary.slot(Entity::Household, TERRITORY_FACT) else {
            return Ok(self.truth(Truth::UNKNOWN));
        };
        let here = self.fact(FactSlot {
            subject: Subject::Household,
            slot: slot as u16,
        });
        let codes = self.benefit.territory.iter();
        let items: Vec<TextExpr> = codes
            .map(|code| TextExpr::Constant(code.as_str().into()))
            .collect();
        let items = items
            .iter()
            .map(|item| self.text(item))
            .collect::<Result<Vec<_>, _>>()?;
        self.one_of(here, items, Self::compare_texts)
    }

    pub fn condition(&mut self, condition: &Condition) -> Lowered {
        match &condition.test {
            Test::When(when) => self.bool(when),
            Test::All(parts) => {
                let parts = parts
                    .iter()
                    .map(|part| self.condition(part))
                    .collect::<Result<_, _>>()?;
                self.all(parts)
            }
            Test::Any(parts) => {
                let parts = parts
                    .iter()
                    .map(|part| self.condition(part))
                    .collect::<Result<_, _>>()?;
                self.any(parts)
            }
        }
    }

    /// What the first line that applies pays; see [`Op::Line`].
    fn lines(&mut self) -> Result<Option<Low>, Unsupported> {
        let lines = &self.benefit.amount;
        let ends = lines.last().is_some_and(|last| last.when.is_none());
        let pays = lines
            .iter()
            .map(|line| self.integer(&line.pay))
            .collect::<Result<Vec<_>, _>>()?;
        // Beyond the last line nothing is paid, which is no value.
        let mut rest = self.constant(Number::Unknown);
        for (index, line) in lines.iter().enumerate().rev() {
            let Some(when) = &line.when else {
                rest = pays[index];
                continue;
            };
            let when = self.bool(when)?;
            let agreed = if ends {
                self.aligned(&pays[index..], |ids| Op::Agreed(ids.to_vec()))?
            } else {
                self.constant(Number::Unknown)
            };
            rest = self.aligned(&[when, pays[index], rest, agreed], |ids| {
                Op::Line(ids[0], ids[1], ids[2], ids[3])
            })?;
        }
        Ok((!lines.is_empty()).then_some(rest))
    }

    fn truth(&mut self, truth: Truth) -> Low {
        let id = self.graph.truth(truth);
        Low {
            id,
            whose: Whose::Home,
            closed: false,
        }
    }

    pub(super) fn constant(&mut self, number: impl Into<Number>) -> Low {
        let id = self.graph.number(number);
        Low {
            id,
            whose: Whose::Home,
            closed: true,
        }
    }

    /// A parameter's value on the day.
    pub(super) fn parameter(&self, index: u16) -> Option<&'a DatedValue> {
        self.parameters[usize::from(index)]
    }

    pub(super) fn benefit(&self) -> &'a Benefit {
        self.benefit
    }

    pub(super) fn size(&mut self) -> Low {
        let id = self.graph.add(
            Op::Size,
            Frame::Household,
            (0, crate::situation::MAX_MEMBERS as i128),
        );
        Low {
            id,
            whose: Whose::Home,
            closed: false,
        }
    }

    pub(super) fn fact(&mut self, fact: FactSlot) -> Low {
        let (entity, whose, frame) = match fact.subject {
            Subject::Household => (Entity::Household, Whose::Home, Frame::Household),
            subject => (Entity::Person, Whose::One(subject), Frame::Member),
        };
        let bounds = match self.vocabulary.facts(entity)[usize::from(fact.slot)].fact_type {
            FactType::Integer(unit) => {
                let (least, greatest) = unit.bounds();
                (least.into(), greatest.into())
            }
            FactType::Date => {
                let ends = (dates::day_number(FIRST_DATE), dates::day_number(LAST_DATE));
                (ends.0.into(), ends.1.into())
            }
            FactType::Bool | FactType::Text | FactType::Enum(_) => {
                (OTHER_TEXT.into(), u16::MAX.into())
            }
        };
        let is_flag =
            self.vocabulary.facts(entity)[usize::from(fact.slot)].fact_type == FactType::Bool;
        let fact = FactId {
            entity,
            slot: fact.slot,
        };
        let op = if is_flag {
            Op::Flag(fact)
        } else {
            Op::Fact(fact)
        };
        Low {
            id: self.graph.add(op, frame, bounds),
            whose,
            closed: false,
        }
    }

    pub(super) fn definition(&mut self, id: DefinitionId) -> Lowered {
        let index = usize::from(id.0);
        if let Some(low) = self.definitions[index] {
            return Ok(low);
        }
        let benefit = self.benefit;
        let low = match &benefit.definitions[index].expression {
            Expression::Bool(inner) => self.bool(inner),
            Expression::Integer(inner) => self.integer(inner),
            Expression::Date(inner) => self.date(inner),
            Expression::Text(inner) => self.text(inner),
            Expression::Enum(inner, _) => self.enumerated(inner),
        }?;
        self.definitions[index] = Some(low);
        Ok(low)
    }

    pub(super) fn bool(&mut self, expression: &BoolExpr) -> Lowered {
        match expression {
            BoolExpr::Constant(value) => Ok(self.truth((*value).into())),
            BoolExpr::Fact(fact) => Ok(self.fact(*fact)),
            BoolExpr::Definition(id) => self.definition(*id),
            BoolExpr::Not(inner) => {
                let inner = self.bool(inner)?;
                self.not(inner)
            }
            BoolExpr::All(parts) => {
                let parts = parts
                    .iter()
                    .map(|part| self.bool(part))
                    .collect::<Result<_, _>>()?;
                self.all(parts)
            }
            BoolExpr::Any(parts) => {
                let parts = parts
                    .iter()
                    .map(|part| self.bool(part))
                    .collect::<Result<_, _>>()?;
                self.any(parts)
            }
            BoolExpr::If(condition, yes, no) => {
                let parts = [self.bool(condition)?, self.bool(yes)?, self.bool(no)?];
                self.aligned(&parts, |ids| Op::If(ids[0], ids[1], ids[2]))
            }
            BoolExpr::Integer(comparison, a, b) => {
                let (a, b) = (self.integer(a)?, self.integer(b)?);
                self.compare(*comparison, a, b)
            }
            BoolExpr::Date(comparison, a, b) => {
                let (a, b) = (self.date(a)?, self.date(b)?);
                self.compare(*comparison, a, b)
            }
            BoolExpr::Text(comparison, a, b) => {
                let (a, b) = (self.text(a)?, self.text(b)?);
                self.compare_texts(*comparison, a, b)
            }
            BoolExpr::Enum(comparison, a, b, _) => {
                let (a, b) = (self.enumerated(a)?, self.enumerated(b)?);
                self.compare(*comparison, a, b)
            }
            BoolExpr::Bool(comparison, a, b) => {
                let parts = [self.bool(a)?, self.bool(b)?];
                let same = self.aligned(&parts, |ids| Op::Same(ids[0], ids[1]))?;
                if *comparison == Comparison::Equal {
                    Ok(same)
                } else {
                    self.not(same)
                }
            }
            BoolExpr::IntegerIn(value, list) => {
                let items = list
                    .iter()
                    .map(|item| self.integer(item))
                    .collect::<Result<_, _>>()?;
                let value = self.integer(value)?;
                self.one_of(value, items, Self::compare)
            }
            BoolExpr::DateIn(value, list) => {
                let items = list
                    .iter()
                    .map(|item| self.date(item))
                    .collect::<Result<_, _>>()?;
                let value = self.date(value)?;
                self.one_of(value, items, Self::compare)
            }
            BoolExpr::TextIn(value, list) => {
                let items = list
                    .iter()
                    .map(|item| self.text(item))
                    .collect::<Result<_, _>>()?;
                let value = self.text(value)?;
                self.one_of(value, items, Self::compare_texts)
            }
            BoolExpr::EnumIn(value, list, _) => {
                let items = list
                    .iter()
                    .map(|item| self.enumerated(item))
                    .collect::<Result<_, _>>()?;
                let value = self.enumerated(value)?;
                self.one_of(value, items, Self::compare)
            }
            BoolExpr::Exists(quantifier) => self.quantified(quantifier, Op::Exists),
            BoolExpr::Every(quantifier) => self.quantified(quantifier, Op::Every),
        }
    }

    fn quantified(&mut self, quantifier: &Quantifier, op: fn(Id) -> Op) -> Lowered {
        let body = self.bool(&quantifier.body)?;
        self.grouped(&[body], quantifier.variable, (0, 0), |ids| op(ids[0]))
    }

    /// An operation over the members that a quantifier looks at.
    pub(super) fn grouped(
        &mut self,
        parts: &[Low],
        variable: u8,
        bounds: (i128, i128),
        op: impl FnOnce(&[Id]) -> Op,
    ) -> Lowered {
        let member = Subject::Variable(variable);
        let mut whose = Whose::One(member);
        for part in parts {
            whose = union(whose, part.whose)?;
        }
        let (grouped, frame) = match whose {
            Whose::Two(outer, inner) if inner == member => (Whose::One(outer), Frame::Member),
            Whose::Two(..) => return Err(Unsupported::ThreeMembers),
            Whose::Home | Whose::One(_) => (Whose::Home, Frame::Household),
        };
        let ids = self.spread_all(parts, whose)?;
        // A constant says the same of every member, but only of households that have members: keep it a column.
        let id = self.graph.add(op(&ids), frame, bounds);
        Ok(Low {
            id,
            whose: grouped,
            closed: false,
        })
    }

    pub(super) fn text(&mut self, expression: &TextExpr) -> Lowered {
        match expression {
            TextExpr::Constant(text) => {
                let code = self.texts.code(text);
                Ok(self.constant(Number::Known(code)))
            }
            TextExpr::Fact(fact) => Ok(self.fact(*fact)),
            TextExpr::Definition(id) => self.definition(*id),
            TextExpr::If(condition, yes, no) => {
                let (yes, no) = (self.text(yes)?, self.text(no)?);
                if !yes.closed && !no.closed {
                    return Err(Unsupported::Texts);
                }
                let closed = yes.closed && no.closed;
                let chosen = self.choose(condition, yes, no)?;
                Ok(Low { closed, ..chosen })
            }
        }
    }

    fn compare_texts(&mut self, comparison: Comparison, a: Low, b: Low) -> Lowered {
        if !a.closed && !b.closed {
            return Err(Unsupported::Texts);
        }
        self.compare(comparison, a, b)
    }

    pub(super) fn enumerated(&mut self, expression: &EnumExpr) -> Lowered {
        match expression {
            EnumExpr::Constant(index) => Ok(self.constant(Number::Known((*index).into()))),
            EnumExpr::Fact(fact) => Ok(self.fact(*fact)),
            EnumExpr::Definition(id) => self.definition(*id),
            EnumExpr::If(condition, yes, no) => {
                let (yes, no) = (self.enumerated(yes)?, self.enumerated(no)?);
                self.choose(condition, yes, no)
            }
        }
    }

    pub(super) fn choose(&mut self, condition: &BoolExpr, yes: Low, no: Low) -> Lowered {
        let condition = self.bool(condition)?;
        self.aligned(&[condition, yes, no], |ids| {
            Op::Choose(ids[0], ids[1], ids[2])
        })
    }

    pub(super) fn date(&mut self, expression: &DateExpr) -> Lowered {
        match expression {
            DateExpr::Constant(day) => Ok(self.constant(Number::Known(dates::day_number(*day)))),
            DateExpr::On => Ok(self.constant(Number::Known(dates::day_number(self.on)))),
            DateExpr::Fact(fact) => Ok(self.fact(*fact)),
            DateExpr::Definition(id) => self.definition(*id),
            DateExpr::If(condition, yes, no) => {
                let (yes, no) = (self.date(yes)?, self.date(no)?);
                self.choose(condition, yes, no)
            }
            DateExpr::AddDays(start, count) => {
                let parts = [self.date(start)?, self.integer(count)?];
                self.aligned(&parts, |ids| Op::AddDays(ids[0], ids[1]))
            }
            DateExpr::AddMonths(start, count) => {
                let parts = [self.date(start)?, self.integer(count)?];
                self.aligned(&parts, |ids| Op::AddMonths(ids[0], ids[1]))
            }
            DateExpr::AddYears(start, count) => {
                let parts = [self.date(start)?, self.integer(count)?];
                self.aligned(&parts, |ids| Op::AddYears(ids[0], ids[1]))
            }
            DateExpr::StartOfMonth(inner) => {
                let inner = self.date(inner)?;
                self.aligned(&[inner], |ids| Op::StartOfMonth(ids[0]))
            }
            DateExpr::EndOfMonth(inner) => {
                let inner = self.date(inner)?;
                self.aligned(&[inner], |ids| Op::EndOfMonth(ids[0]))
            }
            DateExpr::Min(parts) => {
                let parts = parts
                    .iter()
                    .map(|part| self.date(part))
                    .collect::<Result<_, _>>()?;
                self.extreme(parts, Op::Least)
            }
            DateExpr::Max(parts) => {
                let parts = parts
                    .iter()
                    .map(|part| self.date(part))
                    .collect::<Result<_, _>>()?;
                self.extreme(parts, Op::Greatest)
            }
        }
    }

    /// The least or the greatest of several, two at a time.
    pub(super) fn extreme(&mut self, parts: Vec<Low>, op: fn(Id, Id) -> Op) -> Lowered {
        let mut parts = parts.into_iter();
        let Some(first) = parts.next() else {
            return Ok(self.constant(Number::Unknown));
        };
        parts.try_fold(first, |best, next| {
            self.aligned(&[best, next], |ids| op(ids[0], ids[1]))
        })
    }

    fn compare(&mut self, comparison: Comparison, a: Low, b: Low) -> Lowered {
        self.aligned(&[a, b], |ids| Op::Compare(comparison, ids[0], ids[1]))
    }

    fn one_of(
        &mut self,
        value: Low,
        list: Vec<Low>,
        compare: fn(&mut Self, Comparison, Low, Low) -> Lowered,
    ) -> Lowered {
        let parts = list
            .into_iter()
            .map(|item| compare(self, Comparison::Equal, value, item))
            .collect::<Result<_, _>>()?;
        self.any(parts)
    }

    fn not(&mut self, inner: Low) -> Lowered {
        if let Op::Not(twice) = *self.graph.op(inner.id) {
            return Ok(Low { id: twice, ..inner });
        }
        self.aligned(&[inner], |ids| Op::Not(ids[0]))
    }

    fn all(&mut self, parts: Vec<Low>) -> Lowered {
        self.joined(parts, Op::All, Truth::TRUE)
    }

    fn any(&mut self, parts: Vec<Low>) -> Lowered {
        self.joined(parts, Op::Any, Truth::FALSE)
    }

    /// Joins what speaks of the same rows first, so that little has to be spread.
    fn joined(&mut self, parts: Vec<Low>, op: fn(Vec<Id>) -> Op, neutral: Truth) -> Lowered {
        let neutral = self.truth(neutral);
        let mut groups: Vec<Low> = Vec::new();
        let mut whose = Whose::Home;
        let mut left: Vec<(Whose, Vec<Id>)> = Vec::new();
        for part in parts.iter().filter(|part| part.id != neutral.id) {
            whose = union(whose, part.whose)?;
            match left.iter_mut().find(|(it, _)| *it == part.whose) {
                Some((_, ids)) => ids.push(part.id),
                None => left.push((part.whose, vec![part.id])),
            }
        }
        for (whose, ids) in left {
            let id = self.joined_ids(ids, op);
            groups.push(Low {
                id,
                whose,
                closed: false,
            });
        }
        if groups.is_empty() {
            return Ok(neutral);
        }
        let ids = self.spread_all(&groups, whose)?;
        let id = self.joined_ids(ids, op);
        Ok(Low {
            id,
            whose,
            closed: false,
        })
    }

    fn joined_ids(&mut self, ids: Vec<Id>, op: fn(Vec<Id>) -> Op) -> Id {
        let mut flat = Vec::new();
        for id in ids {
            match (self.graph.op(id), op(Vec::new())) {
                (Op::All(inner), Op::All(_)) | (Op::Any(inner), Op::Any(_)) => {
                    flat.extend_from_slice(inner);
                }
                _ => flat.push(id),
            }
        }
        // Cheap conditions first: where they fail everywhere the others are not asked.
        flat.sort_by_key(|id| (self.graph.node(*id).cost, *id));
        flat.dedup();
        match flat[..] {
            [only] => only,
            _ => {
                let frame = self.frame_of(&flat);
                self.graph.add(op(flat), frame, (0, 0))
            }
        }
    }

    fn frame_of(&self, ids: &[Id]) -> Frame {
        let frames = ids.iter().map(|id| self.graph.frame(*id));
        frames.max().unwrap_or(Frame::Household)
    }

    /// An operation over parts that are brought to the same rows.
    pub(super) fn aligned(&mut self, parts: &[Low], op: impl FnOnce(&[Id]) -> Op) -> Lowered {
        let mut whose = Whose::Home;
        for part in parts {
            whose = union(whose, part.whose)?;
        }
        let ids = self.spread_all(parts, whose)?;
        let frame = self.frame_of(&ids);
        let op = op(&ids);
        let bounds = super::bounds::of(&op, self.graph);
        let id = self.graph.add(op, frame, bounds);
        Ok(Low {
            id,
            whose,
            closed: false,
        })
    }

    fn spread_all(&mut self, parts: &[Low], whose: Whose) -> Result<Vec<Id>, Unsupported> {
        parts.iter().map(|part| self.spread(*part, whose)).collect()
    }

    fn spread(&mut self, low: Low, to: Whose) -> Result<Id, Unsupported> {
        let constant = matches!(self.graph.op(low.id), Op::Truth(_) | Op::Number(_));
        if constant || low.whose == to {
            return Ok(low.id);
        }
        let (how, whose, frame) = match (low.whose, to) {
            (Whose::Home, Whose::One(_)) => (Spread::Household, to, Frame::Member),
            (Whose::Home, Whose::Two(outer, _)) => {
                (Spread::Household, Whose::One(outer), Frame::Member)
            }
            (Whose::One(it), Whose::Two(outer, _)) if it == outer => {
                (Spread::Outer, to, Frame::Pair)
            }
            (Whose::One(it), Whose::Two(_, inner)) if it == inner => {
                (Spread::Inner, to, Frame::Pair)
            }
            _ => return Err(Unsupported::ThreeMembers),
        };
        let bounds = self.graph.node(low.id).bounds;
        let id = self.graph.add(Op::Spread(how, low.id), frame, bounds);
        self.spread(Low { id, whose, ..low }, to)
    }
}

fn rank(subject: Subject) -> u8 {
    match subject {
        Subject::Household | Subject::Person => 0,
        Subject::Variable(depth) => depth + 1,
    }
}

/// Whose rows hold both.
fn union(a: Whose, b: Whose) -> Result<Whose, Unsupported> {
    Ok(match (a, b) {
        (Whose::Home, other) | (other, Whose::Home) => other,
        (a, b) if a == b => a,
        (Whose::One(a), Whose::One(b)) if rank(a) < rank(b) => Whose::Two(a, b),
        (Whose::One(a), Whose::One(b)) => Whose::Two(b, a),
        (Whose::Two(a, b), Whose::One(it)) | (Whose::One(it), Whose::Two(a, b))
            if it == a || it == b =>
        {
            Whose::Two(a, b)
        }
        _ => return Err(Unsupported::ThreeMembers),
    })
}
