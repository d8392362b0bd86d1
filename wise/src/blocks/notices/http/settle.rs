//! Deliveries of which nobody knows whether they arrived: a human decides.

use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Redirect, Response};
use base::ids::DeliveryId;
use web::{Fields, Frame, Once, Problem, Visitor, respond};

use crate::app::App;
use crate::blocks::notices::actions::{self, Settlement, uncertain};
use crate::blocks::notices::model::{Delivery, Error};
use crate::blocks::notices::pages::{DeliveriesPage, DeliveryLine, masked_address};
use crate::blocks::people::Done;

/// What waits for a decision.
pub async fn list(
    State(app): State<App>,
    visitor: Visitor,
    Query(done): Query<Done>,
) -> Result<Response, Problem> {
    let waiting = app.core.look(uncertain).await?;
    let known = [
        ("arrived", "notices-settled-arrived"),
        ("repeat", "notices-settled-repeat"),
    ];
    let frame = done.flash(Frame::of(&app.core, &visitor), &known);
    let line = |it: &Delivery| DeliveryLine {
        action: format!("/deliveries/{}", it.id),
        number: it.id.to_string(),
        address: masked_address(&it.address),
        when: frame.date_time(&it.changed_at),
        attempts: frame.t1("notices-attempts", "count", it.attempts),
        problem: it.problem.clone().unwrap_or_default(),
    };
    Ok(respond(&DeliveriesPage {
        lead: frame.t1("notices-deliveries-lead", "count", waiting.len()),
        rows: waiting.iter().map(line).collect(),
        frame,
    }))
}

/// It arrived, or it is sent again under the same Message-ID.
pub async fn settle(
    State(app): State<App>,
    visitor: Visitor,
    Path(id): Path<String>,
    fields: Fields,
    once: Once,
) -> Result<Response, Problem> {
    let id: DeliveryId = id.parse().map_err(|_| Problem::not_found())?;
    let (how, done) = match fields.text("settle") {
        "arrived" => (Settlement::Arrived, "arrived"),
        "repeat" => (Settlement::Repeat, "repeat"),
        _ => return Err(Problem::bad_request()),
    };
    let address = app
        .core
        .once(&visitor, once, move |cx| {
            actions::settle(cx, id, how)?;
            cx.tx.signal()?;
            Ok::<_, Error>(format!("/deliveries?done={done}"))
        })
        .await?;
    Ok(Redirect::to(&address).into_response())
}
