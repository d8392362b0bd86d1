//! This server as a witness of other logs (C2SP `tlog-witness`).

use axum::body::Bytes;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use ledger::witness::Answer;
use web::Problem;

use super::kept;
use crate::app::App;
use crate::blocks::seals::actions::witnessed;

/// Cosigns the checkpoint of a log that this server knows, if it goes on from the last one. What it cosigned is durable before
/// the answer leaves.
pub async fn add_checkpoint(State(app): State<App>, body: Bytes) -> Result<Response, Problem> {
    let witness = kept(&app)?.witness().ok_or_else(Problem::not_found)?;
    let body = String::from_utf8(body.to_vec()).unwrap_or_default();
    let time_s = u64::try_from(app.core.clock().now().as_second()).unwrap_or(0);
    let answer: Answer = app
        .core
        .act(None, move |cx| witnessed(cx.tx, &witness, &body, time_s))
        .await?;
    let status = StatusCode::from_u16(answer.status()).map_err(Problem::internal)?;
    let kind = [(header::CONTENT_TYPE, answer.content_type())];
    Ok((status, kind, answer.body()).into_response())
}
