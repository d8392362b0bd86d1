//! Proofs: a resident takes one along, and anybody checks one.

use axum::extract::{Path, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use ledger::receipt::{MAX_RECEIPT_BYTES, Receipt};
use web::{Allowed, Fields, Frame, Problem, Scope, Visitor, respond, respond_again};

use super::{GLANCE, PATIENCE, kept, unavailable, unreadable};
use crate::app::App;
use crate::blocks::seals::actions::sealed;
use crate::blocks::seals::model::{Error, Sealed};
use crate::blocks::seals::pages::{CheckPage, Checked};

/// Where the proof of a sealed record is taken along.
pub fn proof_href(seal: &str) -> String {
    format!("/proofs/{seal}")
}

/// The receipt of a record about the reader, as a C2SP `tlog-proof` file with the record and what opens it.
pub async fn proof(
    State(app): State<App>,
    allowed: Allowed,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    let ledger = kept(&app)?.clone();
    let (seal, index) = placed(&app, &id).await?;
    if Scope::Person(seal.owner.clone()) != allowed.0 {
        return Err(Problem::not_found());
    }
    let source = app.sources.iter().copied();
    let source = source.into_iter().find(|it| it.kind == seal.kind);
    let source = source.ok_or_else(Problem::not_found)?;
    let number = id.clone();
    let record = app.core.look(move |tx| (source.record)(tx, &id)).await?;
    let opening = record.and_then(|it| seal.open(it)).ok_or_else(|| {
        tracing::error!(seal = seal.id, "a record is not what was sealed");
        unavailable("seals-altered")
    })?;
    let proved = app.engine(move || ledger.receipt(index, opening));
    let receipt = proved.await?.map_err(unreadable)?;
    let receipt = receipt.ok_or_else(|| unavailable("seals-waiting"))?;
    let headers = [
        (header::CONTENT_TYPE, "text/plain; charset=utf-8".to_owned()),
        (
            header::CONTENT_DISPOSITION,
            format!("attachment; filename=\"{number}.tlog-proof\""),
        ),
        (header::CACHE_CONTROL, "no-store".to_owned()),
    ];
    Ok((headers, receipt.to_string()).into_response())
}

/// A seal, once it stands in the ledger: what was just written is there within a moment.
async fn placed(app: &App, id: &str) -> Result<(Sealed, u64), Problem> {
    let glances = PATIENCE.as_millis() / GLANCE.as_millis();
    for _ in 0..glances {
        let number = id.to_owned();
        let seal = app.core.look(move |tx| sealed(tx, &number)).await?;
        let seal: Sealed = seal.ok_or_else(Problem::not_found)?;
        if let Some(index) = seal.index {
            return Ok((seal, index));
        }
        tokio::time::sleep(GLANCE).await;
    }
    Err(unavailable("seals-waiting"))
}

/// Where somebody lays down a proof.
pub async fn form(State(app): State<App>, visitor: Visitor) -> Result<Response, Problem> {
    kept(&app)?;
    let frame = Frame::of(&app.core, &visitor);
    Ok(respond(&CheckPage {
        errors: Vec::new(),
        text: String::new(),
        checked: None,
        frame,
    }))
}

/// Whether a proof holds. Nothing of it is kept.
pub async fn check(
    State(app): State<App>,
    visitor: Visitor,
    fields: Fields,
) -> Result<Response, Problem> {
    let ledger = kept(&app)?;
    let frame = Frame::of(&app.core, &visitor);
    // A form's lines end otherwise, and lose the last end.
    let text = fields.text("proof").replace("\r\n", "\n") + "\n";
    let again = |frame: Frame, key: &str, text: String| {
        let errors = vec![("proof".to_owned(), frame.t(key))];
        Ok(respond_again(&CheckPage {
            errors,
            text,
            checked: None,
            frame,
        }))
    };
    if text.trim().is_empty() {
        return again(frame, "seals-check-empty", String::new());
    }
    let receipt = match text.parse::<Receipt>() {
        _ if text.len() > MAX_RECEIPT_BYTES => {
            return again(frame, "seals-check-large", String::new());
        }
        Ok(receipt) => receipt,
        Err(_) => return again(frame, "seals-check-none", text),
    };
    let checked = match receipt.verify(ledger.policy()) {
        Ok(proven) => Checked::holds(&frame, &proven),
        Err(error) => Checked::fails(&frame, &error),
    };
    Ok(respond(&CheckPage {
        errors: Vec::new(),
        text: String::new(),
        checked: Some(checked),
        frame,
    }))
}

impl IntoResponse for Error {
    fn into_response(self) -> Response {
        Problem::from(self).into_response()
    }
}
