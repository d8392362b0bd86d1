//! A further language is data: what it must have is read from the pages that residents use, and what it has must fit.

use std::collections::{BTreeMap, BTreeSet};

use web::Texts;
use wise::country::{Country, CountryFiles};

use crate::shape;

/// Keys of messages and attributes with their text, of one language.
type Entries = BTreeMap<String, String>;

fn texts_of(language: &str) -> Entries {
    let folder = format!("texts/{language}/");
    let mut entries = Entries::new();
    for (_, text) in CountryFiles::built_in().under(&folder) {
        let (mut message, mut current) = (String::new(), String::new());
        for line in text.lines() {
            let declared = line.split_once(" =").filter(|(key, _)| is_name(key.trim()));
            if let Some((key, value)) = declared {
                current = match key.trim().strip_prefix('.') {
                    Some(attribute) => format!("{message}.{attribute}"),
                    None => key.to_owned(),
                };
                if !key.trim().starts_with('.') {
                    message.clone_from(&current);
                }
                entries.insert(current.clone(), value.to_owned());
            } else if let Some(value) = entries.get_mut(&current)
                && !line.starts_with('#')
            {
                value.push_str(line);
            }
        }
    }
    entries
}

fn is_name(text: &str) -> bool {
    let bytes = text.strip_prefix('.').unwrap_or(text).bytes();
    !text.is_empty()
        && bytes
            .into_iter()
            .all(|it| it.is_ascii_alphanumeric() || b"-_".contains(&it))
}

/// Languages beside Korean and English, which `central` holds to be complete.
fn further() -> Vec<String> {
    let files = CountryFiles::built_in()
        .under("texts/")
        .cloned()
        .collect::<Vec<_>>();
    let texts = Texts::load(files).unwrap();
    let all = texts.languages().map(str::to_owned);
    all.filter(|it| it != "ko" && it != "en").collect()
}

/// What may be pressed by a resident, by the policies.
fn resident_actions() -> BTreeSet<String> {
    let files = CountryFiles::built_in();
    let policy = files.text("policies/resident.cedar").unwrap();
    let pieces = policy.split("Action::\"").skip(1);
    pieces
        .filter_map(|it| Some(it.split_once('"')?.0.to_owned()))
        .collect()
}

/// Handlers' modules of an `http.rs` that serve officials alone: `office` for `office::queue`; and whether all of them do.
fn official_modules(http: &str, allowed: &BTreeSet<String>) -> (BTreeSet<String>, bool) {
    let mut constants = BTreeMap::new();
    for piece in http.split("const ").skip(1) {
        let name = piece.split(':').next().unwrap_or_default();
        let action = piece
            .split("Action(\"")
            .nth(1)
            .and_then(|it| it.split('"').next());
        constants.insert(name, action.unwrap_or_default());
    }
    let (mut own, mut all) = (BTreeSet::new(), BTreeSet::new());
    for route in http
        .split(".get(")
        .flat_map(|it| it.split(".post("))
        .skip(1)
    {
        let inside = route.split(".merge").next().unwrap_or_default();
        let handler = inside
            .split(',')
            .rev()
            .find_map(|it| it.trim().split_once("::"));
        let Some(module) = handler.map(|(module, _)| module.to_owned()) else {
            continue;
        };
        let named = inside
            .split("Action(\"")
            .nth(1)
            .and_then(|it| it.split('"').next());
        let constant = inside
            .split(',')
            .nth(1)
            .and_then(|it| constants.get(it.trim()).copied());
        let action = named.or(constant).unwrap_or_default();
        if allowed.contains(action) {
            own.insert(module.clone());
        }
        all.insert(module);
    }
    let is_whole = own.is_empty() && !all.is_empty();
    (all.difference(&own).cloned().collect(), is_whole)
}

