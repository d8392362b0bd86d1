//! The arrows and the absences of ARCHITECTURE.md, proven by reading the sources.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

/// Every file under a folder with one of these endings: its path from the root, and its text.
pub fn files(folder: &str, endings: &[&str]) -> Vec<(String, String)> {
    let mut found = Vec::new();
    collect(&root().join(folder), endings, &mut found);
    found.sort();
    assert!(!found.is_empty(), "{folder} holds no {endings:?}");
    found
}

/// A file of tests beside its code is no part of the product.
fn is_test(path: &str) -> bool {
    path.ends_with("/tests.rs") || path.contains("/tests/")
}

fn collect(folder: &Path, endings: &[&str], found: &mut Vec<(String, String)>) {
    let Ok(entries) = fs::read_dir(folder) else {
        return;
    };
    for entry in entries.flatten() {
        let path = entry.path();
        let name = entry.file_name().to_string_lossy().into_owned();
        if path.is_dir() {
            if name != "target" && name != "fuzz" {
                collect(&path, endings, found);
            }
        } else if endings.iter().any(|ending| name.ends_with(ending)) {
            let shown = path.strip_prefix(root()).unwrap_or(&path);
            let text = fs::read_to_string(&path).unwrap_or_default();
            found.push((shown.to_string_lossy().into_owned(), text));
        }
    }
}

/// Code without tests and comments: what the arrows are about.
fn code(text: &str) -> String {
    let product = text
        .split("#[cfg(test)]\nmod tests")
        .next()
        .unwrap_or_default();
    let lines = product.lines().filter(|line| {
        let line = line.trim_start();
        !line.starts_with("//")
    });
    lines.collect::<Vec<_>>().join("\n")
}

fn report(broken: &[String]) {
    assert!(
        broken.is_empty(),
        "the house is out of shape:\n{}",
        broken.join("\n")
    );
}

/// Which crates of this workspace a manifest names.
fn arrows(manifest: &str, section: &str) -> Vec<String> {
    let known = [
        "base",
        "appraisal",
        "rules",
        "db",
        "federation",
        "ledger",
        "papers",
        "population",
        "spine",
        "web",
        "testkit",
        "warehouse",
        "wise",
    ];
    let Some(start) = manifest.find(&format!("[{section}]")) else {
        return Vec::new();
    };
    let body = &manifest[start + section.len() + 2..];
    let body = &body[..body.find("\n[").unwrap_or(body.len())];
    let names = body.lines().filter_map(|line| {
        let name: String = line
            .chars()
            .take_while(|it| it.is_alphanumeric() || *it == '-')
            .collect();
        known.contains(&name.as_str()).then_some(name)
    });
    names.collect()
}

#[test]
fn crates_point_only_down() {
    let allowed: BTreeMap<&str, &[&str]> = BTreeMap::from([
        ("base/Cargo.toml", &[] as &[&str]),
        ("engines/appraisal/Cargo.toml", &[]),
        ("engines/ledger/Cargo.toml", &[]),
        ("engines/papers/Cargo.toml", &[]),
        ("engines/rules/Cargo.toml", &["base"]),
        ("platform/db/Cargo.toml", &["base"]),
        ("platform/federation/Cargo.toml", &["base", "ledger"]),
        ("platform/population/Cargo.toml", &["base", "rules"]),
        ("platform/spine/Cargo.toml", &["base", "db"]),
        ("platform/web/Cargo.toml", &["base", "db", "spine"]),
        ("platform/testkit/Cargo.toml", &["base"]),
        ("platform/warehouse/Cargo.toml", &["population", "rules"]),
        (
            "wise/Cargo.toml",
            &[
                "appraisal",
                "base",
                "db",
                "federation",
                "ledger",
                "population",
                "rules",
                "spine",
                "web",
            ],
        ),
    ]);
    let mut broken = Vec::new();
    let mut seen = 0;
    for folder in ["base", "engines", "platform", "wise"] {
        for (path, text) in files(folder, &["Cargo.toml"]) {
            let Some(may) = allowed.get(path.as_str()) else {
                broken.push(format!(
                    "{path}: a crate that this test does not know; say what it may use"
                ));
                continue;
            };
            seen += 1;
            for arrow in arrows(&text, "dependencies") {
                if !may.contains(&arrow.as_str()) {
                    broken.push(format!("{path}: may not depend on {arrow}"));
                }
            }
        }
    }
    assert_eq!(seen, allowed.len(), "a crate that this test names is gone");
    report(&broken);
}

