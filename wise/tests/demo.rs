//! The sample city: made on both stores, twice the same, and lived in for two more days.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use axum::http::StatusCode;
use base::ids::PersonId;
use base::{Clock, Entropy};
use db::{Db, Durability, Place};
use jiff::Timestamp;
use jiff::civil::{Date, date};
use rules::Outcome;
use tempfile::TempDir;
use testkit::Client;
use wise::app::App;
use wise::areas::benefits::model::{Desk, Error};
use wise::areas::benefits::standing::actions::load;
use wise::areas::benefits::standing::model::{Cause, Owed, conclude};
use wise::blocks::notices::Channels;
use wise::blocks::people;
use wise::country::{Country, CountryFiles};
use wise::demo::plan::{CityPlan, Event};
use wise::demo::{self, CitySummary, Demo, MakeOptions, Part};
use wise::server::{self, Settings};

const SEED: u64 = 20_261_123;
const RESIDENTS: usize = 300;
const TODAY: Date = date(2026, 11, 23);

fn country() -> Country {
    Country::load(CountryFiles::built_in()).unwrap_or_else(|faults| panic!("{faults}"))
}

fn open(place: &Place) -> Db {
    let db = Db::open(place, Durability::Relaxed).unwrap();
    let mut migrations = server::migrations();
    migrations.extend(demo::MIGRATIONS);
    db.migrate(&migrations).unwrap();
    db
}

fn make(db: &Db, country: &Country) -> CitySummary {
    let options = MakeOptions {
        seed: SEED,
        residents: RESIDENTS,
        today: TODAY,
        progress: |_, _, _| {},
    };
    demo::make_city(db, country, options).unwrap_or_else(|error| panic!("{error}"))
}

/// A made city for a test, and what keeps it there.
struct City {
    db: Db,
    summary: CitySummary,
    country: Country,
    _folder: TempDir,
}

/// Runs a story on SQLite and, where it is installed, on PostgreSQL.
fn on_both(story: impl Fn(City)) {
    let folder = TempDir::new().unwrap();
    let mut places = vec![Place::File(folder.path().join("demo.db"))];
    match testkit::postgres() {
        Some(server) => places.push(Place::Postgres(server.fresh_database())),
        None => testkit::skip("the sample city on PostgreSQL: it is not installed"),
    }
    for place in places {
        let (db, country) = (open(&place), country());
        let summary = make(&db, &country);
        story(City {
            db,
            summary,
            country,
            _folder: TempDir::new().unwrap(),
        });
    }
}

fn number(db: &Db, sql: &'static str) -> i64 {
    db.read_blocking(move |tx| tx.query_one(sql, &[])?.get(0))
        .unwrap_or_else(|error: db::Error| panic!("{error}"))
}

/// A snapshot of every table, as a backup writes it.
fn everything(db: &Db) -> Vec<u8> {
    #[derive(Clone, Default)]
    struct Shared(Arc<Mutex<Vec<u8>>>);
    impl std::io::Write for Shared {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0.lock().unwrap().extend_from_slice(bytes);
            Ok(bytes.len())
        }
        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }
    let out = Shared::default();
    db.backup(out.clone()).unwrap();
    let bytes = out.0.lock().unwrap();
    bytes.clone()
}

#[test]
fn the_same_seed_and_day_make_the_same_city() {
    let folder = TempDir::new().unwrap();
    let made = ["one.db", "two.db"].map(|name| {
        let db = open(&Place::File(folder.path().join(name)));
        let summary = make(&db, &country());
        (summary, everything(&db))
    });
    assert_eq!(made[0].0, made[1].0);
    assert!(
        made[0].1 == made[1].1,
        "two makings differ somewhere in their tables"
    );
}

#[test]
fn a_making_that_was_cut_is_not_taken_for_a_city() {
    let folder = TempDir::new().unwrap();
    let db = open(&Place::File(folder.path().join("cut.db")));
    let country = country();
    assert!(!demo::is_begun(&db).unwrap());
    let cut = std::panic::catch_unwind(|| {
        let progress = |part, done, _| assert!(part == Part::Households || done < 90, "cut");
        let options = MakeOptions {
            seed: SEED,
            residents: RESIDENTS,
            today: TODAY,
            progress,
        };
        demo::make_city(&db, &country, options)
    });
    assert!(cut.is_err());
    assert!(demo::is_begun(&db).unwrap());
    assert!(!demo::is_complete(&db).unwrap());
    assert!(Demo::open(&db, &country, Timestamp::UNIX_EPOCH).is_err());
    let again = MakeOptions {
        seed: SEED,
        residents: RESIDENTS,
        today: TODAY,
        progress: |_, _, _| {},
    };
    assert!(matches!(
        demo::make_city(&db, &country, again),
        Err(demo::Error::Occupied)
    ));
}

