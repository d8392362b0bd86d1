//! What the tests of OpenFisca's own Web API expect of a country, asked of these rules.

use serde_json::{Value as Json, json};

use super::*;
use crate::country::{Country, CountryFiles};

fn book() -> std::sync::Arc<RuleBook> {
    Country::load(CountryFiles::built_in())
        .unwrap_or_else(|faults| panic!("{faults}"))
        .book
}

fn home() -> Json {
    json!({
        "persons": {
            "baby": {
                "born": {"ETERNITY": "2026-11-20"},
                "birth_registered": {"ETERNITY": true},
                "nationality": {"ETERNITY": "korean"},
                "childcare": {"ETERNITY": "home"},
                "parental_benefit": {"2026-12": null, "2027-10": null, "2027-11-20": null, "2028-12": null},
                "parental_benefit_eligible": {"2026-12": null},
            },
            "mother": {"born": {"ETERNITY": "1994-02-03"}, "parental_benefit": {"2026-12": null}},
        },
        "households": {"home": {"head": ["mother"], "children": ["baby"], "municipality": {"2026": "hanbit"}}},
    })
}

#[test]
fn every_null_is_filled_in_for_the_first_day_of_its_period() {
    let asked = home();
    let answer = calculate(&book(), &asked).unwrap();
    let baby = &answer["persons"]["baby"];
    assert_eq!(baby["parental_benefit"]["2026-12"], 1_000_000);
    let sums = &baby["parental_benefit"];
    assert_eq!(sums["2027-10"], 1_000_000, "the month before the birthday");
    assert_eq!(sums["2027-11-20"], 500_000, "the birthday itself");
    assert_eq!(baby["parental_benefit"]["2028-12"], 0, "two years old");
    assert_eq!(baby["parental_benefit_eligible"]["2026-12"], true);
    assert_eq!(
        answer["persons"]["mother"]["parental_benefit"]["2026-12"],
        0
    );
    assert_eq!(
        answer["households"], asked["households"],
        "the rest comes back as it was"
    );
}

#[test]
fn what_the_facts_do_not_decide_stays_null() {
    let mut asked = home();
    asked["persons"]["baby"]["birth_registered"] = json!({});
    let answer = calculate(&book(), &asked).unwrap();
    let baby = &answer["persons"]["baby"];
    assert_eq!(baby["parental_benefit_eligible"]["2026-12"], Json::Null);
    assert_eq!(baby["parental_benefit"]["2026-12"], Json::Null);
}

#[test]
fn a_trace_names_what_was_asked_and_what_it_came_from() {
    let answer = trace(&book(), &home()).unwrap();
    let requested = answer["requestedCalculations"].as_array().unwrap();
    assert!(
        requested.contains(&json!("parental_benefit<2026-12>")),
        "{requested:?}"
    );
    assert_eq!(
        answer["entitiesDescription"]["persons"],
        json!(["baby", "mother"])
    );
    let entry = &answer["trace"]["parental_benefit<2026-12>"];
    assert_eq!(entry["value"], json!([1_000_000, 0]));
    assert_eq!(
        entry["parameters"]["parental_benefit.infant<2026-12-01>"],
        1_000_000
    );
    let dependencies = entry["dependencies"].as_array().unwrap();
    assert!(
        dependencies.contains(&json!("born<2026-12>")),
        "{dependencies:?}"
    );
    for dependency in dependencies {
        let dependency = dependency.as_str().unwrap();
        assert!(
            answer["trace"][dependency]["value"].is_array(),
            "{dependency}"
        );
    }
    assert_eq!(
        answer["trace"]["born<2026-12>"]["value"],
        json!(["2026-11-20", "1994-02-03"])
    );
}

