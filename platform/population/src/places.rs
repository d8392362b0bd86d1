//! Where the households of a batch live.

use std::ops::Range;

use arrow_array::cast::AsArray;
use arrow_array::types::Int32Type;
use arrow_array::{Array, ArrayRef, RecordBatch};

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
        let mut places: Vec<Stretch> = Vec::new();
        let mut last = None;
        for household in 0..batch.num_rows() {
            let at = (key(municipality, household), key(district, household));
            let members = offsets[household] as usize..offsets[household + 1] as usize;
            match places.last_mut() {
                Some(place) if last.as_ref() == Some(&at) => {
                    place.households.end = household + 1;
                    place.members.end = members.end;
                }
                _ => places.push(Stretch {
                    municipality: text(municipality, household),
                    district: text(district, household),
                    households: household..household + 1,
                    members,
                }),
            }
            last = Some(at);
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

/// What is the same for the same text: its key in a dictionary, else the text.
fn key(array: Option<&ArrayRef>, row: usize) -> Result<Option<i32>, String> {
    match array.and_then(|array| array.as_dictionary_opt::<Int32Type>()) {
        Some(dictionary) => Ok(dictionary.key(row).map(|key| key as i32)),
        None => Err(text(array, row)),
    }
}

fn text(array: Option<&ArrayRef>, row: usize) -> String {
    let Some(array) = array else {
        return String::new();
    };
    if let Some(dictionary) = array.as_dictionary_opt::<Int32Type>() {
        let key = dictionary.key(row);
        return key.map_or_else(String::new, |key| text(Some(dictionary.values()), key));
    }
    if array.is_null(row) {
        return String::new();
    }
    let plain = array.as_string_opt::<i32>().map(|it| it.value(row));
    let plain = plain.or_else(|| array.as_string_opt::<i64>().map(|it| it.value(row)));
    let plain = plain.or_else(|| array.as_string_view_opt().map(|it| it.value(row)));
    plain.unwrap_or_default().to_owned()
}
