//! Types and units: from the untyped tree to [`Expression`].

use std::sync::Arc;

use crate::diagnostic::suggestion;
use crate::expression::{
    BoolExpr, DateExpr, DefinitionId, EnumExpr, Expression, FactSlot, IntExpr, IntKind,
    ParameterId, Quantifier, Subject, TextExpr,
};
use crate::parameters::Parameter;
use crate::parse::{ComprehensionKind, Fault, Syntax, SyntaxKind};
use crate::vocabulary::{Entity, EnumId, FactType, Unit, Vocabulary};

/// How many quantifiers may be nested.
pub(crate) const MAX_VARIABLES: usize = 4;

/// The type of an expression.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Type {
    Bool,
    Date,
    Text,
    Enum(EnumId),
    Integer(Unit),
}

impl Type {
    pub fn of(expression: &Expression) -> Self {
        match expression {
            Expression::Bool(_) => Self::Bool,
            Expression::Integer(value) => Self::Integer(value.unit),
            Expression::Date(_) => Self::Date,
            Expression::Text(_) => Self::Text,
            Expression::Enum(_, id) => Self::Enum(*id),
        }
    }

    pub fn name(self) -> &'static str {
        match self {
            Self::Bool => "true or false",
            Self::Date => "a date",
            Self::Text => "a text",
            Self::Enum(_) => "one of declared values",
            Self::Integer(unit) => unit.name(),
        }
    }
}

/// What the names in an expression may mean.
pub(crate) struct Checker<'a> {
    pub vocabulary: &'a Vocabulary,
    pub parameters: &'a [Arc<Parameter>],
    /// Names of the benefit's definitions, with the type of those already checked.
    pub definitions: &'a [(String, Option<Type>)],
    /// Whether `person` may be spoken of.
    pub person: bool,
}

/// An expression and whether it is a bare number, which takes the unit of what it meets.
#[derive(Clone)]
pub(crate) struct Typed {
    pub expression: Expression,
    pub bare: bool,
    pub offset: usize,
}

pub(crate) type Checked<T> = Result<T, Fault>;

