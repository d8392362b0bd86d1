//! Licences, bans and sources of everything that is built, by the rules of `deny.toml`. The tool cargo-deny
//! knows more (it reads licence texts), but takes minutes to build; this takes a second.

use std::{collections::HashMap, fs, path::Path, process::Command};

use serde_json::Value;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .ancestors()
        .nth(2)
        .unwrap()
}

fn rules() -> toml::Table {
    fs::read_to_string(root().join("deny.toml"))
        .unwrap()
        .parse()
        .unwrap()
}

fn metadata() -> Value {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version=1", "--all-features"])
        .args(["--filter-platform", "x86_64-unknown-linux-gnu"])
        .current_dir(root())
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    serde_json::from_slice(&output.stdout).unwrap()
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

fn words(value: Option<&toml::Value>) -> Vec<&str> {
    value
        .and_then(toml::Value::as_array)
        .into_iter()
        .flatten()
        .filter_map(toml::Value::as_str)
        .collect()
}

/// Whether an SPDX expression can be met with allowed licences alone: `OR` needs one side, `AND` both.
fn is_allowed(expression: &str, allowed: &[&str]) -> bool {
    // The older way to write OR, still found in old crates.
    let expression = expression.replace(" / ", " OR ").replace('/', " OR ");
    let tokens = expression.replace('(', " ( ").replace(')', " ) ");
    let tokens: Vec<&str> = tokens.split_whitespace().collect();
    let mut at = 0;
    let result = either(&tokens, &mut at, allowed);
    result && at == tokens.len()
}

fn either(tokens: &[&str], at: &mut usize, allowed: &[&str]) -> bool {
    let mut result = both(tokens, at, allowed);
    while tokens.get(*at) == Some(&"OR") {
        *at += 1;
        result |= both(tokens, at, allowed);
    }
    result
}

fn both(tokens: &[&str], at: &mut usize, allowed: &[&str]) -> bool {
    let mut result = one(tokens, at, allowed);
    while tokens.get(*at) == Some(&"AND") {
        *at += 1;
        result &= one(tokens, at, allowed);
    }
    result
}

fn one(tokens: &[&str], at: &mut usize, allowed: &[&str]) -> bool {
    let Some(&token) = tokens.get(*at) else {
        return false;
    };
    *at += 1;
    if token == "(" {
        let result = either(tokens, at, allowed);
        let is_closed = tokens.get(*at) == Some(&")");
        *at += 1;
        return result && is_closed;
    }
    if tokens.get(*at) == Some(&"WITH") {
        let exception = tokens.get(*at + 1).copied().unwrap_or_default();
        *at += 2;
        return allowed.contains(&format!("{token} WITH {exception}").as_str());
    }
    allowed.contains(&token)
}

#[test]
fn licence_expressions_are_understood() {
    let allowed = [
        "MIT",
        "Apache-2.0",
        "Unicode-3.0",
        "Apache-2.0 WITH LLVM-exception",
    ];
    for yes in [
        "MIT",
        "MIT/Apache-2.0",
        "GPL-2.0 OR MIT",
        "(MIT OR GPL-3.0) AND Unicode-3.0",
        "Apache-2.0 WITH LLVM-exception",
    ] {
        assert!(is_allowed(yes, &allowed), "{yes}");
    }
    for no in [
        "",
        "GPL-3.0",
        "MIT AND GPL-3.0",
        "(MIT",
        "MIT AND (GPL-2.0 OR MPL-2.0)",
        "MIT WITH LLVM-exception",
    ] {
        assert!(!is_allowed(no, &allowed), "{no}");
    }
}

#[test]
fn everything_built_has_an_allowed_licence() {
    let (rules, metadata) = (rules(), metadata());
    let allowed = words(rules["licenses"].get("allow"));
    assert!(list(&metadata["packages"]).len() > 100);
    let refused: Vec<String> = list(&metadata["packages"])
        .iter()
        .filter(|package| !is_allowed(package["license"].as_str().unwrap_or_default(), &allowed))
        .map(|package| {
            format!(
                "{} {}: {}",
                package["name"], package["version"], package["license"]
            )
        })
        .collect();
    assert!(
        refused.is_empty(),
        "licences that deny.toml does not allow:\n{}",
        refused.join("\n")
    );
}

#[test]
fn nothing_banned_is_built_except_within_its_wrappers() {
    let (rules, metadata) = (rules(), metadata());
    let name_of: HashMap<&str, &str> = list(&metadata["packages"])
        .iter()
        .filter_map(|package| Some((package["id"].as_str()?, package["name"].as_str()?)))
        .collect();
    let bans = rules["bans"]["deny"].as_array().unwrap();
    for ban in bans {
        let (banned, wrappers) = (ban["crate"].as_str().unwrap(), words(ban.get("wrappers")));
        for node in list(&metadata["resolve"]["nodes"]) {
            let user = name_of[node["id"].as_str().unwrap()];
            let uses = list(&node["dependencies"])
                .iter()
                .any(|id| name_of[id.as_str().unwrap()] == banned);
            assert!(
                !uses || wrappers.contains(&user),
                "{user} uses {banned}: {:?}",
                ban["reason"]
            );
        }
    }
}

#[test]
fn nothing_comes_from_elsewhere_than_the_package_index() {
    for package in list(&metadata()["packages"]) {
        // A member of the workspace has no source.
        let Some(source) = package["source"].as_str() else {
            continue;
        };
        assert!(
            source.starts_with("registry+"),
            "{} comes from {source}",
            package["name"]
        );
    }
}
