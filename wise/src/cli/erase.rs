use base::ids::PersonId;
use clap::Args;

use super::backup::FILE;
use super::config::Config;
use super::{act, say};
use crate::server;

/// Who is erased, and why.
#[derive(Args)]
pub(super) struct EraseArgs {
    /// Id of the person
    person: PersonId,
    /// The article of law, or the decision, that says so
    #[arg(long)]
    basis: String,
}

/// Destroys what is held about a person.
pub(super) fn erase(config: &Config, args: &EraseArgs) -> Result<(), String> {
    if args.basis.trim().is_empty() {
        return Err(
            "--basis wants the article of law or the decision: \"개인정보 보호법 제21조\"".into(),
        );
    }
    let db = config.open(FILE)?;
    let (person, basis) = (args.person, args.basis.clone());
    let done = act(&db, move |cx| server::erase(cx, person, &basis));
    done.map_err(|it| match it {
        server::EraseError::People(crate::blocks::people::Error::NotFound(_)) => {
            format!("nobody here has the id {person}")
        }
        server::EraseError::People(crate::blocks::people::Error::StillMember) => {
            format!(
                "{person} still belongs to a household: record the death or the departure first"
            )
        }
        other => other.to_string(),
    })?;
    say(&format!(
        "{person} is erased: rows, keys and what opens the seals; the ledger is as it was"
    ));
    say(
        "backups and snapshots of the register from before still hold the data: destroy them by their own terms",
    );
    Ok(())
}
