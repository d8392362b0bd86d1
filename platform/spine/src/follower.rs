//! Followers: named readers of the spine with durable cursors.
//!
//! A step reads a batch and what it needs on one snapshot, works out what the facts mean without any
//! transaction open, and then stores the effect *and* the moved cursor in one transaction, only if the
//! cursor still stands where it was read. So a fact takes effect once, however often it is delivered.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

use base::{Clock, Entropy};
use db::{Db, Tx, values};
use jiff::{SignedDuration, Timestamp};
use tokio::runtime::Handle;

use crate::fact::COLUMNS;
use crate::{Cx, Error, Fact};

/// Into how many parts every follower's work is divided between processes.
pub const PARTS: i64 = 4;

const BATCH: i64 = 64;
const LEASE: SignedDuration = SignedDuration::from_secs(5);

/// Reacts to facts.
pub trait Follower: Send + Sync + 'static {
    /// What was read beside the facts.
    type Loaded: Send + 'static;
    /// What the facts mean, ready to be stored.
    type Conclusion: Send + 'static;

    /// A stable name; renaming it starts it anew.
    fn name(&self) -> &'static str;

    /// Whether it wants to see facts of a kind.
    fn wants(&self, kind: &str) -> bool;

    /// Reads what the conclusion needs, on the snapshot that the facts were read from.
    fn load(&self, tx: &mut Tx<'_>, facts: &[Fact]) -> Result<Self::Loaded, Error>;

    /// Works out what the facts mean; no transaction is open here.
    fn conclude(&self, loaded: Self::Loaded) -> Result<Self::Conclusion, Error>;

    /// Stores the effect. Runs in the transaction that moves the cursor.
    fn apply(&self, cx: &mut Cx<'_, '_>, conclusion: &Self::Conclusion) -> Result<(), Error>;
}

/// A follower without its types.
trait Step: Send + Sync {
    fn name(&self) -> &'static str;
    fn step(&self, desk: &Desk, part: i64, batch: i64) -> Result<usize, Error>;
}

/// What a step works with.
#[derive(Clone)]
struct Desk {
    db: Db,
    clock: Arc<dyn Clock>,
    entropy: Entropy,
    /// Names this process in the leases.
    holder: String,
}

struct Named<F>(Arc<F>);

impl<F: Follower> Step for Named<F> {
    fn name(&self) -> &'static str {
        self.0.name()
    }

    fn step(&self, desk: &Desk, part: i64, batch: i64) -> Result<usize, Error> {
        let (follower, now, holder) = (self.0.clone(), desk.clock.now(), desk.holder.clone());
        let taken = desk.db.read_blocking(move |tx| {
            let Some(cursor) = Cursor::open(tx, follower.name(), part, &holder, now)? else {
                return Ok::<_, Error>(None);
            };
            let facts = cursor.facts(tx, batch)?;
            let Some(last) = facts.last() else {
                return Ok(None);
            };
            let (end, read) = ((last.epoch, last.seq), facts.len());
            let wanted: Vec<Fact> = facts
                .into_iter()
                .filter(|fact| follower.wants(&fact.kind))
                .collect();
            let loaded = if wanted.is_empty() {
                None
            } else {
                Some(follower.load(tx, &wanted)?)
            };
            Ok(Some((cursor, end, read, loaded)))
        })?;
        let Some((cursor, end, read, loaded)) = taken else {
            return Ok(0);
        };
        let conclusion = loaded.map(|it| self.0.conclude(it)).transpose()?;
        let (follower, entropy, holder) =
            (self.0.clone(), desk.entropy.clone(), desk.holder.clone());
        desk.db.write_blocking(move |tx| {
            if !cursor.advance(tx, end, &holder, now)? {
                return Ok(0);
            }
            if let Some(conclusion) = &conclusion {
                let mut cx = Cx {
                    tx,
                    now,
                    rng: &mut entropy.rng(),
                    actor: None,
                };
                follower.apply(&mut cx, conclusion)?;
            }
            Ok(read)
        })
    }
}

/// Where a follower stood when a step began.
struct Cursor {
    follower: &'static str,
    part: i64,
    epoch: i64,
    seq: i64,
    /// No row yet: the first step makes it.
    new: bool,
}

impl Cursor {
    /// The cursor, unless another living process holds it.
    fn open(
        tx: &mut Tx<'_>,
        follower: &'static str,
        part: i64,
        holder: &str,
        now: Timestamp,
    ) -> Result<Option<Self>, Error> {
        let row = tx.query_opt(
            "SELECT epoch, seq, holder, held_until FROM spine_cursor \
             WHERE follower = $1 AND part = $2",
            values![follower, part],
        )?;
        let Some(row) = row else {
            return Ok(Some(Self {
                follower,
                part,
                epoch: -1,
                seq: 0,
                new: true,
            }));
        };
        let (held_by, until): (String, Timestamp) = (row.get(2)?, row.get(3)?);
        // A lease far in the future was written under another clock (the sample city's); it is void.
        let held = until > now && until.duration_since(now) <= LEASE;
        if held_by != holder && held {
            return Ok(None);
        }
        Ok(Some(Self {
            follower,
            part,
            epoch: row.get(0)?,
            seq: row.get(1)?,
            new: false,
        }))
    }

