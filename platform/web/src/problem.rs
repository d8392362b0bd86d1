//! What went wrong, in kind words: an RFC 9457 problem for programs, a page for people.
//!
//! A handler returns a [`Problem`]; the gate in front of all routes gives it its words, because only
//! the gate knows who reads.

use std::fmt::Display;

use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use utoipa::ToSchema;

use crate::i18n::{Arg, Texts};
use base::Locale;

/// What went wrong and what to do about it.
///
/// `key` names the message: its value is the title, its attributes `.detail` and `.remedy` say what
/// happened and what to do next.
#[derive(Clone, Debug)]
pub struct Problem {
    pub status: StatusCode,
    pub key: &'static str,
    more: Box<More>,
}

/// What few problems have; apart, so that a result stays small.
#[derive(Clone, Debug, Default)]
struct More {
    args: Vec<(&'static str, Arg)>,
    errors: Vec<FieldError>,
    retry_after_s: Option<u64>,
    allow: Option<HeaderValue>,
    kept: Option<Kept>,
}

/// What is wrong with one field.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct FieldError {
    /// The field, or the path to it in a JSON body.
    pub field: String,
    pub message: String,
}

/// A problem as programs receive it: `application/problem+json` (RFC 9457).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct ProblemDetails {
    /// Names the kind of problem; the same for all languages.
    #[serde(rename = "type")]
    pub kind: String,
    /// What happened, in the reader's language.
    pub title: String,
    pub status: u16,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub detail: String,
    /// What to do about it.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub remedy: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<FieldError>,
}

/// A form that could not be taken now, to be sent again without typing it again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Kept {
    pub action: String,
    pub fields: Vec<(String, String)>,
}

impl Problem {
    /// A problem of an area: its status, and the key of its message.
    pub fn new(status: StatusCode, key: &'static str) -> Self {
        Self {
            status,
            key,
            more: Box::default(),
        }
    }

    /// A value for the message.
    #[must_use]
    pub fn arg(mut self, name: &'static str, value: impl Into<Arg>) -> Self {
        self.more.args.push((name, value.into()));
        self
    }

    /// What is wrong with one field, in the reader's words.
    #[must_use]
    pub fn error(mut self, field: impl Into<String>, message: impl Into<String>) -> Self {
        self.more.errors.push(FieldError {
            field: field.into(),
            message: message.into(),
        });
        self
    }

