//! The plan against its figures, its law and itself.

// Before the modules, which use it too.
macro_rules! sample {
    ($file:literal) => {
        include_str!(concat!("../../../../../country/kr/sample/", $file))
    };
}

mod files;
mod people;
mod year;

use std::sync::OnceLock;

use jiff::civil::{Date, date};

use super::hours::Office;
use super::*;

const TODAY: Date = date(2026, 11, 23);

fn texts() -> SampleTexts<'static> {
    SampleTexts {
        city: sample!("city.yaml"),
        income: sample!("income.yaml"),
        personas: sample!("personas.yaml"),
        population_pyramid: sample!("population_pyramid.csv"),
        household_sizes: sample!("household_sizes.csv"),
        surnames: sample!("surnames.csv"),
        given_names: sample!("given_names.csv"),
        foreign_names: sample!("foreign_names.csv"),
        dongs: sample!("dongs.csv"),
        municipalities: sample!("municipalities.csv"),
        roads: sample!("roads.csv"),
        officials: sample!("officials.csv"),
        places: sample!("places.csv"),
        holidays: sample!("holidays.csv"),
    }
}

fn data() -> &'static SampleData {
    static DATA: OnceLock<SampleData> = OnceLock::new();
    DATA.get_or_init(|| SampleData::parse(&texts()).expect("the sample files are sound"))
}

/// The city of the demo, drawn once for all tests.
fn city() -> &'static CityPlan {
    static CITY: OnceLock<CityPlan> = OnceLock::new();
    CITY.get_or_init(|| CityPlan::draw(7, 30_000, TODAY, data()))
}

fn everybody(plan: &CityPlan) -> impl Iterator<Item = (&HouseholdPlan, &PersonPlan)> {
    plan.households
        .iter()
        .flat_map(|h| h.members.iter().map(move |m| (h, m)))
}

fn is_persona(plan: &CityPlan, household: &HouseholdPlan) -> bool {
    plan.personas.iter().any(|p| p.household == household.key)
}

/// Office hours; `closed` are the holidays of the sample.
fn office() -> Office {
    Office {
        closed: data().closed_days(),
    }
}
