//! The web floor from outside: requests in, answers out, on both stores.

mod api;
mod app;
mod login;
mod oidc;
mod once;
mod problems;
mod scope;
mod sessions;