/// How many events of each kind a plan holds.
fn planned(plan: &CityPlan) -> BTreeMap<&'static str, usize> {
    let mut counts = BTreeMap::new();
    for (_, event) in &plan.events {
        let kind = match event {
            Event::BirthNoticed { .. } => "births",
            Event::BirthRegistered { .. } => "registrations",
            Event::Died { .. } => "deaths",
            Event::MovedIn { .. } => "moved in",
            Event::MovedOut { .. } => "moved out",
            Event::MovedWithin { .. } => "moved within",
            _ => continue,
        };
        *counts.entry(kind).or_default() += 1;
    }
    counts
}

#[test]
fn the_register_holds_what_the_plan_says() {
    on_both(|city| {
        let data = demo::sample_data(&city.country).unwrap();
        let plan = CityPlan::draw(SEED, RESIDENTS, TODAY, &data);
        let counts = planned(&plan);
        let of = |kind| i64::try_from(counts.get(kind).copied().unwrap_or(0)).unwrap();

        let births = number(&city.db, "SELECT COUNT(*) FROM people_birth");
        // The last morning adds those that wait for their registration.
        let waiting = number(
            &city.db,
            "SELECT COUNT(*) FROM people_birth WHERE state <> 'registered'",
        );
        assert!(
            births >= of("births") && births <= of("births") + 4,
            "{births}"
        );
        assert!(
            births - waiting >= of("registrations"),
            "{births} {waiting}"
        );
        assert!(waiting >= 1, "a birth waits for the visitor");
        let deaths = number(
            &city.db,
            "SELECT COUNT(*) FROM people_person WHERE died IS NOT NULL",
        );
        assert!(
            deaths >= of("deaths") && deaths <= of("deaths") + 2,
            "{deaths}"
        );

        let now =
            "SELECT COUNT(*) FROM people_member WHERE until IS NULL AND superseded_at IS NULL";
        let residents = number(&city.db, now);
        assert_eq!(
            residents - waiting,
            i64::try_from(city.summary.residents).unwrap()
        );
        let drawn = i64::try_from(plan.living.residents()).unwrap();
        assert!(
            (residents - waiting - drawn).abs() <= 3,
            "{residents} {drawn}"
        );
        let households = number(
            &city.db,
            "SELECT COUNT(DISTINCT household_id) FROM people_member \
             WHERE until IS NULL AND superseded_at IS NULL",
        );
        assert_eq!(households, i64::try_from(city.summary.households).unwrap());
        let moved = number(
            &city.db,
            "SELECT COUNT(*) FROM people_address WHERE since >= '2025-11-23'",
        );
        let expected = of("moved in") + of("moved within");
        assert!(moved >= expected, "{moved} of {expected} new addresses");
    });
}

#[test]
fn the_city_has_lived_and_rests() {
    on_both(|city| {
        let CitySummary { tally, offers, .. } = &city.summary;
        assert!(
            *offers > 0 && tally.applications > 0 && tally.decided > 0,
            "{tally:?}"
        );
        assert_eq!(
            number(
                &city.db,
                "SELECT COUNT(*) FROM benefits_offer o JOIN people_person p \
                 ON p.id = o.recipient_id OR p.id = o.about_id \
                 WHERE p.died IS NOT NULL AND o.state IN ('open', 'waiting', 'postponed')",
            ),
            0,
            "an offer to the dead"
        );
        let cases = number(&city.db, "SELECT COUNT(*) FROM cases_case");
        let begun = number(
            &city.db,
            "SELECT COUNT(DISTINCT case_id) FROM cases_step WHERE state = 'received'",
        );
        assert!(cases > 0);
        assert_eq!(cases, begun, "every case has a first step");
        let states = city
            .db
            .read_blocking(|tx| spine::states(tx, &["benefits"]))
            .unwrap();
        assert!(
            states
                .iter()
                .all(|it| it.behind == 0 && it.failure.is_none()),
            "{states:?}"
        );
        assert_eq!(
            number(
                &city.db,
                "SELECT COUNT(*) FROM people_fact WHERE checked_at > known_at OR agency = '' OR basis = ''",
            ),
            0,
            "every fact was confirmed before it was known here, by somebody, under some law"
        );
    });
}

