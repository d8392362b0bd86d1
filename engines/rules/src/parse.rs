//! From the text of an expression to an untyped tree with places.
//!
//! The syntax is read by the `cel` crate's Pratt parser. Before it sees a text, a small tokenizer bounds its
//! length, its tokens and its nesting, so that no input can exhaust the stack; afterwards the same tokens tell
//! where each part of the tree stands, which the parser itself does not.

use std::borrow::Cow;

use cel::common::ast::{CallExpr, ComprehensionExpr, Expr, IdedExpr, LiteralValue, operators};
use cel::parser::PrattParser;

use crate::tokens::{Token, TokenKind, tokenize};

/// The longest expression, in bytes.
pub const MAX_BYTES: usize = 2_000;
/// The most tokens in an expression.
pub const MAX_TOKENS: usize = 600;
/// The deepest nesting of brackets and operators.
pub const MAX_DEPTH: usize = 40;

/// An untyped expression; `offset` is the byte where it begins.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Syntax {
    pub offset: usize,
    pub kind: SyntaxKind,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) enum SyntaxKind {
    Bool(bool),
    Integer(i64),
    Text(String),
    Name(String),
    Field(Box<Syntax>, String),
    Index(Box<Syntax>, Box<Syntax>),
    List(Vec<Syntax>),
    Not(Box<Syntax>),
    Negate(Box<Syntax>),
    All(Vec<Syntax>),
    Any(Vec<Syntax>),
    Binary(Operator, Box<Syntax>, Box<Syntax>),
    Conditional(Box<Syntax>, Box<Syntax>, Box<Syntax>),
    Call {
        name: String,
        receiver: Option<Box<Syntax>>,
        arguments: Vec<Syntax>,
    },
    Comprehension {
        kind: ComprehensionKind,
        list: Box<Syntax>,
        variable: String,
        filter: Option<Box<Syntax>>,
        body: Box<Syntax>,
    },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Operator {
    Add,
    Subtract,
    Multiply,
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    In,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ComprehensionKind {
    Exists,
    All,
    /// The body is the condition.
    Filter,
    /// The body is the value.
    Map,
}

/// Why a text is not an expression, or not one of the right type; `offset` is the byte concerned.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Fault {
    pub offset: usize,
    pub message: String,
    pub remedy: Cow<'static, str>,
}

impl Fault {
    pub fn new(
        offset: usize,
        message: impl Into<String>,
        remedy: impl Into<Cow<'static, str>>,
    ) -> Self {
        Self {
            offset,
            message: message.into(),
            remedy: remedy.into(),
        }
    }

    /// A fault that follows from another one, which has been reported.
    pub fn follows(offset: usize) -> Self {
        Self::new(offset, "", "")
    }

    /// Whether it follows from another one.
    pub fn is_follow_up(&self) -> bool {
        self.message.is_empty()
    }
}

/// Reads an expression. Never panics and uses bounded stack, whatever the text.
pub(crate) fn parse(source: &str) -> Result<Syntax, Fault> {
    let tokens = tokenize(source)?;
    let tree = PrattParser::new()
        .max_recursion_depth(MAX_DEPTH as u16)
        .max_expression_node_count(4 * MAX_TOKENS)
        .parse(source)
        .map_err(|errors| parser_error(source, &errors.errors))?;
    let mut converter = Converter {
        tokens,
        next: 0,
        depth: 0,
    };
    converter.convert(tree)
}

fn parser_error(source: &str, errors: &[cel::parser::ParseError]) -> Fault {
    const REMEDY: &str = "Mend the expression; the syntax is described in the README of the rules.";
    let Some(first) = errors.first() else {
        return Fault::new(0, "the expression cannot be read", REMEDY);
    };
    let (line, column) = first.pos;
    let before: usize = source
        .split_inclusive('\n')
        .take(usize::try_from(line - 1).unwrap_or(0))
        .map(str::len)
        .sum();
    let offset = before + usize::try_from(column - 1).unwrap_or(0);
    let message = first.msg.trim_start_matches("Syntax error: ");
    Fault::new(offset.min(source.len()), message, REMEDY)
}

/// Walks the parser's tree in the order of the text, so that each leaf meets its token.
struct Converter<'a> {
    tokens: Vec<Token<'a>>,
    next: usize,
    depth: usize,
}

