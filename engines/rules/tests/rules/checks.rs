//! Every check at load: what is wrong is found where it stands, with a remedy.

use rules::RuleBook;

use crate::fixture::{changed, files, told};

const CHILD: &str = "benefits/child-money.yaml";
const LIVING: &str = "benefits/living-support.yaml";
const SCHOOL: &str = "benefits/school-bonus.yaml";
const MEDIAN: &str = "parameters/income.yaml";
const WORDS: &str = "vocabulary.yaml";

/// Replaces `from` by `to` in a file and expects exactly one error, on the line of `to`, with `message` in it and
/// `remedy` in its remedy.
#[track_caller]
fn refused(file: &str, from: &str, to: &str, message: &str, remedy: &str) {
    let files = changed(file, from, to);
    let text = &files
        .iter()
        .find(|(path, _)| path.ends_with(file))
        .expect("there")
        .1;
    let changed_at = text.find(to).expect("there");
    let line = text[..changed_at].matches('\n').count() + 1;
    let diagnostics = RuleBook::load(files).expect_err(to);
    let all = told(&diagnostics);
    assert_eq!(diagnostics.len(), 1, "{all}");
    let found = &diagnostics[0];
    assert!(found.message.contains(message), "{all}");
    assert!(found.remedy.contains(remedy), "{all}");
    assert!(found.file.ends_with(file), "{all}");
    assert_eq!(found.line, line, "{all}");
    assert!(found.column > 0, "{all}");
}

#[test]
fn the_book_itself_is_valid() {
    crate::fixture::book();
}

#[test]
fn unknown_names_suggest_the_nearest() {
    let young = "when: define.years < param.age_limit";
    for (to, message, remedy) in [
        (
            "when: age(person.bron) < param.age_limit",
            "person.bron",
            "`born`",
        ),
        (
            "when: define.year < param.age_limit",
            "define.year",
            "`years`",
        ),
        (
            "when: define.years < param.age_limits",
            "param.age_limits",
            "`age_limit`",
        ),
        (
            "when: define.years < parm.age_limit",
            "unknown name `parm`",
            "`param`",
        ),
        (
            "when: agee(person.born) < param.age_limit",
            "function `agee`",
            "`age`",
        ),
        (
            "when: household.incme > 3 && define.years < param.age_limit",
            "household.incme",
            "`income`",
        ),
    ] {
        refused(CHILD, young, to, message, remedy);
    }
    refused(
        CHILD,
        "needs: [household.account]",
        "needs: [household.acount]",
        "acount",
        "`account`",
    );
    refused(
        CHILD,
        "recipient: guardian",
        "recipient: gardian",
        "gardian",
        "`guardian`",
    );
    refused(
        CHILD,
        "back_dated: true}",
        "back_dated: true, paid_from: claim_moth}",
        "claim_moth",
        "`claim_month`",
    );
    refused(
        CHILD,
        "authority: welfare",
        "autority: welfare\nauthority: w",
        "autority",
        "`authority`",
    );
}

#[test]
fn the_column_points_at_the_word() {
    let files = changed(
        CHILD,
        "define.years < param.age_limit",
        "define.years < param.age_limits",
    );
    let diagnostics = RuleBook::load(files).expect_err("unknown");
    let line = "    when: define.years < param.age_limits";
    assert_eq!(
        diagnostics[0].column,
        line.find("age_limits").expect("there") + 1
    );
}