#[test]
fn a_year_of_offers_is_in_time_once_and_to_the_living() {
    on_both(|city| {
        let none = |what: &str, sql: &'static str| assert_eq!(number(&city.db, sql), 0, "{what}");
        none(
            "offered twice",
            "SELECT COUNT(*) FROM (SELECT benefit FROM benefits_offer WHERE state <> 'closed' \
             GROUP BY benefit, household_id, about_id HAVING COUNT(*) > 1) AS twice",
        );
        none(
            "offered more than a day after what opened it",
            "SELECT COUNT(*) FROM benefits_offer o JOIN spine_fact f ON f.id = o.occasion_id \
             WHERE o.made_at - f.at > 86400000000",
        );
        none(
            "offered to a home that nobody lives in",
            "SELECT COUNT(*) FROM benefits_offer o WHERE o.state IN ('open', 'waiting', 'postponed') \
             AND NOT EXISTS (SELECT 1 FROM people_member m WHERE m.household_id = o.household_id \
             AND m.until IS NULL AND m.superseded_at IS NULL)",
        );
        none(
            "offered about somebody who lives elsewhere",
            "SELECT COUNT(*) FROM benefits_offer o WHERE o.state IN ('open', 'waiting', 'postponed') \
             AND o.about_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM people_member m \
             WHERE m.household_id = o.household_id AND m.person_id = o.about_id \
             AND m.until IS NULL AND m.superseded_at IS NULL)",
        );
        let announced = city.db.read_blocking(|tx| {
            tx.query_map(
                "SELECT opens_on, made_at FROM benefits_offer WHERE opens_on IS NOT NULL",
                &[],
                |row| Ok((row.get::<Date>(0)?, row.get::<Timestamp>(1)?)),
            )
        });
        let announced = announced.unwrap_or_else(|error: db::Error| panic!("{error}"));
        for (day, made) in announced {
            assert!(
                base::seoul_date(made) < day,
                "announced on {made}, due on {day}"
            );
        }
    });
}

/// What somebody may have for certain, in one order.
fn owed(all: &[Owed]) -> Vec<(&str, Option<PersonId>, Option<i64>)> {
    let certain = all.iter().filter(|it| it.outcome == Outcome::Eligible);
    let mut certain: Vec<_> = certain
        .map(|it| (it.benefit.as_str(), it.about, it.amount))
        .collect();
    certain.sort_unstable();
    certain
}

/// What is remembered as owed is what the rules say of every household on the last morning.
#[test]
fn what_is_remembered_is_what_the_rules_owe() {
    on_both(|city| {
        let (desk, life) = (Desk::of(&city.country), city.country.life.clone());
        let opens = base::SystemClock.now();
        let now = city.db.read_blocking(|tx| {
            tx.query_one("SELECT MAX(known_at) FROM benefits_household", &[])?
                .get::<Timestamp>(0)
        });
        let now = now.unwrap_or(opens);
        let mut last = None;
        let mut looked = 0;
        loop {
            let looks = city.db.read_blocking(move |tx| {
                let page = people::households(tx, last, 100)?;
                let end = page.last().copied();
                let looks = page.into_iter().map(|it| load(tx, it, Cause::Day, now));
                Ok::<_, Error>((end, looks.collect::<Result<Vec<_>, _>>()?))
            });
            let (end, looks) = looks.unwrap_or_else(|error| panic!("{error}"));
            for look in &looks {
                let told = conclude(&desk, &life, look);
                let remembered = look.last.as_ref().map_or(Vec::new(), |it| owed(&it.owed));
                assert_eq!(remembered, owed(&told.owed), "{}", told.household);
                looked += usize::from(!told.is_empty);
            }
            if end.is_none() {
                break;
            }
            last = end;
        }
        assert!(looked >= city.summary.households, "{looked} were looked at");
    });
}

#[test]
fn only_personas_have_a_password_and_nobody_an_address() {
    on_both(|city| {
        let with = "SELECT COUNT(*) FROM web_account WHERE password_hash IS NOT NULL";
        let demo = Demo::open(&city.db, &city.country, Timestamp::UNIX_EPOCH).unwrap();
        assert_eq!(
            number(&city.db, with),
            i64::try_from(demo.faces().len()).unwrap()
        );
        assert_eq!(demo.faces().len(), 11);
        assert_eq!(
            number(
                &city.db,
                "SELECT COUNT(*) FROM notices_contact WHERE email IS NOT NULL"
            ),
            0
        );
        assert!(demo.hospital_token().starts_with("wise_"));
    });
}

fn serve(city: &City, machine: Timestamp) -> (App, Demo) {
    let demo = Demo::open(&city.db, &city.country, machine).unwrap();
    let app = server::build(Settings {
        db: city.db.clone(),
        clock: demo.clock(),
        entropy: Entropy::seeded(9),
        country: city.country.clone(),
        instance: "sole".into(),
        base_url: "http://127.0.0.1:8080".into(),
        behind_proxy: false,
        oidc: None,
        channels: Channels::default(),
        demo: true,
    })
    .unwrap();
    (app, demo)
}

