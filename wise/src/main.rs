//! `wise`: one binary that serves, shows, migrates, imports, backs up and examines itself.

/// Gives memory back after a burst of work, which the system's own allocator keeps.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> std::process::ExitCode {
    wise::cli::run()
}
