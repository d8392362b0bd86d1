//! The pages of the ledger.

use axum::extract::{Path, Query, State};
use axum::response::Response;
use federation::Chain;
use federation::node::Finding;
use jiff::Timestamp;
use ledger::{Block, Entry};
use serde::Deserialize;
use web::{Frame, Problem, Visitor, format, respond};

use super::{kept, unreadable};
use crate::app::ledger::Ledger;
use crate::app::{App, Keeping};
use crate::blocks::seals::pages::{
    AgencyLine, BlockLine, BlockPage, EntryLine, ExplainPage, LogPage, Standing, offence,
};

const BLOCKS: u64 = 20;
/// The most entries that a page lists; bundles hold all.
const ENTRIES: usize = 500;

/// What the ledger is, for everybody.
pub async fn explain(State(app): State<App>, visitor: Visitor) -> Result<Response, Problem> {
    let frame = Frame::of(&app.core, &visitor);
    let standing = match &app.ledger {
        Keeping::Here(ledger) => Some(standing(&frame, ledger)?),
        Keeping::Absent(_) => None,
    };
    Ok(respond(&ExplainPage { standing, frame }))
}

#[derive(Deserialize)]
pub struct Before {
    before: Option<u64>,
}

/// Everything that an outsider needs to check it.
pub async fn log(
    State(app): State<App>,
    visitor: Visitor,
    Query(page): Query<Before>,
) -> Result<Response, Problem> {
    let ledger = kept(&app)?;
    let frame = Frame::of(&app.core, &visitor);
    let status = ledger.status().await;
    let before = page.before.unwrap_or(u64::MAX);
    let blocks = ledger.blocks(before, BLOCKS).map_err(unreadable)?;
    let last = blocks.last().map_or(1, |it| it.header.height);
    let state = ledger.store().read().state().clone();
    let agencies = state.validators().iter().map(|it| {
        let mut peers = status.iter().flat_map(|it| &it.peers);
        let peer = peers.find(|peer| peer.id == it.id());
        let is_here = it.key == ledger.keys().public();
        let (state, tone) = match peer {
            _ if is_here => ("seals-agency-here", "info"),
            Some(peer) if peer.connected => ("seals-agency-there", "good"),
            _ => ("seals-agency-away", "warn"),
        };
        let findings = status.iter().flat_map(|it| &it.findings);
        let broken = findings.filter(|finding| finding.validator == it.id());
        AgencyLine {
            name: it.name.clone(),
            id: it.id().to_string(),
            state: frame.t(state),
            tone,
            broken: broken.map(|it| broke(&frame, it)).collect(),
        }
    });
    let name_of = |block: &Block| {
        let mut all = state.validators().iter();
        let found = all.find(|it| it.id() == block.header.proposer);
        found.map_or(block.header.proposer.to_string(), |it| it.name.clone())
    };
    let lines = blocks.iter().map(|block| BlockLine {
        height: block.header.height,
        when: when(&frame, block),
        proposer: name_of(block),
        entries: number(block.entries.len() as u64),
        size: number(block.header.log_size),
    });
    Ok(respond(&LogPage {
        standing: standing(&frame, ledger)?,
        origin: ledger.origin().to_owned(),
        log_key: ledger.log_key().to_string(),
        prefix: format!("{}/ledger/", app.core.base_url()),
        checkpoint: ledger.store().read().checkpoint().to_string(),
        witnesses: ledger.witnesses(),
        halted: status.as_ref().and_then(|it| it.halted.clone()),
        older: (last > 1).then(|| format!("/ledger/log?before={last}#blocks")),
        agencies: agencies.collect(),
        blocks: lines.collect(),
        frame,
    }))
}

/// One block with its entries.
pub async fn block(
    State(app): State<App>,
    visitor: Visitor,
    Path(height): Path<u64>,
) -> Result<Response, Problem> {
    let ledger = kept(&app)?;
    let block = ledger.store().read().block(height).map_err(unreadable)?;
    let (block, _) = block.ok_or_else(Problem::not_found)?;
    let frame = Frame::of(&app.core, &visitor);
    let header = &block.header;
    let first = header.log_size - block.entries.len() as u64;
    let entries = (first..).zip(&block.entries).take(ENTRIES);
    Ok(respond(&BlockPage {
        height,
        when: when(&frame, &block),
        facts: vec![
            ("seals-block-hash", header.hash().to_string()),
            ("seals-block-previous", header.previous.to_string()),
            ("seals-block-proposer", header.proposer.to_string()),
            ("seals-block-root", header.log_root.to_string()),
            ("seals-block-application", header.application.to_string()),
        ],
        more: block
            .entries
            .len()
            .checked_sub(ENTRIES)
            .filter(|it| *it > 0),
        entries: entries.map(|(index, it)| line(index, it)).collect(),
        frame,
    }))
}

/// What an agency did against the rules, in words.
fn broke(frame: &Frame, finding: &Finding) -> String {
    let what = offence(finding.offence);
    frame.say(
        "seals-offence",
        &[
            ("what", frame.t(what).into()),
            ("height", finding.height.into()),
            ("count", finding.count.into()),
        ],
    )
}

fn number(it: u64) -> String {
    format::number(i64::try_from(it).unwrap_or(i64::MAX))
}

fn line(index: u64, entry: &Entry) -> EntryLine {
    EntryLine {
        index,
        text: String::from_utf8_lossy(entry.bytes()).into_owned(),
    }
}

fn when(frame: &Frame, block: &Block) -> String {
    let at = i64::try_from(block.header.time_ms).ok();
    let at = at.and_then(|it| Timestamp::from_millisecond(it).ok());
    at.map_or(String::new(), |it| frame.date_time(&it))
}

fn standing(frame: &Frame, ledger: &Ledger) -> Result<Standing, Problem> {
    let last = ledger.blocks(u64::MAX, 1).map_err(unreadable)?;
    let store = ledger.store().read();
    Ok(Standing {
        agencies: store.state().validators().len(),
        entries: number(store.size()),
        last: last.first().map(|it| when(frame, it)).unwrap_or_default(),
        witnesses: ledger.cosigners(store.checkpoint()),
    })
}
