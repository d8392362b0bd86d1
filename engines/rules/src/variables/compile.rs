//! From the syntax of a formula to its checked tree: names, types and periods.

use std::collections::BTreeMap;

use super::declarations::Variable;
use super::entities::{Entities, EntityId};
use super::exact::Exact;
use super::formula::{Fold, Formula, Kind, Operation, ParameterId, Shift, VariableId, Whose};
use super::parameters::{Held, Parameter};
use super::periods::PeriodUnit;
use super::value::Value;
use crate::diagnostic::suggestion;
use crate::expression::Comparison;
use crate::parse::{ComprehensionKind, Fault, Operator, Syntax, SyntaxKind};

/// The deepest nesting of folds over members.
pub(crate) const MAX_FOLDS: usize = 3;

pub(super) type Checked<T> = Result<T, Fault>;

/// A part and its type.
#[derive(Clone, Debug)]
pub(super) struct Typed {
    pub formula: Formula,
    pub kind: Kind,
}

pub(super) fn typed(kind: Kind, formula: Formula) -> Typed {
    Typed { formula, kind }
}

/// What the formulas of one system may name.
pub(crate) struct Names<'a> {
    pub entities: &'a Entities,
    pub variables: &'a [Variable],
    pub by_name: &'a BTreeMap<String, VariableId>,
    pub parameters: &'a [Parameter],
}

/// Checks one formula; the period changes within `at`, `total` and `share`.
pub(super) struct Compiler<'a> {
    pub names: &'a Names<'a>,
    /// Whom the formula is about.
    pub entity: EntityId,
    pub unit: PeriodUnit,
    /// Whether the period is several units long, so that nothing has a value in it as a whole.
    pub several: bool,
    /// The members that folds are looking at, outermost first, with the group they are members of.
    pub bound: Vec<(String, EntityId)>,
}

impl Names<'_> {
    /// The checked tree of a variable's formula.
    pub fn compile(&self, variable: &Variable, syntax: &Syntax) -> Checked<Formula> {
        let mut compiler = Compiler {
            names: self,
            entity: variable.entity,
            unit: variable.period,
            several: false,
            bound: Vec::new(),
        };
        let found = compiler.infer(syntax)?;
        let wanted = Kind::of(&variable.value_type);
        fit(found, &wanted, syntax.offset).map(|it| it.formula)
    }

    fn parameter(&self, name: &str, offset: usize) -> Checked<ParameterId> {
        let found = self.parameters.iter().position(|it| it.name == name);
        found.ok_or_else(|| {
            let known = self.parameters.iter().map(|it| it.name.as_str());
            Fault::new(
                offset,
                format!("unknown parameter `{name}`"),
                suggestion(name, known),
            )
        })
    }
}

/// A text fits an enum that has it as a code; all else must be of the same type.
pub(super) fn fit(found: Typed, wanted: &Kind, offset: usize) -> Checked<Typed> {
    if let (Kind::Enum(codes), Formula::Constant(Value::Text(code))) = (wanted, &found.formula) {
        if codes.iter().any(|known| **known == **code) {
            return Ok(typed(wanted.clone(), found.formula));
        }
        let remedy = suggestion(code, codes.iter().map(String::as_str));
        return Err(Fault::new(
            offset,
            format!("`{code}` is not a value of the enum"),
            remedy,
        ));
    }
    if found.kind == *wanted {
        return Ok(found);
    }
    let message = format!("{} where {} is expected", found.kind.name(), wanted.name());
    Err(Fault::new(
        offset,
        message,
        "Compare it, choose with `? :`, or name another variable.",
    ))
}

