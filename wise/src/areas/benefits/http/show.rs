//! Pages that a resident reads.

use axum::extract::{Path, State};
use axum::response::Response;
use base::ids::{BirthId, OfferId, PersonId, ReceiptId};
use base::{Locale, Won};
use jiff::civil::Date;
use web::{Format, Frame, Problem, Said, Visitor, respond};

use super::entitlements;
use super::export::export;
use super::own_person;
use super::reach::note_read;
use super::vouchers::lines as voucher_lines;
use crate::app::App;
use crate::areas::benefits::actions::{offer::picture, read};
use crate::areas::benefits::entitlements::relations;
use crate::areas::benefits::model::{
    Desk, Error, Offer, OfferState, Picture, Receipt, Upcoming, UpcomingKind, upcoming,
};
use crate::areas::benefits::pages::{
    Card, Line, Moment, OfferGroups, OfferPage, OffersPage, PlaceGroup, PlaceLine, ReceiptPage,
    Teller, agency_name, figures,
};
use crate::areas::benefits::reach::actions::proposals;
use crate::areas::benefits::reach::model::Proposal;
use crate::areas::benefits::services;
use crate::areas::benefits::vouchers::{self, Voucher};
use crate::blocks::people::{self, Birth, BirthState, Look};
use crate::blocks::places::{self, NearPlace, PlaceKind, Point};
use crate::blocks::seals::{self, proof_href};
use crate::country::words;

/// What every page of a resident's offers needs, read on one snapshot.
pub(super) struct Loaded {
    pub person: PersonId,
    pub picture: Picture,
    pub offers: Vec<Offer>,
    vouchers: Vec<Voucher>,
    looks: Vec<Look>,
    births: Vec<Birth>,
    near: Vec<(PlaceKind, Vec<NearPlace>)>,
    /// How many services of the whole government may be worth a look; 0 where the page does not say.
    others: usize,
}

/// Reads a resident's household with its offers.
pub(super) async fn load(app: &App, visitor: &Visitor) -> Result<Loaded, Problem> {
    load_with(app, visitor, None).await
}

/// The same with one offer that may be closed: its page says why.
pub(super) async fn load_with(
    app: &App,
    visitor: &Visitor,
    offer: Option<OfferId>,
) -> Result<Loaded, Problem> {
    let person = own_person(visitor)?;
    let now = app.core.clock().now();
    let today = app.core.clock().today();
    let loaded = app
        .core
        .look(move |tx| {
            let of = people::household_of(tx, person, today, now)?;
            let (household, _) = of.ok_or(people::Error::NotFound("household"))?;
            let picture = picture(tx, household, today, now)?;
            let mut offers = read::offers_of(tx, person, now)?;
            if let Some(id) = offer.filter(|id| offers.iter().all(|it| it.id != *id)) {
                offers.push(read::offer(tx, person, id, now)?);
            }
            let mut births = Vec::new();
            for offer in &offers {
                if let Some(id) = offer.birth()
                    && !births.iter().any(|it: &Birth| it.id == id)
                {
                    births.push(people::birth(tx, id)?);
                }
            }
            let near = near_home(tx, &picture, today)?;
            Ok::<_, Error>(Loaded {
                person,
                picture,
                offers,
                vouchers: vouchers::actions::of_holder(tx, person)?,
                looks: people::looks_at(tx, person, 3)?,
                births,
                near,
                others: 0,
            })
        })
        .await?;
    Ok(loaded)
}

/// [`load`] for the two pages that also lead to other services.
async fn load_with_others(app: &App, visitor: &Visitor) -> Result<Loaded, Problem> {
    let mut loaded = load(app, visitor).await?;
    loaded.others = services::http::count(app, visitor).await?;
    Ok(loaded)
}

/// How long after a birth a postnatal helper may come.
const POSTNATAL_DAYS: i64 = 60;

