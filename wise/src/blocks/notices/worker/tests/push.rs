//! Web Push against a push service's double that reads what a browser would read: decrypted and
//! verified by other crates than those that sent it.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::Timestamp;
use testkit::http::{HttpBehaviour, HttpRequest};
use web_push_native::p256::ecdsa::signature::Verifier;
use web_push_native::p256::ecdsa::{Signature, VerifyingKey};
use web_push_native::p256::elliptic_curve::sec1::ToEncodedPoint;
use web_push_native::{Auth, decrypt, p256};

use super::*;
use crate::blocks::notices::choice::Preferences;
use crate::blocks::notices::push::{KEY_NAME, Push, application_server_key};
use crate::blocks::notices::{add_device, devices, preferences, server_key, set_preferences};

/// A browser's half of a subscription.
struct Browser {
    secret: p256::SecretKey,
    auth: [u8; 16],
    path: String,
}

impl Browser {
    fn new(number: u8) -> Self {
        Self {
            secret: p256::SecretKey::from_slice(&[number; 32]).unwrap(),
            auth: [number; 16],
            path: format!("/push/{number}"),
        }
    }

    async fn subscribe(&self, post: &Post) {
        let person = post.person;
        let endpoint = format!("{}{}", post.http.url(), self.path);
        let point = self.secret.public_key().to_encoded_point(false);
        let keys = (point.as_bytes().to_vec(), self.auth.to_vec());
        let added = post.core.act(None, move |cx| {
            let services = ["127.0.0.1".to_owned()];
            add_device(cx, person, &services, &endpoint, keys.clone())
        });
        added.await.unwrap();
    }

    fn read(&self, request: &HttpRequest) -> serde_json::Value {
        let auth = Auth::clone_from_slice(&self.auth);
        let text = decrypt(request.body.clone(), &self.secret, &auth).unwrap();
        serde_json::from_slice(&text).unwrap()
    }
}

/// The claims of a VAPID token whose signature holds under the key it names, which is `expected`.
fn claims(request: &HttpRequest, expected: &str) -> serde_json::Value {
    let told = request
        .header("authorization")
        .strip_prefix("vapid t=")
        .unwrap();
    let (token, key) = told.split_once(", k=").unwrap();
    assert_eq!(key, expected);
    let bytes = |text: &str| URL_SAFE_NO_PAD.decode(text).unwrap();
    let (signed, signature) = token.rsplit_once('.').unwrap();
    let key = VerifyingKey::from_sec1_bytes(&bytes(key)).unwrap();
    let signature = Signature::from_slice(&bytes(signature)).unwrap();
    key.verify(signed.as_bytes(), &signature).unwrap();
    let (head, body) = signed.split_once('.').unwrap();
    let head: serde_json::Value = serde_json::from_slice(&bytes(head)).unwrap();
    assert_eq!(head["alg"], "ES256");
    serde_json::from_slice(&bytes(body)).unwrap()
}

fn channels(post: &Post) -> Channels {
    Channels {
        smtp: None,
        push: Some(Push {
            contact: "mailto:wise@hanbit.example.kr".into(),
            services: vec!["127.0.0.1".into()],
        }),
        ..post.channels.clone()
    }
}

async fn send(post: &Post) -> usize {
    let channels = channels(post);
    send_due(&post.core, &channels, &post.stop).await.unwrap()
}

async fn public_key(post: &Post) -> String {
    let key = post.core.act(None, |cx| server_key(cx, KEY_NAME)).await;
    application_server_key(&key.unwrap())
}