/// The sources that say something to a resident: all of them but handlers and pages of officials alone.
fn sources() -> Vec<(String, String)> {
    let allowed = resident_actions();
    assert!(
        allowed.len() >= 5,
        "the residents' policy was not understood: {allowed:?}"
    );
    let all: Vec<_> = ["wise/src/areas", "wise/src/blocks"]
        .iter()
        .flat_map(|folder| shape::files(folder, &[".rs", ".html"]))
        .filter(|(path, _)| !path.contains("samples") && !path.contains("tests"))
        .collect();
    let mut officials: BTreeSet<String> = BTreeSet::new();
    for (path, text) in &all {
        let Some(folder) = path.strip_suffix("/http.rs") else {
            continue;
        };
        let (modules, is_whole) = official_modules(text, &allowed);
        if is_whole {
            // No resident can open any page of it.
            let own = all.iter().map(|(path, _)| path);
            officials.extend(
                own.filter(|it| it.starts_with(&format!("{folder}/")))
                    .cloned(),
            );
        }
        officials.extend(modules.iter().map(|it| format!("{folder}/http/{it}.rs")));
        // An area's desk has routes of its own.
        for (inner, text) in all
            .iter()
            .filter(|(it, _)| it.starts_with(&format!("{folder}/http/")))
        {
            let asks = text.contains("Permission::Action(\"");
            if asks && !allowed.iter().any(|it| text.contains(&format!("\"{it}\""))) {
                officials.insert(inner.clone());
            }
        }
    }
    let pages = official_pages(&all, &officials);
    let is_official = |path: &String| officials.contains(path) || pages.contains(path);
    all.into_iter()
        .filter(|(path, _)| !is_official(path))
        .collect()
}

/// Templates whose view struct only officials' handlers name.
fn official_pages(all: &[(String, String)], officials: &BTreeSet<String>) -> BTreeSet<String> {
    let mut pages = BTreeSet::new();
    for (_, text) in all.iter().filter(|(path, _)| path.contains("/pages")) {
        for piece in text.split("#[template(path = \"").skip(1) {
            let template = piece.split('"').next().unwrap_or_default();
            let view = piece.split("pub struct ").nth(1).unwrap_or_default();
            let view: String = view
                .chars()
                .take_while(char::is_ascii_alphanumeric)
                .collect();
            let mut users = all
                .iter()
                .filter(|(path, text)| path.contains("/http") && text.contains(&view));
            let (mut any, mut only) = (false, true);
            users.by_ref().for_each(|(path, _)| {
                any = true;
                only &= officials.contains(path);
            });
            if any && only {
                pages.insert(format!("wise/src/{template}"));
            }
        }
    }
    pages
}

/// What the server says of a resident's places in the frame.
fn places_of_residents() -> Vec<String> {
    let server = shape::files("wise/src/server", &["system.rs"]);
    let blocks = server
        .iter()
        .flat_map(|(_, text)| text.split("has_role("))
        .filter_map(|it| it.strip_prefix("\"resident\")"));
    let inside = blocks.map(|it| it.split("\n    }").next().unwrap_or_default());
    let texts: Vec<String> = inside.map(str::to_owned).collect();
    assert!(texts.len() > 1, "the residents' places were not found");
    texts
}

/// The keys that these sources name, in full or by how they begin.
fn wanted(known: &Entries) -> BTreeSet<String> {
    let mut wanted: BTreeSet<String> = BTreeSet::new();
    let others = ["wise/src/demo/http.rs", "wise/src/demo/pages/choose.html"];
    let demo = shape::files("wise/src/demo", &[".rs", ".html"]);
    let demo = demo
        .into_iter()
        .filter(|(path, _)| others.contains(&path.as_str()));
    let texts = sources().into_iter().chain(demo).map(|(_, text)| text);
    for text in texts.chain(places_of_residents()) {
        for piece in text.split('"').skip(1).step_by(2) {
            // `cases-state-{state}` stands for all that begin so.
            let (stem, open) = match piece.split_once('{') {
                Some((stem, _)) => (stem, stem.ends_with('-')),
                None => (piece, false),
            };
            let exact = [
                stem.to_owned(),
                format!("{stem}-title"),
                format!("{stem}-body"),
            ];
            let named = known.keys().filter(|key| {
                let message = key.split('.').next().unwrap_or_default();
                if open {
                    stem.matches('-').count() > 1 && message.starts_with(stem)
                } else {
                    exact.iter().any(|it| it == message)
                }
            });
            wanted.extend(named.cloned());
        }
    }
    // The frame, the settings and what goes wrong are everybody's; so is the sample city's bar.
    let everybodys = |key: &&String| key.starts_with("web-") || key.starts_with("wise-demo-");
    wanted.extend(known.keys().filter(everybodys).cloned());
    // Easy wording is extra: a language may do without, as Korean mostly does.
    wanted.retain(|it| !it.ends_with(".easy"));
    wanted
}

