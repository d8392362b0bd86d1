//! WISE: a fact comes in, rules conclude, the right person is told with the reason and a receipt.

pub mod app;
pub mod areas;
pub mod blocks;

//LATER pub mod demo;
pub mod country;
pub mod cli;
pub mod server;
