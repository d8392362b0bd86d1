//! Text messages through a gateway that misbehaves on request.

use std::time::Duration;

use testkit::http::HttpBehaviour;

use super::*;
use crate::blocks::notices::sms::{Sms, Template};

/// A gateway as cities rent them, and somebody with a mobile number.
async fn with_gateway(post: &Post) -> Channels {
    post.reachable(Contact {
        email: None,
        phone: Some("010-1234-5678".into()),
        locale: Locale::KO,
    })
    .await;
    let json = "application/json; charset=utf-8";
    let template = Template {
        method: "POST".into(),
        url: format!("{}/messages", post.http.url()),
        headers: vec![
            ("Content-Type".into(), json.into()),
            ("Authorization".into(), "Bearer {token}".into()),
            ("Idempotency-Key".into(), "{id}".into()),
        ],
        body: r#"{"to":"{to}","text":"{text}","type":"{kind}"}"#.into(),
        success: r#""result":"ok""#.into(),
        token: "sesame".into(),
    };
    let http = web::HttpClient::new().with_patience(Duration::from_millis(300));
    Channels {
        sms: Some(Sms::new(template).unwrap()),
        smtp: None,
        http,
        ..post.channels.clone()
    }
}

fn ok() -> HttpBehaviour {
    HttpBehaviour::Answer(200, r#"{"result":"ok"}"#.into())
}

async fn send(post: &Post, channels: &Channels) -> usize {
    send_due(&post.core, channels, &post.stop).await.unwrap()
}

#[test]
fn a_text_message_says_only_that_there_is_news() {
    on_both(async |post: &Post| {
        let channels = with_gateway(post).await;
        post.tell_only("one", Urgency::Routine).await;
        post.http.next(ok());
        assert_eq!(send(post, &channels).await, 1);
        post.clock.advance(LONG_ENOUGH);
        assert_eq!(send(post, &channels).await, 0);
        let requests = post.http.requests();
        assert_eq!(requests.len(), 1);
        assert_eq!(requests[0].header("authorization"), "Bearer sesame");
        let delivery = post.delivery().await;
        assert_eq!(
            requests[0].header("idempotency-key"),
            delivery.id.to_string()
        );
        let body: serde_json::Value = serde_json::from_slice(&requests[0].body).unwrap();
        assert_eq!(body["to"], "01012345678");
        let text = body["text"].as_str().unwrap();
        assert!(text.starts_with("새 소식이 있습니다 http"), "{text}");
        assert!(!text.contains("부모급여"), "{text}");
        assert_eq!(delivery.state, DeliveryState::Sent);
    });
}

#[test]
fn a_gateway_that_falls_silent_leaves_it_uncertain_until_a_human_decides() {
    on_both(async |post: &Post| {
        let channels = with_gateway(post).await;
        for (number, behaviour) in [
            HttpBehaviour::Silent(Duration::from_millis(600)),
            HttpBehaviour::Cut,
            HttpBehaviour::Answer(502, String::new()),
        ]
        .into_iter()
        .enumerate()
        {
            post.clock.advance(SignedDuration::from_mins(1));
            post.tell_only(&number.to_string(), Urgency::Routine).await;
            post.http.next(behaviour.clone());
            assert_eq!(send(post, &channels).await, 1);
            let state = post.delivery().await.state;
            assert_eq!(state, DeliveryState::Uncertain, "{behaviour:?}");
            assert_eq!(send(post, &channels).await, 0, "never by itself");
        }
        post.settle(Settlement::Repeat).await;
        post.http.next(ok());
        assert_eq!(send(post, &channels).await, 1);
        let requests = post.http.requests();
        let keys: BTreeSet<&str> = requests
            .iter()
            .map(|it| it.header("idempotency-key"))
            .collect();
        assert_eq!(
            (requests.len(), keys.len()),
            (4, 3),
            "the same number again"
        );
    });
}

#[test]
fn what_the_gateway_refuses_is_not_tried_again_and_what_it_puts_off_is() {
    on_both(async |post: &Post| {
        let channels = with_gateway(post).await;
        post.tell_only("one", Urgency::Routine).await;
        post.http.next(HttpBehaviour::Answer(429, String::new()));
        post.http
            .next(HttpBehaviour::Answer(200, r#"{"result":"no"}"#.into()));
        assert_eq!(send(post, &channels).await, 1);
        assert_eq!(post.delivery().await.state, DeliveryState::Queued);
        post.clock.advance(SignedDuration::from_secs(31));
        assert_eq!(send(post, &channels).await, 1);
        assert_eq!(post.delivery().await.state, DeliveryState::Failed);
        post.clock.advance(LONG_ENOUGH);
        assert_eq!(send(post, &channels).await, 0);
    });
}
