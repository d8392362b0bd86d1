//! The money of a household: income, property, rent, and which registers know of it.

use jiff::civil::Date;
use rand::RngExt;

use super::chance::{self, Chance, percent};
use super::data::{IncomeModel, SampleData};
use super::model::{FactPlan, HouseholdPlan, PersonPlan, Role, age_on};
use super::standing::is_single_parent;

/// Adds a household's incomes, property, housing and wages as facts.
pub(super) fn give(
    chance: &mut Chance,
    data: &SampleData,
    household: &mut HouseholdPlan,
    on: Date,
) {
    let money = Money::draw(chance, &data.income, household, on);
    wages(chance, &data.income, household, money.assessed, on);
    money.tell(chance, data, household, on);
}

/// Monthly and total amounts of a household, won.
struct Money {
    assessed: i64,
    recognised: i64,
    property: i64,
    median: i64,
    earners: usize,
}

impl Money {
    fn draw(chance: &mut Chance, model: &IncomeModel, household: &HouseholdPlan, on: Date) -> Self {
        let members = &household.members;
        let last = model.median_won_per_month.len().saturating_sub(1);
        let median = model
            .median_won_per_month
            .get((members.len() - 1).min(last))
            .copied()
            .unwrap_or(0);
        let earners = members.iter().filter(|m| earns(m)).count();
        let factor = factor(model, members, on);
        let mut income = chance::log_normal(chance, median as f64 * factor / 100.0, model.sigma);
        if earners == 0 {
            income *= model.without_work_percent / 100.0;
        }
        // Nobody in employment earns less than the minimum wage; part-time work is left out.
        let employees = members
            .iter()
            .filter(|m| m.fact("employment") == Some("employee"))
            .count();
        let least = employees as i64 * model.minimum_wage_won_per_month;
        income = income.max(least as f64 * 1.05);
        let p = &model.property;
        let property = if percent(chance, p.nothing_percent) {
            chance.random_range(0.0..8e6)
        } else {
            chance::log_normal(chance, income * 12.0 * p.years_of_income, p.sigma)
        };
        let (assessed, property) = (round(income, 10_000), round(property, 100_000));
        let counted = (property - model.property_exempt_won).max(0) / 1_000_000;
        let earned = (assessed as f64 * model.recognised_percent_of_income / 100.0) as i64;
        Self {
            assessed,
            recognised: round(
                (earned + counted * model.property_to_income_per_million) as f64,
                1_000,
            ),
            property,
            median,
            earners,
        }
    }

    /// Writes what the registers hold; what stays unknown is not written.
    fn tell(self, chance: &mut Chance, data: &SampleData, household: &mut HouseholdPlan, on: Date) {
        let model = &data.income;
        let unknown = &model.unknown_percent;
        let head_age = age_on(household.head().born, on);
        let assessed_on = Date::new(on.year(), 7, 1).unwrap_or(on).min(on);
        let mut facts = Vec::new();
        let mut say = |name, value: String, since| facts.push(FactPlan::new(name, value, since));
        say(
            "municipality",
            data.city.code.clone(),
            household.address.since,
        );
        let livelihood = self.livelihood(chance, model, head_age);
        let near_poor =
            livelihood == "none" && self.recognised * 2 <= self.median && percent(chance, 55.0);
        let poor = livelihood != "none" || near_poor;
        say("basic_livelihood", livelihood.to_owned(), assessed_on);
        say("near_poor", near_poor.to_string(), assessed_on);
        if !percent(chance, unknown.income_assessed) {
            say("income_assessed", self.assessed.to_string(), assessed_on);
        }
        if !percent(chance, unknown.earned_yearly) {
            let earned = if self.earners > 0 {
                self.assessed * 12
            } else {
                0
            };
            say(
                "earned_yearly",
                round(earned as f64 * 0.96, 10_000).to_string(),
                Date::new(on.year() - 1, 12, 31).unwrap_or(on),
            );
        }
        say(
            "earners",
            tax_type(&household.members).to_owned(),
            assessed_on,
        );
        let known_to_welfare = poor || (head_age >= 65 && percent(chance, 70.0));
        if known_to_welfare || !percent(chance, unknown.income_recognised_when_not_poor) {
            say(
                "income_recognised",
                self.recognised.to_string(),
                assessed_on,
            );
            let financial = self.property as f64 * model.financial_percent_of_property / 100.0;
            say(
                "financial_assets",
                round(financial, 10_000).to_string(),
                assessed_on,
            );
        }
        if known_to_welfare || !percent(chance, unknown.property) {
            say("property", self.property.to_string(), assessed_on);
        }
        if poor && !percent(chance, unknown.supporter) {
            say(
                "supporter_income",
                round(chance::log_normal(chance, 38e6, 0.7), 10_000).to_string(),
                assessed_on,
            );
            say(
                "supporter_property",
                round(chance::log_normal(chance, 210e6, 0.9), 100_000).to_string(),
                assessed_on,
            );
        }
        self.housing(chance, data, household, livelihood, head_age, &mut say);
        if !percent(chance, unknown.electricity_customer) {
            let number = format!(
                "00-{:04}-{:04}",
                household.key.0 / 10_000,
                household.key.0 % 10_000
            );
            say("electricity_customer", number, household.address.since);
        }
        if !percent(chance, unknown.bank_account) {
            let number = format!(
                "{}은행 000-0000-{:06}",
                data.city.name.ko.trim_end_matches('시'),
                household.key.0
            );
            say("bank_account", number, household.address.since);
        }
        household.facts.append(&mut facts);
    }

