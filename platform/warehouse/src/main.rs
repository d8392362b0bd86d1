//! `wise-warehouse`: SQL over a population and its results, and the sweep of a population here or on a cluster.

fn main() -> std::process::ExitCode {
    warehouse::cli::run()
}
