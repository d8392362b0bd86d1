//! The commands of `wise-warehouse` as their users meet them: as processes.

mod cluster;
mod population;
mod process;
mod sql;
mod sweep;