/// Childcare and helpers near home, where a child under six lives.
fn near_home(
    tx: &mut db::Tx<'_>,
    picture: &Picture,
    today: Date,
) -> Result<Vec<(PlaceKind, Vec<NearPlace>)>, Error> {
    let youngest = picture.view.members.iter().map(|it| it.person.born).max();
    let (Some(address), Some(born)) = (&picture.view.address, youngest) else {
        return Ok(Vec::new());
    };
    let age = rules::dates::years_between(born, today);
    if age >= 6 {
        return Ok(Vec::new());
    }
    let home = Point {
        latitude: address.latitude,
        longitude: address.longitude,
    };
    let mut near = vec![(
        PlaceKind::Daycare,
        places::nearest(tx, PlaceKind::Daycare, home, Some(age), 4)?,
    )];
    let mut helpers = vec![PlaceKind::Sitter];
    if rules::dates::days_between(born, today) <= POSTNATAL_DAYS {
        helpers.push(PlaceKind::PostnatalHelper);
    }
    for kind in helpers {
        near.push((kind, places::nearest(tx, kind, home, None, 3)?));
    }
    Ok(near)
}

pub(in crate::areas::benefits) fn desk(app: &App) -> Desk {
    Desk::of(&app.country)
}

/// Everything that waits for the reader, whatever opened it.
pub async fn today(State(app): State<App>, visitor: Visitor) -> Result<Response, Problem> {
    let loaded = load_with_others(&app, &visitor).await?;
    note_read(&app, &visitor, loaded.offers.iter()).await?;
    let frame = Frame::of(&app.core, &visitor);
    let open = loaded
        .offers
        .iter()
        .filter(|it| it.state == OfferState::Open)
        .count();
    let (title, lead) = match (loaded.picture.is_in_mourning(), open) {
        (true, 0) => ("benefits-today-mourning", "benefits-today-mourning-nothing"),
        (true, _) => ("benefits-today-mourning", "benefits-today-mourning-lead"),
        (false, 0) => ("benefits-today-nothing", "benefits-today-lead"),
        (false, _) => ("benefits-today", "benefits-today-lead"),
    };
    let (title, lead) = (frame.t1(title, "count", open), frame.t(lead));
    page(
        &app,
        frame,
        loaded,
        |_| true,
        title,
        lead,
        Default::default(),
    )
    .await
}

/// All offers, or the list to take along.
pub async fn offers(
    State(app): State<App>,
    visitor: Visitor,
    format: Format,
) -> Result<Response, Problem> {
    let loaded = load_with_others(&app, &visitor).await?;
    note_read(&app, &visitor, loaded.offers.iter()).await?;
    let frame = Frame::of(&app.core, &visitor);
    if format != Format::Page {
        return export(&app, &frame, &loaded).respond(format);
    }
    let (title, lead) = (frame.t("benefits-offers"), frame.t("benefits-offers-lead"));
    page(
        &app,
        frame,
        loaded,
        |_| true,
        title,
        lead,
        Default::default(),
    )
    .await
}

/// The complete page of a birth.
pub async fn birth(
    State(app): State<App>,
    visitor: Visitor,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    let id: BirthId = id.parse().map_err(|_| Problem::not_found())?;
    let loaded = load(&app, &visitor).await?;
    let birth = own_birth(&app, &loaded, id).await?;
    let frame = Frame::of(&app.core, &visitor);
    let child = loaded.picture.view.member(birth.child);
    let name = child.map_or(String::new(), |it| it.person.name.clone());
    let title = if name.is_empty() {
        frame.t("benefits-birth-title")
    } else {
        frame.t1("benefits-birth-title-named", "name", name)
    };
    let (lead, tag) = match birth.state {
        BirthState::Registered => (
            frame.t("benefits-birth-lead"),
            (frame.t("benefits-birth-tag-registered"), "good"),
        ),
        BirthState::Noticed => (
            frame.t("benefits-birth-lead-noticed"),
            (frame.t("benefits-birth-tag-noticed"), "warn"),
        ),
        BirthState::Told => (
            frame.t("benefits-birth-lead-told"),
            (frame.t("benefits-birth-tag-told"), "warn"),
        ),
    };
    let occasion = id.to_string();
    let shown = loaded.offers.iter().filter(|it| it.occasion_id == occasion);
    note_read(&app, &visitor, shown).await?;
    page(
        &app,
        frame,
        loaded,
        move |it| it.occasion_id == occasion,
        title,
        lead,
        tag,
    )
    .await
}

/// A birth in the reader's own household; others do not exist for them.
async fn own_birth(app: &App, loaded: &Loaded, id: BirthId) -> Result<Birth, Problem> {
    if let Some(known) = loaded.births.iter().find(|it| it.id == id) {
        return Ok(known.clone());
    }
    let birth = app
        .core
        .look(move |tx| people::birth(tx, id).map_err(Error::from))
        .await?;
    let own = birth.mother == loaded.person || birth.household == loaded.picture.view.id;
    own.then_some(birth).ok_or_else(Problem::not_found)
}

