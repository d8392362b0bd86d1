//! What pages show of offers: view structs, each with a sample.

use std::collections::BTreeMap;

use askama::Template;
use base::Won;
use jiff::civil::Date;
use rules::{FactRef, Outcome, Reason, RuleBook, Vocabulary};
use web::{Frame, Said, format};

use super::model::{Offer, OfferState, Picture, application};
use crate::blocks::agencies::Agencies;
use crate::country::{Country, words};

pub mod conditions;
pub mod entitlements;
mod groups;
mod reach;
mod samples;
pub mod vouchers;
pub mod what_if;

pub use groups::{OfferGroups, Section};
pub use reach::{ReachPage, StatisticsPage, TakeUpRow, TakeUpTable, UnreachedLine, UnreachedPage};
pub use samples::samples;

/// One line of a reason tree laid flat, as `ui::reasons` reads it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ReasonLine {
    pub state: &'static str,
    pub text: String,
    /// The text's language where it is not the page's.
    pub lang: String,
    pub law: String,
    pub via: String,
    pub opens: bool,
    pub closes: usize,
}

/// An offer on a page.
#[derive(Clone, Debug, Default)]
pub struct Card {
    pub id: String,
    pub href: String,
    pub title: String,
    pub amount: String,
    /// The amount is a sentence, not a sum.
    pub is_said: bool,
    pub period: String,
    pub by: String,
    pub state: String,
    pub tone: &'static str,
    pub reasons: Vec<ReasonLine>,
    pub ask_href: String,
    pub ask: String,
}

/// A labelled value with its source.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Line {
    pub label: String,
    pub value: String,
    /// The value's language where it is not the page's.
    pub lang: String,
    pub via: String,
    /// The law under which it is here, in Korean.
    pub law: String,
}

/// An item of `ui::timeline`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Moment {
    pub when: String,
    pub date: String,
    pub title: String,
    pub note: String,
    pub state: &'static str,
}

/// An item of `ui::places`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PlaceLine {
    pub href: String,
    pub name: String,
    pub detail: String,
    pub tag: String,
    pub tone: &'static str,
    pub side: String,
}

/// Places of one kind under a heading.
#[derive(Clone, Debug, Default)]
pub struct PlaceGroup {
    pub title: String,
    pub items: Vec<PlaceLine>,
}

/// The offers of a birth, or all of a person's offers.
#[derive(Template)]
#[template(path = "areas/benefits/pages/offers.html")]
pub struct OffersPage {
    pub frame: Frame,
    pub title: String,
    pub lead: String,
    pub tag: String,
    pub tag_tone: &'static str,
    pub figures: Vec<(String, String)>,
    pub note: String,
    pub accept_all: String,
    pub offers: OfferGroups,
    /// Nothing is said of births and weddings to come.
    pub is_in_mourning: bool,
    pub next: Vec<Moment>,
    /// What was granted and is not used up.
    pub vouchers: Vec<PlaceLine>,
    pub places: Vec<PlaceGroup>,
    pub looks: Vec<Moment>,
    /// The way to services that may be worth a look; empty where there are none.
    pub others: String,
    pub phones: Vec<(String, String)>,
}

/// One offer with everything about it.
#[derive(Template)]
#[template(path = "areas/benefits/pages/offer.html")]
pub struct OfferPage {
    pub frame: Frame,
    pub card: Card,
    pub summary: Said,
    pub figures: Vec<(String, String)>,
    pub note: String,
    pub ready: bool,
    pub case_href: String,
    pub known: Vec<Line>,
    pub about: Vec<Line>,
    /// What would decide it, where that is open: each line is enough.
    pub deciding: Vec<String>,
    /// How other benefits of the household bear on it, and the law that says so.
    pub relations: Vec<(String, String)>,
    pub answerable: bool,
    /// It was put aside, or marked as received, and can be looked at again.
    pub can_reconsider: bool,
    pub postpone_action: String,
    pub until: String,
    pub until_error: String,
    pub errors: Vec<(String, String)>,
    pub phones: Vec<(String, String)>,
}

/// One question.
#[derive(Template)]
#[template(path = "areas/benefits/pages/ask.html")]
pub struct AskPage {
    pub frame: Frame,
    pub title: String,
    pub lead: String,
    pub offer_href: String,
    pub action: String,
    /// Who holds it, where it may be fetched with consent.
    pub fetch: Vec<Line>,
    pub fetch_action: String,
    pub fact: String,
    pub label: String,
    pub value: String,
    pub hint: String,
    pub error: String,
    pub errors: Vec<(String, String)>,
    pub kind: &'static str,
    pub mode: &'static str,
    pub unit: String,
    pub options: Vec<(String, String, String)>,
    pub phones: Vec<(String, String)>,
}

