use std::collections::BTreeMap;
use std::sync::OnceLock;

use base::ids::{HouseholdId, PersonId};
use jiff::civil::{Date, date};
use proptest::prelude::*;
use rules::{Entity, FactRef, FactType, Situation, Value};

use super::model::*;
use crate::areas::benefits::model::{Consents, Desk, Picture};
use crate::blocks::people::{Datum, HouseholdView, MemberView, Person, Role, Sex, Source};
use crate::country::{Country, CountryFiles};

const ON: Date = date(2026, 11, 23);

fn country() -> &'static Country {
    static COUNTRY: OnceLock<Country> = OnceLock::new();
    COUNTRY.get_or_init(|| Country::load(CountryFiles::built_in()).unwrap())
}

fn service(version: &str, codes: &[&str], ages: (i64, i64)) -> Service {
    Service {
        id: "000000000001".into(),
        name: "돌봄 지원".into(),
        summary: String::new(),
        field: "보호·돌봄".into(),
        support: "현금".into(),
        users: vec!["개인".into()],
        agency_code: "1352000".into(),
        agency_name: "보건복지부".into(),
        agency_kind: "중앙행정기관".into(),
        until: "상시신청".into(),
        api_version: version.into(),
        conditions: Some(Conditions {
            codes: codes.iter().map(|it| (*it).to_owned()).collect(),
            age_from: Some(ages.0),
            age_to: Some(ages.1),
        }),
    }
}

const ANY_AGE: (i64, i64) = (0, 120);

/// `income_recognised=1` of the household, `a.sex=male` of a member.
fn home(facts: &[&str]) -> Situation {
    let book = &country().book;
    let mut situation = book.situation();
    for fact in facts {
        let (name, value) = fact.split_once('=').unwrap();
        match name.split_once('.') {
            Some((member, name)) => {
                let value = book.parse_value(Entity::Person, name, value).unwrap();
                situation.set_member(member, name, value).unwrap();
            }
            None => {
                let value = book.parse_value(Entity::Household, name, value).unwrap();
                situation.set_household(name, value).unwrap();
            }
        }
    }
    situation
}

fn verdict(service: &Service, situation: &Situation) -> Verdict {
    judge_one(&country().gov24, service, situation, ON)
}

fn is_excluded(service: &Service, facts: &[&str]) -> bool {
    matches!(verdict(service, &home(facts)), Verdict::Excluded(_))
}

/// What is open, with the facts that would settle it.
fn open(service: &Service, facts: &[&str]) -> Vec<(Topic, Vec<String>)> {
    match verdict(service, &home(facts)) {
        Verdict::Excluded(part) => panic!("excluded by {part:?}"),
        Verdict::Check { open, .. } => {
            let told = open.into_iter().map(|part| {
                let missing = part.missing.iter().map(ToString::to_string).collect();
                (part.topic, missing)
            });
            told.collect()
        }
    }
}

fn group(name: &str) -> Topic {
    Topic::Group(name.into())
}

#[test]
fn a_code_that_nobody_at_home_meets_excludes_and_an_unknown_one_asks() {
    let for_men = service("v3", &["JA0101"], ANY_AGE);
    assert!(is_excluded(&for_men, &["a.sex=female"]));
    assert!(!is_excluded(&for_men, &["a.sex=female", "b.sex=male"]));
    assert_eq!(
        open(&for_men, &["a.sex=female", "b.role=child"]),
        [(group("sex"), vec!["b.sex".to_owned()])]
    );
    assert!(open(&for_men, &["a.sex=male"]).is_empty());
}

#[test]
fn a_group_that_is_empty_full_or_none_of_these_restricts_nobody() {
    let everything = country().gov24["v3"].codes.iter();
    let situation = everything
        .filter(|(_, code)| code.group == "situation" && !code.none)
        .map(|(name, _)| name.as_str());
    let all: Vec<&str> = situation.collect();
    assert_eq!(all.len(), 16);
    for codes in [&[][..], &["JA0322"], &["JA0322", "JA0328"], &all] {
        let it = service("v3", codes, ANY_AGE);
        assert!(open(&it, &["a.disability=none"]).is_empty(), "{codes:?}");
    }
    let disabled = service("v3", &["JA0328"], ANY_AGE);
    assert!(is_excluded(&disabled, &["a.disability=none"]));
}

