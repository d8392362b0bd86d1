//! What pages show of services to look into: view structs, each with a sample.

use askama::Template;
use jiff::Timestamp;
use rules::FactRef;
use web::Frame;

use super::model::{Found, Leaflet, Locality, Part, Service, Topic, Verdict};
use crate::areas::benefits::pages::{Line, ReasonLine, label_of};
use crate::blocks::people::HouseholdView;
use crate::country::{CodeTable, Country};

mod samples;

pub use samples::samples;

/// A service in the list.
#[derive(Clone, Debug, Default)]
pub struct ServiceLine {
    pub href: String,
    pub name: String,
    pub summary: String,
    /// Agency and field.
    pub by: String,
    /// Where it is from, as a tag.
    pub place: String,
    pub tone: &'static str,
    /// What fits and what is open, in words.
    pub reasons: Vec<ReasonLine>,
    /// How much is still open.
    pub unknown: String,
}

/// Services to look into.
#[derive(Template)]
#[template(path = "areas/benefits/services/pages/services.html")]
pub struct ServicesPage {
    pub frame: Frame,
    pub lead: String,
    pub search: String,
    pub found: String,
    pub lines: Vec<ServiceLine>,
    pub shown: String,
    pub first_href: String,
    pub next_href: String,
    pub csv_href: String,
    pub json_href: String,
}

/// One service as imported, why it may fit and what is open.
#[derive(Template)]
#[template(path = "areas/benefits/services/pages/service.html")]
pub struct ServicePage {
    pub frame: Frame,
    pub name: String,
    pub summary: String,
    pub tag: String,
    pub tone: &'static str,
    pub reasons: Vec<ReasonLine>,
    /// Texts with paragraphs: heading and body.
    pub texts: Vec<(String, String)>,
    pub about: Vec<Line>,
    pub page_href: String,
    pub apply_href: String,
    pub phones: Vec<(String, String)>,
}

/// Puts verdicts into words, in one reader's language.
pub struct Describer<'a> {
    pub frame: &'a Frame,
    pub country: &'a Country,
    pub view: &'a HouseholdView,
}

impl Describer<'_> {
    fn table(&self, service: &Service) -> Option<&CodeTable> {
        self.country.gov24.get(&service.api_version)
    }

    /// One part in words: `나이: 만 0~5세`.
    pub fn text(&self, part: &Part, service: &Service) -> String {
        let frame = self.frame;
        match &part.topic {
            Topic::Whom => frame.t("benefits-services-whom"),
            Topic::Uncoded => frame.t("benefits-services-uncoded"),
            Topic::Age(from, to) => {
                let key = match (from, to) {
                    (Some(_), Some(_)) => "benefits-services-age",
                    (Some(_), None) => "benefits-services-age-from",
                    (None, _) => "benefits-services-age-to",
                };
                frame.say(
                    key,
                    &[
                        ("from", from.unwrap_or_default().into()),
                        ("to", to.unwrap_or_default().into()),
                    ],
                )
            }
            Topic::Users | Topic::Group(_) => {
                let what = match &part.topic {
                    Topic::Group(id) => self.group(id, service),
                    _ => frame.t("benefits-services-users"),
                };
                let labels: Vec<String> = part
                    .codes
                    .iter()
                    .map(|code| self.code(code, service))
                    .collect();
                let codes = labels.join(", ");
                frame.say(
                    "benefits-services-part",
                    &[("what", what.into()), ("codes", codes.into())],
                )
            }
        }
    }

    fn group(&self, id: &str, service: &Service) -> String {
        let group = self.table(service).and_then(|it| it.groups.get(id));
        group.map_or_else(|| id.to_owned(), |it| self.pick(&it.ko, &it.en).to_owned())
    }

    fn code(&self, name: &str, service: &Service) -> String {
        let table = self.table(service);
        let code = table.and_then(|it| it.codes.get(name).or_else(|| it.users.get(name)));
        code.map_or_else(
            || name.to_owned(),
            |it| it.label.get(self.frame.locale).to_owned(),
        )
    }

    fn pick<'t>(&self, ko: &'t str, en: &'t str) -> &'t str {
        if self.frame.locale == base::Locale::KO {
            ko
        } else {
            en
        }
    }

    fn names(&self, members: &[String]) -> String {
        let names = members.iter().filter_map(|key| {
            let mut all = self.view.members.iter();
            let member = all.find(|it| it.person.id.to_string() == *key)?;
            Some(member.person.name.clone()).filter(|it| !it.is_empty())
        });
        names.collect::<Vec<_>>().join(", ")
    }

    fn missing(&self, facts: &[FactRef]) -> String {
        let vocabulary = self.country.book.vocabulary();
        let mut labels: Vec<String> = Vec::new();
        for fact in facts {
            let label = label_of(vocabulary, fact, self.frame);
            if !labels.contains(&label) {
                labels.push(label);
            }
        }
        labels.join(", ")
    }

    /// What fits, what is open or what speaks against it, a line each.
    pub fn reasons(&self, verdict: &Verdict, service: &Service) -> Vec<ReasonLine> {
        let frame = self.frame;
        let line = |state, part: &Part, via: String| ReasonLine {
            state,
            text: self.text(part, service),
            via,
            ..ReasonLine::default()
        };
        match verdict {
            Verdict::Excluded(part) => {
                vec![line("no", part, frame.t("benefits-services-contradicted"))]
            }
            Verdict::Check { met, open } => {
                let met = met
                    .iter()
                    .map(|part| line("yes", part, self.names(&part.members)));
                let open = open.iter().map(|part| {
                    let missing = self.missing(&part.missing);
                    let via = match missing.as_str() {
                        "" => frame.t("benefits-services-nobody-knows"),
                        _ => frame.t1("benefits-services-would-settle", "facts", missing),
                    };
                    line("ask", part, via)
                });
                met.chain(open).collect()
            }
        }
    }

    /// A line of the list.
    pub fn line(&self, found: &Found) -> ServiceLine {
        let it = &found.service;
        let verdict = Verdict::Check {
            met: found.met.clone(),
            open: found.open.clone(),
        };
        let (place, tone) = match found.locality {
            Locality::Own => ("benefits-services-own", "info"),
            Locality::Region => ("benefits-services-region", "plain"),
            Locality::National => ("benefits-services-national", "plain"),
        };
        ServiceLine {
            href: format!("/services/{}", it.id),
            name: it.name.clone(),
            summary: it.summary.clone(),
            by: [it.agency_name.as_str(), it.field.as_str()]
                .into_iter()
                .filter(|it| !it.is_empty())
                .collect::<Vec<_>>()
                .join(" · "),
            place: self.frame.t(place),
            tone,
            reasons: self.reasons(&verdict, it),
            unknown: self
                .frame
                .t1("benefits-services-unknown", "count", found.open.len()),
        }
    }
}