    /// The highest of the basic-livelihood benefits received: 32, 40, 48 % of the median income
    /// (국민기초생활 보장법 제8조, 제12조의3 and 주거급여법 제5조); some who could do not ask.
    fn livelihood(&self, chance: &mut Chance, model: &IncomeModel, head_age: i32) -> &'static str {
        let below = |percent: i64| self.recognised * 100 <= self.median * percent;
        // Young people alone with little income mostly have parents elsewhere and do not ask.
        let asks = if head_age < 30 {
            15.0
        } else {
            100.0 - model.not_taking_up_percent
        };
        let receives = percent(chance, asks);
        match () {
            () if !receives || self.property > 250_000_000 => "none",
            () if below(32) => "livelihood",
            () if below(40) => "medical",
            () if below(48) => "housing",
            () => "none",
        }
    }

    fn housing(
        &self,
        chance: &mut Chance,
        data: &SampleData,
        household: &HouseholdPlan,
        livelihood: &str,
        head_age: i32,
        say: &mut impl FnMut(&'static str, String, Date),
    ) {
        let model = &data.income;
        let shares = &model.housing_percent;
        let since = household.address.since;
        let poor = livelihood != "none";
        let owned = if poor || head_age < 30 {
            shares.owned * 0.25
        } else {
            shares.owned
        };
        let public = if poor {
            shares.public_rent * 5.0
        } else {
            shares.public_rent * 0.6
        };
        let kinds = [
            ("owned", owned),
            ("jeonse", shares.jeonse),
            ("rent", shares.rent),
            ("public_rent", public),
            ("free", shares.free),
        ];
        let kind = chance::weighted(chance, &kinds, |k| k.1).map_or("owned", |i| kinds[i].0);
        say("housing", kind.to_owned(), since);
        let rent =
            (self.assessed as f64 * model.rent_percent_of_income / 100.0).clamp(120e3, 1.1e6);
        match kind {
            "rent" => say("rent_monthly", round(rent, 10_000).to_string(), since),
            "owned" => {
                let home = round(self.property as f64 * 0.72, 1_000_000);
                say("home_value", home.to_string(), since);
            }
            "public_rent" => say(
                "rent_monthly",
                round(rent * 0.4, 5_000).max(60_000).to_string(),
                since,
            ),
            _ => {}
        }
        if let Some(dong) = data.dong(&household.address.dong) {
            say("region_grade", dong.rent_grade.to_string(), since);
        }
    }
}

/// 근로·자녀장려금 가구 유형 (조세특례제한법 제100조의3): single without spouse and dependants, one or two earners.
fn tax_type(members: &[PersonPlan]) -> &'static str {
    let couple = |m: &&PersonPlan| matches!(m.role, Role::Head | Role::Spouse);
    let couples_at_work = members.iter().filter(couple).filter(|m| earns(m)).count();
    match (members.len(), couples_at_work) {
        (1, _) => "single",
        (_, 2) => "two",
        _ => "one",
    }
}

fn factor(model: &IncomeModel, members: &[PersonPlan], on: Date) -> f64 {
    let ages: Vec<i32> = members.iter().map(|m| age_on(m.born, on)).collect();
    let factors = &model.factor_percent;
    let oldest = ages.iter().max().copied().unwrap_or(0);
    if oldest >= 66 && members.len() == 1 {
        factors.elder_alone
    } else if ages.iter().all(|a| *a >= 62) {
        factors.elder
    } else if is_single_parent(members, on) {
        factors.single_parent
    } else if members.len() == 1 && oldest < 30 {
        factors.young_alone
    } else {
        factors.working_age
    }
}

fn earns(member: &PersonPlan) -> bool {
    matches!(
        member.fact("employment"),
        Some("employee" | "self_employed")
    )
}

/// Divides the income among those at work, none in employment below the minimum wage.
fn wages(
    chance: &mut Chance,
    model: &IncomeModel,
    household: &mut HouseholdPlan,
    assessed: i64,
    on: Date,
) {
    let shares: Vec<f64> = household
        .members
        .iter()
        .map(|m| {
            if earns(m) {
                chance.random_range(0.6..1.4)
            } else {
                0.0
            }
        })
        .collect();
    let total: f64 = shares.iter().sum();
    for (member, share) in household.members.iter_mut().zip(shares) {
        if member.fact("employment") == Some("employee") {
            let wage = round(assessed as f64 * share / total * 0.93, 10_000)
                .max(model.minimum_wage_won_per_month);
            member.facts.push(FactPlan::new(
                "ordinary_wage",
                wage,
                Date::new(on.year(), 1, 1).unwrap_or(on),
            ));
        }
    }
}

/// A won amount rounded to a step, never negative.
pub(super) fn round(amount: f64, step: i64) -> i64 {
    (amount.max(0.0) / step as f64).round() as i64 * step
}
