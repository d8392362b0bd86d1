//! What programs read: C2SP `tlog-tiles` below `/ledger`, and how to believe it.

use axum::extract::{Path, State};
use axum::http::{HeaderName, header};
use axum::response::{IntoResponse, Response};
use ledger::tree::Tile;
use web::Problem;

use super::{kept, unreadable};
use crate::app::App;

/// Checks a receipt without this program.
const SCRIPT: &str = include_str!("../../../../../docs/verify.py");

const TEXT: &str = "text/plain; charset=utf-8";

fn plain(body: impl IntoResponse, kind: &'static str, cache: &'static str) -> Response {
    let headers: [(HeaderName, &str); 2] =
        [(header::CONTENT_TYPE, kind), (header::CACHE_CONTROL, cache)];
    (headers, body).into_response()
}

/// The last checkpoint with its signatures.
pub async fn checkpoint(State(app): State<App>) -> Result<Response, Problem> {
    let text = kept(&app)?.store().read().checkpoint().to_string();
    Ok(plain(text, TEXT, "no-cache"))
}

/// A tile of hashes, or a bundle of entries. A full one never changes.
pub async fn tile(State(app): State<App>, Path(place): Path<String>) -> Result<Response, Problem> {
    let tile = Tile::parse(&format!("tile/{place}")).ok_or_else(Problem::not_found)?;
    let ledger = kept(&app)?.clone();
    let read = app.engine(move || ledger.store().read().tile(&tile));
    let bytes = read.await?.map_err(unreadable)?;
    let bytes = bytes.ok_or_else(Problem::not_found)?;
    let cache = match tile.is_full() {
        true => "public, max-age=31536000, immutable",
        false => "no-cache",
    };
    Ok(plain(bytes, "application/octet-stream", cache))
}

/// Whom to believe, as C2SP `tlog-policy`: this log's key and its witnesses.
pub async fn policy(State(app): State<App>) -> Result<Response, Problem> {
    Ok(plain(
        kept(&app)?.policy_text().to_owned(),
        TEXT,
        "no-cache",
    ))
}

/// How the ledger began: an agency that joins begins with the same.
pub async fn genesis(State(app): State<App>) -> Result<Response, Problem> {
    let bytes = kept(&app)?.store().read().genesis().canonical();
    Ok(plain(bytes, "application/json", "no-cache"))
}

pub async fn script() -> Response {
    plain(SCRIPT, "text/x-python; charset=utf-8", "no-cache")
}
