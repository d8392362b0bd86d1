//! Conditions of the day over an area: a weather warning, a festival. Officials declare them, each with who says
//! so; they hold from a day until a day.

mod store;

use base::ids::ConditionId;
use db::{Error, Tx};
use jiff::Timestamp;
use jiff::civil::Date;
use spine::Cx;

use crate::blocks::people::words;

words! {
    /// What holds; also the name of the household's fact that rules read.
    ConditionKind {
        HeatWave = "heat_wave",
        ColdWave = "cold_wave",
        Festival = "festival",
    }
}

impl ConditionKind {
    pub const ALL: [Self; 3] = [Self::HeatWave, Self::ColdWave, Self::Festival];
}

/// A condition over an area.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Condition {
    pub id: ConditionId,
    pub kind: ConditionKind,
    /// Code of the municipality.
    pub municipality: String,
    /// Code of the dong; `None` for the whole municipality.
    pub dong: Option<String>,
    /// What people call it: “폭염경보”, “새빛 불빛축제”.
    pub title: String,
    pub from: Date,
    /// The first day on which it no longer holds.
    pub until: Date,
    /// Code of the agency that says so.
    pub agency: String,
    pub declared_at: Timestamp,
}

/// A condition to declare.
#[derive(Clone, Debug)]
pub struct NewCondition {
    pub kind: ConditionKind,
    pub municipality: String,
    pub dong: Option<String>,
    pub title: String,
    pub from: Date,
    pub until: Date,
    pub agency: String,
}

/// Declares a condition.
pub fn declare(cx: &mut Cx<'_, '_>, new: &NewCondition) -> Result<ConditionId, Error> {
    let id = cx.id(ConditionId::new);
    let by = cx.actor.map(|it| it.to_string());
    store::insert(cx.tx, id, new, cx.now, by)?;
    Ok(id)
}

/// Ends a condition: from today it no longer holds. `None` when there is no such condition, or it ended before.
pub fn end(cx: &mut Cx<'_, '_>, id: ConditionId) -> Result<Option<Condition>, Error> {
    let today = cx.today();
    store::end(cx.tx, id, today)
}

/// What holds at a place on a day, as far as it was known at an instant; the latest declared first.
pub fn conditions_at(
    tx: &mut Tx<'_>,
    municipality: &str,
    dong: &str,
    on: Date,
    known_at: Timestamp,
) -> Result<Vec<Condition>, Error> {
    store::at(tx, municipality, dong, on, known_at)
}

/// The first day after `on` on which something begins to hold at a place.
pub fn next_condition(
    tx: &mut Tx<'_>,
    municipality: &str,
    dong: &str,
    on: Date,
) -> Result<Option<Date>, Error> {
    store::next_start(tx, municipality, dong, on)
}

/// What holds or is to hold in a municipality, soonest first.
pub fn conditions(
    tx: &mut Tx<'_>,
    municipality: &str,
    today: Date,
) -> Result<Vec<Condition>, Error> {
    store::all(tx, municipality, today)
}
