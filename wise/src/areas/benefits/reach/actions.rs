//! What is read of take-up, and what officials do for those whom nothing reached.

use std::collections::BTreeMap;
use std::sync::Arc;

use base::ids::{HouseholdId, OfferId, PersonId, ReceiptId};
use db::Tx;
use jiff::Timestamp;
use jiff::civil::Date;
use rules::Localized;
use spine::Cx;
use web::Scope;

use super::model::{
    AgeGroup, By, Deed, Draft, Place, Proposal, Sums, TakeUp, Unreached, Wanted, may_remind,
};
use super::store;
use crate::areas::benefits::actions::accept::{Answerer, accept};
use crate::areas::benefits::actions::offer::picture;
use crate::areas::benefits::model::{Desk, Error, Offer, OfferState, Picture};
use crate::areas::benefits::standing::actions::{make, named};
use crate::areas::benefits::store as offers;
use crate::blocks::exchange::Catalogue;
use crate::blocks::notices;
use crate::blocks::people::{self, Looker};

/// Longest note that a person is sent, in characters.
const LONGEST_NOTE: usize = 500;

/// Take-up of all benefits within a scope and, where one is chosen, of that one by district and age.
pub fn take_up(
    tx: &mut Tx<'_>,
    scope: &Scope,
    benefit: Option<&str>,
    today: Date,
) -> Result<TakeUp, Error> {
    let by_benefit = store::sums(tx, scope, By::Benefit, None, today)?;
    let Some(benefit) = benefit else {
        return Ok(TakeUp {
            by_benefit,
            ..TakeUp::default()
        });
    };
    let ages = store::sums(tx, scope, By::Age, Some(benefit), today)?;
    let of = |group: AgeGroup| {
        let found = ages.iter().find(|(code, _)| code == group.word());
        found.map_or(Sums::default(), |(_, sums)| *sums)
    };
    Ok(TakeUp {
        by_benefit,
        by_district: store::sums(tx, scope, By::District, Some(benefit), today)?,
        by_age: AgeGroup::ALL.map(|it| (it, of(it))).to_vec(),
    })
}

/// A page of what has reached nobody within a scope, most urgent and most valuable first, each with the
/// name of whom it is about, or of the head.
pub fn unreached(
    tx: &mut Tx<'_>,
    scope: &Scope,
    wanted: &Wanted,
    after: Option<&Place>,
    now: Timestamp,
    limit: i64,
) -> Result<Vec<(Unreached, String)>, Error> {
    let found = store::unreached(tx, scope, wanted, after, now, limit)?;
    let today = base::seoul_date(now);
    let mut named = Vec::with_capacity(found.len());
    for it in found {
        let whose = match it.about {
            Some(person) => person,
            None => people::head_of(tx, it.household, today, now)?,
        };
        let name = people::person(tx, whose)?.name;
        named.push((it, name));
    }
    Ok(named)
}

/// What somebody is owed, as an official opened it.
#[derive(Clone, Debug)]
pub struct Line {
    pub picture: Picture,
    /// The offer of it that is not closed.
    pub living: Option<Offer>,
    pub proposals: Vec<Proposal>,
    /// Names what would be proposed, until it is.
    pub next_id: OfferId,
}

/// Opens a household for one benefit and writes down that this official looked at it. A household outside
/// the scope does not exist for them, and nothing is written down.
pub fn open(
    cx: &mut Cx<'_, '_>,
    scope: &Scope,
    (looker, purpose): (&Looker, &str),
    household: HouseholdId,
    benefit: &str,
    about: Option<PersonId>,
) -> Result<Line, Error> {
    let picture = picture(cx.tx, household, cx.today(), cx.now)?;
    let dong = picture.view.address.as_ref().map(|it| it.dong.as_str());
    if !scope.covers(dong, None) {
        return Err(Error::NotFound);
    }
    let persons: Vec<_> = picture.view.members.iter().map(|it| it.person.id).collect();
    people::note_look(cx, &persons, looker, purpose)?;
    let living = living(cx.tx, household, benefit, about)?;
    Ok(Line {
        proposals: match &living {
            Some(offer) => store::proposals(cx.tx, offer.id)?,
            None => Vec::new(),
        },
        living,
        picture,
        next_id: cx.id(OfferId::new),
    })
}

fn living(
    tx: &mut Tx<'_>,
    household: HouseholdId,
    benefit: &str,
    about: Option<PersonId>,
) -> Result<Option<Offer>, Error> {
    let all = offers::living(tx, household)?;
    Ok(all
        .into_iter()
        .find(|it| it.benefit == benefit && it.about == about))
}

/// The official who acts, as the person is told.
#[derive(Clone, Debug)]
pub struct Official {
    pub name: String,
    /// Code of the agency, and its name.
    pub agency: String,
    pub agency_name: Localized,
}

/// Proposes on behalf of the office: makes an offer, or tells again of the one that waits unanswered, once
/// a day.
///
/// # Errors
/// `Order` when it is not owed or was answered; `Invalid` when the note is too long.
pub fn propose(
    cx: &mut Cx<'_, '_>,
    desk: &Desk,
    official: &Official,
    draft: &Draft,
    note: &str,
) -> Result<OfferId, Error> {
    check_note("note", note, false)?;
    let (offer, is_new) = standing_or_made(cx, draft)?;
    let today = cx.today();
    let earlier = store::proposals(cx.tx, offer.id)?;
    if earlier.iter().any(|it| base::seoul_date(it.at) == today) {
        // Told on this day already, by whomever.
        return Ok(offer.id);
    }
    let deed = match is_new {
        true => Deed::Proposed,
        false => Deed::Reminded,
    };
    write_down(cx, official, &offer, deed, note)?;
    let key = format!("benefits|proposal|{}|{today}", offer.id);
    let link = format!("/offers/{}", offer.id);
    tell(
        cx,
        desk,
        official,
        &offer,
        ("benefits-proposed", key, link),
        note,
    )?;
    Ok(offer.id)
}

