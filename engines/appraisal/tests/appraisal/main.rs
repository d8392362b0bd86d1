//! Against figures that others published.

mod prop_99;