impl Converter<'_> {
    /// The offset of the next token that satisfies `wanted`, which is consumed.
    fn meet(&mut self, wanted: impl Fn(&Token<'_>) -> bool) -> usize {
        let found = self.tokens[self.next.min(self.tokens.len())..]
            .iter()
            .position(wanted);
        match found {
            Some(skipped) => {
                let offset = self.tokens[self.next + skipped].offset;
                self.next += skipped + 1;
                offset
            }
            None => self.tokens.last().map_or(0, |token| token.offset),
        }
    }

    fn word(&mut self, text: &str) -> usize {
        self.meet(|token| token.kind == TokenKind::Word && token.text == text)
    }

    fn here(&self) -> usize {
        self.tokens.get(self.next).map_or(0, |token| token.offset)
    }

    fn convert(&mut self, tree: IdedExpr) -> Result<Syntax, Fault> {
        self.depth += 1;
        if self.depth > 2 * MAX_DEPTH {
            return Err(Fault::new(
                self.here(),
                "nested too deeply",
                "Name parts of it under `define`.",
            ));
        }
        let converted = self.convert_kind(tree.expr);
        self.depth -= 1;
        converted
    }

    fn boxed(&mut self, tree: IdedExpr) -> Result<Box<Syntax>, Fault> {
        self.convert(tree).map(Box::new)
    }

    fn convert_kind(&mut self, tree: Expr) -> Result<Syntax, Fault> {
        match tree {
            Expr::Literal(literal) => self.literal(literal),
            Expr::Ident(name) => Ok(Syntax {
                offset: self.word(&name),
                kind: SyntaxKind::Name(name),
            }),
            Expr::Select(select) if !select.test => {
                let operand = self.boxed(*select.operand)?;
                // A wrong name is better pointed at by its own place than by its owner's.
                let offset = self.word(&select.field);
                Ok(Syntax {
                    offset,
                    kind: SyntaxKind::Field(operand, select.field),
                })
            }
            Expr::List(list) => {
                let offset = self.meet(|token| token.text == "[");
                let items = list.elements.into_iter().map(|item| self.convert(item));
                Ok(Syntax {
                    offset,
                    kind: SyntaxKind::List(items.collect::<Result<_, _>>()?),
                })
            }
            Expr::Call(call) => self.call(call),
            Expr::Comprehension(comprehension) => self.comprehension(*comprehension),
            _ => Err(Fault::new(
                self.here(),
                "this is not in the language",
                "There is no `has`, no map and no message here; unknown facts are handled by themselves.",
            )),
        }
    }

    fn literal(&mut self, literal: LiteralValue) -> Result<Syntax, Fault> {
        let here = self.here();
        match literal {
            LiteralValue::Boolean(value) => {
                let value = *value.inner();
                Ok(Syntax {
                    offset: self.word(if value { "true" } else { "false" }),
                    kind: SyntaxKind::Bool(value),
                })
            }
            LiteralValue::Int(value) => Ok(Syntax {
                offset: self.meet(|token| token.kind == TokenKind::Number),
                kind: SyntaxKind::Integer(*value.inner()),
            }),
            LiteralValue::String(value) => Ok(Syntax {
                offset: self.meet(|token| token.kind == TokenKind::Text),
                kind: SyntaxKind::Text(value.inner().to_owned()),
            }),
            _ => Err(Fault::new(
                here,
                "this literal is not in the language",
                "Use whole numbers, texts between quotation marks, true and false.",
            )),
        }
    }

    fn call(&mut self, call: CallExpr) -> Result<Syntax, Fault> {
        let CallExpr {
            func_name,
            target,
            args,
        } = call;
        if func_name == operators::LOGICAL_AND || func_name == operators::LOGICAL_OR {
            let mut parts = Vec::new();
            self.flatten(&func_name, args, &mut parts)?;
            let offset = parts.first().map_or(0, |part| part.offset);
            let kind = if func_name == operators::LOGICAL_AND {
                SyntaxKind::All(parts)
            } else {
                SyntaxKind::Any(parts)
            };
            return Ok(Syntax { offset, kind });
        }
        if func_name
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
        {
            return self.function(func_name, target.map(|target| *target), args);
        }
        self.operator(&func_name, args)
    }

    /// `a && b && c` comes as a balanced tree: here it is one list.
    fn flatten(
        &mut self,
        name: &str,
        args: Vec<IdedExpr>,
        parts: &mut Vec<Syntax>,
    ) -> Result<(), Fault> {
        for arg in args {
            match arg.expr {
                Expr::Call(inner) if inner.func_name == name && inner.target.is_none() => {
                    self.flatten(name, inner.args, parts)?;
                }
                _ => parts.push(self.convert(arg)?),
            }
        }
        Ok(())
    }

    fn function(
        &mut self,
        name: String,
        receiver: Option<IdedExpr>,
        args: Vec<IdedExpr>,
    ) -> Result<Syntax, Fault> {
        let receiver = receiver.map(|receiver| self.boxed(receiver)).transpose()?;
        let offset = self.word(&name);
        let arguments = args
            .into_iter()
            .map(|arg| self.convert(arg))
            .collect::<Result<_, _>>()?;
        Ok(Syntax {
            offset,
            kind: SyntaxKind::Call {
                name,
                receiver,
                arguments,
            },
        })
    }

    fn operator(&mut self, name: &str, args: Vec<IdedExpr>) -> Result<Syntax, Fault> {
        let mut parts = Vec::with_capacity(args.len());
        let here = self.here();
        for arg in args {
            parts.push(self.convert(arg)?);
        }
        let offset = parts.first().map_or(here, |part| part.offset);
        let mut parts = parts.into_iter().map(Box::new);
        let kind = match (name, parts.next(), parts.next(), parts.next()) {
            (operators::LOGICAL_NOT, Some(a), None, None) => SyntaxKind::Not(a),
            (operators::NEGATE, Some(a), None, None) => SyntaxKind::Negate(a),
            (operators::INDEX, Some(a), Some(b), None) => SyntaxKind::Index(a, b),
            (operators::CONDITIONAL, Some(a), Some(b), Some(c)) => SyntaxKind::Conditional(a, b, c),
            (name, Some(a), Some(b), None) => match binary(name) {
                Some(operator) => SyntaxKind::Binary(operator, a, b),
                None => return Err(outside(offset)),
            },
            _ => return Err(outside(offset)),
        };
        Ok(Syntax { offset, kind })
    }

    fn comprehension(&mut self, node: ComprehensionExpr) -> Result<Syntax, Fault> {
        let list = self.boxed(node.iter_range)?;
        let variable = node.iter_var;
        let parts = macro_parts(&variable, node.accu_init.expr, node.loop_step.expr);
        let Some((kind, filter, body)) = parts else {
            return Err(outside(list.offset));
        };
        let name = match kind {
            ComprehensionKind::Exists => "exists",
            ComprehensionKind::All => "all",
            ComprehensionKind::Filter => "filter",
            ComprehensionKind::Map => "map",
        };
        let offset = self.word(name);
        self.word(&variable);
        let filter = filter.map(|filter| self.boxed(filter)).transpose()?;
        let body = self.boxed(body)?;
        Ok(Syntax {
            offset,
            kind: SyntaxKind::Comprehension {
                kind,
                list,
                variable,
                filter,
                body,
            },
        })
    }
}

