//! The frame around every page, as `templates/layout.html` reads it, and rendering.

use std::fmt::Display;

use askama::Template;
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Response};
use base::{Locale, Localized, Won};
use jiff::{Timestamp, civil};

use crate::core::Core;
use crate::format;
use crate::i18n::{Arg, Texts};
use crate::problem::Problem;
use crate::settings::{CHOICES, Settings};
use crate::visitor::Visitor;

/// What surrounds the content for one visitor: decided by the product, not by this crate.
#[derive(Clone, Debug, Default)]
pub struct Navigation {
    /// `resident`, `official`, `operator` or `kiosk`: the density of the page. Empty is `resident`.
    pub face: &'static str,
    /// The office, shown under the place; may be empty.
    pub office: String,
    /// Where the brand leads; empty is `/`.
    pub home: String,
    /// At most five. Where none is marked current, the one whose address this page lies under is.
    pub items: Vec<NavItem>,
    /// Where unread things are read, and the key of its label, a message with `$unread`.
    pub inbox: Option<(String, &'static str)>,
    /// One line about the person beside their name.
    pub about: String,
    /// The person's own links.
    pub links: Vec<IconLink>,
    /// The bar of a sample city.
    pub demo: Option<Demo>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Brand {
    pub href: String,
    pub place: String,
    pub office: String,
}
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct NavItem {
    pub href: String,
    pub label: String,
    /// A name in `assets/icons.svg`.
    pub icon: &'static str,
    pub current: bool,
}
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Inbox {
    pub href: String,
    pub unread: u32,
    pub label: String,
}
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Person {
    pub name: String,
    pub about: String,
    pub links: Vec<IconLink>,
}
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Setting {
    pub name: &'static str,
    pub label: String,
    pub options: Vec<SettingOption>,
}
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SettingOption {
    pub value: String,
    pub label: String,
    pub current: bool,
}
/// One message after a redirect; tones: `good`, `warn`, `bad`, `info`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Flash {
    pub tone: &'static str,
    pub text: String,
}
/// The bar of a sample city; an empty `play` or `switch` is not there.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Demo {
    pub label: String,
    pub note: String,
    pub play: String,
    pub switch: String,
}
/// Said on every page in a language that no person has checked, with the languages to switch to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Drafted {
    pub text: String,
    pub others: Vec<SettingOption>,
}
/// A text and its language, where that is not the page's: for the attribute `lang`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Said {
    pub text: String,
    /// A tag, or empty.
    pub lang: String,
}
impl From<String> for Said {
    /// A text in the page's own language.
    fn from(text: String) -> Self {
        Self {
            text,
            lang: String::new(),
        }
    }
}
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IconLink {
    pub href: String,
    pub label: String,
    pub icon: &'static str,
}
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    pub href: String,
    pub label: String,
}

macro_rules! words {
    ($($name:ident),+ $(,)?) => {
        /// The words of the frame and of the components.
        #[derive(Clone, Debug, Default, PartialEq, Eq)]
        pub struct FrameWords { $(pub $name: String),+ }

        impl FrameWords {
            fn new(texts: &Texts, locale: Locale) -> Self {
                let text = |name: &str| {
                    texts.get(locale, &format!("web-{}", name.replace('_', "-")), &[])
                };
                Self { $($name: text(stringify!($name))),+ }
            }
        }
    };
}
words! {
    skip, nav, settings, sign_in, sign_out, play, stop, updated, offline, busy, saved,
    holds, fails, unknown, csv, json,
}

/// Everything the layout reads, for one page and one visitor.
#[derive(Clone)]
pub struct Frame {
    pub lang: String,
    pub theme: &'static str,
    pub contrast: &'static str,
    pub text: &'static str,
    pub plain: &'static str,
    pub face: &'static str,
    pub brand: Brand,
    pub identity: String,
    pub nav: Vec<NavItem>,
    pub inbox: Option<Inbox>,
    pub person: Option<Person>,
    pub settings: Vec<Setting>,
    pub here: String,
    pub csrf: String,
    pub token: String,
    pub flash: Option<Flash>,
    pub drafted: Option<Drafted>,
    pub demo: Option<Demo>,
    pub phones: Vec<IconLink>,
    pub links: Vec<Link>,
    pub footnote: String,
    pub words: FrameWords,
    pub locale: Locale,
    texts: Texts,
}

