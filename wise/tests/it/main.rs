//! Tests of the whole server: one binary, a module a subject.

mod birth;
mod browser;
mod central;
mod house;
mod languages;
mod offices;
mod shape;
