//! Services of the whole government (Gov24): imported with their codes, and offered only as something
//! to look into, with what is still unknown. A code is necessary and never sufficient.
//!
//! `actions/import.rs` reads the interface's files and keeps what is right; `model.rs` leaves out only
//! what a code definitely contradicts for everybody in the household; `http.rs` shows the rest, what
//! is near home and settled first. What a code means is data (`country/kr/gov24`).

pub mod actions;
pub mod http;
pub mod model;
pub mod pages;
pub mod recipients;
mod store;

#[cfg(test)]
mod tests;