#[test]
fn wrong_types_are_errors() {
    let young = "when: define.years < param.age_limit";
    for (to, message) in [
        ("when: define.years", "true or false is expected"),
        ("when: person.born < 3", "meets"),
        ("when: person.student == \"yes\"", "meets"),
        ("when: person.student < true", "has no order"),
        ("when: '!define.years'", "true or false is expected"),
        ("when: age(3) < param.age_limit", "a date is expected"),
        (
            "when: 'person.student ? 1 : 2'",
            "true or false is expected",
        ),
        ("when: person == 3", "alone is not a value"),
        ("when: household.members == 3", "alone is not a value"),
        ("when: person.born in person.born", "needs a list"),
        (
            "when: 'household.members.map(m, m.earned)'",
            "a list is not a value",
        ),
        ("when: person.born.x == 3", "has no parts"),
        ("when: define.years[1] == 3", "only a table"),
        ("when: param.later == 3", "is a table"),
        ("when: 'param.age_limit[1] == 3'", "not a table"),
        (
            "when: percent(param.age_limit, 50) > 3",
            "not called like this",
        ),
        (
            "when: percent(param.age_limit, 50, near) > 3",
            "rounding must be named",
        ),
        ("when: on > date(\"2024-02-30\")", "not a date"),
    ] {
        refused(CHILD, young, to, message, "");
    }
    refused(
        CHILD,
        "pay: \"param.later[person.birth_order]\"",
        "pay: define.years",
        "in won",
        "won",
    );
}

#[test]
fn units_must_agree() {
    let limit = "when: household.income <= define.limit";
    for (to, message, remedy) in [
        (
            "when: household.wealth <= define.limit",
            "won meets won_per_month",
            "unit",
        ),
        (
            "when: per_year(household.income) <= define.limit",
            "won_per_year meets won_per_month",
            "per_month",
        ),
        (
            "when: household.income <= household.size",
            "won_per_month meets people",
            "number",
        ),
        (
            "when: household.income * household.size <= define.limit",
            "times people",
            "number(x)",
        ),
        (
            "when: household.income + household.wealth > 3",
            "won_per_month meets won",
            "unit",
        ),
        (
            "when: percent(household.income, household.size, down) < 9",
            "percent is expected",
            "",
        ),
        (
            "when: 'param.median[household.income] > 3'",
            "people is expected",
            "",
        ),
    ] {
        refused(LIVING, limit, to, message, remedy);
    }
    refused(
        SCHOOL,
        "- {pay: 100000}",
        "- {pay: define.earnings}",
        "pays won_per_month, the first won",
        "one unit",
    );
}

#[test]
fn persons_are_not_asked_of_households() {
    let limit = "when: household.income <= define.limit";
    refused(
        LIVING,
        limit,
        "when: person.student",
        "`person` in a benefit of the household",
        "members",
    );
    refused(
        LIVING,
        "period: {kind: monthly}",
        "needs: [person.earned]",
        "in a benefit of the household",
        "",
    );
}

#[test]
fn cycles_are_errors() {
    refused(
        SCHOOL,
        "  students: {expr: \"household.members.filter(m, m.student).size()\", ko: 학생 수, en: number of students}",
        "  students: {expr: define.students, ko: 학생 수, en: number}",
        "a cycle: `define.students` needs `define.students`",
        "Break the circle",
    );
    let files = changed(
        SCHOOL,
        "define:\n",
        "define:\n  a: define.b + 1\n  b: define.c + 1\n  c: define.a + 1\n",
    );
    let diagnostics = RuleBook::load(files).expect_err("a cycle");
    assert!(told(&diagnostics).contains("a cycle: `define.c` needs `define.a`"));
}

#[test]
fn conditions_that_decide_nothing_are_errors() {
    let young = "when: define.years < param.age_limit";
    for (to, message) in [
        (
            "when: household.size >= 1",
            "`household.size >= 1` is always true",
        ),
        ("when: household.size < 1", "can never be true"),
        ("when: person.birth_order < 0", "can never be true"),
        ("when: 1 + 1 == 2", "is always true"),
        ("when: 'true'", "is always true"),
        ("when: param.age_limit > 9", "can never be true"),
        (
            "when: define.years < param.age_limit && param.age_limit >= 8",
            "`param.age_limit >= 8` is always true",
        ),
        ("when: on >= date(\"2025-01-01\")", "is always true"),
        ("when: on < date(\"2025-01-01\")", "can never be true"),
        (
            "when: 'person.role in [\"head\", \"child\", \"other\"]'",
            "is always true",
        ),
        (
            "when: 'household.members.exists(m, m.birth_order < 0)'",
            "can never be true",
        ),
        (
            "when: '(param.age_limit > 20 ? 3 : 4) == person.birth_order'",
            "can never be true",
        ),
        ("when: min(person.birth_order, 3) <= 3", "is always true"),
        (
            "when: percent(param.median[household.size], 50, down) < 1000",
            "can never be true",
        ),
        ("when: year(on) < 2025", "can never be true"),
        ("when: param.later[5] > 300000", "can never be true"),
    ] {
        refused(CHILD, young, to, message, "");
    }
    // True on some days and false on others: the law changed in 2026.
    let files = changed(
        CHILD,
        young,
        "when: param.age_limit > 8 && age(person.born) < 9",
    );
    RuleBook::load(files).expect("decided by the date");
}

