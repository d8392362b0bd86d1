use base::ids::{ConsentId, PersonId};
use db::{Error, Tx};
use spine::Cx;

use super::store::{self, Consent};

/// Records a consent; giving it twice is once.
pub fn give_consent(cx: &mut Cx<'_, '_>, person: PersonId, fact: &str) -> Result<(), Error> {
    let standing = store::of_person(cx.tx, person)?
        .iter()
        .any(|it| it.fact == fact && it.withdrawn_at.is_none());
    if standing {
        return Ok(());
    }
    let consent = Consent {
        id: cx.id(ConsentId::new),
        person,
        fact: fact.to_owned(),
        given_at: cx.now,
        withdrawn_at: None,
    };
    store::insert(cx.tx, &consent)
}

/// Ends a consent from now on; what was concluded before stays explained.
pub fn withdraw_consent(cx: &mut Cx<'_, '_>, person: PersonId, fact: &str) -> Result<(), Error> {
    store::withdraw(cx.tx, person, fact, cx.now).map(drop)
}

/// A person's consents, given and withdrawn.
pub fn consents_of(tx: &mut Tx<'_>, person: PersonId) -> Result<Vec<Consent>, Error> {
    store::of_person(tx, person)
}

/// Destroys a person's consents.
pub fn erase(tx: &mut Tx<'_>, person: PersonId) -> Result<(), db::Error> {
    store::erase(tx, person)
}
