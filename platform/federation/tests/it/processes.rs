//! Four agencies as four processes over TLS, killed as `kill -9` does.

use std::time::Duration;

use crate::process::{Process, ports, serve};

/// Not a test: what a process runs that a test has started.
#[test]
#[ignore = "started by the tests here"]
fn member() {
    serve();
}

const MEMBER: [&str; 4] = ["--exact", "processes::member", "--ignored", "--nocapture"];

#[test]
fn four_processes_agree_go_on_without_one_halt_without_two_and_resume() {
    let (ports, folder) = (ports(4), tempfile::tempdir().unwrap());
    let start = |it| Process::start(it, &ports, folder.path(), &MEMBER);
    let mut four: Vec<_> = (0..4).map(start).collect();
    for (at, process) in four.iter_mut().enumerate() {
        let first = at * 100;
        assert_eq!(
            process.ask(&format!("submit {first} {}", first + 100)),
            "committed 100"
        );
    }
    // One killed: the others go on.
    drop(four.remove(3));
    assert_eq!(four[0].ask("submit 400 500"), "committed 100");
    // Two killed: nothing is agreed on.
    drop(four.remove(2));
    four[1].tell("submit 500 600");
    assert_eq!(four[1].answer_within(Duration::from_secs(3)), None);
    // Started again, they read back what they said, and go on.
    four.extend([2, 3].map(start));
    assert_eq!(four[1].answer(), "committed 100");
    assert_eq!(four[3].ask("submit 600 700"), "committed 100");
    // What was agreed on without it is there as well: submitted again, it is known.
    assert_eq!(four[3].ask("submit 0 700"), "committed 700");
    let heights: Vec<_> = four.iter_mut().map(|it| it.ask("status")).collect();
    for status in &heights {
        assert!(status.ends_with(" 3 0"), "{heights:?}");
    }
}
