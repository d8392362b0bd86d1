//! Serving: the listener, the followers' threads, the channels of notices, the clock's daily work, and an orderly end.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::runtime::Handle;
use tokio::task::JoinHandle;
use web::Routes;

use crate::app::{App, Keeping, Snapshot};
use crate::areas::benefits::actions::export::export;
use crate::areas::benefits::model::Desk;
use crate::blocks::notices::{self, push, worker};
use crate::server::{sealing, walker};

/// Why the server could not start or go on.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    #[error("cannot listen on {address}: {reason}; choose another with --listen")]
    Listen { address: String, reason: String },
    #[error("the key of web push cannot be made: {0}")]
    Key(#[from] notices::Error),
    #[error("the server stopped: {0}")]
    Io(#[from] std::io::Error),
}

/// Serves `routes` until the process is told to stop; `ready` hears the address that was bound.
pub async fn serve(
    app: App,
    routes: Routes<App>,
    listen: &str,
    ready: impl FnOnce(SocketAddr),
) -> Result<(), ServeError> {
    let failed = |error: std::io::Error| ServeError::Listen {
        address: listen.to_owned(),
        reason: error.to_string(),
    };
    let listener = TcpListener::bind(listen).await.map_err(failed)?;
    let address = listener.local_addr().map_err(failed)?;
    let stop = Arc::new(AtomicBool::new(false));
    let followers = app.followers.start(&Handle::current(), &stop);
    if app.channels.push.is_some() {
        app.core
            .act(None, |cx| notices::server_key(cx, push::KEY_NAME))
            .await?;
    }
    worker::start(app.core.clone(), app.channels.clone(), stop.clone());
    let sealing = match &app.ledger {
        Keeping::Here(ledger) => {
            let worker = sealing::start(app.core.clone(), ledger.clone(), stop.clone());
            let asking = tokio::spawn(sealing::ask_witnesses(ledger.clone()));
            Some((ledger.clone(), [worker, asking]))
        }
        Keeping::Absent(why) => {
            tracing::error!(%why, "the ledger is not kept here: records wait to be sealed");
            None
        }
    };
    tokio::spawn(daily(app.clone(), stop.clone()));
    let core = app.core.clone();
    let router = routes.into_router(app);
    ready(address);
    let service = router.into_make_service_with_connect_info::<SocketAddr>();
    axum::serve(listener, service)
        .with_graceful_shutdown(async move {
            stopped().await;
            // Open pages listen for as long as they are open.
            core.close_streams();
        })
        .await?;
    stop.store(true, Ordering::Relaxed);
    let ended = tokio::task::spawn_blocking(move || {
        for thread in followers {
            // One that panicked said so already.
            drop(thread.join());
        }
    });
    drop(ended.await);
    if let Some((ledger, workers)) = sealing {
        workers.iter().for_each(JoinHandle::abort);
        ledger.stop().await;
    }
    Ok(())
}

/// The work of a day, soon after midnight or whenever the clock was moved: what was put off comes back, and
/// households whose day has come are looked at.
async fn daily(app: App, stop: Arc<AtomicBool>) {
    let (db, entropy) = (app.core.db().clone(), app.core.entropy().clone());
    let walker = walker(&app.country, db.clone(), entropy);
    let mut is_first = true;
    while !stop.load(Ordering::Relaxed) {
        let (walker, now, first) = (walker.clone(), app.core.clock().now(), is_first);
        let done = tokio::task::spawn_blocking(move || {
            if first {
                walker.first_looks(now, |_| ())?;
            }
            walker.day(now)
        });
        match done.await {
            Ok(Ok(_)) => {
                is_first = false;
                snapshot(&app).await;
            }
            Ok(Err(error)) => tracing::error!(%error, "the work of the day is held up"),
            Err(error) => tracing::error!(%error, "the work of the day was cut"),
        }
        tokio::time::sleep(Duration::from_secs(60)).await;
    }
}

/// Keeps today's register as a population, once a day.
async fn snapshot(app: &App) {
    let now = app.core.clock().now();
    let is_of_today = |it: Snapshot| base::seoul_date(it.taken_at) == base::seoul_date(now);
    if app.populations.latest().is_some_and(is_of_today) {
        return;
    }
    let (db, desk) = (app.core.db().clone(), Desk::of(&app.country));
    let populations = app.populations.clone();
    let done = tokio::task::spawn_blocking(move || {
        populations.take(now, |file| export(&db, &desk, file, now, |_| ()))
    });
    match done.await {
        Ok(Ok(_)) => {}
        Ok(Err(error)) => tracing::error!(%error, "no snapshot of the register was taken"),
        Err(error) => tracing::error!(%error, "the snapshot of the register was cut"),
    }
}

/// Ctrl-C or SIGTERM.
async fn stopped() {
    let interrupt = tokio::signal::ctrl_c();
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        if let Ok(mut terminate) = signal(SignalKind::terminate()) {
            tokio::select! {
                _ = interrupt => {}
                _ = terminate.recv() => {}
            }
            return;
        }
    }
    drop(interrupt.await);
}
