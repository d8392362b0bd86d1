//! Who may do what: Cedar policies kept as files, asked for an action and a typed [`Scope`].
//!
//! A list asks [`Authorizer::scope`] and puts [`Scope::clause`] into its query; one item asks
//! [`Authorizer::allows`]. Both answer from the same policies, so that a list shows exactly what can
//! be opened. Whatever no policy permits is refused.

use std::collections::{HashMap, HashSet};
use std::str::FromStr;
use std::sync::Arc;

use cedar_policy::{
    Authorizer as Cedar, Context, Decision, Entities, Entity, EntityId, EntityTypeName, EntityUid,
    PolicyId, PolicySet, Request, RestrictedExpression, Schema, SchemaFragment, ValidationMode,
    Validator,
};
use db::Value;

use crate::accounts::Account;

const ENTITIES: &str = include_str!("entities.cedarschema");

/// Over which records an account may do an action.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Scope {
    /// All records.
    Everything,
    /// The records of one agency.
    Agency(String),
    /// The records about one person, who is the account's own.
    Person(String),
    /// None.
    Nothing,
}

impl Scope {
    /// The condition for a query, with parameters numbered from `$first`. Name the columns that
    /// hold the record's agency and person; a record without such a column passes `"NULL"`.
    pub fn clause(
        &self,
        agency_column: &str,
        person_column: &str,
        first: usize,
    ) -> (String, Vec<Value>) {
        match self {
            Self::Everything => ("1 = 1".into(), Vec::new()),
            Self::Agency(code) => (format!("{agency_column} = ${first}"), vec![code.into()]),
            Self::Person(id) => (format!("{person_column} = ${first}"), vec![id.into()]),
            Self::Nothing => ("1 = 0".into(), Vec::new()),
        }
    }

    /// Whether a record of this agency, about this person, lies within: [`Scope::clause`] without
    /// a database.
    pub fn covers(&self, agency: Option<&str>, person: Option<&str>) -> bool {
        match self {
            Self::Everything => true,
            Self::Agency(code) => agency == Some(code),
            Self::Person(id) => person == Some(id),
            Self::Nothing => false,
        }
    }
}

/// One record as policies see it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Resource {
    /// What it is, a word of the area that keeps it (`case`, `notice`).
    pub kind: String,
    pub id: String,
    /// The agency that keeps it.
    pub agency: Option<String>,
    /// The person it is about.
    pub person: Option<String>,
}

/// Policies that cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("{path}: {reason}")]
pub struct PolicyError {
    pub path: String,
    pub reason: String,
}

/// The policies in force; cheap to clone.
#[derive(Clone)]
pub struct Authorizer(Arc<Inner>);

struct Inner {
    policies: PolicySet,
    schema: Schema,
    actions: HashSet<String>,
    types: Types,
}

/// Type names, parsed once.
struct Types(HashMap<&'static str, EntityTypeName>);

impl Authorizer {
    /// Reads `*.cedar` (policies) and `*.cedarschema` (declarations of actions) and checks the
    /// policies against the schema.
    ///
    /// # Errors
    /// Names the file, the policy and what is wrong with it.
    pub fn load<P: AsRef<str>, T: AsRef<str>>(
        files: impl IntoIterator<Item = (P, T)>,
    ) -> Result<Self, PolicyError> {
        let mut fragments = vec![fragment("entities.cedarschema", ENTITIES)?];
        let mut policies = PolicySet::new();
        for (path, text) in files {
            let (path, text) = (path.as_ref(), text.as_ref());
            if path.ends_with(".cedarschema") {
                fragments.push(fragment(path, text)?);
            } else {
                add_policies(&mut policies, path, text)?;
            }
        }
        let schema = Schema::from_schema_fragments(fragments).map_err(|e| all("schema", e))?;
        let verdict = Validator::new(schema.clone()).validate(&policies, ValidationMode::Strict);
        if !verdict.validation_passed() {
            let errors: Vec<String> = verdict
                .validation_errors()
                .map(ToString::to_string)
                .collect();
            return Err(all("policies", errors.join("; ")));
        }
        let actions = schema
            .actions()
            .map(|uid| AsRef::<str>::as_ref(uid.id()).to_owned())
            .collect();
        Ok(Self(Arc::new(Inner {
            policies,
            schema,
            actions,
            types: Types::new(),
        })))
    }

    /// Whether the schema declares this action; a route that names another can never be opened.
    pub fn knows(&self, action: &str) -> bool {
        self.0.actions.contains(action)
    }

    /// Over which records `account` may do `action`: the widest of everything, its agency's, its
    /// own person's. Who is permitted an action in two capacities acts in the wider one.
    pub fn scope(&self, account: &Account, action: &str) -> Scope {
        let permits = |kind, id: &str| self.0.permits(account, action, &Container { kind, id });
        if permits("Everything", "all") {
            return Scope::Everything;
        }
        if let Some(agency) = account.agency.as_deref().filter(|it| permits("Agency", it)) {
            return Scope::Agency(agency.to_owned());
        }
        match account.person.as_deref().filter(|it| permits("Person", it)) {
            Some(person) => Scope::Person(person.to_owned()),
            None => Scope::Nothing,
        }
    }

    /// Whether `account` may do `action` to this record: it lies within the scope, and no policy
    /// forbids it for this record in particular.
    pub fn allows(&self, account: &Account, action: &str, resource: &Resource) -> bool {
        let scope = self.scope(account, action);
        scope.covers(resource.agency.as_deref(), resource.person.as_deref())
            && self.0.permits(account, action, resource)
    }
}

struct Container<'a> {
    kind: &'static str,
    id: &'a str,
}

