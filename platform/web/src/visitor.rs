//! Who is visiting: found once for each request from its cookies or its bearer token.

use std::net::{IpAddr, SocketAddr};

use axum::extract::{ConnectInfo, FromRequestParts};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, Uri, header};
use base::Locale;

use crate::accounts::{self, Account};
use crate::core::Core;
use crate::csrf::Secret;
use crate::i18n::Texts;
use crate::problem::Problem;
use crate::secret;
use crate::session::{self, Session, Upkeep};
use crate::settings::Settings;

/// The cookie of a browser that is not signed in: a random value, so that its forms are protected.
const GUEST_COOKIE: &str = "wise_guest";
/// The cookie that remembers settings where nobody is signed in.
const SETTINGS_COOKIE: &str = "wise_settings";

/// Whoever sent this request. An extractor.
#[derive(Clone, Debug)]
pub struct Visitor {
    /// Who is signed in.
    pub account: Option<Account>,
    pub locale: Locale,
    pub settings: Settings,
    /// For the hidden field `csrf` of every form.
    pub csrf: String,
    /// For the hidden field `token` of every form: sending a form twice is once.
    pub token: String,
    /// The session's id, which is not its token.
    pub session: Option<String>,
    /// What this person has not read yet.
    pub unread: i64,
    /// Path and query of this page.
    pub here: String,
    /// The caller's address, where the server knows it.
    pub address: Option<IpAddr>,
    pub(crate) secret: Secret,
    /// Signed in by a bearer token: no cookie, so no forgery.
    pub(crate) by_token: bool,
    /// A session's cookie came that is not good any more.
    pub(crate) expired: bool,
}

impl Visitor {
    /// Who is signed in, or the problem that asks to sign in.
    pub fn signed_in(&self) -> Result<&Account, Problem> {
        self.account.as_ref().ok_or_else(Problem::sign_in)
    }

    /// The same browser and settings, without the person.
    pub(crate) fn without_account(&self) -> Self {
        Self {
            account: None,
            session: None,
            unread: 0,
            ..self.clone()
        }
    }

    /// Somebody about whom nothing can be found out, because the store does not answer.
    pub(crate) fn nobody(core: &Core, uri: &Uri) -> Self {
        bare(core, uri, Secret::of(""), None)
    }

    /// This visitor after signing in with a new session's token.
    pub(crate) async fn signed_in_as(&self, core: &Core, token: &str) -> Result<Self, Problem> {
        let found = find(core, token.to_owned()).await?;
        let (session, unread) = found.ok_or_else(Problem::sign_in)?;
        let mut visitor = self.clone();
        visitor.secret = Secret::of(&session.csrf);
        visitor.csrf = visitor.secret.masked(&mut core.entropy().rng());
        visitor.settings = settings(Some(&session), Some(self.settings));
        visitor.locale = visitor.settings.locale;
        visitor.unread = unread;
        visitor.expired = false;
        visitor.session = Some(session.id);
        visitor.account = Some(session.account);
        Ok(visitor)
    }
}

impl<S: Send + Sync> FromRequestParts<S> for Visitor {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let visitor = parts.extensions.get::<Self>().cloned();
        visitor.ok_or_else(|| Problem::internal("a route stands outside Routes::into_router"))
    }
}

/// A visitor, and the cookies to send back.
pub(crate) struct Arrival {
    pub visitor: Visitor,
    pub cookies: Vec<HeaderValue>,
    /// Sent only with a page: programs and pictures need no guest's cookie.
    pub guest_cookie: Option<HeaderValue>,
}

