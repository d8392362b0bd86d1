//! The page of the four agencies.

use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use ledger::commitment::Opening;
use ledger::{Entry, Hash};
use rand::RngExt;
use web::{Fields, Frame, Permission, Problem, Routes, Visitor, format, respond};

use super::{Agency, Federation, LIES, Report, Runs, Told};
use crate::app::App;
use crate::demo::pages::{FederationPage, MemberPanel};

const EVERYBODY: Permission = Permission::Public("a federation of one computer, on loopback alone");
const HERE: &str = "/demo/federation";

/// Routes to be merged into the server of a sample city whose ledger four agencies keep.
pub fn routes(federation: Federation) -> Routes<App> {
    let (shown, told) = (federation.clone(), federation);
    Routes::new()
        .get(HERE, EVERYBODY, {
            move |State(app): State<App>, visitor: Visitor| {
                let federation = shown.clone();
                async move { show(&federation, &app, &visitor).await }
            }
        })
        .post(HERE, EVERYBODY, {
            move |State(app): State<App>, fields: Fields| {
                let federation = told.clone();
                async move { change(&federation, &app, &fields).await }
            }
        })
}

async fn show(federation: &Federation, app: &App, visitor: &Visitor) -> Response {
    let frame = Frame::of(&app.core, visitor);
    let mut agencies = federation.0.lock().await;
    let mut reports = Vec::new();
    for agency in agencies.iter_mut() {
        reports.push(agency.ask(Told::Report).await);
    }
    let names: Vec<(Hash, String)> = agencies
        .iter()
        .map(|it| (it.id, it.orders.name.clone()))
        .collect();
    let members = agencies.iter().zip(&reports).enumerate();
    let members = members
        .map(|(number, (agency, report))| panel(&frame, number, agency, report.as_ref(), &names));
    let members = members.collect();
    let at_work = reports.iter().flatten().filter(|it| !it.cut_off).count();
    respond(&FederationPage {
        stands_still: at_work * 3 <= agencies.len() * 2,
        waiting: reports
            .iter()
            .flatten()
            .map(|it| it.waiting)
            .max()
            .unwrap_or(0),
        lies: LIES
            .map(|(_, word)| {
                (
                    word,
                    frame.t(&format!("demo-lie-{}", word.replace('_', "-"))),
                )
            })
            .to_vec(),
        members,
        frame,
    })
}

fn panel(
    frame: &Frame,
    number: usize,
    agency: &Agency,
    report: Option<&Report>,
    names: &[(Hash, String)],
) -> MemberPanel {
    let (state, tone) = match report {
        None => ("demo-agency-stopped", "bad"),
        Some(it) if it.halted.is_some() => ("demo-agency-halted", "bad"),
        Some(it) if it.lie.is_some() => ("demo-agency-lies", "bad"),
        Some(it) if it.cut_off => ("demo-agency-cut-off", "warn"),
        Some(_) => ("demo-agency-works", "good"),
    };
    let found = report.into_iter().flat_map(|it| &it.found);
    let found = found.filter_map(|(id, what)| {
        let (_, name) = names.iter().find(|it| it.0 == *id)?;
        let what = frame.t(what);
        let words = [("name", name.as_str().into()), ("what", what.into())];
        Some(frame.say("demo-agency-found", &words))
    });
    MemberPanel {
        number: number.to_string(),
        name: agency.orders.name.clone(),
        state: frame.t(state),
        tone,
        height: report.map(|it| number_of(it.height)),
        size: report.map(|it| number_of(it.size)),
        found: found.collect(),
        is_here: matches!(agency.runs, Runs::Here(_)),
        is_running: report.is_some(),
        is_cut_off: report.is_some_and(|it| it.cut_off),
        lies: report.is_some_and(|it| it.lie.is_some()),
    }
}

/// A record that means nothing, sealed like every other.
fn example(app: &App) -> Result<Entry, Problem> {
    let record = serde_json::json!({
        "type": "demo.example.v1",
        "at": app.core.clock().now().to_string(),
    });
    let salt = app.core.entropy().rng().random();
    let opening = Opening::new(salt, record).map_err(Problem::internal)?;
    opening.seal(None).entry().map_err(Problem::internal)
}

fn number_of(it: u64) -> String {
    format::number(i64::try_from(it).unwrap_or(i64::MAX))
}

async fn change(federation: &Federation, app: &App, fields: &Fields) -> Result<Response, Problem> {
    if fields.text("do") == "write" {
        federation.write(example(app)?).await;
        return Ok(Redirect::to(HERE).into_response());
    }
    let number = fields
        .text("agency")
        .parse()
        .map_err(|_| Problem::bad_request())?;
    let lie = LIES.iter().find(|it| it.1 == fields.text("lie"));
    match fields.text("do") {
        "stop" => federation.set_running(number, false).await,
        "start" => federation.set_running(number, true).await,
        word => {
            let told = match word {
                "cut" => Told::CutOff(true),
                "join" => Told::CutOff(false),
                "lie" => Told::Lie(Some(lie.ok_or_else(Problem::bad_request)?.0)),
                "truth" => Told::Lie(None),
                _ => return Err(Problem::bad_request()),
            };
            federation.tell(number, told).await;
            Ok(())
        }
    }
    .map_err(Problem::internal)?;
    Ok(Redirect::to(HERE).into_response())
}
