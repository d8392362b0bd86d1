//! Sessions: a random token in a cookie, its digest in the store, rotation, idle and absolute ends.

use base::ids::AccountId;
use db::{Error, Row, Tx, values};
use jiff::{SignedDuration, Timestamp};
use rand::Rng;
use spine::Cx;

use crate::accounts::{self, Account};
use crate::{once, secret};

/// The cookie that holds a session's token.
pub const COOKIE: &str = "wise_session";

/// How long requests that were under way at a rotation may still carry the token before it.
const GRACE: SignedDuration = SignedDuration::from_secs(60);
/// How exactly the last sign of life is kept: a write at most this often.
const SEEN_STEP: SignedDuration = SignedDuration::from_secs(60);

/// How long sessions live.
#[derive(Clone, Copy, Debug)]
pub struct SessionLimits {
    /// Ends after this long without a request.
    pub idle: SignedDuration,
    /// Ends after this long in any case.
    pub absolute: SignedDuration,
    /// The token is exchanged this often.
    pub rotate: SignedDuration,
}

impl Default for SessionLimits {
    fn default() -> Self {
        Self {
            idle: SignedDuration::from_hours(1),
            absolute: SignedDuration::from_hours(12),
            rotate: SignedDuration::from_mins(15),
        }
    }
}

/// A session that is good now.
#[derive(Clone, Debug)]
pub(crate) struct Session {
    pub id: String,
    pub account: Account,
    pub csrf: String,
    token: String,
    seen_at: Timestamp,
    rotated_at: Timestamp,
    confirmed: bool,
}

/// What has to be written because a session was used.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Upkeep {
    Nothing,
    /// Note the sign of life, and that the browser has the newest token.
    Touch,
    /// Give the browser a new token.
    Rotate,
}

/// Opens a session and returns its token for the cookie. Sessions that are over are swept out.
pub(crate) fn open(
    cx: &mut Cx<'_, '_>,
    account: AccountId,
    limits: &SessionLimits,
) -> Result<String, Error> {
    sweep(cx.tx, cx.now, limits)?;
    let token = secret::token(cx.rng);
    let id = secret::token(cx.rng);
    let csrf = secret::token(cx.rng);
    cx.tx.execute(
        "INSERT INTO web_session (id, account, token, csrf, created_at, seen_at, rotated_at, \
         confirmed) VALUES ($1, $2, $3, $4, $5, $5, $5, 1)",
        values![id, account, secret::digest(&token), csrf, cx.now],
    )?;
    Ok(token)
}

fn sweep(tx: &mut Tx<'_>, now: Timestamp, limits: &SessionLimits) -> Result<(), Error> {
    tx.execute(
        "DELETE FROM web_session WHERE seen_at < $1 OR created_at < $2",
        values![now - limits.idle, now - limits.absolute],
    )?;
    once::sweep(tx, now)
}

/// The session of a cookie's token, if it is good.
pub(crate) fn find(
    tx: &mut Tx<'_>,
    token: &str,
    now: Timestamp,
    limits: &SessionLimits,
) -> Result<Option<Session>, Error> {
    let digest = secret::digest(token);
    let sql = format!(
        "SELECT {}, s.id, s.csrf, s.token, s.seen_at, s.rotated_at, s.confirmed \
         FROM web_session s JOIN web_account a ON a.id = s.account \
         WHERE (s.token = $1 OR s.previous = $1) AND s.seen_at >= $2 AND s.created_at >= $3 \
         AND a.disabled = 0",
        accounts::COLUMNS
    );
    let oldest = [now - limits.idle, now - limits.absolute];
    let row = tx.query_opt(&sql, values![&digest, oldest[0], oldest[1]])?;
    let session = row.as_ref().map(from_row).transpose()?;
    Ok(session.filter(|it| it.token == digest || it.accepts_previous(now)))
}

fn from_row(row: &Row) -> Result<Session, Error> {
    Ok(Session {
        account: accounts::from_row(row)?,
        id: row.get(8)?,
        csrf: row.get(9)?,
        token: row.get(10)?,
        seen_at: row.get(11)?,
        rotated_at: row.get(12)?,
        confirmed: row.get(13)?,
    })
}

impl Session {
    /// The token before is good for what was under way, and as long as the browser never showed
    /// that it received the new one.
    fn accepts_previous(&self, now: Timestamp) -> bool {
        !self.confirmed || self.rotated_at + GRACE > now
    }

    pub fn upkeep(&self, token: &str, now: Timestamp, limits: &SessionLimits) -> Upkeep {
        let newest = self.token == secret::digest(token);
        let lost = !newest && !self.confirmed && self.rotated_at + GRACE <= now;
        if lost || (newest && self.rotated_at + limits.rotate <= now) {
            Upkeep::Rotate
        } else if (newest && !self.confirmed) || self.seen_at + SEEN_STEP <= now {
            Upkeep::Touch
        } else {
            Upkeep::Nothing
        }
    }
}

/// Notes that the session was used; `token` is what the browser showed.
pub(crate) fn touch(
    tx: &mut Tx<'_>,
    session: &Session,
    token: &str,
    now: Timestamp,
) -> Result<(), Error> {
    tx.execute(
        "UPDATE web_session SET seen_at = $2, \
         confirmed = CASE WHEN token = $3 THEN 1 ELSE confirmed END WHERE id = $1",
        values![&session.id, now, secret::digest(token)],
    )?;
    Ok(())
}

/// Exchanges the token; `None` when another request did so at the same time.
pub(crate) fn rotate(
    tx: &mut Tx<'_>,
    session: &Session,
    token: &str,
    now: Timestamp,
    rng: &mut dyn Rng,
) -> Result<Option<String>, Error> {
    let new = secret::token(rng);
    let touched = tx.execute(
        "UPDATE web_session SET token = $2, previous = $3, rotated_at = $4, seen_at = $4, \
         confirmed = 0 WHERE id = $1 AND token = $5",
        values![
            &session.id,
            secret::digest(&new),
            secret::digest(token),
            now,
            &session.token
        ],
    )?;
    Ok((touched == 1).then_some(new))
}

/// Ends a session.
pub(crate) fn close(tx: &mut Tx<'_>, id: &str) -> Result<(), Error> {
    tx.execute("DELETE FROM web_session WHERE id = $1", values![id])?;
    Ok(())
}

/// Ends the session of a token, good or not: signing in begins a new one.
pub(crate) fn close_token(tx: &mut Tx<'_>, token: &str) -> Result<(), Error> {
    tx.execute(
        "DELETE FROM web_session WHERE token = $1 OR previous = $1",
        values![secret::digest(token)],
    )?;
    Ok(())
}
