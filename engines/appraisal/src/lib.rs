#![doc = include_str!("../README.md")]

pub mod distribution;
pub mod effects;
mod error;

pub use error::InputError;