impl Compiler<'_> {
    pub fn infer(&mut self, syntax: &Syntax) -> Checked<Typed> {
        let offset = syntax.offset;
        match &syntax.kind {
            SyntaxKind::Bool(value) => {
                Ok(typed(Kind::Bool, Formula::Constant(Value::Bool(*value))))
            }
            SyntaxKind::Integer(value) => {
                let number = Value::Number(Exact::from(*value));
                Ok(typed(Kind::Number, Formula::Constant(number)))
            }
            SyntaxKind::Text(text) => {
                let text = Value::Text(text.as_str().into());
                Ok(typed(Kind::Text, Formula::Constant(text)))
            }
            SyntaxKind::Name(_) | SyntaxKind::Field(..) | SyntaxKind::Index(..) => {
                self.name(syntax)
            }
            SyntaxKind::Not(inner) => {
                let inner = self.wanted(inner, &Kind::Bool)?;
                Ok(typed(Kind::Bool, Formula::Not(inner)))
            }
            SyntaxKind::Negate(inner) => {
                let inner = self.wanted(inner, &Kind::Number)?;
                Ok(typed(Kind::Number, Formula::Negate(inner)))
            }
            SyntaxKind::All(parts) => Ok(typed(Kind::Bool, Formula::All(self.bools(parts)?))),
            SyntaxKind::Any(parts) => Ok(typed(Kind::Bool, Formula::Any(self.bools(parts)?))),
            SyntaxKind::Binary(operator, left, right) => self.binary(*operator, left, right),
            SyntaxKind::Conditional(condition, yes, no) => {
                let condition = self.wanted(condition, &Kind::Bool)?;
                let (yes, no) = self.alike(yes, no)?;
                let (kind, no) = (yes.kind, Box::new(no.formula));
                Ok(typed(
                    kind,
                    Formula::If(condition, Box::new(yes.formula), no),
                ))
            }
            SyntaxKind::Call {
                name,
                receiver,
                arguments,
            } => self.call(name, receiver.as_deref(), arguments, offset),
            SyntaxKind::Comprehension { kind, .. } => {
                let fold = match kind {
                    ComprehensionKind::Exists => Fold::Exists,
                    ComprehensionKind::All => Fold::Every,
                    _ => {
                        return Err(Fault::new(
                            offset,
                            "a list is no value",
                            "Write `sum(household.members.map(m, m.x))` or `household.members.filter(m, …).size()`.",
                        ));
                    }
                };
                Ok(typed(Kind::Bool, self.fold(fold, syntax)?.formula))
            }
            SyntaxKind::List(_) => Err(Fault::new(
                offset,
                "a list is no value",
                "A list stands after `in`: `x in [1, 2]`.",
            )),
        }
    }

    /// A part that must be of one type.
    pub fn wanted(&mut self, syntax: &Syntax, kind: &Kind) -> Checked<Box<Formula>> {
        let found = self.infer(syntax)?;
        fit(found, kind, syntax.offset).map(|it| Box::new(it.formula))
    }

    fn bools(&mut self, parts: &[Syntax]) -> Checked<Vec<Formula>> {
        parts
            .iter()
            .map(|part| self.wanted(part, &Kind::Bool).map(|it| *it))
            .collect()
    }

    /// Two parts that must be of one type; a text takes the enum of the other.
    pub fn alike(&mut self, left: &Syntax, right: &Syntax) -> Checked<(Typed, Typed)> {
        let (a, b) = (self.infer(left)?, self.infer(right)?);
        if matches!(b.kind, Kind::Enum(_)) {
            let a = fit(a, &b.kind, left.offset)?;
            return Ok((a, b));
        }
        let b = fit(b, &a.kind, right.offset)?;
        Ok((a, b))
    }

    fn binary(&mut self, operator: Operator, left: &Syntax, right: &Syntax) -> Checked<Typed> {
        let operation = match operator {
            Operator::Add => Operation::Add,
            Operator::Subtract => Operation::Subtract,
            Operator::Multiply => Operation::Multiply,
            Operator::In => return self.within(left, right),
            Operator::Equal => return self.compare(Comparison::Equal, left, right),
            Operator::NotEqual => return self.compare(Comparison::NotEqual, left, right),
            Operator::Less => return self.compare(Comparison::Less, left, right),
            Operator::LessOrEqual => return self.compare(Comparison::LessOrEqual, left, right),
            Operator::Greater => return self.compare(Comparison::Greater, left, right),
            Operator::GreaterOrEqual => {
                return self.compare(Comparison::GreaterOrEqual, left, right);
            }
        };
        self.arithmetic(operation, left, right)
    }

    pub fn arithmetic(
        &mut self,
        operation: Operation,
        left: &Syntax,
        right: &Syntax,
    ) -> Checked<Typed> {
        let left = self.wanted(left, &Kind::Number)?;
        let right = self.wanted(right, &Kind::Number)?;
        Ok(typed(
            Kind::Number,
            Formula::Arithmetic(operation, left, right),
        ))
    }

    fn compare(&mut self, comparison: Comparison, left: &Syntax, right: &Syntax) -> Checked<Typed> {
        let (a, b) = self.alike(left, right)?;
        let ordered = matches!(a.kind, Kind::Number | Kind::Date);
        if !ordered && !matches!(comparison, Comparison::Equal | Comparison::NotEqual) {
            return Err(Fault::new(
                left.offset,
                format!("{} has no order", a.kind.name()),
                "Compare it with `==`, `!=` or `in`.",
            ));
        }
        let (a, b) = (Box::new(a.formula), Box::new(b.formula));
        Ok(typed(Kind::Bool, Formula::Compare(comparison, a, b)))
    }

    fn within(&mut self, value: &Syntax, list: &Syntax) -> Checked<Typed> {
        let found = self.infer(value)?;
        let SyntaxKind::List(items) = &list.kind else {
            return self.within_parameter(found, list);
        };
        let mut options = Vec::with_capacity(items.len());
        for item in items {
            options.push(*self.wanted(item, &found.kind)?);
        }
        Ok(typed(
            Kind::Bool,
            Formula::In(Box::new(found.formula), options),
        ))
    }

    fn within_parameter(&mut self, value: Typed, list: &Syntax) -> Checked<Typed> {
        let name = parameter_name(list);
        let Some(name) = name else {
            return Err(Fault::new(
                list.offset,
                "no list after `in`",
                "Write `[a, b]`, or a parameter that holds lists.",
            ));
        };
        let id = self.names.parameter(&name, list.offset)?;
        for dated in &self.names.parameters[id].values {
            let Held::List(values) = &dated.held else {
                return Err(not_held(&name, "lists", list.offset));
            };
            let fits = |item: &Value| match &value.kind {
                Kind::Enum(_) => Kind::of_value(item) == Kind::Text,
                kind => Kind::of_value(item) == *kind,
            };
            if !values.iter().all(fits) {
                return Err(not_held(&name, value.kind.name(), list.offset));
            }
        }
        Ok(typed(
            Kind::Bool,
            Formula::InList(Box::new(value.formula), id),
        ))
    }

    /// `on`, `param.a.b`, `person.x`, `household.x`, `household.size`, `m.x`, `m.role`.
    fn name(&mut self, syntax: &Syntax) -> Checked<Typed> {
        let offset = syntax.offset;
        if let Some(name) = parameter_name(syntax) {
            return self.parameter(&name, offset);
        }
        match &syntax.kind {
            SyntaxKind::Name(name) if name == "on" => Ok(typed(Kind::Date, Formula::On)),
            SyntaxKind::Field(owner, field) => {
                let SyntaxKind::Name(owner_name) = &owner.kind else {
                    return Err(unknown_owner(self, "", owner.offset));
                };
                self.field(owner_name, field, owner.offset, offset)
            }
            SyntaxKind::Name(name) => Err(unknown_owner(self, name, offset)),
            _ => Err(Fault::new(
                offset,
                "only parameters have names between brackets",
                "Write `param[\"a.b\"]`.",
            )),
        }
    }

    fn field(
        &mut self,
        owner: &str,
        field: &str,
        owner_at: usize,
        offset: usize,
    ) -> Checked<Typed> {
        let entities = self.names.entities;
        let member = self.bound.iter().rposition(|(name, _)| name == owner);
        let (entity, whose) = match (member, entities.find(owner)) {
            (Some(depth), _) if field == "role" => {
                let group = self.bound[depth].1;
                let roles = &entities.all()[group].roles;
                let codes = roles.iter().map(|role| role.name.clone()).collect();
                return Ok(typed(Kind::Enum(codes), Formula::Role(group, depth as u8)));
            }
            (Some(depth), _) => (entities.person_id(), Whose::Member(depth as u8)),
            (None, Some(entity)) if entity == self.entity => (entity, Whose::Own),
            (None, Some(entity)) if self.entity == entities.person_id() => {
                (entity, Whose::Group(entity))
            }
            (None, Some(_)) => {
                let own = &entities.all()[self.entity].name;
                return Err(Fault::new(
                    owner_at,
                    format!("a formula about the {own} does not see one {owner}"),
                    format!("Fold over its members: `sum({own}.members.map(m, m.{field}))`."),
                ));
            }
            (None, None) => return Err(unknown_owner(self, owner, owner_at)),
        };
        if field == "size" && entity != entities.person_id() {
            return Ok(typed(Kind::Number, Formula::Size(entity)));
        }
        self.variable(entity, whose, field, offset)
    }

    fn variable(
        &mut self,
        entity: EntityId,
        whose: Whose,
        name: &str,
        offset: usize,
    ) -> Checked<Typed> {
        let of_entity = |id: &VariableId| self.names.variables[*id].entity == entity;
        let Some(id) = self.names.by_name.get(name).copied().filter(of_entity) else {
            let of = &self.names.entities.all()[entity].name;
            let known = self.names.variables.iter().filter(|it| it.entity == entity);
            let known = known.map(|it| it.name.as_str());
            let message = format!("`{name}` is no variable of the {of}");
            return Err(Fault::new(offset, message, suggestion(name, known)));
        };
        let variable = &self.names.variables[id];
        let fits = variable.period == PeriodUnit::Eternity
            || (variable.period == self.unit && !self.several);
        if !fits {
            return Err(self.wrong_period(variable, offset));
        }
        let kind = Kind::of(&variable.value_type);
        Ok(typed(kind, Formula::Variable(whose, id)))
    }

    fn wrong_period(&self, variable: &Variable, offset: usize) -> Fault {
        let (name, unit) = (&variable.name, variable.period);
        let here = if self.several {
            "several units"
        } else {
            self.unit.name()
        };
        let remedy = if unit.is_made_of(self.unit) && !self.several {
            format!("Take its part with `share(…)`, or the whole with `at(…, this_{unit})`.")
        } else {
            format!("Say which with `at(…, first_{unit})`, or add them up with `total(…, {unit})`.")
        };
        let message = format!("`{name}` is told by the {unit}, and here the period is {here}");
        Fault::new(offset, message, remedy)
    }

    fn parameter(&mut self, name: &str, offset: usize) -> Checked<Typed> {
        let id = self.names.parameter(name, offset)?;
        if self.unit == PeriodUnit::Eternity {
            return Err(Fault::new(
                offset,
                "a parameter changes, and this variable never does",
                "Give the variable another `period`.",
            ));
        }
        let mut kinds = Vec::new();
        for dated in &self.names.parameters[id].values {
            match &dated.held {
                Held::Value(value) => kinds.push(Kind::of_value(value)),
                Held::List(_) => {
                    return Err(Fault::new(
                        offset,
                        format!("`{name}` holds lists"),
                        "Ask with `in`.",
                    ));
                }
                Held::Scale(_) => {
                    return Err(Fault::new(
                        offset,
                        format!("`{name}` is a scale"),
                        format!("Apply it: `scale(param.{name}, x)`."),
                    ));
                }
            }
        }
        // A parameter that never had a value is silent on every day, as a number is.
        let kind = kinds.first().cloned().unwrap_or(Kind::Number);
        if kinds.iter().any(|other| *other != kind) {
            return Err(not_held(name, "values of one type", offset));
        }
        Ok(typed(kind, Formula::Parameter(id)))
    }

    /// `scale(param.x, value)`.
    pub fn scale(&mut self, scale: &Syntax, value: &Syntax) -> Checked<Typed> {
        let Some(name) = parameter_name(scale) else {
            return Err(Fault::new(
                scale.offset,
                "no parameter here",
                "Write `scale(param.x, value)`.",
            ));
        };
        let id = self.names.parameter(&name, scale.offset)?;
        if self.names.parameters[id].scale.is_none() {
            return Err(not_held(&name, "a scale", scale.offset));
        }
        let value = self.wanted(value, &Kind::Number)?;
        Ok(typed(Kind::Number, Formula::Scale(id, value)))
    }

    /// Checks `body` under another period.
    pub fn during<T>(
        &mut self,
        unit: PeriodUnit,
        several: bool,
        check: impl FnOnce(&mut Self) -> Checked<T>,
    ) -> Checked<T> {
        let before = (self.unit, self.several);
        (self.unit, self.several) = (unit, several);
        let checked = check(self);
        (self.unit, self.several) = before;
        checked
    }

    /// `at(x, last_month)`.
    pub fn at(&mut self, inner: &Syntax, word: &Syntax) -> Checked<Typed> {
        let named = match &word.kind {
            SyntaxKind::Name(name) => Shift::NAMES.iter().find(|(known, _)| known == name),
            _ => None,
        };
        let Some((_, shift)) = named else {
            let known: Vec<&str> = Shift::NAMES.iter().map(|(name, _)| *name).collect();
            let remedy = format!("Use one of: {}.", known.join(", "));
            return Err(Fault::new(word.offset, "the period must be named", remedy));
        };
        if self.unit == PeriodUnit::Eternity {
            return Err(Fault::new(
                word.offset,
                "a variable that never changes has no period to tell another from",
                "Give the variable another `period`.",
            ));
        }
        let found = self.during(shift.unit, shift.size > 1, |this| this.infer(inner))?;
        Ok(typed(
            found.kind,
            Formula::At(*shift, Box::new(found.formula)),
        ))
    }

    /// `total(x, month)`.
    pub fn total(&mut self, inner: &Syntax, word: &Syntax) -> Checked<Typed> {
        let unit = match &word.kind {
            SyntaxKind::Name(name) => PeriodUnit::parse(name),
            _ => None,
        };
        let Some(unit) = unit.filter(|unit| self.unit.is_made_of(*unit)) else {
            return Err(Fault::new(
                word.offset,
                format!("a {} is not made of whole ones of this", self.unit),
                "Add up days of a week, a month or a year, or months of a year.",
            ));
        };
        let inner = self.during(unit, false, |this| this.wanted(inner, &Kind::Number))?;
        Ok(typed(Kind::Number, Formula::Total(unit, inner)))
    }

    /// `share(x)`: `x` is told by a larger unit.
    pub fn share(&mut self, inner: &Syntax) -> Checked<Typed> {
        let (here, several) = (self.unit, self.several);
        let larger = PeriodUnit::ALL
            .into_iter()
            .filter(|unit| *unit > here && unit.is_made_of(here) && !several);
        let mut last = None;
        for unit in larger {
            match self.during(unit, false, |this| this.wanted(inner, &Kind::Number)) {
                Ok(inner) => return Ok(typed(Kind::Number, Formula::Share(unit, inner))),
                Err(fault) => last = Some(fault),
            }
        }
        Err(last.unwrap_or_else(|| {
            Fault::new(
                inner.offset,
                format!("a {here} is no equal part of something longer"),
                "Share among the months of a year, or among days.",
            )
        }))
    }
}

