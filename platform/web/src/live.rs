//! Wake-ups to open pages. They carry no data: the page reads itself again, and the server decides
//! again what it may show.

use std::convert::Infallible;
use std::time::Duration;

use axum::extract::State;
use axum::response::sse::{Event, KeepAlive, Sse};
use futures_util::Stream;
use futures_util::stream;
use tokio::time::{Instant, sleep, timeout_at};

use crate::core::Core;

/// Changes that come this close together are one wake-up.
const DEBOUNCE: Duration = Duration::from_millis(100);
/// A page asks again after this long, and is then let in anew or not.
const LONGEST: Duration = Duration::from_secs(15 * 60);
const KEEP_ALIVE: Duration = Duration::from_secs(20);

/// `GET /events`: one message for every change of the store.
pub(crate) async fn events(
    State(core): State<Core>,
) -> Sse<impl Stream<Item = Result<Event, Infallible>>> {
    let mut changes = core.db().changes();
    changes.mark_unchanged();
    let end = Instant::now() + LONGEST;
    let events = stream::unfold(changes, move |mut changes| async move {
        match timeout_at(end, changes.changed()).await {
            Ok(Ok(())) => {}
            _ => return None,
        }
        sleep(DEBOUNCE).await;
        changes.mark_unchanged();
        Some((Ok(Event::default().data("change")), changes))
    });
    Sse::new(events).keep_alive(KeepAlive::new().interval(KEEP_ALIVE))
}
