//! The queue of an office, and how all queues stand.

use std::collections::BTreeMap;

use axum::extract::{Query, State};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use rules::dates;
use serde::{Deserialize, Serialize};
use web::{Allowed, Cursor, Frame, PageQuery, Problem, Scope, Visitor, format, respond};

use crate::app::App;
use crate::blocks::cases::actions::{count_by_state, list, offices, queue_size};
use crate::blocks::cases::model::{Case, Error, OfficeQueue, QueueCount};
use crate::blocks::cases::pages::{
    Bar, CountLine, OfficeLine, OverviewPage, QueueLine, QueuePage, named_topic, state_label, tone,
    topic_name,
};
use crate::blocks::people;
use crate::blocks::people::pages::masked;

/// Deadlines this many days ahead are near.
const SOON_DAYS: i64 = 2;
/// And in the overview of all offices.
const OVERVIEW_SOON_DAYS: i64 = 3;

/// One office's queue alone, for those who see several.
#[derive(Default, Deserialize)]
pub struct Of {
    #[serde(default)]
    agency: String,
}

impl Of {
    /// The scope narrowed to the named office; what lies outside it stays outside.
    fn within(&self, scope: Scope) -> Scope {
        match self.agency.as_str() {
            "" => scope,
            code if scope.covers(Some(code), None) => Scope::Agency(code.to_owned()),
            _ => Scope::Nothing,
        }
    }

    /// The queue's address with this choice and more.
    fn href(&self, more: &str) -> String {
        match (self.agency.as_str(), more) {
            ("", "") => "/work".into(),
            ("", more) => format!("/work?{more}"),
            (code, "") => format!("/work?agency={code}"),
            (code, more) => format!("/work?agency={code}&{more}"),
        }
    }
}

/// Today's work of an office, most urgent first.
pub async fn queue(
    State(app): State<App>,
    visitor: Visitor,
    allowed: Allowed,
    Query(of): Query<Of>,
    query: PageQuery,
) -> Result<Response, Problem> {
    let today = app.core.clock().today();
    let scope = of.within(allowed.0);
    let soon = dates::add_days(today, SOON_DAYS).unwrap_or(today);
    let account = visitor.signed_in()?;
    let births = app.core.authorizer().scope(account, "birth.list");
    let after = match &query.after {
        Some(cursor) => {
            let due = dates::parse(&cursor.key).ok_or_else(Problem::bad_request)?;
            Some((due, cursor.id.clone()))
        }
        None => None,
    };
    let first = after.is_none();
    let fetch = query.fetch();
    let (size, rows, births) = app
        .core
        .look(move |tx| {
            let size = queue_size(tx, &scope, today, soon)?;
            let mut rows = Vec::new();
            for case in list(tx, &scope, after.clone(), fetch)? {
                let applicant = people::person(tx, case.applicant)?;
                rows.push((case, applicant.name));
            }
            let births = match births {
                Scope::Nothing => None,
                ref scope => Some(people::births_waiting(tx, scope)?.len()),
            };
            Ok::<_, Error>((size, rows, births))
        })
        .await?;
    let page = query.page(rows, |(case, _)| Cursor {
        key: case.due_on.to_string(),
        id: case.id.to_string(),
    });
    let frame = Frame::of(&app.core, &visitor);
    let mut tiles = vec![
        (
            format::number(size.soon),
            frame.t("cases-tile-soon"),
            "warn",
            "clock",
            "",
        ),
        (
            format::number(size.late),
            frame.t("cases-tile-late"),
            "bad",
            "alert",
            "",
        ),
    ];
    if let Some(count) = births {
        let count = format::number(i64::try_from(count).unwrap_or(i64::MAX));
        tiles.push((
            count,
            frame.t("cases-tile-births"),
            "",
            "baby",
            "/work/births",
        ));
    }
    let heads = [
        ("cases-head-case", ""),
        ("cases-head-applicant", ""),
        ("cases-head-state", ""),
        ("cases-head-opened", ""),
        ("cases-head-left", "num"),
    ];
    let rows = page
        .items
        .iter()
        .map(|it| queue_line(&app, &frame, it, today));
    Ok(respond(&QueuePage {
        title: frame.t1("cases-queue-title", "count", size.open),
        lead: frame.t1("cases-queue-lead", "soon", size.soon),
        tiles,
        heads: heads.map(|(key, class)| (frame.t(key), class)).into(),
        rows: rows.collect(),
        count: frame.t1("cases-queue-shown", "count", page.items.len()),
        first_href: if first { String::new() } else { of.href("") },
        next_href: page
            .next
            .map(|it| of.href(&format!("after={it}")))
            .unwrap_or_default(),
        frame,
    }))
}

