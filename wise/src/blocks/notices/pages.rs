//! What pages show of notices: view structs, each with a sample.

use std::collections::BTreeMap;

use askama::Template;
use base::Locale;
use web::{Arg, Frame};

use super::model::Notice;
use crate::blocks::people::pages::{Errors, Moment};

mod samples;

pub use samples::samples;

/// A resident's inbox.
#[derive(Template)]
#[template(path = "blocks/notices/pages/inbox.html")]
pub struct InboxPage {
    pub frame: Frame,
    pub lead: String,
    pub notices: Vec<NoticeLine>,
    pub count: String,
    pub first_href: String,
    pub next_href: String,
}

/// A notice in the inbox.
#[derive(Clone, Debug, Default)]
pub struct NoticeLine {
    pub href: String,
    pub title: String,
    pub body: String,
    pub when: String,
    pub date: String,
    /// The word for it; empty when read.
    pub unread: String,
    pub sign: &'static str,
}

/// One notice.
#[derive(Template)]
#[template(path = "blocks/notices/pages/notice.html")]
pub struct NoticePage {
    pub frame: Frame,
    pub title: String,
    pub body: String,
    pub made: String,
    pub link: String,
    pub sent: Vec<Moment>,
    pub phones: Vec<(String, String)>,
}

/// How a person wants to be reached.
#[derive(Template)]
#[template(path = "blocks/notices/pages/contact.html")]
pub struct ContactPage {
    pub frame: Frame,
    pub email: String,
    pub phone: String,
    pub locale: String,
    pub languages: Vec<(String, String, String)>,
    /// One choice a channel that this server has.
    pub ranks: Vec<Rank>,
    /// `21:00`.
    pub quiet_from: String,
    pub quiet_until: String,
    pub details: bool,
    /// What `pushManager.subscribe` wants; empty where push is off.
    pub push_key: String,
    pub devices: Vec<DeviceLine>,
    /// Channels to try: word and name.
    pub tries: Vec<(String, String)>,
    pub errors: Errors,
}

/// The languages a person can be written to in, as answers of a form.
pub fn languages(frame: &Frame) -> Vec<(String, String, String)> {
    let all = frame.languages().into_iter();
    all.map(|it| (it.value, it.label, String::new())).collect()
}

/// The channel that is tried first, second …
#[derive(Clone, Debug, Default)]
pub struct Rank {
    pub name: String,
    pub label: String,
    pub options: Vec<(String, String)>,
    pub selected: String,
}

/// A browser that is woken.
#[derive(Clone, Debug, Default)]
pub struct DeviceLine {
    pub id: String,
    pub since: String,
}

impl ContactPage {
    pub(super) fn error(&self, field: &str) -> &str {
        let pair = self.errors.iter().find(|(name, _)| name == field);
        pair.map_or("", |(_, message)| message)
    }
}

/// Letters to print and post.
#[derive(Template)]
#[template(path = "blocks/notices/pages/letters.html")]
pub struct LettersPage {
    pub frame: Frame,
    pub lead: String,
    pub rows: Vec<LetterLine>,
}

/// One of them.
#[derive(Clone, Debug, Default)]
pub struct LetterLine {
    pub id: String,
    pub name: String,
    pub agency: String,
    pub since: String,
}

/// People whom no channel reached.
#[derive(Template)]
#[template(path = "blocks/notices/pages/unreached.html")]
pub struct UnreachedPage {
    pub frame: Frame,
    pub lead: String,
    pub rows: Vec<UnreachedLine>,
    /// Whether this server prints letters.
    pub letters: bool,
}

/// One of them.
#[derive(Clone, Debug, Default)]
pub struct UnreachedLine {
    pub href: String,
    pub name: String,
    pub agency: String,
    pub since: String,
    pub urgency: String,
    pub tone: &'static str,
}

/// Somebody to call or visit.
#[derive(Template)]
#[template(path = "blocks/notices/pages/unreached_person.html")]
pub struct UnreachedPersonPage {
    pub frame: Frame,
    pub action: String,
    pub name: String,
    /// What the notice is about.
    pub about: String,
    pub made: String,
    pub urgency: String,
    pub tone: &'static str,
    /// Empty when none is known.
    pub phone: String,
    pub address: String,
    pub tried: Vec<Moment>,
    /// Nobody has reached them yet.
    pub waits: bool,
}