#[test]
fn what_the_server_stands_on_is_built_by_default() {
    let text = fs::read_to_string(root().join("Cargo.toml")).unwrap();
    let (_, list) = text.split_once("default-members = [").unwrap();
    let (list, _) = list.split_once(']').unwrap();
    let default: Vec<&str> = list.split('"').skip(1).step_by(2).collect();
    let mut broken = Vec::new();
    for folder in ["base", "engines", "platform", "wise"] {
        for (path, _) in files(folder, &["Cargo.toml"]) {
            let member = path.trim_end_matches("/Cargo.toml");
            let is_default = default.iter().any(|it| {
                it.strip_suffix("/*")
                    .map_or(*it == member, |folder| member.starts_with(folder))
            });
            // It takes longer to build than all the rest.
            let is_apart = member == "platform/warehouse";
            if is_default == is_apart {
                broken.push(format!("default-members of Cargo.toml: {member}"));
            }
        }
    }
    report(&broken);
}

#[test]
fn engines_are_pure() {
    let banned = [
        ("std::fs", "files"),
        ("std::net", "sockets"),
        ("std::env", "the environment"),
        ("std::process", "processes"),
        ("tokio", "a runtime"),
        ("async fn", "async"),
        (".await", "async"),
        ("SystemTime", "a clock"),
        ("Instant::now", "a clock"),
        ("Timestamp::now", "a clock"),
        ("SELECT ", "SQL"),
        ("INSERT INTO", "SQL"),
    ];
    let mut broken = Vec::new();
    for (path, text) in files("engines", &[".rs"]) {
        if !path.contains("/src/") {
            continue;
        }
        for (word, what) in banned {
            if code(&text).contains(word) {
                broken.push(format!("{path}: an engine knows no {what} ({word})"));
            }
        }
    }
    report(&broken);
}

#[test]
fn below_the_product_there_are_no_government_words() {
    let banned = [
        "benefit",
        "resident",
        "hanbit",
        "한빛",
        "주민",
        "급여",
        "birth",
        "welfare",
        "municipality",
    ];
    let mut broken = Vec::new();
    for folder in [
        "platform/db/src",
        "platform/spine/src",
        "platform/web/src",
        "platform/web/templates",
    ] {
        for (path, text) in files(folder, &[".rs", ".html", ".cedarschema"]) {
            for (number, line) in code(&text).lines().enumerate() {
                // `resident` is also the name of a density in the look's attribute.
                let line = line.replace("\"resident\"", "");
                for word in banned {
                    if line.contains(word) {
                        broken.push(format!("{path}: line {}: {word}", number + 1));
                    }
                }
            }
        }
    }
    report(&broken);
}

#[test]
fn no_city_or_tenant_stands_in_code() {
    let mut broken = Vec::new();
    for (path, text) in files("wise/src", &[".rs"]) {
        // The sample city is drawn by code that is about nothing else.
        if path.starts_with("wise/src/demo") || path.contains("samples") || is_test(&path) {
            continue;
        }
        for word in ["hanbit", "한빛시"] {
            if code(&text).contains(word) {
                broken.push(format!("{path}: {word} is data and belongs in country/"));
            }
        }
    }
    report(&broken);
}

/// `use crate::…` and `crate::…` paths of a file, as far as the second step.
fn crate_paths(text: &str) -> Vec<String> {
    let mut paths = Vec::new();
    for piece in code(text).split("crate::").skip(1) {
        if let Some(group) = piece.strip_prefix('{') {
            let group = &group[..group.find("};").unwrap_or(group.len())];
            for part in group.split(',') {
                paths.push(part.trim().to_owned());
            }
            continue;
        }
        let path: String = piece
            .chars()
            .take_while(|it| it.is_alphanumeric() || matches!(it, '_' | ':'))
            .collect();
        if path.ends_with("::") && piece[path.len()..].starts_with('{') {
            let group = &piece[path.len() + 1..];
            let mut depth = 1;
            let mut part = String::new();
            for letter in group.chars() {
                match letter {
                    '{' => depth += 1,
                    '}' => depth -= 1,
                    _ => {}
                }
                if depth == 0 || (depth == 1 && letter == ',') {
                    paths.push(format!("{path}{}", part.trim()));
                    part.clear();
                    if depth == 0 {
                        break;
                    }
                    continue;
                }
                part.push(letter);
            }
        } else {
            paths.push(path);
        }
    }
    paths
}