/// Finds out who sent a request.
pub(crate) async fn arrive(core: &Core, parts: &Parts) -> Result<Arrival, Problem> {
    let headers = &parts.headers;
    let address = address(core, parts);
    if let Some(bearer) = bearer(headers) {
        return by_bearer(core, parts, bearer, address).await;
    }
    let token = cookie(headers, session::COOKIE).filter(|it| !it.is_empty());
    let found = match &token {
        Some(token) => find(core, token.clone()).await?,
        None => None,
    };
    let mut cookies = Vec::new();
    if let (Some((session, _)), Some(token)) = (&found, &token) {
        cookies.extend(upkeep(core, session, token).await?);
    }
    let (guest, guest_cookie) = match (&found, cookie(headers, GUEST_COOKIE)) {
        (Some(_), _) => (String::new(), None),
        (None, Some(guest)) if guest.len() >= 43 => (guest, None),
        (None, _) => {
            let guest = secret::token(&mut core.entropy().rng());
            let cookie = set_cookie(core, GUEST_COOKIE, &guest, None);
            (guest, Some(cookie))
        }
    };
    let expired = token.is_some() && found.is_none();
    let (session, unread) = found.map_or((None, 0), |(it, unread)| (Some(it), unread));
    let secret = Secret::of(session.as_ref().map_or(&guest, |it| &it.csrf));
    let kept = cookie(headers, SETTINGS_COOKIE).map(|it| Settings::parse(&it));
    let kept = kept.or_else(|| {
        let locale = asked_for(headers, core.texts())?;
        Some(Settings {
            locale,
            ..Settings::default()
        })
    });
    let mut visitor = bare(core, &parts.uri, secret, address);
    visitor.settings = settings(session.as_ref(), kept);
    visitor.locale = visitor.settings.locale;
    visitor.unread = unread;
    visitor.expired = expired;
    visitor.session = session.as_ref().map(|it| it.id.clone());
    visitor.account = session.map(|it| it.account);
    Ok(Arrival {
        visitor,
        cookies,
        guest_cookie,
    })
}

/// The language that the browser would rather read, of those there are texts in (RFC 9110, 12.5.4).
fn asked_for(headers: &HeaderMap, texts: &Texts) -> Option<Locale> {
    let wanted = headers.get(header::ACCEPT_LANGUAGE)?.to_str().ok()?;
    let mut best: Option<(f32, Locale)> = None;
    for range in wanted.split(',').take(20) {
        let mut parts = range.split(';').map(str::trim);
        let primary = parts.next().and_then(|it| it.split('-').next());
        let primary = primary.unwrap_or_default().to_ascii_lowercase();
        let weight = parts.find_map(|it| it.strip_prefix("q="));
        let weight = weight.map_or(1.0, |it| it.parse().unwrap_or(0.0));
        let (true, Ok(locale)) = (texts.languages().any(|it| it == primary), primary.parse())
        else {
            continue;
        };
        if weight > best.map_or(0.0, |(best, _)| best) {
            best = Some((weight, locale));
        }
    }
    best.map(|(_, locale)| locale)
}

/// The account's settings once it has chosen any, else those of this browser.
fn settings(session: Option<&Session>, kept: Option<Settings>) -> Settings {
    let own = session.map(|it| it.account.settings);
    match (own, kept) {
        (Some(own), Some(kept)) if own == Settings::default() => kept,
        (Some(own), _) => own,
        (None, kept) => kept.unwrap_or_default(),
    }
}

fn bare(core: &Core, uri: &Uri, secret: Secret, address: Option<IpAddr>) -> Visitor {
    let mut rng = core.entropy().rng();
    let here = uri.path_and_query().map_or("/", |it| it.as_str());
    Visitor {
        account: None,
        locale: Locale::KO,
        settings: Settings::default(),
        csrf: secret.masked(&mut rng),
        token: secret::token(&mut rng),
        session: None,
        unread: 0,
        here: here.to_owned(),
        address,
        secret,
        by_token: false,
        expired: false,
    }
}

async fn find(core: &Core, token: String) -> Result<Option<(Session, i64)>, Problem> {
    let (now, limits) = (core.clock().now(), core.config().sessions);
    let count = core.config().unread;
    core.look(move |tx| {
        let Some(session) = session::find(tx, &token, now, &limits)? else {
            return Ok(None);
        };
        let unread = match count {
            Some(count) => count(tx, &session.account)?,
            None => 0,
        };
        Ok(Some((session, unread)))
    })
    .await
    .map_err(|error: db::Error| Problem::unavailable(error))
}

/// Writes what the use of a session asks for; returns the cookie of a new token.
async fn upkeep(
    core: &Core,
    session: &Session,
    token: &str,
) -> Result<Option<HeaderValue>, Problem> {
    let wanted = session.upkeep(token, core.clock().now(), &core.config().sessions);
    if wanted == Upkeep::Nothing {
        return Ok(None);
    }
    let (session, token) = (session.clone(), token.to_owned());
    let new = core
        .act(None, move |cx| match wanted {
            Upkeep::Rotate => session::rotate(cx.tx, &session, &token, cx.now, cx.rng),
            _ => session::touch(cx.tx, &session, &token, cx.now).map(|()| None),
        })
        .await
        .map_err(|error: db::Error| Problem::unavailable(error))?;
    Ok(new.map(|token| session_cookie(core, &token)))
}

