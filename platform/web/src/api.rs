//! The description of all JSON routes: as OpenAPI 3.1 for programs, as a page for people.

use std::collections::BTreeMap;

use askama::Template;
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use serde_json::Value;

use crate::core::Core;
use crate::page::{self, Frame};
use crate::visitor::Visitor;

const METHODS: [&str; 5] = ["get", "post", "put", "patch", "delete"];

/// `GET /openapi.json`
pub(crate) async fn document(State(core): State<Core>) -> Response {
    let kind = [(header::CONTENT_TYPE, "application/json")];
    (kind, core.openapi_json().to_owned()).into_response()
}

#[derive(Template)]
#[template(path = "api.html")]
struct ApiPage {
    frame: Frame,
    heads: Vec<(String, &'static str)>,
    groups: Vec<Group>,
    shapes: Vec<Shape>,
}

/// Operations of one tag.
#[derive(Debug, PartialEq, Eq)]
struct Group {
    name: String,
    operations: Vec<Operation>,
}

#[derive(Debug, PartialEq, Eq)]
struct Operation {
    method: String,
    path: String,
    summary: String,
    description: String,
    parameters: Vec<Parameter>,
    body: String,
    answers: Vec<Answer>,
}

#[derive(Debug, PartialEq, Eq)]
struct Parameter {
    name: String,
    place: String,
    kind: String,
    meaning: String,
    required: bool,
}

impl Parameter {
    /// The name, and the word “required” where it is.
    fn label(&self, frame: &Frame) -> String {
        if self.required {
            format!("{} · {}", self.name, frame.t("web-api-required"))
        } else {
            self.name.clone()
        }
    }
}

#[derive(Debug, PartialEq, Eq)]
struct Answer {
    status: String,
    meaning: String,
    kind: String,
}

/// A schema that operations refer to.
#[derive(Debug, PartialEq, Eq)]
struct Shape {
    name: String,
    meaning: String,
    fields: Vec<Parameter>,
}

/// `GET /api`
pub(crate) async fn read(State(core): State<Core>, visitor: Visitor) -> Response {
    let frame = Frame::of(&core, &visitor);
    let document: Value = serde_json::from_str(core.openapi_json()).unwrap_or_default();
    let other = frame.t("web-api-other");
    let heads = ["name", "place", "type", "meaning"];
    let heads = heads.map(|it| (frame.t(&format!("web-api-{it}")), ""));
    page::respond(&ApiPage {
        heads: heads.into(),
        groups: groups(&document, &other),
        shapes: shapes(&document),
        frame,
    })
}

fn text(value: &Value, key: &str) -> String {
    value[key].as_str().unwrap_or_default().to_owned()
}

/// All operations by their first tag; those without one under `other`.
fn groups(document: &Value, other: &str) -> Vec<Group> {
    let mut groups: BTreeMap<String, Vec<Operation>> = BTreeMap::new();
    for (path, item) in document["paths"].as_object().into_iter().flatten() {
        for method in METHODS {
            let Some(operation) = item.get(method) else {
                continue;
            };
            let tag = operation["tags"][0].as_str().unwrap_or(other);
            let operation = Operation {
                method: method.to_uppercase(),
                path: path.clone(),
                summary: text(operation, "summary"),
                description: text(operation, "description"),
                parameters: list(&operation["parameters"]).map(parameter).collect(),
                body: content_kind(&operation["requestBody"]),
                answers: answers(&operation["responses"]),
            };
            groups.entry(tag.to_owned()).or_default().push(operation);
        }
    }
    let groups = groups.into_iter();
    groups
        .map(|(name, operations)| Group { name, operations })
        .collect()
}

fn list(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

fn parameter(value: &Value) -> Parameter {
    Parameter {
        name: text(value, "name"),
        place: text(value, "in"),
        kind: kind(&value["schema"]),
        meaning: text(value, "description"),
        required: value["required"].as_bool().unwrap_or(false),
    }
}

fn answers(responses: &Value) -> Vec<Answer> {
    let answers = responses.as_object().into_iter().flatten();
    answers
        .map(|(status, answer)| Answer {
            status: status.clone(),
            meaning: text(answer, "description"),
            kind: content_kind(answer),
        })
        .collect()
}

/// What the body of a request or response is, by its first media type.
fn content_kind(value: &Value) -> String {
    let content = value["content"].as_object();
    let first = content.and_then(|it| it.values().next());
    first.map_or(String::new(), |it| kind(&it["schema"]))
}

/// A schema in a few characters: `Offer`, `[Offer]`, `string (date)`, `integer | null`.
fn kind(schema: &Value) -> String {
    if let Some(name) = schema["$ref"].as_str() {
        return name.rsplit('/').next().unwrap_or(name).to_owned();
    }
    for choice in ["oneOf", "anyOf", "allOf"] {
        if schema[choice].is_array() {
            return list(&schema[choice])
                .map(kind)
                .collect::<Vec<_>>()
                .join(" | ");
        }
    }
    let types: Vec<&str> = match &schema["type"] {
        Value::String(one) => vec![one],
        many => list(many).filter_map(Value::as_str).collect(),
    };
    let mut kinds = types.join(" | ");
    if types.contains(&"array") {
        kinds = kinds.replace("array", &format!("[{}]", kind(&schema["items"])));
    }
    if let Some(format) = schema["format"].as_str() {
        kinds = format!("{kinds} ({format})");
    }
    kinds
}

fn shapes(document: &Value) -> Vec<Shape> {
    let schemas = document["components"]["schemas"].as_object();
    let schemas = schemas.into_iter().flatten();
    schemas
        .map(|(name, schema)| Shape {
            name: name.clone(),
            meaning: text(schema, "description"),
            fields: fields(schema),
        })
        .collect()
}

fn fields(schema: &Value) -> Vec<Parameter> {
    let required: Vec<&str> = list(&schema["required"])
        .filter_map(Value::as_str)
        .collect();
    let fields = schema["properties"].as_object().into_iter().flatten();
    fields
        .map(|(name, field)| Parameter {
            name: name.clone(),
            place: String::new(),
            kind: kind(field),
            meaning: text(field, "description"),
            required: required.contains(&name.as_str()),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn an_operation_is_read_with_its_parameters_body_and_answers() {
        let document = json!({
            "paths": {"/api/offers/{id}": {"post": {
                "tags": ["offers"], "summary": "Accept",
                "parameters": [{"name": "id", "in": "path", "required": true,
                    "schema": {"type": "string", "format": "uuid"}}],
                "requestBody": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Answer"}}}},
                "responses": {"200": {"description": "Done", "content": {"application/json": {
                    "schema": {"type": "array", "items": {"$ref": "#/components/schemas/Offer"}}}}}}
            }}},
            "components": {"schemas": {"Offer": {"description": "An offer", "required": ["id"],
                "properties": {"id": {"type": "string"}, "note": {"type": ["string", "null"]}}}}}
        });
        let groups = groups(&document, "other");
        let operation = &groups[0].operations[0];
        assert_eq!(groups[0].name, "offers");
        assert_eq!(
            (operation.method.as_str(), operation.body.as_str()),
            ("POST", "Answer")
        );
        assert_eq!(operation.parameters[0].kind, "string (uuid)");
        assert_eq!(operation.answers[0].kind, "[Offer]");
        let shapes = shapes(&document);
        let kinds: Vec<_> = shapes[0]
            .fields
            .iter()
            .map(|it| (it.kind.as_str(), it.required))
            .collect();
        assert_eq!(kinds, [("string", true), ("string | null", false)]);
    }
}
