//! An OpenID Connect provider for tests, which misbehaves on request.
//!
//! It serves discovery, keys, the authorization-code flow with PKCE, and ID tokens signed with RS256 by a
//! key made when it starts. It asks nobody: whoever comes to its login page is the configured person.

use std::{
    collections::HashMap,
    net::{Ipv4Addr, SocketAddr},
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        mpsc::{self, Receiver},
    },
    thread,
    time::{SystemTime, UNIX_EPOCH},
};

use aws_lc_rs::{
    rand::{SecureRandom, SystemRandom},
    rsa::{KeyPair, KeySize},
    signature::{KeyPair as _, RSA_PKCS1_SHA256},
};
use axum::{
    Form, Json, Router,
    extract::{Query, State},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use base64::{
    Engine,
    prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD},
};
use serde::Deserialize;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

/// The client that is registered here. Its redirect address may be any.
pub const CLIENT_ID: &str = "wise";
/// The client's secret, for HTTP Basic or in the form.
pub const CLIENT_SECRET: &str = "a-secret-of-the-tests";

/// How a token, or the login, is wrong.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Flaw {
    /// All is right.
    #[default]
    None,
    /// The token carries another nonce than the login asked for.
    WrongNonce,
    /// The token expired an hour ago.
    Expired,
    /// The token is for another client.
    WrongAudience,
    /// The token says that another provider issued it.
    WrongIssuer,
    /// The token is signed with a key that is not published, under the name of the published one.
    WrongKey,
    /// The login comes back with another state than it was started with.
    WrongState,
    /// The person does not consent: the login comes back with `error=access_denied`.
    AccessDenied,
}

/// Whom the provider says has come.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Subject {
    /// The stable identifier, `sub`.
    pub id: String,
    /// The full name, `name`.
    pub name: String,
    /// The e-mail address, `email`.
    pub email: String,
}

/// A provider on a free port of 127.0.0.1, which ends when dropped. It runs on a thread of its own and
/// may be started inside an async runtime or outside.
#[derive(Debug)]
pub struct OidcProvider {
    issuer: String,
    shared: Arc<Shared>,
    _running: tokio::sync::oneshot::Sender<()>,
}

#[derive(Debug)]
struct Shared {
    issuer: String,
    key: KeyPair,
    state: Mutex<Settings>,
}

#[derive(Debug)]
struct Settings {
    subject: Subject,
    flaw: Flaw,
    /// Logins waiting for their code to be redeemed, once.
    logins: HashMap<String, Login>,
}

#[derive(Debug)]
struct Login {
    subject: Subject,
    redirect_uri: String,
    nonce: Option<String>,
    code_challenge: Option<String>,
}

impl OidcProvider {
    /// Starts a provider that logs everybody in as subject "hanbit-0001", 김하늘.
    ///
    /// # Panics
    /// When 127.0.0.1 has no free port or no key can be made.
    pub fn start() -> OidcProvider {
        let (running, stop) = tokio::sync::oneshot::channel();
        let key = new_key();
        let (tell_address, address) = mpsc::channel();
        let (tell_shared, shared) = mpsc::channel::<Arc<Shared>>();
        thread::spawn(move || serve(&shared, &tell_address, stop));
        let address: SocketAddr = address.recv().expect("127.0.0.1 has a free port");
        let issuer = format!("http://{address}");
        let subject = Subject {
            id: "hanbit-0001".into(),
            name: "김하늘".into(),
            email: "sky@resident.example".into(),
        };
        let settings = Settings {
            subject,
            flaw: Flaw::None,
            logins: HashMap::new(),
        };
        let shared = Arc::new(Shared {
            issuer: issuer.clone(),
            key,
            state: Mutex::new(settings),
        });
        tell_shared
            .send(Arc::clone(&shared))
            .expect("the provider's thread waits");
        OidcProvider {
            issuer,
            shared,
            _running: running,
        }
    }

    /// The issuer's URL, under which discovery begins.
    pub fn issuer(&self) -> &str {
        &self.issuer
    }

    /// Who comes from now on.
    pub fn log_in_as(&self, subject: Subject) {
        self.shared.lock().subject = subject;
    }

    /// What is wrong from now on.
    pub fn flaw(&self, flaw: Flaw) {
        self.shared.lock().flaw = flaw;
    }
}

