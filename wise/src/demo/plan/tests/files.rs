//! The sample's files: their faults are named, and they fit together.

use std::collections::HashSet;

use super::super::*;
use super::{data, texts};

#[test]
fn an_unusable_file_is_named_with_the_fault() {
    let mut texts = texts();
    let broken = sample!("dongs.csv").replacen("36.612", "north", 1);
    texts.dongs = &broken;
    let message = SampleData::parse(&texts)
        .expect_err("a word is no latitude")
        .to_string();
    assert!(
        message.starts_with("dongs.csv:") && message.contains("line"),
        "{message}"
    );

    let mut texts = super::texts();
    texts.city = "code: x\nname: {ko: 가, en: Ga}\n";
    let message = SampleData::parse(&texts)
        .expect_err("most is missing")
        .to_string();
    assert!(message.starts_with("city.yaml:"), "{message}");

    let mut texts = super::texts();
    texts.roads = "dong,road\n";
    let message = SampleData::parse(&texts).expect_err("no road").to_string();
    assert!(message.contains("roads.csv has no row"), "{message}");

    let mut texts = super::texts();
    let broken = sample!("places.csv").replacen("daycare-01,daycare", "daycare-01", 1);
    texts.places = &broken;
    let message = SampleData::parse(&texts)
        .expect_err("a column short")
        .to_string();
    assert!(message.starts_with("places.csv:"), "{message}");
}

#[test]
fn places_are_many_and_their_vacancies_fit() {
    let places = &data().places;
    let centres: Vec<&Place> = places
        .iter()
        .filter(|p| matches!(p.kind.as_str(), "daycare" | "kindergarten"))
        .collect();
    assert!(centres.len() >= 40);
    for centre in centres {
        for age in 0..6 {
            assert!(centre.vacancy[age] <= centre.capacity[age], "{centre:?}");
        }
    }
    for place in places {
        assert!(place.phone.starts_with("000-0000-"), "{place:?}");
        assert!(data().dong(&place.dong).is_some(), "{place:?}");
        let hired = matches!(place.kind.as_str(), "sitter" | "postnatal_helper");
        assert_eq!(hired, place.price_won_per_hour.is_some(), "{place:?}");
    }
    assert!(places.iter().any(|p| p.kind == "hospital"));
}

#[test]
fn officials_and_the_hospital_belong_to_agencies_of_the_country() {
    let text = include_str!("../../../../../country/kr/agencies.csv");
    let codes: HashSet<&str> = text.lines().filter_map(|l| l.split(',').next()).collect();
    for official in &data().officials {
        assert!(codes.contains(official.agency.as_str()), "{official:?}");
    }
    assert!(codes.contains(data().city.hospital.as_str()));
    let dongs = data().dongs.iter().all(|d| codes.contains(d.code.as_str()));
    assert!(dongs, "each dong has its community centre");
}
