//! A browser for routes without a socket: keeps cookies and sends forms as a page of ours would.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Body;
use axum::http::{HeaderMap, Request, StatusCode, header};
use http_body_util::BodyExt;
use tower::ServiceExt;

/// An answer, read to its end.
#[derive(Debug)]
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    /// As text; what is none is replaced.
    pub body: String,
    pub bytes: Vec<u8>,
}

impl Answer {
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |it| it.to_str().unwrap())
    }

    pub fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.body).unwrap()
    }

    /// The value of a hidden field of the first form that has it.
    pub fn field(&self, name: &str) -> String {
        let mark = format!("type=\"hidden\" name=\"{name}\" value=\"");
        let from = self.body.find(&mark).map(|at| at + mark.len());
        let rest = from.map_or("", |at| &self.body[at..]);
        unescape(rest.split('"').next().unwrap_or_default())
    }
}

fn unescape(text: &str) -> String {
    text.replace("&#34;", "\"")
        .replace("&#38;", "&")
        .replace("&#60;", "<")
        .replace("&#62;", ">")
}

/// Keeps cookies and sends forms as a page of ours would.
///
/// Panics where a test would: it is the test's own hand.
#[derive(Clone)]
pub struct Client {
    router: Router,
    pub cookies: Arc<Mutex<BTreeMap<String, String>>>,
    pub headers: Vec<(String, String)>,
}

impl Client {
    /// A browser that has been nowhere.
    pub fn new(router: Router) -> Self {
        Self {
            router,
            cookies: Arc::default(),
            headers: vec![("accept".into(), "text/html".into())],
        }
    }

    #[must_use]
    pub fn with(&self, name: &str, value: &str) -> Self {
        let mut other = self.clone();
        other.headers.retain(|(key, _)| key != name);
        other.headers.push((name.into(), value.into()));
        other
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.ask("GET", path, Vec::new(), None).await
    }

    /// Sends a form as a page that was loaded just now would: with its csrf and token.
    pub async fn send(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let page = self.get("/settings").await;
        let mut fields = fields.to_vec();
        let (csrf, token) = (page.field("csrf"), page.field("token"));
        fields.push(("csrf", &csrf));
        fields.push(("token", &token));
        self.post(path, &fields).await
    }

    /// Sends a form with exactly these fields.
    pub async fn post(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let body = serde_html_form::to_string(fields).unwrap();
        let kind = "application/x-www-form-urlencoded";
        self.ask("POST", path, body.into_bytes(), Some(kind)).await
    }

    pub async fn ask(&self, method: &str, path: &str, body: Vec<u8>, kind: Option<&str>) -> Answer {
        let mut request = Request::builder().method(method).uri(path);
        for (name, value) in &self.headers {
            request = request.header(name, value);
        }
        if let Some(kind) = kind {
            request = request.header(header::CONTENT_TYPE, kind);
        }
        let cookies: Vec<String> = {
            let cookies = self.cookies.lock().unwrap();
            cookies
                .iter()
                .map(|(name, value)| format!("{name}={value}"))
                .collect()
        };
        if !cookies.is_empty() {
            request = request.header(header::COOKIE, cookies.join("; "));
        }
        let request = request.body(Body::from(body)).unwrap();
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        self.keep(&parts.headers);
        let bytes = body.collect().await.unwrap().to_bytes();
        Answer {
            status: parts.status,
            headers: parts.headers,
            body: String::from_utf8_lossy(&bytes).into_owned(),
            bytes: bytes.into(),
        }
    }

    fn keep(&self, headers: &HeaderMap) {
        let mut cookies = self.cookies.lock().unwrap();
        for cookie in headers.get_all(header::SET_COOKIE) {
            let text = cookie.to_str().unwrap();
            let (pair, attributes) = text.split_once(';').unwrap();
            let (name, value) = pair.split_once('=').unwrap();
            if attributes.contains("Max-Age=0") {
                cookies.remove(name);
            } else {
                cookies.insert(name.into(), value.into());
            }
        }
    }

    pub fn cookie(&self, name: &str) -> Option<String> {
        self.cookies.lock().unwrap().get(name).cloned()
    }
}
