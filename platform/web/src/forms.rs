//! Forms: fields as they were sent, errors that say which field, pages of a list by cursor.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{FromRequest, FromRequestParts, Query, Request};
use axum::http::request::Parts;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::problem::Problem;
use crate::secret;

/// Fields that belong to the page, not to its content.
const OWN: [&str; 2] = ["csrf", "token"];

/// The fields of a form, in the order they were sent. An extractor: the gate has read the body.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Fields(Arc<Vec<(String, String)>>);

impl Fields {
    /// Reads `application/x-www-form-urlencoded`.
    pub(crate) fn parse(body: &[u8]) -> Option<Self> {
        let pairs = serde_html_form::from_bytes(body).ok()?;
        Some(Self(Arc::new(pairs)))
    }

    pub fn new(pairs: Vec<(String, String)>) -> Self {
        Self(Arc::new(pairs))
    }

    /// The first value of a field, without the spaces around it.
    pub fn get(&self, name: &str) -> Option<&str> {
        let pair = self.0.iter().find(|(key, _)| key == name);
        pair.map(|(_, value)| value.trim())
    }

    /// The first value of a field; empty when it was not sent.
    pub fn text(&self, name: &str) -> &str {
        self.get(name).unwrap_or_default()
    }

    /// All values of a field: checkboxes of one name.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        let pairs = self.0.iter().filter(move |(key, _)| key == name);
        pairs.map(|(_, value)| value.as_str())
    }

    /// The fields a person filled in.
    pub(crate) fn entered(&self) -> impl Iterator<Item = &(String, String)> {
        self.0
            .iter()
            .filter(|(name, _)| !OWN.contains(&name.as_str()))
    }

    /// A digest of what a person filled in.
    pub(crate) fn content(&self) -> String {
        let pairs: Vec<_> = self.entered().collect();
        secret::digest(&serde_json::to_string(&pairs).unwrap_or_default())
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Fields {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let fields = parts.extensions.get::<Self>().cloned();
        fields.ok_or_else(Problem::media_type)
    }
}

/// A form read into `T`; list fields may be sent several times. Prefer texts in `T` and check them
/// with [`FormErrors`], so that what a person typed can be shown again beside the error.
#[derive(Clone, Debug)]
pub struct Form<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for Form<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let fields = Fields::from_request_parts(parts, state).await?;
        let pairs: Vec<_> = fields.entered().collect();
        let text = serde_html_form::to_string(&pairs).map_err(Problem::internal)?;
        serde_html_form::from_str(&text).map(Form).map_err(|error| {
            tracing::debug!(%error, "a form does not have the fields of its page");
            Problem::unprocessable()
        })
    }
}

/// A JSON body read into `T`, and a JSON answer. What does not fit is told with its place.
#[derive(Clone, Debug)]
pub struct Json<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Json<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let kind = request.headers().get(header::CONTENT_TYPE);
        let kind = kind.and_then(|it| it.to_str().ok()).unwrap_or_default();
        let kind = kind.split(';').next().unwrap_or_default().trim();
        if kind != "application/json" && !kind.ends_with("+json") {
            return Err(Problem::media_type());
        }
        let body = Bytes::from_request(request, state).await;
        let body = body.map_err(|refused| match refused.status() {
            StatusCode::PAYLOAD_TOO_LARGE => Problem::too_large(),
            _ => Problem::bad_request(),
        })?;
        let reader = &mut serde_json::Deserializer::from_slice(&body);
        serde_path_to_error::deserialize(reader)
            .map(Json)
            .map_err(|error| {
                let field = error.path().to_string();
                Problem::unprocessable().error(field, error.into_inner().to_string())
            })
    }
}

impl<T: Serialize> IntoResponse for Json<T> {
    fn into_response(self) -> Response {
        axum::Json(self.0).into_response()
    }
}

/// What is wrong with a form, field by field, in the reader's words.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FormErrors(Vec<(String, String)>);

impl FormErrors {
    pub fn add(&mut self, field: &str, message: impl Into<String>) {
        self.0.push((field.to_owned(), message.into()));
    }

