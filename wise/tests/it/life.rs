//! Life events, birthdays and new law: what opens is offered once, before its day where it can be known.

use base::ids::{HouseholdId, PersonId};
use base::{Clock, Entropy};
use jiff::civil::{Date, date};
use wise::areas::benefits::actions::{accept, read};
use wise::areas::benefits::model::{Offer, OfferState};
use wise::blocks::notices;
use wise::blocks::people::{
    self, NewAddress, NewDatum, NewHousehold, NewMember, Owner, Role, Sex, Source,
};
use wise::country::{Country, CountryFiles};
use wise::server;

use crate::house::{House, on_both};

fn datum(house: &House, fact: &str, value: &str) -> NewDatum {
    NewDatum {
        fact: fact.into(),
        value: Some(value.into()),
        since: date(2026, 11, 1),
        until: None,
        source: Source {
            agency: "mohw".into(),
            basis: "사회보장급여법 제19조".into(),
            told: false,
            checked_at: house.clock.now(),
        },
    }
}

fn offers(house: &House, person: PersonId) -> Vec<Offer> {
    let now = house.clock.now();
    house.read(move |tx| read::offers_of(tx, person, now).unwrap())
}

fn of<'a>(offers: &'a [Offer], benefit: &str) -> Vec<&'a Offer> {
    offers.iter().filter(|it| it.benefit == benefit).collect()
}

fn titles(house: &House, person: PersonId) -> Vec<&'static str> {
    house.read(move |tx| {
        let inbox = notices::inbox(tx, person, None, 50).unwrap();
        inbox.iter().map(|it| leak(&it.message)).collect()
    })
}

/// Keys are few and the process is short.
fn leak(text: &str) -> &'static str {
    Box::leak(text.to_owned().into_boxed_str())
}

fn home_of(house: &House, person: PersonId) -> HouseholdId {
    let (today, now) = (house.clock.today(), house.clock.now());
    house.read(move |tx| {
        let of = people::household_of(tx, person, today, now).unwrap();
        of.unwrap().0
    })
}

/// Somebody living alone in 달빛동, of whom the registers know what the basic pension asks.
fn elder(house: &House, born: Date, since: Date) -> PersonId {
    let facts = [
        ("married", "false"),
        ("pension_income", "500000"),
        ("national_pension", "0"),
        ("redistributive_pension", "0"),
        ("occupational_pension", "false"),
        ("nationality", "korean"),
        ("care_facility", "false"),
    ];
    let facts: Vec<NewDatum> = facts.iter().map(|(f, v)| datum(house, f, v)).collect();
    let new = NewHousehold {
        address: NewAddress {
            municipality: "hanbit".into(),
            dong: "hanbit-dalbit".into(),
            line: "한빛시 달빛길 3 (달빛동)".into(),
            latitude: 36.6,
            longitude: 126.9,
        },
        since,
        members: vec![NewMember {
            name: "오순자".into(),
            born,
            sex: Sex::Female,
            role: Role::Head,
            facts,
        }],
        facts: vec![
            datum(house, "basic_livelihood", "none"),
            datum(house, "bank_account", "한빛은행 000-00-0001"),
        ],
    };
    house.act(move |cx| people::register_household(cx, &new).unwrap().1[0])
}

fn record(house: &House, owner: Owner, facts: &[(&str, &str)]) {
    let facts: Vec<NewDatum> = facts.iter().map(|(f, v)| datum(house, f, v)).collect();
    house.act(move |cx| people::record(cx, owner, &facts).unwrap());
}

/// The work of a day under a country's law.
async fn day(house: &House, country: &Country) {
    let walker = server::walker(country, house.db.clone(), Entropy::seeded(3));
    let now = house.clock.now();
    let done = tokio::task::spawn_blocking(move || walker.day(now));
    done.await.unwrap().unwrap();
}

#[test]
fn a_job_lost_is_offered_what_the_insurance_owes() {
    on_both(async |house| {
        let home = home_of(&house, house.haneul);
        let (today, now) = (house.clock.today(), house.clock.now());
        let head = house.read(move |tx| people::head_of(tx, home, today, now).unwrap());
        record(&house, Owner::Person(head), &[("employment", "employee")]);
        house.rest().await;
        assert!(of(&offers(&house, head), "jobseeker-benefit").is_empty());
        house.clock.set("2026-11-23T02:00:00Z".parse().unwrap());
        record(
            &house,
            Owner::Person(head),
            &[
                ("employment", "unemployed"),
                ("insured_days", "900"),
                ("insured_months", "30"),
                ("left_job_on", "2026-11-22"),
                ("left_against_will", "true"),
            ],
        );
        house.rest().await;
        let all = offers(&house, head);
        let offered = of(&all, "jobseeker-benefit");
        assert_eq!(offered.len(), 1, "offered once");
        assert_eq!(offered[0].occasion, "job_loss");
        assert_eq!(offered[0].recipient, head);
        // Nothing new happened to somebody else in another home.
        assert!(offers(&house, house.stranger).is_empty());
    });
}