fn outside(offset: usize) -> Fault {
    Fault::new(
        offset,
        "this operation is not in the language",
        "Use == != < <= > >= && || ! ?: + - * in, `exists`, `all`, `filter`, `map` and the listed functions.",
    )
}

fn binary(name: &str) -> Option<Operator> {
    Some(match name {
        operators::ADD => Operator::Add,
        operators::SUBSTRACT => Operator::Subtract,
        operators::MULTIPLY => Operator::Multiply,
        operators::EQUALS => Operator::Equal,
        operators::NOT_EQUALS => Operator::NotEqual,
        operators::LESS => Operator::Less,
        operators::LESS_EQUALS => Operator::LessOrEqual,
        operators::GREATER => Operator::Greater,
        operators::GREATER_EQUALS => Operator::GreaterOrEqual,
        operators::IN => Operator::In,
        _ => return None,
    })
}

type MacroParts = (ComprehensionKind, Option<IdedExpr>, IdedExpr);

/// Recognises which macro the parser expanded, from what the loop starts with and does:
/// `exists` is `false, r || p`; `all` is `true, r && p`; `map` is `[], r + [v]`, conditional with a filter;
/// `filter` is `[], p ? r + [x] : r`.
fn macro_parts(variable: &str, init: Expr, step: Expr) -> Option<MacroParts> {
    let Expr::Call(step) = step else {
        return None;
    };
    let mut args = step.args.into_iter();
    match (init, step.func_name.as_str()) {
        (Expr::Literal(LiteralValue::Boolean(_)), operators::LOGICAL_OR) => {
            Some((ComprehensionKind::Exists, None, args.nth(1)?))
        }
        (Expr::Literal(LiteralValue::Boolean(_)), operators::LOGICAL_AND) => {
            Some((ComprehensionKind::All, None, args.nth(1)?))
        }
        (Expr::List(_), operators::ADD) => {
            Some((ComprehensionKind::Map, None, appended(args.nth(1)?)?))
        }
        (Expr::List(_), operators::CONDITIONAL) => {
            let condition = args.next()?;
            let Expr::Call(add) = args.next()?.expr else {
                return None;
            };
            let value = appended(add.args.into_iter().nth(1)?)?;
            // A three-part `map` to the variable itself would look the same, but a member is not a value.
            Some(match value.expr {
                Expr::Ident(name) if name == variable => {
                    (ComprehensionKind::Filter, None, condition)
                }
                _ => (ComprehensionKind::Map, Some(condition), value),
            })
        }
        _ => None,
    }
}