fn block_order() -> Vec<String> {
    let text = fs::read_to_string(root().join("wise/src/blocks/mod.rs")).unwrap();
    let names = text.lines().filter_map(|line| {
        let name = line.strip_prefix("pub mod ")?.strip_suffix(';')?;
        Some(name.to_owned())
    });
    names.collect()
}

#[test]
fn a_block_imports_only_earlier_blocks_and_never_an_area() {
    let order = block_order();
    assert!(order.len() >= 6, "{order:?}");
    let mut broken = Vec::new();
    for (path, text) in files("wise/src/blocks", &[".rs"]) {
        let Some(own) = path
            .trim_start_matches("wise/src/blocks/")
            .split('/')
            .next()
        else {
            continue;
        };
        let Some(place) = order.iter().position(|it| it == own) else {
            continue;
        };
        for used in crate_paths(&text) {
            let mut steps = used.split("::");
            match (steps.next(), steps.next()) {
                (Some("blocks"), Some(other)) => match order.iter().position(|it| it == other) {
                    Some(at) if at <= place => {}
                    _ => broken.push(format!("{path}: {own} comes before {other}")),
                },
                (Some("app" | "country"), _) => {}
                _ => broken.push(format!("{path}: a block may not use crate::{used}")),
            }
        }
    }
    report(&broken);
}

#[test]
fn an_area_imports_no_other_area_but_its_facts_when_following() {
    let mut broken = Vec::new();
    for (path, text) in files("wise/src/areas", &[".rs"]) {
        let own = path
            .trim_start_matches("wise/src/areas/")
            .split('/')
            .next()
            .unwrap_or_default();
        if own == "mod.rs" {
            continue;
        }
        for used in crate_paths(&text) {
            let steps: Vec<&str> = used.split("::").collect();
            let allowed = match steps.as_slice() {
                ["areas", other, ..] if *other == own => true,
                ["areas", _, "facts", ..] => path.ends_with("follow.rs"),
                ["areas", "Area"] => true,
                ["blocks" | "app" | "country", ..] => true,
                _ => false,
            };
            if !allowed {
                broken.push(format!("{path}: an area may not use crate::{used}"));
            }
        }
    }
    report(&broken);
}

#[test]
fn every_area_has_the_same_files() {
    let list = fs::read_to_string(root().join("wise/src/areas/mod.rs")).unwrap();
    let names: Vec<&str> = list
        .lines()
        .filter_map(|line| line.strip_prefix("pub mod ")?.strip_suffix(';'))
        .collect();
    assert!(!names.is_empty());
    let mut broken = Vec::new();
    for name in names {
        let folder = root().join("wise/src/areas").join(name);
        for wanted in [
            "mod.rs",
            "model.rs",
            "facts.rs",
            "store.rs",
            "http.rs",
            "pages.rs",
            "migrations",
        ] {
            if !folder.join(wanted).exists() {
                broken.push(format!("areas/{name} lacks {wanted}"));
            }
        }
        if !folder.join("actions.rs").exists() && !folder.join("actions").exists() {
            broken.push(format!("areas/{name} lacks actions"));
        }
    }
    report(&broken);
}

#[test]
fn sql_stands_in_stores_only_and_on_own_tables() {
    let mut broken = Vec::new();
    let verbs = ["SELECT ", "INSERT INTO ", "UPDATE ", "DELETE FROM "];
    for (path, text) in files("wise/src", &[".rs"]) {
        let code = code(&text);
        let has_sql = verbs.iter().any(|verb| code.contains(&format!("\"{verb}")));
        let is_store = path.ends_with("/store.rs");
        let may_ask = is_store || is_test(&path) || path.starts_with("wise/src/demo");
        if has_sql && !may_ask {
            broken.push(format!("{path}: SQL belongs in store.rs"));
        }
        if !is_store {
            continue;
        }
        let own = match path.split('/').collect::<Vec<_>>().as_slice() {
            ["wise", "src", "demo", ..] => "demo",
            [_, _, _, own, ..] => own,
            _ => "",
        };
        for word in ["FROM ", "INTO ", "JOIN ", "UPDATE "] {
            for piece in code.split(word).skip(1) {
                let table: String = piece
                    .chars()
                    .take_while(|it| it.is_ascii_lowercase() || *it == '_')
                    .collect();
                // Function keywords (`FROM (`), `UPDATE SET` and aliases are no tables.
                if table.contains('_') && !table.starts_with(&format!("{own}_")) {
                    broken.push(format!("{path}: {table} is not a table of {own}"));
                }
            }
        }
    }
    report(&broken);
}

