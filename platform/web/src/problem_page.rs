//! Problems answered: as a page for people, as JSON for programs.

use askama::Template;
use axum::http::{StatusCode, Uri};
use axum::response::Response;
use base::Locale;

use crate::core::Core;
use crate::gate::Reader;
use crate::page::{self, Frame};
use crate::problem::{FieldError, Kept, Problem, Words};
use crate::visitor::Visitor;

/// The page of a problem. With a kept form it offers to send it again, after signing in where that
/// is needed.
#[derive(Template)]
#[template(path = "problem.html")]
struct ProblemPage<'a> {
    frame: Frame,
    status: u32,
    words: Words,
    errors: &'a [FieldError],
    kept: Option<&'a Kept>,
    /// The kept form as one hidden field of the login form.
    sealed: String,
    sign_in: bool,
}

/// Gives a problem its words for this visitor.
pub(crate) fn answer(
    core: &Core,
    visitor: &Visitor,
    problem: &Problem,
    reader: Reader,
) -> Response {
    if !reader.wants_page {
        return problem.json(core.texts(), visitor.locale);
    }
    let kept = problem.kept();
    let mut frame = Frame::of(core, visitor);
    if kept.is_some() {
        // The address of a form cannot be come back to by a link.
        frame.here = "/".into();
    }
    let page = ProblemPage {
        frame,
        status: problem.status.as_u16().into(),
        words: problem.words(core.texts(), visitor.locale),
        errors: problem.errors(),
        kept,
        sealed: kept.map(seal).unwrap_or_default(),
        sign_in: visitor.account.is_none() && kept.is_some(),
    };
    problem.finish(page::respond(&page))
}

/// After signing in: the form that was kept, to be sent by one press.
pub(crate) fn send_again(core: &Core, visitor: &Visitor, kept: &Kept) -> Response {
    let problem = Problem::new(StatusCode::OK, "web-kept").keeping(kept.clone());
    answer(core, visitor, &problem, Reader { wants_page: true })
}

/// The same when nobody could be found out (the store does not answer): no frame of a person.
pub(crate) fn without_visitor(
    core: &Core,
    problem: &Problem,
    reader: Reader,
    uri: &Uri,
) -> Response {
    if !reader.wants_page {
        return problem.json(core.texts(), Locale::KO);
    }
    let visitor = Visitor::nobody(core, uri);
    answer(core, &visitor, problem, reader)
}

/// A kept form as text, for a hidden field.
fn seal(kept: &Kept) -> String {
    serde_json::to_string(&(&kept.action, &kept.fields)).unwrap_or_default()
}

/// What [`seal`] wrote, unless somebody made the action lead elsewhere.
pub(crate) fn unseal(text: &str) -> Option<Kept> {
    let (action, fields): (String, Vec<(String, String)>) = serde_json::from_str(text).ok()?;
    crate::login::is_local(&action).then_some(Kept { action, fields })
}
