//! A list shows exactly what can be opened one by one.

use base::ids::AccountId;
use db::Value;
use proptest::prelude::*;
use web::{Account, Permission, Resource, Routes, Scope, Settings};

use crate::app::{authorizer, on_both_stores, routes};

fn account(roles: &[&str], agency: Option<&str>, person: Option<&str>) -> Account {
    Account {
        id: AccountId::sample(1),
        login: "x".into(),
        name: "x".into(),
        roles: roles.iter().map(|it| (*it).to_owned()).collect(),
        person: person.map(str::to_owned),
        agency: agency.map(str::to_owned),
        settings: Settings::default(),
        disabled: false,
    }
}

#[test]
fn a_scope_is_the_widest_that_the_policies_permit() {
    let authorizer = authorizer();
    let scope = |account: &Account, action| authorizer.scope(account, action);
    let clerk = account(&["clerk"], Some("A1"), Some("P1"));
    assert_eq!(scope(&clerk, "note.read"), Scope::Agency("A1".into()));
    assert_eq!(scope(&clerk, "note.own"), Scope::Nothing);
    assert_eq!(
        scope(&account(&["clerk"], None, None), "note.read"),
        Scope::Nothing
    );
    assert_eq!(
        scope(&account(&["chief"], None, None), "note.read"),
        Scope::Everything
    );
    let reader = account(&["reader"], None, Some("P1"));
    assert_eq!(scope(&reader, "note.own"), Scope::Person("P1".into()));
    assert_eq!(
        scope(&account(&[], Some("A1"), Some("P1")), "note.own"),
        Scope::Nothing
    );
    assert_eq!(scope(&clerk, "no.such.action"), Scope::Nothing);
    assert!(!authorizer.knows("no.such.action"));
}

#[test]
fn a_policy_can_forbid_one_kind_of_record_that_lies_in_the_scope() {
    let clerk = account(&["clerk"], Some("A1"), None);
    let of = |kind: &str, agency: &str| Resource {
        kind: kind.into(),
        id: "1".into(),
        agency: Some(agency.into()),
        person: None,
    };
    let authorizer = authorizer();
    assert!(authorizer.allows(&clerk, "note.write", &of("note", "A1")));
    assert!(!authorizer.allows(&clerk, "note.write", &of("sealed", "A1")));
    assert!(!authorizer.allows(&clerk, "note.write", &of("note", "A2")));
}

#[test]
fn policies_that_speak_of_what_is_not_there_do_not_load() {
    let schema = "action \"a\" appliesTo { principal: [Account], resource: [Item] };";
    for wrong in [
        "permit (principal, action == Action::\"b\", resource);",
        "permit (principal, action == Action::\"a\", resource) when { principal.wage > 3 };",
        "permit (principal, action == Action::\"a\", resource) when { resource in principal.agency };",
        "permit (principal",
    ] {
        let files = [("a.cedarschema", schema), ("wrong.cedar", wrong)];
        let error = web::Authorizer::load(files).err().expect(wrong);
        assert!(error.to_string().contains("wrong.cedar"), "{error}");
    }
}

fn some(prefix: &'static str) -> impl Strategy<Value = Option<String>> {
    prop::option::of((1..4_u8).prop_map(move |it| format!("{prefix}{it}")))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn a_list_shows_what_can_be_opened(
        roles in prop::sample::subsequence(vec!["clerk", "chief", "reader"], 0..=3),
        agency in some("A"),
        person in some("P"),
        items in prop::collection::vec((some("A"), some("P")), 0..12),
    ) {
        let authorizer = authorizer();
        let account = account(&roles, agency.as_deref(), person.as_deref());
        for action in ["note.read", "note.own", "note.write"] {
            let scope = authorizer.scope(&account, action);
            for (number, (agency, person)) in items.iter().enumerate() {
                let resource = Resource {
                    kind: "note".into(),
                    id: number.to_string(),
                    agency: agency.clone(),
                    person: person.clone(),
                };
                let listed = scope.covers(agency.as_deref(), person.as_deref());
                prop_assert_eq!(authorizer.allows(&account, action, &resource), listed);
            }
        }
    }
}

#[test]
fn the_condition_of_a_query_selects_what_the_scope_covers() {
    on_both_stores(async |app| {
        let items = [
            (None, None),
            (Some("A1"), None),
            (Some("A2"), Some("P1")),
            (None, Some("P2")),
        ];
        let scopes = [
            Scope::Everything,
            Scope::Agency("A1".into()),
            Scope::Person("P1".into()),
            Scope::Nothing,
        ];
        for scope in scopes {
            let wanted = items
                .iter()
                .filter(|(agency, person)| scope.covers(*agency, *person));
            let wanted = i64::try_from(wanted.count()).unwrap();
            let (clause, values) = scope.clause("agency", "person", 9);
            let sql = format!(
                "SELECT COUNT(*) FROM (SELECT CAST($1 AS TEXT) AS agency, CAST($2 AS TEXT) AS person \
                 UNION ALL SELECT $3, $4 UNION ALL SELECT $5, $6 UNION ALL SELECT $7, $8) AS item \
                 WHERE {clause}"
            );
            let mut all: Vec<Value> = Vec::new();
            for (agency, person) in items {
                all.extend([agency.into(), person.into()]);
            }
            all.extend(values);
            let found = app
                .core
                .look(move |tx| tx.query_one(&sql, &all)?.get::<i64>(0));
            let found: Result<i64, db::Error> = found.await;
            assert_eq!(found.unwrap(), wanted, "{scope:?}");
        }
    });
}

#[test]
fn routes_tell_their_permissions_and_those_nobody_could_open() {
    let routes: Routes<_> = routes();
    let list = routes.list();
    assert!(list.iter().any(|it| it.path == "/never"));
    assert!(list.iter().all(|it| match it.permission {
        Permission::Public(why) => !why.is_empty(),
        _ => true,
    }));
    let authorizer = authorizer();
    assert_eq!(routes.unknown_actions(&authorizer).count(), 0);
    let more = routes.get("/more", Permission::Action("typo"), async || "");
    let unknown: Vec<_> = more
        .unknown_actions(&authorizer)
        .map(|it| it.path)
        .collect();
    assert_eq!(unknown, ["/more"]);
}
