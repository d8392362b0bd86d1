//! Evaluation for other agencies: a situation in, every benefit's entitlement out; nothing is stored.

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use base::Locale;
use jiff::civil::Date;
use rules::{Entity, FactRef, Finding, Frequency, Outcome, Reason, RuleBook, Unit};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json};
use utoipa::{OpenApi, ToSchema};
use web::{Arg, Core, Permission, Problem, Routes, Visitor};

use super::api::Text;
use crate::app::App;
use crate::areas::benefits::evaluation::{
    Expected, Fault, Named, Selection, Wrong, evaluate, read_situation, step,
};

pub(super) fn routes() -> Routes<App> {
    Routes::new().post(
        "/api/benefits/evaluate",
        Permission::Action("rules.evaluate"),
        answer,
    )
}

#[derive(OpenApi)]
#[openapi(paths(answer))]
pub(super) struct Document;

/// One household as the caller knows it. Whatever is absent or null is unknown: never zero, never false.
/// `GET /api/openfisca/variables` lists the facts.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct EvaluateRequest {
    /// The day asked about, ISO 8601; today where it is absent.
    #[schema(example = "2026-11-23")]
    on: Option<String>,
    /// Facts of the household by name.
    #[serde(default)]
    #[schema(value_type = Object, example = json!({"income_recognised": 4000000}))]
    household: Map<String, Json>,
    /// Facts of each member by the caller's own key, at most 1,000 members. Keys need not say who it is.
    #[serde(default)]
    #[schema(value_type = Object, example = json!({"baby": {"born": "2026-11-01", "birth_order": 2, "role": "child", "birth_registered": true}}))]
    members: Map<String, Json>,
    /// Ids of the benefits asked about; empty: all.
    #[serde(default)]
    benefits: Vec<String>,
    /// Only benefits that this life event can open.
    #[schema(example = "birth")]
    event: Option<String>,
    /// Only benefits of the whole country or of this municipality.
    territory: Option<String>,
}

/// What the rules say.
#[derive(Serialize, ToSchema)]
struct EvaluateAnswer {
    /// The day asked about, ISO 8601.
    on: String,
    /// SHA-256 of all rules, hex: the same digest and the same question give the same answer.
    rules_digest: String,
    benefits: Vec<BenefitAnswer>,
}

/// One benefit's entitlements.
#[derive(Serialize, ToSchema)]
struct BenefitAnswer {
    benefit: String,
    name: Text,
    /// Code of the agency that gives it.
    authority: String,
    /// SHA-256 of this rule, hex.
    rules_digest: String,
    /// One for each member, or one for the household.
    findings: Vec<FindingAnswer>,
}

/// The conclusion about one member or the household.
#[derive(Serialize, ToSchema)]
pub(super) struct FindingAnswer {
    /// The caller's key; absent for benefits of a household.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub member: Option<String>,
    /// `eligible`, `not_eligible` or `unknown`.
    pub outcome: Outcomes,
    pub amount: Option<AmountAnswer>,
    pub period: Option<PeriodAnswer>,
    /// Last day to use it, ISO 8601.
    pub use_by: Option<String>,
    /// Last day to apply, ISO 8601.
    pub deadline: Option<String>,
    pub reasons: Vec<ReasonAnswer>,
    /// Facts that would decide it; once eligible, the amount and the dates.
    pub missing: Vec<FactAnswer>,
    /// Facts that an application needs, not told yet.
    pub needs: Vec<FactAnswer>,
}

/// Whether the law grants it.
#[derive(Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum Outcomes {
    Eligible,
    NotEligible,
    Unknown,
}

/// What is given.
#[derive(Serialize, ToSchema)]
pub(super) struct AmountAnswer {
    /// Won; null while it is not decided, or in kind alone.
    pub krw: Option<i64>,
    /// `won`, `won_per_month` or `won_per_year`.
    pub unit: Option<String>,
    /// The sum is an upper bound.
    pub at_most: bool,
    pub in_kind: Option<Text>,
}

/// When it is given.
#[derive(Serialize, ToSchema)]
pub(super) struct PeriodAnswer {
    /// `once`, `monthly` or `yearly`.
    pub kind: String,
    /// ISO 8601.
    pub from: Option<String>,
    /// The first day on which it is no longer given, ISO 8601.
    pub until: Option<String>,
}

