//! Sums that are followed until they are used: a voucher ends on a day and what is left is lost, a grant
//! in instalments is paid in parts. `follow.rs` opens one when a case is granted; whoever pays it records
//! its uses; the holder sees what is left and is told before it is lost.

pub mod actions;
pub mod follow;
mod model;
mod store;
#[cfg(test)]
mod tests;

pub use actions::{remind_due, use_it, uses_of};
pub use follow::VoucherFollower;
pub use model::{Error, Instalments, NewUse, Recorded, Use, Voucher, ending, short_won};
