//! Tests of the whole server: one binary, a module a subject.

mod birth;
mod browser;
mod central;
mod channels;
mod house;
mod offices;
mod shape;
