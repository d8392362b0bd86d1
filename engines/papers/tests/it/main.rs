//! Papers made, signed, read and checked; by this crate and by other people's programs.

mod attachments;
mod credential;
mod foreign;
mod paper;
mod pdf;
mod signature;