/// A reason, and the reasons of that reason.
#[derive(Serialize, ToSchema)]
pub(super) struct ReasonAnswer {
    /// Satisfied, not satisfied, or null: not known.
    pub holds: Option<bool>,
    pub text: Text,
    pub law: Option<String>,
    /// JSON pointers of the facts it was drawn from.
    pub facts: Vec<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(no_recursion)]
    pub children: Vec<ReasonAnswer>,
}

/// A fact that is not known.
#[derive(Serialize, ToSchema)]
pub(super) struct FactAnswer {
    /// Where it belongs in the request: `/members/baby/born`.
    pub path: String,
    pub label: Text,
}

/// What every benefit says of a situation. Nothing of it is stored or logged.
#[utoipa::path(post, path = "/api/benefits/evaluate", tag = "benefits",
    request_body = EvaluateRequest,
    responses((status = 200, description = "What the rules say", body = EvaluateAnswer),
              (status = 401, description = "No bearer token"),
              (status = 403, description = "The account is not one of an agency"),
              (status = 413, description = "The body is too large"),
              (status = 422, description = "Something is unknown or wrong: `errors` names the place, the nearest name and what would do"),
              (status = 429, description = "More than 120 requests a minute: see `Retry-After`")))]
async fn answer(
    State(app): State<App>,
    visitor: Visitor,
    web::Json(request): web::Json<EvaluateRequest>,
) -> Result<Response, Problem> {
    let on = match &request.on {
        None => app.core.clock().today(),
        Some(text) => day(&app.core, visitor.locale, "/on", text)?,
    };
    let book = app.country.book.clone();
    let done = app.engine(move || conclude(&book, &request, on)).await?;
    let answered = done.map_err(|faults| problem(&app.core, visitor.locale, &faults))?;
    Ok(axum::Json(answered).into_response())
}

/// A day between the years that rules know.
pub(super) fn day(core: &Core, locale: Locale, path: &str, text: &str) -> Result<Date, Problem> {
    let read = rules::dates::parse(text).filter(|it| (1900..=2200).contains(&it.year()));
    read.ok_or_else(|| {
        let fault = Fault {
            path: path.to_owned(),
            what: Wrong::Value(Expected::Date),
        };
        problem(core, locale, &[fault])
    })
}

fn conclude(
    book: &RuleBook,
    request: &EvaluateRequest,
    on: Date,
) -> Result<EvaluateAnswer, Vec<Fault>> {
    let selection = Selection {
        benefits: request.benefits.clone(),
        event: request.event.clone(),
        territory: request.territory.clone(),
    };
    let situation = read_situation(book, &request.household, &request.members);
    let (situation, picked) = match (situation, selection.pick(book)) {
        (Ok(situation), Ok(picked)) => (situation, picked),
        (Err(mut faults), Err(more)) => {
            faults.extend(more);
            return Err(faults);
        }
        (Err(faults), _) | (_, Err(faults)) => return Err(faults),
    };
    let found = evaluate(book, picked, &situation, on)?;
    let benefits = found.into_iter().map(|(benefit, findings)| BenefitAnswer {
        benefit: benefit.id.clone(),
        name: (&benefit.name).into(),
        authority: benefit.authority.clone(),
        rules_digest: benefit.digest().to_owned(),
        findings: findings.iter().map(|it| finding(book, it)).collect(),
    });
    Ok(EvaluateAnswer {
        on: on.to_string(),
        rules_digest: book.digest().to_owned(),
        benefits: benefits.collect(),
    })
}

/// A finding on the wire.
pub(super) fn finding(book: &RuleBook, it: &Finding) -> FindingAnswer {
    let facts = |facts: &[FactRef]| facts.iter().map(|it| fact(book, it)).collect();
    FindingAnswer {
        member: it.member.clone(),
        outcome: match it.outcome {
            Outcome::Eligible => Outcomes::Eligible,
            Outcome::NotEligible => Outcomes::NotEligible,
            Outcome::Unknown => Outcomes::Unknown,
        },
        amount: it.amount.as_ref().map(|amount| AmountAnswer {
            krw: amount.value,
            unit: amount.unit.map(Unit::name).map(str::to_owned),
            at_most: amount.at_most,
            in_kind: amount.in_kind.as_ref().map(Text::from),
        }),
        period: it.period.as_ref().map(|period| PeriodAnswer {
            kind: frequency(period.kind).to_owned(),
            from: period.from.map(|day| day.to_string()),
            until: period.until.map(|day| day.to_string()),
        }),
        use_by: it.use_by.map(|day| day.to_string()),
        deadline: it.deadline.map(|day| day.to_string()),
        reasons: it.reasons.iter().map(reason).collect(),
        missing: facts(&it.missing),
        needs: facts(&it.needs),
    }
}

