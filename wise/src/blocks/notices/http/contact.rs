//! How a resident wants to be reached: addresses, channels in order, quiet hours, browsers.

use axum::extract::{Query, State};
use axum::response::{IntoResponse, Redirect, Response};
use base::Locale;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use web::{Allowed, Fields, Frame, Once, Problem, Visitor, respond, respond_again};

use crate::app::App;
use crate::blocks::notices::actions::{self, server_key};
use crate::blocks::notices::choice::{Preferences, QuietHours};
use crate::blocks::notices::model::{Channel, Contact, Device, Error};
use crate::blocks::notices::pages::{ContactPage, DeviceLine, Rank, languages};
use crate::blocks::notices::push;
use crate::blocks::people::{Done, own_person};

/// What is known of a person, or what they typed.
#[derive(Clone)]
struct Known {
    email: String,
    phone: String,
    locale: Locale,
    preferences: Preferences,
    devices: Vec<Device>,
    push_key: String,
}

/// `21:00`.
pub(super) fn clock(minute: u16) -> String {
    format!("{:02}:{:02}", minute / 60, minute % 60)
}

/// Minutes of a day from `21:00`.
pub(super) fn minute(text: &str) -> Option<u16> {
    let (hours, minutes) = text.split_once(':')?;
    let (hours, minutes): (u16, u16) = (hours.parse().ok()?, minutes.parse().ok()?);
    (hours < 24 && minutes < 60).then_some(hours * 60 + minutes)
}

fn contact_page(app: &App, frame: Frame, known: Known, wrong: Option<(&str, &str)>) -> ContactPage {
    let on = app.channels.on();
    let name = |it: &Channel| frame.t(&format!("notices-channel-{it}"));
    let none = (String::new(), frame.t("notices-channel-none"));
    let wanted: Vec<Channel> = known
        .preferences
        .order
        .iter()
        .copied()
        .filter(|it| on.contains(it))
        .collect();
    let ranks = (1..=on.len()).map(|number| Rank {
        name: format!("channel-{number}"),
        label: frame.t1("notices-rank", "number", number),
        options: std::iter::once(none.clone())
            .chain(on.iter().map(|it| (it.to_string(), name(it))))
            .collect(),
        selected: wanted
            .get(number - 1)
            .map_or(String::new(), ToString::to_string),
    });
    let ranks: Vec<Rank> = ranks.collect();
    let can_try = |it: &&Channel| match it {
        Channel::Push => !known.devices.is_empty(),
        Channel::Email => !known.email.is_empty(),
        Channel::Sms => !known.phone.is_empty(),
        Channel::Letter => false,
    };
    let tries = on.iter().filter(can_try);
    let tries = tries.map(|it| (it.to_string(), name(it))).collect();
    let devices = known.devices.iter().map(|it| DeviceLine {
        id: it.id.clone(),
        since: frame.t1("notices-device", "when", frame.date_time(&it.since)),
    });
    ContactPage {
        email: known.email.clone(),
        phone: known.phone.clone(),
        locale: known.locale.tag().to_owned(),
        languages: languages(&frame),
        ranks,
        quiet_from: clock(known.preferences.quiet.from_min),
        quiet_until: clock(known.preferences.quiet.until_min),
        details: known.preferences.details,
        push_key: known.push_key,
        devices: devices.collect(),
        tries,
        errors: wrong
            .map(|(field, key)| (field.to_owned(), frame.t(key)))
            .into_iter()
            .collect(),
        frame,
    }
}

async fn known(app: &App, visitor: &Visitor, allowed: &Allowed) -> Result<Known, Problem> {
    let person = own_person(allowed)?;
    let (locale, has_push) = (visitor.locale, app.channels.push.is_some());
    let known = app.core.act(visitor, move |cx| {
        let contact = actions::contact(cx.tx, person)?;
        let push_key = match has_push {
            true => push::application_server_key(&server_key(cx, push::KEY_NAME)?),
            false => String::new(),
        };
        let (email, phone, locale) = match contact {
            Some(it) => (it.email, it.phone, it.locale),
            None => (None, None, locale),
        };
        Ok::<_, Error>(Known {
            email: email.unwrap_or_default(),
            phone: phone.unwrap_or_default(),
            locale,
            preferences: actions::preferences(cx.tx, person)?,
            devices: actions::devices(cx.tx, person)?,
            push_key,
        })
    });
    Ok(known.await?)
}

/// How I want to be reached.
pub async fn show(
    State(app): State<App>,
    visitor: Visitor,
    allowed: Allowed,
    Query(done): Query<Done>,
) -> Result<Response, Problem> {
    let known = known(&app, &visitor, &allowed).await?;
    let frame = done.flash(
        Frame::of(&app.core, &visitor),
        &[
            ("saved", "notices-contact-saved"),
            ("added", "notices-device-added"),
            ("removed", "notices-device-removed"),
            ("tried", "notices-try-done"),
        ],
    );
    Ok(respond(&contact_page(&app, frame, known, None)))
}

