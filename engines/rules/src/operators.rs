//! Comparisons, sums, products, lists and conditionals: what their sides must be and what they give.

use crate::check::{Checked, Checker, Type, Typed, integer, mismatch, settled};
use crate::expression::{BoolExpr, Comparison, DateExpr, EnumExpr, Expression, IntKind, TextExpr};
use crate::parse::{Fault, Operator, Syntax, SyntaxKind};
use crate::vocabulary::Unit;

impl Checker<'_> {
    pub(crate) fn binary(
        &self,
        operator: Operator,
        left: &Syntax,
        right: &Syntax,
        offset: usize,
        variables: &mut Vec<String>,
    ) -> Checked<Typed> {
        let comparison = match operator {
            Operator::Add | Operator::Subtract | Operator::Multiply => {
                return self.arithmetic(operator, left, right, offset, variables);
            }
            Operator::In => return self.contained(left, right, offset, variables),
            Operator::Equal => Comparison::Equal,
            Operator::NotEqual => Comparison::NotEqual,
            Operator::Less => Comparison::Less,
            Operator::LessOrEqual => Comparison::LessOrEqual,
            Operator::Greater => Comparison::Greater,
            Operator::GreaterOrEqual => Comparison::GreaterOrEqual,
        };
        let (a, b, _) = self.unify(self.infer(left, variables)?, self.infer(right, variables)?)?;
        let ordered = !matches!(comparison, Comparison::Equal | Comparison::NotEqual);
        let compared = match (a, b) {
            (Expression::Integer(a), Expression::Integer(b)) => BoolExpr::Integer(comparison, a, b),
            (Expression::Date(a), Expression::Date(b)) => BoolExpr::Date(comparison, a, b),
            (other, _) if ordered => {
                return Err(Fault::new(
                    offset,
                    format!("{} has no order", Type::of(&other).name()),
                    "Compare with == or !=, or use `in [..]`.",
                ));
            }
            (Expression::Text(a), Expression::Text(b)) => BoolExpr::Text(comparison, a, b),
            (Expression::Enum(a, id), Expression::Enum(b, _)) => {
                BoolExpr::Enum(comparison, a, b, id)
            }
            (Expression::Bool(a), Expression::Bool(b)) => {
                BoolExpr::Bool(comparison, Box::new(a), Box::new(b))
            }
            (_, other) => return Err(mismatch(offset, "the type of the other side", &other)),
        };
        Ok(settled(Expression::Bool(compared), offset))
    }

    fn arithmetic(
        &self,
        operator: Operator,
        left: &Syntax,
        right: &Syntax,
        offset: usize,
        variables: &mut Vec<String>,
    ) -> Checked<Typed> {
        let (a, a_bare) = self.number(left, variables)?;
        let (b, b_bare) = self.number(right, variables)?;
        let bare = a_bare && b_bare;
        if operator == Operator::Multiply {
            let unit = match (a.unit, b.unit) {
                (unit, Unit::Number) | (Unit::Number, unit) => unit,
                (left_unit, right_unit) => {
                    return Err(Fault::new(
                        right.offset,
                        format!("{left_unit} times {right_unit} has no unit"),
                        "One factor must be a plain number: wrap it as `number(x)`.",
                    ));
                }
            };
            let kind = IntKind::Multiply(Box::new(a), Box::new(b));
            return Ok(Typed {
                expression: Expression::Integer(integer(unit, kind)),
                bare,
                offset,
            });
        }
        let wrap = |value, bare, offset| Typed {
            expression: Expression::Integer(value),
            bare,
            offset,
        };
        let unified = self.unify(wrap(a, a_bare, left.offset), wrap(b, b_bare, right.offset))?;
        let (Expression::Integer(a), Expression::Integer(b), bare) = unified else {
            return Err(Fault::new(offset, "not numbers", "Add whole numbers."));
        };
        let unit = a.unit;
        let (a, b) = (Box::new(a), Box::new(b));
        let kind = if operator == Operator::Add {
            IntKind::Add(a, b)
        } else {
            IntKind::Subtract(a, b)
        };
        Ok(Typed {
            expression: Expression::Integer(integer(unit, kind)),
            bare,
            offset,
        })
    }

    fn contained(
        &self,
        value: &Syntax,
        list: &Syntax,
        offset: usize,
        variables: &mut Vec<String>,
    ) -> Checked<Typed> {
        let items = match &list.kind {
            SyntaxKind::List(items) if !items.is_empty() => items,
            _ => {
                return Err(Fault::new(
                    list.offset,
                    "`in` needs a list of values",
                    "Write `x in [a, b]` with at least one value.",
                ));
            }
        };
        let mut integers = Vec::new();
        let mut others = Vec::new();
        let mut subject = None;
        let value = self.infer(value, variables)?;
        for item in items {
            let left = value.clone();
            let (left, right, _) = self.unify(left, self.infer(item, variables)?)?;
            match right {
                Expression::Integer(right) => integers.push(right),
                right => others.push(right),
            }
            subject = Some(left);
        }
        let contained = match subject {
            Some(Expression::Integer(value)) => BoolExpr::IntegerIn(value, integers),
            Some(Expression::Date(value)) => BoolExpr::DateIn(
                value,
                collect(others, |e| match e {
                    Expression::Date(value) => Some(value),
                    _ => None,
                }),
            ),
            Some(Expression::Text(value)) => BoolExpr::TextIn(
                value,
                collect(others, |e| match e {
                    Expression::Text(value) => Some(value),
                    _ => None,
                }),
            ),
            Some(Expression::Enum(value, id)) => BoolExpr::EnumIn(
                value,
                collect(others, |e| match e {
                    Expression::Enum(value, _) => Some(value),
                    _ => None,
                }),
                id,
            ),
            _ => {
                return Err(Fault::new(
                    value.offset,
                    "true or false is not looked up in a list",
                    "Use the condition itself.",
                ));
            }
        };
        Ok(settled(Expression::Bool(contained), offset))
    }

    pub(crate) fn negate(
        &self,
        inner: &Syntax,
        offset: usize,
        variables: &mut Vec<String>,
    ) -> Checked<Typed> {
        let (value, bare) = self.number(inner, variables)?;
        Ok(Typed {
            expression: Expression::Integer(integer(value.unit, IntKind::Negate(Box::new(value)))),
            bare,
            offset,
        })
    }

    pub(crate) fn conditional(
        &self,
        condition: &Syntax,
        yes: &Syntax,
        no: &Syntax,
        offset: usize,
        variables: &mut Vec<String>,
    ) -> Checked<Typed> {
        let condition = Box::new(self.bool(condition, variables)?);
        let (yes, no) = (self.infer(yes, variables)?, self.infer(no, variables)?);
        let (yes, no, bare) = self.unify(yes, no)?;
        let expression = match (yes, no) {
            (Expression::Bool(a), Expression::Bool(b)) => {
                Expression::Bool(BoolExpr::If(condition, Box::new(a), Box::new(b)))
            }
            (Expression::Integer(a), Expression::Integer(b)) => Expression::Integer(integer(
                a.unit,
                IntKind::If(condition, Box::new(a), Box::new(b)),
            )),
            (Expression::Date(a), Expression::Date(b)) => {
                Expression::Date(DateExpr::If(condition, Box::new(a), Box::new(b)))
            }
            (Expression::Text(a), Expression::Text(b)) => {
                Expression::Text(TextExpr::If(condition, Box::new(a), Box::new(b)))
            }
            (Expression::Enum(a, id), Expression::Enum(b, _)) => {
                Expression::Enum(EnumExpr::If(condition, Box::new(a), Box::new(b)), id)
            }
            (_, other) => return Err(mismatch(offset, "the type of the other branch", &other)),
        };
        Ok(Typed {
            expression,
            bare,
            offset,
        })
    }
}

fn collect<T>(expressions: Vec<Expression>, pick: impl Fn(Expression) -> Option<T>) -> Vec<T> {
    expressions.into_iter().filter_map(pick).collect()
}
