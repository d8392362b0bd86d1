//! Starting the server: the sample city, or a real place.

use std::net::SocketAddr;
use std::sync::Arc;

use base::{Entropy, SystemClock};
use web::Routes;

use super::backup::FILE;
use super::config::Config;
use super::{DemoArgs, say};
use crate::app::App;
use crate::server::{self, Settings};

/// Brings the database up to date.
pub(super) fn migrate(config: &Config) -> Result<(), String> {
    let db = db::Db::open(&config.place(FILE)?, db::Durability::Full).map_err(|it| it.to_string())?;
    let applied = db.migrate(&server::migrations()).map_err(|it| it.to_string())?;
    if config.json {
        say(&serde_json::json!({ "applied": applied }).to_string());
    } else if applied.is_empty() {
        say("the database is up to date");
    } else {
        say(&format!("applied {}", applied.join(", ")));
    }
    Ok(())
}

/// Serves a real place.
pub(super) fn serve(config: Config) -> Result<(), String> {
    let country = config.country()?;
    let db = config.open(FILE)?;
    let base_url = config.base_url.clone().unwrap_or_else(|| format!("http://{}", config.listen));
    let app = server::build(Settings {
        db,
        clock: Arc::new(SystemClock),
        entropy: Entropy::system(),
        country,
        instance: instance(&config),
        base_url,
        behind_proxy: config.behind_proxy,
        oidc: config.oidc.clone(),
        demo: false,
    })?;
    run(app, server::routes("/login"), config, |address| {
        say(&format!("wise serves at http://{address}"));
        say("somebody may sign in once `wise account` has added them");
    })
}

/// A server restarted under the same name takes its work up at once; without a name, another's
/// lease has to run out first.
fn instance(config: &Config) -> String {
    match (&config.instance, &config.database) {
        (Some(name), _) => name.clone(),
        // The embedded database has one process only.
        (None, None) => "sole".into(),
        (None, Some(_)) => {
            let mut rng = Entropy::system().rng();
            base::ids::uuid_v7(base::Clock::now(&SystemClock), &mut rng).to_string()
        }
    }
}

fn run(app: App, routes: Routes<App>, config: Config, ready: impl FnOnce(SocketAddr)) -> Result<(), String> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|it| it.to_string())?;
    let smtp = config.smtp.clone();
    runtime
        .block_on(server::serve(app, routes, &config.listen, smtp, ready))
        .map_err(|it| it.to_string())
}
