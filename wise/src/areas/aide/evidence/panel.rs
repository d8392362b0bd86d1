//! A table of figures as a person has it: one line for each unit and time, read into a balanced panel.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::areas::aide::said::{Said, number};

/// The most text that is read.
pub const MAX_BYTES: usize = 400_000;
/// The most figures: so many placebo tests of all three methods end within half a minute.
pub const MAX_CELLS: usize = 10_000;

/// Which column is what, by the names in the first line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Columns {
    pub unit: String,
    pub time: String,
    pub outcome: String,
    pub treated: String,
}

/// What was read.
#[derive(Clone, Debug, PartialEq)]
pub struct Table {
    /// In the order of their first line.
    pub units: Vec<String>,
    /// Ascending.
    pub times: Vec<String>,
    /// All times of the first unit first.
    pub outcomes: Vec<f64>,
    /// Places of the treated units, ascending.
    pub treated: Vec<usize>,
    /// Times before the treatment.
    pub pre_periods: usize,
    /// Decimals that the figures were written with.
    pub decimals: usize,
}

/// A line of the table.
struct Row {
    line: u64,
    unit: usize,
    time: String,
    outcome: f64,
    treated: bool,
}

/// Reads the table.
///
/// # Errors
/// The first thing that is wrong, with its line where it has one, and what to do about it.
pub fn read(text: &str, columns: &Columns) -> Result<Table, Said> {
    let text = text.trim_start_matches('\u{feff}');
    if text.trim().is_empty() {
        return Err(Said::new("aide-panel-empty"));
    }
    if text.len() > MAX_BYTES {
        return Err(Said::new("aide-panel-too-long").with("most", MAX_BYTES / 1_000));
    }
    let (rows, units, decimals) = rows(text, columns)?;
    let times = times(&rows)?;
    if units.len() * times.len() > MAX_CELLS {
        return Err(Said::new("aide-panel-too-large")
            .with("units", units.len())
            .with("times", times.len())
            .with("most", MAX_CELLS));
    }
    let cells = cells(&rows, &units, &times)?;
    let (treated, pre_periods) = treatment(&cells, &units, &times)?;
    Ok(Table {
        outcomes: cells.iter().map(|row| row.outcome).collect(),
        units,
        times,
        treated,
        pre_periods,
        decimals,
    })
}

type Rows = (Vec<Row>, Vec<String>, usize);

fn rows(text: &str, columns: &Columns) -> Result<Rows, Said> {
    let delimiter = delimiter(text);
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(delimiter)
        .flexible(true)
        .has_headers(false)
        .trim(csv::Trim::All)
        .from_reader(text.as_bytes());
    let mut records = reader.records();
    let unreadable = |line: u64| Said::new("aide-panel-unreadable").with("line", at(line));
    let header = match records.next() {
        Some(Ok(header)) => header,
        _ => return Err(unreadable(1)),
    };
    let place = |name: &str| {
        let is_it = |it: &str| it.to_lowercase() == name.trim().to_lowercase();
        header.iter().position(is_it).ok_or_else(|| {
            let found: Vec<&str> = header.iter().take(20).collect();
            Said::new("aide-panel-no-column")
                .with("name", shortened(name))
                .with("found", shortened(&found.join(", ")))
        })
    };
    let places = [
        place(&columns.unit)?,
        place(&columns.time)?,
        place(&columns.outcome)?,
        place(&columns.treated)?,
    ];
    for (index, one) in places.iter().enumerate() {
        if places[..index].contains(one) {
            let name = header.get(*one).unwrap_or_default();
            return Err(Said::new("aide-panel-column-twice").with("name", shortened(name)));
        }
    }
    let mut found = Found {
        comma_is_decimal: delimiter != b',',
        width: header.len(),
        places,
        known: BTreeMap::new(),
        units: Vec::new(),
        decimals: 0,
    };
    let mut rows = Vec::new();
    for record in records {
        let record = record.map_err(|error| {
            let line = error.position().map_or(0, csv::Position::line);
            unreadable(line)
        })?;
        let line = record.position().map_or(0, |it| line_of(text, it));
        if record.iter().any(|cell| !cell.is_empty()) {
            rows.push(found.row(&record, line)?);
        }
    }
    if rows.is_empty() {
        return Err(Said::new("aide-panel-no-rows"));
    }
    Ok((rows, found.units, found.decimals))
}

struct Found {
    comma_is_decimal: bool,
    width: usize,
    places: [usize; 4],
    known: BTreeMap<String, usize>,
    units: Vec<String>,
    decimals: usize,
}

impl Found {
    fn row(&mut self, record: &csv::StringRecord, line: u64) -> Result<Row, Said> {
        if record.len() != self.width {
            return Err(Said::new("aide-panel-width")
                .with("line", at(line))
                .with("found", record.len())
                .with("wanted", self.width));
        }
        let [unit, time, outcome, treated] = self
            .places
            .map(|place| record.get(place).unwrap_or_default());
        for (text, key) in [
            (unit, "aide-panel-no-unit"),
            (time, "aide-panel-no-time"),
            (outcome, "aide-panel-no-outcome"),
        ] {
            if text.is_empty() {
                return Err(Said::new(key).with("line", at(line)));
            }
        }
        let value = number(outcome, self.comma_is_decimal)
            .filter(|it| it.abs() <= 1e15)
            .ok_or_else(|| {
                Said::new("aide-panel-no-number")
                    .with("line", at(line))
                    .with("found", shortened(outcome))
            })?;
        let treated = yes_or_no(treated).ok_or_else(|| {
            Said::new("aide-panel-no-yes")
                .with("line", at(line))
                .with("found", shortened(treated))
        })?;
        self.decimals = self.decimals.max(decimals(outcome));
        let next = self.units.len();
        let place = *self.known.entry(unit.to_owned()).or_insert(next);
        if place == next {
            self.units.push(unit.to_owned());
        }
        Ok(Row {
            line,
            unit: place,
            time: time.to_owned(),
            outcome: value,
            treated,
        })
    }
}

