//! Reads the sample city's files, given as texts, and says what is wrong with them.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::model::{Nationality, Role, Sex};
use super::place::{self, Place};

/// The texts of the files of `sample/`.
#[derive(Clone, Copy, Debug)]
pub struct SampleTexts<'a> {
    pub city: &'a str,
    pub income: &'a str,
    pub personas: &'a str,
    pub population_pyramid: &'a str,
    pub household_sizes: &'a str,
    pub surnames: &'a str,
    pub given_names: &'a str,
    pub foreign_names: &'a str,
    pub dongs: &'a str,
    pub municipalities: &'a str,
    pub roads: &'a str,
    pub officials: &'a str,
    pub places: &'a str,
    pub holidays: &'a str,
}

/// Why the sample's files cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum SampleError {
    #[error("{file}: {message}")]
    File { file: &'static str, message: String },
    #[error("{file} has no row; without it no city can be drawn")]
    Empty { file: &'static str },
}

/// Everything the plan is drawn from.
#[derive(Clone, Debug)]
pub struct SampleData {
    pub city: City,
    pub income: IncomeModel,
    pub personas: Vec<PersonaHousehold>,
    pub pyramid: Vec<AgeRow>,
    pub sizes: Vec<SizeRow>,
    pub surnames: Vec<SurnameRow>,
    pub given_names: Vec<GivenNameRow>,
    pub foreign_names: Vec<ForeignNameRow>,
    pub dongs: Vec<Dong>,
    pub municipalities: Vec<Municipality>,
    pub roads: Vec<RoadRow>,
    pub officials: Vec<Official>,
    pub places: Vec<Place>,
    pub holidays: Vec<Holiday>,
}

/// Where some of a whole country's people live.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Municipality {
    /// As rules and registers call it.
    pub code: String,
    pub name: String,
    /// Values of the household facts of the same names.
    pub region: String,
    pub city_size: String,
    pub residents: u64,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Words {
    pub ko: String,
    pub en: String,
}

/// `city.yaml`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct City {
    pub code: String,
    pub name: Words,
    /// Code of `agencies.csv`: where the city's children are born.
    pub hospital: String,
    /// Facts of entity `household` that are the same all over the city.
    pub household_facts: BTreeMap<String, String>,
    pub one_person: Vec<OnePerson>,
    pub families_with_minors: Vec<FamilyKind>,
    pub families_of_adults: Vec<FamilyKind>,
    pub lives_with_parents: Vec<AgeShare>,
    pub mother_at_birth: MotherAge,
    pub single_mother_percent: f64,
    pub foreign_spouse_percent: f64,
    pub foreign_wife_percent: f64,
    pub twins_percent: f64,
    pub life: LifeRates,
    pub behaviour: Behaviour,
}

#[derive(Clone, Debug, Deserialize)]
pub struct OnePerson {
    pub from_age: u8,
    pub to_age: u8,
    pub percent: f64,
    pub women_percent: f64,
}

/// A kind of family household and its share among such households.
#[derive(Clone, Copy, Debug, Deserialize)]
pub struct FamilyKind {
    pub parents: usize,
    pub children: usize,
    /// Parents of the father who live along; without parents, a grandmother.
    pub elders: usize,
    pub percent: f64,
}

impl FamilyKind {
    pub(super) fn size(&self) -> usize {
        self.parents + self.children + self.elders
    }
}

#[derive(Clone, Debug, Deserialize)]
pub struct AgeShare {
    pub from_age: u8,
    pub to_age: u8,
    pub percent: f64,
}

/// Years between a mother and her child.
#[derive(Clone, Debug, Deserialize)]
pub struct MotherAge {
    pub mean: f64,
    pub sd: f64,
    pub least: i32,
    pub most: i32,
}

/// Rates of life events, a year unless the name says otherwise.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LifeRates {
    pub deaths_per_1000: f64,
    pub marriages_per_1000: f64,
    pub divorces_per_1000: f64,
    pub households_moving_within_percent: f64,
    pub households_moving_out_percent: f64,
    pub households_moving_in_percent: f64,
    pub job_losses_percent: f64,
    pub job_found_percent_per_month: f64,
    pub income_reassessed_percent: f64,
    /// Days before the due date on which the health insurer learns of a pregnancy.
    pub pregnancy_known_days_before_due: i64,
}

