//! Agencies that agree, in one thread over a simulated network with a clock of its own, and as processes over TLS.

mod chain;
mod claims;
mod faults;
mod process;
mod processes;
mod seeds;
mod simulation;
