//! Takes over the parameters and cases of an OpenFisca country package.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use rules::openfisca::Imported;

use super::say;

/// Reads a package from `folder` and writes our files beneath `out`; writes nothing while anything is wrong, and
/// nothing over a file that is there.
pub(super) fn import(folder: &Path, out: &Path, json: bool) -> Result<(), String> {
    let mut files = Vec::new();
    read(folder, folder, &mut files).map_err(|error| format!("{}: {error}", folder.display()))?;
    let imported = rules::openfisca::import(files).map_err(|diagnostics| {
        let told: Vec<String> = diagnostics.iter().map(ToString::to_string).collect();
        format!(
            "nothing was imported, {} to mend first:\n{}",
            told.len(),
            told.join("\n")
        )
    })?;
    if imported.files.is_empty() {
        return Err(format!(
            "{} holds no parameters/ and no tests/ with .yaml files: give the folder of a country package",
            folder.display()
        ));
    }
    let targets: Vec<(PathBuf, &str)> = imported
        .files
        .iter()
        .map(|(path, text)| (out.join(path), text.as_str()))
        .collect();
    if let Some((path, _)) = targets.iter().find(|(path, _)| path.exists()) {
        return Err(format!(
            "{} is there already and nothing was imported: give --out another folder, or move it away",
            path.display()
        ));
    }
    for (path, text) in &targets {
        write(path, text).map_err(|error| format!("{}: {error}", path.display()))?;
    }
    tell(&imported, out, json);
    Ok(())
}

fn tell(imported: &Imported, out: &Path, json: bool) {
    if json {
        let told = serde_json::json!({
            "parameters": imported.parameters,
            "cases": imported.cases,
            "files": imported.files.iter().map(|(path, _)| path).collect::<Vec<_>>(),
            "to_express": imported.to_express,
        });
        return say(&told.to_string());
    }
    say(&format!(
        "{} parameters and {} cases in {} files beneath {}",
        imported.parameters,
        imported.cases,
        imported.files.len(),
        out.display()
    ));
    if !imported.to_express.is_empty() {
        say("written in Python, to be expressed as variables and reforms (docs/openfisca.md):");
        for (path, classes) in &imported.to_express {
            say(&format!("  {path}: {}", classes.join(", ")));
        }
    }
}

/// The YAML and Python files of a folder, by their path from its root; hidden folders and links are left out.
fn read(root: &Path, folder: &Path, files: &mut Vec<(String, String)>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let (path, kind) = (entry.path(), entry.file_type()?);
        let is_wanted = path
            .extension()
            .is_some_and(|it| it == "yaml" || it == "yml" || it == "py");
        if entry.file_name().to_string_lossy().starts_with('.') {
            continue;
        }
        if kind.is_dir() {
            read(root, &path, files)?;
        } else if kind.is_file() && is_wanted {
            let text = fs::read_to_string(&path)
                .map_err(|error| io::Error::other(format!("{}: {error}", path.display())))?;
            let name = path.strip_prefix(root).unwrap_or(&path);
            files.push((name.to_string_lossy().replace('\\', "/"), text));
        }
    }
    Ok(())
}

fn write(path: &Path, text: &str) -> io::Result<()> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder)?;
    }
    fs::write(path, text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn package(files: &[(&str, &str)]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().expect("a folder");
        for (path, text) in files {
            write(&folder.path().join(path), text).expect("written");
        }
        folder
    }

    const RATE: (&str, &str) = (
        "here/parameters/tax/rate.yaml",
        "values: {2024-01-01: 0.15}\n",
    );
    const TEST: (&str, &str) = (
        "tests/tax.yaml",
        "period: 2024-01\ninput: {salary: 1}\noutput: {tax: 0.15}\n",
    );

    #[test]
    fn a_package_becomes_our_files_once() {
        let folder = package(&[
            RATE,
            TEST,
            ("here/variables/tax.py", "class tax(Variable):\n    pass\n"),
        ]);
        let out = folder.path().join("out");
        import(folder.path(), &out, false).expect("imported");
        let rate = fs::read_to_string(out.join("parameters/tax/rate.yaml")).expect("written");
        assert!(rate.contains("value: 0.15"), "{rate}");
        assert!(out.join("cases/tax.yaml").is_file());
        let again = import(&folder.path().join("here"), &out, false).expect_err("it is there");
        assert!(again.contains("is there already"), "{again}");
    }

    #[test]
    fn python_is_told_with_its_line_and_nothing_is_written() {
        let folder = package(&[
            RATE,
            (
                "tests/tax.yaml",
                "# a test\n- !!python/object:os.system {}\n",
            ),
        ]);
        let out = folder.path().join("out");
        let error = import(folder.path(), &out, false).expect_err("Python");
        assert!(
            error.contains("tests/tax.yaml:2:3: a Python object"),
            "{error}"
        );
        assert!(!out.exists());
    }
}
