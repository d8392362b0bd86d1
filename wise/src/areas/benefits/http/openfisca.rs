//! OpenFisca's Web API over the same rules: `/api/openfisca/…`.

use axum::extract::rejection::JsonRejection;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use rules::{BenefitUnit, Entity, FactType, Frequency, Parameter, ParameterValue, RuleBook};
use serde_json::{Map, Value as Json, json};
use utoipa::OpenApi;
use web::{Permission, Problem, Routes};

use crate::app::App;
use crate::areas::benefits::openfisca::{
    Refusal, Variable, calculate as calculated, parameter_id, plural, roles, trace as traced,
};

const ROOT: &str = "/api/openfisca";

pub(super) fn routes() -> Routes<App> {
    const EVALUATE: Permission = Permission::Action("rules.evaluate");
    const LAW: Permission = Permission::Public("law is public");
    Routes::new()
        .post("/api/openfisca/calculate", EVALUATE, calculate)
        .post("/api/openfisca/trace", EVALUATE, trace)
        .get("/api/openfisca/entities", LAW, entities)
        .get("/api/openfisca/variables", LAW, variables)
        .get("/api/openfisca/variable/{id}", LAW, variable)
        .get("/api/openfisca/parameters", LAW, parameters)
        .get("/api/openfisca/parameter/{*id}", LAW, parameter)
        .get("/api/openfisca/spec", LAW, spec)
}

#[derive(OpenApi)]
#[openapi(paths(calculate, trace, entities, variables, variable, parameters, parameter))]
pub(super) struct Document;

type Body = Result<axum::Json<Json>, JsonRejection>;

/// Runs one of the two computations outside the request's thread.
async fn computed(
    app: &App,
    body: Body,
    work: fn(&RuleBook, &Json) -> Result<Json, Refusal>,
) -> Result<Response, Problem> {
    let body = match body {
        Ok(axum::Json(body)) => body,
        Err(refused) if refused.status() == StatusCode::PAYLOAD_TOO_LARGE => {
            return Err(Problem::too_large());
        }
        Err(refused) => {
            let message = format!("Invalid JSON: {}", refused.body_text());
            return Ok((
                StatusCode::BAD_REQUEST,
                axum::Json(json!({"error": message})),
            )
                .into_response());
        }
    };
    let book = app.country.book.clone();
    let done = app.engine(move || work(&book, &body)).await?;
    Ok(match done {
        Ok(answer) => axum::Json(answer).into_response(),
        Err(refusal) => {
            let status = if refusal.not_found {
                StatusCode::NOT_FOUND
            } else {
                StatusCode::BAD_REQUEST
            };
            (status, axum::Json(refusal.body)).into_response()
        }
    })
}

/// Fills in every null of a simulation; a period asks about its first day. Nothing is stored.
#[utoipa::path(post, path = "/api/openfisca/calculate", tag = "openfisca",
    request_body(content = Object, example = json!({
        "persons": {"baby": {"born": {"ETERNITY": "2026-11-01"}, "birth_registered": {"ETERNITY": true},
            "parental_benefit": {"2026-12": null}}, "mother": {}},
        "households": {"home": {"head": ["mother"], "children": ["baby"]}}})),
    responses((status = 200, description = "The simulation, filled in; null where the facts do not decide", body = Object),
              (status = 400, description = "What is wrong, at its own path: {\"persons\": {\"baby\": {…: \"message\"}}}", body = Object),
              (status = 404, description = "A variable that does not exist, in the same shape", body = Object)))]
async fn calculate(State(app): State<App>, body: Body) -> Result<Response, Problem> {
    computed(&app, body, calculated).await
}

/// The same with every variable and parameter that was used.
#[utoipa::path(post, path = "/api/openfisca/trace", tag = "openfisca", request_body = Object,
    responses((status = 200, description = "`requestedCalculations`, `entitiesDescription` and `trace`", body = Object),
              (status = 400, description = "What is wrong, at its own path", body = Object),
              (status = 404, description = "A variable that does not exist", body = Object)))]
