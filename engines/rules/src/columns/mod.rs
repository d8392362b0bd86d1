//! The same law for many households at once: all benefits of a book compiled for one day into one plan over Arrow
//! columns.
//!
//! A [`Plan`] holds every expression once, whichever benefits use it. Truths are bits, sixty-four rows to a word;
//! what depends on one date, one enum value or the size of the household is worked out once for all values that it
//! may have; amounts are computed only where a condition may hold; a local benefit is not asked of households that
//! live elsewhere. Memory is that of one batch, whatever the number of benefits: a column is dropped after the last
//! benefit that reads it. Outcomes and amounts are those of [`crate::RuleBook::decide`], to the won, unknown facts
//! included; a property test compares.
//!
//! A batch has one row a household: a column for each fact of the household by its name, and `members`, a list of
//! structs with a field for each fact of a person. A fact without a column is unknown. [`schema`] gives the columns
//! of a vocabulary, [`BatchBuilder`] makes batches from situations.
//!
//! ```
//! # let vocabulary = "
//! # entities:
//! #   person:
//! #     born: {type: date, ko: 생년월일, en: date of birth}
//! #   household:
//! #     income: {type: won_per_month, ko: 소득, en: income}
//! # ";
//! # let benefit = r#"
//! # id: child-money
//! # name: {ko: 아이수당, en: Child money}
//! # summary: {ko: 아이에게 드립니다., en: For each child.}
//! # authority: welfare
//! # law: [{act: 아이법, article: 제4조}]
//! # unit: person
//! # recipient: guardian
//! # in_force: {from: 2024-01-01}
//! # condition:
//! #   - {id: young, when: age(person.born) < 8}
//! #   - {id: income, when: household.income <= 3000000}
//! # amount:
//! #   - {pay: 100000}
//! # cases:
//! #   - {name: 아기, on: 2026-11-23, household: {income: 0}, members: {baby: {born: 2026-11-01}}, expect: {baby: {result: eligible, amount: 100000}}}
//! #   - {name: 열 살, on: 2026-11-23, household: {income: 0}, members: {kid: {born: 2016-11-01}}, expect: {kid: {result: not}}}
//! # "#;
//! # let files = [("vocabulary.yaml", vocabulary), ("benefits/child-money.yaml", benefit)];
//! use rules::columns::{BatchBuilder, Plan};
//! # use rules::{RuleBook, Value};
//! # let book = RuleBook::load(files.map(|(path, text)| (path.to_owned(), text.to_owned()))).expect("valid law");
//! let mut home = book.situation();
//! home.set_household("income", Value::Integer(2_000_000))?;
//! home.set_member("baby", "born", Value::Date("2026-11-01".parse()?))?;
//! let mut batch = BatchBuilder::new(&book);
//! batch.push(&home);
//!
//! let plan = Plan::new(&book, "2026-11-23".parse()?);
//! let found = plan.evaluate(&batch.finish())?;
//! assert_eq!(found.granted[0].eligible.count(), 1);
//! assert_eq!(found.granted[0].amount(0), Some(100_000));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod batch;
mod bits;
mod bounds;
mod build;
mod civil;
mod column;
mod domain;
mod graph;
mod lower;
mod lower_integer;
mod plan;
mod run;
mod table;
mod values;

pub use batch::{BatchError, MEMBERS};
pub use bits::Bits;
pub use build::{BatchBuilder, integer, schema, situation, text};
pub use lower::Unsupported;
pub use plan::{Amounts, Findings, Granted, Plan};
