//! Cross-site request forgery: a secret in every form, and where the browser says it came from.

use axum::http::{HeaderMap, header};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rand::Rng;
use sha2::{Digest, Sha256};

use crate::secret;

/// The secret of one session or of one browser that is not signed in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Secret([u8; 16]);

impl Secret {
    /// From a session's own random text, or the token in a guest's cookie.
    pub fn of(text: &str) -> Self {
        let hash = Sha256::digest(format!("csrf {text}").as_bytes());
        let mut bytes = [0; 16];
        bytes.copy_from_slice(&hash[..16]);
        Self(bytes)
    }

    /// The secret as a form carries it: under a fresh mask, so that compressed pages cannot be
    /// searched for it by their length (BREACH).
    pub fn masked(self, rng: &mut dyn Rng) -> String {
        let mut text = [0; 32];
        rng.fill_bytes(&mut text[..16]);
        for at in 0..16 {
            text[16 + at] = text[at] ^ self.0[at];
        }
        URL_SAFE_NO_PAD.encode(text)
    }

    /// Whether a form carried this secret.
    pub fn matches(self, masked: &str) -> bool {
        let Ok(text) = URL_SAFE_NO_PAD.decode(masked) else {
            return false;
        };
        let [mask, rest] = [text.get(..16), text.get(16..32)];
        let (Some(mask), Some(rest), 32) = (mask, rest, text.len()) else {
            return false;
        };
        let bare: Vec<u8> = mask.iter().zip(rest).map(|(a, b)| a ^ b).collect();
        secret::equal(&bare, &self.0)
    }
}

/// Where a request came from, as the browser says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Origin {
    Same,
    Other,
    /// An old browser, or a program: it says nothing.
    Silent,
}

/// Reads `Sec-Fetch-Site` and `Origin`; `base_url` is the address people reach.
pub(crate) fn origin(headers: &HeaderMap, base_url: &str) -> Origin {
    let text = |name: &str| headers.get(name).and_then(|it| it.to_str().ok());
    match text("sec-fetch-site") {
        Some("same-origin" | "none") => return Origin::Same,
        Some(_) => return Origin::Other,
        None => {}
    }
    let Some(origin) = text("origin") else {
        return Origin::Silent;
    };
    let host = headers
        .get(header::HOST)
        .and_then(|it| it.to_str().ok())
        .unwrap_or_default();
    let same_host = origin.split_once("://").is_some_and(|(_, it)| it == host);
    if same_host || origin == base_url {
        Origin::Same
    } else {
        Origin::Other
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_masked_secret_is_known_again_and_never_looks_the_same() {
        let mut rng = base::Entropy::seeded(1).rng();
        let secret = Secret::of("session");
        let (one, two) = (secret.masked(&mut rng), secret.masked(&mut rng));
        assert_ne!(one, two);
        assert!(secret.matches(&one) && secret.matches(&two));
        assert!(!Secret::of("another").matches(&one));
        for wrong in ["", "AAAA", &one[1..], &format!("{one}AA"), "한국어"] {
            assert!(!secret.matches(wrong), "{wrong}");
        }
    }

    #[test]
    fn the_browser_says_where_a_request_came_from() {
        let with = |pairs: &[(&'static str, &str)]| {
            let mut headers = HeaderMap::new();
            for (name, value) in pairs {
                headers.insert(*name, value.parse().unwrap());
            }
            origin(&headers, "https://wise.example")
        };
        assert_eq!(with(&[]), Origin::Silent);
        assert_eq!(with(&[("sec-fetch-site", "same-origin")]), Origin::Same);
        assert_eq!(with(&[("sec-fetch-site", "cross-site")]), Origin::Other);
        assert_eq!(with(&[("sec-fetch-site", "same-site")]), Origin::Other);
        assert_eq!(with(&[("origin", "https://wise.example")]), Origin::Same);
        let local = [("origin", "http://127.0.0.1:1"), ("host", "127.0.0.1:1")];
        assert_eq!(with(&local), Origin::Same);
        assert_eq!(
            with(&[("origin", "https://evil.example"), ("host", "wise.example")]),
            Origin::Other
        );
        assert_eq!(with(&[("origin", "null")]), Origin::Other);
    }
}
