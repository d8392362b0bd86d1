//! The words and signs of an expression, and the bounds on how many there may be.

use crate::parse::{Fault, MAX_BYTES, MAX_DEPTH, MAX_TOKENS};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TokenKind {
    Word,
    Number,
    Text,
    Symbol,
}

#[derive(Clone, Copy, Debug)]
pub(crate) struct Token<'a> {
    pub offset: usize,
    pub kind: TokenKind,
    pub text: &'a str,
}

/// The tokens of the language, which is smaller than CEL: no division, no escapes, no prefixed strings.
pub(crate) fn tokenize(source: &str) -> Result<Vec<Token<'_>>, Fault> {
    if source.len() > MAX_BYTES {
        return Err(Fault::new(
            0,
            format!("longer than {MAX_BYTES} bytes"),
            "Name parts of it under `define`.",
        ));
    }
    let mut tokens = Vec::new();
    let mut offset = 0;
    while let Some(character) = source[offset..].chars().next() {
        if character.is_ascii_whitespace() {
            offset += 1;
            continue;
        }
        let token = token_at(source, offset, character)?;
        offset += token.text.len();
        tokens.push(token);
    }
    check_bounds(&tokens)?;
    Ok(tokens)
}

fn token_at(source: &str, offset: usize, first: char) -> Result<Token<'_>, Fault> {
    let rest = &source[offset..];
    let take = |kind, length: usize| Token {
        offset,
        kind,
        text: &rest[..length],
    };
    let run = |keep: fn(char) -> bool| rest.find(|c| !keep(c)).unwrap_or(rest.len());
    match first {
        'a'..='z' | 'A'..='Z' | '_' => {
            let length = run(|c| c.is_ascii_alphanumeric() || c == '_');
            if rest[length..].starts_with(['"', '\'']) {
                return Err(Fault::new(
                    offset,
                    "a letter before a quotation mark",
                    "Write texts as \"…\" without a prefix.",
                ));
            }
            Ok(take(TokenKind::Word, length))
        }
        '0'..='9' => number(take(
            TokenKind::Number,
            run(|c| c.is_ascii_alphanumeric() || c == '.'),
        )),
        '"' | '\'' => text_token(source, offset, first),
        '&' | '|' | '=' if rest[1..].starts_with(first) => Ok(take(TokenKind::Symbol, 2)),
        '!' | '<' | '>' if rest[1..].starts_with('=') => Ok(take(TokenKind::Symbol, 2)),
        '.' if rest[1..].starts_with(|c: char| c.is_ascii_digit()) => Err(floating(offset)),
        '!' | '<' | '>' | '+' | '-' | '*' | '?' | ':' | '(' | ')' | '[' | ']' | ',' | '.' => {
            Ok(take(TokenKind::Symbol, 1))
        }
        '/' | '%' => Err(Fault::new(
            offset,
            format!("`{first}` is not in the language"),
            "Say how to round: `percent(x, n, half_up)`, `per_month(x, down)` or `round_to(x, step, down)`.",
        )),
        other => Err(Fault::new(
            offset,
            format!("`{other}` cannot stand in an expression"),
            "Names are ASCII; Korean labels stand in the vocabulary, texts between quotation marks.",
        )),
    }
}

fn floating(offset: usize) -> Fault {
    Fault::new(
        offset,
        "a floating literal",
        "Money and ratios are whole numbers here: write `percent(x, 75, half_up)`.",
    )
}

fn number(token: Token<'_>) -> Result<Token<'_>, Fault> {
    if token.text.contains(['.', 'e', 'E']) {
        return Err(floating(token.offset));
    }
    if !token.text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(Fault::new(
            token.offset,
            format!("`{}` is not a whole number", token.text),
            "Write decimal digits only.",
        ));
    }
    if token.text.parse::<i64>().is_err() {
        return Err(Fault::new(
            token.offset,
            "the number does not fit in 64 bits",
            "Write a smaller number.",
        ));
    }
    Ok(token)
}

fn text_token(source: &str, offset: usize, quote: char) -> Result<Token<'_>, Fault> {
    let inner = &source[offset + 1..];
    let length = inner.find([quote, '\\', '\n']).unwrap_or(inner.len());
    let doubled = length == 0 && inner[1.min(inner.len())..].starts_with(quote);
    if !inner[length..].starts_with(quote) || doubled {
        return Err(Fault::new(
            offset,
            "a text that does not end, or contains a backslash",
            "Write texts as \"…\" on one line, without escapes.",
        ));
    }
    Ok(Token {
        offset,
        kind: TokenKind::Text,
        text: &source[offset..offset + length + 2],
    })
}

fn check_bounds(tokens: &[Token<'_>]) -> Result<(), Fault> {
    let too =
        |offset, what: String| Err(Fault::new(offset, what, "Name parts of it under `define`."));
    if let Some(token) = tokens.get(MAX_TOKENS) {
        return too(
            token.offset,
            format!("more than {MAX_TOKENS} words and signs"),
        );
    }
    let (mut depth, mut unary, mut conditionals) = (0usize, 0usize, 0usize);
    for token in tokens {
        match token.text {
            "(" | "[" => depth += 1,
            ")" | "]" => depth = depth.saturating_sub(1),
            "?" => conditionals += 1,
            _ => {}
        }
        unary = if matches!(token.text, "!" | "-") {
            unary + 1
        } else {
            0
        };
        if depth > MAX_DEPTH || unary > 4 || conditionals > MAX_DEPTH {
            return too(token.offset, "nested too deeply".to_owned());
        }
    }
    Ok(())
}
