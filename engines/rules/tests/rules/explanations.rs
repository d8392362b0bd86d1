//! The sentences people read.

use rules::Reason;

use crate::fixture::{book, changed, findings};

/// Every sentence of a tree with its truth, in order.
fn sentences(reasons: &[Reason], out: &mut Vec<(Option<bool>, String, String)>) {
    for reason in reasons {
        out.push((reason.holds, reason.text.ko.clone(), reason.text.en.clone()));
        sentences(&reason.children, out);
    }
}

/// The sentences about a household when the child's condition is `when`.
fn explain(when: &str, facts: &[&str]) -> Vec<(Option<bool>, String, String)> {
    let files = changed(
        "benefits/child-money.yaml",
        "when: person.role == \"child\"",
        &format!("when: '{when}'"),
    );
    let book =
        rules::RuleBook::load(files).unwrap_or_else(|d| panic!("{}", crate::fixture::told(&d)));
    let found = findings(&book, "child-money", facts, "2026-10-03");
    let mut out = Vec::new();
    sentences(&found[0].reasons[1..], &mut out);
    out
}

#[track_caller]
fn told(when: &str, facts: &[&str], ko: &str, en: &str) {
    let out = explain(when, facts);
    assert_eq!((out[0].1.as_str(), out[0].2.as_str()), (ko, en), "{when}");
}

#[test]
fn money_is_told_with_the_boundary() {
    let book = book();
    let facts = [
        "municipality=hanbit",
        "income=832856",
        "housing=free",
        "a.role=head",
    ];
    let found = &findings(&book, "living-support", &facts, "2026-03-01")[0];
    let reason = &found.reasons[1];
    assert_eq!(
        reason.text.ko,
        "소득인정액이 생활지원 기준(820,556원)보다 12,300원 높습니다."
    );
    assert_eq!(
        reason.text.en,
        "Recognised income is 12,300 won above support limit (820,556 won)."
    );
    assert_eq!(
        (reason.holds, reason.law.as_deref()),
        (Some(false), Some("생활법 제8조"))
    );
    assert_eq!(reason.facts.len(), 1);
}

#[test]
fn each_kind_of_comparison_has_its_sentence() {
    let facts = [
        "a.born=2018-10-04",
        "a.role=head",
        "a.student=true",
        "a.birth_order=3",
        "income=500",
        "wealth=70000000",
        "housing=rent",
        "municipality=hanbit",
    ];
    for (when, ko, en) in [
        (
            "define.years < 7",
            "아이 나이는 만 7세로, 만 7세 미만이 아닙니다.",
            "Age of the child is 7, which is not below 7.",
        ),
        (
            "age(person.born) <= param.age_limit",
            "나이는 만 7세로, 나이 기준(만 9세) 이하입니다.",
            "The age is 7, which is at most age limit (9).",
        ),
        (
            "3 <= person.birth_order",
            "출생 순서는 3으로, 3 이상입니다.",
            "Order of birth is 3, which is at least 3.",
        ),
        (
            "person.birth_order == 2",
            "출생 순서는 3으로, 2가 아닙니다.",
            "Order of birth: 3, not 2.",
        ),
        (
            "person.birth_order != 2",
            "출생 순서는 3으로, 2가 아닙니다.",
            "Order of birth: 3, not 2.",
        ),
        (
            "person.birth_order == 3",
            "출생 순서는 3입니다.",
            "Order of birth: 3.",
        ),
        (
            "household.wealth >= 70000000",
            "재산이 70,000,000원과 같습니다.",
            "Property equals 70,000,000 won.",
        ),
        (
            "household.income < percent(param.median[household.size], 75, half_up)",
            "소득인정액이 기준 중위소득(1명)의 75%(1,923,179원)보다 1,922,679원 낮습니다.",
            "Recognised income is 1,922,679 won below 75% of median income for 1 person (1,923,179 won).",
        ),
        (
            "person.role == \"child\"",
            "관계는 세대주로, 자녀가 아닙니다.",
            "Relation: head, not child.",
        ),
        (
            "person.role in [\"child\", \"other\"]",
            "관계는 세대주로, 자녀, 그 밖 가운데 어느 것도 아닙니다.",
            "Relation: head, none of child, other.",
        ),
        (
            "household.housing != \"rent\"",
            "주거 형태는 월세입니다.",
            "Housing: rent.",
        ),
        ("person.student", "‘학생’에 해당합니다.", "Student: yes."),
        ("!person.student", "‘학생’에 해당합니다.", "Student: yes."),
        (
            "person.born >= date(\"2019-01-01\")",
            "생년월일은 2018년 10월 4일로, 2019년 1월 1일 이후가 아닙니다.",
            "Date of birth is 4 October 2018, which is not on or after 1 January 2019.",
        ),
        (
            "on < add_years(person.born, 8)",
            "기준일은 2026년 10월 3일로, 생년월일부터 8년 되는 날(2026년 10월 4일) 전입니다.",
            "The day in question is 3 October 2026, which is before 8 years after date of birth (4 October 2026).",
        ),
        (
            "household.municipality == \"daesan\"",
            "사는 곳은 hanbit로, daesan이 아닙니다.",
            "Place of residence: hanbit, not daesan.",
        ),
        (
            "person.earned > 1",
            "번 돈을 아직 모릅니다.",
            "Earnings is not known yet.",
        ),
        (
            "household.size >= 2",
            "가구원 수는 1명으로, 2명 이상이 아닙니다.",
            "The number of household members is 1 person, which is not at least 2 people.",
        ),
        (
            "months_since(person.born) < 86",
            "생년월일부터 지난 달수는 95개월로, 86개월 미만이 아닙니다.",
            "The months since date of birth is 95 months, which is not below 86 months.",
        ),
    ] {
        told(when, &facts, ko, en);
    }
}

