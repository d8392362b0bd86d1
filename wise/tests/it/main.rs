//! Tests of the whole server: one binary, a module a subject.

mod birth;
mod house;
mod shape;