/// The preferences that a form says, over those that were; a form without them leaves them alone.
fn typed(fields: &Fields, on: &[Channel], was: &Preferences) -> Result<Preferences, Error> {
    let mut wanted = was.clone();
    if fields.get("channel-1").is_some() {
        let ranks = (1..=on.len()).map(|number| format!("channel-{number}"));
        let chosen = ranks.filter_map(|name| fields.text(&name).parse().ok());
        wanted.order = chosen.collect();
        // A channel that this server does not have now was not asked about.
        let others = was.order.iter().filter(|it| !on.contains(it));
        wanted.order.extend(others);
    }
    if fields.get("quiet_from").is_some() {
        let read = |field: &'static str| {
            minute(fields.text(field)).ok_or(Error::Invalid {
                field,
                key: "notices-quiet-wrong",
            })
        };
        wanted.quiet = QuietHours {
            from_min: read("quiet_from")?,
            until_min: read("quiet_until")?,
        };
        wanted.details = fields.text("details") == "yes";
    }
    Ok(wanted)
}

/// Keeps addresses, language and preferences; an empty address ends that channel.
pub async fn save(
    State(app): State<App>,
    visitor: Visitor,
    allowed: Allowed,
    fields: Fields,
    once: Once,
) -> Result<Response, Problem> {
    let person = own_person(&allowed)?;
    let was = known(&app, &visitor, &allowed).await?;
    let some = |name: &str| Some(fields.text(name).to_owned()).filter(|it| !it.is_empty());
    let contact = Contact {
        email: some("email"),
        phone: some("phone"),
        locale: fields.text("locale").parse().unwrap_or(visitor.locale),
    };
    let mut shown = Known {
        email: contact.email.clone().unwrap_or_default(),
        phone: contact.phone.clone().unwrap_or_default(),
        locale: contact.locale,
        ..was.clone()
    };
    let saved = match typed(&fields, &app.channels.on(), &was.preferences) {
        Err(error) => Err(error),
        Ok(wanted) => {
            shown.preferences = wanted.clone();
            let saved = app.core.once(&visitor, once, move |cx| {
                actions::set_contact(cx, person, &contact)?;
                actions::set_preferences(cx, person, &wanted)?;
                Ok::<_, Error>("/contact?done=saved".to_owned())
            });
            saved.await
        }
    };
    match saved {
        Ok(address) => Ok(Redirect::to(&address).into_response()),
        Err(Error::Invalid { field, key }) => {
            let frame = Frame::of(&app.core, &visitor);
            let page = contact_page(&app, frame, shown, Some((field, key)));
            Ok(respond_again(&page))
        }
        Err(other) => Err(other.into()),
    }
}

/// This browser asks to be woken: what `pushManager.subscribe` gave it.
pub async fn add_device(
    State(app): State<App>,
    visitor: Visitor,
    allowed: Allowed,
    fields: Fields,
    once: Once,
) -> Result<Response, Problem> {
    let person = own_person(&allowed)?;
    let push = app.channels.push.as_ref().ok_or_else(Problem::not_found)?;
    let services = push.services.clone();
    let bytes = |name: &str| {
        let text = fields.text(name).trim_end_matches('=');
        URL_SAFE_NO_PAD.decode(text).unwrap_or_default()
    };
    let (endpoint, keys) = (
        fields.text("endpoint").to_owned(),
        (bytes("p256dh"), bytes("auth")),
    );
    let address = app.core.once(&visitor, once, move |cx| {
        actions::add_device(cx, person, &services, &endpoint, keys.clone())?;
        Ok::<_, Error>("/contact?done=added".to_owned())
    });
    Ok(Redirect::to(&address.await?).into_response())
}

/// A browser is not woken any more.
pub async fn remove_device(
    State(app): State<App>,
    visitor: Visitor,
    allowed: Allowed,
    fields: Fields,
    once: Once,
) -> Result<Response, Problem> {
    let person = own_person(&allowed)?;
    let id = fields.text("device").to_owned();
    let address = app.core.once(&visitor, once, move |cx| {
        actions::remove_device(cx, person, &id)?;
        Ok::<_, Error>("/contact?done=removed".to_owned())
    });
    Ok(Redirect::to(&address.await?).into_response())
}

/// Sends a trial over one channel.
pub async fn try_out(
    State(app): State<App>,
    visitor: Visitor,
    allowed: Allowed,
    fields: Fields,
    once: Once,
) -> Result<Response, Problem> {
    let person = own_person(&allowed)?;
    let channel: Channel = fields
        .text("channel")
        .parse()
        .map_err(|_| Problem::bad_request())?;
    if !app.channels.on().contains(&channel) {
        return Err(Problem::not_found());
    }
    let locale = known(&app, &visitor, &allowed).await?.locale;
    let address = app.core.once(&visitor, once, move |cx| {
        actions::try_out(cx, person, channel, locale)?;
        Ok::<_, Error>("/contact?done=tried".to_owned())
    });
    Ok(Redirect::to(&address.await?).into_response())
}