/// Applies on the person's behalf (직권신청: 사회보장급여의 이용·제공 및 수급권자 발굴에 관한 법률
/// 제5조제2항), who agreed by telephone as `consent` says; the receipt is the person's.
///
/// # Errors
/// `Order` when it is not owed, was answered or still needs something; `Invalid` when it is not said how
/// the person agreed.
pub fn apply(
    cx: &mut Cx<'_, '_>,
    desk: &Desk,
    official: &Official,
    draft: &Draft,
    consent: &str,
) -> Result<ReceiptId, Error> {
    check_note("consent", consent, true)?;
    let (offer, _) = standing_or_made(cx, draft)?;
    let who = Answerer {
        person: offer.recipient,
        name: official.name.clone(),
        catalogue: Arc::<Catalogue>::clone(&desk.catalogue),
    };
    let done = accept(cx, &who, &[offer.id])?;
    write_down(cx, official, &offer, Deed::Applied, consent)?;
    let key = format!("benefits|{}|{}", Deed::Applied, offer.id);
    let link = format!("/receipts/{}", done.receipt);
    let told = ("benefits-on-behalf", key, link);
    tell(cx, desk, official, &offer, told, consent)?;
    Ok(done.receipt)
}

fn check_note(field: &'static str, note: &str, is_needed: bool) -> Result<(), Error> {
    let key = match note.chars().count() {
        0 if is_needed => "benefits-consent-missing",
        0..=LONGEST_NOTE => return Ok(()),
        _ => "benefits-note-long",
    };
    Err(Error::Invalid { field, key })
}

/// The unanswered offer of it, or a new one; and whether it is new.
fn standing_or_made(cx: &mut Cx<'_, '_>, draft: &Draft) -> Result<(Offer, bool), Error> {
    if let Some(offer) = living(cx.tx, draft.household, &draft.benefit, draft.about)? {
        return match may_remind(offer.state) {
            true => Ok((offer, false)),
            false => Err(Error::Order(offer.state)),
        };
    }
    Ok((made(cx, draft, "proposal")?, true))
}

/// The offer of what a resident found among everything the household may have, made now where none lives.
///
/// # Errors
/// `Order` when it is not owed, nor may be.
pub fn ask_for(cx: &mut Cx<'_, '_>, draft: &Draft) -> Result<OfferId, Error> {
    match living(cx.tx, draft.household, &draft.benefit, draft.about)? {
        Some(offer) => Ok(offer.id),
        None => Ok(made(cx, draft, "asked")?.id),
    }
}

fn made(cx: &mut Cx<'_, '_>, draft: &Draft, occasion: &str) -> Result<Offer, Error> {
    let about = draft.about.map_or(String::new(), |it| it.to_string());
    let household = draft.household.to_string();
    let earlier = store::offered_before(cx.tx, &household, &draft.benefit, &about)?;
    let opening = draft.opening(occasion, earlier);
    let opening = opening.filter(|_| draft.is_open());
    let opening = opening.ok_or(Error::Order(OfferState::Closed))?;
    let made = make(cx, draft.household, &opening)?;
    made.ok_or(Error::Order(OfferState::Open))
}

fn write_down(
    cx: &mut Cx<'_, '_>,
    official: &Official,
    offer: &Offer,
    deed: Deed,
    note: &str,
) -> Result<(), Error> {
    let proposal = Proposal {
        offer: offer.id,
        at: cx.now,
        deed,
        official: official.name.clone(),
        agency: official.agency.clone(),
        note: note.to_owned(),
    };
    Ok(store::insert_proposal(cx.tx, cx.actor, &proposal)?)
}

fn tell(
    cx: &mut Cx<'_, '_>,
    desk: &Desk,
    official: &Official,
    offer: &Offer,
    (message, once_key, link): (&'static str, String, String),
    note: &str,
) -> Result<(), Error> {
    let mut arguments = named(desk, &offer.benefit);
    arguments.extend(BTreeMap::from([
        ("agency_ko".to_owned(), official.agency_name.ko.clone()),
        ("agency_en".to_owned(), official.agency_name.en.clone()),
        ("official".to_owned(), official.name.clone()),
        ("note".to_owned(), note.to_owned()),
    ]));
    let notice = notices::NewNotice {
        person: offer.recipient,
        subject: people::pseudonym_of(cx.tx, offer.recipient)?,
        once_key,
        message,
        arguments,
        link,
        urgency: notices::Urgency::Soon,
        answer_by: offer.deadline,
    };
    Ok(notices::tell(cx, &notice)?)
}

/// What officials did about an offer, first to last.
pub fn proposals(tx: &mut Tx<'_>, offer: OfferId) -> Result<Vec<Proposal>, Error> {
    Ok(store::proposals(tx, offer)?)
}

/// Those of these offers that were never shown before.
pub fn unread(
    tx: &mut Tx<'_>,
    offers: impl IntoIterator<Item = OfferId>,
) -> Result<Vec<OfferId>, Error> {
    let mut unread = Vec::new();
    for offer in offers {
        if store::is_unread(tx, offer)? {
            unread.push(offer);
        }
    }
    Ok(unread)
}

/// Writes down that these offers were shown to whom they are for.
pub fn mark_read(cx: &mut Cx<'_, '_>, offers: &[OfferId]) -> Result<(), Error> {
    for offer in offers {
        store::mark_read(cx.tx, *offer, cx.now)?;
    }
    Ok(())
}
