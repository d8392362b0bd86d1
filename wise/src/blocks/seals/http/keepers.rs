//! The operator's page of the ledger: how it does, and who is to keep it.

use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use ledger::{Change, ChangeError, Entry, Validator};
use web::{Fields, Frame, Problem, Visitor, respond, respond_again};

use super::{kept, unavailable};
use crate::app::App;
use crate::app::ledger::Ledger;
use crate::blocks::seals::actions::count_waiting;
use crate::blocks::seals::pages::{KeeperLine, KeepersPage};

const HERE: &str = "/system/ledger";

/// How the ledger does, and the change that the settings ask for.
pub async fn show(State(app): State<App>, visitor: Visitor) -> Result<Response, Problem> {
    let ledger = kept(&app)?;
    let wanted = ledger.change().map_err(Problem::internal)?;
    let text = wanted.as_ref().map_or(String::new(), text);
    Ok(respond(
        &page(&app, &visitor, ledger, (wanted.as_ref(), text, None)).await?,
    ))
}

/// Approves a change as this agency, and brings it once enough have.
pub async fn approve(
    State(app): State<App>,
    visitor: Visitor,
    fields: Fields,
) -> Result<Response, Problem> {
    let ledger = kept(&app)?;
    let given = fields.text("change").to_owned();
    let read: Result<Change, _> = serde_json::from_str(&given);
    let wanted = ledger.change().map_err(Problem::internal)?;
    let again = async |key: &'static str, text: String| {
        let shown = (wanted.as_ref(), text, Some(key));
        let page = page(&app, &visitor, ledger, shown).await?;
        Ok(respond_again(&page))
    };
    let change = match (read, &wanted) {
        (Err(_), _) => return again("seals-keepers-none", given).await,
        (Ok(change), Some(wanted)) if change.validators() == wanted.validators() => change,
        _ => return again("seals-keepers-other", given).await,
    };
    let own = ledger.keys().id();
    let has_approved = change.approved_by().any(|it| it == own);
    let change = match has_approved {
        true => change,
        false => ledger.keys().approve(change),
    };
    let entry = change.entry().map_err(Problem::internal)?;
    let checked = ledger.store().read().state().check(&entry);
    match checked {
        Ok(()) => {
            bring(ledger, entry).await?;
            Ok(Redirect::to(&format!("{HERE}?done=changed")).into_response())
        }
        Err(ChangeError::TooFew { .. }) => {
            let shown = (wanted.as_ref(), text(&change), None);
            let page = page(&app, &visitor, ledger, shown).await?;
            Ok(respond(&page))
        }
        Err(ChangeError::State { .. }) => again("seals-keepers-old", given).await,
        Err(_) => again("seals-keepers-refused", given).await,
    }
}

async fn bring(ledger: &Ledger, entry: Entry) -> Result<(), Problem> {
    let brought = ledger.submit(vec![entry]).await;
    brought.map(|_| ()).map_err(|error| {
        tracing::error!(%error, "a change of agencies was not taken");
        unavailable("seals-keepers-refused")
    })
}

fn text(change: &Change) -> String {
    serde_json::to_string_pretty(change).unwrap_or_default()
}

/// The page with the change that is wanted, its text with the approvals so far, and what is wrong with that.
async fn page(
    app: &App,
    visitor: &Visitor,
    ledger: &Ledger,
    (wanted, text, error): (Option<&Change>, String, Option<&'static str>),
) -> Result<KeepersPage, Problem> {
    let waiting = app.core.look(count_waiting).await?;
    let status = ledger.status().await;
    let state = ledger.store().read().state().clone();
    let change: Option<Change> = serde_json::from_str(&text).ok();
    let approved: Vec<_> = change.iter().flat_map(Change::approved_by).collect();
    let line = |it: &Validator| KeeperLine {
        name: it.name.clone(),
        key: ledger::Hash(it.key).to_string(),
        has_approved: approved.contains(&it.id()),
    };
    let frame = Frame::of(&app.core, visitor);
    Ok(KeepersPage {
        errors: error
            .map(|it| ("change".to_owned(), frame.t(it)))
            .into_iter()
            .collect(),
        height: status.as_ref().map_or(0, |it| it.height),
        size: ledger.head().size,
        waiting,
        halted: status.and_then(|it| it.halted),
        now: state.validators().iter().map(line).collect(),
        wanted: wanted
            .into_iter()
            .flat_map(Change::validators)
            .map(line)
            .collect(),
        text,
        frame,
    })
}
