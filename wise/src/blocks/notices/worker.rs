//! Decides about channels and carries queued notices away.
//!
//! Take one, mark it as being sent, commit; send it without a transaction; record what became of it.
//! A process that dies in between leaves it marked, and it becomes uncertain, never a second message.
//! Letters are carried by officials.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use serde_json::json;
use tokio::task::JoinHandle;
use web::Core;

use super::actions::{claim, forget_devices, mark_abandoned, plan_due, record_outcome, server_key};
use super::channels::Channels;
use super::mail::{self, Smtp};
use super::model::{Channel, Error, Outcome, Outgoing};
use super::pages::arguments;
use super::push::{self, KEY_NAME, Message, Push, Pushed};
use super::sms::Sms;

/// How long to rest when nothing happens: what is to be tried again, or has waited long enough, is
/// looked for.
const REST: Duration = Duration::from_secs(5);

/// Starts the worker; it ends soon after `stop` is set. Several processes share the work.
pub fn start(core: Core, channels: Arc<Channels>, stop: Arc<AtomicBool>) -> JoinHandle<()> {
    tokio::spawn(async move {
        let mut changes = core.db().changes();
        while !stop.load(Ordering::Relaxed) {
            changes.mark_unchanged();
            if let Err(error) = send_due(&core, &channels, &stop).await {
                tracing::error!(%error, "notices wait");
            }
            if let Ok(Err(_)) = tokio::time::timeout(REST, changes.changed()).await {
                return;
            }
        }
    })
}

/// Decides about everything that is due and sends what may go now, a channel beside the other;
/// returns how many were tried.
pub async fn send_due(core: &Core, channels: &Channels, stop: &AtomicBool) -> Result<usize, Error> {
    let abandoned = core.act(None, mark_abandoned).await?;
    if abandoned > 0 {
        tracing::warn!(
            abandoned,
            "cut off while being sent; they wait for a decision"
        );
    }
    let on = channels.on();
    while !stop.load(Ordering::Relaxed) {
        let on = on.clone();
        if core.act(None, move |cx| plan_due(cx, &on)).await? == 0 {
            break;
        }
    }
    let (emails, pushes, texts) = tokio::join!(
        carry(core, channels, Channel::Email, stop),
        carry(core, channels, Channel::Push, stop),
        carry(core, channels, Channel::Sms, stop),
    );
    Ok(emails? + pushes? + texts?)
}

/// Sends what one channel has to send, one after the other.
async fn carry(
    core: &Core,
    channels: &Channels,
    channel: Channel,
    stop: &AtomicBool,
) -> Result<usize, Error> {
    if !channels.on().contains(&channel) {
        return Ok(0);
    }
    let mut tried = 0;
    while !stop.load(Ordering::Relaxed) {
        let Some(outgoing) = core.act(None, move |cx| claim(cx, channel)).await? else {
            break;
        };
        let sent = match channel {
            Channel::Email => match &channels.smtp {
                Some(smtp) => email(core, smtp, &outgoing).await,
                None => break,
            },
            Channel::Push => match &channels.push {
                Some(push) => wake(core, channels, push, &outgoing).await?,
                None => break,
            },
            Channel::Sms => match &channels.sms {
                Some(sms) => text(core, channels, sms, &outgoing).await,
                None => break,
            },
            Channel::Letter => break,
        };
        tracing::info!(delivery = %outgoing.delivery.id, %channel, outcome = name(&sent), "notice");
        let delivery = outgoing.delivery;
        core.act(None, move |cx| record_outcome(cx, &delivery, &sent))
            .await?;
        tried += 1;
    }
    Ok(tried)
}

/// Sends one e-mail; a sender that broke off leaves it uncertain.
async fn email(core: &Core, smtp: &Smtp, outgoing: &Outgoing) -> Outcome {
    let (title, body) = words(core, outgoing);
    let (smtp, outgoing) = (smtp.clone(), outgoing.clone());
    let sent =
        tokio::task::spawn_blocking(move || mail::send(&smtp, &outgoing, &title, &body)).await;
    sent.unwrap_or_else(|error| Outcome::Uncertain(error.to_string()))
}

