//! A notice's course through the channels, to the human at its end.

use base::ids::DeliveryId;
use web::Scope;

use super::*;
use crate::blocks::notices::letter::Paper;
use crate::blocks::notices::{
    UnreachedState, letters, mark_posted, mark_read, settle_unreached, unreached,
};

const SCOPE: Scope = Scope::Everything;

/// E-mail and paper; nothing is printed here, so no font is asked for.
fn email_and_letters(post: &Post) -> Channels {
    Channels {
        letter: Some(Paper {
            font: "unused".into(),
            index: 0,
            window_left_mm: 20.0,
            window_top_mm: 45.0,
        }),
        ..post.channels.clone()
    }
}

async fn send(post: &Post, channels: &Channels) -> usize {
    send_due(&post.core, channels, &post.stop).await.unwrap()
}

fn days(count: i64) -> SignedDuration {
    SignedDuration::from_hours(24 * count)
}

async fn waiting_letters(post: &Post) -> Vec<DeliveryId> {
    let read = post.core.look(|tx| letters(tx, &SCOPE)).await.unwrap();
    read.iter().map(|it| it.delivery.id).collect()
}

async fn waiting_people(post: &Post) -> usize {
    post.core
        .look(|tx| unreached(tx, &SCOPE))
        .await
        .unwrap()
        .len()
}

async fn facts(post: &Post, kind: &'static str) -> i64 {
    let counted = post.core.look(move |tx| {
        tx.query_one(
            "SELECT COUNT(*) FROM spine_fact WHERE kind = $1",
            db::values![kind],
        )?
        .get(0)
    });
    counted
        .await
        .unwrap_or_else(|error: db::Error| panic!("{error}"))
}

#[test]
fn what_nobody_reads_becomes_a_letter_and_then_a_call() {
    on_both(async |post: &Post| {
        let channels = email_and_letters(post);
        post.reachable_by_email().await;
        post.tell_only("one", Urgency::Soon).await;
        assert_eq!(send(post, &channels).await, 1);
        post.clock.advance(days(2));
        assert_eq!(send(post, &channels).await, 0);
        assert!(waiting_letters(post).await.is_empty(), "not yet");
        post.clock.advance(days(1));
        send(post, &channels).await;
        let printed = waiting_letters(post).await;
        assert_eq!(printed.len(), 1);
        let other = Scope::Agency("hanbit-dalbit".into());
        let elsewhere = post.core.look(move |tx| letters(tx, &other)).await.unwrap();
        assert!(elsewhere.is_empty(), "another office's letter");
        // It waits for the official however long that takes.
        post.clock.advance(days(60));
        send(post, &channels).await;
        assert_eq!(waiting_people(post).await, 0);
        let posted = post
            .core
            .act(None, move |cx| mark_posted(cx, &SCOPE, &printed));
        assert_eq!(posted.await.unwrap(), 1);
        send(post, &channels).await;
        post.clock.advance(days(5));
        send(post, &channels).await;
        assert_eq!(waiting_people(post).await, 0, "twice as long as the e-mail");
        post.clock.advance(days(2));
        send(post, &channels).await;
        assert_eq!(waiting_people(post).await, 1);
        post.clock.advance(days(100));
        send(post, &channels).await;
        assert_eq!(waiting_people(post).await, 1, "once");
        assert_eq!(facts(post, "notices.nobody_reached.v1").await, 1);
        assert_eq!(facts(post, "notices.delivery_ended.v1").await, 2);
        assert_eq!(post.server.mails().len(), 1, "each channel once");
        let settle = || {
            post.core.act(None, |cx| {
                let all = unreached(cx.tx, &SCOPE)?;
                let id = all.first().ok_or(Error::NotFound)?.notice;
                settle_unreached(cx, &SCOPE, id, UnreachedState::Called)
            })
        };
        settle().await.unwrap();
        assert!(settle().await.is_err(), "it waits no more");
        assert_eq!(facts(post, "notices.person_reached.v1").await, 1);
    });
}

#[test]
fn reading_it_ends_everything_that_was_to_come() {
    on_both(async |post: &Post| {
        let channels = email_and_letters(post);
        post.tell_only("one", Urgency::Soon).await;
        send(post, &channels).await;
        assert_eq!(
            waiting_letters(post).await.len(),
            1,
            "no other address is known"
        );
        let person = post.person;
        let read = post.core.act(None, move |cx| {
            let id = inbox(cx.tx, person, None, 1)?[0].id;
            mark_read(cx, person, id)
        });
        read.await.unwrap();
        assert!(waiting_letters(post).await.is_empty());
        assert_eq!(post.delivery().await.state, DeliveryState::Dropped);
        post.clock.advance(days(100));
        send(post, &channels).await;
        assert_eq!(waiting_people(post).await, 0);
    });
}

#[test]
fn an_address_that_fails_is_followed_by_the_next_channel_at_once() {
    on_both(async |post: &Post| {
        let channels = email_and_letters(post);
        post.reachable_by_email().await;
        post.server
            .next(Behaviour::RefuseRecipient("550 5.1.1 no such user".into()));
        post.tell_only("one", Urgency::Routine).await;
        send(post, &channels).await;
        send(post, &channels).await;
        assert_eq!(waiting_letters(post).await.len(), 1);
    });
}

#[test]
fn the_night_is_quiet_but_for_what_is_urgent() {
    on_both(async |post: &Post| {
        post.clock.set("2026-11-23T13:00:00Z".parse().unwrap());
        post.reachable_by_email().await;
        post.tell_only("routine", Urgency::Routine).await;
        assert_eq!(post.send().await, 0, "ten at night");
        assert_eq!(post.delivery().await.state, DeliveryState::Queued);
        post.clock.advance(SignedDuration::from_secs(1));
        post.tell_only("urgent", Urgency::Urgent).await;
        assert_eq!(post.send().await, 1);
        post.clock.set("2026-11-23T22:59:59Z".parse().unwrap());
        assert_eq!(post.send().await, 0);
        post.clock.set("2026-11-23T23:00:00Z".parse().unwrap());
        assert_eq!(post.send().await, 1, "eight in the morning");
    });
}

#[test]
fn an_official_who_repeats_at_night_wakes_nobody() {
    on_both(async |post: &Post| {
        post.tell("one").await;
        post.server.next(Behaviour::CutAfterData);
        post.send().await;
        post.clock.set("2026-11-23T13:00:00Z".parse().unwrap());
        post.settle(Settlement::Repeat).await;
        assert_eq!(post.send().await, 0);
        post.clock.set("2026-11-23T23:00:00Z".parse().unwrap());
        assert_eq!(post.send().await, 1);
        assert_eq!(post.delivery().await.attempts, 2, "waiting is no attempt");
    });
}
