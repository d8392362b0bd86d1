//! Dated values with their legal source.

use base::Localized;
use jiff::civil::Date;

use crate::dates;
use crate::diagnostic::{Position, Problems, suggestion};
use crate::reader::{Fields, check_name, date, integer, items, labels, text};
use crate::vocabulary::Unit;
use crate::yaml::{Kind, Node};

/// What a table gives beyond its last entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Beyond {
    /// Nothing: the law has no value there.
    Nothing,
    /// The last value again.
    Last,
    /// The last value plus the last step for every further entry.
    LastStep,
}

/// One number, or a table for 1, 2, 3 … of [`Parameter::by`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ParameterValue {
    Single(i64),
    Table(Vec<i64>),
}

/// A value of law and the days on which it holds.
#[derive(Clone, Debug)]
pub struct DatedValue {
    pub from: Date,
    /// The first day on which it no longer holds, where no later value ends it.
    pub to: Option<Date>,
    pub value: ParameterValue,
    /// The act, notice or guide that says so.
    pub source: String,
    /// The day on which somebody compared it with the source.
    pub checked: Date,
    /// True where no first-hand source was at hand.
    pub unverified: bool,
    pub note: Option<String>,
    pub at: Position,
}

/// A named value of law with its history.
#[derive(Clone, Debug)]
pub struct Parameter {
    /// The name after `param.` in expressions.
    pub name: String,
    /// The file that declares it.
    pub file: String,
    pub label: Localized,
    pub unit: Unit,
    /// The unit of the index, for tables.
    pub by: Option<Unit>,
    pub beyond: Beyond,
    /// In order of `from`.
    pub values: Vec<DatedValue>,
    pub at: Position,
}

/// A value in force that nobody has compared with its source for long.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StaleParameter {
    /// The benefit it belongs to; `None` for a shared one.
    pub benefit: Option<String>,
    pub parameter: String,
    /// Where the value stands.
    pub file: String,
    pub line: usize,
    pub source: String,
    pub checked: Date,
    /// Whole days since then.
    pub age_days: i64,
}

impl Parameter {
    /// The value in force on `on`, if it was checked more than `max_age_days` before.
    pub(crate) fn stale(
        &self,
        benefit: Option<&str>,
        on: Date,
        max_age_days: i64,
    ) -> Option<StaleParameter> {
        let value = self.on(on)?;
        let age_days = dates::days_between(value.checked, on);
        (age_days > max_age_days).then(|| StaleParameter {
            benefit: benefit.map(str::to_owned),
            parameter: self.name.clone(),
            file: self.file.clone(),
            line: value.at.line,
            source: value.source.clone(),
            checked: value.checked,
            age_days,
        })
    }

    /// The value in force on a day, if the law has one.
    pub fn on(&self, day: Date) -> Option<&DatedValue> {
        let value = self.values.iter().rev().find(|value| value.from <= day)?;
        value.to.is_none_or(|to| day < to).then_some(value)
    }

    /// The first day after `day` on which the value may be another.
    pub fn next_after(&self, day: Date) -> Option<Date> {
        let ends = self
            .values
            .iter()
            .flat_map(|value| [Some(value.from), value.to]);
        ends.flatten().filter(|end| *end > day).min()
    }

    /// The entry of a table value for `index` (1 is the first). `None` where there is none or it does not fit.
    pub(crate) fn entry(&self, table: &[i64], index: i64) -> Option<i64> {
        table_entry(table, self.beyond, index)
    }

    /// Reads one entry of `parameters:`.
    pub(crate) fn read(
        name: &str,
        at: Position,
        node: &Node,
        problems: &mut Problems,
    ) -> Option<Self> {
        check_name(name, at, problems);
        let allowed = ["unit", "by", "beyond", "ko", "en", "values", "note"];
        let fields = Fields::read(node, &allowed, problems)?;
        let label = labels(&fields, problems);
        let unit_node = fields.require("unit", problems)?;
        let unit = read_unit(unit_node, problems);
        let by = match fields.get("by") {
            Some(node) => Some(read_unit(node, problems)?),
            None => None,
        };
        let beyond = read_beyond(&fields, by.is_some(), problems);
        let mut values = Vec::new();
        let values_node = fields.require("values", problems)?;
        for item in items(values_node, problems) {
            if let Some(value) = read_value(item, by.is_some(), problems) {
                values.push(value);
            }
        }
        check_order(&values, problems);
        if values.is_empty() {
            problems.at(
                values_node.at,
                format!("`{name}` has no value"),
                "Add `{from: YYYY-MM-DD, value: …, source: …, checked: YYYY-MM-DD}`.",
            );
        }
        Some(Self {
            name: name.to_owned(),
            file: problems.file.clone(),
            label,
            unit: unit?,
            by,
            beyond,
            values,
            at,
        })
    }
}