#[test]
fn an_amount_line_that_is_never_reached_is_an_error() {
    let files = changed(
        SCHOOL,
        "  - {pay: 100000}",
        "  - {pay: 100000}\n  - {pay: 5}",
    );
    let diagnostics = RuleBook::load(files).expect_err("unreachable");
    assert_eq!((diagnostics.len(), diagnostics[0].line), (1, 18));
    assert!(told(&diagnostics).contains("this line is never reached"));
}

#[test]
fn floating_literals_and_foreign_syntax_are_errors() {
    let limit = "when: household.income <= define.limit";
    for (to, message) in [
        (
            "when: household.income * 0.75 <= define.limit",
            "a floating literal",
        ),
        (
            "when: household.income / 2 <= define.limit",
            "`/` is not in the language",
        ),
        ("when: has(household.income)", "not in the language"),
        ("when: 소득 <= define.limit", "cannot stand"),
        ("when: household.income <= ", "mismatched"),
        ("when: household.income <= 99999999999999999999", "64 bits"),
        (
            "when: 9223372036854775807 * 2 > household.size",
            "never fits in 64 bits",
        ),
    ] {
        refused(LIVING, limit, to, message, "");
    }
    refused(
        CHILD,
        "value: 8, source",
        "value: 8.5, source",
        "not a whole number",
        "whole numbers",
    );
}

#[test]
fn undeclared_enum_values_are_errors() {
    let child = "when: person.role == \"child\"";
    refused(
        CHILD,
        child,
        "when: person.role == \"chlid\"",
        "`chlid` is not a declared value",
        "`child`",
    );
    refused(
        CHILD,
        child,
        "when: person.role in [\"child\", \"x\"]",
        "`x` is not a declared value",
        "head",
    );
    refused(
        CHILD,
        "    members: {baby: {birth_order: 1, role: child}}",
        "    members: {baby: {birth_order: 1, role: chidl}}",
        "`chidl` is not a declared value",
        "",
    );
}

#[test]
fn ids_are_unique_and_name_their_file() {
    refused(
        CHILD,
        "id: child-money",
        "id: child-sum",
        "differs from the file name",
        "child-sum.yaml",
    );
    refused(
        LIVING,
        "{id: modest,",
        "{id: tenant, law: x,",
        "a second clause `tenant`",
        "",
    );
    let mut twice = files();
    let child = twice
        .iter()
        .find(|(path, _)| path.ends_with(CHILD))
        .expect("there")
        .1
        .clone();
    twice.push((format!("local/{CHILD}"), child));
    let diagnostics = RuleBook::load(twice).expect_err("twice");
    assert!(
        told(&diagnostics).contains("is declared in"),
        "{}",
        told(&diagnostics)
    );
    let mut twice = files();
    let income = twice
        .iter()
        .find(|(path, _)| path.ends_with(MEDIAN))
        .expect("there")
        .1
        .clone();
    twice.push(("parameters/more.yaml".to_owned(), income));
    let diagnostics = RuleBook::load(twice).expect_err("twice");
    assert!(
        told(&diagnostics).contains("`median` is declared in"),
        "{}",
        told(&diagnostics)
    );
}

