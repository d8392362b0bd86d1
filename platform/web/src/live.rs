//! Wake-ups to open pages. They carry no data: the page reads itself again, and the server decides
//! again what it may show.

use std::convert::Infallible;
use std::time::Duration;

use axum::extract::State;
use axum::http::HeaderName;
use axum::response::IntoResponse;
use axum::response::sse::{Event, KeepAlive, Sse};
use futures_util::stream;
use tokio::time::{Instant, sleep, timeout_at};

use crate::core::Core;

/// Changes that come this close together are one wake-up.
const DEBOUNCE: Duration = Duration::from_millis(100);
/// A page asks again after this long, and is then let in anew or not.
const LONGEST: Duration = Duration::from_secs(15 * 60);
const KEEP_ALIVE: Duration = Duration::from_secs(20);

/// `GET /events`: one message for every change of the store, until the server closes.
pub(crate) async fn events(State(core): State<Core>) -> impl IntoResponse {
    let mut changes = core.db().changes();
    changes.mark_unchanged();
    let end = Instant::now() + LONGEST;
    let streams = (changes, core.closing());
    let events = stream::unfold(streams, move |(mut changes, mut closing)| async move {
        let change = tokio::select! {
            change = timeout_at(end, changes.changed()) => change,
            _ = closing.wait_for(|it| *it) => return None,
        };
        let Ok(Ok(())) = change else {
            return None;
        };
        sleep(DEBOUNCE).await;
        changes.mark_unchanged();
        let event = Event::default().data("change");
        Some((Ok::<_, Infallible>(event), (changes, closing)))
    });
    // Proxies such as nginx would collect messages otherwise.
    let unbuffered = [(HeaderName::from_static("x-accel-buffering"), "no")];
    let keep_alive = KeepAlive::new().interval(KEEP_ALIVE);
    (unbuffered, Sse::new(events).keep_alive(keep_alive))
}