async fn page(
    app: &App,
    frame: Frame,
    loaded: Loaded,
    wanted: impl Fn(&Offer) -> bool,
    title: String,
    lead: String,
    tag: (String, &'static str),
) -> Result<Response, Problem> {
    let mut chosen: Vec<Offer> = loaded
        .offers
        .iter()
        .filter(|it| wanted(it))
        .cloned()
        .collect();
    let today = loaded.picture.on;
    chosen.sort_by_key(|it| it.rank(today));
    let (desk, seen, calendar) = (desk(app), loaded.picture.clone(), chosen.clone());
    let next = app
        .engine(move || upcoming(&desk, &seen, &calendar))
        .await?;
    let teller = Teller {
        frame: &frame,
        country: &app.country,
        picture: &loaded.picture,
        in_full: false,
    };
    let cards: Vec<(&Offer, Card)> = chosen.iter().map(|it| (it, teller.card(it))).collect();
    let groups = OfferGroups::new(&frame, &cards);
    let live = chosen
        .iter()
        .filter(|it| matches!(it.state, OfferState::Open | OfferState::Waiting));
    let (ready, all) = (groups.ready.len(), groups.ready.len() + groups.asking.len());
    let figures = figures(&frame, live);
    let note = match ready {
        0 => "benefits-sum-note-asking",
        _ if ready == all => "benefits-sum-note-ready",
        _ => "benefits-sum-note",
    };
    let note = frame.say(note, &[("ready", ready.into()), ("all", all.into())]);
    let next = next
        .iter()
        .take(6)
        .map(|it| moment(app, &frame, it))
        .collect();
    let places = loaded
        .near
        .iter()
        .map(|(kind, near)| places_of(&frame, *kind, near));
    let looks = loaded.looks.iter().map(|look| Moment {
        when: frame.date_time(&look.at),
        date: look.at.to_string(),
        title: app
            .country
            .agencies
            .name(&look.looker.agency)
            .get(frame.locale)
            .to_owned(),
        note: people::pages::purpose_text(&frame, &look.purpose),
        state: "done",
    });
    Ok(respond(&OffersPage {
        title,
        lead,
        tag: tag.0,
        tag_tone: tag.1,
        figures,
        note: match (all, groups.accepted.len()) {
            (0, 0) => frame.t("benefits-sum-none"),
            (0, applied) => frame.t1("benefits-sum-applied", "count", applied),
            _ => note,
        },
        is_in_mourning: loaded.picture.is_in_mourning(),
        accept_all: match ready {
            1 => frame.t("benefits-accept"),
            _ => frame.t1("benefits-accept-all", "count", ready),
        },
        offers: groups,
        next,
        vouchers: voucher_lines(app, &frame, &loaded.vouchers, loaded.picture.on),
        places: places.filter(|it| !it.items.is_empty()).collect(),
        looks: looks.collect(),
        others: match loaded.others {
            0 => String::new(),
            count => frame.t1("benefits-services-more", "count", count),
        },
        phones: phones(&frame),
        frame,
    }))
}

fn moment(app: &App, frame: &Frame, it: &Upcoming) -> Moment {
    let name = app.country.book.benefit(&it.benefit).map_or_else(
        || it.benefit.clone(),
        |benefit| words::benefit_name(frame, benefit),
    );
    let key = match it.what {
        UpcomingKind::Deadline => "benefits-next-deadline",
        UpcomingKind::UseBy => "benefits-next-use-by",
        UpcomingKind::Becomes(_) => "benefits-next-becomes",
        UpcomingKind::Ends => "benefits-next-ends",
    };
    let amount = match it.what {
        UpcomingKind::Becomes(won) => frame.won(&Won(won)),
        _ => String::new(),
    };
    Moment {
        when: frame.date(&it.date),
        date: it.date.to_string(),
        title: name,
        note: frame.t1(key, "amount", amount),
        state: "",
    }
}

fn places_of(frame: &Frame, kind: PlaceKind, near: &[NearPlace]) -> PlaceGroup {
    let title = match kind {
        PlaceKind::Daycare => "benefits-places-daycare",
        PlaceKind::Sitter => "benefits-places-sitter",
        _ => "benefits-places-helper",
    };
    let items = near.iter().map(|it| {
        let minutes = places::walk_minutes(it.distance_m);
        let walk = frame.t1("benefits-walk", "minutes", minutes);
        let detail = [walk, it.place.hours.clone(), it.place.phone.clone()];
        let detail: Vec<String> = detail.into_iter().filter(|part| !part.is_empty()).collect();
        let (tag, tone) = match it.vacancy {
            Some(rooms) if rooms.vacant > 0 => (
                frame.say(
                    "benefits-vacant",
                    &[("age", rooms.age.into()), ("count", rooms.vacant.into())],
                ),
                "good",
            ),
            Some(rooms) => (
                frame.t1("benefits-waiting-list", "count", rooms.waiting),
                "warn",
            ),
            None => (String::new(), ""),
        };
        let side = it.place.price_per_hour.map_or(String::new(), |won| {
            frame.t1("benefits-per-hour", "amount", frame.won(&won))
        });
        PlaceLine {
            href: format!("tel:{}", it.place.phone.replace('-', "")),
            name: it.place.name.clone(),
            detail: detail.join(" · "),
            tag,
            tone,
            side,
        }
    });
    PlaceGroup {
        title: frame.t(title),
        items: items.collect(),
    }
}

/// Whom to call, from the foot of every page.
pub(in crate::areas::benefits) fn phones(frame: &Frame) -> Vec<(String, String)> {
    let phones = frame.phones.iter();
    phones
        .map(|it| (it.href.clone(), it.label.clone()))
        .collect()
}

/// One offer with everything about it.
pub async fn offer(
    State(app): State<App>,
    visitor: Visitor,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    let number = id.parse().map_err(|_| Problem::not_found())?;
    let loaded = load_with(&app, &visitor, Some(number)).await?;
    let offer = find(&loaded, &id)?.clone();
    note_read(&app, &visitor, std::iter::once(&offer)).await?;
    let number = offer.id;
    let told = app.core.look(move |tx| proposals(tx, number)).await?;
    let frame = Frame::of(&app.core, &visitor);
    let said = said(&app, &frame, &told);
    let (desk, picture, asked) = (desk(&app), loaded.picture.clone(), offer.clone());
    let related = app
        .engine(move || relations(&desk, &picture, &asked))
        .await?;
    let mut page = offer_page(&app, frame, &loaded, &offer, Default::default());
    page.about.splice(0..0, said);
    page.relations = entitlements::relations(&app, &page.frame, &related);
    Ok(respond(&page))
}

/// What officials wrote to the person about an offer.
fn said(app: &App, frame: &Frame, told: &[Proposal]) -> Vec<Line> {
    let written = told.iter().filter(|it| !it.note.is_empty());
    let lines = written.map(|it| Line {
        label: frame.t("benefits-official-says"),
        value: it.note.clone(),
        via: frame.say(
            "benefits-official",
            &[
                (
                    "agency",
                    agency_name(&app.country.agencies, &it.agency, frame).into(),
                ),
                ("official", it.official.as_str().into()),
            ],
        ),
        ..Line::default()
    });
    lines.collect()
}

pub(super) fn find<'a>(loaded: &'a Loaded, id: &str) -> Result<&'a Offer, Problem> {
    let id: OfferId = id.parse().map_err(|_| Problem::not_found())?;
    let found = loaded.offers.iter().find(|it| it.id == id);
    found.ok_or_else(Problem::not_found)
}