/// Messages of which nobody knows whether they arrived.
#[derive(Template)]
#[template(path = "blocks/notices/pages/deliveries.html")]
pub struct DeliveriesPage {
    pub frame: Frame,
    pub lead: String,
    pub rows: Vec<DeliveryLine>,
}

/// One of them.
#[derive(Clone, Debug, Default)]
pub struct DeliveryLine {
    pub action: String,
    /// The part of the Message-ID before the `@`, to look for in the mail server's log.
    pub number: String,
    pub address: String,
    pub when: String,
    pub attempts: String,
    pub problem: String,
}

/// The values of a notice for its texts, in one language. `benefit_ko` and `benefit_en` are there
/// as they are and, in the reader's language, as `benefit`; a `count` is a number.
pub fn arguments(values: &BTreeMap<String, String>, locale: Locale) -> Vec<(&str, Arg)> {
    let own = if locale == Locale::KO { "_ko" } else { "_en" };
    let mut all = Vec::with_capacity(values.len() * 2);
    for (name, value) in values {
        let number = name
            .ends_with("count")
            .then(|| value.parse::<i64>().ok())
            .flatten();
        let arg = number.map_or_else(|| Arg::from(value), Arg::from);
        if let Some(short) = name.strip_suffix(own) {
            all.push((short, arg.clone()));
        }
        all.push((name, arg));
    }
    all
}

fn say(frame: &Frame, notice: &Notice, part: &str) -> String {
    let args = arguments(&notice.arguments, frame.locale);
    frame.say(&format!("{}-{part}", notice.message), &args)
}

/// What a notice is about, in one line.
pub fn title(frame: &Frame, notice: &Notice) -> String {
    say(frame, notice, "title")
}

/// What a notice says.
pub fn body(frame: &Frame, notice: &Notice) -> String {
    say(frame, notice, "body")
}

/// The picture beside a notice, by the page it leads to.
pub fn sign(notice: &Notice) -> &'static str {
    match notice.link.split('/').nth(1) {
        Some("births") => "baby",
        Some("offers") => "gift",
        Some("cases") => "file",
        Some("me") => "eye",
        _ => "bell",
    }
}

/// Enough of an address to tell two apart: `h***@example.kr`, `***5678`.
pub fn masked_address(address: &str) -> String {
    match address.split_once('@') {
        Some((name, host)) => {
            let first: String = name.chars().take(1).collect();
            format!("{first}***@{host}")
        }
        None if address.len() > 4 && address.is_ascii() => {
            format!("***{}", &address[address.len() - 4..])
        }
        None => "***".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_notice_is_told_in_the_readers_language() {
        let values = BTreeMap::from([
            ("benefit_en".to_owned(), "Parental benefit".to_owned()),
            ("benefit_ko".to_owned(), "부모급여".to_owned()),
            ("count".to_owned(), "7".to_owned()),
        ]);
        let find = |locale, name: &str| {
            let all = arguments(&values, locale);
            all.iter()
                .find(|(it, _)| *it == name)
                .map(|(_, arg)| arg.clone())
        };
        assert_eq!(
            find(Locale::KO, "benefit"),
            Some(Arg::Text("부모급여".into()))
        );
        assert_eq!(
            find(Locale::EN, "benefit"),
            Some(Arg::Text("Parental benefit".into()))
        );
        assert_eq!(
            find(Locale::EN, "benefit_ko"),
            Some(Arg::Text("부모급여".into()))
        );
        assert_eq!(find(Locale::KO, "count"), Some(Arg::Number(7)));
    }

    #[test]
    fn an_address_is_hidden_but_for_its_first_letter() {
        assert_eq!(masked_address("hanul@example.kr"), "h***@example.kr");
        assert_eq!(masked_address("01012345678"), "***5678");
        assert_eq!(masked_address("한빛시 새벽길 1"), "***");
    }
}
