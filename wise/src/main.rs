//! `wise`: one binary that serves, shows, migrates, imports, backs up and examines itself.

fn main() -> std::process::ExitCode {
    wise::cli::run()
}
