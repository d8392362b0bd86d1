//! Followers on both databases: nothing is lost, nothing takes effect twice, order is commit order.

use std::io::Write;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use base::ids::Pseudonym;
use base::{Clock, Entropy, SystemClock};
use db::{Db, Durability, Migration, Place, Tx, values};
use serde::{Deserialize, Serialize};
use spine::{Cx, Error, Fact, FactKind, Follower, Followers};
use testkit::KillLoop;

const TABLES: Migration = Migration {
    id: "202601010000_test_effects",
    sql: "CREATE TABLE effect (seq {{serial}}, fact TEXT NOT NULL UNIQUE, \
          times BIGINT NOT NULL, number BIGINT NOT NULL); \
          CREATE TABLE work (name TEXT PRIMARY KEY);",
};

/// One thing that happened.
#[derive(Serialize, Deserialize)]
struct Happened {
    number: i64,
}

impl FactKind for Happened {
    const KIND: &'static str = "test.happened.v1";
    fn sample() -> Self {
        Self { number: 1 }
    }
}

/// Counts how often each fact takes effect.
struct Counter;

impl Follower for Counter {
    type Loaded = Vec<(String, i64)>;
    type Conclusion = Vec<(String, i64)>;

    fn name(&self) -> &'static str {
        "counter"
    }

    fn wants(&self, kind: &str) -> bool {
        kind == Happened::KIND
    }

    fn load(&self, _: &mut Tx<'_>, facts: &[Fact]) -> Result<Vec<(String, i64)>, Error> {
        facts
            .iter()
            .map(|fact| {
                let number = fact.read::<Happened>()?.map_or(0, |it| it.number);
                Ok((fact.id.clone(), number))
            })
            .collect()
    }

    fn conclude(&self, loaded: Vec<(String, i64)>) -> Result<Vec<(String, i64)>, Error> {
        Ok(loaded)
    }

    fn apply(&self, cx: &mut Cx<'_, '_>, effects: &Vec<(String, i64)>) -> Result<(), Error> {
        for (fact, number) in effects {
            cx.tx.execute(
                "INSERT INTO effect (fact, times, number) VALUES ($1, 1, $2) \
                 ON CONFLICT (fact) DO UPDATE SET times = effect.times + 1",
                values![fact, *number],
            )?;
        }
        Ok(())
    }
}

fn open(place: &Place) -> Db {
    let db = Db::open(place, Durability::Full).unwrap();
    let mut migrations = spine::MIGRATIONS.to_vec();
    migrations.push(TABLES);
    db.migrate(&migrations).unwrap();
    db
}

fn followers(db: &Db, holder: &str) -> Followers {
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    Followers::new(db.clone(), clock, Entropy::system(), holder.to_owned()).with(Counter)
}

/// Work and its fact in one transaction; the name comes back when both are durable.
fn work(db: &Db, name: &str, number: i64) -> Result<(), Error> {
    let name = name.to_owned();
    db.write_blocking(move |tx| {
        let mut rng = Entropy::system().rng();
        let now = SystemClock.now();
        let subject = Pseudonym::new(now, &mut rng);
        tx.execute("INSERT INTO work (name) VALUES ($1)", values![&name])?;
        let mut cx = Cx {
            tx,
            now,
            rng: &mut rng,
            actor: None,
        };
        cx.append(subject, &Happened { number })?;
        Ok::<_, Error>(())
    })
}

fn on_both(story: impl Fn(&Place)) {
    let folder = tempfile::tempdir().unwrap();
    story(&Place::File(folder.path().join("wise.db")));
    match testkit::postgres() {
        Some(server) => story(&Place::Postgres(server.fresh_database())),
        None => testkit::skip("spine stories on PostgreSQL: it is not installed"),
    }
}

fn numbers(db: &Db) -> (i64, i64, i64, i64) {
    db.read_blocking(|tx| {
        let row = tx.query_one(
            "SELECT (SELECT COUNT(*) FROM work), (SELECT COUNT(*) FROM spine_fact), \
             (SELECT COUNT(*) FROM effect), (SELECT COALESCE(MAX(times), 0) FROM effect)",
            &[],
        )?;
        Ok::<_, db::Error>((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?))
    })
    .unwrap()
}

#[test]
fn every_fact_takes_effect_once_and_a_replay_changes_nothing_that_is_idempotent() {
    on_both(|place| {
        let db = open(place);
        for number in 0..200 {
            work(&db, &format!("w{number}"), number).unwrap();
        }
        let followers = followers(&db, "one");
        followers.drain().unwrap();
        assert_eq!(numbers(&db), (200, 200, 200, 1));
        followers.drain().unwrap();
        assert_eq!(numbers(&db), (200, 200, 200, 1));
        db.write_blocking(|tx| spine::rewind(tx, "counter"))
            .unwrap();
        followers.drain().unwrap();
        assert_eq!(numbers(&db), (200, 200, 200, 2));
    });
}

