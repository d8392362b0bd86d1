//! A whole population: drawn, swept, reformed; and the register as one.

use std::collections::BTreeMap;
use std::path::Path;

use jiff::civil::{Date, date};
use population::{Population, Run, Sweep, Totals, Workers};
use rules::{Outcome, ParameterChange, RuleBook};
use tempfile::TempDir;
use wise::areas::aide::reform::{By, Effects, Reform, effects, law, read};
use wise::areas::benefits::actions::export::export;
use wise::areas::benefits::model::Desk;
use wise::areas::benefits::services::model::{Conditions, Service};
use wise::areas::benefits::services::recipients::{Ages, Recipients};
use wise::country::{Country, CountryFiles};
use wise::demo;

use crate::house::on_both;

const ON: Date = date(2026, 11, 25);

fn country() -> Country {
    Country::load(CountryFiles::built_in()).unwrap()
}

/// About so many residents, drawn over the whole country.
fn drawn(country: &Country, folder: &Path, residents: u64) -> Population {
    let file = folder.join("population.parquet");
    let data = demo::sample_data(country).unwrap();
    demo::population::write(&file, &country.book, &data, (7, residents, ON), |_| ()).unwrap();
    Population::open(&file, country.book.vocabulary()).unwrap()
}

fn swept(book: &RuleBook, population: &Population, out: &Path) -> Totals {
    let sweep = Sweep::new(book, ON);
    let run = Run::new(&sweep, book.digest(), population, out).unwrap();
    let workers = Workers {
        threads: 2,
        entitlements: true,
    };
    run.finish(workers, |_, _| (), |_| ()).unwrap()
}

/// The households of a population, one by one.
fn situations(book: &RuleBook, population: &Population) -> Vec<rules::Situation> {
    let vocabulary = book.vocabulary();
    let facts = || {
        let of = |entity| {
            vocabulary
                .facts(entity)
                .iter()
                .map(move |it| (entity, it.name.as_str()))
        };
        of(rules::Entity::Household).chain(of(rules::Entity::Person))
    };
    let mut all = Vec::new();
    for group in 0..population.groups().len() {
        for batch in population.read(group, facts(), false).unwrap() {
            let batch = batch.unwrap();
            let rows = 0..batch.num_rows();
            all.extend(rows.map(|row| rules::columns::situation(book, &batch, row).unwrap()));
        }
    }
    all
}

/// Eligible, open and won of a benefit, household by household.
fn one_by_one(book: &RuleBook, homes: &[rules::Situation]) -> BTreeMap<String, (u64, u64, i128)> {
    let mut sums: BTreeMap<String, (u64, u64, i128)> = BTreeMap::new();
    for home in homes {
        for benefit in book.benefits() {
            for decision in book.decide(benefit, home, ON) {
                let sum = sums.entry(benefit.id.clone()).or_default();
                match decision.outcome {
                    Outcome::Eligible => {
                        sum.0 += 1;
                        sum.2 += i128::from(decision.amount.unwrap_or(0));
                    }
                    Outcome::Unknown => sum.1 += 1,
                    Outcome::NotEligible => {}
                }
            }
        }
    }
    sums.retain(|_, sum| *sum != (0, 0, 0));
    sums
}

#[test]
fn a_sweep_finds_what_households_are_told_one_by_one() {
    let (country, folder) = (country(), TempDir::new().unwrap());
    let population = drawn(&country, folder.path(), 3_000);
    let totals = swept(&country.book, &population, &folder.path().join("out"));
    let homes = situations(&country.book, &population);
    assert_eq!(totals.households, homes.len() as u64);
    assert_eq!(
        totals.persons,
        homes.iter().map(|it| it.member_count() as u64).sum::<u64>()
    );
    assert!(totals.persons.abs_diff(3_000) < 60, "{}", totals.persons);
    let found: BTreeMap<String, (u64, u64, i128)> = totals
        .by_benefit()
        .into_iter()
        .map(|(id, it)| (id.to_owned(), (it.eligible, it.open, it.amount)))
        .filter(|(_, sum)| *sum != (0, 0, 0))
        .collect();
    assert_eq!(found, one_by_one(&country.book, &homes));
    // Nobody receives what nobody may have, and some do not ask for what they may.
    let all = totals.by_benefit();
    assert!(all.values().all(|it| it.received_only == 0));
    let (eligible, gap) = all
        .values()
        .fold((0, 0), |sum, it| (sum.0 + it.eligible, sum.1 + it.gap()));
    assert!(
        gap > eligible / 20 && gap < eligible / 2,
        "{gap} of {eligible}"
    );
    let table = std::fs::read_to_string(folder.path().join("out/totals.csv")).unwrap();
    assert!(
        table.starts_with("benefit,municipality,district,eligible,"),
        "{table}"
    );
}