/// How residents and officials act on what the server offers.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Behaviour {
    pub told_first_percent: f64,
    pub registered_by_parent_visit_days: (i64, i64),
    pub opens_offers_percent: f64,
    pub accepts_ready_percent: f64,
    pub accepts_all_percent: f64,
    pub declines_some_percent: f64,
    pub postpones_percent: f64,
    /// Working hours until a case is decided, from and to.
    pub official_hours: (i64, i64),
    pub grants_percent: f64,
    pub asks_percent: f64,
    pub refuses_percent: f64,
}

/// `income.yaml`: amounts in won, shares in percent.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct IncomeModel {
    pub median_won_per_month: Vec<i64>,
    pub sigma: f64,
    pub factor_percent: IncomeFactors,
    pub minimum_wage_won_per_month: i64,
    pub without_work_percent: f64,
    pub work: Vec<WorkRow>,
    pub disability: Vec<AgeShare>,
    pub severe_percent: f64,
    pub veteran_percent: VeteranShares,
    pub property: PropertyModel,
    pub financial_percent_of_property: f64,
    pub housing_percent: HousingShares,
    pub rent_percent_of_income: f64,
    pub recognised_percent_of_income: f64,
    pub property_exempt_won: i64,
    pub property_to_income_per_million: i64,
    pub unknown_percent: UnknownShares,
    pub not_taking_up_percent: f64,
}

#[derive(Clone, Debug, Deserialize)]
pub struct IncomeFactors {
    pub working_age: f64,
    pub young_alone: f64,
    pub elder: f64,
    pub elder_alone: f64,
    pub single_parent: f64,
}

#[derive(Clone, Debug, Deserialize)]
pub struct WorkRow {
    pub from_age: u8,
    pub to_age: u8,
    pub men: f64,
    pub women: f64,
    pub self_employed: f64,
    pub looking: f64,
}

#[derive(Clone, Debug, Deserialize)]
pub struct VeteranShares {
    pub men_over_65: f64,
    pub men: f64,
    pub women: f64,
}

#[derive(Clone, Debug, Deserialize)]
pub struct PropertyModel {
    pub years_of_income: f64,
    pub sigma: f64,
    pub nothing_percent: f64,
}

#[derive(Clone, Debug, Deserialize)]
pub struct HousingShares {
    pub owned: f64,
    pub jeonse: f64,
    pub rent: f64,
    pub public_rent: f64,
    pub free: f64,
}

/// Percent of households for which a fact stays unknown.
#[derive(Clone, Debug, Deserialize)]
pub struct UnknownShares {
    pub electricity_customer: f64,
    pub income_assessed: f64,
    pub earned_yearly: f64,
    pub property: f64,
    pub bank_account: f64,
    pub supporter: f64,
    pub income_recognised_when_not_poor: f64,
}

/// A household of `personas.yaml`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PersonaHousehold {
    pub id: String,
    pub dong: String,
    pub road: String,
    pub lived_here_months: i64,
    pub why: Words,
    pub members: Vec<PersonaMember>,
    #[serde(default)]
    pub facts: BTreeMap<String, String>,
    #[serde(default)]
    pub unknown: Vec<String>,
    #[serde(default)]
    pub events: Vec<PersonaEvent>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PersonaMember {
    pub id: String,
    pub name: String,
    #[serde(default)]
    pub name_latin: Option<String>,
    pub sex: Sex,
    /// Completed years on the demo's `today`.
    pub age: i32,
    pub role: Role,
    #[serde(default)]
    pub nationality: Nationality,
    #[serde(default)]
    pub language: Option<String>,
    /// Can be chosen on the first page.
    #[serde(default)]
    pub persona: bool,
    #[serde(default)]
    pub facts: BTreeMap<String, String>,
    /// Expects, or expected, a child this many days after `today`.
    #[serde(default)]
    pub due_in_days: Option<i64>,
    #[serde(default)]
    pub baby: Option<PersonaBaby>,
}

