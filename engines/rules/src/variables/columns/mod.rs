//! Variables of many persons at once: a [`Plan`] of operations on whole columns, made from the formulas of a book.
//!
//! What the [`Book`] computes for the persons of one case, a plan computes for millions, with the same exact results.
//! Inputs, outputs and their periods are named when the plan is made; what the formulas share is computed once,
//! parameters of the period are constants, and whatever depends on one date or code alone is tabulated by the scalar
//! path. Numbers are whole numerators over a denominator that is known beforehand, with bounds that prove that nothing
//! leaves 64 bits. Where that cannot be proven (a division by a variable, products of large numbers) rows are computed
//! as fractions, by the same code as the scalar path and as slowly; what has no column is refused with a [`Refusal`].
//!
//! Persons stand group by group. A plan runs over batches of whole groups that fit the processor's cache, and a
//! column's memory is used again after its last reader: memory depends on the batch and on what must be kept at the
//! same time, neither on the number of persons nor on that of variables.
//!
//! ```
//! use rules::variables::columns::{Column, Holds, Input, Values};
//! use rules::variables::{Book, Period};
//!
//! let files = [
//!     ("entities.yaml", "entities: {person: {plural: persons}, household: {plural: households, roles: {adult: {plural: adults}}}}"),
//!     ("parameters/tax.yaml", "tax.rate: {unit: /1, values: [{from: 2024-01-01, value: 0.15}]}"),
//!     ("variables/tax.yaml", "
//! variables:
//!   salary: {entity: person, period: month, type: number, default: 0}
//!   tax: {entity: household, period: month, type: number, expr: 'sum(household.members.map(m, m.salary)) * param.tax.rate'}
//! "),
//! ];
//! let book = Book::load(files.map(|(path, text)| (path.to_owned(), text.to_owned()))).expect("valid law");
//! let period = Period::parse("2024-05").expect("a month");
//! // Salaries in cents, at most ten million.
//! let holds = Holds::Numbers { denominator: 100, least: 0, greatest: 1_000_000_000 };
//! let inputs = [Input { variable: "salary", period, holds }];
//! let plan = book.plan(&[], &inputs, &[("tax", period)])?;
//!
//! // Two households of two persons and one.
//! let salaries = [200_000, 10_050, 0];
//! let population = plan.population(3, &[0, 2, 3], &[0, 0, 0], vec![Values::Numbers(&salaries)])?;
//! let mut taxes = Vec::new();
//! plan.run(&population, |part| {
//!     let Column::Numbers { values, denominator } = part.column else { return };
//!     taxes.extend(values.iter().map(|it| (*it, denominator)));
//! });
//! assert_eq!(taxes, [(630_150, 2_000), (0, 2_000)]); // 315.075
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod cell;
mod fast;
mod folds;
mod form;
mod graph;
mod kernels;
mod lower;
mod plan;
mod population;
mod run;
mod scales;

use jiff::civil::Date;

pub use plan::Plan;
pub use population::{Misfit, Population, Values};
pub use run::{Column, Part};

use super::book::Book;
use super::periods::Period;

/// A column that is told: of which variable, for which period, and what it holds.
#[derive(Clone, Debug)]
pub struct Input<'a> {
    pub variable: &'a str,
    /// One of the variable's own, or a longer one if the variable has `spread`.
    pub period: Period,
    pub holds: Holds,
}

/// What a column of inputs holds. The narrower the bounds, the more is proven to fit.
#[derive(Clone, Debug)]
pub enum Holds {
    /// 64-bit numerators within bounds, over one denominator: cents have 100.
    Numbers {
        denominator: i64,
        least: i64,
        greatest: i64,
    },
    /// The same in 32 bits: half the memory, and faster.
    SmallNumbers {
        denominator: i64,
        least: i32,
        greatest: i32,
    },
    Truths,
    /// Days since 1970, from the first to the last of these.
    Days {
        first: Date,
        last: Date,
    },
    /// Indices into the codes of the variable's enum.
    Codes,
}

/// Why there is no plan.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    #[error("unknown variable `{0}`; name one of the book")]
    UnknownVariable(String),
    #[error("{0}")]
    Reform(String),
    #[error("`{variable}` is not told for {period}; ask for one of its own periods")]
    Period { variable: String, period: Period },
    #[error("the column of `{variable}` for {period}: {reason}")]
    Input {
        variable: String,
        period: Period,
        reason: &'static str,
    },
    #[error("`{0}` in {1} needs itself; break the circle, or give a column of it")]
    Circle(String, Period),
    #[error(
        "`{0}` in {1} stands at the end of too long a chain; give a column of an earlier period"
    )]
    TooDeep(String, Period),
    #[error(
        "`{0}` compares members of a group with each other, which has no column; give a column of it"
    )]
    Pairs(String),
    #[error("groups of two kinds, {0} and {1}; ask for the variables of each in a plan of its own")]
    SeveralGroups(String, String),
    #[error(
        "the formulas need more operations than a plan may have; ask for fewer variables at once"
    )]
    TooLarge,
}

impl Book {
    /// A plan of columns for these variables in these periods, under reforms, from columns of inputs. Variables without
    /// input are what their formulas or defaults say.
    ///
    /// # Errors
    /// The first thing that has no column.
    pub fn plan(
        &self,
        reforms: &[&str],
        inputs: &[Input<'_>],
        outputs: &[(&str, Period)],
    ) -> Result<Plan, Refusal> {
        let reforms: Vec<String> = reforms.iter().map(|it| (*it).to_owned()).collect();
        let system = self.under(&reforms);
        let system =
            system.map_err(|it| Refusal::Reform(format!("{}; {}", it.message, it.remedy)))?;
        plan::of(&system, inputs, outputs)
    }
}
