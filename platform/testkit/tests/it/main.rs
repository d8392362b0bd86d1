//! The test kit, tested: one binary, a module for each part.

mod browser;
mod dependencies;
mod http;
mod oidc;
mod postgres;
mod skips;
mod smtp;
