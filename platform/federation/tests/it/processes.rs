//! Four agencies as four processes over TLS, killed as `kill -9` does, or cut off from each other.

use std::process::Command;
use std::time::Duration;

use crate::process::{Process, addresses, serve};

/// Not a test: what a process runs that a test has started.
#[test]
#[ignore = "started by the tests here"]
fn member() {
    assert!(serve(), "it is for the other tests to start this one");
}

const MEMBER: [&str; 4] = ["--exact", "processes::member", "--ignored", "--nocapture"];

#[test]
fn four_processes_agree_go_on_without_one_halt_without_two_and_resume() {
    let (all, folder) = (addresses(4), tempfile::tempdir().unwrap());
    let start = |it| Process::start(it, &all, folder.path(), &MEMBER);
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

/// Four namespaces of the network with a bridge between them; gone when it is dropped.
struct Networks(u32);

fn ip(arguments: &str) -> bool {
    let words = arguments.split(' ');
    let done = Command::new("ip").args(words).output();
    done.is_ok_and(|it| it.status.success())
}

impl Networks {
    /// `None` where this user may not make any.
    fn new() -> Option<Self> {
        let id = std::process::id();
        let made = Self(id);
        if !ip(&format!("link add wb{id} type bridge")) {
            return None;
        }
        let up = (0..4).all(|it| {
            let (space, inner, outer) = (made.space(it), format!("wi{id}x{it}"), made.cable(it));
            ip(&format!("netns add {space}"))
                && ip(&format!(
                    "link add {outer} type veth peer name {inner} netns {space}"
                ))
                && ip(&format!("link set {outer} master wb{id} up"))
                && ip(&format!(
                    "-n {space} addr add {}/24 dev {inner}",
                    made.host(it)
                ))
                && ip(&format!("-n {space} link set {inner} up"))
                && ip(&format!("-n {space} link set lo up"))
        });
        (up && ip(&format!("link set wb{id} up"))).then_some(made)
    }

    fn space(&self, of: usize) -> String {
        format!("wise{}x{of}", self.0)
    }

    fn cable(&self, of: usize) -> String {
        format!("wo{}x{of}", self.0)
    }

    fn host(&self, of: usize) -> String {
        format!("10.213.{}.{}", self.0 % 250, of + 1)
    }

    fn cut(&self, of: usize, cut: bool) {
        let state = if cut { "down" } else { "up" };
        assert!(ip(&format!("link set {} {state}", self.cable(of))));
    }
}

impl Drop for Networks {
    fn drop(&mut self) {
        for space in (0..4).map(|it| self.space(it)) {
            ip(&format!("netns del {space}"));
        }
        ip(&format!("link del wb{}", self.0));
    }
}

#[test]
fn a_cut_cable_halts_halves_and_mends() {
    let Some(networks) = Networks::new() else {
        // The simulation cuts the network in any case.
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let all: Vec<_> = (0..4)
        .map(|it| format!("{}:7410", networks.host(it)))
        .collect();
    let start = |it| {
        let mut command = Command::new("ip");
        let program = std::env::current_exe().unwrap();
        command
            .args(["netns", "exec", &networks.space(it)])
            .arg(program);
        Process::start_by(command, it, &all, folder.path(), &MEMBER)
    };
    let mut four: Vec<_> = (0..4).map(start).collect();
    assert_eq!(four[0].ask("submit 0 100"), "committed 100");
    networks.cut(3, true);
    assert_eq!(four[0].ask("submit 100 200"), "committed 100");
    networks.cut(2, true);
    four[1].tell("submit 200 300");
    four[3].tell("submit 300 400");
    // Longer than a connection stands that nothing comes over.
    assert_eq!(four[1].answer_within(Duration::from_secs(12)), None);
    networks.cut(2, false);
    networks.cut(3, false);
    assert_eq!(four[1].answer(), "committed 100");
    assert_eq!(four[3].answer(), "committed 100");
    assert_eq!(four[2].ask("submit 0 400"), "committed 400");
}
