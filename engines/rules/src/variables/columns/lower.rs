//! From formulas to the graph: periods are settled, parameters become constants, variables are followed.

use std::collections::HashMap;
use std::sync::Arc;

use super::cell::{Action, Cell};
use super::form::{Form, Number};
use super::graph::{Graph, Level, NodeId, Op};
use super::{Holds, Input, Refusal};
use crate::dates;
use crate::truth::{Answer, Truth};
use crate::variables::declarations::{Spread, Variable};
use crate::variables::entities::EntityId;
use crate::variables::exact::Exact;
use crate::variables::formula::{Fold, Formula, Operation, VariableId, Whose};
use crate::variables::parameters::Held;
use crate::variables::periods::{Period, PeriodUnit};
use crate::variables::system::System;
use crate::variables::value::{Value, ValueType};

/// How many parts of formulas may be open at once, as in the scalar path.
const MAX_OPEN: usize = 800;

/// Of whom and when a formula is read.
#[derive(Clone, Copy)]
struct Frame {
    entity: EntityId,
    period: Period,
    /// The fold whose members the rows are.
    inside: Option<u8>,
    variable: VariableId,
}

pub(super) struct Lowering<'a> {
    system: &'a System,
    pub graph: Graph,
    /// The kind of group that the plan is about, from the first that is met.
    pub group: Option<EntityId>,
    inputs: HashMap<(VariableId, Period), NodeId>,
    known: HashMap<(VariableId, Period), NodeId>,
    open: Vec<(VariableId, Period)>,
    depth: usize,
}

