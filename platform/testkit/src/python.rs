//! Other people's programs in Python that check what we make.

use std::ffi::OsString;
use std::process::Command;

/// A Python that has these modules (`a, b`): that of `WISE_PYTHON`, else `python3`. Without one the test is to end, and the skip is
/// said.
///
/// # Panics
/// As [`skip`](crate::skip).
pub fn python(modules: &str) -> Option<OsString> {
    let python = std::env::var_os("WISE_PYTHON").unwrap_or_else(|| "python3".into());
    let found = Command::new(&python)
        .args(["-c", &format!("import {modules}")])
        .output();
    let is_there = found.is_ok_and(|it| it.status.success());
    if !is_there {
        let python = python.to_string_lossy();
        crate::skip(&format!(
            "{python} has no {modules}; install them with pip, and name that Python in WISE_PYTHON"
        ));
    }
    is_there.then_some(python)
}
