//! The same stories on both databases.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use db::{Db, Durability, Error, Migration, Place, values};

const MIGRATIONS: &[Migration] = &[Migration {
    id: "202601010000_test_tables",
    sql: "CREATE TABLE note (id {{serial}}, name TEXT NOT NULL UNIQUE, number BIGINT, \
          part DOUBLE PRECISION, bytes BYTEA); \
          CREATE TABLE tally (name TEXT PRIMARY KEY, count BIGINT NOT NULL);",
}];

/// Runs a story on SQLite and, where it is installed, on PostgreSQL.
fn on_both(story: impl Fn(Db, &dyn Fn() -> Place)) {
    let folder = tempfile::tempdir().unwrap();
    let number = AtomicUsize::new(0);
    let file = || {
        let count = number.fetch_add(1, Ordering::Relaxed);
        Place::File(folder.path().join(format!("{count}/wise.db")))
    };
    story(migrated(&file()), &file);
    match testkit::postgres() {
        Some(server) => {
            let fresh = || Place::Postgres(server.fresh_database());
            story(migrated(&fresh()), &fresh);
        }
        None => testkit::skip("db stories on PostgreSQL: it is not installed"),
    }
}

fn migrated(place: &Place) -> Db {
    let db = Db::open(place, Durability::Full).unwrap();
    db.migrate(MIGRATIONS).unwrap();
    db
}

fn count(db: &Db, table: &'static str) -> i64 {
    db.read_blocking(move |tx| {
        tx.query_one(&format!("SELECT COUNT(*) FROM {table}"), &[])?
            .get::<i64>(0)
    })
    .unwrap()
}

fn add(db: &Db, name: &'static str) -> Result<u64, Error> {
    db.write_blocking(move |tx| tx.execute("INSERT INTO note (name) VALUES ($1)", values![name]))
}

#[test]
fn every_kind_of_value_comes_back_as_it_went() {
    on_both(|db, _| {
        let row = db
            .write_blocking(|tx| {
                tx.query_one(
                    "INSERT INTO note (bytes, name, number, part) VALUES ($4, $1, $2, $3) \
                     RETURNING name, number, part, bytes",
                    values!["한빛", i64::MAX, 0.1, vec![0_u8, 255]],
                )
            })
            .unwrap();
        assert_eq!(row.get::<String>(0).unwrap(), "한빛");
        assert_eq!(row.get::<i64>(1).unwrap(), i64::MAX);
        assert!((row.get::<f64>(2).unwrap() - 0.1).abs() < f64::EPSILON);
        assert_eq!(row.get::<Vec<u8>>(3).unwrap(), [0, 255]);
    });
}

#[test]
fn what_fails_leaves_nothing_and_its_neighbours_alone() {
    on_both(|db, _| {
        let failed: Result<(), Error> = db.write_blocking(|tx| {
            tx.execute("INSERT INTO note (name) VALUES ('lost')", &[])?;
            Err(Error::Closed)
        });
        assert!(matches!(failed, Err(Error::Closed)));
        add(&db, "kept").unwrap();
        assert!(add(&db, "kept").is_err());
        assert_eq!(count(&db, "note"), 1);
    });
}

#[test]
fn a_panic_is_an_error_and_the_next_work_goes_on() {
    on_both(|db, _| {
        let failed: Result<(), Error> = db.write_blocking(|tx| {
            tx.execute("INSERT INTO note (name) VALUES ('lost')", &[])?;
            panic!("on purpose")
        });
        assert!(matches!(failed, Err(Error::Panicked(_))), "{failed:?}");
        add(&db, "kept").unwrap();
        assert_eq!(count(&db, "note"), 1);
    });
}

#[test]
fn what_a_reader_writes_does_not_stay() {
    on_both(|db, _| {
        let refused =
            db.read_blocking(|tx| tx.execute("INSERT INTO note (name) VALUES ('x')", &[]));
        assert!(refused.is_err());
        assert_eq!(count(&db, "note"), 0);
    });
}

#[test]
fn concurrent_read_then_write_loses_no_update() {
    on_both(|db, _| {
        db.write_blocking(|tx| tx.execute("INSERT INTO tally (name, count) VALUES ('a', 0)", &[]))
            .unwrap();
        let db = Arc::new(db);
        let writers: Vec<_> = (0..4)
            .map(|_| {
                let db = db.clone();
                std::thread::spawn(move || {
                    for _ in 0..25 {
                        db.write_blocking(|tx| {
                            let seen: i64 = tx
                                .query_one("SELECT count FROM tally WHERE name = 'a'", &[])?
                                .get(0)?;
                            tx.execute("UPDATE tally SET count = $1", values![seen + 1])
                        })
                        .unwrap();
                    }
                })
            })
            .collect();
        for writer in writers {
            writer.join().unwrap();
        }
        let total: i64 = db
            .read_blocking(|tx| tx.query_one("SELECT count FROM tally", &[])?.get::<i64>(0))
            .unwrap();
        assert_eq!(total, 100);
    });
}

