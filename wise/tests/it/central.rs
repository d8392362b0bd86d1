//! Rules that hold for every part of the server, without test code of its own.

use std::collections::BTreeSet;

use axum::http::StatusCode;
use spine::FactKind;
use testkit::{Answer, Client};
use web::{Permission, RouteInfo, Texts};
use wise::country::{Country, CountryFiles};
use wise::{areas, blocks, server};

use crate::house::{Whose, on_both};

fn country() -> Country {
    Country::load(CountryFiles::built_in()).unwrap_or_else(|faults| panic!("{faults}"))
}

#[test]
fn every_benefits_cases_pass() {
    let country = country();
    let mut passed = 0;
    for benefit in country.book.benefits() {
        for case in country.book.run_cases(benefit) {
            assert!(
                case.passed,
                "{}:{} {}: {}",
                benefit.file, case.line, case.name, case.explanation
            );
            passed += 1;
        }
    }
    assert!(
        country.book.benefits().count() >= 25 && passed >= 100,
        "{passed} cases"
    );
}

#[test]
fn every_text_exists_in_every_language() {
    let files: Vec<_> = CountryFiles::built_in().under("texts/").cloned().collect();
    let texts = Texts::load(files).unwrap();
    let missing = texts.missing();
    assert!(missing.is_empty(), "{missing:#?}");
}

#[test]
fn every_text_that_code_and_templates_name_exists() {
    let files: Vec<_> = CountryFiles::built_in()
        .under("texts/ko/")
        .cloned()
        .collect();
    let known: BTreeSet<String> = files
        .iter()
        .flat_map(|(_, text)| text.lines())
        .filter_map(|line| line.split_once(" ="))
        .map(|(key, _)| key.to_owned())
        .collect();
    let mut missing = BTreeSet::new();
    let mut named = 0;
    for (path, text) in crate::shape::files("wise/src", &[".rs", ".html"]) {
        // The command line names programs, which look like keys, and no texts.
        if path.contains("samples") || path.starts_with("wise/src/cli") {
            continue;
        }
        for piece in text.split('"').skip(1).step_by(2) {
            let is_key = [
                "benefits-",
                "people-",
                "cases-",
                "notices-",
                "wise-",
                "demo-",
                "aide-",
            ]
            .iter()
            .any(|area| piece.starts_with(area))
                && piece
                    .bytes()
                    .all(|it| it.is_ascii_lowercase() || it.is_ascii_digit() || it == b'-')
                && !piece.ends_with('-');
            if is_key {
                named += 1;
                // Notices name a message by what its title and body begin with.
                let exists = known.contains(piece) || known.contains(&format!("{piece}-title"));
                if !exists {
                    missing.insert(format!("{path}: {piece}"));
                }
            }
        }
    }
    assert!(named > 150, "only {named} keys found");
    // Names of samples and of classes look like keys; they stand here.
    missing.retain(|it| !it.contains("samples.rs"));
    assert!(missing.is_empty(), "{missing:#?}");
}