#[test]
fn a_further_language_has_every_text_that_a_resident_meets() {
    let wanted = wanted(&texts_of("ko"));
    for key in [
        "benefits-why",
        "cases-state-granted",
        "people-me-title",
        "benefits-opened-body",
        "demo-title",
        "wise-nav-offers",
    ] {
        assert!(
            wanted.contains(key),
            "{key} was not found in the residents' pages"
        );
    }
    for key in [
        "cases-queue-title",
        "people-find-title",
        "benefits-decide",
        "notices-settle-arrived",
        "wise-nav-find",
    ] {
        assert!(!wanted.contains(key), "{key} is for officials alone");
    }
    let languages = further();
    assert!(languages.iter().any(|it| it == "vi"), "{languages:?}");
    for language in languages {
        let has = texts_of(&language);
        let lacks: Vec<_> = wanted.iter().filter(|it| !has.contains_key(*it)).collect();
        assert!(lacks.is_empty(), "texts/{language} lacks {lacks:#?}");
    }
}

#[test]
fn a_further_language_says_nothing_that_nobody_asks_for_and_puts_in_only_what_is_given() {
    let (korean, english) = (texts_of("ko"), texts_of("en"));
    let country = Country::load(CountryFiles::built_in()).unwrap();
    let named = named_by_data(&country);
    let ways = ["web-date", "web-day", "web-thousands", "web-won"];
    for language in further() {
        for (key, text) in texts_of(&language) {
            if ways.contains(&key.as_str()) || named.contains(&key) {
                continue;
            }
            let original = korean.get(&key);
            assert!(
                original.is_some(),
                "texts/{language}: nobody asks for {key}"
            );
            let given = |it: Option<&String>| it.map(|it| values(it)).unwrap_or_default();
            let mut given_values = given(original);
            given_values.extend(given(english.get(&key)));
            for value in values(&text) {
                assert!(
                    given_values.contains(&value),
                    "texts/{language}: {key} is not given ${value}"
                );
            }
        }
    }
}

/// The keys under which a language may translate what benefits, vocabulary and site name.
fn named_by_data(country: &Country) -> BTreeSet<String> {
    let mut keys = BTreeSet::new();
    for benefit in country.book.benefits() {
        let key = format!("law-benefit-{}", benefit.id);
        keys.insert(format!("{key}.summary"));
        keys.insert(format!("{key}.in-kind"));
        keys.insert(key);
    }
    for phone in &country.site.phones {
        let number = phone.href.trim_start_matches("tel:");
        keys.insert(format!("web-phone-{number}"));
    }
    let vocabulary = country.book.vocabulary();
    for entity in [rules::Entity::Person, rules::Entity::Household] {
        for fact in vocabulary.facts(entity) {
            let key = format!("law-fact-{entity}-{}", fact.name);
            if let rules::FactType::Enum(id) = fact.fact_type {
                let values = vocabulary.enum_values(id).iter();
                keys.extend(values.map(|it| format!("{key}.{}", it.code)));
            }
            keys.insert(key);
        }
    }
    keys
}

/// The values a message puts in: `name` of `{ $name }`.
fn values(text: &str) -> BTreeSet<String> {
    let pieces = text.split('$').skip(1);
    let name = |it: &str| {
        it.chars()
            .take_while(|it| it.is_ascii_alphanumeric() || *it == '_')
            .collect()
    };
    pieces.map(name).collect()
}