/// The table of `tests/web_api/test_calculate.py`: body, whether 404, path of the message, its words.
#[test]
fn errors_stand_at_the_path_of_what_is_wrong() {
    let book = book();
    let table = [
        (json!(["An", "array"]), false, "/error", "Invalid type"),
        (
            json!({"persons": {}}),
            false,
            "/persons",
            "At least one person",
        ),
        (
            json!({"persons": {"bob": {}}, "unknown_entity": {}}),
            false,
            "/unknown_entity",
            "entities are not found",
        ),
        (
            json!({"persons": {"bob": {}}, "households": {"dupont": {"parents": {}}}}),
            false,
            "/households/dupont/parents",
            "type",
        ),
        (
            json!({"persons": {"bob": {"unknown_variable": {}}}}),
            true,
            "/persons/bob/unknown_variable",
            "You tried to calculate or to set",
        ),
        (
            json!({"persons": {"bob": {"income_recognised": {}}}}),
            false,
            "/persons/bob/income_recognised",
            "You tried to compute the variable 'income_recognised' for the entity 'persons'",
        ),
        (
            json!({"persons": {"bob": {"ordinary_wage": 4000}}}),
            false,
            "/persons/bob/ordinary_wage",
            "period",
        ),
        (
            json!({"persons": {"bob": {"ordinary_wage": {"2017-01": "toto"}}}}),
            false,
            "/persons/bob/ordinary_wage/2017-01",
            "expected type integer",
        ),
        (
            json!({"persons": {"bob": {"ordinary_wage": {"2017-01": {}}}}}),
            false,
            "/persons/bob/ordinary_wage/2017-01",
            "expected type integer",
        ),
        (
            json!({"persons": {"bob": {"ordinary_wage": {"2017-01": 1.5}}}}),
            false,
            "/persons/bob/ordinary_wage/2017-01",
            "expected type integer",
        ),
        (
            json!({"persons": {"bob": {"born": {"2017-01": "toto"}}}}),
            false,
            "/persons/bob/born/2017-01",
            "Can't deal with date",
        ),
        (
            json!({"persons": {"bob": {"employment": {"2017-01": "boss"}}}}),
            false,
            "/persons/bob/employment/2017-01",
            "Possible values are",
        ),
        (
            json!({"persons": {"bob": {"ordinary_wage": {"invalid period": 2000}}}}),
            false,
            "/persons/bob/ordinary_wage",
            "Expected a period",
        ),
        (
            json!({"persons": {"bob": {"ordinary_wage": {"invalid period": null}}}}),
            false,
            "/persons/bob/ordinary_wage",
            "Expected a period",
        ),
        (
            json!({"persons": {"bob": {"parental_benefit": {"2026-11": 1}}}}),
            false,
            "/persons/bob/parental_benefit/2026-11",
            "cannot be set",
        ),
        (
            json!({"persons": {"bob": {"parental_benefit": {"ETERNITY": null}}}}),
            false,
            "/persons/bob/parental_benefit/ETERNITY",
            "first day counts",
        ),
        (
            json!({"persons": {"bob": {}}, "households": {"h": {"head": ["nobody"]}}}),
            false,
            "/households/h/head",
            "has not been declared in persons",
        ),
        (
            json!({"persons": {"bob": {}}, "households": {"h": {"head": ["bob", "bob"]}}}),
            false,
            "/households/h/head",
            "has been declared more than once",
        ),
        (
            json!({"persons": {"bob": {}}, "households": {"h": {"parents": ["bob", {}]}}}),
            false,
            "/households/h/parents/1",
            "Invalid type",
        ),
        (
            json!({"persons": {"bob": {}}, "axes": []}),
            false,
            "/axes",
            "not supported",
        ),
    ];
    for (body, not_found, path, words) in table {
        let refusal = calculate(&book, &body).unwrap_err();
        let message = refusal.body.pointer(path).and_then(Json::as_str);
        let message =
            message.unwrap_or_else(|| panic!("{body}: nothing at {path}: {}", refusal.body));
        assert!(message.contains(words), "{body}: {message}");
        assert_eq!(refusal.not_found, not_found, "{body}");
    }
}

#[test]
fn whoever_is_in_no_household_lives_alone() {
    let body = json!({"persons": {"a": {"born": {"ETERNITY": "1948-01-02"}, "role": {"2026-11": null}}, "b": {}}});
    let answer = calculate(&book(), &body).unwrap();
    assert_eq!(answer["persons"]["a"]["role"]["2026-11"], "head");
}

#[test]
fn the_shortest_period_that_holds_has_the_last_word() {
    let body = json!({"persons": {"a": {"ordinary_wage": {
        "2026": 2_000_000.0, "month:2026-11:2": 3_000_000, "2026-11-23": null, "2026-03": null, "2025": null}}}});
    let wage = calculate(&book(), &body).unwrap()["persons"]["a"]["ordinary_wage"].clone();
    assert_eq!(wage["2026-11-23"], 3_000_000);
    assert_eq!(wage["2026-03"], 2_000_000);
    assert_eq!(wage["2025"], Json::Null);
}

#[test]
fn no_two_variables_share_a_name() {
    let book = book();
    let mut names: Vec<String> = Variable::all(&book).map(|(name, _)| name).collect();
    let count = names.len();
    names.sort();
    names.dedup();
    assert_eq!(names.len(), count);
}

#[test]
fn more_than_a_request_may_ask_is_refused() {
    let days = (0..60_000).map(|day| {
        let on = jiff::civil::date(1900, 1, 1) + jiff::Span::new().days(day);
        (on.to_string(), Json::Null)
    });
    let asked: Map<String, Json> = days.collect();
    let body = json!({"persons": {"a": {"parental_benefit": asked}}});
    let refusal = calculate(&book(), &body).unwrap_err();
    assert!(refusal.body["error"].as_str().unwrap().contains("Too much"));
}