#[test]
fn income_excludes_only_when_every_measure_lies_outside() {
    let poor = service("v3", &["JA0201"], ANY_AGE);
    // Half of the median income of two in 2026.
    let two = ["a.sex=male", "b.sex=male"];
    let with = |recognised: &str, assessed: &str| {
        let mut facts = two.map(str::to_owned).to_vec();
        for (name, won) in [("recognised", recognised), ("assessed", assessed)] {
            if !won.is_empty() {
                facts.push(format!("income_{name}={won}"));
            }
        }
        facts
    };
    let excluded = |facts: Vec<String>| {
        let facts: Vec<&str> = facts.iter().map(String::as_str).collect();
        is_excluded(&poor, &facts)
    };
    assert!(!excluded(with("2099646", "2099646")));
    assert!(excluded(with("2099647", "2099647")));
    assert!(!excluded(with("2099647", "2099646")));
    assert!(!excluded(with("9000000", "")));
    assert_eq!(
        open(&poor, &["a.sex=male", "income_recognised=1"]),
        [(
            group("income"),
            vec!["household.income_assessed".to_owned()]
        )]
    );
}

#[test]
fn what_no_fact_of_ours_can_tell_stays_open() {
    // Farmers; fertility treatment; families of veterans; illness without registration.
    for code in ["JA0313", "JA0301", "JA0329", "JA0330"] {
        let it = service("v3", &[code], ANY_AGE);
        let known = [
            "a.born=1990-01-01",
            "a.sex=female",
            "a.pregnant=false",
            "a.veteran=false",
            "a.serious_illness=false",
            "a.employment=employee",
        ];
        assert_eq!(open(&it, &known), [(group("situation"), vec![])], "{code}");
    }
}

#[test]
fn ages_are_completed_years_and_120_is_no_limit() {
    let it = service("v3", &[], (0, 5));
    // Six on that very day.
    assert!(is_excluded(&it, &["a.born=2020-11-23"]));
    assert!(!is_excluded(&it, &["a.born=2020-11-24"]));
    assert!(!is_excluded(
        &service("v3", &[], ANY_AGE),
        &["a.born=1900-01-01"]
    ));
    assert_eq!(
        open(&it, &["a.sex=male"]),
        [(Topic::Age(None, Some(5)), vec!["a.born".to_owned()])]
    );
}

#[test]
fn conditions_that_fit_different_people_leave_open_whom() {
    let it = service("v3", &["JA0101"], (65, 120));
    let couple = [
        "a.sex=female",
        "a.born=1950-01-01",
        "b.sex=male",
        "b.born=1990-01-01",
    ];
    assert_eq!(open(&it, &couple), [(Topic::Whom, vec![])]);
    assert!(open(&it, &["a.sex=male", "a.born=1950-01-01"]).is_empty());
}

#[test]
fn a_business_is_asked_of_only_where_no_person_may_use_it() {
    let mut it = service("v3", &["JA1102", "JA2101"], ANY_AGE);
    let employee = ["a.employment=employee", "a.born=1990-01-01"];
    assert!(open(&it, &employee).is_empty());
    it.users = vec!["소상공인".into()];
    let asked: Vec<Topic> = open(&it, &employee).into_iter().map(|it| it.0).collect();
    assert!(asked.contains(&Topic::Users), "{asked:?}");
    assert!(is_excluded(
        &it,
        &["a.employment=none", "a.born=1990-01-01"]
    ));
    it.users = vec!["법인/시설/단체".into()];
    assert!(is_excluded(&it, &employee));
    // A word that the table does not know says nothing.
    it.users = vec!["새로운 구분".into()];
    assert!(!is_excluded(&it, &employee));
}

