//! Web Push: waking a browser through its push service (RFC 8030), with a message that only the
//! browser can read (RFC 8291) and under this server's own key (VAPID, RFC 8292).

use std::fmt::Write;

use aws_lc_rs::aead::{AES_128_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use aws_lc_rs::agreement::{ECDH_P256, PrivateKey, UnparsedPublicKey, agree};
use aws_lc_rs::hkdf::{HKDF_SHA256, KeyType, Prk, Salt};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair};
use axum::http::{Request, StatusCode, Uri};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::{SignedDuration, Timestamp};
use rand::Rng;
use serde_json::json;
use sha2::{Digest, Sha256};
use web::{ClientError, HttpClient};

use super::model::{Device, Outcome, Urgency};

/// The name of the server's key in the table of secrets.
pub const KEY_NAME: &str = "vapid";
/// How long a token is valid; push services refuse more than a day (RFC 8292, section 2).
const TOKEN_LIFE: SignedDuration = SignedDuration::from_hours(12);
/// One record holds the whole message (RFC 8188); services carry 4096 bytes at the least.
const RECORD_BYTES: u32 = 4096;
/// The push services of the browsers in use.
pub const USUAL_SERVICES: [&str; 4] = [
    "fcm.googleapis.com",
    "updates.push.services.mozilla.com",
    "push.apple.com",
    "notify.windows.com",
];

/// How push services are spoken to.
#[derive(Clone, Debug)]
pub struct Push {
    /// Whom a push service can ask: `mailto:` or `https:`.
    pub contact: String,
    /// Hosts of push services, each with everything below it.
    pub services: Vec<String>,
}

/// What a browser is told.
#[derive(Clone, Debug)]
pub struct Message<'a> {
    /// JSON for the service worker.
    pub payload: &'a [u8],
    pub urgency: Urgency,
    /// At most 32 letters of the base64url alphabet: a later message of the same topic takes the
    /// place of one that still waits.
    pub topic: &'a str,
}

/// What became of a push to one browser.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Pushed {
    /// The subscription does not exist any more.
    Gone,
    Done(Outcome),
}

/// Whether an endpoint lies at one of these push services, over TLS (or on this machine, where it is
/// named so).
pub(super) fn is_known_service(endpoint: &str, services: &[String]) -> bool {
    let Ok(uri) = endpoint.parse::<Uri>() else {
        return false;
    };
    let host = uri.host().unwrap_or_default().to_ascii_lowercase();
    let is_safe = match uri.scheme_str() {
        Some("https") => true,
        Some("http") => host == "127.0.0.1",
        _ => false,
    };
    // An authority such as `fcm.googleapis.com@elsewhere` has its host behind the @.
    let is_plain = uri.authority().is_some_and(|it| !it.as_str().contains('@'));
    let is_within = |service: &String| {
        host == *service
            || host
                .strip_suffix(service.as_str())
                .is_some_and(|it| it.ends_with('.'))
    };
    is_safe && is_plain && services.iter().any(is_within)
}

/// SHA-256 in hexadecimal.
pub(super) fn digest(text: &str) -> String {
    Sha256::digest(text.as_bytes())
        .iter()
        .fold(String::with_capacity(64), |mut hex, byte| {
            let _ = write!(hex, "{byte:02x}");
            hex
        })
}

/// A private key on P-256: a number below the group's order, which all but 2⁻³² of random ones are.
pub(super) fn new_secret(rng: &mut dyn Rng) -> [u8; 32] {
    let mut secret = [0_u8; 32];
    loop {
        rng.fill_bytes(&mut secret);
        if PrivateKey::from_private_key(&ECDH_P256, &secret).is_ok() {
            return secret;
        }
    }
}

/// The point that belongs to a private key: uncompressed, 65 bytes.
fn public_of(secret: &[u8; 32]) -> Result<Vec<u8>, String> {
    let key = PrivateKey::from_private_key(&ECDH_P256, secret).map_err(|e| e.to_string())?;
    let public = key.compute_public_key().map_err(|e| e.to_string())?;
    Ok(public.as_ref().to_vec())
}

/// The server's public key as `pushManager.subscribe` wants it.
pub fn application_server_key(secret: &[u8; 32]) -> String {
    public_of(secret).map_or(String::new(), |it| URL_SAFE_NO_PAD.encode(it))
}

