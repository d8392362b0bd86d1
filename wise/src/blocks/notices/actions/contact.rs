use std::collections::BTreeMap;

use base::Locale;
use base::ids::{DeliveryId, NoticeId, PersonId};
use db::Tx;
use spine::Cx;

use crate::blocks::notices::choice::{DAY_MIN, Preferences};
use crate::blocks::notices::model::{Channel, Contact, Device, Error, NewNotice, Urgency};
use crate::blocks::notices::{push, store};
use crate::blocks::people;

/// A person has no more browsers than this; the one that asked first is forgotten.
const MOST_DEVICES: usize = 10;
/// Longest endpoint that is kept, in bytes.
const LONGEST_ENDPOINT: usize = 2_000;

fn invalid(field: &'static str, key: &'static str) -> Error {
    Error::Invalid { field, key }
}

/// Says where a person is to be reached.
pub fn set_contact(cx: &mut Cx<'_, '_>, person: PersonId, contact: &Contact) -> Result<(), Error> {
    if let Some(email) = &contact.email
        && email.parse::<lettre::Address>().is_err()
    {
        return Err(invalid("email", "notices-email-wrong"));
    }
    let phone = match &contact.phone {
        None => None,
        Some(typed) => Some(phone_digits(typed).ok_or(invalid("phone", "notices-phone-wrong"))?),
    };
    let contact = Contact {
        phone,
        ..contact.clone()
    };
    Ok(store::put_contact(cx.tx, person, &contact)?)
}

/// A mobile number as gateways want it: `01012345678`, or `+` with 8 to 15 digits.
fn phone_digits(typed: &str) -> Option<String> {
    let digits: String = typed
        .chars()
        .filter(|it| !matches!(it, ' ' | '-' | '.' | '(' | ')'))
        .collect();
    let number = digits.strip_prefix('+').unwrap_or(&digits);
    let is_foreign = number.len() < digits.len() && (8..=15).contains(&number.len());
    let is_korean = digits.starts_with("01") && matches!(digits.len(), 10 | 11);
    let is_number = number.bytes().all(|it| it.is_ascii_digit());
    (is_number && (is_foreign || is_korean)).then_some(digits)
}

/// Where a person is to be reached; `None` while they have not said so.
pub fn contact(tx: &mut Tx<'_>, person: PersonId) -> Result<Option<Contact>, Error> {
    Ok(store::contact(tx, person)?)
}

/// Says which channels a person wants, in which order, and when not.
pub fn set_preferences(
    cx: &mut Cx<'_, '_>,
    person: PersonId,
    wanted: &Preferences,
) -> Result<(), Error> {
    let mut order = wanted.order.clone();
    order.sort_by_key(|it| it.word());
    order.dedup();
    if order.len() < wanted.order.len() {
        return Err(invalid("channel-1", "notices-order-twice"));
    }
    if wanted.quiet.from_min >= DAY_MIN || wanted.quiet.until_min >= DAY_MIN {
        return Err(invalid("quiet_from", "notices-quiet-wrong"));
    }
    Ok(store::put_preferences(cx.tx, person, wanted)?)
}

/// What a person wants, or the usual while they have not said so.
pub fn preferences(tx: &mut Tx<'_>, person: PersonId) -> Result<Preferences, Error> {
    Ok(store::preferences(tx, person)?.unwrap_or_default())
}

/// A browser asks to be woken. `services` are the hosts of push services that this server speaks to:
/// the endpoint comes from outside, and no request may be led elsewhere by it.
pub fn add_device(
    cx: &mut Cx<'_, '_>,
    person: PersonId,
    services: &[String],
    endpoint: &str,
    (p256dh, auth): (Vec<u8>, Vec<u8>),
) -> Result<(), Error> {
    let is_known = push::is_known_service(endpoint, services);
    let fits = p256dh.len() == 65 && p256dh[0] == 4 && auth.len() == 16;
    if !is_known || !fits || endpoint.len() > LONGEST_ENDPOINT {
        return Err(invalid("push", "notices-push-wrong"));
    }
    let device = Device {
        id: push::digest(endpoint),
        endpoint: endpoint.to_owned(),
        p256dh,
        auth,
        since: cx.now,
    };
    store::put_device(cx.tx, person, &device)?;
    let all = store::devices(cx.tx, person)?;
    for old in all.iter().rev().skip(MOST_DEVICES) {
        store::delete_device(cx.tx, &old.id)?;
    }
    Ok(())
}

/// A person's browsers, the latest last.
pub fn devices(tx: &mut Tx<'_>, person: PersonId) -> Result<Vec<Device>, Error> {
    Ok(store::devices(tx, person)?)
}

/// A person does not want this browser to be woken any more.
pub fn remove_device(cx: &mut Cx<'_, '_>, person: PersonId, id: &str) -> Result<(), Error> {
    let own = store::devices(cx.tx, person)?;
    if own.iter().any(|it| it.id == id) {
        store::delete_device(cx.tx, id)?;
    }
    Ok(())
}

/// Browsers of which the push service says that they are gone.
pub fn forget_devices(cx: &mut Cx<'_, '_>, ids: &[String]) -> Result<(), Error> {
    for id in ids {
        store::delete_device(cx.tx, id)?;
    }
    Ok(())
}

/// The secret of this name that all processes on the database share: the first that asks makes it.
pub fn server_key(cx: &mut Cx<'_, '_>, name: &str) -> Result<[u8; 32], Error> {
    if let Some(known) = store::key(cx.tx, name)? {
        return Ok(known);
    }
    store::put_key(cx.tx, name, &push::new_secret(cx.rng), cx.now)?;
    store::key(cx.tx, name)?.ok_or(Error::NotFound)
}

/// Sends a trial over one channel, at any hour: the person has just asked for it.
pub fn try_out(
    cx: &mut Cx<'_, '_>,
    person: PersonId,
    channel: Channel,
    locale: Locale,
) -> Result<(), Error> {
    let contact = store::contact(cx.tx, person)?;
    let (email, phone) = contact.map_or((None, None), |it| (it.email, it.phone));
    let address = match channel {
        Channel::Email => email,
        Channel::Sms => phone,
        Channel::Push => (!store::devices(cx.tx, person)?.is_empty()).then(String::new),
        Channel::Letter => None,
    };
    let address = address.ok_or(invalid("try", "notices-try-nowhere"))?;
    let id = cx.id(NoticeId::new);
    let new = NewNotice {
        person,
        subject: people::pseudonym_of(cx.tx, person)?,
        once_key: format!("notices|try|{id}"),
        message: "notices-try",
        arguments: BTreeMap::new(),
        link: "/contact".into(),
        urgency: Urgency::Urgent,
        answer_by: None,
    };
    // Nothing is to be decided about it afterwards, and no fact tells of it.
    store::insert(cx.tx, id, &new, None, cx.now)?;
    let delivery = cx.id(DeliveryId::new);
    let to = store::To {
        channel,
        address: &address,
        locale,
        agency: None,
    };
    store::queue(cx.tx, delivery, id, &to, cx.now, cx.now)?;
    cx.tx.signal()?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mobile_number_is_told_from_other_numbers() {
        let digits = |typed| phone_digits(typed);
        assert_eq!(digits("010-1234-5678").as_deref(), Some("01012345678"));
        assert_eq!(digits("+49 170 1234567").as_deref(), Some("+491701234567"));
        for wrong in [
            "",
            "02-123-4567",
            "010-1234",
            "010-1234-567a",
            "+1",
            "++4917012345",
        ] {
            assert_eq!(digits(wrong), None, "{wrong}");
        }
    }
}