#[derive(Clone, Debug, Deserialize)]
pub struct PersonaBaby {
    pub id: String,
    pub name: String,
    pub sex: Sex,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PersonaEvent {
    pub days_before: i64,
    /// Id of the member who loses the job.
    #[serde(default)]
    pub job_lost: Option<String>,
    /// New values of household facts.
    #[serde(default)]
    pub income_reassessed: Option<BTreeMap<String, String>>,
}

#[derive(Clone, Debug, Deserialize)]
pub struct AgeRow {
    pub age: u8,
    pub male: u32,
    pub female: u32,
}

#[derive(Clone, Debug, Deserialize)]
pub struct SizeRow {
    pub size: usize,
    pub share_percent: f64,
}

#[derive(Clone, Debug, Deserialize)]
pub struct SurnameRow {
    pub surname: String,
    pub percent: f64,
}

#[derive(Clone, Debug, Deserialize)]
pub struct GivenNameRow {
    pub sex: Sex,
    pub from_year: i16,
    pub to_year: i16,
    pub name: String,
}

#[derive(Clone, Debug, Deserialize)]
pub struct ForeignNameRow {
    pub sex: Sex,
    pub name: String,
    pub name_latin: String,
}

/// A 행정동.
#[derive(Clone, Debug, Deserialize)]
pub struct Dong {
    pub code: String,
    pub name: String,
    pub name_en: String,
    pub population_percent: f64,
    pub lat: f64,
    pub lon: f64,
    /// 주거급여 급지, 1 to 4.
    pub rent_grade: u8,
}

#[derive(Clone, Debug, Deserialize)]
pub struct RoadRow {
    pub dong: String,
    pub road: String,
}

/// What an official does in the sample.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OfficialRole {
    Counter,
    Field,
    Supervisor,
    DecisionMaker,
    Operator,
}

#[derive(Clone, Debug, Deserialize)]
pub struct Official {
    pub key: String,
    pub name: String,
    pub name_en: String,
    pub role: OfficialRole,
    /// Code of `agencies.csv`.
    pub agency: String,
    /// Can be chosen on the first page.
    pub persona: bool,
}

#[derive(Clone, Debug, Deserialize)]
pub struct Holiday {
    pub date: Date,
    pub name: String,
    pub name_en: String,
    pub kind: String,
    /// `known` or `unverified`.
    pub status: String,
}

impl SampleData {
    /// Reads all files; the first fault is reported with its file and place.
    pub fn parse(texts: &SampleTexts<'_>) -> Result<Self, SampleError> {
        Ok(Self {
            city: yaml("city.yaml", texts.city)?,
            income: yaml("income.yaml", texts.income)?,
            personas: yaml("personas.yaml", texts.personas)?,
            pyramid: table("population_pyramid.csv", texts.population_pyramid)?,
            sizes: table("household_sizes.csv", texts.household_sizes)?,
            surnames: table("surnames.csv", texts.surnames)?,
            given_names: table("given_names.csv", texts.given_names)?,
            foreign_names: table("foreign_names.csv", texts.foreign_names)?,
            dongs: table("dongs.csv", texts.dongs)?,
            municipalities: table("municipalities.csv", texts.municipalities)?,
            roads: table("roads.csv", texts.roads)?,
            officials: table("officials.csv", texts.officials)?,
            places: place::parse(texts.places)?,
            holidays: table("holidays.csv", texts.holidays)?,
        })
    }

    /// The days on which offices are closed, Saturdays and Sundays apart.
    pub(super) fn closed_days(&self) -> BTreeSet<Date> {
        self.holidays.iter().map(|h| h.date).collect()
    }

    /// An official of the counter of a dong, else any counter official.
    pub(super) fn counter_of(&self, dong: &str) -> Option<&Official> {
        let counter = |o: &&Official| o.role == OfficialRole::Counter;
        let officials = || self.officials.iter().filter(counter);
        officials()
            .find(|o| o.agency == dong)
            .or_else(|| officials().next())
    }

    pub(super) fn dong(&self, code: &str) -> Option<&Dong> {
        self.dongs.iter().find(|d| d.code == code)
    }
}

fn yaml<T: DeserializeOwned>(file: &'static str, text: &str) -> Result<T, SampleError> {
    serde_saphyr::from_str(text).map_err(|error| SampleError::File {
        file,
        message: error.to_string(),
    })
}

fn table<T: DeserializeOwned>(file: &'static str, text: &str) -> Result<Vec<T>, SampleError> {
    let rows: Vec<T> = csv::ReaderBuilder::new()
        .comment(Some(b'#'))
        .from_reader(text.as_bytes())
        .deserialize()
        .collect::<Result<_, _>>()
        .map_err(|error| SampleError::File {
            file,
            message: error.to_string(),
        })?;
    if rows.is_empty() {
        return Err(SampleError::Empty { file });
    }
    Ok(rows)
}
