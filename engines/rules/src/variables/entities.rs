//! Whom variables are about: persons, and groups in which every person has a role.

use crate::diagnostic::{Position, Problems};
use crate::reader::{Fields, check_name, entries, integer, text};
use crate::yaml::Node;

/// A place that persons take in a group.
#[derive(Clone, Debug)]
pub struct Role {
    pub name: String,
    /// The key under which a case lists those who have it.
    pub plural: String,
    /// The most persons of one group who may have it.
    pub max: Option<usize>,
}

/// A kind of thing that variables are about.
#[derive(Clone, Debug)]
pub struct Entity {
    pub name: String,
    pub plural: String,
    pub label: Option<String>,
    /// Empty for the person; the first is that of persons of whom nothing else is said.
    pub roles: Vec<Role>,
}

/// The index of an entity.
pub(crate) type EntityId = usize;

/// All entities: one of persons, any number of groups.
#[derive(Clone, Debug)]
pub struct Entities {
    list: Vec<Entity>,
    person: EntityId,
}

impl Entities {
    pub fn all(&self) -> &[Entity] {
        &self.list
    }

    /// The entity without roles.
    pub fn person(&self) -> &Entity {
        &self.list[self.person]
    }

    pub(crate) fn person_id(&self) -> EntityId {
        self.person
    }

    pub(crate) fn find(&self, name: &str) -> Option<EntityId> {
        self.list.iter().position(|entity| entity.name == name)
    }

    pub(crate) fn find_plural(&self, plural: &str) -> Option<EntityId> {
        self.list.iter().position(|entity| entity.plural == plural)
    }

    pub(crate) fn names(&self) -> impl Iterator<Item = &str> + Clone {
        self.list.iter().map(|entity| entity.name.as_str())
    }

    /// Every group, by its index.
    pub(crate) fn groups(&self) -> impl Iterator<Item = EntityId> + '_ {
        (0..self.list.len()).filter(|id| *id != self.person)
    }

    /// Reads `entities.yaml`; mistakes go to `problems`.
    pub(crate) fn read(root: &Node, problems: &mut Problems) -> Option<Self> {
        let top = Fields::read(root, &["entities"], problems)?;
        let node = top.require("entities", problems)?;
        let mut list = Vec::new();
        for entry in entries(node, problems)? {
            check_name(&entry.key, entry.at, problems);
            list.extend(read_entity(&entry.key, &entry.value, problems));
        }
        let persons: Vec<EntityId> = (0..list.len())
            .filter(|id| list[*id].roles.is_empty())
            .collect();
        let [person] = persons[..] else {
            problems.at(
                node.at,
                format!("{} entities without roles", persons.len()),
                "Declare one entity without `roles`, the person, and give every group its `roles`.",
            );
            return None;
        };
        Some(Self { list, person })
    }
}

fn read_entity(name: &str, node: &Node, problems: &mut Problems) -> Option<Entity> {
    let fields = Fields::read(node, &["plural", "label", "roles"], problems)?;
    let mut roles = Vec::new();
    if let Some(node) = fields.get("roles") {
        for entry in entries(node, problems)? {
            roles.extend(read_role(&entry.key, entry.at, &entry.value, problems));
        }
    }
    Some(Entity {
        name: name.to_owned(),
        plural: text(fields.require("plural", problems)?, problems)?,
        label: fields.optional_text("label", problems),
        roles,
    })
}

fn read_role(name: &str, at: Position, node: &Node, problems: &mut Problems) -> Option<Role> {
    check_name(name, at, problems);
    let fields = Fields::read(node, &["plural", "max", "label"], problems)?;
    let max = fields.get("max").and_then(|node| integer(node, problems));
    Some(Role {
        name: name.to_owned(),
        plural: fields
            .optional_text("plural", problems)
            .unwrap_or_else(|| name.to_owned()),
        max: max.and_then(|max| usize::try_from(max).ok()),
    })
}