#[test]
fn a_code_is_read_by_its_own_version() {
    // JA0317 is 초등학생 in v3 and 기타 어업인 in v1.
    let adult = ["a.school=none", "a.born=1990-01-01"];
    assert!(is_excluded(&service("v3", &["JA0317"], ANY_AGE), &adult));
    assert!(!is_excluded(&service("v1", &["JA0317"], ANY_AGE), &adult));
    let band = service("v1", &["JA0103"], ANY_AGE);
    assert!(is_excluded(&band, &adult));
    // A version whose table is gone excludes nobody.
    let gone = verdict(&service("v2", &["JA0103"], ANY_AGE), &home(&adult));
    assert!(gone.unknowns().unwrap() > 1, "{gone:?}");
}

fn provider(code: &str, name: &str, kind: &str) -> Provider {
    Provider {
        code: code.into(),
        name: name.into(),
        kind: kind.into(),
    }
}

#[test]
fn services_of_other_places_are_left_out_by_the_agencys_name_and_code() {
    let providers = [
        provider("3830000", "경기도 안양시", "시군구"),
        provider("3830000", "안양시시설관리공단", "지방공기업"),
        provider("6410000", "경기도", "광역시도"),
        provider("7530000", "경기도교육청", "교육청"),
        provider("4520000", "충청남도 아산시", "시군구"),
        provider("1352000", "보건복지부", "중앙행정기관"),
        provider("3010000", "서울특별시 중구", "시군구"),
        provider("3250000", "부산광역시 중구", "시군구"),
    ];
    let near = |office: &str| {
        let nearby = Nearby::of(&country().gov24, &providers, Some(office));
        let mut it = service("v3", &[], ANY_AGE);
        let all: BTreeMap<&str, Option<Locality>> = providers
            .iter()
            .map(|provider| {
                it.agency_code.clone_from(&provider.code);
                it.agency_kind.clone_from(&provider.kind);
                (provider.name.as_str(), nearby.locality(&it))
            })
            .collect();
        all
    };
    let anyang = near("안양시청");
    assert_eq!(anyang["경기도 안양시"], Some(Locality::Own));
    assert_eq!(anyang["안양시시설관리공단"], Some(Locality::Own));
    assert_eq!(anyang["경기도"], Some(Locality::Region));
    assert_eq!(anyang["경기도교육청"], Some(Locality::Region));
    assert_eq!(anyang["보건복지부"], Some(Locality::National));
    assert_eq!(anyang["충청남도 아산시"], None);
    // Two cities have a 중구: its short name is nobody's, its whole name is one's.
    assert_eq!(near("중구청")["서울특별시 중구"], None);
    let whole = near("부산광역시 중구청");
    assert_eq!(whole["부산광역시 중구"], Some(Locality::Own));
    assert_eq!(whole["서울특별시 중구"], None);
}

#[test]
fn what_is_settled_and_near_comes_first() {
    let nearby = Nearby {
        national: vec!["중앙행정기관".into()],
        local: BTreeMap::from([("9".to_owned(), Locality::Own)]),
    };
    let with = |id: &str, codes: &[&str], is_own: bool| {
        let mut it = service("v3", codes, ANY_AGE);
        it.id = id.into();
        if is_own {
            it.agency_kind = "시군구".into();
            it.agency_code = "9".into();
        }
        it
    };
    let mut bare = with("e", &[], true);
    bare.conditions = None;
    let mut other_place = with("f", &[], true);
    other_place.agency_code = "8".into();
    let services = vec![
        bare,
        with("c", &["JA0313"], true),
        with("a", &[], false),
        with("b", &["JA0102"], false),
        with("d", &[], true),
        other_place,
    ];
    let home = home(&["a.sex=female"]);
    let found = find(&country().gov24, &nearby, services, &home, ON);
    let ids: Vec<&str> = found.iter().map(|it| it.service.id.as_str()).collect();
    assert_eq!(ids, ["d", "b", "a", "c", "e"]);
}