fn queue_line(
    app: &App,
    frame: &Frame,
    (case, applicant): &(Case, String),
    today: jiff::civil::Date,
) -> QueueLine {
    let left = dates::days_between(today, case.due_on);
    QueueLine {
        href: format!("/work/{}/{}", case.kind, case.id),
        title: topic_name(&app.country, frame, case),
        agency: app
            .country
            .agencies
            .name(&case.agency)
            .get(frame.locale)
            .to_owned(),
        applicant: masked(applicant),
        state: state_label(frame, case.state),
        tone: tone(case.state),
        opened: frame.date(&base::seoul_date(case.opened_at)),
        left: match left {
            0 => frame.t("cases-left-today"),
            1.. => frame.t1("cases-left", "days", left),
            _ => frame.t1("cases-over", "days", -left),
        },
        left_tone: match left {
            ..0 => "bad",
            0..=SOON_DAYS => "warn",
            _ => "plain",
        },
    }
}

/// How the overview is wanted: a page, or `csv` or `json` for elsewhere.
#[derive(Default, Deserialize)]
pub struct Export {
    #[serde(default)]
    format: String,
}

/// A line of the exported table.
#[derive(Serialize)]
struct Exported {
    agency: String,
    agency_name: String,
    topic: String,
    topic_name: String,
    state: &'static str,
    count: i64,
    late: i64,
}

/// How all queues within the scope stand: sums, never a person.
pub async fn overview(
    State(app): State<App>,
    visitor: Visitor,
    allowed: Allowed,
    Query(export): Query<Export>,
) -> Result<Response, Problem> {
    let today = app.core.clock().today();
    let soon = dates::add_days(today, OVERVIEW_SOON_DAYS).unwrap_or(today);
    let (counts, queues) = app
        .core
        .look(move |tx| {
            let counts = count_by_state(tx, &allowed.0, today)?;
            Ok::<_, Error>((counts, offices(tx, &allowed.0, today, soon)?))
        })
        .await?;
    let frame = Frame::of(&app.core, &visitor);
    let queue_scope = app
        .core
        .authorizer()
        .scope(visitor.signed_in()?, "case.list");
    match export.format.as_str() {
        "csv" => csv(&exported(&app, &frame, &counts)),
        "json" => Ok(axum::Json(exported(&app, &frame, &counts)).into_response()),
        "" => {
            let lines = queues.iter();
            let lines = lines.map(|it| office_line(&app, &frame, it, &queue_scope));
            let lines = lines.collect();
            Ok(respond(&overview_page(&app, frame, &counts, lines)))
        }
        _ => Err(Problem::bad_request()),
    }
}

/// One office's line; it leads to the queue for those who may open it.
fn office_line(app: &App, frame: &Frame, it: &OfficeQueue, may_open: &Scope) -> OfficeLine {
    OfficeLine {
        name: app
            .country
            .agencies
            .name(&it.agency)
            .get(frame.locale)
            .to_owned(),
        href: match may_open.covers(Some(&it.agency), None) {
            true => format!("/work?agency={}", it.agency),
            false => String::new(),
        },
        open: format::number(it.open),
        soon: format::number(it.soon),
        late: format::number(it.late),
        is_late: it.late > 0,
        oldest: frame.date(&base::seoul_date(it.oldest)),
    }
}

fn exported(app: &App, frame: &Frame, counts: &[QueueCount]) -> Vec<Exported> {
    let line = |it: &QueueCount| Exported {
        agency_name: app
            .country
            .agencies
            .name(&it.agency)
            .get(frame.locale)
            .to_owned(),
        agency: it.agency.clone(),
        topic_name: named_topic(&app.country, frame, &it.topic),
        topic: it.topic.clone(),
        state: it.state.word(),
        count: it.count,
        late: it.late,
    };
    counts.iter().map(line).collect()
}