/// What one press did, with its proof.
#[derive(Template)]
#[template(path = "areas/benefits/pages/receipt.html")]
pub struct ReceiptPage {
    pub frame: Frame,
    pub lead: String,
    pub when: String,
    pub lines: Vec<Card>,
    pub number: String,
    /// `None` for receipts from before there was a ledger.
    pub commitment: Option<String>,
    pub proof_href: String,
}

/// An official decides an application.
#[derive(Template)]
#[template(path = "areas/benefits/pages/decide.html")]
pub struct DecidePage {
    pub frame: Frame,
    pub title: String,
    pub lead: String,
    pub state: String,
    pub tone: &'static str,
    pub reasons: Vec<ReasonLine>,
    pub known: Vec<Line>,
    pub about: Vec<Line>,
    pub steps: Vec<Moment>,
    /// Where the uses of what was granted are recorded; empty where there are none.
    pub voucher_href: String,
    pub open: bool,
    pub action: String,
    pub revision: i64,
    pub decisions: Vec<(String, String, String)>,
    pub decision: String,
    pub decision_error: String,
    pub note: String,
    pub note_error: String,
    pub errors: Vec<(String, String)>,
}

/// Turns offers into what pages show, in one reader's language.
pub struct Teller<'a> {
    pub frame: &'a Frame,
    pub country: &'a Country,
    /// The household as it stands, to say where a fact comes from.
    pub picture: &'a Picture,
    /// Every step of every reason, as an official needs it.
    pub in_full: bool,
}

