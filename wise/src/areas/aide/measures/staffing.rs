//! What more or fewer hands at a counter do to waiting, by the queue M/M/c.

use serde::{Deserialize, Serialize};

use super::{About, Effect, Fault, Kind, Measure, Milli, sourced};
use crate::areas::aide::said::{Said, decimal};

/// The most hands at a counter.
pub const MAX_HANDS: u32 = 500;

/// A change of staff is asked about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Staffing {
    pub about: About,
    /// People who come in an hour, in thousandths.
    pub arrivals_an_hour: Milli,
    /// Minutes that a case takes on average, in thousandths.
    pub minutes_a_case_milli: i64,
    pub hands_now: u32,
    pub hands_then: u32,
    /// Where the figures of arrivals and cases come from.
    pub source: String,
}

/// Minutes that whoever comes waits on average, before being served (Erlang C: Erlang 1917; Kleinrock, *Queueing
/// Systems* I, 1975, 3.4). `None` where more come than can be served: the queue grows without end.
pub fn waiting(arrivals_an_hour: f64, minutes_a_case: f64, hands: u32) -> Option<f64> {
    let load = arrivals_an_hour * minutes_a_case / 60.0;
    let servers = f64::from(hands);
    if hands == 0 || load >= servers {
        return None;
    }
    // Erlang B by its recurrence, which never overflows; then C from B.
    let mut blocked = 1.0;
    for server in 1..=hands {
        blocked = load * blocked / (f64::from(server) + load * blocked);
    }
    let must_wait = blocked / (1.0 - load / servers * (1.0 - blocked));
    Some(must_wait * minutes_a_case / (servers - load))
}

/// What the change does to waiting.
///
/// # Errors
/// The first field that cannot be, and what to do about it.
pub fn staffing(asked: &Staffing) -> Result<Measure, Fault> {
    asked.about.check()?;
    let source = sourced(&asked.source)?;
    asked.arrivals_an_hour.check("arrivals", 10_000_000)?;
    if !(1..=6_000_000).contains(&asked.minutes_a_case_milli) {
        return Err(("case_minutes", Said::new("aide-staffing-minutes")));
    }
    let is_staff = |it: u32| (1..=MAX_HANDS).contains(&it);
    if !is_staff(asked.hands_now) || !is_staff(asked.hands_then) {
        return Err((
            "hands_then",
            Said::new("aide-staffing-hands").with("most", i64::from(MAX_HANDS)),
        ));
    }
    let arrivals = asked.arrivals_an_hour.band();
    let minutes = asked.minutes_a_case_milli as f64 / 1_000.0;
    let at = |hands: u32, arrivals: f64| waiting(arrivals, minutes, hands);
    let then = [arrivals.low, arrivals.mid, arrivals.high].map(|it| at(asked.hands_then, it));
    let now = at(asked.hands_now, arrivals.mid);
    let text = |it: Option<f64>| it.map_or_else(|| "∞".to_owned(), |it| decimal(it, 1));
    let effect = Effect {
        of: "aide-measure-waiting".into(),
        low: text(then[0]),
        mid: text(then[1]),
        high: text(then[2]),
        source,
    };
    let mut measure = asked.about.measure(Kind::Staffing, effect);
    measure.sentences.push(
        Said::new("aide-staffing-waits")
            .with("now_hands", i64::from(asked.hands_now))
            .with("then_hands", i64::from(asked.hands_then))
            .with("now", text(now))
            .with("mid", text(then[1]))
            .with("low", text(then[0]))
            .with("high", text(then[2])),
    );
    if then[1].is_none() || then[2].is_none() {
        measure
            .side_effects
            .push(Said::new("aide-staffing-endless"));
    }
    let busy = arrivals.mid * minutes / 60.0 / f64::from(asked.hands_then) * 100.0;
    measure
        .side_effects
        .push(Said::new("aide-staffing-busy").with("percent", decimal(busy, 0)));
    measure.assumptions = vec![
        Said::new("aide-staffing-assumes-queue"),
        Said::new("aide-staffing-assumes-day"),
    ];
    Ok(measure)
}
