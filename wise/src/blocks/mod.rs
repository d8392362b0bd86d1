//! Government concepts that several areas share, in order: each may import only earlier ones. The
//! empty lines keep rustfmt from sorting them.

pub mod agencies;

pub mod exchange;

pub mod seals;

pub mod people;

pub mod places;

pub mod cases;

pub mod notices;
