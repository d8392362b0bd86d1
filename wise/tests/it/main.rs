//! Tests of the whole server: one binary, a module a subject.

mod aide;
mod aide_kinds;
mod api;
mod birth;
mod browser;
mod central;
mod channels;
mod conditions;
mod consent;
mod corrections;
mod entitlements;
mod exports;
mod families;
mod federation;
mod gov24;
mod house;
mod keyboard;
mod languages;
mod ledger;
mod life;
mod nation;
mod offices;
mod reach;
mod shape;
mod tasks;
mod twins;
