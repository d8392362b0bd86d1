//! Working a run out beside the pages: on the blocking pool, with no transaction open, telling how far it is.

use std::sync::Arc;
use std::time::Duration;

use base::ids::RunId;
use web::Problem;

use crate::app::{App, Snapshot};
use crate::areas::aide::actions;
use crate::areas::aide::model::{Error, Ground, Progress, Question, Run, canonical, work_out};

/// How often the store hears that somebody works on a run, and how much further it is then.
const BEAT: Duration = Duration::from_secs(1);
const BEATS_OF_SILENCE: u32 = 10;
const STEP_PERCENT: i64 = 5;

/// What a question stands on now; a register that nobody has taken a snapshot of is no ground.
pub(super) fn population(app: &App, question: &Question) -> Option<Snapshot> {
    app.populations
        .latest()
        .filter(|_| question.needs_population())
}

/// Works a waiting run out; whoever asked need not wait for it.
pub(super) fn start(app: &App, id: RunId) {
    let app = app.clone();
    tokio::spawn(async move {
        if let Err(problem) = carry_out(&app, id).await {
            tracing::error!(run = %id, key = problem.key, "a run was not worked out");
        }
    });
}

async fn carry_out(app: &App, id: RunId) -> Result<(), Problem> {
    let claimed = app.core.act(None, move |cx| actions::claim(cx, id)).await?;
    let Some(run) = claimed else {
        return Ok(());
    };
    let ground = ground(app, &run);
    let progress = Arc::new(Progress::default());
    let (question, told) = (run.question.clone(), progress.clone());
    let work = app.sweep(move || {
        let ground = ground?;
        let answer = work_out(&question, &ground, &told)?;
        // What the bytes stand on may be asked for again.
        canonical(&answer).map_err(|error| error.to_string())
    });
    let answer = tokio::select! {
        answer = work => answer,
        never = beat(app, id, &progress) => return never,
    };
    let done = app.core.act(None, move |cx| match &answer {
        Ok(Ok(outputs)) => actions::finish(cx, &run, outputs),
        Ok(Err(why)) => actions::refuse(cx, run.id, why),
        Err(_) => actions::refuse(cx, run.id, "the computation broke off; the log says where"),
    });
    Ok(done.await?)
}

/// The rules and the snapshot that the run names, or why they are not to be had.
fn ground(app: &App, run: &Run) -> Result<Ground, String> {
    let population = match &run.population_digest {
        None => None,
        Some(digest) => {
            let found = app.populations.find(digest);
            Some(found.ok_or_else(|| {
                format!("the snapshot {digest} of the register is not kept any more; ask anew")
            })?)
        }
    };
    if let Some(snapshot) = &population {
        app.populations
            .hold(snapshot)
            .map_err(|error| error.to_string())?;
    }
    Ok(Ground {
        book: app.country.book.clone(),
        files: app.country.files.clone(),
        population,
    })
}

/// Never ends well: it is dropped when the work is done.
async fn beat(app: &App, id: RunId, progress: &Progress) -> Result<(), Problem> {
    let (mut told, mut silent) = (0, 0);
    loop {
        tokio::time::sleep(BEAT).await;
        silent += 1;
        let (done, whole) = progress.read();
        let percent = (done * 100).checked_div(whole).unwrap_or(0);
        if percent < told + STEP_PERCENT && silent < BEATS_OF_SILENCE {
            continue;
        }
        (told, silent) = (percent, 0);
        let beat = app
            .core
            .act(None, move |cx| actions::beat(cx, id, (done, whole)));
        beat.await.map_err(|error: Error| Problem::from(error))?;
    }
}
