//! The server put together: what every handler is given, all routes, all followers.

mod run;
mod system;

use std::path::PathBuf;
use std::sync::Arc;

use axum::extract::FromRef;
use base::{Clock, Entropy};
use db::{Db, Migration};
use spine::Followers;
use tokio::sync::Semaphore;
use web::{Authorizer, Core, CoreConfig, OidcConfig, Problem, Routes, Texts};

use crate::areas::benefits::follow::BenefitsFollower;
use crate::areas::benefits::model::Desk;
use crate::areas::{AREAS, benefits};
use crate::blocks::notices::mail::Smtp;
use crate::blocks::{cases, exchange, notices, people, places};
use crate::country::Country;
//LATER use crate::demo::DemoState;

pub use run::{ServeError, serve};

/// Engines run on this many threads at the most, so that pages stay quick.
const ENGINES: usize = 2;

/// What handlers are given; cheap to clone.
#[derive(Clone)]
pub struct App {
    pub core: Core,
    pub country: Country,
    pub followers: Followers,
    /// There only in the demo.
    pub demo: Option<()>,
    engines: Arc<Semaphore>,
}

impl FromRef<App> for Core {
    fn from_ref(app: &App) -> Self {
        app.core.clone()
    }
}

/// How a server is to run.
pub struct Settings {
    pub db: Db,
    pub clock: Arc<dyn Clock>,
    pub entropy: Entropy,
    pub country: Country,
    /// Names this process among others on the same database.
    pub instance: String,
    pub base_url: String,
    /// TLS ends in front of this server.
    pub secure: bool,
    pub behind_proxy: bool,
    pub oidc: Option<OidcConfig>,
    pub smtp: Option<Smtp>,
    pub demo: Option<()>,
    /// Where the data lies, for the operator's page.
    pub data: PathBuf,
}

impl App {
    /// Puts a server together over a migrated database.
    ///
    /// # Errors
    /// When the country's policies or texts cannot be used.
    pub fn new(settings: Settings) -> Result<Self, String> {
        let country = settings.country;
        let policies = country.files.under("policies/").cloned();
        let authorizer = Authorizer::load(policies).map_err(|error| error.to_string())?;
        let texts = Texts::load(country.files.under("texts/").cloned());
        let texts = texts.map_err(|error| error.to_string())?;
        let mut config = CoreConfig::new(
            settings.db.clone(),
            settings.clock.clone(),
            settings.entropy.clone(),
            texts,
            authorizer,
        );
        config.secure_cookies = settings.secure;
        config.behind_proxy = settings.behind_proxy;
        config.base_url = settings.base_url;
        config.site = system::site(&country);
        config.navigate = system::navigate(country.clone(), settings.demo.is_some());
        config.unread = Some(system::unread);
        config.oidc = settings.oidc;
        config.openapi = openapi();
        let followers = followers(
            &country,
            settings.db,
            settings.clock,
            settings.entropy,
            settings.instance,
        );
        Ok(Self {
            core: Core::new(config),
            country,
            followers,
            demo: settings.demo,
            engines: Arc::new(Semaphore::new(ENGINES)),
        })
    }

    /// Runs an engine on the bounded blocking pool.
    pub async fn engine<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Problem> {
        let permit = self.engines.clone().acquire_owned().await;
        let permit = permit.map_err(Problem::internal)?;
        let done = tokio::task::spawn_blocking(move || {
            let answer = work();
            drop(permit);
            answer
        });
        done.await.map_err(Problem::internal)
    }

    /// All routes, each with its permission.
    pub fn routes(&self) -> Routes<App> {
        let mut routes = web::routes()
//LATER            .merge(people::routes())
//LATER            .merge(cases::routes())
//LATER            .merge(notices::routes())
            .merge(benefits::http::routes())
            .merge(system::routes());
        if self.demo.is_some() {
//LATER            routes = routes.merge(crate::demo::routes());
        }
        routes
    }
}

/// The followers of a server.
pub fn followers(
    country: &Country,
    db: Db,
    clock: Arc<dyn Clock>,
    entropy: Entropy,
    instance: String,
) -> Followers {
    let desk = Desk {
        book: country.book.clone(),
        catalogue: country.catalogue.clone(),
    };
    Followers::new(db, clock, entropy, instance).with(BenefitsFollower { desk })
}

/// Every migration of every part, in no particular order; `db` sorts them.
pub fn migrations() -> Vec<Migration> {
    let parts: [&[Migration]; 7] = [
        spine::MIGRATIONS,
        web::MIGRATIONS,
        exchange::MIGRATIONS,
        people::MIGRATIONS,
        places::MIGRATIONS,
        cases::MIGRATIONS,
        notices::MIGRATIONS,
    ];
    let areas = AREAS.iter().map(|area| area.migrations);
    parts.into_iter().chain(areas).flatten().copied().collect()
}

fn openapi() -> utoipa::openapi::OpenApi {
    let mut all = utoipa::openapi::OpenApi::new(
        utoipa::openapi::Info::new("WISE", env!("CARGO_PKG_VERSION")),
        utoipa::openapi::Paths::new(),
    );
    for part in [
        benefits::http::openapi(),
//LATER        people::openapi(),
//LATER        cases::openapi(),
//LATER        notices::openapi(),
    ] {
        all.merge(part);
    }
    all
}