impl Checker<'_> {
    /// Checks an expression of any type.
    pub fn expression(&self, syntax: &Syntax) -> Checked<Expression> {
        Ok(self.infer(syntax, &mut Vec::new())?.expression)
    }

    /// Checks an expression that must be true or false.
    pub fn condition(&self, syntax: &Syntax) -> Checked<BoolExpr> {
        self.bool(syntax, &mut Vec::new())
    }

    /// Checks an expression that must be a date.
    pub fn date_expression(&self, syntax: &Syntax) -> Checked<DateExpr> {
        self.date(syntax, &mut Vec::new())
    }

    /// Checks an amount of money.
    pub fn money(&self, syntax: &Syntax) -> Checked<IntExpr> {
        let typed = self.infer(syntax, &mut Vec::new())?;
        let offset = typed.offset;
        match typed.expression {
            Expression::Integer(mut value) if typed.bare => {
                value.unit = Unit::Won;
                Ok(value)
            }
            Expression::Integer(value) if value.unit.is_money() => Ok(value),
            other => Err(Fault::new(
                offset,
                format!(
                    "an amount in won is expected, this is {}",
                    Type::of(&other).name()
                ),
                "Pay won, won_per_month or won_per_year.",
            )),
        }
    }

    pub(crate) fn infer(&self, syntax: &Syntax, variables: &mut Vec<String>) -> Checked<Typed> {
        let bare = matches!(syntax.kind, SyntaxKind::Integer(_));
        let typed = |expression| Typed {
            expression,
            bare,
            offset: syntax.offset,
        };
        let expression = match &syntax.kind {
            SyntaxKind::Bool(value) => Expression::Bool(BoolExpr::Constant(*value)),
            SyntaxKind::Integer(value) => {
                Expression::Integer(integer(Unit::Number, IntKind::Constant(*value)))
            }
            SyntaxKind::Text(text) => Expression::Text(TextExpr::Constant(text.as_str().into())),
            SyntaxKind::Name(name) => self.name(name, syntax.offset, variables)?,
            SyntaxKind::Field(owner, name) => self.field(owner, name, syntax.offset, variables)?,
            SyntaxKind::Index(table, index) => self.entry(table, index, variables)?,
            SyntaxKind::List(_) => {
                return Err(Fault::new(
                    syntax.offset,
                    "a list stands only after `in`",
                    "Write `x in [a, b]`.",
                ));
            }
            SyntaxKind::Not(inner) => {
                Expression::Bool(BoolExpr::Not(Box::new(self.bool(inner, variables)?)))
            }
            SyntaxKind::Negate(inner) => return self.negate(inner, syntax.offset, variables),
            SyntaxKind::All(parts) => {
                Expression::Bool(BoolExpr::All(self.bools(parts, variables)?))
            }
            SyntaxKind::Any(parts) => {
                Expression::Bool(BoolExpr::Any(self.bools(parts, variables)?))
            }
            SyntaxKind::Binary(operator, left, right) => {
                return self.binary(*operator, left, right, syntax.offset, variables);
            }
            SyntaxKind::Conditional(condition, yes, no) => {
                return self.conditional(condition, yes, no, syntax.offset, variables);
            }
            SyntaxKind::Call {
                name,
                receiver,
                arguments,
            } => {
                return self.call(
                    name,
                    receiver.as_deref(),
                    arguments,
                    syntax.offset,
                    variables,
                );
            }
            SyntaxKind::Comprehension { .. } => self.quantified(syntax, variables)?,
        };
        Ok(typed(expression))
    }

    pub(crate) fn bool(&self, syntax: &Syntax, variables: &mut Vec<String>) -> Checked<BoolExpr> {
        match self.infer(syntax, variables)?.expression {
            Expression::Bool(value) => Ok(value),
            other => Err(mismatch(syntax.offset, "true or false", &other)),
        }
    }

    fn bools(&self, parts: &[Syntax], variables: &mut Vec<String>) -> Checked<Vec<BoolExpr>> {
        parts
            .iter()
            .map(|part| self.bool(part, variables))
            .collect()
    }

    pub(crate) fn date(&self, syntax: &Syntax, variables: &mut Vec<String>) -> Checked<DateExpr> {
        match self.infer(syntax, variables)?.expression {
            Expression::Date(value) => Ok(value),
            other => Err(mismatch(syntax.offset, "a date", &other)),
        }
    }

    /// A whole number of a given unit; a bare number takes it.
    pub(crate) fn counted(
        &self,
        syntax: &Syntax,
        unit: Unit,
        variables: &mut Vec<String>,
    ) -> Checked<IntExpr> {
        let typed = self.infer(syntax, variables)?;
        self.as_counted(typed, unit)
    }

    /// The same for a part already looked at.
    pub(crate) fn as_counted(&self, typed: Typed, unit: Unit) -> Checked<IntExpr> {
        match typed.expression {
            Expression::Integer(mut value) if typed.bare || value.unit == unit => {
                value.unit = unit;
                Ok(value)
            }
            other => Err(mismatch(typed.offset, unit.name(), &other)),
        }
    }

    /// A whole number of any unit, and whether it is bare.
    pub(crate) fn number(
        &self,
        syntax: &Syntax,
        variables: &mut Vec<String>,
    ) -> Checked<(IntExpr, bool)> {
        let typed = self.infer(syntax, variables)?;
        match typed.expression {
            Expression::Integer(value) => Ok((value, typed.bare)),
            other => Err(mismatch(syntax.offset, "a whole number", &other)),
        }
    }

    fn name(&self, name: &str, offset: usize, variables: &[String]) -> Checked<Expression> {
        if name == "on" {
            return Ok(Expression::Date(DateExpr::On));
        }
        let owners = ["person", "household", "param", "define"];
        if owners.contains(&name) || variables.iter().any(|variable| variable == name) {
            return Err(Fault::new(
                offset,
                format!("`{name}` alone is not a value"),
                format!("Say which: `{name}.…`."),
            ));
        }
        let variables = variables.iter().map(String::as_str);
        let known: Vec<&str> = owners.into_iter().chain(["on"]).chain(variables).collect();
        Err(Fault::new(
            offset,
            format!("unknown name `{name}`"),
            suggestion(name, known.iter().copied()),
        ))
    }

    fn field(
        &self,
        owner: &Syntax,
        name: &str,
        offset: usize,
        variables: &[String],
    ) -> Checked<Expression> {
        let SyntaxKind::Name(owner_name) = &owner.kind else {
            return Err(Fault::new(
                offset,
                format!("`.{name}` of something that has no parts"),
                "Only person, household, param, define and members have parts.",
            ));
        };
        if let Some(depth) = variables
            .iter()
            .rposition(|variable| variable == owner_name)
        {
            return self.fact(Subject::Variable(depth as u8), Entity::Person, name, offset);
        }
        match owner_name.as_str() {
            "person" if !self.person => Err(Fault::new(
                owner.offset,
                "`person` in a benefit of the household",
                "Ask the members (`household.members.exists(m, m.…)`), or set `unit: person`.",
            )),
            "person" => self.fact(Subject::Person, Entity::Person, name, offset),
            "household" if name == "size" => {
                Ok(Expression::Integer(integer(Unit::People, IntKind::Size)))
            }
            "household" if name == "members" => Err(Fault::new(
                offset,
                "`household.members` alone is not a value",
                "Use `.exists(m, …)`, `.all(m, …)`, `.filter(m, …).size()` or `sum(….map(m, …))`.",
            )),
            "household" => self.fact(Subject::Household, Entity::Household, name, offset),
            "param" => self.parameter(name, offset),
            "define" => self.definition(name, offset),
            _ => self.name(owner_name, owner.offset, variables),
        }
    }

    fn fact(
        &self,
        subject: Subject,
        entity: Entity,
        name: &str,
        offset: usize,
    ) -> Checked<Expression> {
        let Some(slot) = self.vocabulary.slot(entity, name) else {
            return Err(Fault::new(
                offset,
                format!("unknown fact `{entity}.{name}`"),
                suggestion(name, self.vocabulary.names(entity).iter().copied()),
            ));
        };
        let fact = FactSlot {
            subject,
            slot: slot as u16,
        };
        Ok(match self.vocabulary.facts(entity)[slot].fact_type {
            FactType::Bool => Expression::Bool(BoolExpr::Fact(fact)),
            FactType::Date => Expression::Date(DateExpr::Fact(fact)),
            FactType::Text => Expression::Text(TextExpr::Fact(fact)),
            FactType::Enum(id) => Expression::Enum(EnumExpr::Fact(fact), id),
            FactType::Integer(unit) => Expression::Integer(integer(unit, IntKind::Fact(fact))),
        })
    }

    fn find_parameter(&self, name: &str, offset: usize) -> Checked<(ParameterId, &Parameter)> {
        let found = self.parameters.iter().position(|p| p.name == name);
        match found {
            Some(index) => Ok((ParameterId(index as u16), &self.parameters[index])),
            None => Err(Fault::new(
                offset,
                format!("unknown parameter `param.{name}`"),
                suggestion(name, self.parameters.iter().map(|p| p.name.as_str())),
            )),
        }
    }

    fn parameter(&self, name: &str, offset: usize) -> Checked<Expression> {
        let (id, parameter) = self.find_parameter(name, offset)?;
        if let Some(by) = parameter.by {
            return Err(Fault::new(
                offset,
                format!("`param.{name}` is a table by {by}"),
                format!("Say which entry: `param.{name}[household.size]`."),
            ));
        }
        Ok(Expression::Integer(integer(
            parameter.unit,
            IntKind::Parameter(id),
        )))
    }

    fn entry(
        &self,
        table: &Syntax,
        index: &Syntax,
        variables: &mut Vec<String>,
    ) -> Checked<Expression> {
        let named = match &table.kind {
            SyntaxKind::Field(owner, name) if is_name(owner, "param") => Some(name),
            _ => None,
        };
        let Some(name) = named else {
            return Err(Fault::new(
                table.offset,
                "only a table parameter has entries",
                "Write `param.x[household.size]`.",
            ));
        };
        let (id, parameter) = self.find_parameter(name, table.offset)?;
        let Some(by) = parameter.by else {
            return Err(Fault::new(
                table.offset,
                format!("`param.{name}` is one value, not a table"),
                "Remove the index, or declare the parameter with `by`.",
            ));
        };
        let index = self.counted(index, by, variables)?;
        Ok(Expression::Integer(integer(
            parameter.unit,
            IntKind::Entry(id, Box::new(index)),
        )))
    }

    fn definition(&self, name: &str, offset: usize) -> Checked<Expression> {
        let found = self.definitions.iter().position(|(known, _)| known == name);
        let Some(index) = found else {
            return Err(Fault::new(
                offset,
                format!("unknown definition `define.{name}`"),
                suggestion(name, self.definitions.iter().map(|(name, _)| name.as_str())),
            ));
        };
        let id = DefinitionId(index as u16);
        match self.definitions[index].1 {
            Some(Type::Bool) => Ok(Expression::Bool(BoolExpr::Definition(id))),
            Some(Type::Date) => Ok(Expression::Date(DateExpr::Definition(id))),
            Some(Type::Text) => Ok(Expression::Text(TextExpr::Definition(id))),
            Some(Type::Enum(values)) => Ok(Expression::Enum(EnumExpr::Definition(id), values)),
            Some(Type::Integer(unit)) => {
                Ok(Expression::Integer(integer(unit, IntKind::Definition(id))))
            }
            // Its own error has been reported; one that follows from it would only hide it.
            None => Err(Fault::follows(offset)),
        }
    }

    /// Brings two values to one type: bare numbers take the other's unit, texts become declared values.
    pub(crate) fn unify(
        &self,
        left: Typed,
        right: Typed,
    ) -> Checked<(Expression, Expression, bool)> {
        let bare = left.bare && right.bare;
        let (left_offset, right_offset) = (left.offset, right.offset);
        match (left.expression, right.expression) {
            (Expression::Integer(mut a), Expression::Integer(mut b)) => {
                if left.bare {
                    a.unit = b.unit;
                } else if right.bare {
                    b.unit = a.unit;
                }
                if a.unit == b.unit {
                    return Ok((Expression::Integer(a), Expression::Integer(b), bare));
                }
                Err(Fault::new(
                    right_offset,
                    format!("{} meets {}", a.unit, b.unit),
                    unit_remedy(a.unit, b.unit),
                ))
            }
            (Expression::Enum(a, id), Expression::Text(TextExpr::Constant(code))) => {
                let b = self.enum_value(id, &code, right_offset)?;
                Ok((Expression::Enum(a, id), Expression::Enum(b, id), false))
            }
            (Expression::Text(TextExpr::Constant(code)), Expression::Enum(b, id)) => {
                let a = self.enum_value(id, &code, left_offset)?;
                Ok((Expression::Enum(a, id), Expression::Enum(b, id), false))
            }
            (a, b) if Type::of(&a) == Type::of(&b) => Ok((a, b, false)),
            (a, b) => Err(Fault::new(
                right_offset,
                format!("{} meets {}", Type::of(&a).name(), Type::of(&b).name()),
                "Both sides must be of one type.",
            )),
        }
    }

    fn enum_value(&self, id: EnumId, code: &str, offset: usize) -> Checked<EnumExpr> {
        let values = self.vocabulary.enum_values(id);
        match values.iter().position(|value| value.code == code) {
            Some(index) => Ok(EnumExpr::Constant(index as u16)),
            None => Err(Fault::new(
                offset,
                format!("`{code}` is not a declared value"),
                suggestion(code, values.iter().map(|value| value.code.as_str())),
            )),
        }
    }

    fn quantified(&self, syntax: &Syntax, variables: &mut Vec<String>) -> Checked<Expression> {
        let SyntaxKind::Comprehension { kind, body, .. } = &syntax.kind else {
            return Err(not_members(syntax.offset));
        };
        let depth = self.enter(syntax, variables)?;
        let body = match kind {
            ComprehensionKind::Exists | ComprehensionKind::All => self.bool(body, variables),
            ComprehensionKind::Filter | ComprehensionKind::Map => Err(Fault::new(
                syntax.offset,
                "a list is not a value",
                "Count it with `.filter(m, …).size()` or add it up with `sum(….map(m, …))`.",
            )),
        };
        variables.pop();
        let quantifier = Quantifier {
            variable: depth,
            body: Box::new(body?),
        };
        Ok(Expression::Bool(if *kind == ComprehensionKind::Exists {
            BoolExpr::Exists(quantifier)
        } else {
            BoolExpr::Every(quantifier)
        }))
    }

    /// Checks the list of a comprehension and brings its variable into scope; the caller takes it out again.
    pub(crate) fn enter(&self, syntax: &Syntax, variables: &mut Vec<String>) -> Checked<u8> {
        let SyntaxKind::Comprehension { list, variable, .. } = &syntax.kind else {
            return Err(not_members(syntax.offset));
        };
        if !is_members(list) {
            return Err(not_members(list.offset));
        }
        let taken = ["person", "household", "param", "define", "on"].contains(&variable.as_str());
        if taken || variables.contains(variable) {
            return Err(Fault::new(
                syntax.offset,
                format!("`{variable}` already means something"),
                "Give the member another name.",
            ));
        }
        if variables.len() == MAX_VARIABLES {
            return Err(Fault::new(
                syntax.offset,
                format!("more than {MAX_VARIABLES} nested questions about members"),
                "Ask one after the other.",
            ));
        }
        variables.push(variable.clone());
        Ok((variables.len() - 1) as u8)
    }

    fn call(
        &self,
        name: &str,
        receiver: Option<&Syntax>,
        arguments: &[Syntax],
        offset: usize,
        variables: &mut Vec<String>,
    ) -> Checked<Typed> {
        if let Some(receiver) = receiver {
            if name == "size" && arguments.is_empty() {
                let count = self.size(receiver, variables)?;
                return Ok(settled(Expression::Integer(count), offset));
            }
            return Err(Fault::new(
                offset,
                format!("unknown question `.{name}(…)`"),
                suggestion(name, ["exists", "all", "filter", "map", "size"]),
            ));
        }
        self.function(name, arguments, offset, variables)
    }

    fn size(&self, list: &Syntax, variables: &mut Vec<String>) -> Checked<IntExpr> {
        if is_members(list) {
            return Ok(integer(Unit::People, IntKind::Size));
        }
        match &list.kind {
            SyntaxKind::Comprehension {
                kind: ComprehensionKind::Filter,
                body,
                ..
            } => {
                let variable = self.enter(list, variables)?;
                let body = self.bool(body, variables);
                variables.pop();
                let body = Box::new(body?);
                Ok(integer(
                    Unit::People,
                    IntKind::Count(Quantifier { variable, body }),
                ))
            }
            _ => Err(not_members(list.offset)),
        }
    }
}