fn frequency(kind: Frequency) -> &'static str {
    match kind {
        Frequency::Once => "once",
        Frequency::Monthly => "monthly",
        Frequency::Yearly => "yearly",
    }
}

fn reason(it: &Reason) -> ReasonAnswer {
    ReasonAnswer {
        holds: it.holds,
        text: (&it.text).into(),
        law: it.law.clone(),
        facts: it.facts.iter().map(pointer).collect(),
        children: it.children.iter().map(reason).collect(),
    }
}

fn pointer(fact: &FactRef) -> String {
    match (&fact.member, fact.entity) {
        (Some(member), _) => format!("/members/{}/{}", step(member), step(&fact.fact)),
        // Who the members are is asked, not a fact of one.
        (None, Entity::Household) if fact.fact == "members" => "/members".to_owned(),
        (None, entity) => format!("/{entity}/{}", step(&fact.fact)),
    }
}

fn fact(book: &RuleBook, it: &FactRef) -> FactAnswer {
    let known = book.vocabulary().fact(it.entity, &it.fact);
    FactAnswer {
        path: pointer(it),
        label: known.map_or_else(|| Text::same(&it.fact), |declared| (&declared.label).into()),
    }
}

/// All faults of a request, in the reader's words.
pub(super) fn problem(core: &Core, locale: Locale, faults: &[Fault]) -> Problem {
    let texts = core.texts();
    let say = |key: &str, args: &[(&str, Arg)]| texts.get(locale, key, args);
    faults.iter().fold(Problem::unprocessable(), |problem, it| {
        let message = match &it.what {
            Wrong::Unknown {
                what,
                name,
                nearest,
            } => unknown(&say, *what, name, nearest.as_deref()),
            Wrong::Value(expected) => value(&say, expected),
            Wrong::NotFacts => say("benefits-api-not-facts", &[]),
            Wrong::Key => say("benefits-api-key", &[]),
            Wrong::TooManyMembers => say("benefits-api-too-many-members", &[]),
            Wrong::TooMuch => say("benefits-api-too-much", &[]),
        };
        problem.error(it.path.clone(), message)
    })
}

type Say<'a> = dyn Fn(&str, &[(&str, Arg)]) -> String + 'a;

fn unknown(say: &Say<'_>, what: Named, name: &str, nearest: Option<&str>) -> String {
    let key = match what {
        Named::Fact(Entity::Person) => "benefits-api-unknown-person-fact",
        Named::Fact(Entity::Household) => "benefits-api-unknown-household-fact",
        Named::Benefit => "benefits-api-unknown-benefit",
        Named::Event => "benefits-api-unknown-event",
    };
    let told = say(key, &[("name", name.to_owned().into())]);
    let remedy = match nearest {
        Some(nearest) => say(
            "benefits-api-nearest",
            &[("name", nearest.to_owned().into())],
        ),
        None => say("benefits-api-where-names-are", &[]),
    };
    format!("{told} {remedy}")
}

fn value(say: &Say<'_>, expected: &Expected) -> String {
    match expected {
        Expected::Bool => say("benefits-api-want-bool", &[]),
        Expected::Date => say("benefits-api-want-date", &[]),
        Expected::Text => say("benefits-api-want-text", &[]),
        Expected::Code(codes) => say(
            "benefits-api-want-code",
            &[("codes", codes.join(", ").into())],
        ),
        Expected::Integer(unit) => {
            let (least, greatest) = unit.bounds();
            say(
                "benefits-api-want-integer",
                &[
                    ("unit", unit.name().to_owned().into()),
                    ("least", least.to_string().into()),
                    ("greatest", greatest.to_string().into()),
                ],
            )
        }
    }
}
