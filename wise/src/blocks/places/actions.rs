use base::ids::PlaceId;
use db::{Error, Tx};
use spine::Cx;

use super::model::{NearPlace, NewPlace, Place, PlaceKind, Point, Vacancy, distance_m};
use super::store;

/// Enters a place, or replaces what was known of it.
pub fn enter_place(cx: &mut Cx<'_, '_>, place: &NewPlace) -> Result<PlaceId, Error> {
    let fresh = cx.id(PlaceId::new);
    let id = store::upsert(cx.tx, fresh, place, cx.now)?;
    for vacancy in &place.vacancies {
        store::put_vacancy(cx.tx, id, *vacancy)?;
    }
    Ok(id)
}

/// Says how many rooms a place has for an age.
pub fn set_vacancy(cx: &mut Cx<'_, '_>, place: PlaceId, vacancy: Vacancy) -> Result<(), Error> {
    store::put_vacancy(cx.tx, place, vacancy)
}

/// All places of a kind, by name.
pub fn of_kind(tx: &mut Tx<'_>, kind: PlaceKind) -> Result<Vec<Place>, Error> {
    let mut all = store::of_kind(tx, kind)?;
    all.sort_by(|a, b| (&a.name, a.id).cmp(&(&b.name, b.id)));
    Ok(all)
}

/// The nearest places of a kind, with rooms for `age` where that is asked.
pub fn nearest(
    tx: &mut Tx<'_>,
    kind: PlaceKind,
    from: Point,
    age: Option<i64>,
    most: usize,
) -> Result<Vec<NearPlace>, Error> {
    let mut near: Vec<_> = store::of_kind(tx, kind)?
        .into_iter()
        .map(|place| NearPlace {
            distance_m: distance_m(from, place.at),
            place,
            vacancy: None,
        })
        .collect();
    near.sort_by(|a, b| (a.distance_m, &a.place.name).cmp(&(b.distance_m, &b.place.name)));
    let mut chosen = Vec::new();
    for mut it in near {
        if let Some(age) = age {
            it.vacancy = store::vacancy(tx, it.place.id, age)?;
            // A centre without a class for this age is no help.
            if it.vacancy.is_none_or(|vacancy| vacancy.capacity == 0) {
                continue;
            }
        }
        chosen.push(it);
        if chosen.len() == most {
            break;
        }
    }
    Ok(chosen)
}