#[test]
fn compound_conditions_open_into_their_parts() {
    let facts = ["a.role=head", "a.born=2020-01-01", "a.birth_order=1"];
    let out = explain(
        "person.role == \"child\" || (person.student && person.birth_order < 3)",
        &facts,
    );
    let holds: Vec<Option<bool>> = out.iter().map(|(holds, ..)| *holds).collect();
    assert_eq!(holds, [None, Some(false), None, None, Some(true)]);
    assert_eq!(out[0].1, "다음 가운데 하나에 해당하는지 아직 모릅니다.");
    assert_eq!(out[2].1, "아직 모르는 것이 있습니다.");
}

#[test]
fn members_who_decide_are_named_by_their_facts() {
    let files = changed(
        "benefits/living-support.yaml",
        "when: household.wealth < param.wealth_limit",
        "when: \"household.members.all(m, m.earned < 100)\"",
    );
    let book = rules::RuleBook::load(files).expect("valid");
    let facts = [
        "municipality=hanbit",
        "income=0",
        "housing=owned",
        "a.role=head",
        "a.earned=1",
        "b.role=other",
        "b.earned=300",
    ];
    let found = &findings(&book, "living-support", &facts, "2026-03-01")[0];
    let modest = &found.reasons[2].children[1];
    assert_eq!(modest.text.ko, "해당하지 않는 가구원이 있습니다.");
    assert_eq!(modest.children.len(), 1);
    assert_eq!(modest.children[0].facts[0].member.as_deref(), Some("b"));
    assert_eq!(
        modest.children[0].text.ko,
        "번 돈이 100원보다 200원 높습니다."
    );
    assert_eq!(modest.facts.len(), 2);
}

#[test]
fn the_laws_own_words_come_first_and_the_comparison_stays_below() {
    let book = book();
    let facts = ["kid.born=2016-01-01", "kid.role=child", "kid.birth_order=1"];
    let found = &findings(&book, "child-money", &facts, "2026-10-03")[0];
    let young = &found.reasons[0];
    assert_eq!(young.text.ko, "만 9세가 지났습니다.");
    assert_eq!(young.text.en, "The child is already 9.");
    assert_eq!(
        young.children[0].text.ko,
        "아이 나이는 만 10세로, 나이 기준(만 9세) 미만이 아닙니다."
    );
    let unknown = &findings(&book, "child-money", &["kid.role=child"], "2026-10-03")[0];
    assert_eq!(unknown.reasons[0].text.ko, "생년월일을 알려 주세요.");
}

#[test]
fn placeholders_leave_out_the_unit_that_the_text_says() {
    for (written, told) in [
        ("만 {param.age_limit}세", "만 9세"),
        ("만 {param.age_limit}", "만 9세"),
        ("{param.age_limit}년", "9년"),
        ("{household.size}명", "1명"),
        ("{household.size} 가구", "1명 가구"),
        ("{person.born}은(는) 생일", "2016년 1월 1일은 생일"),
        ("{person.role}을(를)", "자녀를"),
        (
            "{percent(param.median[household.size], 75, half_up)}",
            "1,923,179원",
        ),
        ("{person.role == \\\"child\\\"}", "예"),
    ] {
        let files = changed(
            "benefits/child-money.yaml",
            "만 {param.age_limit}세가 지났습니다.",
            written,
        );
        let book =
            rules::RuleBook::load(files).unwrap_or_else(|d| panic!("{}", crate::fixture::told(&d)));
        let facts = ["kid.born=2016-01-01", "kid.role=child", "kid.birth_order=1"];
        let found = &findings(&book, "child-money", &facts, "2026-10-03")[0];
        assert_eq!(found.reasons[0].text.ko, told, "{written}");
    }
}
