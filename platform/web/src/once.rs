//! Pressing twice is once: what came of a form or request is kept, and told again when it comes again.

use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use base::ids::AccountId;
use db::{Tx, values};
use jiff::{SignedDuration, Timestamp};
use spine::Cx;

use crate::core::Core;
use crate::forms::Fields;
use crate::problem::Problem;
use crate::secret;
use crate::visitor::Visitor;

/// The header with which programs name a request that they may send again
/// (draft-ietf-httpapi-idempotency-key-header).
const HEADER: &str = "idempotency-key";
/// How long an outcome is remembered.
const KEPT: SignedDuration = SignedDuration::from_hours(7 * 24);

/// Names one sending of one form by one visitor: the page's token, the address, the fields. An
/// extractor for handlers that change something; it asks for the hidden field `token` of a form, or
/// the header `Idempotency-Key`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Once(Arc<str>);

impl<S: Send + Sync> FromRequestParts<S> for Once {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let who = parts.extensions.get::<Visitor>().map(|visitor| {
            visitor
                .account
                .as_ref()
                .map_or(String::new(), |it| it.id.to_string())
        });
        let who = who.unwrap_or_default();
        let fields = parts.extensions.get::<Fields>();
        let header = parts.headers.get(HEADER).and_then(|it| it.to_str().ok());
        let token = header.or_else(|| fields.and_then(|it| it.get("token")));
        let token = token
            .filter(|it| (8..=200).contains(&it.len()))
            .ok_or_else(Problem::no_token)?;
        let content = fields.map(Fields::content).unwrap_or_default();
        let path = parts.uri.path();
        let name = format!("{who}\n{} {path}\n{token}\n{content}", parts.method);
        Ok(Self(secret::digest(&name).into()))
    }
}

impl Once {
    /// One for work that is not a request (an import, a test): `name` says which.
    pub fn named(account: Option<AccountId>, name: &str) -> Self {
        let who = account.map_or(String::new(), |it| it.to_string());
        Self(secret::digest(&format!("{who}\n{name}")).into())
    }
}

/// Does `work` unless it was done before under this name, within the caller's transaction. The
/// outcome, usually the address of the page to show next, is told again then.
pub fn once<E: From<db::Error>>(
    cx: &mut Cx<'_, '_>,
    once: &Once,
    work: impl FnOnce(&mut Cx<'_, '_>) -> Result<String, E>,
) -> Result<String, E> {
    let token = once.0.as_ref();
    // Whoever inserts first does the work; on PostgreSQL a second one waits here, then runs again.
    let first = cx.tx.execute(
        "INSERT INTO web_once (token, outcome, at) VALUES ($1, NULL, $2) \
         ON CONFLICT (token) DO NOTHING",
        values![token, cx.now],
    )?;
    if first == 0 {
        let row = cx.tx.query_one(
            "SELECT outcome FROM web_once WHERE token = $1",
            values![token],
        )?;
        return Ok(row.get::<Option<String>>(0)?.unwrap_or_default());
    }
    let outcome = work(cx)?;
    cx.tx.execute(
        "UPDATE web_once SET outcome = $2 WHERE token = $1",
        values![token, &outcome],
    )?;
    Ok(outcome)
}

/// Forgets outcomes that are too old to be asked for again.
pub(crate) fn sweep(tx: &mut Tx<'_>, now: Timestamp) -> Result<(), db::Error> {
    tx.execute("DELETE FROM web_once WHERE at < $1", values![now - KEPT])?;
    Ok(())
}

impl Core {
    /// [`Core::act`], once: see [`once`].
    pub async fn once<E>(
        &self,
        visitor: &Visitor,
        name: Once,
        mut work: impl FnMut(&mut Cx<'_, '_>) -> Result<String, E> + Send + 'static,
    ) -> Result<String, E>
    where
        E: From<db::Error> + Send + 'static,
    {
        self.act(visitor, move |cx| once(cx, &name, &mut work))
            .await
    }
}