pub(crate) fn integer(unit: Unit, kind: IntKind) -> IntExpr {
    IntExpr { unit, kind }
}

/// A value whose unit is settled.
pub(crate) fn settled(expression: Expression, offset: usize) -> Typed {
    Typed {
        expression,
        bare: false,
        offset,
    }
}

pub(crate) fn mismatch(offset: usize, expected: &str, found: &Expression) -> Fault {
    let found = Type::of(found);
    let remedy = match found {
        Type::Integer(_) => {
            "Change the expression, or convert the unit: `per_year(x)`, `per_month(x, down)`, `number(x)`."
        }
        _ => "Change the expression, or the type in the vocabulary.",
    };
    Fault::new(
        offset,
        format!("{expected} is expected, this is {}", found.name()),
        remedy,
    )
}

fn not_members(offset: usize) -> Fault {
    Fault::new(
        offset,
        "only `household.members` can be asked one by one",
        "Use `household.members.exists(m, …)`, `.all(m, …)`, `.filter(m, …).size()` or `sum(….map(m, …))`.",
    )
}

fn unit_remedy(left: Unit, right: Unit) -> &'static str {
    match (left, right) {
        (Unit::WonPerMonth, Unit::WonPerYear) | (Unit::WonPerYear, Unit::WonPerMonth) => {
            "Bring both to one period: `per_year(monthly)` or `per_month(yearly, down)`."
        }
        (Unit::Years | Unit::Months | Unit::Weeks | Unit::Days, _) => {
            "Count both in the same unit of time, for example `months_since(d)`."
        }
        _ => "Both sides must carry one unit; `number(x)` drops a unit where that is really meant.",
    }
}

pub(crate) fn is_name(syntax: &Syntax, wanted: &str) -> bool {
    matches!(&syntax.kind, SyntaxKind::Name(name) if name == wanted)
}

fn is_members(syntax: &Syntax) -> bool {
    matches!(&syntax.kind, SyntaxKind::Field(owner, name) if name == "members" && is_name(owner, "household"))
}