impl<'a> Lowering<'a> {
    /// With columns of inputs, told for each variable's own periods or spread over them.
    pub fn new(system: &'a System, inputs: &[Input<'_>]) -> Result<Self, Refusal> {
        let mut lowering = Self {
            system,
            graph: Graph::default(),
            group: None,
            inputs: HashMap::new(),
            known: HashMap::new(),
            open: Vec::new(),
            depth: 0,
        };
        let mut told: Vec<(usize, &Input<'_>)> = inputs.iter().enumerate().collect();
        // The shorter periods first, so that a year is spread over what its months left open.
        told.sort_by_key(|(_, input)| input.period.length());
        for (index, input) in told {
            lowering.input(index, input)?;
        }
        Ok(lowering)
    }

    pub fn variable(&self, name: &str) -> Result<VariableId, Refusal> {
        let found = self.system.find(name);
        found.ok_or_else(|| Refusal::UnknownVariable(name.to_owned()))
    }

    fn input(&mut self, index: usize, input: &Input<'_>) -> Result<(), Refusal> {
        let id = self.variable(input.variable)?;
        let variable = &self.system.variables[id];
        let refused = |reason: &'static str| Refusal::Input {
            variable: input.variable.to_owned(),
            period: input.period,
            reason,
        };
        let form = form_of(variable, &input.holds).map_err(refused)?;
        let level = self.level(variable.entity)?;
        let node = self.graph.push(Op::Input(index), level, form);
        if variable.has_ended(input.period.start()) {
            // What no longer exists cannot be told: it is its default.
            return Ok(());
        }
        let own = if variable.period == PeriodUnit::Eternity {
            Period::ETERNITY
        } else {
            input.period
        };
        if own.unit() == variable.period && own.size() == 1 {
            return match self.inputs.insert((id, own), node) {
                None => Ok(()),
                Some(_) => Err(refused("it is told twice")),
            };
        }
        self.spread(id, variable, node, input.period)
            .map_err(|it| match it {
                None => {
                    refused("it is told for another period than the variable's, without `spread`")
                }
                Some(refusal) => refusal,
            })
    }

    /// An input for a longer period, as the scalar path takes it.
    fn spread(
        &mut self,
        id: VariableId,
        variable: &Variable,
        node: NodeId,
        period: Period,
    ) -> Result<(), Option<Refusal>> {
        let (Some(parts), Some(spread)) = (period.parts(variable.period), variable.spread) else {
            return Err(None);
        };
        let (said, open): (Vec<Period>, Vec<Period>) = parts
            .into_iter()
            .partition(|part| self.inputs.contains_key(&(id, *part)));
        if open.is_empty() {
            // Whether the parts add up is a question of each row, which a plan does not ask.
            return Err(None);
        }
        let divided = spread == Spread::Divide && variable.value_type == ValueType::Number;
        let part = if divided {
            let mut rest = node;
            for part in &said {
                let subtract = Action::Arithmetic(Operation::Subtract);
                rest = self
                    .graph
                    .act(subtract, vec![rest, self.inputs[&(id, *part)]])?;
            }
            let count = i64::try_from(open.len()).map_err(|_| Refusal::TooLarge)?;
            let count = self.graph.number(Exact::from(count));
            let divide = Action::Arithmetic(Operation::Divide);
            self.graph.act(divide, vec![rest, count])?
        } else {
            node
        };
        self.inputs
            .extend(open.into_iter().map(|period| ((id, period), part)));
        Ok(())
    }

    /// The level of an entity's rows; one kind of groups alone has rows.
    fn level(&mut self, entity: EntityId) -> Result<Level, Refusal> {
        let entities = &self.system.entities;
        if entity == entities.person_id() {
            return Ok(Level::Person);
        }
        let group = *self.group.get_or_insert(entity);
        if group == entity {
            return Ok(Level::Group);
        }
        let name = |id: EntityId| entities.all()[id].name.clone();
        Err(Refusal::SeveralGroups(name(group), name(entity)))
    }

    /// The column of an output, of every person or group.
    pub fn output(&mut self, id: VariableId, period: Period) -> Result<(NodeId, Level), Refusal> {
        let variable = &self.system.variables[id];
        let fits = variable.period == PeriodUnit::Eternity
            || (variable.period == period.unit() && period.size() == 1);
        if !fits {
            return Err(Refusal::Period {
                variable: variable.name.clone(),
                period,
            });
        }
        let level = self.level(variable.entity)?;
        let node = self.read(id, period)?;
        Ok((self.graph.raised(node, level), level))
    }

    fn read(&mut self, id: VariableId, period: Period) -> Result<NodeId, Refusal> {
        let variable = &self.system.variables[id];
        let period = if variable.period == PeriodUnit::Eternity {
            Period::ETERNITY
        } else {
            period
        };
        let key = (id, period);
        if let Some(node) = self.inputs.get(&key).or_else(|| self.known.get(&key)) {
            return Ok(*node);
        }
        self.level(variable.entity)?;
        if self.open.contains(&key) {
            return Err(Refusal::Circle(variable.name.clone(), period));
        }
        let node = match variable.formula_on(period.start()) {
            Some(index) => {
                let frame = Frame {
                    entity: variable.entity,
                    period,
                    inside: None,
                    variable: id,
                };
                self.open.push(key);
                let node = self.lower(&self.system.formulas[id][index], frame)?;
                self.open.pop();
                self.graph.act(Action::Settle, vec![node])?
            }
            None => {
                let silent = if variable.formulas.is_empty() {
                    Answer::Unknown
                } else {
                    Answer::Absent
                };
                let answer = variable.default.clone().map_or(silent, Answer::Known);
                self.graph.constant(Cell::Answer(answer))
            }
        };
        self.known.insert(key, node);
        Ok(node)
    }

    fn lower(&mut self, formula: &Formula, frame: Frame) -> Result<NodeId, Refusal> {
        if self.depth >= MAX_OPEN {
            let name = self.system.variables[frame.variable].name.clone();
            return Err(Refusal::TooDeep(name, frame.period));
        }
        self.depth += 1;
        let node = self.part(formula, frame);
        self.depth -= 1;
        node
    }

    fn act(&mut self, action: Action, parts: &[&Formula], frame: Frame) -> Result<NodeId, Refusal> {
        let ids: Result<Vec<NodeId>, Refusal> =
            parts.iter().map(|part| self.lower(part, frame)).collect();
        self.graph.act(action, ids?)
    }

    fn constant(&mut self, answer: Answer<Value>) -> NodeId {
        self.graph.constant(Cell::Answer(answer))
    }

    fn part(&mut self, formula: &Formula, frame: Frame) -> Result<NodeId, Refusal> {
        match formula {
            Formula::Constant(value) => Ok(self.constant(Answer::Known(value.clone()))),
            Formula::On => Ok(self.constant(Answer::Known(Value::Date(frame.period.start())))),
            Formula::Variable(whose, id) => {
                self.check_sight(*whose, frame)?;
                self.read(*id, frame.period)
            }
            Formula::Parameter(id) => {
                let held = self.system.parameters[*id].on(frame.period.start());
                let answer = match held {
                    Some(Held::Value(value)) => Answer::Known(value.clone()),
                    _ => Answer::Absent,
                };
                Ok(self.constant(answer))
            }
            Formula::Scale(id, base) => {
                let parameter = &self.system.parameters[*id];
                match (parameter.scale, parameter.on(frame.period.start())) {
                    (Some(kind), Some(Held::Scale(brackets))) => {
                        let action = Action::Scale(kind, brackets.as_slice().into());
                        self.act(action, &[base], frame)
                    }
                    _ => Ok(self.constant(Answer::Absent)),
                }
            }
            Formula::InList(value, id) => {
                match self.system.parameters[*id].on(frame.period.start()) {
                    Some(Held::List(list)) => {
                        let list: Arc<[Value]> = list.as_slice().into();
                        self.act(Action::InList(list), &[value], frame)
                    }
                    None => Ok(self.graph.constant(Cell::Truth(Truth::VOID))),
                    Some(_) => Ok(self.graph.constant(Cell::Truth(Truth::UNKNOWN))),
                }
            }
            Formula::Role(group, depth) => {
                self.check_sight(Whose::Member(*depth), frame)?;
                self.level(*group)?;
                let roles = &self.system.entities.all()[*group].roles;
                let codes = roles.iter().map(|role| role.name.clone()).collect();
                Ok(self.graph.roles(codes))
            }
            Formula::Size(group) => {
                self.level(*group)?;
                Ok(self.graph.size())
            }
            Formula::Members {
                fold,
                group,
                depth,
                filter,
                term,
            } => self.members(*fold, *group, *depth, filter.as_deref(), term, frame),
            Formula::At(..) | Formula::Total(..) | Formula::Share(..) => {
                self.elsewhere(formula, frame)
            }
            Formula::If(condition, yes, no) => {
                let condition = self.lower(condition, frame)?;
                // What is not chosen in any row is not followed: it may have no end.
                if let Some(settled) = self.graph.cell(condition).and_then(Cell::settled) {
                    let chosen = self.lower(if settled { yes } else { no }, frame)?;
                    return self.graph.act(Action::Settle, vec![chosen]);
                }
                let (yes, no) = (self.lower(yes, frame)?, self.lower(no, frame)?);
                self.graph.act(Action::Choose, vec![condition, yes, no])
            }
            Formula::In(value, list) => {
                let mut parts = vec![&**value];
                parts.extend(list);
                self.act(Action::In, &parts, frame)
            }
            other => {
                let (action, parts) = simple(other);
                self.act(action, &parts, frame)
            }
        }
    }

    /// Rows are persons, seen each alone: what compares two persons of a group has no column.
    fn check_sight(&self, whose: Whose, frame: Frame) -> Result<(), Refusal> {
        let person = frame.entity == self.system.entities.person_id();
        let seen = match whose {
            Whose::Own => !person || frame.inside.is_none(),
            Whose::Group(_) => true,
            Whose::Member(depth) => frame.inside == Some(depth),
        };
        if seen {
            return Ok(());
        }
        let name = self.system.variables[frame.variable].name.clone();
        Err(Refusal::Pairs(name))
    }

    fn members(
        &mut self,
        fold: Fold,
        group: EntityId,
        depth: u8,
        filter: Option<&Formula>,
        term: &Formula,
        frame: Frame,
    ) -> Result<NodeId, Refusal> {
        self.level(group)?;
        let inside = Frame {
            inside: Some(depth),
            ..frame
        };
        let filter = filter
            .map(|filter| self.lower(filter, inside))
            .transpose()?;
        let term = self.lower(term, inside)?;
        self.graph.fold(fold, filter, term)
    }

    /// Parts that are read in other periods.
    fn elsewhere(&mut self, formula: &Formula, frame: Frame) -> Result<NodeId, Refusal> {
        match formula {
            Formula::At(shift, inner) => match shift.of(frame.period) {
                Some(period) => self.lower(inner, Frame { period, ..frame }),
                None => Ok(self.constant(Answer::Overflow)),
            },
            Formula::Total(unit, inner) => {
                let Some(parts) = frame.period.parts(*unit) else {
                    return Ok(self.constant(Answer::Overflow));
                };
                let mut ids = Vec::with_capacity(parts.len());
                for period in parts {
                    ids.push(self.lower(inner, Frame { period, ..frame })?);
                }
                self.graph.act(Action::Total, ids)
            }
            Formula::Share(unit, inner) => {
                let period = frame.period.around(*unit);
                let parts = period.parts(frame.period.unit());
                let count = parts.map_or(0, |parts| parts.len());
                let whole = self.lower(inner, Frame { period, ..frame })?;
                let count = i64::try_from(count).map_err(|_| Refusal::TooLarge)?;
                let count = self.graph.number(Exact::from(count));
                let divide = Action::Arithmetic(Operation::Divide);
                self.graph.act(divide, vec![whole, count])
            }
            _ => Ok(self.constant(Answer::Unknown)),
        }
    }
}

