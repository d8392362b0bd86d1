//! Tests of the whole server: one binary, a module a subject.

mod api;
mod birth;
mod browser;
mod central;
mod house;
mod offices;
mod shape;