#[test]
fn lists_of_officials_take_a_scope() {
    // A query by office or person must be given what its caller may see.
    for (path, query) in [
        ("wise/src/blocks/cases/store.rs", "pub(super) fn open_cases"),
        ("wise/src/blocks/cases/store.rs", "pub(super) fn counts"),
        ("wise/src/blocks/cases/store.rs", "pub(super) fn offices"),
        ("wise/src/areas/aide/store.rs", "pub(super) fn runs"),
        ("wise/src/areas/aide/store.rs", "pub(super) fn briefings"),
        (
            "wise/src/areas/benefits/reach/store.rs",
            "pub(super) fn unreached",
        ),
        (
            "wise/src/areas/benefits/reach/store.rs",
            "pub(super) fn sums",
        ),
        ("wise/src/blocks/notices/store.rs", "pub(super) fn letters"),
        (
            "wise/src/blocks/notices/store.rs",
            "pub(super) fn unreached(",
        ),
        ("wise/src/blocks/people/store.rs", "pub(super) fn search"),
        (
            "wise/src/blocks/people/store.rs",
            "pub(super) fn births_waiting",
        ),
    ] {
        let text = fs::read_to_string(root().join(path)).unwrap();
        let at = text
            .find(query)
            .unwrap_or_else(|| panic!("{path} lost {query}"));
        let signature = &text[at..at + text[at..].find('{').unwrap_or(0)];
        assert!(
            signature.contains("scope: &Scope"),
            "{path}: {query} takes no Scope"
        );
    }
}

#[test]
fn http_types_stay_in_http_and_awaits_out_of_models() {
    let mut broken = Vec::new();
    for (path, text) in files("wise/src", &[".rs"]) {
        let code = code(&text);
        let name = path.rsplit('/').next().unwrap_or_default();
        let below_http = matches!(name, "model.rs" | "store.rs" | "facts.rs" | "follow.rs")
            || path.contains("/actions");
        if below_http && (code.contains("axum::") || code.contains("StatusCode")) {
            broken.push(format!("{path}: HTTP types do not go below http.rs"));
        }
        if below_http && code.contains(".await") {
            broken.push(format!("{path}: no await below http.rs"));
        }
        if name == "facts.rs" && path.matches('/').count() == 4 {
            for used in crate_paths(&text) {
                broken.push(format!(
                    "{path}: facts know only base and serde, not crate::{used}"
                ));
            }
        }
    }
    report(&broken);
}

#[test]
fn templates_hold_no_words_no_style_and_no_script() {
    let mut broken = Vec::new();
    for (path, text) in files("wise/src", &[".html"]) {
        let is_hangul = |it: char| ('\u{ac00}'..='\u{d7a3}').contains(&it);
        if text.contains(is_hangul) {
            broken.push(format!("{path}: words belong in country/*/texts"));
        }
        if text.contains("style=") || text.contains("<script") || text.contains(" onclick=") {
            broken.push(format!(
                "{path}: the content policy refuses inline style and script"
            ));
        }
        // Text between tags that is not an expression is a word; `shape` names a class.
        let text = text.replace("{% block shape %}narrow{% endblock %}", "");
        let mut plain = String::new();
        let mut rest = text.as_str();
        while let Some(at) = rest.find(['{', '<']) {
            plain.push_str(&rest[..at]);
            plain.push(' ');
            let end = match &rest[at..] {
                it if it.starts_with("{{") => it.find("}}").map(|end| end + 2),
                it if it.starts_with("{%") => it.find("%}").map(|end| end + 2),
                it if it.starts_with("{#") => it.find("#}").map(|end| end + 2),
                it if it.starts_with('<') => tag_end(it),
                _ => Some(1),
            };
            rest = &rest[at + end.unwrap_or(1)..];
        }
        plain.push_str(rest);
        let words: Vec<&str> = plain
            .split_whitespace()
            .filter(|word| word.chars().filter(|it| it.is_alphabetic()).count() > 2)
            .collect();
        if !words.is_empty() {
            broken.push(format!("{path}: words outside texts: {words:?}"));
        }
    }
    report(&broken);
}

