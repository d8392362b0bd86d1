//! The rules engine from the outside: a small book of its own, every check, and the country's law.

mod changes;
mod checks;
mod columns;
mod country;
mod country_template;
mod deciding;
mod drawn;
mod explanations;
mod figures;
mod findings;
mod fixture;
mod openfisca;
mod properties;
mod questions;
mod relations;
mod variables;
mod variables_columns;
