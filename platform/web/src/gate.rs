//! In front of all routes: who visits, whether the request is forged, how answers look.

use std::sync::Arc;
use std::time::Instant;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{DefaultBodyLimit, MatchedPath, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Redirect, Response};
use http_body_util::BodyExt;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::compression::CompressionLayer;

use crate::core::Core;
use crate::csrf::{self, Origin};
use crate::forms::Fields;
use crate::problem::{Kept, Problem};
use crate::problem_page;
use crate::visitor::{self, Arrival, Visitor};

/// How much of an oversized body is read and dropped, so that the browser finishes sending and
/// shows our answer instead of a broken connection.
const DRAINED_BYTES: usize = 64 << 20;
/// How much of a form is kept for sending again.
const KEPT_BYTES: usize = 100 << 10;

const CSP: &str = "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data:; \
    connect-src 'self'; object-src 'none'; frame-ancestors 'none'; form-action 'self'; base-uri 'none'";

/// Who reads the answer.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Reader {
    /// A person in a browser; otherwise a program that wants JSON.
    pub wants_page: bool,
}

/// Puts the gate in front of a router.
/// `open` are the paths to which programs post without a secret.
pub(crate) fn place<S: Clone + Send + Sync + 'static>(
    router: Router<S>,
    core: Core,
    open: Arc<[&'static str]>,
) -> Router<S> {
    let limit = core.config().body_limit_bytes;
    router
        .layer(DefaultBodyLimit::max(limit))
        .layer(CatchPanicLayer::custom(panicked))
        .layer(middleware::from_fn_with_state((core, open), gate))
        .layer(CompressionLayer::new().gzip(true))
}

fn panicked(reason: Box<dyn std::any::Any + Send>) -> Response {
    let text = reason
        .downcast_ref::<&str>()
        .map(ToString::to_string)
        .or_else(|| reason.downcast_ref::<String>().cloned());
    Problem::internal(text.unwrap_or_else(|| "a handler panicked".into())).into_response()
}