impl Frame {
    /// The frame with the navigation the server was configured with.
    pub fn of(core: &Core, visitor: &Visitor) -> Self {
        let navigate = core.config().navigate.clone();
        Self::new(core, visitor, navigate(core, visitor))
    }

    /// The frame with this navigation.
    pub fn new(core: &Core, visitor: &Visitor, navigation: Navigation) -> Self {
        let texts = core.texts();
        let face = or(navigation.face, "resident");
        // Other languages are written for residents; the work of officials is not half translated.
        let locale = match face {
            "resident" | "kiosk" => visitor.locale,
            _ => texts.whole(visitor.locale),
        };
        let site = &core.config().site;
        let place = site.place.get(locale).to_owned();
        let settings = visitor.settings;
        let unread = u32::try_from(visitor.unread).unwrap_or(0);
        let inbox = navigation.inbox.map(|(href, key)| Inbox {
            label: texts.get(locale, key, &[("unread", unread.into())]),
            href,
            unread,
        });
        let person = visitor.account.as_ref().map(|account| Person {
            name: account.name.clone(),
            about: navigation.about,
            links: navigation.links,
        });
        let phones = site.phones.iter().map(|(href, label)| IconLink {
            href: href.clone(),
            label: phone_label(texts, locale, href, label),
            icon: "phone",
        });
        let links = site.links.iter().map(|(href, key)| Link {
            href: href.clone(),
            label: texts.get(locale, key, &[]),
        });
        Self {
            lang: locale.to_string(),
            theme: settings.theme,
            contrast: settings.contrast,
            text: settings.text,
            plain: settings.plain,
            face,
            identity: texts.get(locale, "web-identity", &[("place", place.as_str().into())]),
            brand: Brand {
                href: or(&navigation.home, "/").to_owned(),
                place,
                office: navigation.office,
            },
            nav: with_current(navigation.items, &visitor.here),
            inbox,
            person,
            settings: choices(texts, locale, &settings),
            here: visitor.here.clone(),
            csrf: visitor.csrf.clone(),
            token: visitor.token.clone(),
            flash: None,
            drafted: drafted(texts, locale),
            demo: navigation.demo,
            phones: phones.collect(),
            links: links.collect(),
            footnote: texts.get(locale, "web-footnote", &[]),
            words: FrameWords::new(texts, locale),
            locale,
            texts: texts.clone(),
        }
    }

    /// One message at the top of the page.
    #[must_use]
    pub fn with_flash(mut self, tone: &'static str, text: impl Into<String>) -> Self {
        let text = text.into();
        self.flash = Some(Flash { tone, text });
        self
    }

    /// The text of a key; the easier wording (`.easy`) for those who chose plain language.
    pub fn t(&self, key: &str) -> String {
        self.say(key, &[])
    }

    /// [`Frame::t`] with one value.
    pub fn t1(&self, key: &str, name: &str, value: impl Into<Arg>) -> String {
        self.say(key, &[(name, value.into())])
    }

    /// [`Frame::t`] with values.
    pub fn say(&self, key: &str, args: &[(&str, Arg)]) -> String {
        let easy = (self.plain == "easy")
            .then(|| self.texts.find(self.locale, &format!("{key}.easy"), args))
            .flatten();
        easy.unwrap_or_else(|| self.texts.get(self.locale, key, args))
    }

    /// The languages one can read in, each by its own name.
    pub fn languages(&self) -> Vec<SettingOption> {
        languages(&self.texts, self.locale)
    }

    /// A text that the country's data have in Korean and English, in the reader's language where
    /// its texts translate it under `key`, else in English and marked as such.
    pub fn translated(&self, key: &str, original: &Localized) -> Said {
        let own = self.texts.find(self.locale, key, &[]);
        own.map_or_else(|| self.untranslated(original), Said::from)
    }

    /// A text that the country's data have in Korean and English and nothing translates.
    pub fn untranslated(&self, original: &Localized) -> Said {
        let is_own = self.locale == Locale::KO || self.locale == Locale::EN;
        Said {
            text: original.get(self.locale).to_owned(),
            lang: if is_own {
                String::new()
            } else {
                Locale::EN.to_string()
            },
        }
    }