#[test]
fn dates_and_their_order_are_checked() {
    refused(
        CHILD,
        "in_force: {from: 2025-01-01}",
        "in_force: {from: 2025-02-30}",
        "not a date",
        "YYYY-MM-DD",
    );
    refused(
        LIVING,
        "to: 2027-01-01}",
        "to: 2024-01-01}",
        "ends before it begins",
        "later",
    );
    refused(
        MEDIAN,
        "- {from: 2026-01-01",
        "- {from: 2024-01-01",
        "does not come after 2025-01-01",
        "Order",
    );
    refused(
        CHILD,
        "      - {from: 2026-01-01, value: 9",
        "      - {from: 2026-01-01, to: 2025-06-01, value: 9",
        "ends before it begins",
        "",
    );
    refused(
        CHILD,
        "source: 아이법 제4조, checked: 2026-11-23",
        "source: 아이법 제4조",
        "`checked` is missing",
        "Add",
    );
    refused(
        CHILD,
        "    members: {baby: {birth_order: 1, role: child}}",
        "    members: {baby: {birth_order: 1, born: 1066-10-14}}",
        "is not between",
        "",
    );
}

#[test]
fn texts_stand_in_both_languages_and_placeholders_are_checked() {
    refused(
        CHILD,
        "name: {ko: 아이수당, en: Child money}",
        "name: {ko: 아이수당}",
        "`en` is missing",
        "",
    );
    refused(
        WORDS,
        "ko: 소득인정액, en: recognised income",
        "en: recognised income",
        "`ko` is missing",
        "",
    );
    refused(
        CHILD,
        "ko: \"만 {param.age_limit}세가 지났습니다.\"",
        "ko: \"만 {param.age}세가 지났습니다.\"",
        "unknown parameter `param.age`",
        "age_limit",
    );
    refused(
        CHILD,
        "ko: \"만 {param.age_limit}세가 지났습니다.\"",
        "ko: \"만 {param.age_limit세가 지났습니다.\"",
        "without its other half",
        "",
    );
}

#[test]
fn both_sides_of_a_rule_must_be_shown() {
    let files = crate::fixture::files().into_iter().map(|(path, text)| {
        let text = if path.ends_with(SCHOOL) {
            text.replace("result: eligible, amount: 100000", "result: unknown")
                .replace("result: eligible, amount: 1235000", "result: unknown")
        } else {
            text
        };
        (path, text)
    });
    let diagnostics = RuleBook::load(files).expect_err("one side");
    assert!(told(&diagnostics).contains("no case expects `result: eligible`"));
    let bare = crate::fixture::files().into_iter().map(|(path, text)| {
        let cut = if path.ends_with(SCHOOL) {
            text.find("cases:")
        } else {
            None
        };
        (path, text[..cut.unwrap_or(text.len())].to_owned())
    });
    let diagnostics = RuleBook::load(bare).expect_err("no cases");
    assert!(told(&diagnostics).contains("no cases"));
}

#[test]
fn vocabulary_and_tables_are_checked() {
    refused(
        WORDS,
        "student: {type: bool",
        "student: {type: boole",
        "unknown type `boole`",
        "`bool`",
    );
    refused(
        WORDS,
        "student: {type: bool",
        "Student: {type: bool",
        "cannot be a name",
        "lower-case",
    );
    refused(
        WORDS,
        "    account: {type: text",
        "    size: {type: text",
        "built in",
        "another name",
    );
    refused(
        MEDIAN,
        "by: people",
        "by: poeple",
        "unknown unit `poeple`",
        "`people`",
    );
    refused(
        MEDIAN,
        "beyond: last_step",
        "beyond: last_stop",
        "last_stop",
        "`last_step`",
    );
    refused(
        MEDIAN,
        "value: [2564238, 4199292, 5359036]",
        "value: 2564238",
        "one value where",
        "list",
    );
    refused(
        CHILD,
        "value: 8, source",
        "value: [8, 9], source",
        "a list where",
        "by",
    );
}

#[test]
fn a_book_without_a_vocabulary_is_refused() {
    let files = files()
        .into_iter()
        .filter(|(path, _)| !path.ends_with(WORDS));
    let diagnostics = RuleBook::load(files).expect_err("no vocabulary");
    assert!(told(&diagnostics).contains("there is no vocabulary.yaml"));
}
