//! Looking at households: after a fact, and when their day has come.

use std::collections::BTreeMap;
use std::sync::Arc;

use base::ids::{HouseholdId, OfferId, PersonId};
use base::{Entropy, Locale};
use db::{Db, Tx};
use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};
use rayon::prelude::*;
use spine::Cx;
use web::format;

use super::model::{Cause, Conclusion, Look, Opening, Telling, conclude, is_newcomer};
use super::store;
use crate::areas::benefits::actions::accept::{Answerer, accept};
use crate::areas::benefits::actions::answer::expected_child;
use crate::areas::benefits::actions::offer::{picture, reopen_due};
use crate::areas::benefits::facts::OfferMade;
use crate::areas::benefits::model::{BEREAVEMENT, Desk, Error, Offer};
use crate::areas::benefits::store as offers;
use crate::areas::benefits::vouchers;
use crate::blocks::{notices, people, places};
use crate::country::LifeEvents;

/// Households that are looked at in one transaction: few enough that nobody who writes waits long for it.
const AT_ONCE: i64 = 16;
/// Households that are read on one snapshot, beside others.
const ON_ONE_SNAPSHOT: usize = 8;

/// A household was looked at before, or came to live here a short time ago.
pub fn is_followed(tx: &mut Tx<'_>, household: HouseholdId, at: Timestamp) -> Result<bool, Error> {
    if store::known_at(tx, household)?.is_some() {
        return Ok(true);
    }
    let on = base::seoul_date(at);
    let address = people::address(tx, household, on, at)?;
    Ok(address.is_some_and(|it| is_newcomer(&it, on)))
}

/// Everything a look needs, read on one snapshot; `at` is the fact's instant, or now.
pub fn load(
    tx: &mut Tx<'_>,
    household: HouseholdId,
    cause: Cause,
    at: Timestamp,
) -> Result<Look, Error> {
    let before = match cause {
        Cause::Fact(_) => {
            let just_before = at - SignedDuration::from_micros(1);
            let on = base::seoul_date(just_before);
            Some(picture(tx, household, on, just_before)?)
        }
        Cause::Day => None,
    };
    let mut all = Vec::new();
    for offer in offers::living(tx, household)? {
        let expected = expected_child(tx, &offer)?;
        all.push((offer, expected));
    }
    let now = picture(tx, household, base::seoul_date(at), at)?;
    let coming = match &now.view.address {
        Some(home) => places::next_condition(tx, &home.municipality, &home.dong, now.on)?,
        None => None,
    };
    Ok(Look {
        cause,
        before,
        now,
        coming,
        last: store::standing(tx, household)?,
        offers: all,
    })
}

/// Has the households of a district, or all, looked at on a day, though nothing happened to them.
pub fn look_again(cx: &mut Cx<'_, '_>, dong: Option<&str>, on: Date) -> Result<(), Error> {
    Ok(store::look_again(cx.tx, dong.unwrap_or_default(), on)?)
}

/// Stores what a look concluded and tells whom it concerns. An older look changes nothing.
pub fn apply(cx: &mut Cx<'_, '_>, desk: &Desk, done: &Conclusion) -> Result<(), Error> {
    let last = store::known_at(cx.tx, done.household)?;
    if last.is_some_and(|it| it > done.known_at) {
        return Ok(());
    }
    store::put(cx.tx, done)?;
    for (seen, offer) in &done.renewed {
        if seen.state.is_unanswered() {
            let renewed = Offer {
                changed_at: cx.now,
                ..offer.clone()
            };
            offers::replace_finding(cx.tx, &renewed, seen.changed_at)?;
        } else {
            offers::close_answered(cx.tx, offer.id, cx.now)?;
        }
    }
    let mut made: BTreeMap<PersonId, Vec<&Opening>> = BTreeMap::new();
    let mut ex_officio: BTreeMap<PersonId, Vec<Offer>> = BTreeMap::new();
    for opening in &done.openings {
        let Some(offer) = make(cx, done.household, opening)? else {
            continue;
        };
        if is_ex_officio(desk, &offer) {
            ex_officio.entry(offer.recipient).or_default().push(offer);
        } else {
            made.entry(offer.recipient).or_default().push(opening);
        }
    }
    for (id, telling) in &done.tellings {
        let Some(offer) = offers::by_id(cx.tx, *id)? else {
            continue;
        };
        if *telling == Telling::Opens && is_ex_officio(desk, &offer) {
            ex_officio.entry(offer.recipient).or_default().push(offer);
        } else {
            tell(cx, desk, &offer, telling)?;
        }
    }
    for (person, granted) in ex_officio {
        apply_ex_officio(cx, desk, person, &granted)?;
    }
    for (person, openings) in made {
        tell_openings(cx, desk, person, &openings)?;
    }
    Ok(())
}

/// The law has it granted without an application, and nothing is missing.
fn is_ex_officio(desk: &Desk, offer: &Offer) -> bool {
    let benefit = desk.book.benefit(&offer.benefit);
    let apply = benefit.and_then(|it| it.apply.as_ref());
    offer.is_ready() && apply.is_some_and(|it| it.ex_officio)
}