    /// The next facts whose place in commit order is final.
    ///
    /// Two reads of one snapshot instead of `(epoch, seq) > ($2, $3)`: `SQLite` answers the row
    /// comparison by walking the whole part, because it keeps every fact under one epoch.
    fn facts(&self, tx: &mut Tx<'_>, batch: i64) -> Result<Vec<Fact>, Error> {
        let settled = tx.settled_before()?;
        let same = format!(
            "SELECT {COLUMNS} FROM spine_fact WHERE part = $1 AND epoch = $2 AND seq > $3 \
             AND epoch < $4 ORDER BY seq LIMIT $5"
        );
        let values = values![self.part, self.epoch, self.seq, settled, batch];
        let mut facts = tx.query_map(&same, values, Fact::from_row)?;
        let left = batch - i64::try_from(facts.len()).unwrap_or(batch);
        if left > 0 {
            let later = format!(
                "SELECT {COLUMNS} FROM spine_fact WHERE part = $1 AND epoch > $2 AND epoch < $3 \
                 ORDER BY epoch, seq LIMIT $4"
            );
            let values = values![self.part, self.epoch, settled, left];
            facts.extend(tx.query_map(&later, values, Fact::from_row)?);
        }
        Ok(facts)
    }

    /// Moves to `end`, unless somebody else moved it meanwhile.
    fn advance(
        &self,
        tx: &mut Tx<'_>,
        end: (i64, i64),
        holder: &str,
        now: Timestamp,
    ) -> Result<bool, Error> {
        let until = now.checked_add(LEASE).unwrap_or(now);
        let touched = if self.new {
            tx.execute(
                "INSERT INTO spine_cursor \
                 (follower, part, epoch, seq, holder, held_until, moved_at) \
                 VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT (follower, part) DO NOTHING",
                values![self.follower, self.part, end.0, end.1, holder, until, now],
            )?
        } else {
            tx.execute(
                "UPDATE spine_cursor SET epoch = $3, seq = $4, holder = $5, held_until = $6, \
                 moved_at = $7, failure = NULL \
                 WHERE follower = $1 AND part = $2 AND epoch = $8 AND seq = $9",
                values![
                    self.follower,
                    self.part,
                    end.0,
                    end.1,
                    holder,
                    until,
                    now,
                    self.epoch,
                    self.seq
                ],
            )?
        };
        Ok(touched == 1)
    }
}

/// All followers of a server.
#[derive(Clone)]
pub struct Followers {
    desk: Desk,
    steps: Vec<Arc<dyn Step>>,
}

impl Followers {
    /// No followers yet; `holder` names this process among others on the same database.
    pub fn new(db: Db, clock: Arc<dyn Clock>, entropy: Entropy, holder: String) -> Self {
        Self {
            desk: Desk {
                db,
                clock,
                entropy,
                holder,
            },
            steps: Vec::new(),
        }
    }

    /// Adds a follower.
    #[must_use]
    pub fn with(mut self, follower: impl Follower) -> Self {
        self.steps.push(Arc::new(Named(Arc::new(follower))));
        self
    }

    /// The names, in the order they were added.
    pub fn names(&self) -> Vec<&'static str> {
        self.steps.iter().map(|step| step.name()).collect()
    }

    /// Works until no follower has anything left to do. Not to be called on an async thread.
    pub fn drain(&self) -> Result<(), Error> {
        loop {
            // Asked before the pass: a fact that settles after a step has read is seen by the next pass.
            let settled = self.desk.db.read_blocking(all_settled)?;
            let mut handled = 0;
            for step in &self.steps {
                for part in 0..PARTS {
                    handled += step.step(&self.desk, part, BATCH)?;
                }
            }
            if handled == 0 {
                if settled {
                    return Ok(());
                }
                // Another transaction is still in flight; what it may write comes first.
                std::thread::sleep(Duration::from_millis(2));
            }
        }
    }

    /// Runs every follower on a thread of its own until `stop` is set. Each ends within about a second of
    /// that, and is to be joined before the runtime of `handle` ends.
    pub fn start(&self, handle: &Handle, stop: &Arc<AtomicBool>) -> Vec<JoinHandle<()>> {
        let mut threads = Vec::new();
        for step in &self.steps {
            let (step, desk, handle, stop) = (
                step.clone(),
                self.desk.clone(),
                handle.clone(),
                stop.clone(),
            );
            let named = std::thread::Builder::new().name(format!("follow-{}", step.name()));
            match named.spawn(move || follow(&*step, &desk, &handle, &stop)) {
                Ok(thread) => threads.push(thread),
                Err(error) => tracing::error!(%error, "cannot start a follower"),
            }
        }
        threads
    }
}

/// Whether the place of every fact in commit order is final.
fn all_settled(tx: &mut Tx<'_>) -> Result<bool, Error> {
    let settled = tx.settled_before()?;
    for part in 0..PARTS {
        let newest: Option<i64> = tx
            .query_one(
                "SELECT MAX(epoch) FROM spine_fact WHERE part = $1",
                values![part],
            )?
            .get(0)?;
        if newest.is_some_and(|epoch| epoch >= settled) {
            return Ok(false);
        }
    }
    Ok(true)
}