    /// Adds `message` when `holds` is false; returns `holds`.
    pub fn check(&mut self, holds: bool, field: &str, message: impl Into<String>) -> bool {
        if !holds {
            self.add(field, message);
        }
        holds
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The message at a field; empty when it is right, as the macros of `components.html` want it.
    pub fn at(&self, field: &str) -> &str {
        let pair = self.0.iter().find(|(name, _)| name == field);
        pair.map_or("", |(_, message)| message)
    }

    /// All pairs of field and message, for `ui::error_summary`.
    pub fn pairs(&self) -> &[(String, String)] {
        &self.0
    }

    /// The same as problem details, for programs.
    pub fn into_problem(self) -> Problem {
        let mut problem = Problem::unprocessable();
        for (field, message) in self.0 {
            problem = problem.error(field, message);
        }
        problem
    }
}

/// Where a page of a list begins: the sort key and id of the row before it. Opaque to whoever
/// carries it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cursor {
    pub key: String,
    pub id: String,
}

impl Cursor {
    pub fn encode(&self) -> String {
        let json = serde_json::to_vec(&(&self.key, &self.id)).unwrap_or_default();
        URL_SAFE_NO_PAD.encode(json)
    }

    pub fn decode(text: &str) -> Option<Self> {
        let json = URL_SAFE_NO_PAD.decode(text).ok()?;
        let (key, id) = serde_json::from_slice(&json).ok()?;
        Some(Self { key, id })
    }
}

/// Which part of a list is wanted: `?after=…&limit=…`. An extractor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PageQuery {
    pub after: Option<Cursor>,
    /// Rows on a page, 1 to 100.
    pub limit: usize,
}

#[derive(Deserialize)]
struct RawPageQuery {
    after: Option<String>,
    limit: Option<usize>,
}

impl<S: Send + Sync> FromRequestParts<S> for PageQuery {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        const USUAL: usize = 25;
        let Query(raw) = Query::<RawPageQuery>::from_request_parts(parts, state)
            .await
            .map_err(|_| Problem::bad_request())?;
        let after = match raw.after.filter(|it| !it.is_empty()) {
            Some(text) => Some(Cursor::decode(&text).ok_or_else(Problem::bad_request)?),
            None => None,
        };
        let limit = raw.limit.unwrap_or(USUAL).clamp(1, 100);
        Ok(Self { after, limit })
    }
}

/// A page of a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Page<T> {
    pub items: Vec<T>,
    /// `after` of the next page; `None` on the last.
    pub next: Option<String>,
}

impl PageQuery {
    /// How many rows to ask for: one more than shown tells whether there is a next page.
    pub fn fetch(&self) -> i64 {
        i64::try_from(self.limit).unwrap_or(100) + 1
    }

    /// Makes the page from the [`PageQuery::fetch`] rows that came.
    pub fn page<T>(&self, mut rows: Vec<T>, cursor: impl Fn(&T) -> Cursor) -> Page<T> {
        let more = rows.len() > self.limit;
        rows.truncate(self.limit);
        let next = rows.last().filter(|_| more).map(|row| cursor(row).encode());
        Page { items: rows, next }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn query(limit: usize) -> PageQuery {
        PageQuery { after: None, limit }
    }

    #[test]
    fn a_list_is_read_page_by_page_without_gap_or_overlap() {
        let rows: Vec<i32> = (0..7).collect();
        let mut seen = Vec::new();
        let mut after = None;
        loop {
            let from = after
                .take()
                .map_or(0, |it: Cursor| it.id.parse::<i32>().unwrap() + 1);
            let query = query(3);
            let fetched = rows.iter().copied().filter(|it| *it >= from);
            let fetched: Vec<i32> = fetched
                .take(usize::try_from(query.fetch()).unwrap())
                .collect();
            let page = query.page(fetched, |it| Cursor {
                key: String::new(),
                id: it.to_string(),
            });
            seen.extend(page.items);
            match page.next {
                Some(next) => after = Cursor::decode(&next),
                None => break,
            }
        }
        assert_eq!(seen, rows);
    }

    #[test]
    fn a_cursor_that_was_tampered_with_is_no_cursor() {
        assert_eq!(Cursor::decode("한국어"), None);
        assert_eq!(Cursor::decode("eyJ4IjoxfQ"), None);
    }

    #[test]
    fn fields_keep_order_and_content_ignores_the_tokens() {
        let one = Fields::parse("a=1&a=2&csrf=x&token=y&b=%ED%95%9C+".as_bytes()).unwrap();
        let two = Fields::parse("a=1&a=2&csrf=z&token=w&b=%ED%95%9C+".as_bytes()).unwrap();
        assert_eq!(one.all("a").collect::<Vec<_>>(), ["1", "2"]);
        assert_eq!(one.get("b"), Some("한"));
        assert_eq!(one.content(), two.content());
        assert_ne!(one.content(), Fields::parse(b"a=1").unwrap().content());
    }
}
