#![doc = include_str!("../README.md")]

pub mod assignment;
mod band;
pub mod delay;
pub mod distribution;
pub mod effects;
mod error;
pub mod gains;
pub mod siting;
pub mod tradeoff;

pub use band::Band;
pub use error::InputError;
