//! The register as a population: every household as rules may see it, and what it has of what is offered.

use std::path::Path;

use base::ids::HouseholdId;
use db::Db;
use jiff::Timestamp;
use population::{Household, Id, IdKind, PopulationWriter, Received};
use rayon::prelude::*;
use rules::Situation;

use super::offer::picture;
use crate::areas::benefits::model::{Desk, Error};
use crate::areas::benefits::store;
use crate::blocks::people;

/// Households that are read at once, some on one snapshot of the database each.
const AT_ONCE: i64 = 256;
const ON_ONE_SNAPSHOT: usize = 32;

/// Why no population was written.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    #[error(transparent)]
    Register(#[from] Error),
    #[error(transparent)]
    File(#[from] population::Error),
    #[error("the folder of populations: {0}")]
    Folder(#[from] std::io::Error),
}

/// A household as it is written.
struct Exported {
    id: String,
    district: String,
    situation: Situation,
    receives: Vec<(String, Option<i32>)>,
}

/// Writes everybody of the register as of now to a Parquet file. `told` hears how many households are written.
/// Blocks: call it outside the runtime.
///
/// # Errors
/// A register that cannot be read, or a file that cannot be written.
pub fn export(
    db: &Db,
    desk: &Desk,
    file: &Path,
    now: Timestamp,
    mut told: impl FnMut(usize),
) -> Result<(), ExportError> {
    let mut writer = PopulationWriter::create(file, &desk.book, IdKind::Names)?;
    let (mut last, mut written) = (None, 0);
    loop {
        let page =
            db.read_blocking(move |tx| Ok::<_, Error>(people::households(tx, last, AT_ONCE)?))?;
        let Some(end) = page.last() else {
            break;
        };
        last = Some(*end);
        let read = page
            .par_chunks(ON_ONE_SNAPSHOT)
            .map(|some| read(db, desk, some.to_vec(), now));
        for household in read.collect::<Result<Vec<_>, _>>()?.iter().flatten() {
            let receives = household.receives.iter().map(|(benefit, member)| Received {
                benefit,
                member: *member,
            });
            writer.push(&Household {
                id: Id::Name(&household.id),
                district: &household.district,
                situation: &household.situation,
                receives: &receives.collect::<Vec<_>>(),
            })?;
        }
        written += page.len();
        told(written);
    }
    writer.finish()?;
    Ok(())
}

fn read(
    db: &Db,
    desk: &Desk,
    households: Vec<HouseholdId>,
    now: Timestamp,
) -> Result<Vec<Exported>, Error> {
    let today = base::seoul_date(now);
    let pictures = db.read_blocking(move |tx| {
        let read = households.iter().map(|id| {
            let offers = store::living(tx, *id)?;
            Ok::<_, Error>((*id, picture(tx, *id, today, now)?, offers))
        });
        read.collect::<Result<Vec<_>, _>>()
    })?;
    // Whoever has moved away has left an empty household behind.
    let inhabited = pictures
        .into_iter()
        .filter(|(_, picture, _)| !picture.view.members.is_empty());
    let exported = inhabited.map(|(id, picture, offers)| {
        let members: Vec<_> = picture.view.members.iter().map(|it| it.person.id).collect();
        let held = offers.into_iter().filter(|offer| offer.state.is_held());
        let receives = held.filter_map(|offer| {
            let place = match offer.about {
                Some(about) => Some(members.iter().position(|it| *it == about)? as i32),
                None => None,
            };
            Some((offer.benefit, place))
        });
        Exported {
            id: id.to_string(),
            district: picture
                .view
                .address
                .as_ref()
                .map_or_else(String::new, |it| it.dong.clone()),
            situation: desk.situation(&picture, None),
            receives: receives.collect(),
        }
    });
    Ok(exported.collect())
}