/// Stores an offer and says so; `None` when the same was offered before.
pub fn make(
    cx: &mut Cx<'_, '_>,
    household: HouseholdId,
    opening: &Opening,
) -> Result<Option<Offer>, Error> {
    let opened = &opening.opened;
    // Another look of the same batch may have offered it just now.
    if offers::living_of(cx.tx, household, &opened.benefit, opened.about)?.is_some() {
        return Ok(None);
    }
    let whom = opened
        .about
        .map_or_else(|| household.to_string(), |it| it.to_string());
    let key = format!("{}|{whom}|{}", opened.benefit, opening.occasion_id);
    let offer = opening.offer(cx.id(OfferId::new), household, cx.now);
    if !offers::insert(cx.tx, &key, &offer)? {
        return Ok(None);
    }
    let subject = people::pseudonym_of(cx.tx, offer.recipient)?;
    let fact = OfferMade {
        offer: offer.id,
        benefit: offer.benefit.clone(),
    };
    cx.append(subject, &fact)?;
    Ok(Some(offer))
}

/// The law has these granted without an application (직권신청): the cases are opened, the person is only
/// told and may still say no.
fn apply_ex_officio(
    cx: &mut Cx<'_, '_>,
    desk: &Desk,
    person: PersonId,
    granted: &[Offer],
) -> Result<(), Error> {
    let who = Answerer {
        person,
        name: people::person(cx.tx, person)?.name,
        catalogue: desk.catalogue.clone(),
    };
    let ids: Vec<OfferId> = granted.iter().map(|it| it.id).collect();
    let done = accept(cx, &who, &ids)?;
    for offer in granted {
        let arguments = named(desk, &offer.benefit);
        let notice = notices::NewNotice {
            person,
            subject: people::pseudonym_of(cx.tx, person)?,
            once_key: format!("benefits|ex-officio|{}", offer.id),
            message: "benefits-ex-officio",
            arguments,
            link: format!("/receipts/{}", done.receipt),
            urgency: notices::Urgency::Routine,
            answer_by: None,
        };
        notices::tell(cx, &notice)?;
    }
    Ok(())
}

/// One notice for all that opened at once; one for each that is announced.
fn tell_openings(
    cx: &mut Cx<'_, '_>,
    desk: &Desk,
    person: PersonId,
    openings: &[&Opening],
) -> Result<(), Error> {
    let subject = people::pseudonym_of(cx.tx, person)?;
    let now: Vec<_> = openings.iter().filter(|it| it.opens_on.is_none()).collect();
    if let Some(first) = now.first() {
        let mut arguments = named(desk, &first.opened.benefit);
        arguments.insert("count".into(), now.len().to_string());
        let notice = notices::NewNotice {
            person,
            subject,
            once_key: format!("benefits|opened|{person}|{}", first.occasion_id),
            message: match now.len() {
                _ if first.occasion == BEREAVEMENT => "benefits-opened-mourning",
                1 => "benefits-opened-one",
                _ => "benefits-opened",
            },
            arguments,
            link: "/today".into(),
            urgency: notices::Urgency::Routine,
            answer_by: now.iter().filter_map(|it| it.opened.finding.deadline).min(),
        };
        notices::tell(cx, &notice)?;
    }
    for opening in openings {
        let Some(day) = opening.opens_on else {
            continue;
        };
        let benefit = &opening.opened.benefit;
        let notice = notices::NewNotice {
            person,
            subject,
            once_key: format!(
                "benefits|coming|{benefit}|{person}|{}|{day}",
                opening
                    .opened
                    .about
                    .map_or(String::new(), |it| it.to_string())
            ),
            message: "benefits-coming",
            arguments: dated(named(desk, benefit), day),
            link: "/today".into(),
            urgency: notices::Urgency::Routine,
            answer_by: None,
        };
        notices::tell(cx, &notice)?;
    }
    Ok(())
}

/// Tells of an offer that stands.
fn tell(cx: &mut Cx<'_, '_>, desk: &Desk, offer: &Offer, telling: &Telling) -> Result<(), Error> {
    let names = named(desk, &offer.benefit);
    let (kind, message, arguments) = match telling {
        Telling::Opens => ("opens".to_owned(), "benefits-now-open", names),
        Telling::LastDay(day) => (
            format!("last-day|{day}"),
            "benefits-last-day",
            dated(names, *day),
        ),
        Telling::Becomes(day, amount) => {
            let mut arguments = dated(names, *day);
            for (key, locale) in LANGUAGES {
                let won = format::won(locale, base::Won(*amount));
                arguments.insert(format!("amount_{key}"), won);
            }
            (format!("becomes|{day}"), "benefits-becomes", arguments)
        }
        Telling::Ends(day) => (format!("ends|{day}"), "benefits-ends", dated(names, *day)),
    };
    let notice = notices::NewNotice {
        person: offer.recipient,
        subject: people::pseudonym_of(cx.tx, offer.recipient)?,
        once_key: format!("benefits|{}|{kind}", offer.id),
        message,
        arguments,
        link: format!("/offers/{}", offer.id),
        urgency: match telling {
            Telling::LastDay(_) => notices::Urgency::Urgent,
            _ => notices::Urgency::Routine,
        },
        answer_by: match telling {
            Telling::LastDay(day) => Some(*day),
            Telling::Opens => offer.deadline,
            _ => None,
        },
    };
    Ok(notices::tell(cx, &notice)?)
}

