//! WISE: a fact comes in, rules conclude, the right person is told with the reason and a receipt.

pub mod areas;
pub mod blocks;
pub mod country;
//LATER pub mod demo;
pub mod server;
