#![doc = include_str!("../README.md")]

mod error;
mod places;
mod reader;
mod run;
mod sweep;
mod totals;
mod writer;

pub use error::Error;
pub use places::{Place, Places};
pub use reader::{Population, RowGroup};
pub use run::{Run, Workers, write_totals};
pub use sweep::{Found, Sweep, entitlements_schema};
pub use totals::{Count, Line, NameId, PlaceId, Totals};
pub use writer::{Household, Id, IdKind, PopulationWriter, Received};

/// The column that names a household: text or a whole number, anything that its source knows it by.
pub const ID: &str = "id";
/// The column that tells the part of the municipality where it lives.
pub const DISTRICT: &str = "district";
/// The column that lists the benefits it receives already.
pub const RECEIVES: &str = "receives";