async fn trace(State(app): State<App>, body: Body) -> Result<Response, Problem> {
    computed(&app, body, traced).await
}

/// Persons and households with the roles in which they live together.
#[utoipa::path(get, path = "/api/openfisca/entities", tag = "openfisca",
    responses((status = 200, description = "All entities", body = Object)))]
async fn entities(State(app): State<App>) -> axum::Json<Json> {
    let roles = roles(&app.country.book).into_iter().map(|role| {
        let key = if role.code.is_empty() {
            "member".to_owned()
        } else {
            role.code
        };
        let entry = json!({"description": role.label.en, "plural": role.plural});
        (key, entry)
    });
    let roles: Map<String, Json> = roles.collect();
    axum::Json(json!({
        "person": {"description": "A person", "documentation": "", "plural": "persons"},
        "household": {
            "description": "People who live together (세대)",
            "documentation": "",
            "plural": "households",
            "roles": roles,
        },
    }))
}

/// All facts and benefits by name.
#[utoipa::path(get, path = "/api/openfisca/variables", tag = "openfisca",
    responses((status = 200, description = "Description and address of each", body = Object)))]
async fn variables(State(app): State<App>) -> axum::Json<Json> {
    let base = app.core.base_url().to_owned();
    let all = Variable::all(&app.country.book).map(|(name, variable)| {
        let href = format!("{base}{ROOT}/variable/{name}");
        let entry = json!({"description": description(variable), "href": href});
        (name, entry)
    });
    axum::Json(Json::Object(all.collect()))
}

fn description(variable: Variable<'_>) -> String {
    match variable {
        Variable::Fact(fact) => format!("{} ({})", fact.label.en, fact.label.ko),
        Variable::Amount(it) => format!("{} ({}), won", it.name.en, it.name.ko),
        Variable::Eligible(it) => format!("Entitled to: {} ({})", it.name.en, it.name.ko),
    }
}

fn no_such(what: &str, id: &str) -> Response {
    let message = format!("No {what} is called {id:?}: GET {ROOT}/{what}s lists them.");
    (StatusCode::NOT_FOUND, axum::Json(json!({"error": message}))).into_response()
}

/// One fact or benefit: its type, its entity and, for a benefit, the rule itself.
#[utoipa::path(get, path = "/api/openfisca/variable/{id}", tag = "openfisca",
    params(("id" = String, Path, description = "Its name: `parental_benefit`")),
    responses((status = 200, description = "The variable", body = Object),
              (status = 404, description = "No such variable", body = Object)))]
async fn variable(State(app): State<App>, Path(id): Path<String>) -> Response {
    let book = &app.country.book;
    let Some((_, variable)) = Variable::all(book).find(|(name, _)| *name == id) else {
        return no_such("variable", &id);
    };
    let mut told = json!({
        "id": id,
        "description": description(variable),
        "entity": variable.entity().name(),
        "defaultValue": null,
    });
    match variable {
        Variable::Fact(fact) => {
            let (kind, values) = value_type(book, fact.fact_type);
            told["valueType"] = json!(kind);
            // A fact may be told for any period; most hold for longer than a month.
            told["definitionPeriod"] = json!("ETERNITY");
            if let Some(values) = values {
                told["possibleValues"] = values;
            }
        }
        Variable::Amount(benefit) | Variable::Eligible(benefit) => {
            let is_sum = matches!(variable, Variable::Amount(_));
            told["valueType"] = json!(if is_sum { "Int" } else { "Boolean" });
            told["definitionPeriod"] = json!(match benefit.period.as_ref().map(|it| it.kind) {
                Some(Frequency::Monthly) => "MONTH",
                Some(Frequency::Yearly) => "YEAR",
                Some(Frequency::Once) | None => "DAY",
            });
            let law = benefit.law.iter().map(|it| {
                let article = it.article.as_deref().unwrap_or_default();
                format!("{} {article}", it.act).trim().to_owned()
            });
            told["references"] = json!(law.collect::<Vec<_>>());
            told["source"] = json!(benefit.file);
            let text = app.country.files.text(&benefit.file).unwrap_or_default();
            let from = benefit.in_force.from.to_string();
            let mut formulas = json!({from: {"source": benefit.file, "content": text}});
            if let Some(to) = benefit.in_force.to {
                formulas[to.to_string()] = Json::Null;
            }
            told["formulas"] = formulas;
            told["metadata"] = json!({
                "benefit": benefit.id,
                "asked_of": match benefit.unit {
                    BenefitUnit::Person => plural(Entity::Person),
                    BenefitUnit::Household => plural(Entity::Household),
                },
                "digest": benefit.digest(),
            });
        }
    }
    axum::Json(told).into_response()
}

