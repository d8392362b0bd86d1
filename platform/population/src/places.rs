//! Where the households of a batch live.

use std::ops::Range;

use arrow_array::{ArrayRef, RecordBatch};
use rules::columns::text;

use crate::DISTRICT;

/// The fact that tells the municipality.
const MUNICIPALITY: &str = "municipality";

/// Households that follow each other in one place.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Stretch {
    municipality: String,
    district: String,
    households: Range<usize>,
    members: Range<usize>,
}

/// A place and who of the batch lives there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place<'a> {
    /// Empty where it is not known.
    pub municipality: &'a str,
    pub district: &'a str,
    pub households: Range<usize>,
    pub members: Range<usize>,
}

impl Place<'_> {
    /// The district, or the municipality where none is told.
    pub fn name(&self) -> &str {
        if self.district.is_empty() {
            self.municipality
        } else {
            self.district
        }
    }
}

/// The places of a batch, in the order of its households. A place may come again.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Places(Vec<Stretch>);

impl Places {
    /// Of a batch; `offsets` tell where each household's members begin.
    pub fn of(batch: &RecordBatch, offsets: &[u32]) -> Self {
        let (municipality, district) = (
            batch.column_by_name(MUNICIPALITY),
            batch.column_by_name(DISTRICT),
        );
        let told = |array: Option<&'_ ArrayRef>, household| {
            array.and_then(|array| text(array, household).map(str::to_owned))
        };
        let mut places: Vec<Stretch> = Vec::new();
        for household in 0..batch.num_rows() {
            let here = |column: Option<&ArrayRef>, there: &str| {
                column
                    .and_then(|it| text(it, household))
                    .unwrap_or_default()
                    == there
            };
            let end = offsets[household + 1] as usize;
            match places.last_mut() {
                Some(place)
                    if here(municipality, &place.municipality)
                        && here(district, &place.district) =>
                {
                    place.households.end = household + 1;
                    place.members.end = end;
                }
                _ => places.push(Stretch {
                    municipality: told(municipality, household).unwrap_or_default(),
                    district: told(district, household).unwrap_or_default(),
                    households: household..household + 1,
                    members: offsets[household] as usize..end,
                }),
            }
        }
        Self(places)
    }

    /// Each place.
    pub fn all(&self) -> impl Iterator<Item = Place<'_>> {
        self.0.iter().map(|it| Place {
            municipality: &it.municipality,
            district: &it.district,
            households: it.households.clone(),
            members: it.members.clone(),
        })
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use arrow_array::types::Int8Type;
    use arrow_array::{DictionaryArray, StringArray};

    use super::*;

    #[test]
    fn places_are_read_however_text_is_written() {
        let municipality: ArrayRef = Arc::new(StringArray::from(vec![Some("a"), Some("a"), None]));
        let districts = vec!["n", "n", "s"].into_iter();
        let district: ArrayRef = Arc::new(districts.collect::<DictionaryArray<Int8Type>>());
        let columns = [(MUNICIPALITY, municipality), (DISTRICT, district)];
        let batch = RecordBatch::try_from_iter(columns).unwrap();
        let places = Places::of(&batch, &[0, 2, 3, 7]);
        let told: Vec<_> = places
            .all()
            .map(|it| (it.municipality, it.district, it.members))
            .collect();
        assert_eq!(told, [("a", "n", 0..3), ("", "s", 3..7)]);
    }
}
