//! Routes for nobody in particular: health, and the page without a connection.

use askama::Template;
use axum::extract::State;
use axum::response::Response;

use crate::core::Core;
use crate::page::{self, Frame};
use crate::problem::Problem;
use crate::visitor::Visitor;

/// `GET /healthz`: whether the store answers.
pub(crate) async fn health(State(core): State<Core>) -> Result<&'static str, Problem> {
    let answer = core.look(|tx| tx.query_one("SELECT 1", &[]).map(|_| ()));
    match answer.await {
        Ok(()) => Ok("ok\n"),
        Err::<_, db::Error>(error) => Err(Problem::unavailable(error)),
    }
}

#[derive(Template)]
#[template(path = "offline.html")]
struct OfflinePage {
    frame: Frame,
}

/// `GET /offline`: what the service worker shows without a connection. It is kept in the browser,
/// so it names nobody.
pub(crate) async fn offline(State(core): State<Core>, visitor: Visitor) -> Response {
    let anonymous = visitor.without_account();
    let mut frame = Frame::of(&core, &anonymous);
    frame.settings.clear();
    frame.here = "/".into();
    page::respond(&OfflinePage { frame })
}
