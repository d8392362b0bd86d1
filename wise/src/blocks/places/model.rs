use base::Won;
use base::ids::PlaceId;
use jiff::Timestamp;

use crate::blocks::people::words;

words! {
    /// What a place is for.
    PlaceKind {
        Daycare = "daycare",
        Kindergarten = "kindergarten",
        Sitter = "sitter",
        PostnatalHelper = "postnatal_helper",
        SharedChildcare = "shared_childcare",
        HealthCentre = "health_centre",
        CommunityCentre = "community_centre",
        Hospital = "hospital",
    }
}

/// Degrees, WGS 84.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Point {
    pub latitude: f64,
    pub longitude: f64,
}

#[derive(Clone, Debug, PartialEq)]
pub struct Place {
    pub id: PlaceId,
    pub kind: PlaceKind,
    pub name: String,
    pub dong: String,
    pub address: String,
    pub at: Point,
    pub phone: String,
    pub hours: String,
    pub languages: String,
    pub price_per_hour: Option<Won>,
    pub source: String,
    pub updated_at: Timestamp,
}

#[derive(Clone, Debug)]
pub struct NewPlace {
    /// The directory's own code, so that entering it again replaces it.
    pub code: String,
    pub kind: PlaceKind,
    pub name: String,
    pub dong: String,
    pub address: String,
    pub at: Point,
    pub phone: String,
    pub hours: String,
    pub languages: String,
    pub price_per_hour: Option<Won>,
    pub source: String,
    pub vacancies: Vec<Vacancy>,
}

/// Rooms for children of one age.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Vacancy {
    /// Years.
    pub age: i64,
    pub capacity: i64,
    pub vacant: i64,
    pub waiting: i64,
}

/// A place with how far it is.
#[derive(Clone, Debug, PartialEq)]
pub struct NearPlace {
    pub place: Place,
    /// Along the great circle.
    pub distance_m: i64,
    /// For the age asked about.
    pub vacancy: Option<Vacancy>,
}

/// Great-circle distance in metres on a sphere of 6,371,008.8 m (haversine; IUGG mean radius).
pub fn distance_m(a: Point, b: Point) -> i64 {
    let (lat_a, lat_b) = (a.latitude.to_radians(), b.latitude.to_radians());
    let half_lat = ((b.latitude - a.latitude).to_radians() / 2.0).sin();
    let half_lon = ((b.longitude - a.longitude).to_radians() / 2.0).sin();
    let h = half_lat * half_lat + lat_a.cos() * lat_b.cos() * half_lon * half_lon;
    #[expect(clippy::cast_possible_truncation, reason = "at most 20,015,115 m")]
    let metres = (2.0 * 6_371_008.8 * h.sqrt().min(1.0).asin()).round() as i64;
    metres
}

/// Minutes on foot at 67 m a minute (4 km/h), streets being about 1.3 times the straight line.
pub fn walk_minutes(distance_m: i64) -> i64 {
    (distance_m * 13 / 10 + 66) / 67
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hundredth_of_a_degree_north_is_1112_metres() {
        let a = Point {
            latitude: 37.0,
            longitude: 127.0,
        };
        let b = Point {
            latitude: 37.01,
            longitude: 127.0,
        };
        assert_eq!(distance_m(a, b), 1112);
        assert_eq!(distance_m(a, a), 0);
        assert_eq!(walk_minutes(0), 0);
        assert_eq!(walk_minutes(515), 10);
    }
}
