//! Whom the plan's numbers stand for.

use std::collections::HashMap;

use base::ids::{BirthId, HouseholdId, PersonId};
use db::Tx;

use super::plan::{HouseholdKey, PersonKey};
use super::{Error, store};

/// The records behind the plan's numbers.
#[derive(Clone, Debug, Default)]
pub(super) struct Keys {
    pub persons: HashMap<PersonKey, PersonId>,
    pub households: HashMap<HouseholdKey, HouseholdId>,
    /// By the number of the child.
    pub births: HashMap<PersonKey, BirthId>,
}

impl Keys {
    /// Reads them from the database.
    pub fn read(tx: &mut Tx<'_>) -> Result<Self, Error> {
        let households = store::households(tx)?.into_iter();
        Ok(Self {
            persons: store::persons(tx)?.into_iter().collect(),
            households: households.map(|(key, id, _)| (key, id)).collect(),
            births: store::births(tx)?.into_iter().collect(),
        })
    }

    /// Writes them down, in the order of their numbers.
    pub fn write(
        &self,
        tx: &mut Tx<'_>,
        scripted: impl Fn(HouseholdKey) -> bool,
    ) -> Result<(), Error> {
        let mut persons: Vec<_> = self.persons.iter().map(|(k, id)| (*k, *id)).collect();
        persons.sort_by_key(|(key, _)| *key);
        store::put_persons(tx, persons.into_iter())?;
        let mut households: Vec<_> = self.households.iter().map(|(k, id)| (*k, *id)).collect();
        households.sort_by_key(|(key, _)| *key);
        let households = households
            .into_iter()
            .map(|(key, id)| (key, id, scripted(key)));
        store::put_households(tx, households)?;
        let mut births: Vec<_> = self.births.iter().map(|(k, id)| (*k, *id)).collect();
        births.sort_by_key(|(key, _)| *key);
        Ok(store::put_births(tx, births.into_iter())?)
    }

    /// Takes in what one transaction added.
    pub fn merge(&mut self, new: Keys) {
        self.persons.extend(new.persons);
        self.households.extend(new.households);
        self.births.extend(new.births);
    }
}

/// The numbers known before a transaction and those that it adds.
pub(super) struct Names<'k> {
    known: &'k Keys,
    pub new: Keys,
}

impl<'k> Names<'k> {
    pub fn new(known: &'k Keys) -> Self {
        Self {
            known,
            new: Keys::default(),
        }
    }

    pub fn person(&self, key: PersonKey) -> Result<PersonId, Error> {
        let id = self.new.persons.get(&key);
        id.or_else(|| self.known.persons.get(&key))
            .copied()
            .ok_or_else(|| Error::Stranger(key.to_string()))
    }

    pub fn household(&self, key: HouseholdKey) -> Result<HouseholdId, Error> {
        let id = self.new.households.get(&key);
        id.or_else(|| self.known.households.get(&key))
            .copied()
            .ok_or_else(|| Error::Stranger(key.to_string()))
    }

    pub fn birth(&self, baby: PersonKey) -> Result<BirthId, Error> {
        let id = self.new.births.get(&baby);
        id.or_else(|| self.known.births.get(&baby))
            .copied()
            .ok_or_else(|| Error::Stranger(baby.to_string()))
    }
}