fn unknown_owner(compiler: &Compiler<'_>, name: &str, offset: usize) -> Fault {
    let bound = compiler.bound.iter().map(|(name, _)| name.as_str());
    let known = compiler
        .names
        .entities
        .names()
        .chain(bound)
        .chain(["param", "on"]);
    Fault::new(
        offset,
        format!("unknown name `{name}`"),
        suggestion(name, known),
    )
}

fn not_held(name: &str, wanted: &str, offset: usize) -> Fault {
    let message = format!("`{name}` does not hold {wanted} throughout");
    Fault::new(
        offset,
        message,
        "Name another parameter, or mend its values.",
    )
}

/// The dotted name after `param`: `param.a.b` or `param["a.b"]`.
fn parameter_name(syntax: &Syntax) -> Option<String> {
    match &syntax.kind {
        SyntaxKind::Field(owner, name) => match &owner.kind {
            SyntaxKind::Name(root) => (root == "param").then(|| name.clone()),
            _ => Some(format!("{}.{name}", parameter_name(owner)?)),
        },
        SyntaxKind::Index(owner, index) => {
            let SyntaxKind::Text(name) = &index.kind else {
                return None;
            };
            match &owner.kind {
                SyntaxKind::Name(root) => (root == "param").then(|| name.clone()),
                _ => Some(format!("{}.{name}", parameter_name(owner)?)),
            }
        }
        _ => None,
    }
}
