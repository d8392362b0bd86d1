//! A condition by itself.

use rules::{Reply, Truth};

use crate::fixture::{book, day, situation};

fn ask(text: &str, facts: &[&str]) -> Vec<Reply> {
    let book = book();
    let question = book.question("codes.yaml: A1", text).expect(text);
    question.ask(&situation(&book, facts), day("2026-03-01"))
}

#[test]
fn every_member_is_asked_and_what_is_missing_is_named() {
    let replies = ask(
        "age(person.born) < 19 && person.student",
        &["a.born=1990-01-01", "b.born=2015-01-01", "c."],
    );
    let truths: Vec<Truth> = replies.iter().map(|it| it.truth).collect();
    assert_eq!(truths, [Truth::FALSE, Truth::UNKNOWN, Truth::UNKNOWN]);
    let missing: Vec<String> = replies[1].missing.iter().map(|it| it.to_string()).collect();
    assert_eq!(missing, ["b.student"]);
    assert!(replies[0].missing.is_empty(), "{replies:?}");
    assert_eq!(replies[2].missing.len(), 2);
}

#[test]
fn shared_parameters_may_be_spoken_of() {
    let text = "household.income <= percent(param.median[household.size], 50, half_up)";
    // Half of the median of two is 2,099,646.
    for (income, truth) in [("2099646", Truth::TRUE), ("2099647", Truth::FALSE)] {
        let replies = ask(text, &[&format!("income={income}"), "a.", "b."]);
        assert_eq!(replies[0].truth, truth, "{income}");
    }
    // Before the law has a value, neither the condition nor its contrary is satisfied.
    let book = book();
    let question = book.question("codes.yaml", text).expect(text);
    let early = question.ask(&situation(&book, &["income=0", "a."]), day("2020-01-01"));
    assert_eq!(early[0].truth, Truth::VOID);
}

#[test]
fn a_wrong_text_is_told_with_place_and_remedy() {
    let wrong = book()
        .question("codes.yaml: A1", "person.studnet")
        .unwrap_err()
        .to_string();
    assert!(wrong.starts_with("codes.yaml: A1:1:"), "{wrong}");
    assert!(wrong.contains("student"), "{wrong}");
    let wrong = book().question("codes.yaml", "person.born").unwrap_err();
    assert!(!wrong.remedy.is_empty(), "{wrong}");
}
