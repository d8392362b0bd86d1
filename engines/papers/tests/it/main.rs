//! Papers made, signed, read and checked; by this crate and by other people's programs.

mod paper;
mod pdf;
