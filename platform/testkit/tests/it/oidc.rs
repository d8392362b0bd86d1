//! The identity provider, used through the client library that the web floor uses.

use std::io;

use openidconnect::{
    AuthenticationFlow, AuthorizationCode, ClientId, ClientSecret, CsrfToken, HttpRequest,
    HttpResponse, IssuerUrl, Nonce, PkceCodeChallenge, RedirectUrl, Scope, TokenResponse,
    core::{CoreClient, CoreIdTokenClaims, CoreProviderMetadata, CoreResponseType},
};
use testkit::oidc::{CLIENT_ID, CLIENT_SECRET, Flaw, OidcProvider, Subject};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

const BACK: &str = "https://hanbit.example/login/return?from=test";

/// HTTP over a new connection: all that these tests need, redirects not followed.
async fn fetch(request: HttpRequest) -> io::Result<HttpResponse> {
    let address = request.uri().authority().unwrap().to_string();
    let path = request.uri().path_and_query().unwrap().to_string();
    let mut head = format!(
        "{} {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n",
        request.method()
    );
    for (name, value) in request.headers() {
        head += &format!("{name}: {}\r\n", value.to_str().unwrap());
    }
    head += &format!("Content-Length: {}\r\n\r\n", request.body().len());
    let mut stream = TcpStream::connect(address).await?;
    stream
        .write_all(&[head.as_bytes(), request.body()].concat())
        .await?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await?;
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    let mut lines = head.split("\r\n");
    let status = lines.next().unwrap().split(' ').nth(1).unwrap();
    let mut response = openidconnect::http::Response::builder().status(status);
    for line in lines {
        let (name, value) = line.split_once(": ").unwrap();
        response = response.header(name, value);
    }
    Ok(response.body(body.as_bytes().to_vec()).unwrap())
}

/// Where the login comes back to: the query's pairs.
async fn come_back(url: &str) -> (String, Vec<(String, String)>) {
    let request = openidconnect::http::Request::get(url)
        .body(Vec::new())
        .unwrap();
    let location = fetch(request).await.unwrap().headers()["location"]
        .to_str()
        .unwrap()
        .to_string();
    let back = openidconnect::url::Url::parse(&location).unwrap();
    (location, back.query_pairs().into_owned().collect())
}

fn value<'a>(pairs: &'a [(String, String)], name: &str) -> Option<&'a str> {
    pairs
        .iter()
        .find(|(key, _)| key == name)
        .map(|(_, value)| value.as_str())
}

/// Logs in from discovery to verified claims; what a client would be told instead.
async fn log_in(provider: &OidcProvider) -> Result<CoreIdTokenClaims, String> {
    let issuer = IssuerUrl::new(provider.issuer().into()).unwrap();
    let metadata = CoreProviderMetadata::discover_async(issuer, &fetch)
        .await
        .unwrap();
    let secret = ClientSecret::new(CLIENT_SECRET.into());
    let client =
        CoreClient::from_provider_metadata(metadata, ClientId::new(CLIENT_ID.into()), Some(secret))
            .set_redirect_uri(RedirectUrl::new(BACK.into()).unwrap());
    let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
    let flow = AuthenticationFlow::<CoreResponseType>::AuthorizationCode;
    let (url, state, nonce) = client
        .authorize_url(flow, CsrfToken::new_random, Nonce::new_random)
        .add_scope(Scope::new("profile".into()))
        .set_pkce_challenge(challenge)
        .url();
    let (location, pairs) = come_back(url.as_str()).await;
    assert!(location.starts_with(BACK));
    if let Some(error) = value(&pairs, "error") {
        return Err(error.into());
    }
    if value(&pairs, "state") != Some(state.secret()) {
        return Err("state".into());
    }
    let code = AuthorizationCode::new(value(&pairs, "code").unwrap().into());
    let answer = client
        .exchange_code(code)
        .unwrap()
        .set_pkce_verifier(verifier)
        .request_async(&fetch)
        .await;
    let answer = answer.map_err(|error| error.to_string())?;
    let claims = answer
        .id_token()
        .unwrap()
        .claims(&client.id_token_verifier(), &nonce);
    claims.cloned().map_err(|error| error.to_string())
}

