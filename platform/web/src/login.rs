//! Signing in and out.

use askama::Template;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;

use crate::accounts::{self, Account};
use crate::core::Core;
use crate::forms::{Fields, FormErrors};
use crate::page::{self, Frame};
use crate::problem::Problem;
use crate::rate::TooMany;
use crate::visitor::{self, Visitor};
use crate::{problem_page, session};

/// Where one signs in.
pub const PATH: &str = "/login";

/// The address of the login page that leads back to `next`.
pub(crate) fn address(next: &str, expired: bool) -> String {
    let query = serde_html_form::to_string([("next", next)]).unwrap_or_default();
    format!("{PATH}?{query}{}", if expired { "&expired=1" } else { "" })
}

/// Whether an address leads to this server: one slash, then neither slash nor backslash.
pub fn is_local(address: &str) -> bool {
    let bytes = address.as_bytes();
    bytes.first() == Some(&b'/')
        && !matches!(bytes.get(1), Some(b'/' | b'\\'))
        && !bytes.iter().any(u8::is_ascii_control)
}

pub(crate) fn local_or_home(address: &str) -> &str {
    if is_local(address) { address } else { "/" }
}

#[derive(Debug, Default, Deserialize)]
pub(crate) struct LoginQuery {
    #[serde(default)]
    next: String,
    expired: Option<String>,
}

#[derive(Template)]
#[template(path = "login.html")]
struct LoginPage {
    frame: Frame,
    login: String,
    next: String,
    kept: String,
    errors: FormErrors,
    oidc: bool,
    oidc_href: String,
}

impl LoginPage {
    fn new(core: &Core, visitor: &Visitor, next: &str) -> Self {
        let next = local_or_home(next).to_owned();
        let query = serde_html_form::to_string([("next", &next)]).unwrap_or_default();
        Self {
            frame: Frame::of(core, visitor),
            login: String::new(),
            kept: String::new(),
            errors: FormErrors::default(),
            oidc: core.oidc().is_some(),
            oidc_href: format!("{}?{query}", crate::oidc::PATH),
            next,
        }
    }
}

/// `GET /login`
pub(crate) async fn show(
    State(core): State<Core>,
    visitor: Visitor,
    Query(query): Query<LoginQuery>,
) -> Response {
    if visitor.account.is_some() {
        return Redirect::to(local_or_home(&query.next)).into_response();
    }
    let mut page = LoginPage::new(&core, &visitor, &query.next);
    page.frame.here = address(&page.next, false);
    if query.expired.is_some() {
        let text = page.frame.t("web-login-expired");
        page.frame = page.frame.with_flash("warn", text);
    }
    page::respond(&page)
}

/// `POST /login`
pub(crate) async fn submit(
    State(core): State<Core>,
    visitor: Visitor,
    headers: HeaderMap,
    fields: Fields,
) -> Result<Response, Problem> {
    let login = fields.text("login").to_owned();
    let too_many = |it: TooMany| Problem::too_many(it.retry_after_s);
    let caller = visitor
        .address
        .map_or("unknown".into(), |it| it.to_string());
    core.limits().sign_in(&caller).map_err(too_many)?;
    core.limits().login(&login).map_err(too_many)?;
    let account = by_password(&core, &login, &fields).await?;
    core.limits().login_ended(&login, account.is_some());
    let Some(account) = account else {
        return Ok(refused(&core, &visitor, &fields));
    };
    let old = visitor::cookie(&headers, session::COOKIE);
    let token = open_session(&core, &account, old).await?;
    let cookie = visitor::session_cookie(&core, &token);
    let response = match problem_page::unseal(fields.text("kept")) {
        Some(kept) => {
            let visitor = visitor.signed_in_as(&core, &token).await?;
            problem_page::send_again(&core, &visitor, &kept)
        }
        None => Redirect::to(local_or_home(fields.text("next"))).into_response(),
    };
    Ok(([(header::SET_COOKIE, cookie)], response).into_response())
}

/// The account of a login and its password. An unknown login takes as long as a wrong password.
async fn by_password(
    core: &Core,
    login: &str,
    fields: &Fields,
) -> Result<Option<Account>, Problem> {
    let wanted = login.to_owned();
    let found = core
        .look(move |tx| {
            let account = accounts::by_login(tx, &wanted)?.filter(|it| !it.disabled);
            let hash = match &account {
                Some(account) => accounts::password_hash(tx, account.id)?,
                None => None,
            };
            Ok::<_, db::Error>((account, hash))
        })
        .await;
    let (account, hash) = found?;
    // Not trimmed: a password may begin or end with a space.
    let password = fields.all("password").next().unwrap_or_default();
    let salt = core.entropy().rng();
    let right = core
        .passwords()
        .check(hash, password.to_owned(), salt)
        .await;
    Ok(account.filter(|_| right))
}

fn refused(core: &Core, visitor: &Visitor, fields: &Fields) -> Response {
    let mut page = LoginPage::new(core, visitor, fields.text("next"));
    page.frame.here = address(&page.next, false);
    page.login = fields.text("login").to_owned();
    page.kept = fields.text("kept").to_owned();
    let message = page.frame.t("web-login-wrong");
    page.errors.add("password", message);
    page::respond_again(&page)
}

/// Opens a session in place of the one the browser may still have.
pub(crate) async fn open_session(
    core: &Core,
    account: &Account,
    old: Option<String>,
) -> Result<String, Problem> {
    let (id, limits) = (account.id, core.config().sessions);
    let opened = core
        .act(id, move |cx| {
            if let Some(old) = &old {
                session::close_token(cx.tx, old)?;
            }
            session::open(cx, id, &limits)
        })
        .await;
    opened.map_err(|error: db::Error| error.into())
}

impl Core {
    /// Signs an account in without asking for anything: for the personas of a sample city and the
    /// return from another identity provider. Answers with a redirect to `next`.
    pub async fn sign_in(
        &self,
        visitor: &Visitor,
        account: &Account,
        next: &str,
    ) -> Result<Response, Problem> {
        if let Some(old) = visitor.session.clone() {
            let closed = self.act(visitor, move |cx| session::close(cx.tx, &old));
            closed
                .await
                .map_err(|error: db::Error| Problem::from(error))?;
        }
        let token = open_session(self, account, None).await?;
        let cookie = visitor::session_cookie(self, &token);
        let response = Redirect::to(local_or_home(next));
        Ok(([(header::SET_COOKIE, cookie)], response).into_response())
    }
}

/// `POST /logout`
pub(crate) async fn logout(
    State(core): State<Core>,
    visitor: Visitor,
) -> Result<Response, Problem> {
    if let Some(id) = visitor.session.clone() {
        let closed = core.act(&visitor, move |cx| session::close(cx.tx, &id));
        closed
            .await
            .map_err(|error: db::Error| Problem::from(error))?;
    }
    let cookie = visitor::set_cookie(&core, session::COOKIE, "", Some(0));
    Ok(([(header::SET_COOKIE, cookie)], Redirect::to("/")).into_response())
}