#[test]
fn a_follower_never_skips_a_slow_writer() {
    on_both(|place| {
        let db = open(place);
        let followers = followers(&db, "one");
        let stop = Arc::new(AtomicBool::new(false));
        let draining = {
            let (followers, stop) = (followers.clone(), stop.clone());
            std::thread::spawn(move || {
                while !stop.load(std::sync::atomic::Ordering::Relaxed) {
                    followers.drain().unwrap();
                }
            })
        };
        // Slow writers take their number early and commit late, across one another.
        let writers: Vec<_> = (0..4_u64)
            .map(|writer| {
                let db = db.clone();
                std::thread::spawn(move || {
                    for round in 0..10_u64 {
                        db.write_blocking(move |tx| {
                            let mut rng = Entropy::system().rng();
                            let now = SystemClock.now();
                            let subject = Pseudonym::new(now, &mut rng);
                            let mut cx = Cx {
                                tx,
                                now,
                                rng: &mut rng,
                                actor: None,
                            };
                            cx.append(subject, &Happened { number: 1 })?;
                            let pause = (writer * 7 + round * 5) % 23;
                            std::thread::sleep(Duration::from_millis(pause));
                            Ok::<_, Error>(())
                        })
                        .unwrap();
                    }
                })
            })
            .collect();
        for writer in writers {
            writer.join().unwrap();
        }
        stop.store(true, std::sync::atomic::Ordering::Relaxed);
        draining.join().unwrap();
        followers.drain().unwrap();
        let (_, facts, effects, most) = numbers(&db);
        assert_eq!((facts, effects, most), (40, 40, 1));
    });
}

#[test]
fn several_processes_share_the_work_without_doing_it_twice() {
    let Some(server) = testkit::postgres() else {
        testkit::skip("several processes on one PostgreSQL: it is not installed");
        return;
    };
    let place = Place::Postgres(server.fresh_database());
    let db = open(&place);
    for number in 0..300 {
        work(&db, &format!("w{number}"), number).unwrap();
    }
    let workers: Vec<_> = (0..3)
        .map(|worker| {
            let place = place.clone();
            std::thread::spawn(move || {
                let own = Db::open(&place, Durability::Full).unwrap();
                followers(&own, &format!("process-{worker}"))
                    .drain()
                    .unwrap();
            })
        })
        .collect();
    for worker in workers {
        worker.join().unwrap();
    }
    // A part may have been left to a holder that has ended; its lease runs out.
    for _ in 0..80 {
        followers(&db, "last").drain().unwrap();
        if numbers(&db).2 == 300 {
            break;
        }
        std::thread::sleep(Duration::from_millis(100));
    }
    assert_eq!(numbers(&db), (300, 300, 300, 1));
}

#[test]
fn a_restored_spine_is_read_on_where_it_was_left() {
    on_both(|place| {
        let db = open(place);
        for number in 0..20 {
            work(&db, &format!("w{number}"), number).unwrap();
        }
        followers(&db, "one").drain().unwrap();
        for number in 20..30 {
            work(&db, &format!("w{number}"), number).unwrap();
        }
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("backup.gz");
        db.backup(std::fs::File::create(&path).unwrap()).unwrap();
        let fresh = open(&Place::File(folder.path().join("other/wise.db")));
        fresh.restore(std::fs::File::open(&path).unwrap()).unwrap();
        fresh.write_blocking(spine::after_restore).unwrap();
        work(&fresh, "after", 30).unwrap();
        followers(&fresh, "one").drain().unwrap();
        assert_eq!(numbers(&fresh), (31, 31, 31, 1));
    });
}

/// The process that is killed: works, follows, and says what it was told is durable.
#[test]
#[ignore = "a child process of the kill test"]
fn child_that_is_killed() {
    let place = match std::env::var("KILL_FILE") {
        Ok(path) => Place::File(path.into()),
        Err(_) => Place::Postgres(std::env::var("KILL_URL").unwrap()),
    };
    let db = open(&place);
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()
        .unwrap();
    let stop = Arc::new(AtomicBool::new(false));
    followers(&db, "the-one").start(runtime.handle(), &stop);
    let mut out = std::io::stdout();
    writeln!(out, "ready").unwrap();
    for number in 0.. {
        let name = format!("{}-{number}", std::process::id());
        work(&db, &name, number).unwrap();
        writeln!(out, "did {name}").unwrap();
        out.flush().unwrap();
    }
}

fn kill_story(variable: &str, value: String, place: &Place, kills: usize) {
    let runs = KillLoop::new(std::env::current_exe().unwrap())
        .args([
            "--exact",
            "child_that_is_killed",
            "--ignored",
            "--nocapture",
        ])
        .env(variable, value)
        .ready_at("ready")
        .window(Duration::ZERO, Duration::from_millis(120))
        .seed(20_261_123)
        .run(kills)
        .unwrap();
    let done: Vec<&str> = runs
        .iter()
        .flat_map(|run| &run.lines)
        .filter_map(|line| line.strip_prefix("did "))
        .collect();
    assert!(runs.iter().all(|run| run.was_killed));
    assert!(
        done.len() > kills,
        "the child did too little: {}",
        done.len()
    );
    let db = open(place);
    followers(&db, "the-one").drain().unwrap();
    for name in &done {
        let name = (*name).to_owned();
        let found = db
            .read_blocking(move |tx| {
                tx.query_opt("SELECT name FROM work WHERE name = $1", values![&name])
            })
            .unwrap();
        assert!(found.is_some(), "acknowledged work was lost");
    }
    let (work, facts, effects, most) = numbers(&db);
    assert_eq!((work, work), (facts, effects), "work, facts, effects");
    assert_eq!(most, 1, "a fact took effect twice");
}

#[test]
fn a_process_killed_at_any_moment_loses_and_doubles_nothing() {
    let kills = KillLoop::kills(20);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("wise.db");
    let text = path.to_string_lossy().into_owned();
    kill_story("KILL_FILE", text, &Place::File(path), kills);
    match testkit::postgres() {
        Some(server) => {
            let url = server.fresh_database();
            kill_story("KILL_URL", url.clone(), &Place::Postgres(url), kills);
        }
        None => testkit::skip("the kill test on PostgreSQL: it is not installed"),
    }
}
