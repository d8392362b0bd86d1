//! Skips as a developer without PostgreSQL sees them. Two test binaries of one `cargo test` are two children of
//! one process; here this test is that process.

use std::process::Command;

/// Runs one of the ignored tests below as a test binary of its own; whether it passed and its standard error.
fn binary(test: &str, env: &[(&str, &str)]) -> (bool, String) {
    let output = Command::new(std::env::current_exe().unwrap())
        .args(["--ignored", "--exact", &format!("skips::{test}")])
        .env_remove("WISE_SKIPS")
        .envs(env.iter().copied())
        .output()
        .unwrap();
    (
        output.status.success(),
        String::from_utf8(output.stderr).unwrap(),
    )
}

#[test]
#[ignore = "run by the tests below"]
fn child_wants_postgres() {
    if testkit::postgres().is_some() {
        panic!("WISE_TEST_POSTGRES=off was not heeded");
    }
}

#[test]
#[ignore = "run by the tests below"]
fn child_wants_a_browser() {
    if testkit::browser().is_some() {
        panic!("WISE_TEST_BROWSER=off was not heeded");
    }
}

#[test]
#[ignore = "run by the tests below"]
fn child_tells_at_the_end() {
    testkit::print_skips();
}

#[test]
fn what_is_missing_is_said_at_once_and_again_at_the_end() {
    let (passed, said) = binary("child_wants_postgres", &[("WISE_TEST_POSTGRES", "off")]);
    assert!(passed, "a skip is no failure");
    assert!(
        said.contains("SKIPPED it::skips::child_wants_postgres: PostgreSQL is turned off"),
        "{said}"
    );
    // No program at all in the path, and none of its own anywhere: what a bare machine says.
    let (passed, said) = binary("child_wants_a_browser", &[("PATH", "/nonexistent")]);
    assert!(
        passed && said.contains("apt-get install chromium"),
        "{said}"
    );

    let (_, told) = binary("child_tells_at_the_end", &[]);
    let (_, told) = told.split_once("Skipped in this run:").unwrap();
    assert!(
        told.contains(
            "PostgreSQL is turned off by WISE_TEST_POSTGRES=off\n    it::skips::child_wants_postgres\n"
        ),
        "{told}"
    );
    assert!(told.contains("it::skips::child_wants_a_browser"), "{told}");
    assert_eq!(binary("child_tells_at_the_end", &[]).1, "", "told once");

    let forbidden = [("WISE_TEST_POSTGRES", "off"), ("WISE_SKIPS", "forbidden")];
    assert!(
        !binary("child_wants_postgres", &forbidden).0,
        "where nothing may be missing it is a failure"
    );
}
