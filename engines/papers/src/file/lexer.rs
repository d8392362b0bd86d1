//! Values of PDF (ISO 32000-2, 7.3), no deeper and no more than a paper has.

use std::ops::Range;

/// Values within values, at the most.
const DEEPEST: usize = 24;
/// Values in one object: in memory each takes twenty times what `1 ` takes in a file.
const MOST: usize = 100_000;

/// A value; what papers never look at is `Other`.
#[derive(Clone, Debug, PartialEq)]
pub enum Value<'a> {
    Number(i64),
    /// As it is written, `#` not resolved.
    Name(&'a [u8]),
    Text(Vec<u8>),
    Array(Vec<Value<'a>>),
    Dict(Dict<'a>),
    Reference(u32),
    Other,
}

/// Names, values and where each value stands.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Dict<'a>(pub Vec<(&'a [u8], Value<'a>, Range<usize>)>);

impl<'a> Dict<'a> {
    pub fn get(&self, name: &str) -> Option<&Value<'a>> {
        let (_, value, _) = self.0.iter().find(|(it, _, _)| *it == name.as_bytes())?;
        Some(value)
    }

    pub fn range(&self, name: &str) -> Option<Range<usize>> {
        let (_, _, range) = self.0.iter().find(|(it, _, _)| *it == name.as_bytes())?;
        Some(range.clone())
    }

    pub fn number(&self, name: &str) -> Option<i64> {
        match self.get(name)? {
            Value::Number(it) => Some(*it),
            _ => None,
        }
    }

    pub fn name(&self, name: &str) -> Option<&'a [u8]> {
        match self.get(name)? {
            Value::Name(it) => Some(it),
            _ => None,
        }
    }

    pub fn text(&self, name: &str) -> Option<&[u8]> {
        match self.get(name)? {
            Value::Text(it) => Some(it),
            _ => None,
        }
    }

    pub fn reference(&self, name: &str) -> Option<u32> {
        match self.get(name)? {
            Value::Reference(it) => Some(*it),
            _ => None,
        }
    }
}

/// Reads values one after the other. `None` is what is no value.
pub struct Lexer<'a> {
    bytes: &'a [u8],
    at: usize,
    /// How many more values are read.
    left: usize,
}

fn is_space(byte: u8) -> bool {
    matches!(byte, 0 | b'\t' | b'\n' | 0x0c | b'\r' | b' ')
}

fn is_regular(byte: u8) -> bool {
    !is_space(byte)
        && !matches!(
            byte,
            b'(' | b')' | b'<' | b'>' | b'[' | b']' | b'{' | b'}' | b'/' | b'%'
        )
}

impl<'a> Lexer<'a> {
    pub fn new(bytes: &'a [u8], at: usize) -> Self {
        let left = MOST;
        Self { bytes, at, left }
    }

    pub fn at(&self) -> usize {
        self.at
    }

    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn is_next(&self, word: &[u8]) -> bool {
        self.bytes
            .get(self.at..)
            .is_some_and(|it| it.starts_with(word))
    }

    /// Where the next value begins.
    pub fn skip_space(&mut self) -> usize {
        while self.peek().is_some_and(is_space) {
            self.at += 1;
        }
        self.at
    }

    /// Goes over a word, if it is the next.
    pub fn word(&mut self, word: &[u8]) -> bool {
        self.skip_space();
        let is_next = self.is_next(word);
        if is_next {
            self.at += word.len();
        }
        is_next
    }

    /// Goes over `stream` and its line's end: where the stream's bytes begin.
    pub fn stream(&mut self) -> Option<usize> {
        if !self.word(b"stream") {
            return None;
        }
        self.at += usize::from(self.peek() == Some(b'\r'));
        self.at += usize::from(self.peek() == Some(b'\n'));
        Some(self.at)
    }

    /// Goes over a whole number.
    pub fn number(&mut self) -> Option<i64> {
        let start = self.skip_space();
        match self.token() {
            Some(Value::Number(it)) => Some(it),
            _ => {
                self.at = start;
                None
            }
        }
    }