fn read_unit(node: &Node, problems: &mut Problems) -> Option<Unit> {
    let name = text(node, problems)?;
    let unit = Unit::parse(&name);
    if unit.is_none() {
        problems.at(
            node.at,
            format!("unknown unit `{name}`"),
            suggestion(&name, Unit::ALL.into_iter().map(Unit::name)),
        );
    }
    unit
}

fn read_beyond(fields: &Fields<'_>, table: bool, problems: &mut Problems) -> Beyond {
    let Some(node) = fields.get("beyond") else {
        return Beyond::Nothing;
    };
    if !table {
        problems.at(
            node.at,
            "`beyond` without `by`",
            "Add `by: people`, or remove `beyond`.",
        );
    }
    match text(node, problems).as_deref() {
        Some("last") => Beyond::Last,
        Some("last_step") => Beyond::LastStep,
        Some(other) => {
            problems.at(
                node.at,
                format!("unknown `beyond: {other}`"),
                suggestion(other, ["last", "last_step"]),
            );
            Beyond::Nothing
        }
        None => Beyond::Nothing,
    }
}

fn read_value(node: &Node, table: bool, problems: &mut Problems) -> Option<DatedValue> {
    let allowed = [
        "from",
        "to",
        "value",
        "source",
        "checked",
        "unverified",
        "note",
    ];
    let fields = Fields::read(node, &allowed, problems)?;
    let source = fields.text("source", problems);
    let unverified = fields.flag("unverified", problems);
    let note = fields.optional_text("note", problems);
    let to = fields.date("to", problems);
    let value = read_amounts(fields.require("value", problems)?, table, problems);
    let from = fields
        .require("from", problems)
        .and_then(|n| date(n, problems));
    let checked = fields
        .require("checked", problems)
        .and_then(|n| date(n, problems));
    let (from, checked, value) = (from?, checked?, value?);
    if to.is_some_and(|to| to <= from) {
        problems.at(
            node.at,
            "the value ends before it begins",
            "`to` is the first day on which it no longer holds: make it later than `from`.",
        );
    }
    Some(DatedValue {
        from,
        to,
        value,
        source,
        checked,
        unverified,
        note,
        at: node.at,
    })
}

/// See [`Parameter::entry`].
pub(crate) fn table_entry(table: &[i64], beyond: Beyond, index: i64) -> Option<i64> {
    let position = usize::try_from(index.checked_sub(1)?).ok()?;
    if let Some(value) = table.get(position) {
        return Some(*value);
    }
    let last = *table.last()?;
    match beyond {
        Beyond::Nothing => None,
        Beyond::Last => Some(last),
        Beyond::LastStep => {
            let before = *table.get(table.len().checked_sub(2)?)?;
            let further = i64::try_from(position + 1 - table.len()).ok()?;
            last.checked_add(last.checked_sub(before)?.checked_mul(further)?)
        }
    }
}

fn read_amounts(node: &Node, table: bool, problems: &mut Problems) -> Option<ParameterValue> {
    match (&node.kind, table) {
        (Kind::List(list), true) => {
            let values: Vec<i64> = list
                .iter()
                .filter_map(|item| integer(item, problems))
                .collect();
            if list.is_empty() {
                problems.at(node.at, "the table is empty", "Give a value for 1, 2, 3 …");
            }
            (!list.is_empty() && values.len() == list.len())
                .then_some(ParameterValue::Table(values))
        }
        (Kind::List(_), false) => {
            problems.at(
                node.at,
                "a list where the parameter has no `by`",
                "Add `by: people` (or another unit) to the parameter, or write one value.",
            );
            None
        }
        (_, true) => {
            problems.at(
                node.at,
                "one value where the parameter has `by`",
                "Write a list with the values for 1, 2, 3 …, or remove `by`.",
            );
            None
        }
        (_, false) => integer(node, problems).map(ParameterValue::Single),
    }
}

fn check_order(values: &[DatedValue], problems: &mut Problems) {
    for pair in values.windows(2) {
        let (earlier, later) = (&pair[0], &pair[1]);
        if later.from <= earlier.from {
            problems.at(
                later.at,
                format!("{} does not come after {}", later.from, earlier.from),
                "Order the values by `from`, each day once.",
            );
        }
        if earlier.to.is_some_and(|to| to > later.from) {
            problems.at(
                later.at,
                format!(
                    "it begins on {} while the value before still holds",
                    later.from
                ),
                "Remove the earlier `to`, or make it no later than this `from`.",
            );
        }
    }
}
