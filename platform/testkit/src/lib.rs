//! What tests of every floor need and no product code may know.
//!
//! * [`postgres`]: a throw-away PostgreSQL server, one for each test process;
//! * `browser`: a headless Chromium with axe-core (feature `browser`);
//! * [`golden`]: compare with a file, rewrite it with `WISE_BLESS=1`;
//! * [`KillLoop`]: end a real process with `kill -9` at random moments, again and again;
//! * [`smtp`]: a mail server that misbehaves on request;
//! * [`http`]: a web service (a gateway, a push service) that misbehaves on request;
//! * `oidc`: an identity provider that misbehaves on request (feature `oidc`);
//! * `Client`: a browser for routes without a socket (feature `client`);
//! * [`skip`]: say what a test could not do; [`print_skips`] repeats it at the end.
//!
//! No server started here outlives the test process, even when that is killed.

mod golden;
pub mod http;
mod kill;
mod orphan;
mod port;
mod postgres;
mod python;
mod skips;
pub mod smtp;

#[cfg(feature = "browser")]
mod axe;
#[cfg(feature = "browser")]
mod browser;
#[cfg(feature = "client")]
mod client;
#[cfg(feature = "oidc")]
pub mod oidc;

#[cfg(feature = "browser")]
pub use crate::axe::{AxeError, Node, Violation, axe};
#[cfg(feature = "browser")]
pub use crate::browser::{Browser, Scheme, View, Window, browser};
#[cfg(feature = "client")]
pub use crate::client::{Answer, Client};
pub use crate::golden::{GoldenError, check_golden, golden};
pub use crate::kill::{KillLoop, Run};
pub use crate::postgres::{PostgresServer, postgres};
pub use crate::python::python;
pub use crate::skips::{print_skips, skip, target_dir};
