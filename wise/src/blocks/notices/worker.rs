//! Carries queued notices away by e-mail.
//!
//! Take one, mark it as being sent, commit; send it without a transaction; record what became of it.
//! A process that dies in between leaves it marked, and it becomes uncertain, never a second e-mail.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use tokio::task::JoinHandle;
use web::Core;

use super::actions::{claim, mark_abandoned, record_outcome};
use super::mail::{self, Smtp};
use super::model::{Channel, Error, Outcome, Outgoing};
use super::pages::arguments;

/// How long to rest when nothing happens: deliveries that are to be tried again are looked for.
const REST: Duration = Duration::from_secs(5);

/// Starts the worker; it ends soon after `stop` is set. Several processes share the work.
pub fn start(core: Core, smtp: Smtp, stop: Arc<AtomicBool>) -> JoinHandle<()> {
    tokio::spawn(async move {
        let mut changes = core.db().changes();
        while !stop.load(Ordering::Relaxed) {
            changes.mark_unchanged();
            if let Err(error) = send_due(&core, &smtp, &stop).await {
                tracing::error!(%error, "e-mails wait");
            }
            if let Ok(Err(_)) = tokio::time::timeout(REST, changes.changed()).await {
                return;
            }
        }
    })
}

/// Sends everything that is due now, one after the other; returns how many were tried.
pub async fn send_due(core: &Core, smtp: &Smtp, stop: &AtomicBool) -> Result<usize, Error> {
    let abandoned = core.act(None, mark_abandoned).await?;
    if abandoned > 0 {
        tracing::warn!(
            abandoned,
            "e-mails were cut off while being sent and wait for a decision"
        );
    }
    let mut tried = 0;
    while !stop.load(Ordering::Relaxed) {
        let Some(outgoing) = core.act(None, |cx| claim(cx, Channel::Email)).await? else {
            break;
        };
        let outcome = send(core, smtp, &outgoing).await;
        tracing::info!(delivery = %outgoing.delivery.id, outcome = name(&outcome), "e-mail");
        let delivery = outgoing.delivery;
        core.act(None, move |cx| record_outcome(cx, &delivery, &outcome))
            .await?;
        tried += 1;
    }
    Ok(tried)
}

/// Sends one; a sender that broke off leaves it uncertain.
async fn send(core: &Core, smtp: &Smtp, outgoing: &Outgoing) -> Outcome {
    let (title, body) = words(core, outgoing);
    let (smtp, outgoing) = (smtp.clone(), outgoing.clone());
    let sent =
        tokio::task::spawn_blocking(move || mail::send(&smtp, &outgoing, &title, &body)).await;
    sent.unwrap_or_else(|error| Outcome::Uncertain(error.to_string()))
}

fn name(outcome: &Outcome) -> &'static str {
    match outcome {
        Outcome::Sent => "sent",
        Outcome::Again(_) => "again",
        Outcome::Refused(_) => "refused",
        Outcome::Uncertain(_) => "uncertain",
    }
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
