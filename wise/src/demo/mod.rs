//! The sample city 한빛시: invented people, a year of their life, and the day that a visitor plays.
//!
//! `plan/` says who lives in the city and what happens (pure, from a seed). [`make_city`] makes it by
//! running the real actions under a simulated clock; [`Demo`] is what a running demo needs beside the
//! server: the clock that runs ahead, the personas, the day being played. Nothing here is reachable
//! from `wise serve`.

mod accounts;
mod answer;
mod enter;
mod federation;
mod http;
mod keys;
mod living;
mod make;
pub mod pages;
mod perform;
pub mod plan;
mod play;
pub mod population;
mod sources;
mod stage;
mod state;
mod store;

use db::Migration;

pub use accounts::{Face, Group, PASSWORD};
pub use federation::{Federation, Founded, routes as federation_routes, serve_member};
pub use http::routes;
pub use make::{CitySummary, MakeOptions, Part, make_city};
pub use play::{DaySummary, Job};
pub use stage::Tally;
pub use state::{Demo, is_begun, is_complete};

use crate::country::Country;
use plan::{SampleData, SampleError, SampleTexts};

/// Tables of the sample city alone; `wise demo` adds them to those of every server.
pub const MIGRATIONS: &[Migration] = &[Migration {
    id: "202611232000_demo_city",
    sql: include_str!("migrations/202611232000_demo_city.sql"),
}];

/// Why the sample city could not be made or played.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error(transparent)]
    Db(#[from] db::Error),
    #[error(transparent)]
    Spine(#[from] spine::Error),
    #[error(transparent)]
    People(#[from] crate::blocks::people::Error),
    #[error(transparent)]
    Cases(#[from] crate::blocks::cases::Error),
    #[error(transparent)]
    Notices(#[from] crate::blocks::notices::Error),
    #[error(transparent)]
    Benefits(#[from] crate::areas::benefits::model::Error),
    #[error("the country's sample folder: {0}")]
    Sample(#[from] SampleError),
    #[error("the country's texts: {0}")]
    Texts(#[from] web::TextsError),
    /// The plan speaks of somebody whom no earlier event brought.
    #[error("the plan speaks of {0}, who is not in the city")]
    Stranger(String),
    #[error("{what} of the plan cannot be used: {reason}")]
    Plan { what: &'static str, reason: String },
    #[error("the database holds a city already; give --data a new folder")]
    Occupied,
    #[error("the sample city is not complete; delete its file and make it again")]
    Incomplete,
    #[error("at {at}, {event}: {error}")]
    Event {
        at: String,
        event: &'static str,
        #[source]
        error: Box<Error>,
    },
}

/// The files of the country's `sample/` folder.
pub fn sample_data(country: &Country) -> Result<SampleData, SampleError> {
    let text = |name: &str| {
        let path = format!("sample/{name}");
        country.files.text(&path).unwrap_or_default()
    };
    SampleData::parse(&SampleTexts {
        city: text("city.yaml"),
        income: text("income.yaml"),
        personas: text("personas.yaml"),
        population_pyramid: text("population_pyramid.csv"),
        household_sizes: text("household_sizes.csv"),
        surnames: text("surnames.csv"),
        given_names: text("given_names.csv"),
        foreign_names: text("foreign_names.csv"),
        dongs: text("dongs.csv"),
        municipalities: text("municipalities.csv"),
        roads: text("roads.csv"),
        officials: text("officials.csv"),
        places: text("places.csv"),
        holidays: text("holidays.csv"),
    })
}
