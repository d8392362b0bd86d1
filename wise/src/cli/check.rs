//! `wise doctor`: what is wrong and how to mend it.

mod ledger;

use base::{Clock, Locale, SystemClock, seoul_date};
use db::{Db, Durability};
use jiff::civil::Date;
use serde::Serialize;
use web::{MACHINE_DRAFTED, Texts};

use super::backup::FILE;
use super::config::Config;
use super::say;
use crate::blocks::notices;
use crate::country::Country;
use crate::server::migrations;

#[derive(Serialize)]
struct Finding {
    /// `ok`, `look` or `wrong`.
    level: &'static str,
    what: String,
    remedy: String,
}

/// Examines the country folder and the database.
pub(super) fn doctor(config: &Config) -> Result<(), String> {
    let mut findings = Vec::new();
    match config.country() {
        Ok(country) => {
            examine_law(&country, seoul_date(SystemClock.now()), &mut findings);
            examine_texts(&country, &mut findings);
        }
        Err(faults) => findings.push(Finding {
            level: "wrong",
            what: faults,
            remedy: "mend the files named above".into(),
        }),
    }
    examine_channels(config, &mut findings);
    examine_store(config, &mut findings);
    for finding in &findings {
        if config.json {
            say(&serde_json::to_string(finding).unwrap_or_default());
        } else {
            say(&format!("[{}] {}", finding.level, finding.what));
            if !finding.remedy.is_empty() {
                say(&format!("        {}", finding.remedy));
            }
        }
    }
    match findings.iter().filter(|it| it.level == "wrong").count() {
        0 => Ok(()),
        count => Err(format!("{count} thing(s) are wrong")),
    }
}

fn examine_law(country: &Country, today: Date, findings: &mut Vec<Finding>) {
    let (mut passed, mut failed) = (0, Vec::new());
    for benefit in country.book.benefits() {
        for case in country.book.run_cases(benefit) {
            if case.passed {
                passed += 1;
            } else {
                failed.push(format!(
                    "{}:{} {}: {}",
                    benefit.file, case.line, case.name, case.explanation
                ));
            }
        }
    }
    findings.push(Finding {
        level: "ok",
        what: format!(
            "{} benefits, {passed} cases pass, rules {}",
            country.book.benefits().count(),
            &country.book.digest()[..12]
        ),
        remedy: String::new(),
    });
    for what in failed {
        findings.push(Finding {
            level: "wrong",
            what,
            remedy: "the rule or its case is wrong: compare both with the law".into(),
        });
    }
    for (benefit, parameter) in country.book.parameters() {
        let Some(value) = parameter.on(today) else {
            continue;
        };
        let name = format!("{}.{}", benefit.unwrap_or("parameters"), parameter.name);
        let old = value
            .checked
            .until(today)
            .is_ok_and(|span| span.get_days() > 365);
        if value.unverified || old {
            findings.push(Finding {
                level: "look",
                what: format!("{name} was checked on {} ({})", value.checked, value.source),
                remedy: if value.unverified {
                    "no source was at hand: compare it with the law and take `unverified` away"
                        .into()
                } else {
                    "more than a year ago: compare it with the law and renew `checked`".into()
                },
            });
        }
    }
}

/// Which languages no person has checked, and what they lack.
fn examine_texts(country: &Country, findings: &mut Vec<Finding>) {
    let texts = match Texts::load(country.files.under("texts/").cloned()) {
        Ok(texts) => texts,
        Err(fault) => {
            findings.push(Finding {
                level: "wrong",
                what: fault.to_string(),
                remedy: "mend the file named above".into(),
            });
            return;
        }
    };
    for language in texts.languages().filter_map(|it| it.parse::<Locale>().ok()) {
        let drafted = texts.drafted(language);
        if !drafted.is_empty() {
            findings.push(Finding {
                level: "look",
                what: format!("machine-drafted, checked by nobody: {}", drafted.join(", ")),
                remedy: format!(
                    "let a speaker of {language} correct each file and take its line \
                     `{MACHINE_DRAFTED}` away; until then every page says so"
                ),
            });
        }
        let (lacking, all) = texts.lacking(language);
        let unnamed = unnamed(country, &texts, language);
        if lacking > 0 || unnamed > 0 {
            findings.push(Finding {
                level: "ok",
                what: format!(
                    "texts in {language} lack {lacking} of {all} messages and the names of \
                     {unnamed} benefits; English stands in"
                ),
                remedy: String::new(),
            });
        }
    }
}

