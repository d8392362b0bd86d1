//! The throw-away server as the store's tests use it.

use std::{fs, path::Path, process::Command, thread, time::Duration};

fn count(url: &str, sql: &str) -> i64 {
    let mut client = ::postgres::Client::connect(url, ::postgres::NoTls).unwrap();
    client.query_one(sql, &[]).unwrap().get(0)
}

#[test]
fn fresh_databases_are_empty_and_apart() {
    let Some(server) = testkit::postgres() else {
        return;
    };
    let (first, second) = (server.fresh_database(), server.fresh_database());
    assert_ne!(first, second);
    let mut client = ::postgres::Client::connect(&first, ::postgres::NoTls).unwrap();
    client
        .batch_execute("CREATE TABLE town (name TEXT); INSERT INTO town VALUES ('한빛시')")
        .unwrap();
    assert_eq!(
        count(&first, "SELECT count(*) FROM town WHERE length(name) = 3"),
        1
    );
    let tables = "SELECT count(*) FROM information_schema.tables WHERE table_schema = 'public'";
    assert_eq!((count(&first, tables), count(&second, tables)), (1, 0));
}

#[tokio::test]
async fn a_database_can_be_made_inside_a_runtime() {
    let Some(server) = testkit::postgres() else {
        return;
    };
    assert!(
        server
            .fresh_database()
            .starts_with("postgres://postgres@127.0.0.1:")
    );
}

/// The other half of the next test: runs only as its child, and waits to be killed.
#[test]
#[ignore = "started by a_killed_test_process_leaves_no_server_behind"]
fn starts_a_server_and_waits() {
    let Some(server) = testkit::postgres() else {
        return;
    };
    let data: String = ::postgres::Client::connect(&server.fresh_database(), ::postgres::NoTls)
        .unwrap()
        .query_one("SHOW data_directory", &[])
        .unwrap()
        .get(0);
    let report = std::env::var("TESTKIT_REPORT").unwrap();
    fs::write(format!("{report}.new"), data).unwrap();
    fs::rename(format!("{report}.new"), report).unwrap();
    thread::sleep(Duration::from_secs(120));
}

#[test]
fn a_killed_test_process_leaves_no_server_behind() {
    if testkit::postgres().is_none() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let report = folder.path().join("report");
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args([
            "--ignored",
            "--exact",
            "postgres::starts_a_server_and_waits",
        ])
        .env("TESTKIT_REPORT", &report)
        .stdout(std::process::Stdio::null())
        .spawn()
        .unwrap();
    wait_until("the child's server is up", || report.exists());
    let data = fs::read_to_string(&report).unwrap();
    let (data, home) = (Path::new(&data), Path::new(&data).parent().unwrap());
    let pid_file = fs::read_to_string(data.join("postmaster.pid")).unwrap();
    let server = Path::new("/proc").join(pid_file.lines().next().unwrap());
    child.kill().unwrap();
    child.wait().unwrap();
    wait_until("the server and its files are gone", || {
        !home.exists() && !server.exists()
    });
}

fn wait_until(what: &str, mut reached: impl FnMut() -> bool) {
    for _ in 0..600 {
        if reached() {
            return;
        }
        thread::sleep(Duration::from_millis(100));
    }
    panic!("not within 60 s: {what}");
}
