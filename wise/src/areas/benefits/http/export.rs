//! A resident's offers to take along.

use web::export::instant;
use web::{Export, Frame};

use super::show::Loaded;
use crate::app::App;
use crate::areas::benefits::model::Offer;
use crate::country::words;

/// The list of offers; amounts in won.
pub(super) fn export(app: &App, frame: &Frame, loaded: &Loaded) -> Export {
    let columns = [
        ("benefit", "benefits-benefit"),
        ("about", "benefits-column-about"),
        ("state", "benefits-column-state"),
        ("amount_krw", "benefits-column-amount"),
        ("monthly", "benefits-monthly"),
        ("to_tell", "benefits-column-to-tell"),
        ("deadline", "benefits-deadline"),
        ("made_at", "benefits-column-made"),
        ("as_of", "benefits-column-as-of"),
        ("rules_digest", "benefits-rule"),
        ("id", "benefits-column-number"),
    ];
    let columns = columns.map(|(key, title)| (key, frame.t(title)));
    let mut table = Export::new("offers", columns.into());
    for offer in &loaded.offers {
        let benefit = app.country.book.benefit(&offer.benefit);
        table.push([
            benefit
                .map_or_else(
                    || offer.benefit.clone(),
                    |it| words::benefit_name(frame, it),
                )
                .into(),
            about(loaded, offer).into(),
            frame
                .t(&format!("benefits-column-state-{}", offer.state))
                .into(),
            offer.amount.into(),
            offer.monthly.into(),
            offer.to_tell.into(),
            offer.deadline.map(|day| day.to_string()).into(),
            instant(offer.made_at),
            offer.as_of.to_string().into(),
            offer.rules_digest.as_str().into(),
            offer.id.to_string().into(),
        ]);
    }
    table
}

/// The name of whom an offer is about; nothing where it is the household.
fn about(loaded: &Loaded, offer: &Offer) -> Option<String> {
    let member = loaded.picture.view.member(offer.about?)?;
    Some(member.person.name.clone())
}