#[test]
fn a_sweep_that_was_broken_off_goes_on_and_ends_the_same() {
    let (country, folder) = (country(), TempDir::new().unwrap());
    let population = drawn(&country, folder.path(), 1_000);
    let out = folder.path().join("out");
    let first = swept(&country.book, &population, &out);
    // The part was written, its totals were not: it is made again.
    std::fs::remove_file(out.join("totals/00000.json")).unwrap();
    std::fs::write(out.join("entitlements/00000.parquet"), "broken off").unwrap();
    let again = swept(&country.book, &population, &out);
    assert_eq!(first.lines(), again.lines());
    let size = std::fs::metadata(out.join("entitlements/00000.parquet"))
        .unwrap()
        .len();
    assert!(size > 1_000);
    // What is done is not done again.
    std::fs::write(out.join("entitlements/00000.parquet"), "kept").unwrap();
    assert_eq!(
        swept(&country.book, &population, &out).lines(),
        first.lines()
    );
    assert_eq!(
        std::fs::read(out.join("entitlements/00000.parquet")).unwrap(),
        b"kept"
    );
    let sweep = Sweep::new(&country.book, date(2027, 1, 1));
    let other = Run::new(&sweep, country.book.digest(), &population, &out);
    let refused = other.err().unwrap().to_string();
    assert!(refused.contains("another day"), "{refused}");
}

#[test]
fn a_population_that_is_none_is_refused_with_its_place() {
    let (country, folder) = (country(), TempDir::new().unwrap());
    let population = drawn(&country, folder.path(), 500);
    let whole = std::fs::read(population.path()).unwrap();
    let broken = folder.path().join("broken.parquet");
    std::fs::write(&broken, &whole[..whole.len() / 2]).unwrap();
    let open = |path: &Path| {
        Population::open(path, country.book.vocabulary())
            .unwrap_err()
            .to_string()
    };
    assert!(
        open(&broken).contains("not a whole Parquet file"),
        "{}",
        open(&broken)
    );
    assert!(open(&folder.path().join("none.parquet")).contains("none.parquet"));
    // A file whose end is whole and whose middle is not.
    let mut holed = whole.clone();
    let middle = whole.len() / 3;
    holed[middle..middle + 2_000].fill(0xff);
    std::fs::write(&broken, &holed).unwrap();
    let sweep = Sweep::new(&country.book, ON);
    let population = Population::open(&broken, country.book.vocabulary()).unwrap();
    let run = Run::new(
        &sweep,
        country.book.digest(),
        &population,
        &folder.path().join("out"),
    )
    .unwrap();
    let workers = Workers {
        threads: 1,
        entitlements: false,
    };
    let failed = run
        .finish(workers, |_, _| (), |_| ())
        .unwrap_err()
        .to_string();
    assert!(failed.contains("broken.parquet"), "{failed}");
}

fn service(id: &str, codes: &[&str], ages: (i64, i64), agency: (&str, &str)) -> Service {
    Service {
        id: id.into(),
        name: id.into(),
        summary: String::new(),
        field: String::new(),
        support: String::new(),
        users: vec!["개인".into()],
        agency_code: agency.0.into(),
        agency_name: agency.0.into(),
        agency_kind: agency.1.into(),
        until: String::new(),
        api_version: "v3".into(),
        conditions: Some(Conditions {
            codes: codes.iter().map(|it| (*it).to_owned()).collect(),
            age_from: Some(ages.0),
            age_to: Some(ages.1),
        }),
    }
}

