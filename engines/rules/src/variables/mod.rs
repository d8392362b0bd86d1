//! Plain variables over persons, groups and periods: law of countries whose rules are written variable by variable.
//!
//! A [`Book`] holds entities (`entities.yaml`), dated parameters (`parameters/`), variables with formulas dated by
//! `from` (`variables/`) and reforms (`reforms/`), all data. Expressions have the syntax of benefits; numbers are exact
//! fractions ([`Exact`]), never floats. Cases say what variables must be in a situation. The format is described in
//! `docs/openfisca.md`, the importer that fills such a book is [`crate::openfisca`].
//!
//! ```
//! use rules::variables::Book;
//!
//! let files = [
//!     ("entities.yaml", "entities: {person: {plural: persons}, household: {plural: households, roles: {adult: {plural: adults}}}}"),
//!     ("parameters/tax.yaml", "tax.rate: {unit: /1, values: [{from: 2024-01-01, value: 0.15}]}"),
//!     ("variables/tax.yaml", "
//! variables:
//!   salary: {entity: person, period: month, type: number, default: 0, spread: divide}
//!   tax: {entity: household, period: month, type: number, expr: 'sum(household.members.map(m, m.salary)) * param.tax.rate'}
//! "),
//! ];
//! let book = Book::load(files.map(|(path, text)| (path.to_owned(), text.to_owned()))).expect("valid law");
//! let cases = book.read_cases("cases/tax.yaml", "
//! - name: two salaries, one of them told for the year
//!   period: 2024-05
//!   input: {household: {adults: [ana, ben]}, persons: {ana: {salary: 2000}, ben: {salary: {2024: 1200}}}}
//!   output: {tax: 315}
//! ").expect("valid cases");
//! assert!(book.run(&cases[0]).passed());
//! ```

mod arithmetic;
mod book;
pub(crate) mod cases;
pub mod columns;
mod compile;
mod declarations;
mod entities;
mod exact;
mod formula;
mod functions;
pub(crate) mod parameters;
mod periods;
mod run;
pub(crate) mod scale;
mod simulate;
mod situation;
mod system;
mod value;
pub(crate) mod write;

pub use arithmetic::evaluate as evaluate_arithmetic;
pub use book::Book;
pub(crate) use book::outermost;
pub use cases::{Case, Margins};
pub use declarations::{Spread, Variable};
pub use entities::{Entity, Role};
pub use exact::Exact;
pub use parameters::{Dated, Group, Held, Parameter};
pub use periods::{Period, PeriodUnit};
pub use run::{Check, Outcome};
pub use scale::{Bracket, ScaleKind, apply as apply_scale};
pub use value::{Value, ValueType};
