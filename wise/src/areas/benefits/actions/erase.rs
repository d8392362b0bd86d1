use db::Tx;

use crate::areas::benefits::store;
use crate::blocks::people::Erased;

/// Destroys what benefits hold about a person.
pub fn erase(tx: &mut Tx<'_>, erased: &Erased) -> Result<(), db::Error> {
    store::erase(tx, erased.person)?;
    for household in &erased.households {
        store::erase_household(tx, *household)?;
    }
    Ok(())
}