impl Teller<'_> {
    fn book(&self) -> &RuleBook {
        &self.country.book
    }

    /// The card of an offer.
    pub fn card(&self, offer: &Offer) -> Card {
        let frame = self.frame;
        let benefit = self.book().benefit(&offer.benefit);
        let mut title = benefit.map_or_else(
            || offer.benefit.clone(),
            |it| words::benefit_name(frame, it),
        );
        if let Some(name) = self.name_of(offer) {
            title = frame.say(
                "benefits-title-for",
                &[("title", title.into()), ("name", name.into())],
            );
        }
        let (state, tone) = self.state(offer);
        let question = offer.open_questions().next();
        let asks = offer.state == OfferState::Open && !offer.is_ready();
        let (ask_href, ask) = match question {
            Some(fact) if asks => (
                format!("/offers/{}/ask", offer.id),
                if self.is_yes_or_no(fact) {
                    frame.t("benefits-answer")
                } else {
                    frame.t1("benefits-tell-this", "what", self.label(fact))
                },
            ),
            _ => Default::default(),
        };
        Card {
            id: offer.id.to_string(),
            href: format!("/offers/{}", offer.id),
            title,
            amount: self.amount(offer),
            is_said: offer.amount.is_none(),
            period: self.period(offer),
            by: self.by(offer),
            state,
            tone,
            reasons: self.reasons(&offer.finding.reasons),
            ask_href,
            ask,
        }
    }

    /// What is asked is a question, not a thing that could be named.
    fn is_yes_or_no(&self, fact: &FactRef) -> bool {
        let declared = self.book().vocabulary().fact(fact.entity, &fact.fact);
        declared.is_some_and(|it| it.fact_type == rules::FactType::Bool)
    }

    /// The member an offer is about, when the household has several it could be about.
    fn name_of(&self, offer: &Offer) -> Option<String> {
        let member = self.picture.view.member(offer.about?)?;
        let name = &member.person.name;
        let has_several = self.picture.view.members.len() > 1;
        (!name.is_empty() && has_several).then(|| name.clone())
    }

    fn state(&self, offer: &Offer) -> (String, &'static str) {
        let frame = self.frame;
        match offer.state {
            OfferState::Waiting => match &offer.opens_on {
                Some(day) => (
                    frame.t1("benefits-state-opens", "day", frame.date(day)),
                    "plain",
                ),
                None => (frame.t("benefits-state-waiting"), "plain"),
            },
            OfferState::Open if offer.is_ready() => (String::new(), "good"),
            OfferState::Open => (
                frame.t1("benefits-state-asking", "count", offer.to_tell),
                "warn",
            ),
            OfferState::Accepted => (frame.t("benefits-state-accepted"), "good"),
            OfferState::Received => (frame.t("benefits-state-received"), "good"),
            OfferState::Declined => (frame.t("benefits-state-declined"), "plain"),
            OfferState::Postponed => {
                let until = offer.postponed_until.unwrap_or(self.picture.on);
                let day = frame.date(&until);
                (frame.t1("benefits-state-postponed", "day", day), "plain")
            }
            OfferState::Closed => (frame.t("benefits-state-closed"), "plain"),
        }
    }

    /// `3,000,000원`, `최대 16,000원`, a service in kind, or that it is worked out later.
    pub fn amount(&self, offer: &Offer) -> String {
        let Some(amount) = &offer.finding.amount else {
            return self.frame.t("benefits-amount-later");
        };
        match (amount.value, &amount.in_kind) {
            (Some(value), _) => {
                let won = self.frame.won(&Won(value));
                if amount.at_most {
                    self.frame.t1("benefits-amount-at-most", "amount", won)
                } else {
                    won
                }
            }
            (None, Some(text)) if !self.pays(offer) => {
                words::in_kind(self.frame, &offer.benefit, text)
            }
            (None, _) => self.frame.t("benefits-amount-later"),
        }
    }

    /// It is money, though its sum may not be known yet.
    fn pays(&self, offer: &Offer) -> bool {
        let benefit = self.book().benefit(&offer.benefit);
        benefit.is_some_and(|it| !it.amount.is_empty())
    }

    fn period(&self, offer: &Offer) -> String {
        let has_money = offer.amount.is_some();
        match offer.finding.period.as_ref().map(|it| it.kind) {
            _ if !has_money => String::new(),
            Some(rules::Frequency::Once) => self.frame.t("benefits-once"),
            Some(rules::Frequency::Monthly) => self.frame.t("benefits-monthly"),
            Some(rules::Frequency::Yearly) => self.frame.t("benefits-yearly"),
            None => String::new(),
        }
    }

    /// Who gives it, and until when it can be asked for.
    fn by(&self, offer: &Offer) -> String {
        let agency = self
            .book()
            .benefit(&offer.benefit)
            .map(|it| self.agency(&it.authority))
            .unwrap_or_default();
        // What may be asked for later too has no last day once its day is past.
        match offer.deadline.filter(|it| *it >= self.picture.on) {
            Some(day) => self.frame.say(
                "benefits-by-until",
                &[
                    ("agency", agency.into()),
                    ("day", self.frame.date(&day).into()),
                ],
            ),
            None => agency,
        }
    }

    fn agency(&self, code: &str) -> String {
        agency_name(&self.country.agencies, code, self.frame)
    }

    /// A reason tree laid flat, with the register each fact comes from.
    pub fn reasons(&self, reasons: &[Reason]) -> Vec<ReasonLine> {
        let mut lines = Vec::new();
        self.lay_flat(reasons, true, &mut lines);
        lines
    }

    fn lay_flat(&self, reasons: &[Reason], top: bool, lines: &mut Vec<ReasonLine>) {
        for reason in reasons {
            let reason = self.plainest(reason);
            let children = self.shown_children(reason);
            // The rules speak Korean and English.
            let text = self.frame.untranslated(&reason.text);
            lines.push(ReasonLine {
                state: match reason.holds {
                    Some(true) => "yes",
                    Some(false) => "no",
                    None => "ask",
                },
                text: text.text,
                lang: text.lang,
                law: reason.law.clone().unwrap_or_default(),
                via: if top {
                    self.via(&reason.facts)
                } else {
                    String::new()
                },
                opens: !children.is_empty(),
                closes: 0,
            });
            if !children.is_empty() {
                self.lay_flat(&children, false, lines);
                if let Some(last) = lines.last_mut() {
                    last.closes += 1;
                }
            }
        }
    }

    /// “One of these holds”, where only one does and the rule has no words of its own, is that one.
    fn plainest<'r>(&self, reason: &'r Reason) -> &'r Reason {
        let mut holding = reason.children.iter().filter(|it| it.holds == Some(true));
        match (holding.next(), holding.next()) {
            (Some(only), None)
                if !self.in_full && reason.law.is_none() && reason.holds == Some(true) =>
            {
                only
            }
            _ => reason,
        }
    }

    /// An official sees every step. A resident sees what decided: a clause speaks for its own
    /// comparisons, and of alternatives those that came out as the whole did.
    fn shown_children(&self, reason: &Reason) -> Vec<Reason> {
        match reason.children.as_slice() {
            // A single comparison beneath a clause says the same again.
            [only] if only.children.is_empty() => Vec::new(),
            _ if !self.in_full && reason.law.is_some() => Vec::new(),
            all => {
                let shown = all
                    .iter()
                    .filter(|it| self.in_full || it.holds == reason.holds);
                shown.cloned().collect()
            }
        }
    }

    /// `행정안전부, 11월 20일 확인` for the first fact that a register holds.
    fn via(&self, facts: &[FactRef]) -> String {
        let sourced = facts.iter().find_map(|fact| {
            let datum = match &fact.member {
                Some(key) => {
                    let member = self
                        .picture
                        .view
                        .members
                        .iter()
                        .find(|it| it.person.id.to_string() == *key);
                    member.and_then(|it| it.datum(&fact.fact))
                }
                None => self
                    .picture
                    .view
                    .facts
                    .iter()
                    .find(|it| it.fact == fact.fact),
            };
            datum.map(|it| &it.source)
        });
        sourced.map_or_else(String::new, |source| {
            let day = base::seoul_date(source.checked_at);
            self.frame.say(
                "benefits-via",
                &[
                    ("agency", self.agency(&source.agency).into()),
                    ("day", self.frame.day(&day).into()),
                ],
            )
        })
    }

    /// The label of a fact, with whose it is where that matters.
    pub fn label(&self, fact: &FactRef) -> String {
        label_of(self.book().vocabulary(), fact, self.frame)
    }

    /// What an application is filled in with.
    pub fn known(&self, offer: &Offer) -> Vec<Line> {
        let vocabulary = self.book().vocabulary();
        let mut seen = BTreeMap::new();
        for line in application(offer, self.picture, &self.country.catalogue).lines {
            let label = match &line.whose {
                Some(name) if !name.is_empty() => self.frame.say(
                    "benefits-whose",
                    &[
                        ("name", name.into()),
                        ("what", self.label(&line.fact).into()),
                    ],
                ),
                _ => self.label(&line.fact),
            };
            let value = value_text(vocabulary, &line.fact, &line.value, self.frame);
            let day = self.frame.day(&base::seoul_date(line.checked_at));
            let source = [
                ("agency", self.agency(&line.agency).into()),
                ("day", day.into()),
            ];
            let via = self.frame.say("benefits-via", &source);
            // Who told it needs no law for that.
            let is_told = line.agency == "resident";
            seen.entry(label.clone()).or_insert(Line {
                label,
                value,
                via,
                law: if is_told { String::new() } else { line.basis },
                ..Line::default()
            });
        }
        seen.into_values().collect()
    }
}