async fn by_bearer(
    core: &Core,
    parts: &Parts,
    token: String,
    address: Option<IpAddr>,
) -> Result<Arrival, Problem> {
    let now = core.clock().now();
    let account = core
        .look(move |tx| accounts::by_api_token(tx, &token, now))
        .await
        .map_err(|error: db::Error| Problem::unavailable(error))?
        .ok_or_else(Problem::sign_in)?;
    let mut visitor = bare(core, &parts.uri, Secret::of(""), address);
    visitor.settings = account.settings;
    // A program has no settings of its own: it says with each request for whom it asks.
    visitor.locale = asked_for(&parts.headers, core.texts()).unwrap_or(account.settings.locale);
    visitor.by_token = true;
    visitor.account = Some(account);
    Ok(Arrival {
        visitor,
        cookies: Vec::new(),
        guest_cookie: None,
    })
}

fn bearer(headers: &HeaderMap) -> Option<String> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = value.split_once(' ')?;
    scheme
        .eq_ignore_ascii_case("bearer")
        .then(|| token.trim().to_owned())
}

/// The peer's address, or the one that the proxy in front added last.
fn address(core: &Core, parts: &Parts) -> Option<IpAddr> {
    if core.config().behind_proxy {
        let forwarded = parts
            .headers
            .get_all("x-forwarded-for")
            .iter()
            .next_back()?;
        return forwarded
            .to_str()
            .ok()?
            .rsplit(',')
            .next()?
            .trim()
            .parse()
            .ok();
    }
    let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>();
    peer.map(|ConnectInfo(peer)| peer.ip())
}

/// One cookie of a request.
pub(crate) fn cookie(headers: &HeaderMap, name: &str) -> Option<String> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|it| it.to_str().ok())
        .flat_map(|line| line.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(key, _)| *key == name)
        .map(|(_, value)| value.to_owned())
}

/// A cookie scripts cannot read. Without an age it ends with the browser; age 0 deletes it.
pub(crate) fn set_cookie(
    core: &Core,
    name: &str,
    value: &str,
    max_age_s: Option<i64>,
) -> HeaderValue {
    let age = max_age_s.map_or(String::new(), |age| format!("; Max-Age={age}"));
    let secure = if core.config().secure_cookies {
        "; Secure"
    } else {
        ""
    };
    let text = format!("{name}={value}; Path=/; HttpOnly; SameSite=Lax{age}{secure}");
    // Values are made here of letters, digits and `-_.=&`.
    HeaderValue::from_str(&text).unwrap_or_else(|_| HeaderValue::from_static(""))
}

pub(crate) fn session_cookie(core: &Core, token: &str) -> HeaderValue {
    let age = core.config().sessions.absolute.as_secs();
    set_cookie(core, session::COOKIE, token, Some(age))
}

pub(crate) fn settings_cookie(core: &Core, settings: &Settings) -> HeaderValue {
    const YEAR_S: i64 = 365 * 24 * 60 * 60;
    set_cookie(core, SETTINGS_COOKIE, &settings.to_string(), Some(YEAR_S))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_known_language_that_is_liked_best_is_answered_in() {
        let files = ["ko", "en", "vi"].map(|it| (format!("texts/{it}/a.ftl"), "a-key = a\n"));
        let texts = Texts::load(files).unwrap();
        for (header, wanted) in [
            ("en", Some("en")),
            ("vi-VN,vi;q=0.9,en;q=0.8", Some("vi")),
            ("fr, en-GB;q=0.8, ko; q=0.9", Some("ko")),
            ("EN-us,ko", Some("en")),
            ("ko;q=0, en;q=0.1", Some("en")),
            ("fr, *;q=0.5", None),
            ("", None),
            (";;q=x,,", None),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(header::ACCEPT_LANGUAGE, header.parse().unwrap());
            let found = asked_for(&headers, &texts).map(|it| it.to_string());
            assert_eq!(found.as_deref(), wanted, "{header}");
        }
        assert_eq!(asked_for(&HeaderMap::new(), &texts), None);
    }
}