/// Serves until the provider is dropped, which closes the channel.
fn serve(
    shared: &Receiver<Arc<Shared>>,
    address: &mpsc::Sender<SocketAddr>,
    stop: tokio::sync::oneshot::Receiver<()>,
) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .expect("a runtime");
    runtime.block_on(async {
        let listener = tokio::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0))
            .await
            .expect("a free port");
        let _ = address.send(
            listener
                .local_addr()
                .expect("a bound socket has an address"),
        );
        let Ok(shared) = shared.recv() else { return };
        let router = Router::new()
            .route("/.well-known/openid-configuration", get(discovery))
            .route("/jwks", get(keys))
            .route("/authorize", get(authorize))
            .route("/token", post(token))
            .with_state(shared);
        tokio::select! {
            _ = axum::serve(listener, router) => {}
            _ = stop => {}
        }
    });
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, Settings> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

async fn discovery(State(shared): State<Arc<Shared>>) -> Json<Value> {
    let issuer = &shared.issuer;
    Json(json!({
        "issuer": issuer,
        "authorization_endpoint": format!("{issuer}/authorize"),
        "token_endpoint": format!("{issuer}/token"),
        "jwks_uri": format!("{issuer}/jwks"),
        "response_types_supported": ["code"],
        "grant_types_supported": ["authorization_code"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["RS256"],
        "scopes_supported": ["openid", "profile", "email"],
        "code_challenge_methods_supported": ["S256"],
        "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post"],
    }))
}

async fn keys(State(shared): State<Arc<Shared>>) -> Json<Value> {
    let public = shared.key.public_key();
    let number = |bytes: &[u8]| BASE64_URL_SAFE_NO_PAD.encode(bytes);
    Json(json!({ "keys": [{
        "kty": "RSA",
        "use": "sig",
        "alg": "RS256",
        "kid": "test",
        "n": number(public.modulus().big_endian_without_leading_zero()),
        "e": number(public.exponent().big_endian_without_leading_zero()),
    }] }))
}

/// What the login page is asked for (OpenID Connect Core 3.1.2.1, RFC 7636).
#[derive(Debug, Deserialize)]
struct AuthorizeRequest {
    response_type: String,
    client_id: String,
    redirect_uri: String,
    scope: String,
    state: Option<String>,
    nonce: Option<String>,
    code_challenge: Option<String>,
    code_challenge_method: Option<String>,
}

async fn authorize(
    State(shared): State<Arc<Shared>>,
    Query(asked): Query<AuthorizeRequest>,
) -> Response {
    if asked.response_type != "code" || asked.client_id != CLIENT_ID {
        return refusal("unauthorized_client");
    }
    if !asked.scope.split(' ').any(|scope| scope == "openid") {
        return refusal("invalid_scope");
    }
    if asked.code_challenge.is_some() && asked.code_challenge_method.as_deref() != Some("S256") {
        return refusal("invalid_request");
    }
    let mut settings = shared.lock();
    let state = match (settings.flaw, asked.state) {
        (Flaw::WrongState, _) => Some("another-state".to_string()),
        (_, state) => state,
    };
    let outcome = if settings.flaw == Flaw::AccessDenied {
        "error=access_denied".to_string()
    } else {
        let code = random_word();
        let login = Login {
            subject: settings.subject.clone(),
            redirect_uri: asked.redirect_uri.clone(),
            nonce: asked.nonce,
            code_challenge: asked.code_challenge,
        };
        settings.logins.insert(code.clone(), login);
        format!("code={code}")
    };
    let joint = if asked.redirect_uri.contains('?') {
        '&'
    } else {
        '?'
    };
    let state = state
        .map(|state| format!("&state={}", escape(&state)))
        .unwrap_or_default();
    let back = format!("{}{joint}{outcome}{state}", asked.redirect_uri);
    (StatusCode::FOUND, [(header::LOCATION, back)]).into_response()
}

/// What a client redeems its code with (OpenID Connect Core 3.1.3.1, RFC 7636).
#[derive(Debug, Deserialize)]
struct TokenRequest {
    grant_type: String,
    code: String,
    redirect_uri: String,
    code_verifier: Option<String>,
    client_id: Option<String>,
    client_secret: Option<String>,
}