fn follow(step: &dyn Step, desk: &Desk, handle: &Handle, stop: &AtomicBool) {
    let mut changes = desk.db.changes();
    let mut pause = Duration::from_millis(100);
    while !stop.load(Ordering::Relaxed) {
        changes.borrow_and_update();
        let mut handled = 0;
        let mut failed = false;
        for part in 0..PARTS {
            match step
                .step(desk, part, BATCH)
                .or_else(|_| step.step(desk, part, 1))
            {
                Ok(count) => handled += count,
                Err(error) => {
                    failed = true;
                    tracing::error!(follower = step.name(), part, %error, "a follower is held up");
                    report(desk, step.name(), part, &error);
                }
            }
        }
        if failed {
            sleep_unless(stop, pause);
            pause = (pause * 2).min(Duration::from_secs(30));
        } else {
            pause = Duration::from_millis(100);
            if handled == 0 {
                // The time-out takes over leases of processes that ended.
                let wait =
                    async { tokio::time::timeout(Duration::from_secs(1), changes.changed()).await };
                drop(handle.block_on(wait));
            }
        }
    }
}

fn sleep_unless(stop: &AtomicBool, pause: Duration) {
    let step = Duration::from_millis(100);
    let mut slept = Duration::ZERO;
    while slept < pause && !stop.load(Ordering::Relaxed) {
        std::thread::sleep(step);
        slept += step;
    }
}

/// Writes down what holds a follower up, for the operator's page.
fn report(desk: &Desk, follower: &'static str, part: i64, error: &Error) {
    let text = error.to_string();
    let stored = desk.db.write_blocking(move |tx| {
        tx.execute(
            "UPDATE spine_cursor SET failure = $3 WHERE follower = $1 AND part = $2",
            values![follower, part, &text],
        )
    });
    if let Err(error) = stored {
        tracing::error!(follower, %error, "cannot note the failure of a follower");
    }
}

/// How a follower is doing, for operators.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FollowerState {
    pub follower: String,
    /// Facts not handled yet.
    pub behind: i64,
    pub moved_at: Option<Timestamp>,
    pub failure: Option<String>,
}

/// The state of the named followers.
pub fn states(tx: &mut Tx<'_>, names: &[&'static str]) -> Result<Vec<FollowerState>, Error> {
    let mut states = Vec::new();
    for name in names {
        let mut state = FollowerState {
            follower: (*name).to_owned(),
            behind: 0,
            moved_at: None,
            failure: None,
        };
        for part in 0..PARTS {
            let row = tx.query_opt(
                "SELECT epoch, seq, moved_at, failure FROM spine_cursor \
                 WHERE follower = $1 AND part = $2",
                values![*name, part],
            )?;
            let (epoch, seq): (i64, i64) = match &row {
                Some(row) => (row.get(0)?, row.get(1)?),
                None => (-1, 0),
            };
            if let Some(row) = row {
                state.moved_at = state.moved_at.max(Some(row.get(2)?));
                state.failure = state.failure.or(row.get(3)?);
            }
            // Two index ranges, for the reason given at `Cursor::facts`.
            let behind: i64 = tx
                .query_one(
                    "SELECT (SELECT COUNT(*) FROM spine_fact WHERE part = $1 AND epoch = $2 \
                     AND seq > $3) + (SELECT COUNT(*) FROM spine_fact WHERE part = $1 \
                     AND epoch > $2)",
                    values![part, epoch, seq],
                )?
                .get(0)?;
            state.behind += behind;
        }
        states.push(state);
    }
    Ok(states)
}

/// Sends a follower back to the first fact; its effects are idempotent, so nothing happens twice.
pub fn rewind(tx: &mut Tx<'_>, follower: &str) -> Result<(), Error> {
    tx.execute(
        "UPDATE spine_cursor SET epoch = -1, seq = 0 WHERE follower = $1",
        values![follower],
    )?;
    Ok(())
}

/// Makes a restored spine readable: the epochs of another database mean nothing in this one, so
/// commit order becomes plain number order.
pub fn after_restore(tx: &mut Tx<'_>) -> Result<(), Error> {
    tx.execute(
        "UPDATE spine_cursor SET seq = (SELECT COUNT(*) FROM spine_fact f WHERE \
         (f.epoch, f.seq) <= (spine_cursor.epoch, spine_cursor.seq)), epoch = 0",
        &[],
    )?;
    // Negative numbers first, so that no number is taken twice on the way.
    tx.execute(
        "UPDATE spine_fact SET seq = -numbered.place FROM (SELECT seq AS was, \
         ROW_NUMBER() OVER (ORDER BY epoch, seq) AS place FROM spine_fact) AS numbered \
         WHERE spine_fact.seq = numbered.was",
        &[],
    )?;
    tx.execute("UPDATE spine_fact SET seq = -seq, epoch = 0", &[])?;
    Ok(())
}