/// A value of an address.
fn encoded(text: &str) -> String {
    let bytes = text.bytes().map(|byte| {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.') {
            char::from(byte).to_string()
        } else {
            format!("%{byte:02X}")
        }
    });
    bytes.collect()
}

impl ServicesPage {
    /// `count` is of the whole list; `lines` are those of this page.
    pub fn new(
        frame: Frame,
        search: &str,
        count: usize,
        lines: Vec<ServiceLine>,
        is_first: bool,
        next: Option<&str>,
    ) -> Self {
        let base = match search.trim() {
            "" => "/services?".to_owned(),
            words => format!("/services?q={}&", encoded(words)),
        };
        Self {
            lead: frame.t("benefits-services-lead"),
            search: search.trim().to_owned(),
            found: frame.t1("benefits-services-found", "count", count),
            shown: frame.t1("benefits-services-shown", "count", lines.len()),
            lines,
            first_href: if is_first {
                String::new()
            } else {
                base.trim_end_matches(['?', '&']).to_owned()
            },
            next_href: next.map_or(String::new(), |next| format!("{base}after={next}")),
            csv_href: format!("{base}format=csv"),
            json_href: format!("{base}format=json"),
            frame,
        }
    }
}

impl ServicePage {
    /// The page of one service; `phones` are of this server, the agency's own stand among the texts.
    pub fn new(
        describer: &Describer<'_>,
        service: &Service,
        leaflet: &Leaflet,
        imported: &Timestamp,
        verdict: &Verdict,
        phones: Vec<(String, String)>,
    ) -> Self {
        let frame = describer.frame;
        let (tag, tone) = match verdict {
            Verdict::Excluded(_) => ("benefits-services-tag-contradicted", "plain"),
            Verdict::Check { .. } => ("benefits-services-tag", "info"),
        };
        let texts = [
            ("benefits-services-target", &leaflet.target),
            ("benefits-services-criteria", &leaflet.criteria),
            ("benefits-services-content", &leaflet.content),
            ("benefits-services-how", &leaflet.how),
            ("benefits-services-documents", &leaflet.documents),
        ];
        let texts = texts.into_iter().filter(|(_, text)| !text.is_empty());
        let day = base::seoul_date(*imported);
        let source = frame.say(
            "benefits-services-source",
            &[
                ("version", service.api_version.as_str().into()),
                ("day", frame.date(&day).into()),
            ],
        );
        let about = [
            (
                "benefits-services-agency",
                &service.agency_name,
                leaflet.department.clone(),
            ),
            ("benefits-services-until", &service.until, String::new()),
            ("benefits-services-phone", &leaflet.phone, String::new()),
            (
                "benefits-services-reception",
                &leaflet.reception,
                String::new(),
            ),
            ("benefits-services-support", &service.support, String::new()),
            ("benefits-law", &leaflet.law, String::new()),
            ("benefits-services-number", &service.id, source),
        ];
        let about = about.into_iter().filter(|(_, value, _)| !value.is_empty());
        Self {
            name: service.name.clone(),
            summary: service.summary.clone(),
            tag: frame.t(tag),
            tone,
            reasons: describer.reasons(verdict, service),
            texts: texts
                .map(|(key, text)| (frame.t(key), text.clone()))
                .collect(),
            about: about
                .map(|(key, value, via)| Line {
                    label: frame.t(key),
                    value: value.clone(),
                    // As the agency wrote it.
                    lang: base::Locale::KO.to_string(),
                    via,
                    ..Line::default()
                })
                .collect(),
            page_href: leaflet.page_url.clone(),
            apply_href: leaflet.apply_url.clone(),
            phones,
            frame: frame.clone(),
        }
    }
}