#[test]
fn services_are_counted_for_all_whom_nothing_rules_out() {
    let (country, folder) = (country(), TempDir::new().unwrap());
    let population = drawn(&country, folder.path(), 3_000);
    let ministry = ("보건복지부", "중앙행정기관");
    let services = [
        service("children", &[], (0, 7), ministry),
        service("women", &["JA0102"], (0, 120), ministry),
        service("poor", &["JA0201"], (0, 120), ministry),
        service(
            "disabled-or-veteran",
            &["JA0328", "JA0329"],
            (20, 64),
            ministry,
        ),
        service("of-yongin", &[], (65, 120), ("경기도 용인시", "시군구")),
    ];
    let ages = Ages::of(&country.book, &services);
    let offices = country
        .agencies
        .iter()
        .map(|it| (it.code.clone(), it.name.ko.clone()));
    let recipients = Recipients::new(&country.gov24, &ages, &services, offices.collect());
    let sweep = Sweep::with_questions(&country.book, ON, &recipients.questions);
    let run = Run::new(
        &sweep,
        country.book.digest(),
        &population,
        &folder.path().join("out"),
    )
    .unwrap();
    let workers = Workers {
        threads: 1,
        entitlements: false,
    };
    let totals = run
        .finish(
            workers,
            |found, totals| recipients.count(found, totals),
            |_| (),
        )
        .unwrap();
    let counted = totals.by_benefit();
    let homes = situations(&country.book, &population);
    for service in &services {
        // A household of one is excluded just where its one member is ruled out.
        let mut expected = 0;
        for home in &homes {
            let place = wise::areas::benefits::services::actions::read::municipality(home);
            if service.id == "of-yongin" && place.as_deref() != Some("yongin") {
                continue;
            }
            for key in home.member_keys() {
                expected += u64::from(is_left_in(&country, service, home, key));
            }
        }
        let name = format!("gov24/{}", service.id);
        assert_eq!(
            counted.get(name.as_str()).map_or(0, |it| it.open),
            expected,
            "{name}"
        );
        assert!(expected > 0, "{name}");
    }
}

/// By the table's own questions: in every group some code does not rule the member out.
fn is_left_in(country: &Country, service: &Service, home: &rules::Situation, key: &str) -> bool {
    let table = &country.gov24["v3"];
    let member = home.member_keys().position(|it| it == key).unwrap();
    let conditions = service.conditions.as_ref().unwrap();
    let born = rules::FactRef {
        entity: rules::Entity::Person,
        member: Some(key.to_owned()),
        fact: "born".into(),
    };
    let Some(rules::Value::Date(born)) = home.get(&born) else {
        panic!("everybody is born");
    };
    let age = rules::dates::years_between(born, ON);
    let (from, to) = (conditions.age_from.unwrap(), conditions.age_to.unwrap());
    if age < from || (to < 120 && age > to) {
        return false;
    }
    conditions.codes.is_empty()
        || conditions.codes.iter().any(|code| {
            let said = table.codes[code].ask(home, ON);
            said[member].standing != wise::country::Standing::RuledOut
        })
}

#[test]
fn a_reform_costs_what_every_household_gains() {
    let (country, folder) = (country(), TempDir::new().unwrap());
    let population = drawn(&country, folder.path(), 3_000);
    let reform = read(
        "changes: [{benefit: child-allowance, parameter: base, from: 2026-01-01, values: [150000]},\n\
         {benefit: basic-pension, parameter: base, from: 2026-01-01, values: [300000]}]",
    )
    .unwrap();
    let after = law(&country.book, &country.files, &reform).unwrap();
    let found = effects(&country.book, &after, &population, ON, &|_| ()).unwrap();
    let again = effects(&country.book, &after, &population, ON, &|_| ()).unwrap();
    assert_eq!(
        serde_json::to_vec(&found).unwrap(),
        serde_json::to_vec(&again).unwrap()
    );

    let homes = situations(&country.book, &population);
    let (before, then) = (
        one_by_one(&country.book, &homes),
        one_by_one(&after, &homes),
    );
    assert_eq!(found.benefits.len(), 2);
    for effect in &found.benefits {
        let (was, is) = (before[&effect.benefit], then[&effect.benefit]);
        assert_eq!(
            (effect.eligible_before, effect.eligible_after),
            (was.0, is.0)
        );
        assert_eq!(
            i128::from(effect.won_a_year_before),
            was.2 * 12,
            "{}",
            effect.benefit
        );
        assert_eq!(
            i128::from(effect.won_a_year_after),
            is.2 * 12,
            "{}",
            effect.benefit
        );
    }
    let net: i64 = found
        .benefits
        .iter()
        .map(|it| it.won_a_year_after - it.won_a_year_before)
        .sum();
    for by in [By::District, By::Age, By::Decile, By::HouseholdType] {
        let groups = || found.groups.iter().filter(|it| it.by == by);
        assert_eq!(
            groups().map(|it| it.net_won_a_year).sum::<i64>(),
            net,
            "{by:?}"
        );
        assert_eq!(
            groups().map(|it| it.persons).sum::<u64>(),
            found.persons,
            "{by:?}"
        );
    }
    poverty_falls_where_children_live(&found);
}