async fn token(
    State(shared): State<Arc<Shared>>,
    headers: HeaderMap,
    Form(asked): Form<TokenRequest>,
) -> Response {
    if !is_client(&headers, &asked) {
        return (
            StatusCode::UNAUTHORIZED,
            Json(json!({ "error": "invalid_client" })),
        )
            .into_response();
    }
    if asked.grant_type != "authorization_code" {
        return refusal("unsupported_grant_type");
    }
    let mut settings = shared.lock();
    let flaw = settings.flaw;
    // Taken out whether it succeeds or not: a code is good for one try.
    let Some(login) = settings.logins.remove(&asked.code) else {
        return refusal("invalid_grant");
    };
    drop(settings);
    let challenge = asked
        .code_verifier
        .map(|verifier| BASE64_URL_SAFE_NO_PAD.encode(Sha256::digest(verifier)));
    if login.redirect_uri != asked.redirect_uri || login.code_challenge != challenge {
        return refusal("invalid_grant");
    }
    Json(json!({
        "access_token": random_word(),
        "token_type": "Bearer",
        "expires_in": 300,
        "id_token": id_token(&shared, &login, flaw),
    }))
    .into_response()
}

fn is_client(headers: &HeaderMap, asked: &TokenRequest) -> bool {
    let basic = format!(
        "Basic {}",
        BASE64_STANDARD.encode(format!("{CLIENT_ID}:{CLIENT_SECRET}"))
    );
    let by_header = headers
        .get(header::AUTHORIZATION)
        .is_some_and(|given| given.as_bytes() == basic.as_bytes());
    let by_form = asked.client_id.as_deref() == Some(CLIENT_ID)
        && asked.client_secret.as_deref() == Some(CLIENT_SECRET);
    by_header || by_form
}

fn refusal(error: &str) -> Response {
    (StatusCode::BAD_REQUEST, Json(json!({ "error": error }))).into_response()
}

fn id_token(shared: &Shared, login: &Login, flaw: Flaw) -> String {
    let now = seconds_now();
    let issued = if flaw == Flaw::Expired {
        now - 3900
    } else {
        now
    };
    let mut claims = json!({
        "iss": if flaw == Flaw::WrongIssuer { "https://elsewhere.example" } else { &shared.issuer },
        "aud": if flaw == Flaw::WrongAudience { "another-client" } else { CLIENT_ID },
        "sub": login.subject.id,
        "name": login.subject.name,
        "email": login.subject.email,
        "iat": issued,
        "exp": issued + 300,
    });
    match (flaw, &login.nonce) {
        (Flaw::WrongNonce, _) => claims["nonce"] = "another-nonce".into(),
        (_, Some(nonce)) => claims["nonce"] = nonce.as_str().into(),
        (_, None) => {}
    }
    if flaw == Flaw::WrongKey {
        return sign(&new_key(), &claims);
    }
    sign(&shared.key, &claims)
}

/// A JSON Web Signature in compact form (RFC 7515).
fn sign(key: &KeyPair, claims: &Value) -> String {
    let head = json!({ "alg": "RS256", "kid": "test", "typ": "JWT" });
    let part = |value: &Value| BASE64_URL_SAFE_NO_PAD.encode(value.to_string());
    let signed = format!("{}.{}", part(&head), part(claims));
    let mut signature = vec![0; key.public_modulus_len()];
    key.sign(
        &RSA_PKCS1_SHA256,
        &SystemRandom::new(),
        signed.as_bytes(),
        &mut signature,
    )
    .expect("a whole key signs");
    format!("{signed}.{}", BASE64_URL_SAFE_NO_PAD.encode(signature))
}

fn new_key() -> KeyPair {
    KeyPair::generate(KeySize::Rsa2048).expect("the machine makes keys")
}

fn random_word() -> String {
    let mut bytes = [0; 24];
    SystemRandom::new()
        .fill(&mut bytes)
        .expect("the machine has randomness");
    BASE64_URL_SAFE_NO_PAD.encode(bytes)
}

#[expect(
    clippy::disallowed_methods,
    reason = "clients compare a token's times with the machine's clock"
)]
fn seconds_now() -> u64 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0, |since| since.as_secs())
}

/// Percent-encodes for a query.
fn escape(text: &str) -> String {
    text.bytes()
        .map(|byte| match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
                char::from(byte).to_string()
            }
            _ => format!("%{byte:02X}"),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_query_gives_meaning_to_is_escaped() {
        assert_eq!(escape("a b&c=한~"), "a%20b%26c%3D%ED%95%9C~");
    }
}
