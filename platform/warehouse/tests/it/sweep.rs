//! A sweep in one process.

use std::fs;
use std::path::Path;

use crate::population::{self, country};
use crate::process::{done, refused};

fn sweep(folder: &Path, out: &str) -> Vec<String> {
    let path = |name: &str| folder.join(name).display().to_string();
    vec![
        "sweep".to_owned(),
        "--population".to_owned(),
        path("people.parquet"),
        "--country".to_owned(),
        country().display().to_string(),
        "--on".to_owned(),
        "2026-11-25".to_owned(),
        "--out".to_owned(),
        path(out),
    ]
}

#[test]
fn results_are_asked_in_sql_and_agree_with_their_totals() {
    let folder = tempfile::tempdir().unwrap();
    population::write(&folder.path().join("people.parquet"), 3, 200);
    let said = done(sweep(folder.path(), "out"));
    assert!(said.contains("600 households in 3 row groups"), "{said}");

    let table = |name: &str, path: &str| format!("{name}={}", folder.path().join(path).display());
    let answer = |query: &str| {
        done([
            "sql",
            "--format",
            "csv",
            "--table",
            &table("people", "people.parquet"),
            "--table",
            &table("entitlements", "out/entitlements"),
            "--table",
            &table("totals", "out/totals.parquet"),
            query,
        ])
    };
    let of_rows = answer(
        "SELECT benefit, municipality, district, count(*) AS eligible, count(amount) AS paid, \
         coalesce(sum(amount), 0) AS amount FROM entitlements JOIN people ON household = id \
         GROUP BY benefit, municipality, district ORDER BY benefit, municipality, district",
    );
    let of_totals = answer(
        "SELECT benefit, municipality, district, eligible, paid, amount FROM totals WHERE eligible > 0 \
         ORDER BY benefit, municipality, district",
    );
    assert!(of_rows.lines().count() > 20, "{of_rows}");
    assert_eq!(of_rows, of_totals);
    let not_taken_up = answer("SELECT sum(eligible - received) > 0, sum(received) > 0 FROM totals");
    assert!(not_taken_up.ends_with("true,true\n"), "{not_taken_up}");
}

/// What the evaluation makes of the same population without a plan, an order or a cluster.
#[test]
fn nothing_differs_from_the_sweep_of_the_crate_below() {
    let folder = tempfile::tempdir().unwrap();
    let people = folder.path().join("people.parquet");
    population::write(&people, 4, 150);
    done(sweep(folder.path(), "out"));

    let book = population::book();
    let law = ::population::Sweep::new(&book, "2026-11-25".parse().unwrap());
    let read = ::population::Population::open(&people, book.vocabulary()).unwrap();
    let below = folder.path().join("below");
    let run = ::population::Run::new(&law, book.digest(), &read, &below).unwrap();
    let workers = ::population::Workers {
        threads: 2,
        entitlements: true,
    };
    run.finish(workers, |_, _| {}, |_| {}).unwrap();

    for name in ["manifest.json", "totals.csv", "entitlements/00003.parquet"] {
        let read = |out: &str| fs::read(folder.path().join(out).join(name)).unwrap();
        assert!(read("out") == read("below"), "{name} differs");
    }
}

#[test]
fn totals_alone_leave_no_one_named() {
    let folder = tempfile::tempdir().unwrap();
    population::write(&folder.path().join("people.parquet"), 2, 10);
    let mut args = sweep(folder.path(), "out");
    args.push("--totals-only".to_owned());
    done(&args);
    let mut names: Vec<_> = fs::read_dir(folder.path().join("out"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    assert_eq!(names, ["totals.csv", "totals.parquet"]);
    assert!(refused(&args).contains("already there"));
}

#[test]
fn a_sweep_goes_on_where_it_was_broken_off_but_not_with_anothers_results() {
    let folder = tempfile::tempdir().unwrap();
    population::write(&folder.path().join("people.parquet"), 2, 50);
    done(sweep(folder.path(), "out"));
    let path = |name: &str| folder.path().join("out").join(name);
    let (kept, redone) = (
        path("entitlements/00000.parquet"),
        path("entitlements/00001.parquet"),
    );
    let before = (
        fs::read(&redone).unwrap(),
        fs::metadata(&kept).unwrap().modified().unwrap(),
    );
    for name in [
        "entitlements/00001.parquet",
        "totals/00001.json",
        "totals.parquet",
    ] {
        fs::remove_file(path(name)).unwrap();
    }

    done(sweep(folder.path(), "out"));

    let after = (
        fs::read(&redone).unwrap(),
        fs::metadata(&kept).unwrap().modified().unwrap(),
    );
    assert_eq!(before, after);
    assert!(path("totals.parquet").exists());
    let mut other_day = sweep(folder.path(), "out");
    other_day[6] = "2026-01-01".to_owned();
    let said = refused(&other_day);
    assert!(said.contains("another day"), "{said}");
}

#[test]
fn what_is_missing_or_broken_is_named_with_the_remedy() {
    let folder = tempfile::tempdir().unwrap();
    let people = folder.path().join("people.parquet");
    let said = refused(sweep(folder.path(), "out"));
    assert!(said.contains("people.parquet: no such file"), "{said}");

    population::write(&people, 2, 50);
    let whole = fs::read(&people).unwrap();
    fs::write(&people, &whole[..whole.len() / 2]).unwrap();
    let said = refused(sweep(folder.path(), "out"));
    assert!(said.contains("cut short"), "{said}");

    fs::write(&people, &whole).unwrap();
    let mut args = sweep(folder.path(), "out");
    args[4] = folder.path().display().to_string();
    let said = refused(&args);
    assert!(said.contains("vocabulary.yaml: no such file"), "{said}");

    // A column that no fact is called.
    let renamed = "SELECT id, municipality AS munipality, members FROM people";
    let (table, wrong) = (
        format!("people={}", people.display()),
        folder.path().join("wrong.parquet"),
    );
    done([
        "sql",
        "--table",
        &table,
        "--format",
        "parquet",
        "--out",
        wrong.to_str().unwrap(),
        renamed,
    ]);
    fs::rename(&wrong, &people).unwrap();
    let said = refused(sweep(folder.path(), "out"));
    assert!(said.contains("Is `municipality` meant?"), "{said}");
    assert!(!folder.path().join("out/totals.parquet").exists());
}
