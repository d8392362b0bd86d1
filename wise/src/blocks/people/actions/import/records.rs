//! Cuts a file into records without holding more than one of them, whatever the file is.

use std::io::{self, BufRead};

use encoding_rs::EUC_KR;

use super::rows::Reason;

/// The longest record, in bytes: a row of this register has some thousand.
pub(super) const LONGEST: usize = 64 * 1024;

/// How the rows are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Format {
    Csv,
    /// An array of objects, or one object a line.
    Json,
}

/// A record as text, and the line that it begins on, from 1.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Record {
    pub line: u64,
    pub text: Result<String, Reason>,
}

/// Records of a file, one after the other.
pub(super) struct Records<R> {
    input: R,
    pub format: Format,
    line: u64,
    decoder: Decoder,
    /// Lines that belonged to a record that turned out to have no end: read again as records.
    returned: Vec<Line>,
}

/// A physical line without its end.
struct Line {
    number: u64,
    bytes: Vec<u8>,
    too_long: bool,
}

impl<R: BufRead> Records<R> {
    /// Looks at the beginning: a byte order mark is skipped, `[` or `{` begins JSON.
    pub fn open(mut input: R) -> io::Result<Self> {
        let start = input.fill_buf()?;
        let mark = if start.starts_with(b"\xEF\xBB\xBF") {
            3
        } else {
            0
        };
        let first = start[mark..]
            .iter()
            .find(|byte| !byte.is_ascii_whitespace());
        let format = match first {
            Some(b'[' | b'{') => Format::Json,
            _ => Format::Csv,
        };
        let decoder = Decoder::by_sample(&start[mark..]);
        input.consume(mark);
        Ok(Self {
            input,
            format,
            line: 0,
            decoder,
            returned: Vec::new(),
        })
    }

    /// The next record; `None` at the end of the file.
    pub fn next(&mut self) -> io::Result<Option<Record>> {
        match self.format {
            Format::Csv => self.next_csv(),
            Format::Json => self.next_json(),
        }
    }

    fn next_line(&mut self) -> io::Result<Option<Line>> {
        if let Some(line) = self.returned.pop() {
            return Ok(Some(line));
        }
        let mut bytes = Vec::new();
        let mut too_long = false;
        let mut any = false;
        loop {
            let part = self.input.fill_buf()?;
            if part.is_empty() {
                break;
            }
            any = true;
            let end = part.iter().position(|byte| *byte == b'\n');
            let taken = end.unwrap_or(part.len());
            if bytes.len() + taken > LONGEST {
                // What follows of this line is not kept.
                too_long = true;
            } else {
                bytes.extend_from_slice(&part[..taken]);
            }
            let used = taken + usize::from(end.is_some());
            self.input.consume(used);
            if end.is_some() {
                break;
            }
        }
        if !any {
            return Ok(None);
        }
        self.line += 1;
        if bytes.last() == Some(&b'\r') {
            bytes.pop();
        }
        Ok(Some(Line {
            number: self.line,
            bytes,
            too_long,
        }))
    }

    fn give_back(&mut self, lines: Vec<Line>) {
        self.returned.extend(lines.into_iter().rev());
    }

    fn record(&mut self, line: u64, bytes: &[u8]) -> Record {
        Record {
            line,
            text: self.decoder.decode(bytes),
        }
    }

    /// A line, or several where a quoted field goes over the line's end (RFC 4180). Bytes of `"`
    /// and line ends never occur inside a letter of UTF-8 or CP949.
    fn next_csv(&mut self) -> io::Result<Option<Record>> {
        loop {
            let Some(first) = self.next_line()? else {
                return Ok(None);
            };
            if first.bytes.is_empty() && !first.too_long {
                continue;
            }
            return self.finish_csv(first).map(Some);
        }
    }

    fn finish_csv(&mut self, first: Line) -> io::Result<Record> {
        if first.too_long {
            return Ok(wrong(first.number, Reason::TooLong));
        }
        let quotes = |bytes: &[u8]| bytes.iter().filter(|byte| **byte == b'"').count();
        let number = first.number;
        let mut whole = first.bytes;
        let mut open = quotes(&whole) % 2 == 1;
        let mut more = Vec::new();
        while open {
            let next = self.next_line()?;
            let Some(next) = next.filter(|it| whole.len() + it.bytes.len() < LONGEST) else {
                self.give_back(more);
                return Ok(wrong(number, Reason::OpenQuote));
            };
            whole.push(b'\n');
            whole.extend_from_slice(&next.bytes);
            open = (quotes(&next.bytes) % 2 == 1) != open;
            more.push(next);
        }
        Ok(self.record(number, &whole))
    }