#[tokio::test]
async fn whoever_comes_is_the_configured_person() {
    let provider = OidcProvider::start();
    assert_eq!(
        log_in(&provider).await.unwrap().subject().as_str(),
        "hanbit-0001"
    );
    let (id, name, email) = (
        "hanbit-0002".into(),
        "이바다".into(),
        "sea@resident.example".into(),
    );
    provider.log_in_as(Subject { id, name, email });
    let claims = log_in(&provider).await.unwrap();
    assert_eq!(claims.subject().as_str(), "hanbit-0002");
    assert_eq!(claims.name().unwrap().get(None).unwrap().as_str(), "이바다");
}

#[tokio::test]
async fn a_client_that_checks_finds_each_flaw() {
    let provider = OidcProvider::start();
    for (flaw, told) in [
        (Flaw::WrongNonce, "nonce"),
        (Flaw::Expired, "expired"),
        (Flaw::WrongAudience, "audience"),
        (Flaw::WrongIssuer, "issuer"),
        (Flaw::WrongKey, "Signature"),
        (Flaw::WrongState, "state"),
        (Flaw::AccessDenied, "access_denied"),
    ] {
        provider.flaw(flaw);
        let error = log_in(&provider).await.unwrap_err();
        assert!(
            error.to_lowercase().contains(&told.to_lowercase()),
            "{flaw:?}: {error}"
        );
    }
    provider.flaw(Flaw::None);
    log_in(&provider).await.unwrap();
}

/// Redeems a code by a plain form; the answer's status and body.
async fn redeem(
    provider: &OidcProvider,
    code: &str,
    secret: &str,
    verifier: &str,
) -> (u16, String) {
    let form = format!(
        "grant_type=authorization_code&code={code}&redirect_uri=https%3A%2F%2Fhanbit.example%2F\
         &client_id={CLIENT_ID}&client_secret={secret}&code_verifier={verifier}"
    );
    let request = openidconnect::http::Request::post(format!("{}/token", provider.issuer()))
        .header("content-type", "application/x-www-form-urlencoded")
        .body(form.into_bytes())
        .unwrap();
    let response = fetch(request).await.unwrap();
    (
        response.status().as_u16(),
        String::from_utf8(response.into_body()).unwrap(),
    )
}

#[tokio::test]
async fn a_code_is_good_once_for_its_client_and_its_verifier() {
    let provider = OidcProvider::start();
    // The verifier and its challenge of RFC 7636, appendix B.
    let verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
    let url = format!(
        "{}/authorize?response_type=code&client_id={CLIENT_ID}&redirect_uri=https://hanbit.example/&scope=openid\
         &code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM&code_challenge_method=S256",
        provider.issuer()
    );
    let new_code = async || value(&come_back(&url).await.1, "code").unwrap().to_string();
    let code = new_code().await;
    assert_eq!(redeem(&provider, &code, "a-guess", verifier).await.0, 401);
    assert_eq!(
        redeem(&provider, &code, CLIENT_SECRET, verifier).await.0,
        200
    );
    let (status, body) = redeem(&provider, &code, CLIENT_SECRET, verifier).await;
    assert!(status == 400 && body.contains("invalid_grant"), "{body}");
    let stolen = new_code().await;
    assert_eq!(
        redeem(&provider, &stolen, CLIENT_SECRET, "without-the-verifier")
            .await
            .0,
        400
    );
}

#[test]
fn a_dropped_provider_is_gone() {
    let issuer = OidcProvider::start().issuer().to_string();
    let address = issuer.trim_start_matches("http://");
    for _ in 0..100 {
        if std::net::TcpStream::connect(address).is_err() {
            return;
        }
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
    panic!("still there after 2 s");
}