    pub fn value(&mut self) -> Option<Value<'a>> {
        self.nested(0)
    }

    fn nested(&mut self, depth: usize) -> Option<Value<'a>> {
        if depth > DEEPEST {
            return None;
        }
        self.left = self.left.checked_sub(1)?;
        self.skip_space();
        if self.is_next(b"<<") {
            self.at += 2;
            return self.dict(depth);
        }
        match self.peek()? {
            b'[' => {
                self.at += 1;
                let mut items = Vec::new();
                while !self.word(b"]") {
                    items.push(self.nested(depth + 1)?);
                }
                Some(Value::Array(items))
            }
            b'/' => self.name().map(Value::Name),
            b'(' => self.literal(),
            b'<' => self.hexadecimal(),
            _ => self.number_or_reference(),
        }
    }

    fn dict(&mut self, depth: usize) -> Option<Value<'a>> {
        let mut dict = Dict::default();
        while !self.word(b">>") {
            let name = self.name()?;
            let start = self.skip_space();
            let value = self.nested(depth + 1)?;
            dict.0.push((name, value, start..self.at));
        }
        Some(Value::Dict(dict))
    }

    fn name(&mut self) -> Option<&'a [u8]> {
        (self.peek()? == b'/').then_some(())?;
        self.at += 1;
        Some(self.regular())
    }

    fn regular(&mut self) -> &'a [u8] {
        let start = self.at;
        while self.peek().is_some_and(is_regular) {
            self.at += 1;
        }
        self.bytes.get(start..self.at).unwrap_or_default()
    }

    /// A number that is whole, or any other word.
    fn token(&mut self) -> Option<Value<'a>> {
        let word = self.regular();
        if word.is_empty() {
            return None;
        }
        let number = std::str::from_utf8(word)
            .ok()
            .and_then(|it| it.parse().ok());
        Some(number.map_or(Value::Other, Value::Number))
    }

    fn number_or_reference(&mut self) -> Option<Value<'a>> {
        let first = self.token()?;
        let Value::Number(number) = first else {
            return Some(first);
        };
        let after = self.at;
        if self.number().is_some() && self.word(b"R") && !self.peek().is_some_and(is_regular) {
            return u32::try_from(number).ok().map(Value::Reference);
        }
        self.at = after;
        Some(first)
    }

    fn literal(&mut self) -> Option<Value<'a>> {
        self.at += 1;
        let (mut text, mut open) = (Vec::new(), 1);
        loop {
            let byte = self.peek()?;
            self.at += 1;
            match byte {
                b'(' => open += 1,
                b')' => open -= 1,
                b'\\' => {
                    self.escape(&mut text)?;
                    continue;
                }
                _ => {}
            }
            if open == 0 {
                return Some(Value::Text(text));
            }
            text.push(byte);
        }
    }

    fn escape(&mut self, text: &mut Vec<u8>) -> Option<()> {
        let byte = self.peek()?;
        self.at += 1;
        match byte {
            b'n' => text.push(b'\n'),
            b'r' => text.push(b'\r'),
            b't' => text.push(b'\t'),
            b'b' => text.push(8),
            b'f' => text.push(12),
            b'\n' => {}
            b'\r' => self.at += usize::from(self.peek() == Some(b'\n')),
            b'0'..=b'7' => {
                let mut code = u32::from(byte - b'0');
                for _ in 0..2 {
                    match self.peek() {
                        Some(digit @ b'0'..=b'7') => {
                            code = code * 8 + u32::from(digit - b'0');
                            self.at += 1;
                        }
                        _ => break,
                    }
                }
                // High-order overflow is ignored (7.3.4.2).
                text.push(code.to_le_bytes()[0]);
            }
            it => text.push(it),
        }
        Some(())
    }

    fn hexadecimal(&mut self) -> Option<Value<'a>> {
        self.at += 1;
        let mut digits = Vec::new();
        loop {
            let byte = self.peek()?;
            self.at += 1;
            match byte {
                b'>' => break,
                it if is_space(it) => {}
                it => digits.push(u8::try_from(char::from(it).to_digit(16)?).ok()?),
            }
        }
        let pairs = digits.chunks(2).map(|it| match it {
            [high, low] => high << 4 | low,
            [high] => high << 4,
            _ => 0,
        });
        Some(Value::Text(pairs.collect()))
    }
}
