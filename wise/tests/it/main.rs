//! Tests of the whole server: one binary, a module a subject.

mod birth;
mod browser;
mod central;
mod gov24;
mod house;
mod offices;
mod shape;