fn value_type(book: &RuleBook, of: FactType) -> (&'static str, Option<Json>) {
    match of {
        FactType::Bool => ("Boolean", None),
        FactType::Date => ("Date", None),
        FactType::Integer(_) => ("Int", None),
        FactType::Text => ("String", None),
        FactType::Enum(id) => {
            let values = book.vocabulary().enum_values(id).iter();
            let values = values.map(|it| (it.code.clone(), json!(it.label.en)));
            ("String", Some(Json::Object(values.collect())))
        }
    }
}

/// All values of the law.
#[utoipa::path(get, path = "/api/openfisca/parameters", tag = "openfisca",
    responses((status = 200, description = "Description and address of each", body = Object)))]
async fn parameters(State(app): State<App>) -> axum::Json<Json> {
    let base = app.core.base_url().to_owned();
    let all = app.country.book.parameters().map(|(_, it)| {
        let id = parameter_id(&it.file, &it.name);
        let href = format!("{base}{ROOT}/parameter/{}", id.replace('.', "/"));
        let entry = json!({"description": it.label.en, "href": href});
        (id, entry)
    });
    axum::Json(Json::Object(all.collect()))
}

/// One value of the law with its history; `null` from the day on which it ends.
#[utoipa::path(get, path = "/api/openfisca/parameter/{id}", tag = "openfisca",
    params(("id" = String, Path, description = "Its name: `parental_benefit/infant` or `parental_benefit.infant`")),
    responses((status = 200, description = "The parameter", body = Object),
              (status = 404, description = "No such parameter", body = Object)))]
async fn parameter(State(app): State<App>, Path(id): Path<String>) -> Response {
    let wanted = id.replace('/', ".");
    let mut all = app.country.book.parameters();
    let found = all.find(|(_, it)| parameter_id(&it.file, &it.name) == wanted);
    match found {
        Some((_, parameter)) => axum::Json(history(&wanted, parameter)).into_response(),
        None => no_such("parameter", &id),
    }
}

fn history(id: &str, it: &Parameter) -> Json {
    let mut values = Map::new();
    let mut sources = Map::new();
    for dated in &it.values {
        let value = match &dated.value {
            ParameterValue::Single(value) => json!(value),
            ParameterValue::Table(entries) => {
                let entries = entries.iter().enumerate();
                let entries = entries.map(|(at, value)| ((at + 1).to_string(), json!(value)));
                Json::Object(entries.collect())
            }
        };
        values.insert(dated.from.to_string(), value);
        sources.insert(dated.from.to_string(), json!(dated.source));
        if let Some(to) = dated.to {
            values.entry(to.to_string()).or_insert(Json::Null);
        }
    }
    let mut told = json!({
        "id": id,
        "description": it.label.en,
        "source": it.file,
        "metadata": {"unit": it.unit.name(), "by": it.by.map(rules::Unit::name), "sources": sources},
    });
    // A table is what OpenFisca calls a scale: thresholds with their values.
    told[if it.by.is_some() {
        "brackets"
    } else {
        "values"
    }] = Json::Object(values);
    told
}

/// These routes as OpenAPI.
async fn spec() -> Response {
    axum::Json(Document::openapi()).into_response()
}