    /// The next object: from its `{` to the `}` that closes it.
    fn next_json(&mut self) -> io::Result<Option<Record>> {
        let mut object = Object::default();
        let mut lines: Vec<Line> = Vec::new();
        loop {
            let Some(mut line) = self.next_line()? else {
                return Ok(self.unfinished(lines));
            };
            let number = line.number;
            if line.too_long || object.bytes.len() + line.bytes.len() > LONGEST {
                if lines.is_empty() {
                    return Ok(Some(wrong(number, Reason::TooLong)));
                }
                lines.push(line);
                return Ok(self.unfinished(lines));
            }
            match object.take(&line.bytes) {
                Taken::Nothing => {}
                Taken::All => lines.push(line),
                Taken::Closed(end) => {
                    let begun = lines.first().map_or(number, |it| it.number);
                    line.bytes.drain(..end);
                    self.returned.push(line);
                    return Ok(Some(self.record(begun, &object.bytes)));
                }
                Taken::Stray => return Ok(Some(wrong(number, Reason::NotJson))),
            }
        }
    }

    /// An object without an end: its first line is lost, the others are read again.
    fn unfinished(&mut self, mut lines: Vec<Line>) -> Option<Record> {
        if lines.is_empty() {
            return None;
        }
        let first = lines.remove(0);
        self.give_back(lines);
        Some(wrong(first.number, Reason::OpenObject))
    }
}

fn wrong(line: u64, reason: Reason) -> Record {
    Record {
        line,
        text: Err(reason),
    }
}

/// An object while it is read.
#[derive(Default)]
struct Object {
    bytes: Vec<u8>,
    depth: usize,
    in_text: bool,
    escaped: bool,
}

enum Taken {
    /// The line holds no part of an object.
    Nothing,
    /// The object goes on after this line.
    All,
    /// Up to here, where the object ended.
    Closed(usize),
    /// Something that belongs to no object.
    Stray,
}

impl Object {
    fn take(&mut self, line: &[u8]) -> Taken {
        for (index, byte) in line.iter().enumerate() {
            if self.depth == 0 {
                match byte {
                    b'{' => {
                        self.depth = 1;
                        self.bytes.push(b'{');
                    }
                    b'[' | b']' | b',' => {}
                    byte if byte.is_ascii_whitespace() => {}
                    _ => return Taken::Stray,
                }
                continue;
            }
            self.bytes.push(*byte);
            if self.inside(*byte) {
                return Taken::Closed(index + 1);
            }
        }
        if self.depth == 0 {
            return Taken::Nothing;
        }
        self.bytes.push(b'\n');
        Taken::All
    }

    /// Follows one byte of an object; `true` when it closed the object.
    fn inside(&mut self, byte: u8) -> bool {
        if self.in_text {
            match byte {
                _ if self.escaped => self.escaped = false,
                b'\\' => self.escaped = true,
                b'"' => self.in_text = false,
                _ => {}
            }
            return false;
        }
        match byte {
            b'"' => self.in_text = true,
            b'{' | b'[' => self.depth += 1,
            b'}' | b']' => self.depth -= 1,
            _ => {}
        }
        self.depth == 0
    }
}

/// UTF-8, or the CP949 that Korean spreadsheets still write; decided once, by most of the first
/// lines that are not ASCII.
struct Decoder {
    is_cp949: Option<bool>,
}

impl Decoder {
    fn by_sample(sample: &[u8]) -> Self {
        let mut lines: Vec<&[u8]> = sample.split(|byte| *byte == b'\n').collect();
        // The last one may be cut within a letter.
        lines.pop();
        lines.retain(|line| !line.is_ascii());
        let utf8 = lines
            .iter()
            .filter(|line| std::str::from_utf8(line).is_ok())
            .count();
        Self {
            is_cp949: (!lines.is_empty()).then_some(utf8 * 2 < lines.len()),
        }
    }

    fn decode(&mut self, bytes: &[u8]) -> Result<String, Reason> {
        if bytes.is_ascii() {
            return Ok(String::from_utf8_lossy(bytes).into_owned());
        }
        let utf8 = std::str::from_utf8(bytes);
        let is_cp949 = *self.is_cp949.get_or_insert(utf8.is_err());
        if !is_cp949 {
            return utf8.map(str::to_owned).map_err(|_| Reason::Encoding);
        }
        match EUC_KR.decode_without_bom_handling(bytes) {
            (_, true) => Err(Reason::Encoding),
            (text, false) => Ok(text.into_owned()),
        }
    }
}