/// The languages in which a notice's arguments are written beforehand.
const LANGUAGES: [(&str, Locale); 2] = [("ko", Locale::KO), ("en", Locale::EN)];

/// A benefit's name as a notice's arguments.
pub fn named(desk: &Desk, benefit: &str) -> BTreeMap<String, String> {
    let name = desk.book.benefit(benefit).map(|it| it.name.clone());
    let name = name.unwrap_or_default();
    LANGUAGES
        .iter()
        .map(|(key, locale)| (format!("benefit_{key}"), name.get(*locale).to_owned()))
        .collect()
}

fn dated(mut arguments: BTreeMap<String, String>, day: Date) -> BTreeMap<String, String> {
    for (key, locale) in LANGUAGES {
        arguments.insert(format!("day_{key}"), format::date(locale, day));
    }
    arguments
}

/// Who looks at households, and with what.
#[derive(Clone)]
pub struct Walker {
    pub db: Db,
    pub entropy: Entropy,
    pub desk: Desk,
    pub life: Arc<LifeEvents>,
}

impl Walker {
    /// The work of a day: brings back what was put off until today, tells of vouchers that end soon, then looks at every household whose
    /// day has come or that was last looked at under other law. Returns how many. Not to be called on an
    /// async thread; may be called again at any time.
    pub fn day(&self, now: Timestamp) -> Result<usize, Error> {
        let book = self.desk.book.clone();
        self.act(now, move |cx| {
            reopen_due(cx)?;
            Ok(vouchers::remind_due(cx, &book).map(drop)?)
        })?;
        let today = base::seoul_date(now);
        let mut looked = 0;
        loop {
            let digest = self.desk.book.digest().to_owned();
            let due = self.db.read_blocking(move |tx| {
                Ok::<_, Error>(store::due(tx, today, &digest, AT_ONCE)?)
            })?;
            if due.is_empty() {
                return Ok(looked);
            }
            looked += due.len();
            self.look_at(&due, now)?;
        }
    }

    /// Looks at households that were never looked at: those of a register from before there were looks.
    /// `passed` is told how many were passed, looked at now or before.
    pub fn first_looks(
        &self,
        now: Timestamp,
        mut passed: impl FnMut(usize),
    ) -> Result<usize, Error> {
        let mut last = None;
        let (mut seen, mut looked) = (0, 0);
        loop {
            let page = self
                .db
                .read_blocking(move |tx| Ok::<_, Error>(people::households(tx, last, AT_ONCE)?))?;
            let Some(end) = page.last() else {
                return Ok(looked);
            };
            last = Some(*end);
            seen += page.len();
            passed(seen);
            let new = self.db.read_blocking(move |tx| {
                let mut new = Vec::new();
                for id in &page {
                    if store::known_at(tx, *id)?.is_none() {
                        new.push(*id);
                    }
                }
                Ok::<_, Error>(new)
            })?;
            looked += new.len();
            if !new.is_empty() {
                self.look_at(&new, now)?;
            }
        }
    }

    fn look_at(&self, households: &[HouseholdId], now: Timestamp) -> Result<(), Error> {
        let looked = households
            .par_chunks(ON_ONE_SNAPSHOT)
            .map(|some| self.conclude(some.to_vec(), now));
        let done = looked.collect::<Result<Vec<_>, _>>()?.concat();
        let desk = self.desk.clone();
        self.act(now, move |cx| {
            done.iter().try_for_each(|it| apply(cx, &desk, it))
        })
    }

    fn conclude(
        &self,
        households: Vec<HouseholdId>,
        now: Timestamp,
    ) -> Result<Vec<Conclusion>, Error> {
        let looks = self.db.read_blocking(move |tx| {
            let looks = households.iter().map(|it| load(tx, *it, Cause::Day, now));
            looks.collect::<Result<Vec<_>, _>>()
        })?;
        let conclusions = looks.iter().map(|it| conclude(&self.desk, &self.life, it));
        Ok(conclusions.collect())
    }

    fn act(
        &self,
        now: Timestamp,
        mut work: impl FnMut(&mut Cx<'_, '_>) -> Result<(), Error> + Send + 'static,
    ) -> Result<(), Error> {
        let rng = self.entropy.rng();
        self.db.write_blocking(move |tx| {
            work(&mut Cx {
                tx,
                now,
                // A second run on conflict draws the same numbers.
                rng: &mut rng.clone(),
                actor: None,
            })
        })
    }
}
