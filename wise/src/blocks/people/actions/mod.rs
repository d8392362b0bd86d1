pub mod births;
pub mod consents;
pub mod erase;
pub mod household;
pub mod import;
pub mod looks;
pub mod search;