    /// See [`format::date`]. A language may say it its own way, by `web-date`.
    pub fn date(&self, date: &civil::Date) -> String {
        self.own_date("web-date", *date)
            .unwrap_or_else(|| format::date(self.locale, *date))
    }
    /// See [`format::day`]; `web-day`.
    pub fn day(&self, date: &civil::Date) -> String {
        self.own_date("web-day", *date)
            .unwrap_or_else(|| format::day(self.locale, *date))
    }
    /// See [`format::date_time`].
    pub fn date_time(&self, at: &Timestamp) -> String {
        let date = base::seoul_date(*at);
        format!("{} {}", self.date(&date), format::clock_time(*at))
    }
    /// See [`format::won`]; `web-won` and, between thousands, `web-thousands`.
    pub fn won(&self, amount: &Won) -> String {
        let separator = self.texts.find(self.locale, "web-thousands", &[]);
        let digits = base::thousands(amount.0).replace(',', separator.as_deref().unwrap_or(","));
        self.texts
            .find(self.locale, "web-won", &[("amount", digits.into())])
            .unwrap_or_else(|| format::won(self.locale, *amount))
    }

    fn own_date(&self, key: &str, date: civil::Date) -> Option<String> {
        let part = |number: i16| Arg::from(number.to_string());
        let args = [
            ("year", part(date.year())),
            ("month", part(date.month().into())),
            ("day", part(date.day().into())),
        ];
        self.texts.find(self.locale, key, &args)
    }
}

fn or<'a>(text: &'a str, usual: &'a str) -> &'a str {
    if text.is_empty() { usual } else { text }
}

/// A number's label; a further language names it by `web-phone-110`.
fn phone_label(texts: &Texts, locale: Locale, href: &str, label: &Localized) -> String {
    let key = format!("web-phone-{}", href.trim_start_matches("tel:"));
    let own = texts.find(locale, &key, &[]);
    own.unwrap_or_else(|| label.get(locale).to_owned())
}

/// Marks the item whose address is the longest beginning of this page's.
fn with_current(mut items: Vec<NavItem>, here: &str) -> Vec<NavItem> {
    if items.iter().any(|it| it.current) {
        return items;
    }
    let path = here.split('?').next().unwrap_or_default();
    let lies_under = |href: &str| {
        path == href
            || (href != "/"
                && path
                    .strip_prefix(href)
                    .is_some_and(|it| it.starts_with('/')))
    };
    let best = items.iter_mut().filter(|it| lies_under(&it.href));
    if let Some(item) = best.max_by_key(|it| it.href.len()) {
        item.current = true;
    }
    items
}

fn languages(texts: &Texts, chosen: Locale) -> Vec<SettingOption> {
    let all = texts.languages().filter_map(|tag| {
        let language: Locale = tag.parse().ok()?;
        Some(SettingOption {
            value: tag.to_owned(),
            label: texts.get(language, "web-language-name", &[]),
            current: language == chosen,
        })
    });
    all.collect()
}

fn drafted(texts: &Texts, locale: Locale) -> Option<Drafted> {
    let is_drafted = |tag: &str| {
        let language: Option<Locale> = tag.parse().ok();
        language.is_some_and(|it| !texts.drafted(it).is_empty())
    };
    is_drafted(locale.tag()).then(|| Drafted {
        text: texts.get(locale, "web-drafted", &[]),
        others: languages(texts, locale)
            .into_iter()
            .filter(|it| !is_drafted(&it.value))
            .collect(),
    })
}

/// The settings as rows of buttons. A language is called by its own name.
fn choices(texts: &Texts, locale: Locale, settings: &Settings) -> Vec<Setting> {
    let language = Setting {
        name: "lang",
        label: texts.get(locale, "web-lang", &[]),
        options: languages(texts, settings.locale),
    };
    let others = CHOICES.iter().map(|choice| Setting {
        name: choice.name,
        label: texts.get(locale, &format!("web-{}", choice.name), &[]),
        options: choice
            .values
            .iter()
            .map(|value| SettingOption {
                value: (*value).to_owned(),
                label: texts.get(locale, &format!("web-{}-{value}", choice.name), &[]),
                current: settings.get(choice.name) == *value,
            })
            .collect(),
    });
    std::iter::once(language).chain(others).collect()
}

/// A page as a response.
pub fn respond(page: &impl Template) -> Response {
    match page.render() {
        Ok(html) => Html(html).into_response(),
        Err(error) => failed(error),
    }
}

/// A form that came back with errors: the page again, with status 422.
pub fn respond_again(page: &impl Template) -> Response {
    (StatusCode::UNPROCESSABLE_ENTITY, respond(page)).into_response()
}

/// The words of a page that cannot be rendered cannot be rendered either.
fn failed(error: impl Display) -> Response {
    Problem::internal(error).into_response()
}