/// The page of an offer; `wrong` is what was typed as a later day and what is wrong with it.
pub(super) fn offer_page(
    app: &App,
    frame: Frame,
    loaded: &Loaded,
    offer: &Offer,
    wrong: (String, String),
) -> OfferPage {
    let teller = Teller {
        frame: &frame,
        country: &app.country,
        picture: &loaded.picture,
        in_full: false,
    };
    let card = teller.card(offer);
    let benefit = app.country.book.benefit(&offer.benefit);
    let summary = benefit.map(|it| words::benefit_summary(&frame, it));
    let (figures, note) = if card.is_said {
        (Vec::new(), format!("{} · {}", card.amount, card.by))
    } else {
        let figure = (card.period.clone(), card.amount.clone());
        (vec![figure], card.by.clone())
    };
    let errors = match wrong.1.as_str() {
        "" => Vec::new(),
        message => vec![("until".to_owned(), message.to_owned())],
    };
    OfferPage {
        summary: summary.unwrap_or_default(),
        figures,
        note,
        ready: offer.is_ready(),
        case_href: offer
            .case
            .map_or(String::new(), |it| format!("/cases/{it}")),
        known: teller.known(offer),
        deciding: entitlements::deciding(&teller, &offer.finding),
        relations: Vec::new(),
        about: about(app, &frame, offer),
        answerable: matches!(offer.state, OfferState::Open | OfferState::Waiting),
        can_reconsider: offer.state.is_set_aside(),
        postpone_action: format!("{}/postpone", card.href),
        until: wrong.0,
        until_error: wrong.1,
        errors,
        phones: phones(&frame),
        card,
        frame,
    }
}