/// The action of a formula whose parts are read where it stands.
fn simple(formula: &Formula) -> (Action, Vec<&Formula>) {
    match formula {
        Formula::Not(inner) => (Action::Not, vec![inner]),
        Formula::All(parts) => (Action::All, parts.iter().collect()),
        Formula::Any(parts) => (Action::Any, parts.iter().collect()),
        Formula::Compare(comparison, a, b) => (Action::Compare(*comparison), vec![a, b]),
        Formula::Arithmetic(operation, a, b) => (Action::Arithmetic(*operation), vec![a, b]),
        Formula::Negate(inner) => (Action::Negate, vec![inner]),
        Formula::Round(inner, digits, rounding) => (Action::Round(*digits, *rounding), vec![inner]),
        Formula::Least(parts) => (Action::Least, parts.iter().collect()),
        Formula::Greatest(parts) => (Action::Greatest, parts.iter().collect()),
        Formula::YearsBetween(a, b) => (Action::YearsBetween, vec![a, b]),
        Formula::MonthsBetween(a, b) => (Action::MonthsBetween, vec![a, b]),
        Formula::Year(inner) => (Action::Year, vec![inner]),
        Formula::Month(inner) => (Action::Month, vec![inner]),
        Formula::AddMonths(day, months) => (Action::AddMonths, vec![day, months]),
        // All others have been taken before.
        _ => (Action::Any, Vec::new()),
    }
}

