//! What belongs to the whole server: who finds what where, and how the server does.

use std::sync::Arc;

use askama::Template;
use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use base::ids::PersonId;
use base::seoul_date;
use db::{Dialect, Tx};
use spine::FollowerState;
use web::{
    Account, Core, Demo, Frame, IconLink, NavItem, Navigate, Navigation, Permission, Problem,
    Routes, Site, Visitor, respond,
};

use crate::app::App;
use crate::blocks::notices;
use crate::country::Country;

/// `front` is where those go who are not signed in.
pub(super) fn routes(front: &'static str) -> Routes<App> {
    let first = async move |visitor: Visitor| {
        let to = visitor.account.as_ref().map_or(front, home);
        Redirect::to(to)
    };
    Routes::new()
        .get(
            "/",
            Permission::Public("leads everybody to their first page"),
            first,
        )
        .get("/system", Permission::Action("system.view"), system)
}

/// Whose server this is.
pub(super) fn site(country: &Country) -> Site {
    Site {
        place: country.site.place.clone(),
        phones: country
            .site
            .phones
            .iter()
            .map(|it| (it.href.clone(), it.label.clone()))
            .collect(),
        links: vec![
            ("/ledger".into(), "wise-link-ledger".into()),
            ("/api".into(), "wise-link-api".into()),
            ("/settings".into(), "wise-link-settings".into()),
        ],
    }
}

/// Counts what a resident has not opened.
pub(super) fn unread(tx: &mut Tx<'_>, account: &Account) -> Result<i64, db::Error> {
    let Some(person) = account
        .person
        .as_deref()
        .and_then(|it| it.parse::<PersonId>().ok())
    else {
        return Ok(0);
    };
    notices::unread(tx, person).map_err(|error| match error {
        notices::Error::Db(error) => error,
        other => db::Error::Panicked(other.to_string()),
    })
}

/// Where a role begins.
fn home(account: &Account) -> &'static str {
    if account.has_role("resident") {
        "/today"
    } else if account.has_role("counter")
        || account.has_role("field")
        || account.has_role("supervisor")
    {
        "/work"
    } else if account.has_role("decision_maker") {
        "/statistics"
    } else if account.has_role("operator") {
        "/system"
    } else {
        "/api"
    }
}

/// The navigation of each role: at most five places.
pub(super) fn navigate(country: Country, demo: bool) -> Navigate {
    Arc::new(move |core: &Core, visitor: &Visitor| {
        let places = visitor.account.as_ref().map(places_of);
        // As `Frame::new` chooses it, or the frame would be in two languages.
        let locale = match &places {
            None | Some(("resident", ..)) => visitor.locale,
            Some(_) => core.texts().whole(visitor.locale),
        };
        let text = |key: &str| core.texts().get(locale, key, &[]);
        let mut navigation = Navigation {
            demo: demo.then(|| Demo {
                label: text("wise-demo-label"),
                note: text("wise-demo-note"),
                play: text("wise-demo-play"),
                switch: text("wise-demo-switch"),
            }),
            ..Navigation::default()
        };
        let (Some(account), Some((face, items, about))) = (&visitor.account, places) else {
            return navigation;
        };
        navigation.home = home(account).to_owned();
        navigation.face = face;
        navigation.items = items
            .iter()
            .map(|(href, key, icon)| NavItem {
                href: (*href).to_owned(),
                label: text(key),
                icon,
                current: false,
            })
            .collect();
        navigation.about = text(about);
        if let Some(agency) = &account.agency {
            navigation.office = country.agencies.name(agency).get(locale).to_owned();
        }
        if account.has_role("resident") {
            navigation.inbox = Some(("/inbox".into(), "wise-inbox-unread"));
            navigation.links = vec![
                link("/me/looks", text("wise-link-looks"), "eye"),
                link("/contact", text("wise-link-contact"), "phone"),
            ];
        }
        if account.has_role("supervisor") {
            // The five places are taken.
            navigation.links = vec![
                link("/aide", text("wise-nav-aide"), "question"),
                link("/work/unreached", text("wise-nav-reach"), "people"),
                link("/work/calls", text("wise-nav-unreached"), "phone"),
                link("/work/conditions", text("benefits-conditions"), "bell"),
            ];
        }
        navigation
    })
}

fn link(href: &str, label: String, icon: &'static str) -> IconLink {
    IconLink {
        href: href.to_owned(),
        label,
        icon,
    }
}