fn poverty_falls_where_children_live(found: &Effects) {
    let group = |by: By, key: &str| {
        found
            .groups
            .iter()
            .find(|it| it.by == by && it.key == key)
            .unwrap()
    };
    assert!(group(By::HouseholdType, "with-children").winners > 0);
    assert_eq!(group(By::HouseholdType, "with-children").losers, 0);
    assert!(group(By::HouseholdType, "elders").losers > 0);
    let poverty = found.poverty.as_ref().unwrap();
    assert!(poverty.child_rate_after <= poverty.child_rate_before);
    assert!(
        (100_000..500_000).contains(&poverty.gini_before),
        "{poverty:?}"
    );
    assert!(
        (20_000..400_000).contains(&poverty.rate_before),
        "{poverty:?}"
    );
}

#[test]
fn a_reform_that_names_what_is_not_there_is_told_the_nearest() {
    let country = country();
    let fault =
        |reform: &Reform| law(&country.book, &country.files, reform).unwrap_err()[0].to_string();
    let change = |benefit: &str, parameter: &str, values: &[i64]| Reform {
        changes: vec![ParameterChange {
            benefit: Some(benefit.into()),
            parameter: parameter.into(),
            from: ON,
            values: values.to_vec(),
        }],
        ..Reform::default()
    };
    let told = fault(&change("child-allowence", "base", &[1]));
    assert!(
        told.contains("child-allowence") && told.contains("`child-allowance`"),
        "{told}"
    );
    let told = fault(&change("child-allowance", "bse", &[1]));
    assert!(told.contains("`bse`") && told.contains("`base`"), "{told}");
    let told = fault(&change("child-allowance", "base", &[1, 2]));
    assert!(told.contains("one value"), "{told}");
    let told = fault(&change("child-allowance", "base", &[i64::MAX]));
    assert!(told.contains("is not between"), "{told}");
    let told =
        read("changes: [{benefit: x, paramter: y, from: 2026-01-01, values: [1]}]").unwrap_err();
    assert!(told.to_string().contains("paramter"), "{told}");
    let broken = Reform {
        files: BTreeMap::from([(
            "benefits/new.yaml".to_owned(),
            "id: new\nname: {".to_owned(),
        )]),
        ..Reform::default()
    };
    assert!(
        fault(&broken).contains("benefits/new.yaml"),
        "{}",
        fault(&broken)
    );
    let strange = Reform {
        files: BTreeMap::from([("policies/resident.cedar".to_owned(), "permit();".to_owned())]),
        ..Reform::default()
    };
    assert!(fault(&strange).contains("benefits/"), "{}", fault(&strange));
}

#[test]
fn the_register_is_swept_as_its_pages_tell_it() {
    on_both(async |house| {
        let folder = TempDir::new().unwrap();
        let file = folder.path().join("register.parquet");
        let desk = Desk::of(&house.app.country);
        let (db, now) = (house.app.core.db().clone(), house.app.core.clock().now());
        let (to, with) = (file.clone(), desk.clone());
        tokio::task::spawn_blocking(move || export(&db, &with, &to, now, |_| ()).unwrap())
            .await
            .unwrap();
        let population = Population::open(&file, desk.book.vocabulary()).unwrap();
        let homes = situations(&desk.book, &population);
        assert!(homes.len() > 1);
        let on = base::seoul_date(now);
        let sweep = Sweep::new(&desk.book, on);
        let totals = sweep.group(&population, 0, |_, _| Ok(())).unwrap();
        let eligible: u64 = totals.by_benefit().values().map(|it| it.eligible).sum();
        let mut expected = 0;
        for home in &homes {
            for benefit in desk.book.benefits() {
                let decisions = desk.book.decide(benefit, home, on);
                expected += decisions
                    .iter()
                    .filter(|it| it.outcome == Outcome::Eligible)
                    .count() as u64;
            }
        }
        assert_eq!(eligible, expected);
    });
}