#[test]
fn every_fact_keeps_its_shape() {
    use areas::aide::facts as aide;
    use areas::benefits::facts as benefits;
    use blocks::{cases::facts as cases, notices::facts as notices, people::facts as people};
    let mut kinds = BTreeSet::new();
    let mut keep = |kind: &'static str, sample: serde_json::Value| {
        let text = serde_json::to_string_pretty(&sample).unwrap() + "\n";
        let path = format!(
            "{}/tests/golden/facts/{kind}.json",
            env!("CARGO_MANIFEST_DIR")
        );
        testkit::golden(path, &text);
        kinds.insert(kind.to_owned());
    };
    fn sample<K: FactKind>() -> (&'static str, serde_json::Value) {
        (K::KIND, serde_json::to_value(K::sample()).unwrap())
    }
    for (kind, it) in [
        sample::<people::BirthNoticed>(),
        sample::<people::BirthTold>(),
        sample::<people::BirthRegistered>(),
        sample::<people::HouseholdRegistered>(),
        sample::<people::HouseholdMoved>(),
        sample::<people::MembersChanged>(),
        sample::<people::CircumstancesChanged>(),
        sample::<people::DeathRegistered>(),
        sample::<people::PersonErased>(),
        sample::<cases::CaseOpened>(),
        sample::<cases::StepTaken>(),
        sample::<notices::NoticeMade>(),
        sample::<notices::DeliveryEnded>(),
        sample::<notices::NobodyReached>(),
        sample::<notices::PersonReached>(),
        sample::<benefits::OfferMade>(),
        sample::<benefits::OfferAccepted>(),
        sample::<benefits::OfferDeclined>(),
        sample::<benefits::OfferPostponed>(),
        sample::<benefits::ReceiptGiven>(),
        sample::<benefits::VoucherOpened>(),
        sample::<benefits::VoucherUsed>(),
        sample::<aide::RunFinished>(),
    ] {
        keep(kind, it);
    }
    // A kind that a facts.rs declares and this test does not know has no golden file.
    for (path, text) in crate::shape::files("wise/src", &["facts.rs"]) {
        for piece in text.split('"').skip(1).step_by(2) {
            if piece.ends_with(".v1") {
                assert!(kinds.contains(piece), "{path}: {piece} is not kept");
            }
        }
    }
}

#[test]
fn every_route_names_an_action_that_policies_know_and_is_on_the_list() {
    let routes = server::routes("/login");
    let country = country();
    let policies = country.files.under("policies/").cloned();
    let authorizer = web::Authorizer::load(policies).unwrap();
    let unknown: Vec<_> = routes.unknown_actions(&authorizer).collect();
    assert!(unknown.is_empty(), "{unknown:?}");
    let mut lines: Vec<String> = routes
        .list()
        .iter()
        .map(|route| {
            let permission = match route.permission {
                Permission::Public(why) => format!("public: {why}"),
                Permission::SignedIn => "signed in".into(),
                Permission::Action(action) => action.into(),
            };
            format!("{} {} {permission}", route.method, route.path)
        })
        .collect();
    lines.sort();
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/golden/routes.txt");
    testkit::golden(path, &(lines.join("\n") + "\n"));
}

/// Every route with an action is asked by nobody and by somebody without any role. The list of
/// routes that this does not cover may only shrink; it is empty.
#[test]
fn no_route_opens_to_who_may_not_use_it() {
    const NOT_COVERED: &[&str] = &[];
    on_both(async |house| {
        let nobody = house.client.clone();
        let somebody = house
            .signed_in("somebody", "no-role", Whose::Agency("hanbit-saebit"))
            .await;
        let mut asked = 0;
        for route in server::routes("/login").list() {
            let Permission::Action(action) = route.permission else {
                continue;
            };
            if NOT_COVERED.contains(&route.path) {
                continue;
            }
            let path = filled(route.path);
            let from_nobody = ask(&nobody, route, &path).await;
            let from_somebody = ask(&somebody, route, &path).await;
            let refused = matches!(from_nobody.status.as_u16(), 401 | 403 | 419)
                || from_nobody.header("location").starts_with("/login");
            assert!(
                refused,
                "{} {path} answers {} to nobody",
                route.method, from_nobody.status
            );
            assert_eq!(
                from_somebody.status,
                StatusCode::FORBIDDEN,
                "{} {path} ({action}) to somebody without a role",
                route.method
            );
            asked += 1;
        }
        assert!(asked > 20, "only {asked} routes");
    });
}

/// Asks as a page of ours would, with nothing filled in.
async fn ask(client: &Client, route: &RouteInfo, path: &str) -> Answer {
    match route.method.as_str() {
        "GET" => client.get(path).await,
        "POST" => client.send(path, &[]).await,
        method => {
            let csrf = client.get("/settings").await.field("csrf");
            let client = client.with("x-csrf-token", &csrf);
            client.ask(method, path, Vec::new(), None).await
        }
    }
}

/// A path with an id where it wants one.
fn filled(path: &str) -> String {
    let steps = path.split('/').map(|step| {
        if step.starts_with('{') {
            "019a0000-0000-7000-8000-000000000001"
        } else {
            step
        }
    });
    steps.collect::<Vec<_>>().join("/")
}