type Place = (&'static str, &'static str, &'static str);

/// Face, places and what this person is here.
fn places_of(account: &Account) -> (&'static str, Vec<Place>, &'static str) {
    const WORK: Place = ("/work", "wise-nav-work", "list");
    const BIRTHS: Place = ("/work/births", "wise-nav-births", "baby");
    const FIND: Place = ("/find", "wise-nav-find", "search");
    const REACH: Place = ("/work/unreached", "wise-nav-reach", "people");
    const OVERVIEW: Place = ("/work/overview", "wise-nav-overview", "chart");
    const STATISTICS: Place = ("/statistics", "wise-nav-statistics", "chart");
    const AIDE: Place = ("/aide", "wise-nav-aide", "question");
    const CALLS: Place = ("/work/calls", "wise-nav-unreached", "phone");
    if account.has_role("resident") {
        let places = vec![
            ("/today", "wise-nav-today", "home"),
            ("/offers", "wise-nav-offers", "gift"),
            ("/cases", "wise-nav-cases", "list"),
            ("/me", "wise-nav-me", "person"),
        ];
        return ("resident", places, "wise-about-resident");
    }
    if account.has_role("supervisor") {
        let places = vec![WORK, BIRTHS, FIND, OVERVIEW, STATISTICS];
        return ("official", places, "wise-about-supervisor");
    }
    if account.has_role("counter") {
        return (
            "official",
            vec![WORK, BIRTHS, REACH, FIND, CALLS],
            "wise-about-counter",
        );
    }
    if account.has_role("field") {
        return (
            "official",
            vec![WORK, REACH, FIND, CALLS],
            "wise-about-field",
        );
    }
    if account.has_role("decision_maker") {
        return (
            "official",
            vec![STATISTICS, OVERVIEW, AIDE],
            "wise-about-decision-maker",
        );
    }
    if account.has_role("operator") {
        let places = vec![
            ("/system", "wise-nav-system", "shield"),
            ("/deliveries", "wise-nav-deliveries", "bell"),
        ];
        return ("operator", places, "wise-about-operator");
    }
    ("operator", Vec::new(), "wise-about-program")
}

/// A line of the table of followers.
pub struct FollowerLine {
    pub name: String,
    pub behind: String,
    pub moved: String,
    pub state: String,
    pub tone: &'static str,
    pub failure: String,
}

/// A value of the law with its source.
pub struct ParameterLine {
    pub benefit: String,
    pub name: String,
    pub from: String,
    pub checked: String,
    pub source: String,
    pub tone: &'static str,
    pub state: String,
}

/// How the server does.
#[derive(Template)]
#[template(path = "server/system.html")]
pub struct SystemPage {
    pub frame: Frame,
    pub tiles: Vec<(String, String)>,
    pub followers: Vec<FollowerLine>,
    pub follower_heads: Vec<(String, &'static str)>,
    pub parameters: Vec<ParameterLine>,
    pub parameter_heads: Vec<(String, &'static str)>,
}

async fn system(State(app): State<App>, visitor: Visitor) -> Result<Response, Problem> {
    let names = app.followers.names();
    let states = app
        .core
        .look(move |tx| spine::states(tx, &names))
        .await
        .map_err(Problem::internal)?;
    let frame = Frame::of(&app.core, &visitor);
    let store = match app.core.db().dialect() {
        Dialect::Sqlite => "SQLite",
        Dialect::Postgres => "PostgreSQL",
    };
    let behind: i64 = states.iter().map(|it| it.behind).sum();
    let tiles = vec![
        (store.to_owned(), frame.t("wise-system-store")),
        (behind.to_string(), frame.t("wise-system-behind")),
        (
            app.country.book.benefits().count().to_string(),
            frame.t("wise-system-benefits"),
        ),
        (
            env!("CARGO_PKG_VERSION").to_owned(),
            frame.t("wise-system-version"),
        ),
    ];
    let page = SystemPage {
        tiles,
        followers: states.iter().map(|it| follower_line(&frame, it)).collect(),
        follower_heads: heads(&frame, &["follower", "behind", "moved", "state"]),
        parameters: parameters(&app, &frame),
        parameter_heads: heads(
            &frame,
            &["benefit", "parameter", "from", "checked", "source"],
        ),
        frame,
    };
    Ok(respond(&page).into_response())
}

fn heads(frame: &Frame, names: &[&str]) -> Vec<(String, &'static str)> {
    let labels = names
        .iter()
        .map(|name| frame.t(&format!("wise-system-{name}")));
    labels.map(|label| (label, "")).collect()
}

fn follower_line(frame: &Frame, it: &FollowerState) -> FollowerLine {
    let (key, tone) = match (&it.failure, it.behind) {
        (Some(_), _) => ("wise-system-held-up", "bad"),
        (None, 0) => ("wise-system-at-rest", "good"),
        (None, _) => ("wise-system-working", "warn"),
    };
    FollowerLine {
        name: it.follower.clone(),
        behind: it.behind.to_string(),
        moved: it.moved_at.map_or(String::new(), |at| frame.date_time(&at)),
        state: frame.t(key),
        tone,
        failure: it.failure.clone().unwrap_or_default(),
    }
}

/// The values in force that were checked longest ago, unverified ones first.
fn parameters(app: &App, frame: &Frame) -> Vec<ParameterLine> {
    let today = seoul_date(app.core.clock().now());
    let mut all: Vec<_> = app
        .country
        .book
        .parameters()
        .filter_map(|(benefit, parameter)| Some((benefit, parameter, parameter.on(today)?)))
        .collect();
    all.sort_by_key(|(benefit, parameter, value)| {
        (
            !value.unverified,
            value.checked,
            benefit.map(str::to_owned),
            parameter.name.clone(),
        )
    });
    let lines = all
        .into_iter()
        .map(|(benefit, parameter, value)| ParameterLine {
            benefit: benefit.unwrap_or_default().to_owned(),
            name: parameter.label.get(frame.locale).to_owned(),
            from: value.from.to_string(),
            checked: value.checked.to_string(),
            source: value.source.clone(),
            tone: if value.unverified { "warn" } else { "good" },
            state: frame.t(if value.unverified {
                "wise-system-unverified"
            } else {
                "wise-system-verified"
            }),
        });
    lines.collect()
}