/// Where a record stands: the reader's position is before the ends of lines, and empty lines, that it passes over.
fn line_of(text: &str, position: &csv::Position) -> u64 {
    let from = usize::try_from(position.byte()).unwrap_or(usize::MAX);
    let rest = text.as_bytes().get(from..).unwrap_or_default();
    let passed = rest.iter().take_while(|it| matches!(it, b'\r' | b'\n'));
    position.line() + passed.filter(|it| **it == b'\n').count() as u64
}

/// Lines are names, not quantities: no thousands separators.
fn at(line: u64) -> String {
    line.to_string()
}

/// What stands most often in the first line.
fn delimiter(text: &str) -> u8 {
    let first = text.lines().next().unwrap_or_default();
    let count = |it: u8| first.bytes().filter(|byte| *byte == it).count();
    let all = [b',', b';', b'\t'];
    all.into_iter()
        .rev()
        .max_by_key(|it| count(*it))
        .unwrap_or(b',')
}

fn yes_or_no(text: &str) -> Option<bool> {
    match text.to_lowercase().as_str() {
        "1" | "true" | "yes" | "y" | "예" | "있음" | "시행" | "có" => Some(true),
        "0" | "false" | "no" | "n" | "아니오" | "아니요" | "없음" | "미시행" | "không" | "" => {
            Some(false)
        }
        _ => None,
    }
}

/// Digits after the decimal sign, at most four: beyond, nobody reads them.
fn decimals(text: &str) -> usize {
    let after = text.rsplit_once(['.', ',']).map_or("", |(_, after)| after);
    let is_thousands = after.len() == 3 && !text.contains('.');
    if is_thousands {
        return 0;
    }
    after.trim().len().min(4)
}

fn shortened(text: &str) -> String {
    match text.char_indices().nth(120) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

/// The times in order: whole numbers as numbers, all others as texts of one length (`2024-03`, `2024Q1`).
fn times(rows: &[Row]) -> Result<Vec<String>, Said> {
    let mut times: Vec<&str> = rows.iter().map(|it| it.time.as_str()).collect();
    times.sort_unstable();
    times.dedup();
    let numbers: Option<Vec<i64>> = times.iter().map(|it| it.parse().ok()).collect();
    if let Some(numbers) = numbers {
        let mut pairs: Vec<(i64, &str)> = numbers.into_iter().zip(times).collect();
        pairs.sort_unstable();
        return Ok(pairs.into_iter().map(|(_, time)| time.to_owned()).collect());
    }
    let length = times[0].chars().count();
    if let Some(other) = times.iter().find(|it| it.chars().count() != length) {
        let line = rows.iter().find(|it| it.time == **other);
        return Err(Said::new("aide-panel-times")
            .with("line", at(line.map_or(0, |it| it.line)))
            .with("one", shortened(times[0]))
            .with("other", shortened(other)));
    }
    Ok(times.into_iter().map(str::to_owned).collect())
}

/// One row for each unit and time, all times of the first unit first.
fn cells<'a>(rows: &'a [Row], units: &[String], times: &[String]) -> Result<Vec<&'a Row>, Said> {
    let places: BTreeMap<&str, usize> = times.iter().map(String::as_str).zip(0..).collect();
    let mut cells: Vec<Option<&Row>> = vec![None; units.len() * times.len()];
    for row in rows {
        let cell = row.unit * times.len() + places[row.time.as_str()];
        if let Some(first) = cells[cell].replace(row) {
            return Err(Said::new("aide-panel-twice")
                .with("line", at(row.line))
                .with("first", at(first.line))
                .with("unit", shortened(&units[row.unit]))
                .with("time", shortened(&row.time)));
        }
    }
    if let Some(missing) = cells.iter().position(Option::is_none) {
        let lacking = cells.iter().filter(|it| it.is_none()).count();
        return Err(Said::new("aide-panel-missing")
            .with("unit", shortened(&units[missing / times.len()]))
            .with("time", shortened(&times[missing % times.len()]))
            .with("count", lacking));
    }
    Ok(cells.into_iter().flatten().collect())
}

/// Who is treated, and how many times lie before.
fn treatment(
    cells: &[&Row],
    units: &[String],
    times: &[String],
) -> Result<(Vec<usize>, usize), Said> {
    let mut begun: Option<(usize, usize)> = None;
    let mut treated = Vec::new();
    for (unit, rows) in cells.chunks(times.len()).enumerate() {
        let Some(start) = rows.iter().position(|it| it.treated) else {
            continue;
        };
        let name = shortened(&units[unit]);
        if start == 0 {
            return Err(Said::new("aide-panel-always").with("unit", name));
        }
        if let Some(row) = rows[start..].iter().find(|it| !it.treated) {
            return Err(Said::new("aide-panel-ended")
                .with("line", at(row.line))
                .with("unit", name)
                .with("time", shortened(&row.time)));
        }
        let (first, when) = *begun.get_or_insert((unit, start));
        if when != start {
            return Err(Said::new("aide-panel-staggered")
                .with("unit", shortened(&units[first]))
                .with("time", shortened(&times[when]))
                .with("other", name)
                .with("other_time", shortened(&times[start])));
        }
        treated.push(unit);
    }
    let Some((_, start)) = begun else {
        return Err(Said::new("aide-panel-nobody"));
    };
    if treated.len() == units.len() {
        return Err(Said::new("aide-panel-everybody"));
    }
    Ok((treated, start))
}