fn appended(list: IdedExpr) -> Option<IdedExpr> {
    match list.expr {
        Expr::List(list) => list.elements.into_iter().next(),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kind(source: &str) -> SyntaxKind {
        parse(source).expect(source).kind
    }

    #[test]
    fn macros_are_recognised_again() {
        for (source, wanted, filtered) in [
            ("x.exists(m, m.a == 1)", ComprehensionKind::Exists, false),
            ("x.all(m, m.a == 1)", ComprehensionKind::All, false),
            ("x.filter(m, m.a == 1)", ComprehensionKind::Filter, false),
            ("x.map(m, m.a)", ComprehensionKind::Map, false),
            ("x.map(m, m.b, m.a)", ComprehensionKind::Map, true),
        ] {
            let SyntaxKind::Comprehension { kind, filter, .. } = kind(source) else {
                panic!("{source}")
            };
            assert_eq!((kind, filter.is_some()), (wanted, filtered), "{source}");
        }
    }

    #[test]
    fn every_part_knows_its_place() {
        let source = "person.born == 1 && (define.a + 20 < param.b || x.exists(m, m.c))";
        fn places(syntax: &Syntax, source: &str) {
            let rest = &source[syntax.offset..];
            match &syntax.kind {
                SyntaxKind::Name(name) => assert!(rest.starts_with(name.as_str()), "{rest}"),
                SyntaxKind::Integer(value) => assert!(rest.starts_with(&value.to_string())),
                SyntaxKind::Field(owner, name) => {
                    assert!(rest.starts_with(name.as_str()), "{rest} {name}");
                    places(owner, source);
                }
                SyntaxKind::All(parts) | SyntaxKind::Any(parts) => {
                    parts.iter().for_each(|part| places(part, source));
                }
                SyntaxKind::Binary(_, left, right) => {
                    places(left, source);
                    places(right, source);
                }
                SyntaxKind::Comprehension { list, body, .. } => {
                    assert!(rest.starts_with("exists"));
                    places(list, source);
                    places(body, source);
                }
                other => panic!("{other:?}"),
            }
        }
        places(&parse(source).expect("valid"), source);
    }

    #[test]
    fn what_is_not_in_the_language_is_refused_where_it_stands() {
        for (source, offset, message) in [
            ("1 + 0.75", 4, "floating"),
            ("1 + .5", 4, "floating"),
            ("1e3", 0, "floating"),
            ("a / 2", 2, "not in the language"),
            ("a % 2", 2, "not in the language"),
            ("소득 > 1", 0, "cannot stand"),
            ("has(a.b)", 0, "not in the language"),
            ("{1: 2}", 0, "cannot stand"),
            ("99999999999999999999", 0, "64 bits"),
            ("0x10", 0, "whole number"),
            ("a ==", 4, ""),
            ("\"x", 0, "does not end"),
            ("b\"x\"", 0, "letter before"),
            ("x.exists_one(m, m.a)", 0, "not in the language"),
            ("null", 0, "not in the language"),
            ("", 0, ""),
        ] {
            let fault = parse(source).expect_err(source);
            assert!(fault.message.contains(message), "{source}: {fault:?}");
            assert_eq!(fault.offset, offset, "{source}: {fault:?}");
        }
    }

    #[test]
    fn nesting_and_length_are_bounded_on_a_small_stack() {
        let hostile: Vec<String> = [
            ("(", ")"),
            ("[", "]"),
            ("!", ""),
            ("-", ""),
            ("f(", ")"),
            ("a?", ":b"),
            ("a[", "]"),
            ("a.b.", "c"),
            ("1+", "1"),
            ("a ? b : ", "c"),
            ("x.map(m,", ")"),
            ("a&&", "a"),
            ("{", "}"),
        ]
        .into_iter()
        .flat_map(|(open, close)| {
            [30, 45, 100, 300, 600, 1_000, 50_000]
                .map(|times| format!("{}1{}", open.repeat(times), close.repeat(times)))
        })
        .collect();
        std::thread::Builder::new()
            .stack_size(2 * 1024 * 1024)
            .spawn(move || {
                for source in &hostile {
                    // Whether it parses is not the point here: that the stack survives is.
                    let parsed = parse(source);
                    assert!(source.len() <= MAX_BYTES || parsed.is_err());
                }
            })
            .expect("a thread")
            .join()
            .expect("no overflow, no panic");
    }
}
