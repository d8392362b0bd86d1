//! Signing in at an OpenID Connect provider: authorization code with PKCE, state and nonce.
//!
//! What a login needs to remember until the person comes back stands in a short-lived cookie of that
//! browser, so nothing is stored for people who never return.

use axum::extract::{Query, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::{SignedDuration, Timestamp};
use openidconnect::core::{
    CoreAuthenticationFlow, CoreClient, CoreIdTokenClaims, CoreProviderMetadata,
};
use openidconnect::{
    AuthorizationCode, ClientId, ClientSecret, CsrfToken, HttpRequest, HttpResponse, IssuerUrl,
    Nonce, PkceCodeChallenge, PkceCodeVerifier, RedirectUrl, Scope, TokenResponse,
};
use serde::Deserialize;
use tokio::sync::Mutex;

use crate::accounts::{self, Account, NewAccount};
use crate::client::{ClientError, HttpClient};
use crate::core::Core;
use crate::login::{address, local_or_home};
use crate::problem::Problem;
use crate::secret;
use crate::visitor::{self, Visitor};

/// Where one sets out for the provider.
pub(crate) const PATH: &str = "/login/oidc";
/// Where the provider sends people back to.
pub(crate) const CALLBACK: &str = "/login/oidc/callback";
const COOKIE: &str = "wise_oidc";
/// How long a person may take at the provider.
const LOGIN_S: i64 = 600;
/// How long the provider's description and keys are used before they are read again.
const METADATA_LIFE: SignedDuration = SignedDuration::from_mins(10);

/// How one signs in elsewhere.
#[derive(Clone, Debug)]
pub struct OidcConfig {
    /// The provider's issuer URL; its discovery document lies below.
    pub issuer: String,
    pub client_id: String,
    /// Empty for a public client.
    pub client_secret: String,
    /// The roles of accounts made at the first login; without any, only accounts that exist enter.
    pub default_roles: Vec<String>,
}

/// Why a login elsewhere did not succeed. Logged; people are told less.
#[derive(Debug, thiserror::Error)]
enum Error {
    #[error("the provider cannot be reached: {0}")]
    Unreachable(String),
    #[error("the provider's answer is not valid: {0}")]
    Invalid(String),
    #[error("no login was begun in this browser, or too long ago")]
    NotBegun,
    #[error("nobody here has this account, and accounts are not made at the first login")]
    Unknown,
}

impl From<Error> for Problem {
    fn from(error: Error) -> Self {
        tracing::warn!(%error, "a login at the identity provider failed");
        match error {
            Error::Unreachable(_) => {
                Self::new(StatusCode::SERVICE_UNAVAILABLE, "web-oidc-unreachable")
            }
            Error::Unknown => Self::new(StatusCode::FORBIDDEN, "web-oidc-unknown"),
            Error::Invalid(_) | Error::NotBegun => {
                Self::new(StatusCode::BAD_REQUEST, "web-oidc-failed")
            }
        }
    }
}

fn unreachable(error: impl std::fmt::Display) -> Error {
    Error::Unreachable(error.to_string())
}

fn invalid(error: impl std::fmt::Display) -> Error {
    Error::Invalid(error.to_string())
}

/// One provider.
pub(crate) struct Oidc {
    config: OidcConfig,
    redirect: String,
    http: HttpClient,
    metadata: Mutex<Option<(Timestamp, CoreProviderMetadata)>>,
}

/// What a browser remembers while its person is at the provider.
struct Attempt {
    state: String,
    nonce: String,
    verifier: String,
    next: String,
}

impl Oidc {
    pub fn new(config: OidcConfig, base_url: &str) -> Self {
        Self {
            config,
            redirect: format!("{base_url}{CALLBACK}"),
            http: HttpClient::new(),
            metadata: Mutex::default(),
        }
    }

    async fn metadata(&self, now: Timestamp) -> Result<CoreProviderMetadata, Error> {
        let mut kept = self.metadata.lock().await;
        if let Some((read_at, metadata)) = &*kept
            && now.duration_since(*read_at).abs() < METADATA_LIFE
        {
            return Ok(metadata.clone());
        }
        let issuer = IssuerUrl::new(self.config.issuer.clone()).map_err(invalid)?;
        let http = |request| ask(self.http.clone(), request);
        let metadata = CoreProviderMetadata::discover_async(issuer, &http)
            .await
            .map_err(unreachable)?;
        *kept = Some((now, metadata.clone()));
        Ok(metadata)
    }

    /// The address at the provider for this attempt.
    async fn set_out(&self, attempt: &Attempt, now: Timestamp) -> Result<String, Error> {
        let metadata = self.metadata(now).await?;
        let verifier = PkceCodeVerifier::new(attempt.verifier.clone());
        let (state, nonce) = (attempt.state.clone(), attempt.nonce.clone());
        let (url, _, _) =
            CoreClient::from_provider_metadata(metadata, self.client_id(), self.client_secret())
                .set_redirect_uri(RedirectUrl::new(self.redirect.clone()).map_err(invalid)?)
                .authorize_url(
                    CoreAuthenticationFlow::AuthorizationCode,
                    || CsrfToken::new(state),
                    || Nonce::new(nonce),
                )
                .add_scope(Scope::new("profile".into()))
                .set_pkce_challenge(PkceCodeChallenge::from_code_verifier_sha256(&verifier))
                .url();
        Ok(url.into())
    }

    /// Exchanges the code and checks the ID token: signature, issuer, audience, times, nonce. Times
    /// are compared with the machine's clock, because the provider's are.
    async fn come_back(
        &self,
        attempt: Attempt,
        code: String,
        now: Timestamp,
    ) -> Result<CoreIdTokenClaims, Error> {
        let metadata = self.metadata(now).await?;
        let client =
            CoreClient::from_provider_metadata(metadata, self.client_id(), self.client_secret())
                .set_redirect_uri(RedirectUrl::new(self.redirect.clone()).map_err(invalid)?);
        let http = |request| ask(self.http.clone(), request);
        let answer = client
            .exchange_code(AuthorizationCode::new(code))
            .map_err(invalid)?
            .set_pkce_verifier(PkceCodeVerifier::new(attempt.verifier))
            .request_async(&http)
            .await
            .map_err(invalid)?;
        let token = answer
            .id_token()
            .ok_or_else(|| invalid("there is no ID token"))?;
        let claims = token
            .claims(&client.id_token_verifier(), &Nonce::new(attempt.nonce))
            .map_err(invalid)?;
        Ok(claims.clone())
    }

    fn client_id(&self) -> ClientId {
        ClientId::new(self.config.client_id.clone())
    }

    fn client_secret(&self) -> Option<ClientSecret> {
        let secret = &self.config.client_secret;
        (!secret.is_empty()).then(|| ClientSecret::new(secret.clone()))
    }
}

/// Owns its client, as the library's futures want it.
async fn ask(http: HttpClient, request: HttpRequest) -> Result<HttpResponse, ClientError> {
    http.send(request).await
}

impl Attempt {
    fn new(core: &Core, next: &str) -> Self {
        let mut rng = core.entropy().rng();
        Self {
            state: secret::token(&mut rng),
            nonce: secret::token(&mut rng),
            verifier: secret::token(&mut rng),
            next: local_or_home(next).to_owned(),
        }
    }

    fn cookie(&self, core: &Core) -> HeaderValue {
        let next = URL_SAFE_NO_PAD.encode(&self.next);
        let value = [&self.state, &self.nonce, &self.verifier, &next].map(String::as_str);
        visitor::set_cookie(core, COOKIE, &value.join("."), Some(LOGIN_S))
    }

    fn read(headers: &HeaderMap) -> Option<Self> {
        let value = visitor::cookie(headers, COOKIE)?;
        let [state, nonce, verifier, next] =
            value.split('.').collect::<Vec<_>>().try_into().ok()?;
        let next = String::from_utf8(URL_SAFE_NO_PAD.decode(next).ok()?).ok()?;
        Some(Self {
            state: state.to_owned(),
            nonce: nonce.to_owned(),
            verifier: verifier.to_owned(),
            next: local_or_home(&next).to_owned(),
        })
    }
}

#[derive(Deserialize)]
pub(crate) struct SetOutQuery {
    #[serde(default)]
    next: String,
}

/// `GET /login/oidc`
pub(crate) async fn set_out(
    State(core): State<Core>,
    Query(query): Query<SetOutQuery>,
) -> Result<Response, Problem> {
    let oidc = core.oidc().ok_or_else(Problem::not_found)?;
    let attempt = Attempt::new(&core, &query.next);
    let url = oidc.set_out(&attempt, core.clock().now()).await?;
    let cookie = [(header::SET_COOKIE, attempt.cookie(&core))];
    Ok((cookie, Redirect::to(&url)).into_response())
}

#[derive(Deserialize)]
pub(crate) struct CallbackQuery {
    code: Option<String>,
    state: Option<String>,
    error: Option<String>,
}

/// `GET /login/oidc/callback`
pub(crate) async fn callback(
    State(core): State<Core>,
    visitor: Visitor,
    headers: HeaderMap,
    Query(query): Query<CallbackQuery>,
) -> Result<Response, Problem> {
    let oidc = core.oidc().ok_or_else(Problem::not_found)?;
    let attempt = Attempt::read(&headers).ok_or(Error::NotBegun)?;
    let state = query.state.unwrap_or_default();
    if !secret::equal(state.as_bytes(), attempt.state.as_bytes()) {
        return Err(invalid("another state came back").into());
    }
    let over = visitor::set_cookie(&core, COOKIE, "", Some(0));
    if let Some(error) = query.error {
        tracing::info!(error, "the identity provider refused a login");
        let back = Redirect::to(&address(&attempt.next, false));
        return Ok(([(header::SET_COOKIE, over)], back).into_response());
    }
    let code = query.code.ok_or_else(|| invalid("no code came back"))?;
    let next = attempt.next.clone();
    let claims = oidc.come_back(attempt, code, core.clock().now()).await?;
    let account = account_of(&core, &oidc.config, &claims).await?;
    let mut response = core.sign_in(&visitor, &account, &next).await?;
    response.headers_mut().append(header::SET_COOKIE, over);
    Ok(response)
}

/// The account of whoever the provider says has come; made now where that is configured.
async fn account_of(
    core: &Core,
    config: &OidcConfig,
    claims: &CoreIdTokenClaims,
) -> Result<Account, Problem> {
    let issuer = claims.issuer().to_string();
    let subject = claims.subject().to_string();
    let name = claims
        .name()
        .and_then(|it| it.get(None))
        .map(|it| it.to_string());
    let digest = secret::digest(&format!("{issuer}\n{subject}"));
    let new = NewAccount {
        login: format!("oidc-{}", &digest[..16]),
        name: name.unwrap_or_else(|| subject.clone()),
        roles: config.default_roles.clone(),
        oidc: Some((issuer.clone(), subject.clone())),
        ..NewAccount::default()
    };
    let found = core
        .act(None, move |cx| {
            if let Some(account) = accounts::by_oidc(cx.tx, &issuer, &subject)? {
                return Ok(Some(account).filter(|it| !it.disabled));
            }
            if new.roles.is_empty() {
                return Ok(None);
            }
            let id = accounts::create(cx, &new)?;
            accounts::by_id(cx.tx, id)
        })
        .await
        .map_err(|error: db::Error| Problem::from(error))?;
    found.ok_or_else(|| Error::Unknown.into())
}
