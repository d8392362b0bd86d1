//! Text messages through an HTTP gateway, whichever: the request is a template of the settings.

use axum::http::{HeaderName, Method, Request, Uri};
use encoding_rs::EUC_KR;
use web::{ClientError, HttpClient};

use super::model::Outcome;

/// The longest text of a short message, in bytes of the Korean character set; more is a long one.
const SHORT_BYTES: usize = 90;

/// How a gateway is asked.
#[derive(Clone, Debug)]
pub struct Sms {
    method: Method,
    url: String,
    headers: Vec<(String, String)>,
    body: String,
    /// What an answer of status 2xx holds when the message was taken; empty: the status is enough.
    success: String,
    token: String,
    escape: Escape,
}

/// How a value stands in the body.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Escape {
    Json,
    Form,
}

/// The template of a request, as the settings give it. `{to}`, `{text}`, `{id}` (the same for every
/// attempt), `{kind}` (`sms` or `lms`) and `{token}` are filled in.
#[derive(Clone, Debug, Default)]
pub struct Template {
    pub method: String,
    pub url: String,
    pub headers: Vec<(String, String)>,
    pub body: String,
    pub success: String,
    pub token: String,
}

impl Sms {
    /// Checks a template.
    ///
    /// # Errors
    /// Names the setting and its remedy.
    pub fn new(it: Template) -> Result<Self, String> {
        let method = it.method.parse::<Method>();
        let method =
            method.map_err(|_| format!("sms.method is {:?}; write POST or GET", it.method))?;
        let uri: Uri = filled(&it.url, &[], percent)
            .parse()
            .map_err(|_| format!("sms.url is no address: {:?}", it.url))?;
        let is_here = matches!(uri.host(), Some("127.0.0.1" | "localhost"));
        if uri.scheme_str() != Some("https") && !is_here {
            return Err("sms.url must begin with https://, numbers and texts travel in it".into());
        }
        for (name, _) in &it.headers {
            let header = name.parse::<HeaderName>();
            header.map_err(|_| format!("sms.headers: {name:?} is no header name"))?;
        }
        let kind = it
            .headers
            .iter()
            .find(|(name, _)| name.eq_ignore_ascii_case("content-type"));
        let escape = match kind.map(|(_, value)| value.as_str()) {
            Some(kind) if kind.contains("json") => Escape::Json,
            Some(kind) if kind.contains("x-www-form-urlencoded") => Escape::Form,
            None if it.body.is_empty() => Escape::Form,
            _ => {
                return Err("sms.headers wants Content-Type with application/json or \
                            application/x-www-form-urlencoded, which says how values are written \
                            into sms.body"
                    .into());
            }
        };
        let whole = format!("{} {}", it.url, it.body);
        for wanted in ["{to}", "{text}"] {
            if !whole.contains(wanted) {
                return Err(format!("sms.body holds no {wanted}"));
            }
        }
        let uses_token = it
            .headers
            .iter()
            .any(|(_, value)| value.contains("{token}"));
        if it.token.is_empty() && (uses_token || whole.contains("{token}")) {
            return Err("sms uses {token}; give its file in sms.token_file".into());
        }
        Ok(Self {
            method,
            url: it.url,
            headers: it.headers,
            body: it.body,
            success: it.success,
            token: it.token,
            escape,
        })
    }

    /// Hands one message to the gateway; `id` is the same however often it is tried.
    pub async fn send(&self, http: &HttpClient, to: &str, text: &str, id: &str) -> Outcome {
        let request = match self.compose(to, text, id) {
            Ok(request) => request,
            Err(why) => return Outcome::Refused(why),
        };
        match http.send(request).await {
            Ok(answer) => self.judged(answer.status().as_u16(), answer.body()),
            Err(ClientError::NotSent(why)) => Outcome::Again(why),
            Err(ClientError::NoAnswer(why)) => Outcome::Uncertain(why),
        }
    }

    fn compose(&self, to: &str, text: &str, id: &str) -> Result<Request<Vec<u8>>, String> {
        let values = [
            ("to", to),
            ("text", text),
            ("id", id),
            ("kind", kind(text)),
            ("token", self.token.as_str()),
        ];
        let escape = match self.escape {
            Escape::Json => json,
            Escape::Form => percent,
        };
        let url = filled(&self.url, &values, percent);
        let mut request = Request::builder().method(self.method.clone()).uri(url);
        for (name, value) in &self.headers {
            request = request.header(name, filled(value, &values, str::to_owned));
        }
        let body = filled(&self.body, &values, escape);
        // The address may hold the number: it stays out of the message.
        request
            .body(body.into_bytes())
            .map_err(|_| "sms.url or sms.headers make no request when filled in".into())
    }

    /// What an answer means. An error of the gateway's own may come after it took the message.
    fn judged(&self, status: u16, body: &[u8]) -> Outcome {
        let told = status.to_string();
        match status {
            200..=299 if String::from_utf8_lossy(body).contains(&self.success) => Outcome::Sent,
            200..=299 => Outcome::Refused(format!("{told} without sms.success")),
            425 | 429 | 503 => Outcome::Again(told),
            408 | 500..=599 => Outcome::Uncertain(told),
            _ => Outcome::Refused(told),
        }
    }
}

