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
    population::write(&folder.path().join("people.parquet"), 3, 20);
    let said = done(sweep(folder.path(), "out"));
    assert!(said.contains("60 households in 3 row groups"), "{said}");

    let table = |name: &str, path: &str| format!("{name}={}", folder.path().join(path).display());
    let sums = |query: &str| {
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
    let of_rows = sums(
        "SELECT benefit, municipality, count(amount) AS eligible, count(*) - count(amount) AS unknown, \
         coalesce(sum(amount), 0) AS amount FROM entitlements JOIN people USING (household) \
         GROUP BY benefit, municipality ORDER BY benefit, municipality",
    );
    let of_totals = sums("SELECT * FROM totals ORDER BY benefit, municipality");
    assert!(of_rows.lines().count() > 50, "{of_rows}");
    assert_eq!(of_rows, of_totals);
    let summary = fs::read_to_string(folder.path().join("out/sweep.json")).unwrap();
    assert!(summary.contains("\"on\": \"2026-11-25\""), "{summary}");
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
    assert_eq!(names, ["sweep.json", "totals.parquet"]);
}

#[test]
fn earlier_results_are_not_written_over() {
    let folder = tempfile::tempdir().unwrap();
    population::write(&folder.path().join("people.parquet"), 1, 5);
    done(sweep(folder.path(), "out"));
    let said = refused(sweep(folder.path(), "out"));
    assert!(said.contains("already there"), "{said}");
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
    assert!(!folder.path().join("out").exists());
}