/// Law, documents, how and until when, what the rule was and when it was checked.
pub(super) fn about(app: &App, frame: &Frame, offer: &Offer) -> Vec<Line> {
    let Some(benefit) = app.country.book.benefit(&offer.benefit) else {
        return Vec::new();
    };
    let agencies = &app.country.agencies;
    let name = |code: &str| agencies.name(code).get(frame.locale).to_owned();
    let mut lines = Vec::new();
    let mut add = |key: &str, value: Said, via: String| {
        if !value.text.is_empty() {
            lines.push(Line {
                label: frame.t(key),
                value: value.text,
                lang: value.lang,
                via,
                ..Line::default()
            });
        }
    };
    let laws: Vec<String> = benefit
        .law
        .iter()
        .map(|law| match &law.article {
            Some(article) => format!("{} {article}", law.act),
            None => law.act.clone(),
        })
        .collect();
    let laws = Said {
        text: laws.join(", "),
        lang: Locale::KO.to_string(),
    };
    add("benefits-law", laws, name(&benefit.authority));
    if let Some(deadline) = &benefit.deadline {
        let last = offer.deadline.filter(|it| *it >= offer.as_of);
        let day = last.map_or(String::new(), |day| frame.date(&day));
        add("benefits-deadline", frame.untranslated(&deadline.text), day);
    }
    if let Some(day) = offer.finding.use_by {
        add("benefits-use-by", frame.date(&day).into(), String::new());
    }
    if let Some(apply) = &benefit.apply {
        add(
            "benefits-how",
            frame.untranslated(&apply.text),
            String::new(),
        );
    }
    for document in &benefit.documents {
        let held = document
            .held_by
            .as_deref()
            .filter(|code| *code != "resident");
        let via = held.map_or(String::new(), |code| {
            frame.t1("benefits-document-held", "agency", name(code))
        });
        add("benefits-document", frame.untranslated(&document.name), via);
    }
    let day = frame.t1("benefits-as-of", "day", frame.date(&offer.as_of));
    add("benefits-rule", day.into(), String::new());
    lines
}

async fn own_receipt(app: &App, visitor: &Visitor, id: &str) -> Result<Receipt, Problem> {
    let person = own_person(visitor)?;
    let id: ReceiptId = id.parse().map_err(|_| Problem::not_found())?;
    let read = app.core.look(move |tx| read::receipt(tx, person, id));
    Ok(read.await?)
}

/// What one press did, with its proof.
pub async fn receipt(
    State(app): State<App>,
    visitor: Visitor,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    let receipt = own_receipt(&app, &visitor, &id).await?;
    let loaded = load(&app, &visitor).await?;
    let number = receipt.id.to_string();
    let sealed = number.clone();
    let sealed = app.core.look(move |tx| seals::sealed(tx, &sealed)).await?;
    let frame = Frame::of(&app.core, &visitor);
    let teller = Teller {
        frame: &frame,
        country: &app.country,
        picture: &loaded.picture,
        in_full: false,
    };
    let body: serde_json::Value =
        serde_json::from_str(&receipt.canonical).map_err(Problem::internal)?;
    let empty = Vec::new();
    let applications = body["applications"].as_array().unwrap_or(&empty);
    let lines = applications.iter().filter_map(|line| {
        let offer = line["offer"].as_str()?;
        let known = loaded.offers.iter().find(|it| it.id.to_string() == offer)?;
        let mut card = teller.card(known);
        card.href = format!("/cases/{}", line["case"].as_str()?);
        Some(card)
    });
    let lines: Vec<Card> = lines.collect();
    Ok(respond(&ReceiptPage {
        lead: frame.t1("benefits-receipt-lead", "count", lines.len()),
        when: frame.date_time(&receipt.made_at),
        lines,
        commitment: sealed.map(|it| it.commitment().to_string()),
        proof_href: proof_href(&number),
        number,
        frame,
    }))
}