/// How many benefits have no name in a language; Korean and English stand in the benefits themselves.
fn unnamed(country: &Country, texts: &Texts, language: Locale) -> usize {
    if language == Locale::KO || language == Locale::EN {
        return 0;
    }
    let named = |id: &str| texts.find(language, &format!("law-benefit-{id}"), &[]);
    let benefits = country.book.benefits();
    benefits.filter(|it| named(&it.id).is_none()).count()
}

/// Which channels carry notices. Settings that cannot be used at all were refused before.
fn examine_channels(config: &Config, findings: &mut Vec<Finding>) {
    let on: Vec<&str> = config.channels.on().iter().map(|it| it.word()).collect();
    findings.push(match on.as_slice() {
        [] => Finding {
            level: "look",
            what: "notices lie in the inbox alone; whoever does not look there has to be called"
                .into(),
            remedy: "set up [smtp], [push], [sms] or [letter] in wise.toml".into(),
        },
        on => Finding {
            level: "ok",
            what: format!("notices go by {}", on.join(", ")),
            remedy: String::new(),
        },
    });
    let is_https = config
        .base_url
        .as_deref()
        .is_some_and(|it| it.starts_with("https://"));
    if config.channels.push.is_some() && !is_https {
        findings.push(Finding {
            level: "wrong",
            what: "[push] is set up, but browsers allow it over TLS only".into(),
            remedy: "give base_url = \"https://…\", the address of the proxy in front".into(),
        });
    }
    if let Some(why) = &config.letter_problem {
        findings.push(Finding {
            level: "wrong",
            what: format!("letters are off: {why}"),
            remedy: "mend [letter] in wise.toml, or take it away".into(),
        });
    }
}

fn examine_store(config: &Config, findings: &mut Vec<Finding>) {
    let opened = config.place(FILE).and_then(|place| {
        Db::open(&place, Durability::Full)
            .or_else(|error| match error {
                // The server is running: read beside it.
                db::Error::InUse { .. } => Db::open_read_only(&place),
                other => Err(other),
            })
            .map_err(|it| it.to_string())
    });
    let db = match opened {
        Ok(db) => db,
        Err(what) => {
            findings.push(Finding {
                level: "wrong",
                what,
                remedy: "check --data or --database; start the server once to create it".into(),
            });
            return;
        }
    };
    match db.pending(&migrations()) {
        Ok(pending) if pending.is_empty() => findings.push(Finding {
            level: "ok",
            what: "the database is up to date".into(),
            remedy: String::new(),
        }),
        Ok(pending) => {
            findings.push(Finding {
                level: "look",
                what: format!("{} migration(s) wait", pending.len()),
                remedy: "wise migrate".into(),
            });
            return;
        }
        Err(error) => {
            findings.push(Finding {
                level: "wrong",
                what: error.to_string(),
                remedy: String::new(),
            });
            return;
        }
    }
    ledger::examine(config, &db, findings);
    let uncertain = db.read_blocking(notices::uncertain);
    if let Ok(uncertain) = uncertain
        && !uncertain.is_empty()
    {
        findings.push(Finding {
            level: "look",
            what: format!("{} message(s) may or may not have arrived", uncertain.len()),
            remedy: "settle them at /deliveries".into(),
        });
    }
}