#[test]
fn who_does_not_answer_for_the_household_is_judged_by_their_own_facts() {
    let person = |number| PersonId::sample(number);
    let datum = |fact: &str, value: &str| Datum {
        fact: fact.into(),
        value: Some(value.into()),
        since: ON,
        until: None,
        known_at: "2026-11-22T00:00:00Z".parse().unwrap(),
        source: Source {
            agency: "mohw".into(),
            basis: "법".into(),
            told: false,
            checked_at: "2026-11-22T00:00:00Z".parse().unwrap(),
        },
    };
    let member = |number, role| MemberView {
        person: Person {
            id: person(number),
            name: format!("사람 {number}"),
            born: date(1980, 1, 1),
            sex: Sex::Male,
            died: None,
        },
        role,
        since: ON,
        facts: vec![datum("disability", "none")],
    };
    let picture = Picture {
        view: HouseholdView {
            id: HouseholdId::sample(1),
            revision: 1,
            address: None,
            members: vec![member(1, Role::Head), member(2, Role::Child)],
            facts: vec![datum("income_recognised", "9000000")],
        },
        consents: Consents::new(),
        now: "2026-11-23T00:00:00Z".parse().unwrap(),
        on: ON,
    };
    let desk = Desk {
        book: country().book.clone(),
        catalogue: country().catalogue.clone(),
    };
    let known = |whose| -> Vec<String> {
        let situation = situation_for(&desk, &picture, person(whose));
        assert_eq!(situation.member_count(), 2);
        situation
            .known()
            .map(|(fact, _)| fact.to_string())
            .collect()
    };
    assert!(known(1).contains(&"household.income_recognised".to_owned()));
    let own = person(2).to_string();
    let of_child = known(2);
    assert!(
        of_child.iter().all(|it| it.starts_with(&own)),
        "{of_child:?}"
    );
    assert!(of_child.contains(&format!("{own}.disability")));
}

/// Any value that the fact's type allows.
fn value(fact: &rules::Fact, seed: u32) -> Value {
    match fact.fact_type {
        FactType::Bool => Value::Bool(seed.is_multiple_of(2)),
        FactType::Text => Value::Text("hanbit".into()),
        FactType::Date => {
            let days = i64::from(seed % 36_000);
            Value::Date(rules::dates::add_days(date(1928, 1, 1), days).unwrap())
        }
        FactType::Enum(id) => {
            let values = country().book.vocabulary().enum_values(id);
            Value::Text(values[seed as usize % values.len()].code.clone())
        }
        FactType::Integer(unit) if unit.is_money() => Value::Integer(i64::from(seed % 9_000_000)),
        FactType::Integer(_) => Value::Integer(i64::from(seed % 60)),
    }
}

fn situations() -> impl Strategy<Value = Situation> {
    let facts = || prop::collection::vec((any::<prop::sample::Index>(), any::<u32>()), 0..30);
    let members = prop::collection::vec(facts(), 0..4);
    (facts(), members).prop_map(|(household, members)| {
        let vocabulary = country().book.vocabulary();
        let mut situation = country().book.situation();
        for (index, seed) in household {
            let fact = index.get(vocabulary.facts(Entity::Household));
            situation
                .set_household(&fact.name, value(fact, seed))
                .unwrap();
        }
        for (number, facts) in members.into_iter().enumerate() {
            let key = format!("m{number}");
            situation.add_member(&key);
            for (index, seed) in facts {
                let fact = index.get(vocabulary.facts(Entity::Person));
                situation
                    .set_member(&key, &fact.name, value(fact, seed))
                    .unwrap();
            }
        }
        situation
    })
}

