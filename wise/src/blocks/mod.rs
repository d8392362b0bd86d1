//! Government concepts that several areas share, in order: each may import only earlier ones.

pub mod agencies;
pub mod cases;
pub mod exchange;
pub mod notices;
pub mod people;
pub mod places;
