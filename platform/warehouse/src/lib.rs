#![doc = include_str!("../README.md")]

pub mod cli;
pub mod cluster;
mod failure;
mod law;
mod parquet_file;
pub mod sql;
pub mod sweep;

pub use failure::Failure;
pub use law::Law;