#[test]
fn a_migration_is_applied_once_and_never_changed() {
    on_both(|db, _| {
        assert!(db.migrate(MIGRATIONS).unwrap().is_empty());
        let changed = [Migration {
            sql: "CREATE TABLE other (id TEXT)",
            ..MIGRATIONS[0]
        }];
        let error = db.migrate(&changed).unwrap_err().to_string();
        assert!(error.contains("was changed"), "{error}");
        let error = db.migrate(&[]).unwrap_err().to_string();
        assert!(error.contains("newer wise"), "{error}");
    });
}

#[test]
fn a_backup_taken_while_writing_is_one_snapshot_and_restores() {
    on_both(|db, fresh| {
        add(&db, "first").unwrap();
        let db = Arc::new(db);
        let writer = {
            let db = db.clone();
            std::thread::spawn(move || {
                for number in 0..300_i64 {
                    db.write_blocking(move |tx| {
                        let name = format!("n{number}");
                        tx.execute("INSERT INTO note (name) VALUES ($1)", values![&name])?;
                        tx.execute(
                            "INSERT INTO tally (name, count) VALUES ($1, 1)",
                            values![&name],
                        )
                    })
                    .unwrap();
                }
            })
        };
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("backup.gz");
        let saved = db.backup(std::fs::File::create(&path).unwrap()).unwrap();
        writer.join().unwrap();
        let other = migrated(&fresh());
        let loaded = other.restore(std::fs::File::open(&path).unwrap()).unwrap();
        assert_eq!(saved, loaded);
        // Every note but the first came with its tally in one transaction.
        assert_eq!(count(&other, "note"), count(&other, "tally") + 1);
        add(&other, "after the restore").unwrap();
        let again = other
            .restore(std::fs::File::open(&path).unwrap())
            .unwrap_err();
        assert!(again.to_string().contains("not empty"), "{again}");
    });
}

#[test]
fn a_cut_backup_restores_nothing() {
    on_both(|db, fresh| {
        add(&db, "first").unwrap();
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("backup.gz");
        db.backup(std::fs::File::create(&path).unwrap()).unwrap();
        let whole = std::fs::read(&path).unwrap();
        let other = migrated(&fresh());
        for cut in [0, 10, whole.len() / 2, whole.len() - 9] {
            let part = std::io::Cursor::new(whole[..cut].to_vec());
            assert!(other.restore(part).is_err(), "cut at {cut}");
        }
        assert_eq!(count(&other, "note"), 0);
    });
}

#[test]
fn changes_are_signalled_after_the_commit() {
    on_both(|db, _| {
        let seen = *db.changes().borrow();
        db.write_blocking(|tx| {
            tx.execute("INSERT INTO note (name) VALUES ('x')", &[])?;
            tx.signal()
        })
        .unwrap();
        for _ in 0..200 {
            if *db.changes().borrow() > seen {
                return;
            }
            std::thread::sleep(std::time::Duration::from_millis(10));
        }
        panic!("nobody was woken");
    });
}

#[test]
fn two_processes_cannot_write_to_one_data_folder() {
    let folder = tempfile::tempdir().unwrap();
    let place = Place::File(folder.path().join("wise.db"));
    let first = migrated(&place);
    let second = Db::open(&place, Durability::Full).err().unwrap();
    assert!(matches!(second, Error::InUse { .. }), "{second}");
    assert!(Db::open_read_only(&place).is_ok());
    drop(first);
}

#[test]
fn a_server_that_cannot_be_reached_is_named_without_its_password() {
    let place = Place::Postgres("postgres://wise:secret@127.0.0.1:1/wise".into());
    let error = Db::open(&place, Durability::Full)
        .err()
        .unwrap()
        .to_string();
    assert!(
        error.contains("127.0.0.1") && !error.contains("secret"),
        "{error}"
    );
}

#[test]
fn a_line_to_postgres_is_encrypted_and_verified_when_the_url_says_so() {
    let Some(server) = testkit::postgres() else {
        testkit::skip("TLS to PostgreSQL: it is not installed");
        return;
    };
    let plain = server.fresh_database();
    let named = plain.replace("127.0.0.1", "localhost");
    let roots = server.authority().display().to_string();
    let is_encrypted = |url: String| {
        Db::open(&Place::Postgres(url), Durability::Full)?.read_blocking(|tx| {
            tx.query_one(
                "SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()",
                &[],
            )?
            .get::<bool>(0)
        })
    };
    assert!(!is_encrypted(plain.clone()).unwrap());
    let trusted = format!("?sslmode=require&sslrootcert={roots}");
    assert!(is_encrypted(format!("{named}{trusted}")).unwrap());
    // Somebody else's authority, and a certificate for another name.
    for url in [
        format!("{named}?sslmode=require"),
        format!("{plain}{trusted}"),
    ] {
        let refused = is_encrypted(url.clone()).unwrap_err().to_string();
        assert!(refused.contains("certificate"), "{url}: {refused}");
    }
}
