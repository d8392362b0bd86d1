//! WISE: a fact comes in, rules conclude, the right person is told with the reason and a receipt.

pub mod app;
pub mod areas;
pub mod blocks;
pub mod cli;
pub mod country;
pub mod demo;
pub mod server;
