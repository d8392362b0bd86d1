//! Starting the server: the sample city, or a real place.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use base::{Clock, Entropy, Locale, SystemClock};
use db::{Db, Durability, Place};
use indicatif::{ProgressBar, ProgressStyle};
use web::Routes;

use super::backup::FILE;
use super::config::Config;
use super::{DemoArgs, say};
use crate::app::ledger::{Founding, Ledger};
use crate::app::{App, Keeping, Populations};
use crate::blocks::seals;
use crate::country::Country;
use crate::demo::{self, Demo, MakeOptions, PASSWORD, Part};
use crate::server::{self, Settings};

/// Brings the database up to date.
pub(super) fn migrate(config: &Config) -> Result<(), String> {
    let db = Db::open(&config.place(FILE)?, Durability::Full).map_err(|it| it.to_string())?;
    let applied = db
        .migrate(&server::migrations())
        .map_err(|it| it.to_string())?;
    if config.json {
        say(&serde_json::json!({ "applied": applied }).to_string());
    } else if applied.is_empty() {
        say("the database is up to date");
    } else {
        say(&format!("applied {}", applied.join(", ")));
    }
    Ok(())
}

/// The sample city's own file, so that it never mixes with a real place's.
const DEMO_FILE: &str = "demo.db";

/// Serves the sample city; makes it first where it is not there yet.
pub(super) fn demo(mut config: Config, args: &DemoArgs) -> Result<(), String> {
    if !is_loopback(&config.listen) {
        return Err(format!(
            "the sample city has no secrets and listens on this machine alone, not on {}; \
             `wise serve` is for everybody",
            config.listen
        ));
    }
    let country = config.country()?;
    if args.federation {
        // A city of its own: what one ledger sealed stands in no other.
        config.data = config.data.join("federation");
    }
    let db = open_city(&config, &country, args)?;
    let place = country.site.place.ko.clone();
    let demo = Demo::open(&db, &country, SystemClock.now()).map_err(|it| it.to_string())?;
    let app = server::build(Settings {
        db,
        clock: demo.clock(),
        entropy: Entropy::system(),
        country,
        instance: instance(&config),
        base_url: format!("http://{}", config.listen),
        behind_proxy: false,
        oidc: None,
        channels: config.channels.clone(),
        demo: true,
    })?;
    let routes = server::routes("/demo").merge(demo::routes(demo.clone()));
    let is_federation = args.federation;
    let ledger = match is_federation {
        true => Keepers::Demonstration(found(&config, &app)?),
        false => Keepers::Settings {
            folder: config.data.join("demo-ledger"),
            founding: config.founding()?,
        },
    };
    run(app, routes, config, ledger, |address| {
        say(&format!(
            "{place}, a sample city, is open at http://{address}"
        ));
        say(&format!(
            "Choose who you are on its first page, or sign in with the password {PASSWORD}:"
        ));
        if is_federation {
            say(&format!(
                "four agencies keep its ledger, all on this computer: http://{address}/demo/federation"
            ));
        }
        for face in demo.faces() {
            say(&format!("  {:<12} {}", face.login, face.name.ko));
        }
        say(&format!(
            "its hospital reports births with the token {}",
            demo.hospital_token()
        ));
    })
}

fn is_loopback(listen: &str) -> bool {
    let host = listen.rsplit_once(':').map_or(listen, |(host, _)| host);
    let host = host.trim_start_matches('[').trim_end_matches(']');
    host == "localhost"
        || host
            .parse::<std::net::IpAddr>()
            .is_ok_and(|it| it.is_loopback())
}

/// The city's database: complete, or made now.
fn open_city(config: &Config, country: &Country, args: &DemoArgs) -> Result<Db, String> {
    let place = config.place(DEMO_FILE)?;
    let open = |durability| {
        let db = Db::open(&place, durability).map_err(|it| it.to_string())?;
        let mut migrations = server::migrations();
        migrations.extend(demo::MIGRATIONS);
        db.migrate(&migrations).map_err(|it| it.to_string())?;
        Ok::<_, String>(db)
    };
    let complete = |db: &Db| demo::is_complete(db).map_err(|it| it.to_string());
    let db = open(Durability::Full)?;
    if complete(&db)? {
        return Ok(db);
    }
    let begun = demo::is_begun(&db).map_err(|it| it.to_string())?;
    drop(db);
    if begun {
        // A making that was cut: everything in the file can be made again.
        match &place {
            Place::File(file) => remove(file)?,
            Place::Postgres(_) => {
                return Err(
                    "the sample city in this database was not finished; give an empty one".into(),
                );
            }
        }
    }
    let db = open(Durability::Relaxed)?;
    make(&db, country, args)?;
    drop(db);
    open(Durability::Full)
}

