//! What tests of every floor need and no product code may know.
//!
//! * [`postgres`]: a throw-away PostgreSQL server, one for each test process;
//! * [`skip`]: say what a test could not do; [`print_skips`] repeats it at the end.
//!
//! Nothing started here outlives the test process, even when that is killed.

mod orphan;
mod port;
mod postgres;
mod skips;

pub use crate::postgres::{PostgresServer, postgres};
pub use crate::skips::{print_skips, skip, target_dir};