/// The form of a column of inputs, if it suits the variable.
fn form_of(variable: &Variable, holds: &Holds) -> Result<Form, &'static str> {
    match (&variable.value_type, holds) {
        (
            ValueType::Number,
            Holds::Numbers {
                denominator,
                least,
                greatest,
            },
        ) => {
            if *denominator <= 0 || least > greatest {
                return Err("its denominator or its bounds are not in order");
            }
            let mut number = Number::new(*denominator, *least, *greatest);
            number.wide = true;
            Ok(Form::Number(number))
        }
        (
            ValueType::Number,
            Holds::SmallNumbers {
                denominator,
                least,
                greatest,
            },
        ) => {
            if *denominator <= 0 || least > greatest {
                return Err("its denominator or its bounds are not in order");
            }
            let (least, greatest) = (i64::from(*least), i64::from(*greatest));
            Ok(Form::Number(Number::new(*denominator, least, greatest)))
        }
        (ValueType::Bool, Holds::Truths) => Ok(Form::Bits),
        (ValueType::Date, Holds::Days { first, last }) if first <= last => {
            let day = |day| {
                i32::try_from(dates::day_number(day)).map_err(|_| "a day beyond the calendar")
            };
            Ok(Form::Days(day(*first)?, day(*last)?))
        }
        (ValueType::Enum(codes), Holds::Codes) if codes.len() <= 256 => {
            Ok(Form::Codes(codes.clone()))
        }
        (ValueType::Enum(_), Holds::Codes) => Err("an enum of more than 256 codes has no column"),
        (ValueType::Date, Holds::Days { .. }) => Err("its bounds are not in order"),
        (ValueType::Text, _) => Err("texts have no columns"),
        _ => Err("the column holds something else than the variable"),
    }
}
