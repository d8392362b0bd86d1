use rules::Outcome;
use serde_json::json;

use super::*;
use crate::country::{Country, CountryFiles};

fn book() -> std::sync::Arc<RuleBook> {
    Country::load(CountryFiles::built_in())
        .unwrap_or_else(|faults| panic!("{faults}"))
        .book
}

fn object(value: Json) -> Map<String, Json> {
    match value {
        Json::Object(map) => map,
        other => panic!("{other} is no object"),
    }
}

fn faults(household: Json, members: Json) -> Vec<Fault> {
    read_situation(&book(), &object(household), &object(members)).unwrap_err()
}

#[test]
fn what_is_absent_or_null_is_unknown_and_the_rest_is_evaluated() {
    let book = book();
    let household = object(json!({"municipality": "hanbit", "income_recognised": null}));
    let members = object(json!({
        "baby": {"born": "2026-11-01", "birth_order": 2, "role": "child", "birth_registered": true},
        "mother": null,
    }));
    let situation = read_situation(&book, &household, &members).unwrap();
    assert_eq!(situation.member_count(), 2);
    let income = rules::FactRef {
        entity: Entity::Household,
        member: None,
        fact: "income_recognised".into(),
    };
    assert_eq!(situation.get(&income), None);
    let on = jiff::civil::date(2026, 11, 23);
    let benefit = book.benefit("parental-benefit").unwrap();
    let found = evaluate(&book, vec![benefit], &situation, on).unwrap();
    let baby = found[0]
        .1
        .iter()
        .find(|it| it.member.as_deref() == Some("baby"));
    assert_eq!(baby.unwrap().outcome, Outcome::Eligible);
}

#[test]
fn every_fault_names_its_place_and_what_would_do() {
    let found = faults(
        json!({"incom_recognised": 1, "income_recognised": 1.5, "single_parent": 1}),
        json!({"a/b": {"bron": "2026-11-01", "born": "2026-02-30", "role": "mother"}, "": {}, "c": 3}),
    );
    let at = |path: &str| {
        let fault = found.iter().find(|it| it.path == path);
        &fault
            .unwrap_or_else(|| panic!("{path} is not among {found:#?}"))
            .what
    };
    assert_eq!(
        at("/household/incom_recognised"),
        &Wrong::Unknown {
            what: Named::Fact(Entity::Household),
            name: "incom_recognised".into(),
            nearest: Some("income_recognised".into()),
        }
    );
    assert_eq!(
        at("/household/income_recognised"),
        &Wrong::Value(Expected::Integer(Unit::WonPerMonth))
    );
    assert_eq!(
        at("/household/single_parent"),
        &Wrong::Value(Expected::Bool)
    );
    assert!(
        matches!(at("/members/a~1b/bron"), Wrong::Unknown { nearest: Some(name), .. } if name == "born")
    );
    assert_eq!(at("/members/a~1b/born"), &Wrong::Value(Expected::Date));
    assert!(
        matches!(at("/members/a~1b/role"), Wrong::Value(Expected::Code(codes)) if codes.contains(&"head".to_owned()))
    );
    assert_eq!(at("/members/"), &Wrong::Key);
    assert_eq!(at("/members/c"), &Wrong::NotFacts);
}

#[test]
fn more_than_a_thousand_members_are_refused_and_a_thousand_may_not_ask_everything() {
    let book = book();
    let crowd = |count: usize| {
        let all = (0..count).map(|it| (format!("p{it}"), json!({"born": "1990-01-01"})));
        all.collect::<Map<_, _>>()
    };
    let refused = read_situation(&book, &Map::new(), &crowd(MAX_MEMBERS + 1)).unwrap_err();
    assert_eq!(refused[0].what, Wrong::TooManyMembers);
    let situation = read_situation(&book, &Map::new(), &crowd(MAX_MEMBERS)).unwrap();
    let all: Vec<_> = book.benefits().collect();
    assert!(
        all.len() * MAX_MEMBERS.pow(2) > MAX_WORK,
        "the limit is never met"
    );
    let on = jiff::civil::date(2026, 11, 23);
    let refused = evaluate(&book, all, &situation, on).unwrap_err();
    assert_eq!(refused[0].what, Wrong::TooMuch);
    let one = vec![book.benefit("child-allowance").unwrap()];
    let answered = evaluate(&book, one, &situation, on).unwrap();
    assert_eq!(answered[0].1.len(), MAX_MEMBERS);
}

#[test]
fn an_answer_that_would_name_too_many_facts_is_refused() {
    let book = book();
    let crowd = (0..250).map(|it| (format!("p{it}"), json!({})));
    let situation = read_situation(&book, &Map::new(), &crowd.collect()).unwrap();
    let on = jiff::civil::date(2026, 11, 23);
    let grant = vec![book.benefit("hanbit-birth-grant").unwrap()];
    let refused = evaluate(&book, grant, &situation, on).unwrap_err();
    assert_eq!(refused[0].what, Wrong::TooMuch);
}

#[test]
fn a_selection_narrows_by_id_event_and_place_and_names_what_it_does_not_know() {
    let book = book();
    let births = Selection {
        event: Some("birth".into()),
        territory: Some("elsewhere".into()),
        ..Selection::default()
    };
    let picked = births.pick(&book).unwrap();
    assert!(picked.iter().any(|it| it.id == "parental-benefit"));
    assert!(
        picked.iter().all(|it| it.territory.is_empty()),
        "another city's grants"
    );
    let wrong = Selection {
        benefits: vec!["parental-benefit".into(), "parental-benfit".into()],
        event: Some("brith".into()),
        territory: None,
    };
    let faults = wrong.pick(&book).unwrap_err();
    let told: Vec<_> = faults
        .iter()
        .map(|it| match &it.what {
            Wrong::Unknown { nearest, .. } => (it.path.as_str(), nearest.as_deref()),
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(
        told,
        [
            ("/benefits/1", Some("parental-benefit")),
            ("/event", Some("birth"))
        ]
    );
}
