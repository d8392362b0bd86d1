//! Says at the very end what the tests before could not do on this machine.

fn main() {
    testkit::print_skips();
}