/// An agency's name in the reader's language; `resident` is the reader.
pub fn agency_name(agencies: &Agencies, code: &str, frame: &Frame) -> String {
    if code == "resident" {
        return frame.t("benefits-told-by-you");
    }
    agencies.name(code).get(frame.locale).to_owned()
}

/// The label of a fact in the vocabulary.
pub fn label_of(vocabulary: &Vocabulary, fact: &FactRef, frame: &Frame) -> String {
    words::fact_label(frame, vocabulary, fact.entity, &fact.fact)
}

/// A stored value as people say it: enums by their labels, dates and money in full.
pub fn value_text(vocabulary: &Vocabulary, fact: &FactRef, value: &str, frame: &Frame) -> String {
    use rules::FactType;
    let Some(declared) = vocabulary.fact(fact.entity, &fact.fact) else {
        return value.to_owned();
    };
    match declared.fact_type {
        FactType::Bool if value == "true" => frame.t("benefits-yes"),
        FactType::Bool => frame.t("benefits-no"),
        FactType::Date => value
            .parse::<Date>()
            .map_or_else(|_| value.to_owned(), |day| frame.date(&day)),
        FactType::Enum(_) => {
            let of = (fact.entity, fact.fact.as_str());
            words::value_label(frame, vocabulary, of, value).unwrap_or_else(|| value.to_owned())
        }
        FactType::Integer(unit) => match value.parse::<i64>() {
            Ok(number) if unit.is_money() => frame.won(&Won(number)),
            Ok(number) => format::number(number),
            Err(_) => value.to_owned(),
        },
        FactType::Text => value.to_owned(),
    }
}

/// Adds up what a group of offers is worth: once, and every month.
pub fn figures<'a>(
    frame: &Frame,
    offers: impl Iterator<Item = &'a Offer>,
) -> Vec<(String, String)> {
    let (mut once, mut monthly) = (0_i64, 0_i64);
    for offer in offers {
        if offer.finding.outcome == Outcome::Eligible
            && let Some(amount) = offer.amount
            && offer.finding.amount.as_ref().is_some_and(|it| !it.at_most)
        {
            // What grew adds only its growth.
            let added = amount - offer.previous_amount.unwrap_or(0);
            if offer.monthly {
                monthly += added;
            } else {
                once += added;
            }
        }
    }
    let mut figures = Vec::new();
    if once > 0 {
        figures.push((frame.t("benefits-sum-once"), frame.won(&Won(once))));
    }
    if monthly > 0 {
        figures.push((frame.t("benefits-sum-monthly"), frame.won(&Won(monthly))));
    }
    figures
}