/// The end of a tag, past `>` inside expressions and quotes.
fn tag_end(tag: &str) -> Option<usize> {
    let bytes = tag.as_bytes();
    let (mut at, mut quoted) = (1, false);
    while at < bytes.len() {
        match bytes[at] {
            b'{' if matches!(bytes.get(at + 1), Some(b'{' | b'%')) => {
                let close = if bytes[at + 1] == b'{' { "}}" } else { "%}" };
                at += tag[at..].find(close)? + 1;
            }
            b'"' => quoted = !quoted,
            b'>' if !quoted => return Some(at + 1),
            _ => {}
        }
        at += 1;
    }
    None
}

#[test]
fn functions_fit_a_screen_and_files_are_not_two() {
    let mut broken = Vec::new();
    for folder in ["base", "engines", "platform", "wise"] {
        for (path, text) in files(folder, &[".rs"]) {
            let lines = text.lines().count();
            if lines > 700 {
                broken.push(format!("{path}: {lines} lines ask to be two files"));
            }
            for (name, length) in functions(&code(&text)) {
                if length > 100 && !is_test(&path) {
                    broken.push(format!("{path}: {name} has {length} lines"));
                }
            }
        }
    }
    report(&broken);
}

/// Names and lengths of functions, by indentation (rustfmt keeps it honest).
fn functions(text: &str) -> Vec<(String, usize)> {
    let lines: Vec<&str> = text.lines().collect();
    let mut found = Vec::new();
    for (start, line) in lines.iter().enumerate() {
        let trimmed = line.trim_start();
        let indent = line.len() - trimmed.len();
        let words = [
            "fn ",
            "pub fn ",
            "async fn ",
            "pub async fn ",
            "pub(super) fn ",
            "pub(crate) fn ",
        ];
        if !words.iter().any(|word| trimmed.starts_with(word)) {
            continue;
        }
        let close = format!("{}}}", " ".repeat(indent));
        let end = lines[start..].iter().position(|it| **it == close);
        if let Some(length) = end {
            found.push((
                trimmed.split('(').next().unwrap_or_default().to_owned(),
                length + 1,
            ));
        }
    }
    found
}

#[test]
fn every_file_that_architecture_names_exists() {
    let text = fs::read_to_string(root().join("ARCHITECTURE.md")).unwrap();
    let mut named = 0;
    for piece in text.split('`').skip(1).step_by(2) {
        let is_path = piece.contains('/')
            && [
                ".rs", ".yaml", ".html", ".toml", ".csv", ".cedar", ".ftl", ".md", "/",
            ]
            .iter()
            .any(|ending| piece.ends_with(ending))
            && !piece.contains(['*', '<', ' ', '{']);
        if is_path && !piece.starts_with('/') {
            named += 1;
            assert!(
                root().join(piece).exists(),
                "ARCHITECTURE.md names {piece}, which is not there"
            );
        }
    }
    assert!(named >= 15, "ARCHITECTURE.md names only {named} files");
}

#[test]
fn no_module_file_lies_outside_the_tree() {
    let mut broken = Vec::new();
    for (path, _) in files("wise/src", &[".rs"]) {
        let name = path
            .rsplit('/')
            .next()
            .unwrap_or_default()
            .trim_end_matches(".rs");
        if matches!(name, "main" | "lib" | "mod") {
            continue;
        }
        let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder);
        let parents = [
            format!("{folder}.rs"),
            format!("{folder}/mod.rs"),
            format!("{folder}/lib.rs"),
        ];
        let declared = parents.iter().any(|parent| {
            fs::read_to_string(root().join(parent))
                .is_ok_and(|text| text.contains(&format!("mod {name};")))
        });
        if !declared {
            broken.push(format!("{path}: no module declares it"));
        }
    }
    report(&broken);
}
