//! Load, decide, store and append, one transaction each; one verb a file.

pub mod accept;
pub mod answer;
pub mod erase;
pub mod export;
pub mod offer;
pub mod read;
