use base::Won;
use base::ids::PlaceId;
use db::{Error, Tx, values};
use jiff::Timestamp;

use super::model::{NewPlace, Place, PlaceKind, Point, Vacancy};

pub(super) fn upsert(
    tx: &mut Tx<'_>,
    id: PlaceId,
    it: &NewPlace,
    now: Timestamp,
) -> Result<PlaceId, Error> {
    tx.query_one(
        "INSERT INTO places_place (id, code, kind, name, dong, address, latitude, longitude, \
         phone, hours, languages, price_per_hour, source, updated_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14) \
         ON CONFLICT (code) DO UPDATE SET kind = excluded.kind, name = excluded.name, \
         dong = excluded.dong, address = excluded.address, latitude = excluded.latitude, \
         longitude = excluded.longitude, phone = excluded.phone, hours = excluded.hours, \
         languages = excluded.languages, price_per_hour = excluded.price_per_hour, \
         source = excluded.source, updated_at = excluded.updated_at RETURNING id",
        values![
            id,
            &it.code,
            it.kind.word(),
            &it.name,
            &it.dong,
            &it.address,
            it.at.latitude,
            it.at.longitude,
            &it.phone,
            &it.hours,
            &it.languages,
            it.price_per_hour.map(|won| won.0),
            &it.source,
            now
        ],
    )?
    .parse(0)
}

pub(super) fn put_vacancy(tx: &mut Tx<'_>, id: PlaceId, it: Vacancy) -> Result<(), Error> {
    tx.execute(
        "INSERT INTO places_vacancy (place_id, age, capacity, vacant, waiting) \
         VALUES ($1, $2, $3, $4, $5) ON CONFLICT (place_id, age) DO UPDATE SET \
         capacity = excluded.capacity, vacant = excluded.vacant, waiting = excluded.waiting",
        values![id, it.age, it.capacity, it.vacant, it.waiting],
    )?;
    Ok(())
}

pub(super) fn of_kind(tx: &mut Tx<'_>, kind: PlaceKind) -> Result<Vec<Place>, Error> {
    tx.query_map(
        "SELECT id, kind, name, dong, address, latitude, longitude, phone, hours, languages, \
         price_per_hour, source, updated_at FROM places_place WHERE kind = $1",
        values![kind.word()],
        |row| {
            Ok(Place {
                id: row.parse(0)?,
                kind: row.parse(1)?,
                name: row.get(2)?,
                dong: row.get(3)?,
                address: row.get(4)?,
                at: Point {
                    latitude: row.get(5)?,
                    longitude: row.get(6)?,
                },
                phone: row.get(7)?,
                hours: row.get(8)?,
                languages: row.get(9)?,
                price_per_hour: row.get::<Option<i64>>(10)?.map(Won),
                source: row.get(11)?,
                updated_at: row.get(12)?,
            })
        },
    )
}

pub(super) fn vacancy(tx: &mut Tx<'_>, id: PlaceId, age: i64) -> Result<Option<Vacancy>, Error> {
    tx.query_opt(
        "SELECT age, capacity, vacant, waiting FROM places_vacancy \
         WHERE place_id = $1 AND age = $2",
        values![id, age],
    )?
    .map(|row| {
        Ok(Vacancy {
            age: row.get(0)?,
            capacity: row.get(1)?,
            vacant: row.get(2)?,
            waiting: row.get(3)?,
        })
    })
    .transpose()
}
