//! What every floor of WISE may know: typed ids, the clock, randomness, money, locale.
//!
//! Nothing here knows a database, a page or a law.

mod clock;
mod entropy;
pub mod ids;
pub mod korean;
mod locale;
mod money;

pub use clock::{Clock, SimulatedClock, SystemClock, seoul_date};
pub use entropy::Entropy;
pub use locale::{Locale, Localized};
pub use money::{Won, thousands};
