//! Whom what they are owed has not reached: take-up in sums for those who decide, and for officials the
//! households to go to, with what to propose to them or to apply for on their behalf.
//!
//! Both are read from what `standing` remembers of each household, beside the offers made to it.

pub mod actions;
pub mod model;
mod store;
