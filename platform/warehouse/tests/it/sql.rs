//! Questions in SQL, good and bad.

use std::fs;

use crate::population;
use crate::process::{done, refused};

fn people() -> (tempfile::TempDir, String) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("people.parquet");
    population::write(&file, 2, 6);
    let table = format!("people={}", file.display());
    (folder, table)
}

#[test]
fn households_and_their_members_are_counted() {
    let (_folder, table) = people();
    let said = done([
        "sql",
        "--table",
        &table,
        "SELECT count(*) AS households, sum(cardinality(members)) AS persons FROM people",
    ]);
    let persons = |said: &str| {
        said.lines()
            .nth(3)
            .unwrap()
            .split('|')
            .nth(2)
            .unwrap()
            .trim()
            .to_owned()
    };
    assert!(said.contains("| households | persons |"), "{said}");
    assert!(said.contains("| 12         | "), "{said}");
    let by_member = done([
        "sql",
        "--format",
        "csv",
        "--table",
        &table,
        "SELECT count(*) AS persons, count(m['born']) AS born, max(m['born']) < '2026-11-26' AS born_before \
         FROM (SELECT id, unnest(members) AS m FROM people)",
    ]);
    let persons = persons(&said);
    assert_eq!(
        by_member,
        format!("persons,born,born_before\n{persons},{persons},true\n")
    );
}

#[test]
fn an_answer_is_a_table_for_the_next_question() {
    let (folder, table) = people();
    let answer = folder.path().join("answers/here.parquet");
    fs::create_dir(answer.parent().unwrap()).unwrap();
    let args = [
        "sql",
        "--format",
        "parquet",
        "--out",
        answer.to_str().unwrap(),
        "--table",
        &table,
        "SELECT id, members FROM people WHERE id < 5",
    ];
    assert_eq!(done(args), "");
    let folder_of_answers = format!("answers={}", answer.parent().unwrap().display());
    let count = "SELECT count(*) AS n FROM answers";
    let said = done([
        "sql",
        "--format",
        "csv",
        "--table",
        &folder_of_answers,
        count,
    ]);
    assert_eq!(said, "n\n5\n");
    assert!(refused(args).contains("already there"));
}

#[test]
fn only_questions_are_answered() {
    let (folder, table) = people();
    let target = folder.path().join("stolen.parquet");
    let target = target.display();
    for query in [
        format!("COPY people TO '{target}'"),
        format!("COPY (SELECT 1) TO '{target}' STORED AS CSV"),
        format!("EXPLAIN ANALYZE COPY people TO '{target}'"),
        format!("CREATE EXTERNAL TABLE other STORED AS PARQUET LOCATION '{target}'"),
        "CREATE TABLE other AS SELECT * FROM people".to_owned(),
        "CREATE VIEW other AS SELECT * FROM people".to_owned(),
        "INSERT INTO people SELECT * FROM people".to_owned(),
        "DELETE FROM people".to_owned(),
        "UPDATE people SET id = 1".to_owned(),
        "DROP TABLE people".to_owned(),
        "SET datafusion.execution.batch_size = 1".to_owned(),
        "SELECT 1; DROP TABLE people".to_owned(),
    ] {
        let said = refused(["sql", "--table", &table, &query]);
        assert!(said.contains("question"), "{query}: {said}");
        let names: Vec<_> = fs::read_dir(folder.path()).unwrap().collect();
        assert_eq!(names.len(), 1, "{query}");
    }
    // A file is no table until it is named as one.
    let file = table.split_once('=').unwrap().1;
    refused(["sql", &format!("SELECT * FROM '{file}'")]);
}

#[test]
fn a_wrong_name_is_told_with_the_nearest() {
    let (_folder, table) = people();
    for (query, wanted) in [
        (
            "SELECT munipality FROM people",
            "did you mean `municipality`?",
        ),
        ("SELECT parents FROM people", "unnest(members)"),
        ("SELECT * FROM peple", "did you mean `people`?"),
        ("SELECT * FROM wholly_other", "--table NAME=FILE"),
        ("SELEC 1", "this is no SQL"),
        ("SELECT 1; SELECT 2", "one question at a time"),
        (
            "SELECT m['borm'] FROM (SELECT unnest(members) AS m FROM people)",
            "DESCRIBE",
        ),
    ] {
        let said = refused(["sql", "--table", &table, query]);
        assert!(said.contains(wanted), "{query}: {said}");
    }
}

#[test]
fn files_that_cannot_be_read_are_named_with_the_remedy() {
    let (folder, table) = people();
    let at = |name: &str| format!("people={}", folder.path().join(name).display());
    let whole = fs::read(table.split_once('=').unwrap().1).unwrap();
    let mut damaged = whole.clone();
    let end = damaged.len() - 8;
    damaged[end..end + 4].copy_from_slice(&[0xff; 4]);
    let mut scrambled = whole.clone();
    scrambled[end - 40..end].fill(0xff);
    for (name, bytes) in [
        ("short.parquet", &whole[..whole.len() - 1]),
        ("tiny.parquet", b"PAR1".as_slice()),
        ("text.csv", b"id,municipality\n1,11110\n"),
        ("damaged.parquet", &damaged),
        ("scrambled.parquet", &scrambled),
    ] {
        fs::write(folder.path().join(name), bytes).unwrap();
    }
    fs::create_dir(folder.path().join("empty")).unwrap();
    for (name, wanted) in [
        ("nowhere.parquet", "no such file"),
        ("short.parquet", "cut short"),
        ("tiny.parquet", "4 bytes are no Parquet file"),
        ("text.csv", "not a Parquet file"),
        ("damaged.parquet", "the file is damaged"),
        ("scrambled.parquet", "the file is damaged"),
        ("empty", "holds no file that ends in .parquet"),
        ("", "damaged.parquet: the file is damaged"),
    ] {
        let said = refused(["sql", "--table", &at(name), "SELECT 1"]);
        assert!(
            said.contains(wanted) && said.contains(name),
            "{name}: {said}"
        );
    }
}

#[test]
fn memory_has_a_limit_and_rows_do() {
    let (folder, _) = people();
    let file = folder.path().join("many.parquet");
    population::write(&file, 4, 20_000);
    let table = format!("people={}", file.display());
    let question = "SELECT id, array_agg(members) FROM people GROUP BY id ORDER BY id";
    let said = refused(["sql", "--memory", "256KiB", "--table", &table, question]);
    assert!(said.contains("--memory"), "{said}");

    let said = done([
        "sql",
        "--rows",
        "2",
        "--table",
        &table,
        "SELECT id FROM people",
    ]);
    assert!(said.contains("The first 2 rows"), "{said}");
    assert_eq!(
        said.lines().filter(|line| line.starts_with("| ")).count(),
        3,
        "{said}"
    );

    let nested = [
        "sql",
        "--format",
        "csv",
        "--table",
        &table,
        "SELECT members FROM people",
    ];
    assert!(refused(nested).contains("unnest(members)"));
    let said = refused(["sql", "--format", "parquet", "SELECT 1"]);
    assert!(said.contains("--out FILE"), "{said}");
}
