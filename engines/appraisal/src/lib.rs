#![doc = include_str!("../README.md")]

pub mod distribution;
pub mod effects;
mod error;
pub mod tradeoff;

pub use error::InputError;
