//! One folder an area of government work. THE LIST is below: an area is added here and in its own folder.

pub mod aide;
pub mod benefits;

use db::{Migration, Tx};

use crate::blocks::people::Erased;
use crate::blocks::seals::Source;

/// What an area brings to the server; central code and central tests loop over these.
pub struct Area {
    /// Its folder and the prefix of its tables, facts and texts.
    pub name: &'static str,
    pub migrations: &'static [Migration],
    /// Its records that are sealed.
    pub sealed: &'static [Source],
    /// Destroys what it holds about a person.
    pub erase: fn(&mut Tx<'_>, &Erased) -> Result<(), db::Error>,
}

/// All areas.
pub const AREAS: &[&Area] = &[&aide::AREA, &benefits::AREA];