async fn gate(
    State((core, open)): State<(Core, Arc<[&'static str]>)>,
    request: Request,
    next: Next,
) -> Response {
    let (mut parts, body) = request.into_parts();
    let reader = reader(&parts);
    parts.extensions.insert(reader);
    if parts.uri.path().starts_with("/assets/") {
        let uri = parts.uri.clone();
        let response = next.run(Request::from_parts(parts, body)).await;
        let response = match Problem::of_response(&response, 0) {
            Some(problem) => problem_page::without_visitor(&core, &problem, reader, &uri),
            None => response,
        };
        return secured(&core, response, None);
    }
    let arrival = match visitor::arrive(&core, &parts).await {
        Ok(arrival) => arrival,
        Err(problem) => {
            let response = problem_page::without_visitor(&core, &problem, reader, &parts.uri);
            return secured(&core, response, None);
        }
    };
    let visitor = arrival.visitor.clone();
    parts.extensions.insert(visitor.clone());
    let line = LogLine::begin(&parts);
    let path = parts.extensions.get::<MatchedPath>();
    let is_open = path.is_some_and(|it| open.contains(&it.as_str()));
    let response = match admit(&core, &visitor, reader, is_open, &mut parts, body).await {
        Ok(body) => next.run(Request::from_parts(parts, body)).await,
        Err(refusal) => refusal,
    };
    let problem = match is_open {
        // The protocol says what an answer looks like.
        true => response.extensions().get::<Problem>().cloned(),
        false => Problem::of_response(&response, core.config().body_limit_bytes),
    };
    let response = match problem {
        Some(problem) => problem_page::answer(&core, &visitor, &problem, reader),
        None => response,
    };
    line.end(&response);
    secured(&core, response, Some(arrival))
}

/// One line of the log: the route as it is written in the program, never the ids in an address.
struct LogLine {
    method: Method,
    route: Option<MatchedPath>,
    began: Instant,
}

impl LogLine {
    #[expect(clippy::disallowed_methods, reason = "measures, decides nothing")]
    fn begin(parts: &Parts) -> Self {
        Self {
            method: parts.method.clone(),
            route: parts.extensions.get().cloned(),
            began: Instant::now(),
        }
    }

    fn end(self, response: &Response) {
        let route = self.route.as_ref().map_or("none", |it| it.as_str());
        let status = response.status().as_u16();
        let took_ms = self.began.elapsed().as_millis();
        tracing::info!(method = %self.method, route, status, took_ms, "answered");
    }
}

/// A person gets a page, a program JSON: by the address, else by `Accept`.
fn reader(parts: &Parts) -> Reader {
    let path = parts.uri.path();
    let accept = parts
        .headers
        .get(header::ACCEPT)
        .and_then(|it| it.to_str().ok())
        .unwrap_or_default();
    let api = path.starts_with("/api/") || path.ends_with(".json");
    let wants_json = accept.contains("json") && !accept.contains("text/html");
    Reader {
        wants_page: !api && !wants_json,
    }
}

/// Lets a request in: reads a form, checks that it is not forged and that they are not too many.
async fn admit(
    core: &Core,
    visitor: &Visitor,
    reader: Reader,
    is_open: bool,
    parts: &mut Parts,
    body: Body,
) -> Result<Body, Response> {
    if matches!(parts.method, Method::GET | Method::HEAD | Method::OPTIONS) {
        return Ok(body);
    }
    let who = visitor.session.clone().or_else(|| {
        let account = visitor.account.as_ref().map(|it| it.id.to_string());
        account.or_else(|| visitor.address.map(|it| it.to_string()))
    });
    core.limits()
        .post(who.as_deref().unwrap_or("unknown"))
        .map_err(|it| Problem::too_many(it.retry_after_s).into_response())?;
    if is_open {
        return Ok(body);
    }
    let origin = csrf::origin(&parts.headers, core.base_url());
    if !visitor.by_token && origin == Origin::Other {
        return Err(Problem::forged().into_response());
    }
    let body = if is_form(&parts.headers) {
        let limit = core.config().body_limit_bytes;
        let bytes = read(body, limit).await.map_err(Problem::into_response)?;
        let fields = Fields::parse(&bytes).ok_or_else(|| Problem::bad_request().into_response())?;
        parts.extensions.insert(fields);
        Body::from(bytes)
    } else {
        body
    };
    if visitor.by_token || carries_secret(visitor, parts) {
        return Ok(body);
    }
    Err(without_secret(visitor, reader, origin, parts))
}

fn is_form(headers: &HeaderMap) -> bool {
    headers.get(header::CONTENT_TYPE).is_some_and(|it| {
        it.as_bytes()
            .starts_with(b"application/x-www-form-urlencoded")
    })
}

fn carries_secret(visitor: &Visitor, parts: &Parts) -> bool {
    let header = parts
        .headers
        .get("x-csrf-token")
        .and_then(|it| it.to_str().ok());
    let field = parts
        .extensions
        .get::<Fields>()
        .and_then(|it| it.get("csrf"));
    header
        .or(field)
        .is_some_and(|it| visitor.secret.matches(it))
}

/// A page that is older than its session sends a secret nobody knows any more. Where the browser
/// vouches that it was our page, what was entered is kept; else it may be forged.
fn without_secret(visitor: &Visitor, reader: Reader, origin: Origin, parts: &Parts) -> Response {
    let path = parts.uri.path();
    let stale = visitor.expired || origin == Origin::Same;
    if !reader.wants_page || !stale {
        return Problem::forged().into_response();
    }
    if path == crate::login::PATH {
        return Redirect::to(crate::login::PATH).into_response();
    }
    let here = parts.uri.path_and_query().map_or("/", |it| it.as_str());
    let kept = parts
        .extensions
        .get::<Fields>()
        .and_then(|it| keep(here, it));
    Problem::expired(kept).into_response()
}

/// What was entered, without secrets, when it is not too much to send along.
pub(crate) fn keep(action: &str, fields: &Fields) -> Option<Kept> {
    let entered = fields
        .entered()
        .filter(|(name, _)| !name.starts_with("password"));
    let fields: Vec<(String, String)> = entered.cloned().collect();
    let bytes: usize = fields
        .iter()
        .map(|(name, value)| name.len() + value.len())
        .sum();
    (bytes <= KEPT_BYTES).then(|| Kept {
        action: action.to_owned(),
        fields,
    })
}

/// Reads a body up to the limit.
async fn read(mut body: Body, limit: usize) -> Result<Bytes, Problem> {
    let mut bytes = Vec::new();
    let mut dropped = 0;
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|_| Problem::bad_request())?;
        let Ok(data) = frame.into_data() else {
            continue;
        };
        if dropped == 0 && bytes.len() + data.len() <= limit {
            bytes.extend_from_slice(&data);
            continue;
        }
        dropped += data.len();
        if dropped > DRAINED_BYTES {
            break;
        }
    }
    match dropped {
        0 => Ok(bytes.into()),
        _ => Err(Problem::too_large()),
    }
}

/// Cookies and security headers, on every answer.
fn secured(core: &Core, mut response: Response, arrival: Option<Arrival>) -> Response {
    let is_page = response
        .headers()
        .get(header::CONTENT_TYPE)
        .is_some_and(|it| it.as_bytes().starts_with(b"text/html"));
    let headers = response.headers_mut();
    if let Some(arrival) = arrival {
        // A handler that signs in or out has the last word on the session's cookie.
        let decided = headers
            .get_all(header::SET_COOKIE)
            .iter()
            .any(|it| it.as_bytes().starts_with(crate::session::COOKIE.as_bytes()));
        for cookie in arrival.cookies.into_iter().filter(|_| !decided) {
            headers.append(header::SET_COOKIE, cookie);
        }
        if let Some(cookie) = arrival.guest_cookie.filter(|_| is_page) {
            headers.append(header::SET_COOKIE, cookie);
        }
    }
    let mut put = |name: HeaderName, value: &'static str| {
        headers
            .entry(name)
            .or_insert(HeaderValue::from_static(value));
    };
    put(header::CONTENT_SECURITY_POLICY, CSP);
    put(header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    put(header::X_FRAME_OPTIONS, "DENY");
    put(header::REFERRER_POLICY, "same-origin");
    put(
        HeaderName::from_static("permissions-policy"),
        "camera=(self), geolocation=(self), microphone=(self), payment=(), usb=()",
    );
    put(
        HeaderName::from_static("cross-origin-opener-policy"),
        "same-origin",
    );
    put(header::CACHE_CONTROL, "no-store");
    if core.config().secure_cookies {
        put(
            header::STRICT_TRANSPORT_SECURITY,
            "max-age=31536000; includeSubDomains",
        );
    }
    response
}