/// Removes a SQLite file with what stands beside it.
fn remove(file: &std::path::Path) -> Result<(), String> {
    for ending in ["", "-wal", "-shm"] {
        let mut name = file.as_os_str().to_owned();
        name.push(ending);
        match std::fs::remove_file(&name) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                return Err(format!("{}: {error}", file.display()));
            }
            _ => {}
        }
    }
    Ok(())
}

fn make(db: &Db, country: &Country, args: &DemoArgs) -> Result<(), String> {
    let bar = ProgressBar::new(1);
    let style = ProgressStyle::with_template("{msg} {wide_bar} {pos}/{len} {elapsed}");
    bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
    let made = demo::make_city(
        db,
        country,
        MakeOptions {
            seed: args.seed,
            residents: args.residents,
            today: SystemClock.today(),
            progress: |part, done, of| {
                bar.set_message(match part {
                    Part::Households => "people move in",
                    Part::Year => "a year passes  ",
                    Part::Looks => "rules are asked",
                });
                bar.set_length(of as u64);
                bar.set_position(done as u64);
            },
        },
    );
    bar.finish_and_clear();
    let made = made.map_err(|it| it.to_string())?;
    say(&format!(
        "made a city of {} residents in {} households, with {} offers in its year",
        made.residents, made.households, made.offers
    ));
    Ok(())
}

/// Serves a real place.
pub(super) fn serve(config: Config) -> Result<(), String> {
    let country = config.country()?;
    let db = config.open(FILE)?;
    let base_url = config
        .base_url
        .clone()
        .unwrap_or_else(|| format!("http://{}", config.listen));
    let app = server::build(Settings {
        db,
        clock: Arc::new(SystemClock),
        entropy: Entropy::system(),
        country,
        instance: instance(&config),
        base_url,
        behind_proxy: config.behind_proxy,
        oidc: config.oidc.clone(),
        channels: config.channels.clone(),
        demo: false,
    })?;
    let ledger = Keepers::Settings {
        folder: config.ledger_folder(),
        founding: config.founding()?,
    };
    run(app, server::routes("/login"), config, ledger, |address| {
        say(&format!("wise serves at http://{address}"));
        say("somebody may sign in once `wise account` has added them");
    })
}

/// Who keeps the ledger.
enum Keepers {
    /// Whoever the settings name, in a folder.
    Settings { folder: PathBuf, founding: Founding },
    /// Four agencies on this computer.
    Demonstration(demo::Founded),
}

/// Gives the agencies of a demonstration their names and keys.
fn found(config: &Config, app: &App) -> Result<demo::Founded, String> {
    let text = |key: &str| app.core.texts().get(Locale::KO, key, &[]);
    let names = [
        app.country.site.place.ko.clone(),
        text("demo-agency-2"),
        text("demo-agency-3"),
        text("demo-agency-4"),
    ];
    let folder = config.data.join("agencies");
    demo::Founded::new(&folder, names).map_err(|it| it.to_string())
}

/// An agency of a demonstration, as a process of its own.
pub(super) fn agency() -> Result<(), String> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .map_err(|it| it.to_string())?;
    runtime.block_on(demo::serve_member())
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
            base::ids::uuid_v7(SystemClock.now(), &mut rng).to_string()
        }
    }
}

fn run(
    app: App,
    mut routes: Routes<App>,
    config: Config,
    keepers: Keepers,
    ready: impl FnOnce(SocketAddr),
) -> Result<(), String> {
    let app = app
        .with_populations(Populations::in_folder(config.data.join("populations")))
        .with_language_model(config.language_model);
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|it| it.to_string())?;
    let app = {
        let _within = runtime.enter();
        let kept = match keepers {
            Keepers::Settings { folder, founding } => keep(&app, &folder, &founding)?,
            Keepers::Demonstration(founded) => {
                let (founding, folder) = founded.own();
                let own = match keep(&app, folder, &founding)? {
                    Keeping::Here(own) => own,
                    Keeping::Absent(why) => return Err(why.to_string()),
                };
                let federation = runtime.block_on(founded.start(own.clone()));
                let federation =
                    federation.map_err(|it| format!("an agency does not start: {it}"))?;
                routes = routes.merge(demo::federation_routes(federation));
                Keeping::Here(own)
            }
        };
        app.with_ledger(kept)
    };
    runtime
        .block_on(server::serve(app, routes, &config.listen, ready))
        .map_err(|it| it.to_string())
}

/// Opens the ledger. Where that cannot be, everything but sealing goes on.
fn keep(app: &App, folder: &Path, founding: &Founding) -> Result<Keeping, String> {
    let known = app.core.db().read_blocking(seals::known_ledger);
    let known = known.map_err(|it| it.to_string())?;
    // Blocks are stamped by the machine's clock: the sample city's may be moved.
    let clock = Arc::new(SystemClock);
    let mut rng = Entropy::system().rng();
    Ok(
        match Ledger::open(folder, founding, known.as_ref(), clock, &mut rng) {
            Ok(ledger) => Keeping::Here(ledger),
            Err(error) => Keeping::Absent(error.to_string().into()),
        },
    )
}