struct Length(usize);

impl KeyType for Length {
    fn len(&self) -> usize {
        self.0
    }
}

fn expand<const N: usize>(prk: &Prk, info: &[&[u8]]) -> Result<[u8; N], String> {
    let mut out = [0; N];
    let okm = prk.expand(info, Length(N));
    okm.and_then(|it| it.fill(&mut out))
        .map_err(|e| e.to_string())?;
    Ok(out)
}

/// The body of a push message (RFC 8291, section 4): `salt` and `secret` are used once.
fn encrypt(
    message: &[u8],
    device: &Device,
    salt: [u8; 16],
    secret: &[u8; 32],
) -> Result<Vec<u8>, String> {
    let own_key = PrivateKey::from_private_key(&ECDH_P256, secret).map_err(|e| e.to_string())?;
    let own = public_of(secret)?;
    let peer = UnparsedPublicKey::new(&ECDH_P256, &device.p256dh);
    let wrong = "the browser's key is no point on P-256".to_owned();
    let prk = agree(&own_key, peer, wrong, |shared| {
        Ok(Salt::new(HKDF_SHA256, &device.auth).extract(shared))
    })?;
    let material: [u8; 32] = expand(&prk, &[b"WebPush: info\0", &device.p256dh, &own])?;
    let prk = Salt::new(HKDF_SHA256, &salt).extract(&material);
    let key: [u8; 16] = expand(&prk, &[b"Content-Encoding: aes128gcm\0"])?;
    let nonce: [u8; 12] = expand(&prk, &[b"Content-Encoding: nonce\0"])?;
    // 2 marks the last record.
    let mut record = [message, &[2]].concat();
    let key = UnboundKey::new(&AES_128_GCM, &key).map_err(|e| e.to_string())?;
    LessSafeKey::new(key)
        .seal_in_place_append_tag(
            Nonce::assume_unique_for_key(nonce),
            Aad::empty(),
            &mut record,
        )
        .map_err(|e| e.to_string())?;
    let length = u8::try_from(own.len()).unwrap_or(u8::MAX);
    Ok([
        salt.as_slice(),
        &RECORD_BYTES.to_be_bytes(),
        &[length],
        &own,
        &record,
    ]
    .concat())
}