#[test]
fn a_birthday_is_announced_before_and_opens_on_its_day() {
    on_both(async |house| {
        // Sixty-five on 10 December: paid from the first of that month.
        let person = elder(&house, date(1961, 12, 10), date(2019, 5, 1));
        house.rest().await;
        let announced = offers(&house, person);
        let pension = of(&announced, "basic-pension");
        assert_eq!(pension.len(), 1, "{announced:?}");
        assert_eq!(pension[0].state, OfferState::Waiting);
        assert_eq!(pension[0].opens_on, Some(date(2026, 12, 1)));
        assert!(titles(&house, person).contains(&"benefits-coming"));
        let page = house.resident(person).await.get("/today").await;
        assert!(
            page.body.contains("곧 받을 수 있게 됩니다"),
            "{}",
            page.body
        );
        assert!(page.body.contains("2026년 12월 1일부터"), "{}", page.body);

        let country = house.app.country.clone();
        house.clock.set("2026-11-29T15:30:00Z".parse().unwrap());
        day(&house, &country).await;
        assert_eq!(
            of(&offers(&house, person), "basic-pension")[0].state,
            OfferState::Waiting
        );
        house.clock.set("2026-11-30T15:30:00Z".parse().unwrap());
        day(&house, &country).await;
        day(&house, &country).await;
        let open = offers(&house, person);
        let pension = of(&open, "basic-pension");
        assert_eq!(pension.len(), 1, "made once");
        assert_eq!(pension[0].state, OfferState::Open);
        assert_eq!(pension[0].amount, Some(349_700));
        let told = titles(&house, person);
        assert_eq!(
            told.iter().filter(|it| **it == "benefits-now-open").count(),
            1
        );
    });
}

#[test]
fn who_had_it_before_is_not_offered_it_again_for_moving_here() {
    on_both(async |house| {
        let settled = elder(&house, date(1950, 1, 1), date(2019, 5, 1));
        let newcomer = elder(&house, date(1950, 1, 1), date(2026, 11, 20));
        house.rest().await;
        for person in [settled, newcomer] {
            assert!(of(&offers(&house, person), "basic-pension").is_empty());
        }
    });
}

#[test]
fn what_somebody_has_already_is_kept_and_its_end_is_told() {
    on_both(async |house| {
        let person = elder(&house, date(1961, 12, 10), date(2019, 5, 1));
        house.rest().await;
        house.clock.set("2026-12-01T01:00:00Z".parse().unwrap());
        let country = house.app.country.clone();
        day(&house, &country).await;
        let id = of(&offers(&house, person), "basic-pension")[0].id;
        house.act(move |cx| accept::mark_received(cx, person, id).unwrap());
        // Another look, for another reason, offers nothing anew.
        house.clock.set("2026-12-03T01:00:00Z".parse().unwrap());
        record(&house, Owner::Person(person), &[("disability", "none")]);
        house.rest().await;
        let all = offers(&house, person);
        let pension = of(&all, "basic-pension");
        assert_eq!((pension.len(), pension[0].state), (1, OfferState::Received));
    });
}

/// The built-in country with one more benefit.
fn with_law(folder: &std::path::Path, benefit: &str) -> Country {
    for (path, text) in CountryFiles::built_in().under("") {
        let file = folder.join(path);
        std::fs::create_dir_all(file.parent().unwrap()).unwrap();
        std::fs::write(file, text).unwrap();
    }
    std::fs::write(folder.join("benefits/test-warmth.yaml"), benefit).unwrap();
    Country::load(CountryFiles::read(folder).unwrap()).unwrap_or_else(|it| panic!("{it}"))
}

const NEW_LAW: &str = r#"
id: test-warmth
name: {ko: 온기 수당, en: Warmth allowance}
summary: {ko: 일흔이 넘은 분께 한 번 드립니다., en: Once for everybody of seventy.}
authority: mohw
law: [{act: 온기법, article: 제1조}]
events: [birthday]
unit: person
recipient: self
in_force: {from: 2026-11-25}
parameters:
  age_limit: {unit: years, ko: 나이 기준, en: age limit, values: [{from: 2026-11-25, value: 70, source: 온기법 제1조, checked: 2026-11-24}]}
condition:
  - {id: old, when: age(person.born) >= param.age_limit, law: 온기법 제1조}
amount:
  - {pay: 100000}
period: {kind: once}
apply: {ko: 신청하지 않아도 됩니다., en: No application is needed., ex_officio: true}
cases:
  - {name: 일흔, on: 2026-11-25, household: {municipality: hanbit}, members: {a: {born: 1956-11-25}}, expect: {a: {result: eligible, amount: 100000}}}
  - {name: 예순아홉, on: 2026-11-25, household: {municipality: hanbit}, members: {a: {born: 1956-11-26}}, expect: {a: {result: not}}}
"#;

#[test]
fn a_new_law_is_announced_and_then_applied_for_without_being_asked() {
    on_both(async |house| {
        house.rest().await;
        let folder = tempfile::tempdir().unwrap();
        let country = with_law(folder.path(), NEW_LAW);
        let person = house.stranger;
        assert!(of(&offers(&house, person), "test-warmth").is_empty());
        day(&house, &country).await;
        let before = offers(&house, person);
        let announced = of(&before, "test-warmth");
        assert_eq!(announced.len(), 1, "{before:?}");
        assert_eq!(announced[0].opens_on, Some(date(2026, 11, 25)));

        house.clock.set("2026-11-25T01:00:00Z".parse().unwrap());
        day(&house, &country).await;
        let after = offers(&house, person);
        let granted = of(&after, "test-warmth");
        assert_eq!(granted.len(), 1);
        assert_eq!(granted[0].state, OfferState::Accepted);
        assert!(granted[0].case.is_some(), "the office has it on its desk");
        assert!(titles(&house, person).contains(&"benefits-ex-officio"));
    });
}
