//! Files that are embedded when compiled: a change there must compile this crate again.

fn main() {
    println!("cargo::rerun-if-changed=assets");
    println!("cargo::rerun-if-changed=build.rs");
}