/// With a byte order mark, so that spreadsheets read the Korean.
fn csv(lines: &[Exported]) -> Result<Response, Problem> {
    let mut writer = csv::Writer::from_writer("\u{feff}".as_bytes().to_vec());
    for line in lines {
        writer.serialize(line).map_err(Problem::internal)?;
    }
    let body = writer.into_inner().map_err(Problem::internal)?;
    let headers = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8"),
        (
            header::CONTENT_DISPOSITION,
            "attachment; filename=\"cases.csv\"",
        ),
    ];
    Ok((headers, body).into_response())
}

/// Sums over some of the counts.
#[derive(Clone, Copy, Default)]
struct Sums {
    open: i64,
    late: i64,
    granted: i64,
    refused: i64,
}

impl Sums {
    fn add(&mut self, it: &QueueCount) {
        use crate::blocks::cases::model::CaseState::{Granted, Refused};
        match it.state {
            Granted => self.granted += it.count,
            Refused => self.refused += it.count,
            state if !state.is_closed() => self.open += it.count,
            _ => {}
        }
        self.late += it.late;
    }
}

fn sums_by<'a>(
    counts: &'a [QueueCount],
    key: impl Fn(&'a QueueCount) -> &'a str,
) -> BTreeMap<&'a str, Sums> {
    let mut all: BTreeMap<&str, Sums> = BTreeMap::new();
    for it in counts {
        all.entry(key(it)).or_default().add(it);
    }
    all
}

fn overview_page(
    app: &App,
    frame: Frame,
    counts: &[QueueCount],
    offices: Vec<OfficeLine>,
) -> OverviewPage {
    let mut total = Sums::default();
    counts.iter().for_each(|it| total.add(it));
    let by_agency = sums_by(counts, |it| it.agency.as_str());
    let by_topic = sums_by(counts, |it| it.topic.as_str());
    let most = by_agency
        .values()
        .map(|it| it.open)
        .max()
        .unwrap_or(0)
        .max(1);
    let bars = by_agency.iter().map(|(agency, sums)| Bar {
        label: app
            .country
            .agencies
            .name(agency)
            .get(frame.locale)
            .to_owned(),
        value: frame.t1("cases-count", "count", sums.open),
        note: match sums.late {
            0 => String::new(),
            late => frame.t1("cases-late", "count", late),
        },
        percent: sums.open * 100 / most,
        tone: if sums.late > 0 { "bad" } else { "" },
    });
    let topics = by_topic.iter().map(|(topic, sums)| CountLine {
        label: named_topic(&app.country, &frame, topic),
        open: format::number(sums.open),
        late: format::number(sums.late),
        is_late: sums.late > 0,
        granted: format::number(sums.granted),
        refused: format::number(sums.refused),
    });
    let heads = [
        ("cases-head-topic", ""),
        ("cases-head-open", "num"),
        ("cases-head-late", "num"),
        ("cases-head-granted", "num"),
        ("cases-head-refused", "num"),
    ];
    let tile =
        |value: i64, key: &str, tone, sign| (format::number(value), frame.t(key), tone, sign);
    OverviewPage {
        lead: frame.t1("cases-overview-lead", "late", total.late),
        tiles: vec![
            tile(total.open, "cases-tile-open", "", "list"),
            tile(total.late, "cases-tile-late", "bad", "alert"),
            tile(total.granted, "cases-tile-granted", "good", "check"),
            tile(total.refused, "cases-tile-refused", "", "cross"),
        ],
        bars: bars.collect(),
        office_heads: [
            ("cases-head-office", ""),
            ("cases-head-open", "num"),
            ("cases-head-soon", "num"),
            ("cases-head-late", "num"),
            ("cases-head-oldest", ""),
        ]
        .map(|(key, class)| (frame.t(key), class))
        .into(),
        offices,
        heads: heads.map(|(key, class)| (frame.t(key), class)).into(),
        topics: topics.collect(),
        frame,
    }
}