#[test]
fn a_browser_reads_that_there_is_news_and_nobody_else_reads_anything() {
    on_both(async |post: &Post| {
        let browser = Browser::new(3);
        browser.subscribe(post).await;
        post.tell_only("one", Urgency::Soon).await;
        assert_eq!(send(post).await, 1);
        assert_eq!(post.delivery().await.state, DeliveryState::Sent);
        let requests = post.http.requests();
        assert_eq!(requests.len(), 1);
        let request = &requests[0];
        assert_eq!(
            (request.method.as_str(), request.path.as_str()),
            ("POST", "/push/3")
        );
        assert_eq!(request.header("content-encoding"), "aes128gcm");
        assert_eq!(request.header("ttl"), (3 * 86_400).to_string());
        assert_eq!(request.header("urgency"), "normal");
        assert_eq!(request.header("topic").len(), 32);
        let news = browser.read(request);
        assert_eq!(news["title"], "새 소식이 있습니다");
        assert!(news["link"].as_str().unwrap().starts_with("/inbox/"));
        let whole = news.to_string();
        assert!(
            !whole.contains("부모급여") && !whole.contains("김하늘"),
            "{whole}"
        );
        let claims = claims(request, &public_key(post).await);
        assert_eq!(claims["aud"], post.http.url());
        assert_eq!(claims["sub"], "mailto:wise@hanbit.example.kr");
        let ends = Timestamp::from_second(claims["exp"].as_i64().unwrap()).unwrap();
        let now = post.core.clock().now();
        assert!(ends > now && ends < now + SignedDuration::from_hours(24));
    });
}

#[test]
fn who_asked_for_it_reads_what_it_is_about() {
    on_both(async |post: &Post| {
        let browser = Browser::new(3);
        browser.subscribe(post).await;
        let person = post.person;
        let wanted = post.core.act(None, move |cx| {
            let usual = preferences(cx.tx, person)?;
            let wanted = Preferences {
                details: true,
                ..usual
            };
            set_preferences(cx, person, &wanted)
        });
        wanted.await.unwrap();
        post.tell_only("one", Urgency::Routine).await;
        assert_eq!(send(post).await, 1);
        let news = browser.read(&post.http.requests()[0]);
        assert!(
            news["title"].as_str().unwrap().contains("부모급여"),
            "{news}"
        );
    });
}

#[test]
fn a_browser_that_is_gone_is_forgotten_and_one_that_is_left_is_enough() {
    on_both(async |post: &Post| {
        let (gone, left) = (Browser::new(3), Browser::new(4));
        gone.subscribe(post).await;
        post.clock.advance(SignedDuration::from_secs(1));
        left.subscribe(post).await;
        post.tell_only("one", Urgency::Routine).await;
        post.http.next(HttpBehaviour::Answer(410, String::new()));
        post.http.next(HttpBehaviour::Answer(201, String::new()));
        assert_eq!(send(post).await, 1);
        assert_eq!(post.delivery().await.state, DeliveryState::Sent);
        let person = post.person;
        let known = post.core.look(move |tx| devices(tx, person)).await.unwrap();
        assert_eq!(known.len(), 1);
        assert!(known[0].endpoint.ends_with("/push/4"));
        post.clock.advance(SignedDuration::from_secs(1));
        post.tell_only("two", Urgency::Routine).await;
        post.http.next(HttpBehaviour::Answer(404, String::new()));
        assert_eq!(send(post).await, 1);
        assert_eq!(
            post.delivery().await.state,
            DeliveryState::Failed,
            "none is left"
        );
    });
}

#[test]
fn a_push_service_that_is_busy_is_asked_again_and_one_that_breaks_off_is_not() {
    on_both(async |post: &Post| {
        Browser::new(3).subscribe(post).await;
        post.tell_only("one", Urgency::Routine).await;
        post.http.next(HttpBehaviour::Answer(503, String::new()));
        post.http.next(HttpBehaviour::Cut);
        assert_eq!(send(post).await, 1);
        assert_eq!(post.delivery().await.state, DeliveryState::Queued);
        post.clock.advance(SignedDuration::from_secs(31));
        assert_eq!(send(post).await, 1);
        assert_eq!(post.delivery().await.state, DeliveryState::Uncertain);
        post.clock.advance(LONG_ENOUGH);
        assert_eq!(send(post).await, 0);
        let topics: BTreeSet<String> = post
            .http
            .requests()
            .iter()
            .map(|it| it.header("topic").to_owned())
            .collect();
        assert_eq!(topics.len(), 1, "one topic a delivery");
    });
}

#[test]
fn the_servers_key_is_made_once() {
    on_both(async |post: &Post| {
        let first = public_key(post).await;
        assert_eq!(first, public_key(post).await);
        assert_eq!(URL_SAFE_NO_PAD.decode(&first).unwrap().len(), 65);
    });
}