#[test]
fn two_days_are_played() {
    on_both(|city| {
        let machine = base::SystemClock.now();
        let (app, demo) = serve(&city, machine);
        let opens: Timestamp = "2026-11-23T00:00:00Z".parse().unwrap();
        let late = demo.clock().now().duration_since(opens).as_secs();
        assert!((0..60).contains(&late), "opens at nine: {late} s");
        let facts = "SELECT COUNT(*) FROM spine_fact";
        let before = number(&city.db, facts);
        for day in ["2026-11-24T00:00:00Z", "2026-11-25T00:00:00Z"] {
            let until: Timestamp = day.parse().unwrap();
            let played = demo.play(&app).unwrap_or_else(|error| panic!("{error}"));
            assert_eq!(played.until, until);
            assert!(demo.clock().now() >= until);
        }
        assert!(
            number(&city.db, facts) > before,
            "in two days of a city something happens"
        );
        let states = city
            .db
            .read_blocking(|tx| spine::states(tx, &["benefits"]))
            .unwrap();
        assert!(states.iter().all(|it| it.behind == 0), "{states:?}");

        // A start on another day keeps the distance that the days have made.
        let later = machine + jiff::SignedDuration::from_hours(5);
        let again = Demo::open(&city.db, &city.country, later).unwrap();
        let apart = again.clock().now().duration_since(demo.clock().now());
        assert!(apart.as_secs().abs() < 5, "{apart:?}");
    });
}

#[test]
fn a_visitor_chooses_and_lets_a_day_pass() {
    on_both(|city| {
        let (app, demo) = serve(&city, base::SystemClock.now());
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .enable_all()
            .build()
            .unwrap();
        runtime.block_on(async {
            let routes = server::routes("/demo").merge(demo::routes(demo.clone()));
            let client = Client::new(routes.into_router(app.clone()));
            let first = client.get("/").await;
            assert_eq!(first.header("location"), "/demo");
            let choose = client.get("/demo").await;
            for face in demo.faces() {
                assert!(choose.body.contains(&face.name.ko), "{}", face.name.ko);
                let value = format!("value=\"{}\"", face.login);
                assert!(choose.body.contains(&value), "{value}");
            }
            // Officials without a card, and names that nobody has, open no door.
            for wrong in ["moon-gayoung", "hanbit-hospital", "nobody", ""] {
                let refused = client.send("/demo/enter", &[("persona", wrong)]).await;
                assert_eq!(refused.status, StatusCode::NOT_FOUND, "{wrong}");
                client.get("/demo").await;
            }
            let entered = client
                .send("/demo/enter", &[("persona", "kim-haneul")])
                .await;
            assert_eq!(entered.header("location"), "/", "{}", entered.body);
            let offers = client.get("/offers").await;
            assert_eq!(offers.status, StatusCode::OK);
            assert!(offers.body.contains("첫만남이용권"), "{}", offers.body);

            // The bar of every page says where it was pressed.
            assert_eq!(offers.field("back"), "/offers");
            let pressed = client.send("/demo/day", &[("back", "/offers")]).await;
            assert_eq!(pressed.header("location"), "/offers", "{}", pressed.body);
            demo.wait(std::time::Duration::from_secs(120)).await;
            let after = client.get("/demo").await;
            assert!(after.body.contains("2026년 11월 24일"), "{}", after.body);
            let played = demo.job().last.expect("a day was played");
            let until: Timestamp = "2026-11-24T00:00:00Z".parse().unwrap();
            assert_eq!(played.until, until);
            assert!(
                after.body.contains("김하늘"),
                "still signed in: {}",
                after.body
            );
            for elsewhere in ["https://example.org/", "//example.org/", "/\\example.org"] {
                let pressed = client.send("/demo/day", &[("back", elsewhere)]).await;
                assert_eq!(pressed.header("location"), "/demo", "{elsewhere}");
            }
        });
    });
}

#[test]
fn a_day_is_played_once_at_a_time() {
    on_both(|city| {
        let (app, demo) = serve(&city, base::SystemClock.now());
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .enable_all()
            .build()
            .unwrap();
        runtime.block_on(async {
            assert!(demo.start_day(&app));
            assert!(!demo.start_day(&app), "a second press starts nothing");
            demo.wait(std::time::Duration::from_secs(120)).await;
            assert_eq!(demo.job().failure, None);
            let last = demo.job().last.expect("the day came to its end");
            let until: Timestamp = "2026-11-24T00:00:00Z".parse().unwrap();
            assert_eq!(last.until, until, "and one day passed, not two");
        });
    });
}

#[test]
fn a_real_place_has_no_doors_of_the_demo() {
    let routes = server::routes("/login");
    assert!(routes.list().iter().all(|it| !it.path.starts_with("/demo")));
    let tables: Vec<_> = server::migrations().iter().map(|it| it.id).collect();
    assert!(demo::MIGRATIONS.iter().all(|it| !tables.contains(&it.id)));
}
