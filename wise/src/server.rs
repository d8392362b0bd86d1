//! The server put together: what every handler is given, all routes, all followers.

mod erase;
mod run;
mod sealing;
mod system;

use std::sync::Arc;

use base::{Clock, Entropy};
use db::{Db, Migration};
use jiff::SignedDuration;
use spine::Followers;
use web::{Authorizer, Core, CoreConfig, OidcConfig, Routes, Texts};

use crate::app::App;
use crate::areas::benefits::follow::BenefitsFollower;
use crate::areas::benefits::model::Desk;
use crate::areas::benefits::standing::actions::Walker;
use crate::areas::benefits::vouchers::VoucherFollower;
use crate::areas::{AREAS, aide, benefits};
use crate::blocks::seals::{self, SealFollower, Source};
use crate::blocks::{cases, exchange, notices, people, places};
use crate::country::Country;

pub use erase::{EraseError, erase};
pub use run::{ServeError, serve};
pub use sealing::{SealingError, bring};

/// How a server is to run.
pub struct Settings {
    pub db: Db,
    pub clock: Arc<dyn Clock>,
    pub entropy: Entropy,
    pub country: Country,
    /// Names this process among others on the same database.
    pub instance: String,
    pub base_url: String,
    pub behind_proxy: bool,
    pub oidc: Option<OidcConfig>,
    pub channels: notices::Channels,
    /// The frame shows the bar of the sample city.
    pub demo: bool,
}

/// Puts a server together over a migrated database.
///
/// # Errors
/// When the country's policies or texts cannot be used.
pub fn build(settings: Settings) -> Result<App, String> {
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
    config.secure_cookies = settings.base_url.starts_with("https://");
    config.behind_proxy = settings.behind_proxy;
    config.base_url = settings.base_url;
    config.site = system::site(&country);
    config.navigate = system::navigate(country.clone(), settings.demo);
    config.unread = Some(system::unread);
    config.oidc = settings.oidc;
    if settings.demo {
        // A visitor who plays a day stays who they are.
        let year = SignedDuration::from_hours(24 * 366);
        config.sessions.idle = year;
        config.sessions.absolute = year;
    }
    config.openapi = openapi();
    let followers = followers(
        &country,
        settings.db,
        settings.clock,
        settings.entropy,
        settings.instance,
        true,
    );
    Ok(App::new(
        Core::new(config),
        country,
        followers,
        settings.channels,
        sources(),
    ))
}

/// All routes of a server, each with its permission; `front` is the first page of those who are
/// not signed in.
pub fn routes(front: &'static str) -> Routes<App> {
    web::routes()
        .merge(people::routes())
        .merge(seals::routes())
        .merge(cases::routes())
        .merge(notices::routes())
        .merge(benefits::http::routes())
        .merge(aide::http::routes())
        .merge(system::routes(front))
}

/// The followers of a server; `looks_at_all` is false for who fills a register with a whole city.
pub fn followers(
    country: &Country,
    db: Db,
    clock: Arc<dyn Clock>,
    entropy: Entropy,
    instance: String,
    looks_at_all: bool,
) -> Followers {
    let desk = Desk::of(country);
    let life = country.life.clone();
    let vouchers = VoucherFollower {
        book: country.book.clone(),
        instalments: country.instalments.clone(),
    };
    Followers::new(db, clock, entropy, instance)
        .with(BenefitsFollower {
            desk,
            life,
            looks_at_all,
        })
        .with(vouchers)
        .with(SealFollower)
}

/// Who looks at households when their day has come.
pub fn walker(country: &Country, db: Db, entropy: Entropy) -> Walker {
    Walker {
        db,
        entropy,
        desk: Desk::of(country),
        life: country.life.clone(),
    }
}

/// Who keeps records that are sealed.
pub fn sources() -> Vec<Source> {
    let areas = AREAS.iter().flat_map(|area| area.sealed);
    [seals::FACTS, people::LOOKS]
        .iter()
        .chain(areas)
        .copied()
        .collect()
}

/// Every migration of every part, in no particular order; `db` sorts them.
pub fn migrations() -> Vec<Migration> {
    let parts: [&[Migration]; 8] = [
        spine::MIGRATIONS,
        web::MIGRATIONS,
        exchange::MIGRATIONS,
        seals::MIGRATIONS,
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
        people::openapi(),
        cases::openapi(),
        notices::openapi(),
    ] {
        all.merge(part);
    }
    all
}
