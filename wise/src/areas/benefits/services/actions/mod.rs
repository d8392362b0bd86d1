//! Load, decide, store: importing services and reading those near a household.

mod files;
pub mod import;
pub mod read;
mod rows;