/// Wakes a person's browsers. One that took it is enough; those that are gone are forgotten.
async fn wake(
    core: &Core,
    channels: &Channels,
    push: &Push,
    outgoing: &Outgoing,
) -> Result<Outcome, Error> {
    let key = core.act(None, |cx| server_key(cx, KEY_NAME)).await?;
    let link = format!("/inbox/{}", outgoing.notice.id);
    let topic = outgoing.delivery.id.to_string().replace('-', "");
    let payload = json!({ "title": brief(core, outgoing), "link": link, "tag": topic });
    let payload = payload.to_string();
    let message = Message {
        payload: payload.as_bytes(),
        urgency: outgoing.urgency,
        topic: &topic,
    };
    let mut rng = core.entropy().rng();
    let (mut gone, mut outcomes) = (Vec::new(), Vec::new());
    for device in &outgoing.devices {
        let by = (core.clock().now(), &mut rng as &mut (dyn rand::Rng + Send));
        match push::send(&channels.http, push, &key, device, &message, by).await {
            Pushed::Gone => gone.push(device.id.clone()),
            Pushed::Done(outcome) => outcomes.push(outcome),
        }
    }
    if !gone.is_empty() {
        core.act(None, move |cx| forget_devices(cx, &gone)).await?;
    }
    Ok(together(outcomes))
}

/// What became of a push to several browsers: the best that is known, but never that nothing was
/// handed over when something may have been.
fn together(mut outcomes: Vec<Outcome>) -> Outcome {
    outcomes.sort_by_key(|it| match it {
        Outcome::Sent => 0,
        Outcome::Uncertain(_) => 1,
        Outcome::Again(_) => 2,
        Outcome::Refused(_) => 3,
    });
    let best = outcomes.into_iter().next();
    best.unwrap_or_else(|| Outcome::Refused("no browser is left".into()))
}

/// Sends one text message.
async fn text(core: &Core, channels: &Channels, sms: &Sms, outgoing: &Outgoing) -> Outcome {
    let (texts, delivery) = (core.texts(), &outgoing.delivery);
    let link = format!("{}/inbox/{}", core.base_url(), outgoing.notice.id);
    let text = texts.get(
        delivery.locale,
        "notices-sms",
        &[
            ("brief", brief(core, outgoing).into()),
            ("link", link.into()),
        ],
    );
    let id = delivery.id.to_string();
    sms.send(&channels.http, &delivery.address, &text, &id)
        .await
}

fn name(outcome: &Outcome) -> &'static str {
    match outcome {
        Outcome::Sent => "sent",
        Outcome::Again(_) => "again",
        Outcome::Refused(_) => "refused",
        Outcome::Uncertain(_) => "uncertain",
    }
}

/// One line that anybody may see over a shoulder; what it is about only for those who asked.
fn brief(core: &Core, outgoing: &Outgoing) -> String {
    if outgoing.details {
        return words(core, outgoing).0;
    }
    let locale = outgoing.delivery.locale;
    core.texts().get(locale, "notices-news", &[])
}

/// Title and body in the language that the person asked for.
fn words(core: &Core, outgoing: &Outgoing) -> (String, String) {
    let (texts, locale) = (core.texts(), outgoing.delivery.locale);
    let notice = &outgoing.notice;
    let args = arguments(&notice.arguments, locale);
    let say = |part: &str| texts.get(locale, &format!("{}-{part}", notice.message), &args);
    let link = format!("{}/inbox/{}", core.base_url(), notice.id);
    let body = texts.get(
        locale,
        "notices-mail",
        &[("body", say("body").into()), ("link", link.into())],
    );
    (say("title"), body)
}

#[cfg(test)]
mod tests;