fn services() -> impl Strategy<Value = Service> {
    let version = prop::sample::select(vec!["v1", "v3"]);
    let users = ["개인", "가구", "소상공인", "법인/시설/단체", "다른 말"];
    let users = prop::sample::subsequence(users.to_vec(), 0..=3);
    let age = || prop::option::of(0_i64..=120);
    version.prop_flat_map(move |version| {
        let codes: Vec<String> = country().gov24[version].codes.keys().cloned().collect();
        // Few codes restrict; many say as little as none.
        let codes = prop::sample::subsequence(codes, 0..=8);
        (codes, users.clone(), age(), age()).prop_map(move |(codes, users, from, to)| {
            let mut it = service(version, &[], ANY_AGE);
            it.users = users.into_iter().map(str::to_owned).collect();
            it.conditions = Some(Conditions {
                codes,
                age_from: from,
                age_to: to.map(|to| to.max(from.unwrap_or(0))),
            });
            it
        })
    })
}

fn may_be_checked(service: &Service, situation: &Situation) -> bool {
    matches!(verdict(service, situation), Verdict::Check { .. })
}

proptest! {
    #[test]
    fn none_of_these_or_an_empty_group_never_excludes(
        service in services(),
        situation in situations(),
    ) {
        let table = &country().gov24[&service.api_version];
        let before = may_be_checked(&service, &situation);
        for group in table.groups.keys() {
            let in_group = |name: &String| table.codes[name].group == *group;
            let mut emptied = service.clone();
            let conditions = emptied.conditions.as_mut().unwrap();
            conditions.codes.retain(|it| !in_group(it));
            let emptied_may = may_be_checked(&emptied, &situation);
            prop_assert!(!before || emptied_may, "{group} emptied");
            // Without the group's codes nothing of the group can be the reason.
            if let Verdict::Excluded(part) = verdict(&emptied, &situation) {
                prop_assert_ne!(part.topic, Topic::Group(group.clone()));
            }
            let none = table.codes.iter().find(|(_, code)| code.group == *group && code.none);
            if let Some((none, _)) = none {
                let mut anybody = service.clone();
                anybody.conditions.as_mut().unwrap().codes.push(none.clone());
                // “None of these” says as much as nothing.
                prop_assert_eq!(emptied_may, may_be_checked(&anybody, &situation), "{}", none);
            }
        }
    }

    #[test]
    fn knowing_less_never_excludes_and_knowing_more_never_brings_back(
        service in services(),
        situation in situations(),
        forgotten in prop::collection::vec(any::<prop::sample::Index>(), 1..12),
    ) {
        let known: Vec<FactRef> = situation.known().map(|(fact, _)| fact).collect();
        prop_assume!(!known.is_empty());
        let mut less = situation.clone();
        for index in forgotten {
            less.forget(index.get(&known));
        }
        let (with_more, with_less) = (
            may_be_checked(&service, &situation),
            may_be_checked(&service, &less),
        );
        prop_assert!(with_less || !with_more, "{:?}", service.conditions);
    }

    #[test]
    fn one_more_code_of_a_group_that_has_some_never_excludes(
        service in services(),
        situation in situations(),
        more in any::<prop::sample::Index>(),
    ) {
        let table = &country().gov24[&service.api_version];
        let codes: Vec<&String> = table.codes.keys().collect();
        let code = *more.get(&codes);
        let set = &service.conditions.as_ref().unwrap().codes;
        let has_some = set.iter().any(|it| table.codes[it].group == table.codes[code].group);
        prop_assume!(has_some && !set.contains(code));
        let before = may_be_checked(&service, &situation);
        let mut wider = service.clone();
        wider.conditions.as_mut().unwrap().codes.push(code.clone());
        prop_assert!(!before || may_be_checked(&wider, &situation), "{code}");
    }

    #[test]
    fn what_excludes_is_contradicted_for_every_member(
        service in services(),
        situation in situations(),
    ) {
        // A reason to leave a service out is settled, fits nobody, and needs somebody to be about.
        if let Verdict::Excluded(part) = verdict(&service, &situation) {
            prop_assert!(part.members.is_empty(), "{part:?}");
            prop_assert!(part.missing.is_empty(), "{part:?}");
            prop_assert!(situation.member_count() > 0);
        }
    }
}