/// Something a request can be about: its own entity and those it lies in.
trait Target {
    fn entities(&self, types: &Types) -> (EntityUid, Vec<Entity>);
}

impl Target for Container<'_> {
    fn entities(&self, types: &Types) -> (EntityUid, Vec<Entity>) {
        let uid = types.uid(self.kind, self.id);
        let parents = match self.kind {
            "Everything" => HashSet::new(),
            _ => HashSet::from([types.everything()]),
        };
        (uid.clone(), vec![Entity::new_no_attrs(uid, parents)])
    }
}

impl Target for Resource {
    fn entities(&self, types: &Types) -> (EntityUid, Vec<Entity>) {
        let everything = HashSet::from([types.everything()]);
        let mut parents = everything.clone();
        let mut entities = Vec::new();
        let containers = [("Agency", &self.agency), ("Person", &self.person)];
        for (kind, id) in containers {
            if let Some(id) = id {
                let uid = types.uid(kind, id);
                parents.insert(uid.clone());
                entities.push(Entity::new_no_attrs(uid, everything.clone()));
            }
        }
        let uid = types.uid("Item", &format!("{}/{}", self.kind, self.id));
        let kind = RestrictedExpression::new_string(self.kind.clone());
        // Literals never fail to evaluate.
        if let Ok(entity) = Entity::new(
            uid.clone(),
            HashMap::from([("kind".to_owned(), kind)]),
            parents,
        ) {
            entities.push(entity);
        }
        (uid, entities)
    }
}

impl Inner {
    fn permits(&self, account: &Account, action: &str, target: &impl Target) -> bool {
        self.decide(account, action, target)
            .unwrap_or_else(|reason| {
                tracing::error!(action, reason, "a question to the policies was refused");
                false
            })
    }

    fn decide(
        &self,
        account: &Account,
        action: &str,
        target: &impl Target,
    ) -> Result<bool, String> {
        let text = |e: &dyn std::fmt::Display| e.to_string();
        let (resource, mut entities) = target.entities(&self.types);
        let principal = self.types.uid("Account", &account.id.to_string());
        entities.push(self.types.account(account, principal.clone())?);
        for role in &account.roles {
            let role = self.types.uid("Role", role);
            entities.push(Entity::new_no_attrs(role, HashSet::new()));
        }
        entities.push(Entity::new_no_attrs(
            self.types.everything(),
            HashSet::new(),
        ));
        entities.extend(self.types.own_containers(account));
        let mut seen = HashSet::new();
        entities.retain(|entity| seen.insert(entity.uid()));
        let entities =
            Entities::from_entities(entities, Some(&self.schema)).map_err(|e| text(&e))?;
        let request = Request::new(
            principal,
            self.types.uid("Action", action),
            resource,
            Context::empty(),
            Some(&self.schema),
        )
        .map_err(|e| text(&e))?;
        let answer = Cedar::new().is_authorized(&request, &self.policies, &entities);
        for error in answer.diagnostics().errors() {
            tracing::error!(%error, action, "a policy could not be evaluated");
        }
        Ok(answer.decision() == Decision::Allow)
    }
}

impl Types {
    fn new() -> Self {
        let names = [
            "Account",
            "Action",
            "Agency",
            "Everything",
            "Item",
            "Person",
            "Role",
        ];
        Self(
            names
                .into_iter()
                .filter_map(|name| Some((name, EntityTypeName::from_str(name).ok()?)))
                .collect(),
        )
    }

    fn uid(&self, kind: &'static str, id: &str) -> EntityUid {
        EntityUid::from_type_name_and_id(self.0[kind].clone(), EntityId::new(id))
    }

    fn everything(&self) -> EntityUid {
        self.uid("Everything", "all")
    }

    fn own_containers(&self, account: &Account) -> impl Iterator<Item = Entity> {
        let own = [("Agency", &account.agency), ("Person", &account.person)];
        own.into_iter().filter_map(|(kind, id)| {
            let uid = self.uid(kind, id.as_deref()?);
            Some(Entity::new_no_attrs(
                uid,
                HashSet::from([self.everything()]),
            ))
        })
    }

    fn account(&self, account: &Account, uid: EntityUid) -> Result<Entity, String> {
        let own = [
            ("agency", "Agency", &account.agency),
            ("person", "Person", &account.person),
        ];
        let attributes = own.into_iter().filter_map(|(name, kind, id)| {
            let uid = self.uid(kind, id.as_deref()?);
            Some((name.to_owned(), RestrictedExpression::new_entity_uid(uid)))
        });
        let roles = account.roles.iter().map(|role| self.uid("Role", role));
        Entity::new(uid, attributes.collect(), roles.collect()).map_err(|e| e.to_string())
    }
}

fn all(path: &str, reason: impl ToString) -> PolicyError {
    PolicyError {
        path: path.to_owned(),
        reason: reason.to_string(),
    }
}

fn fragment(path: &str, text: &str) -> Result<SchemaFragment, PolicyError> {
    SchemaFragment::from_cedarschema_str(text)
        .map(|(fragment, _)| fragment)
        .map_err(|e| all(path, e))
}

/// Policies are named `<path>#<number>` so that an error says where to look.
fn add_policies(set: &mut PolicySet, path: &str, text: &str) -> Result<(), PolicyError> {
    let parsed = PolicySet::from_str(text).map_err(|e| all(path, e))?;
    for policy in parsed.policies() {
        let name = policy.id().to_string();
        let id = PolicyId::new(format!("{path}#{}", name.trim_start_matches("policy")));
        set.add(policy.new_id(id)).map_err(|e| all(path, e))?;
    }
    Ok(())
}
