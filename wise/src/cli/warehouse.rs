//! `wise warehouse …`: what `wise-warehouse` does, by the name that one remembers. It is a program of its own, because
//! it takes longer to build than all the rest.

use std::env;
use std::ffi::OsString;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::Command;

const PROGRAM: &str = "wise-warehouse";

/// Becomes `wise-warehouse`; returns only to say why not.
pub(super) fn hand_over(args: &[OsString]) -> Result<(), String> {
    let here = env::current_exe().ok();
    let path = env::var_os("PATH").unwrap_or_default();
    let program = find(here.as_deref(), &path).ok_or_else(missing)?;
    let error = Command::new(&program).args(args).exec();
    Err(format!("{}: {error}", program.display()))
}

/// Beside this program, else on the search path.
fn find(here: Option<&Path>, path: &std::ffi::OsStr) -> Option<PathBuf> {
    let beside = here
        .and_then(Path::parent)
        .map(|folder| folder.join(PROGRAM));
    let on_path = env::split_paths(path).map(|folder| folder.join(PROGRAM));
    beside
        .into_iter()
        .chain(on_path)
        .find(|program| program.is_file())
}

fn missing() -> String {
    format!(
        "{PROGRAM} is neither beside this program nor on PATH. It is built apart, because it takes minutes: \
         `cargo build --release -p warehouse` in the sources of WISE, then put target/release/{PROGRAM} beside wise."
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_found_beside_the_program_before_the_search_path() {
        let folder = tempfile::tempdir().unwrap();
        let (beside, other) = (folder.path().join("bin"), folder.path().join("other"));
        for place in [&beside, &other] {
            std::fs::create_dir(place).unwrap();
        }
        let wise = beside.join("wise");
        let path = env::join_paths([&other]).unwrap();
        assert_eq!(find(Some(&wise), &path), None);
        std::fs::write(other.join(PROGRAM), "").unwrap();
        assert_eq!(find(Some(&wise), &path), Some(other.join(PROGRAM)));
        std::fs::write(beside.join(PROGRAM), "").unwrap();
        assert_eq!(find(Some(&wise), &path), Some(beside.join(PROGRAM)));
    }

    #[test]
    fn who_lacks_it_is_told_how_to_get_it() {
        assert!(missing().contains("cargo build --release -p warehouse"));
    }
}