/// The `Authorization` of a push to this endpoint (RFC 8292): a token that says who asks.
fn authorization(
    endpoint: &Uri,
    contact: &str,
    secret: &[u8; 32],
    now: Timestamp,
) -> Result<String, String> {
    let public = public_of(secret)?;
    let pair = EcdsaKeyPair::from_private_key_and_public_key(
        &ECDSA_P256_SHA256_FIXED_SIGNING,
        secret,
        &public,
    )
    .map_err(|e| e.to_string())?;
    let scheme = endpoint.scheme_str().unwrap_or_default();
    let authority = endpoint.authority().map_or("", |it| it.as_str());
    let claims = json!({
        "aud": format!("{scheme}://{authority}"),
        "exp": (now + TOKEN_LIFE).as_second(),
        "sub": contact,
    });
    let head = URL_SAFE_NO_PAD.encode(r#"{"typ":"JWT","alg":"ES256"}"#);
    let signed = format!("{head}.{}", URL_SAFE_NO_PAD.encode(claims.to_string()));
    // The generator is the library's own; a signature decides nothing that a replay would repeat.
    let signature = pair
        .sign(&SystemRandom::new(), signed.as_bytes())
        .map_err(|e| e.to_string())?;
    let (signature, key) = (
        URL_SAFE_NO_PAD.encode(signature.as_ref()),
        URL_SAFE_NO_PAD.encode(public),
    );
    Ok(format!("vapid t={signed}.{signature}, k={key}"))
}

/// Seconds that a push service keeps a message for a browser that is off.
fn ttl_s(urgency: Urgency) -> u32 {
    match urgency {
        Urgency::Urgent => 24 * 3_600,
        Urgency::Soon => 3 * 24 * 3_600,
        Urgency::Routine => 7 * 24 * 3_600,
    }
}

/// Pushes to one browser.
pub async fn send(
    http: &HttpClient,
    push: &Push,
    secret: &[u8; 32],
    device: &Device,
    message: &Message<'_>,
    (now, rng): (Timestamp, &mut (dyn Rng + Send)),
) -> Pushed {
    let request = match compose(push, secret, device, message, now, rng) {
        Ok(request) => request,
        Err(why) => return Pushed::Done(Outcome::Refused(why)),
    };
    match http.send(request).await {
        Ok(answer) => judged(answer.status()),
        Err(ClientError::NotSent(why)) => Pushed::Done(Outcome::Again(why)),
        Err(ClientError::NoAnswer(why)) => Pushed::Done(Outcome::Uncertain(why)),
    }
}

fn compose(
    push: &Push,
    secret: &[u8; 32],
    device: &Device,
    message: &Message<'_>,
    now: Timestamp,
    rng: &mut dyn Rng,
) -> Result<Request<Vec<u8>>, String> {
    // Kept since before the settings changed, perhaps.
    if !is_known_service(&device.endpoint, &push.services) {
        return Err("the endpoint is at no push service of push.services".into());
    }
    let uri: Uri = device.endpoint.parse().map_err(|_| "no address")?;
    let mut salt = [0_u8; 16];
    rng.fill_bytes(&mut salt);
    let body = encrypt(message.payload, device, salt, &new_secret(rng))?;
    let urgency = match message.urgency {
        Urgency::Urgent => "high",
        Urgency::Soon | Urgency::Routine => "normal",
    };
    Request::post(&uri)
        .header(
            "authorization",
            authorization(&uri, &push.contact, secret, now)?,
        )
        .header("content-encoding", "aes128gcm")
        .header("content-type", "application/octet-stream")
        .header("ttl", ttl_s(message.urgency))
        .header("urgency", urgency)
        .header("topic", message.topic)
        .body(body)
        .map_err(|e| e.to_string())
}

/// What an answer means (RFC 8030, sections 5 and 7.3).
fn judged(status: StatusCode) -> Pushed {
    let told = status.as_u16().to_string();
    Pushed::Done(match status.as_u16() {
        200..=299 => Outcome::Sent,
        404 | 410 => return Pushed::Gone,
        429 | 503 => Outcome::Again(told),
        500..=599 => Outcome::Uncertain(told),
        _ => Outcome::Refused(told),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bytes(text: &str) -> Vec<u8> {
        URL_SAFE_NO_PAD.decode(text).unwrap()
    }

    /// RFC 8291, appendix A.
    #[test]
    fn the_example_of_the_standard_is_encrypted_byte_for_byte() {
        let device = Device {
            id: String::new(),
            endpoint: String::new(),
            p256dh: bytes(
                "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4",
            ),
            auth: bytes("BTBZMqHH6r4Tts7J_aSIgg"),
            since: Timestamp::UNIX_EPOCH,
        };
        let secret = bytes("yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw");
        let body = encrypt(
            b"When I grow up, I want to be a watermelon",
            &device,
            bytes("DGv6ra1nlYgDCS1FRnbzlw").try_into().unwrap(),
            &secret.try_into().unwrap(),
        );
        let expected = "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInm\
                        YWAmS6TlzAC8wEqKK6PBru3jl7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN";
        assert_eq!(URL_SAFE_NO_PAD.encode(body.unwrap()), expected);
    }

    #[test]
    fn an_endpoint_leads_nowhere_but_to_a_push_service() {
        let services = ["push.example".to_owned()];
        for known in [
            "https://push.example/a",
            "https://eu.push.example:443/a/b?c",
        ] {
            assert!(is_known_service(known, &services), "{known}");
        }
        for other in [
            "http://push.example/a",
            "https://notpush.example/a",
            "https://push.example.evil.example/a",
            "https://push.example@10.0.0.1/a",
            "https://10.0.0.1/a",
            "file:///etc/passwd",
            "push.example",
            "",
        ] {
            assert!(!is_known_service(other, &services), "{other}");
        }
    }

    #[test]
    fn answers_of_a_push_service_are_told_apart() {
        let of = |code| judged(StatusCode::from_u16(code).unwrap());
        assert_eq!(of(201), Pushed::Done(Outcome::Sent));
        assert_eq!((of(404), of(410)), (Pushed::Gone, Pushed::Gone));
        for (code, outcome) in [
            (429, Outcome::Again("429".into())),
            (500, Outcome::Uncertain("500".into())),
            (403, Outcome::Refused("403".into())),
        ] {
            assert_eq!(of(code), Pushed::Done(outcome));
        }
    }
}