/// `sms` up to 90 bytes of the Korean character set (EUC-KR with its extension, as networks carry it),
/// else `lms`.
pub fn kind(text: &str) -> &'static str {
    match EUC_KR.encode(text) {
        (bytes, _, false) if bytes.len() <= SHORT_BYTES => "sms",
        _ => "lms",
    }
}

/// Fills `{name}` in, in one pass: what a value holds is never filled in again.
fn filled(template: &str, values: &[(&str, &str)], escape: impl Fn(&str) -> String) -> String {
    let mut out = String::with_capacity(template.len());
    let mut rest = template;
    while let Some(at) = rest.find('{') {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        let named = rest.find('}').map(|end| (&rest[1..end], end + 1));
        let known = ["to", "text", "id", "kind", "token"];
        match named.filter(|(name, _)| known.contains(name)) {
            Some((name, end)) => {
                let value = values.iter().find(|(it, _)| *it == name);
                out.push_str(&escape(value.map_or("", |(_, value)| value)));
                rest = &rest[end..];
            }
            None => {
                out.push('{');
                rest = &rest[1..];
            }
        }
    }
    out.push_str(rest);
    out
}

/// The inside of a JSON string.
fn json(value: &str) -> String {
    let quoted = serde_json::Value::from(value).to_string();
    quoted[1..quoted.len() - 1].to_owned()
}

/// Percent-encoding of everything but RFC 3986's unreserved letters.
fn percent(value: &str) -> String {
    use std::fmt::Write;
    value.bytes().fold(String::new(), |mut out, byte| {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            let _ = write!(out, "%{byte:02X}");
        }
        out
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn template() -> Template {
        Template {
            method: "POST".into(),
            url: "https://gateway.example/v1?id={id}".into(),
            headers: vec![
                ("Content-Type".into(), "application/json".into()),
                ("Authorization".into(), "Bearer {token}".into()),
            ],
            body: r#"{"to":"{to}","text":"{text}","type":"{kind}","id":"{id}"}"#.into(),
            success: "\"ok\":true".into(),
            token: "secret".into(),
        }
    }

    #[test]
    fn ninety_bytes_of_korean_are_short_and_more_are_long() {
        assert_eq!(kind(&"가".repeat(45)), "sms");
        assert_eq!(kind(&format!("{}a", "가".repeat(45))), "lms");
        assert_eq!(kind(&"a".repeat(90)), "sms");
        // Not in the 1987 set, but in the extension.
        assert_eq!(kind(&"똠".repeat(45)), "sms");
        assert_eq!(kind("🙂"), "lms");
    }

    #[test]
    fn values_cannot_leave_their_place() {
        let sms = Sms::new(template()).unwrap();
        let text = "a\"},{\"to\":\"{token}\n\\";
        let request = sms.compose("010", text, "7").unwrap();
        let body: serde_json::Value = serde_json::from_slice(request.body()).unwrap();
        assert_eq!(body["text"], text);
        assert_eq!(body["type"], "sms");
        assert_eq!(request.headers()["authorization"], "Bearer secret");
        assert_eq!(request.uri(), "https://gateway.example/v1?id=7");
        let form = Template {
            headers: vec![(
                "content-type".into(),
                "application/x-www-form-urlencoded".into(),
            )],
            body: "to={to}&text={text}".into(),
            ..template()
        };
        let request = Sms::new(form).unwrap().compose("010", "가&to=1", "7");
        let body = String::from_utf8(request.unwrap().into_body()).unwrap();
        assert_eq!(body, "to=010&text=%EA%B0%80%26to%3D1");
    }

    #[test]
    fn a_wrong_template_names_the_setting() {
        type Change = fn(&mut Template);
        let cases: [(Change, &str); 6] = [
            (|it| it.method = "P T".into(), "sms.method"),
            (|it| it.url = "http://gateway.example/".into(), "sms.url"),
            (|it| it.body = "{}".into(), "sms.body"),
            (|it| it.token = String::new(), "sms.token_file"),
            (|it| it.headers.clear(), "sms.headers"),
            (
                |it| it.headers.push(("a b".into(), String::new())),
                "sms.headers",
            ),
        ];
        for (change, named) in cases {
            let mut it = template();
            change(&mut it);
            let error = Sms::new(it).unwrap_err();
            assert!(error.contains(named), "{error}");
        }
    }

    #[test]
    fn answers_of_a_gateway_are_told_apart() {
        let sms = Sms::new(template()).unwrap();
        assert_eq!(sms.judged(200, b"{\"ok\":true}"), Outcome::Sent);
        assert!(matches!(
            sms.judged(200, b"{\"ok\":false}"),
            Outcome::Refused(_)
        ));
        assert!(matches!(sms.judged(400, b""), Outcome::Refused(_)));
        assert!(matches!(sms.judged(429, b""), Outcome::Again(_)));
        assert!(matches!(sms.judged(502, b""), Outcome::Uncertain(_)));
    }
}