    /// Bad address, cursor or syntax.
    pub fn bad_request() -> Self {
        Self::new(StatusCode::BAD_REQUEST, "web-bad-request")
    }
    /// The page has no token that names the sending.
    pub(crate) fn no_token() -> Self {
        Self::new(StatusCode::BAD_REQUEST, "web-no-token")
    }
    /// Nobody is signed in.
    pub fn sign_in() -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "web-sign-in-first")
    }
    /// Signed in, but not permitted.
    pub fn forbidden() -> Self {
        Self::new(StatusCode::FORBIDDEN, "web-forbidden")
    }
    /// The request came from another site, or without the page's secret.
    pub(crate) fn forged() -> Self {
        Self::new(StatusCode::FORBIDDEN, "web-forged")
    }
    /// No such page or record, or none that this visitor may know of.
    pub fn not_found() -> Self {
        Self::new(StatusCode::NOT_FOUND, "web-not-found")
    }
    /// Somebody else was faster, or the record moved on.
    pub fn conflict() -> Self {
        Self::new(StatusCode::CONFLICT, "web-conflict")
    }
    /// The body is larger than the server reads; the gate says how large it may be.
    pub fn too_large() -> Self {
        Self::new(StatusCode::PAYLOAD_TOO_LARGE, "web-too-large")
    }
    pub(crate) fn media_type() -> Self {
        Self::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "web-media-type")
    }
    /// The form belongs to a session that is over; what was entered is kept for sending again.
    pub(crate) fn expired(kept: Option<Kept>) -> Self {
        let status = StatusCode::from_u16(419).unwrap_or(StatusCode::FORBIDDEN);
        let mut problem = Self::new(status, "web-expired");
        problem.more.kept = kept;
        problem
    }
    /// The request was understood, but its content cannot be taken.
    pub fn unprocessable() -> Self {
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, "web-unprocessable")
    }
    pub(crate) fn too_many(retry_after_s: u64) -> Self {
        let seconds = i64::try_from(retry_after_s).unwrap_or(i64::MAX);
        let mut problem = Self::new(StatusCode::TOO_MANY_REQUESTS, "web-too-many");
        problem.more.retry_after_s = Some(retry_after_s);
        problem.arg("seconds", seconds)
    }
    /// A fault of ours. The reason is logged and never shown.
    pub fn internal(reason: impl Display) -> Self {
        tracing::error!(%reason, "a request failed");
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "web-internal")
    }
    /// The store does not answer. The reason is logged and never shown.
    pub fn unavailable(reason: impl Display) -> Self {
        tracing::error!(%reason, "the store does not answer");
        Self::new(StatusCode::SERVICE_UNAVAILABLE, "web-unavailable")
    }

    /// The problem that a status of the framework means, for answers without words of their own.
    pub(crate) fn of_response(response: &Response, limit_bytes: usize) -> Option<Self> {
        let limit = limit_bytes >> 10;
        if let Some(problem) = response.extensions().get::<Self>() {
            return Some(problem.clone().arg("limit", limit));
        }
        let status = response.status();
        let content = response.headers().get(header::CONTENT_TYPE);
        let plain = content.is_none_or(|it| it.as_bytes().starts_with(b"text/plain"));
        if !plain || !(status.is_client_error() || status.is_server_error()) {
            return None;
        }
        let mut problem = match status.as_u16() {
            401 => Self::sign_in(),
            403 => Self::forbidden(),
            404 => Self::not_found(),
            405 => Self::new(status, "web-method"),
            409 => Self::conflict(),
            413 => Self::too_large(),
            415 => Self::media_type(),
            422 => Self::unprocessable(),
            503 => Self::new(status, "web-unavailable"),
            500.. => Self::new(status, "web-internal"),
            _ => Self::new(status, "web-bad-request"),
        };
        problem.more.allow = response.headers().get(header::ALLOW).cloned();
        Some(problem.arg("limit", limit))
    }

    /// The words of this problem for a reader.
    pub(crate) fn words(&self, texts: &Texts, locale: Locale) -> Words {
        let part = |part: &str| {
            let key = format!("{}{part}", self.key);
            texts
                .lookup(locale, &key, &self.more.args)
                .unwrap_or_default()
        };
        Words {
            title: texts.get(locale, self.key, &self.more.args),
            detail: part(".detail"),
            remedy: part(".remedy"),
        }
    }

    /// `application/problem+json`.
    pub(crate) fn json(&self, texts: &Texts, locale: Locale) -> Response {
        let words = self.words(texts, locale);
        let body = ProblemDetails {
            kind: format!("urn:wise:problem:{}", self.key),
            title: words.title,
            status: self.status.as_u16(),
            detail: words.detail,
            remedy: words.remedy,
            errors: self.more.errors.clone(),
        };
        let body = serde_json::to_string(&body).unwrap_or_default();
        let kind = (header::CONTENT_TYPE, "application/problem+json");
        self.finish((self.status, [kind], body).into_response())
    }

    /// Adds the headers that belong to the status.
    pub(crate) fn finish(&self, mut response: Response) -> Response {
        *response.status_mut() = self.status;
        let mut put = |name: HeaderName, value| {
            response.headers_mut().insert(name, value);
        };
        if let Some(seconds) = self.more.retry_after_s {
            put(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        if let Some(allow) = &self.more.allow {
            put(header::ALLOW, allow.clone());
        }
        if self.status == StatusCode::UNAUTHORIZED {
            put(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        response
    }

    /// The form to be sent again by one press.
    pub(crate) fn keeping(mut self, kept: Kept) -> Self {
        self.more.kept = Some(kept);
        self
    }

    pub(crate) fn kept(&self) -> Option<&Kept> {
        self.more.kept.as_ref()
    }

    pub(crate) fn errors(&self) -> &[FieldError] {
        &self.more.errors
    }
}

/// A problem in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Words {
    pub title: String,
    pub detail: String,
    pub remedy: String,
}

/// Carries the problem to the gate, which answers with its words.
impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut response = self.status.into_response();
        response.extensions_mut().insert(self);
        response
    }
}

impl From<db::Error> for Problem {
    fn from(error: db::Error) -> Self {
        match error {
            db::Error::Conflict => Self::conflict(),
            db::Error::Closed | db::Error::Connect { .. } => Self::unavailable(error),
            _ => Self::internal(error),
        }
    }
}

impl From<spine::Error> for Problem {
    fn from(error: spine::Error) -> Self {
        match error {
            spine::Error::Db(error) => error.into(),
            other => Self::internal(other),
        }
    }
}
