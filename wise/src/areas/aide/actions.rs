//! Asking, working out, and making briefings of what came of it; one transaction each, never over a computation.

use base::ids::{BriefingId, Pseudonym, RunId};
use db::Tx;
use spine::Cx;
use web::{PageQuery, Scope};

use super::facts::RunFinished;
use super::model::{
    Answer, Briefing, Choice, Error, Maker, NewRun, Reworded, Run, State, canonical, digest,
};
use super::store;

/// Keeps a question that is to be worked out.
pub fn ask(cx: &mut Cx<'_, '_>, new: &NewRun) -> Result<RunId, Error> {
    let run = Run {
        id: cx.id(RunId::new),
        kind: new.question.kind(),
        title: new.title.clone(),
        question: new.question.clone(),
        rules_digest: new.rules_digest.clone(),
        population_digest: new.population.as_ref().map(|it| it.digest.clone()),
        population_at: new.population.as_ref().map(|it| it.taken_at),
        state: State::Waiting,
        done: 0,
        whole: 0,
        beat_at: cx.now,
        outputs_sha256: None,
        refusal: None,
        repeats: new.repeats,
        maker: new.maker.clone(),
        made_at: cx.now,
        ended_at: None,
    };
    store::insert(cx.tx, &run, &canonical(&run.question)?)?;
    Ok(run.id)
}

/// Takes a waiting run to be worked out; `None` when somebody else has it.
pub fn claim(cx: &mut Cx<'_, '_>, id: RunId) -> Result<Option<Run>, Error> {
    if !store::claim(cx.tx, id, cx.now)? {
        return Ok(None);
    }
    Ok(store::by_id(cx.tx, &Scope::Everything, id)?)
}

/// Says how far a run is.
pub fn beat(cx: &mut Cx<'_, '_>, id: RunId, progress: (i64, i64)) -> Result<(), Error> {
    Ok(store::beat(cx.tx, id, progress, cx.now)?)
}

/// Keeps the answer, and tells that there is one.
pub fn finish(cx: &mut Cx<'_, '_>, run: &Run, outputs: &str) -> Result<(), Error> {
    let sha256 = digest(outputs);
    let answer = (Some(outputs), Some(sha256.as_str()));
    if !store::end(cx.tx, run.id, State::Done.word(), answer, None, cx.now)? {
        return Ok(());
    }
    let fact = RunFinished {
        run: run.id,
        kind: run.kind.word().to_owned(),
        outputs_sha256: sha256,
    };
    cx.append(own_subject(run.id)?, &fact)?;
    Ok(())
}

/// A run is about nobody: it is its own subject.
fn own_subject(run: RunId) -> Result<Pseudonym, Error> {
    run.to_string()
        .parse()
        .map_err(|error: base::ids::InvalidId| Error::Shape {
            what: "a run's id",
            reason: error.to_string(),
        })
}

/// Keeps why there is no answer.
pub fn refuse(cx: &mut Cx<'_, '_>, id: RunId, why: &str) -> Result<(), Error> {
    let state = State::Refused.word();
    store::end(cx.tx, id, state, (None, None), Some(why), cx.now)?;
    Ok(())
}

/// Runs, the newest first.
pub fn runs(tx: &mut Tx<'_>, scope: &Scope, page: &PageQuery) -> Result<Vec<Run>, Error> {
    Ok(store::runs(tx, scope, page)?)
}

/// A run.
pub fn run(tx: &mut Tx<'_>, scope: &Scope, id: RunId) -> Result<Run, Error> {
    store::by_id(tx, scope, id)?.ok_or(Error::NotFound)
}

/// The bytes of a run's answer.
pub fn outputs(tx: &mut Tx<'_>, id: RunId) -> Result<Option<String>, Error> {
    Ok(store::outputs(tx, id)?)
}

/// A run's answer, where it has one.
pub fn answer(tx: &mut Tx<'_>, id: RunId) -> Result<Option<Answer>, Error> {
    let outputs = store::outputs(tx, id)?;
    let answer = outputs.map(|text| {
        serde_json::from_str(&text).map_err(|error| Error::Shape {
            what: "an answer",
            reason: error.to_string(),
        })
    });
    answer.transpose()
}

/// The runs that repeat one.
pub fn repeats(tx: &mut Tx<'_>, id: RunId) -> Result<Vec<Run>, Error> {
    Ok(store::repeats(tx, id)?)
}

/// Makes a briefing of runs.
pub fn brief(
    cx: &mut Cx<'_, '_>,
    question: &str,
    options: &[Choice],
    notes: &str,
    maker: &Maker,
) -> Result<BriefingId, Error> {
    let briefing = Briefing {
        id: cx.id(BriefingId::new),
        question: question.to_owned(),
        options: options.to_vec(),
        notes: notes.to_owned(),
        reworded: None,
        maker: maker.clone(),
        made_at: cx.now,
    };
    store::insert_briefing(cx.tx, &briefing)?;
    Ok(briefing.id)
}

/// Briefings, the newest first.
pub fn briefings(tx: &mut Tx<'_>, scope: &Scope, page: &PageQuery) -> Result<Vec<Briefing>, Error> {
    Ok(store::briefings(tx, scope, page)?)
}

/// A briefing.
pub fn briefing(tx: &mut Tx<'_>, scope: &Scope, id: BriefingId) -> Result<Briefing, Error> {
    store::briefing_by_id(tx, scope, id)?.ok_or(Error::NotFound)
}

/// Keeps what a language model made of a briefing's sentences, or drops it.
pub fn reword(
    cx: &mut Cx<'_, '_>,
    id: BriefingId,
    reworded: Option<&Reworded>,
) -> Result<(), Error> {
    Ok(store::set_reworded(cx.tx, id, reworded)?)
}
