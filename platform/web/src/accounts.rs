//! Accounts: who signs in, with which roles, for which agency or person.

use base::ids::AccountId;
use db::{Error, Row, Tx, values};
use jiff::Timestamp;
use spine::Cx;

use crate::secret;
use crate::settings::Settings;

/// Somebody, or some system, who can sign in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    pub id: AccountId,
    pub login: String,
    /// How they are called on a page.
    pub name: String,
    /// Opaque words; what they allow stands in the policies.
    pub roles: Vec<String>,
    /// The id of the person this account is.
    pub person: Option<String>,
    /// The code of the agency this account works for.
    pub agency: Option<String>,
    /// How pages look for them.
    pub settings: Settings,
    pub disabled: bool,
}

impl Account {
    /// Whether the account carries this role. Decide what may be done by asking the policies; this
    /// is for what a page shows first.
    pub fn has_role(&self, role: &str) -> bool {
        self.roles.iter().any(|it| it == role)
    }
}

/// An account to be made.
#[derive(Clone, Debug, Default)]
pub struct NewAccount {
    pub login: String,
    pub name: String,
    /// Words without spaces.
    pub roles: Vec<String>,
    pub person: Option<String>,
    pub agency: Option<String>,
    /// From [`crate::password::hash`]; `None` for those who sign in elsewhere or by token.
    pub password_hash: Option<String>,
    /// Issuer and subject of an OpenID Connect provider.
    pub oidc: Option<(String, String)>,
}

pub(crate) const COLUMNS: &str =
    "a.id, a.login, a.name, a.roles, a.person, a.agency, a.settings, a.disabled";

pub(crate) fn from_row(row: &Row) -> Result<Account, Error> {
    let roles: String = row.get(3)?;
    let settings: String = row.get(6)?;
    Ok(Account {
        id: row.parse(0)?,
        login: row.get(1)?,
        name: row.get(2)?,
        roles: roles.split_whitespace().map(str::to_owned).collect(),
        person: row.get(4)?,
        agency: row.get(5)?,
        settings: Settings::parse(&settings),
        disabled: row.get(7)?,
    })
}

/// Makes an account.
///
/// # Errors
/// When the login is taken.
pub fn create(cx: &mut Cx<'_, '_>, new: &NewAccount) -> Result<AccountId, Error> {
    let id = cx.id(AccountId::new);
    let (issuer, subject) = match &new.oidc {
        Some((issuer, subject)) => (Some(issuer.clone()), Some(subject.clone())),
        None => (None, None),
    };
    cx.tx.execute(
        "INSERT INTO web_account (id, login, name, password_hash, roles, person, agency, \
         oidc_issuer, oidc_subject, settings, disabled, created_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, '', 0, $10)",
        values![
            id,
            &new.login,
            &new.name,
            new.password_hash.clone(),
            new.roles.join(" "),
            new.person.clone(),
            new.agency.clone(),
            issuer,
            subject,
            cx.now
        ],
    )?;
    Ok(id)
}

fn find(tx: &mut Tx<'_>, condition: &str, values: &[db::Value]) -> Result<Option<Account>, Error> {
    let sql = format!("SELECT {COLUMNS} FROM web_account a WHERE {condition}");
    tx.query_opt(&sql, values)?
        .as_ref()
        .map(from_row)
        .transpose()
}

pub fn by_id(tx: &mut Tx<'_>, id: AccountId) -> Result<Option<Account>, Error> {
    find(tx, "a.id = $1", values![id])
}

pub fn by_login(tx: &mut Tx<'_>, login: &str) -> Result<Option<Account>, Error> {
    find(tx, "a.login = $1", values![login])
}

pub fn by_oidc(tx: &mut Tx<'_>, issuer: &str, subject: &str) -> Result<Option<Account>, Error> {
    find(
        tx,
        "a.oidc_issuer = $1 AND a.oidc_subject = $2",
        values![issuer, subject],
    )
}

/// The accounts of a person: usually one.
pub fn by_person(tx: &mut Tx<'_>, person: &str) -> Result<Vec<Account>, Error> {
    let sql = format!("SELECT {COLUMNS} FROM web_account a WHERE a.person = $1 ORDER BY a.id");
    tx.query_map(&sql, values![person], from_row)
}

/// The accounts that carry any of `roles` (all accounts when empty), by login.
pub fn list(tx: &mut Tx<'_>, roles: &[&str]) -> Result<Vec<Account>, Error> {
    let sql = format!("SELECT {COLUMNS} FROM web_account a ORDER BY a.login");
    let mut accounts = tx.query_map(&sql, &[], from_row)?;
    accounts.retain(|it| roles.is_empty() || roles.iter().any(|role| it.has_role(role)));
    Ok(accounts)
}

/// The stored hash of an enabled account that signs in by password here.
pub(crate) fn password_hash(tx: &mut Tx<'_>, id: AccountId) -> Result<Option<String>, Error> {
    tx.query_one(
        "SELECT password_hash FROM web_account WHERE id = $1",
        values![id],
    )?
    .get(0)
}

/// Changes the password to one hashed by [`crate::password::hash`] and signs the account out
/// everywhere.
pub fn set_password(tx: &mut Tx<'_>, id: AccountId, hash: &str) -> Result<(), Error> {
    tx.execute(
        "UPDATE web_account SET password_hash = $2 WHERE id = $1",
        values![id, hash],
    )?;
    tx.execute("DELETE FROM web_session WHERE account = $1", values![id])?;
    Ok(())
}

/// Remembers how pages look for this account.
pub fn set_settings(tx: &mut Tx<'_>, id: AccountId, settings: &Settings) -> Result<(), Error> {
    tx.execute(
        "UPDATE web_account SET settings = $2 WHERE id = $1",
        values![id, settings.to_string()],
    )?;
    Ok(())
}

/// Shuts an account out, at once and on every device, or lets it in again.
pub fn set_disabled(tx: &mut Tx<'_>, id: AccountId, disabled: bool) -> Result<(), Error> {
    tx.execute(
        "UPDATE web_account SET disabled = $2 WHERE id = $1",
        values![id, disabled],
    )?;
    tx.execute("DELETE FROM web_session WHERE account = $1", values![id])?;
    Ok(())
}

/// Destroys the accounts of a person.
pub fn erase(tx: &mut Tx<'_>, person: &str) -> Result<(), Error> {
    for sql in [
        "DELETE FROM web_session WHERE account IN (SELECT id FROM web_account WHERE person = $1)",
        "DELETE FROM web_api_token WHERE account IN (SELECT id FROM web_account WHERE person = $1)",
        "DELETE FROM web_account WHERE person = $1",
    ] {
        tx.execute(sql, values![person])?;
    }
    Ok(())
}

/// Makes a bearer token with which a system acts as `account`; `name` says what it is for. The
/// token is told here once: only its digest is kept.
pub fn create_api_token(
    cx: &mut Cx<'_, '_>,
    account: AccountId,
    name: &str,
    expires_at: Option<Timestamp>,
) -> Result<String, Error> {
    let token = format!("wise_{}", secret::token(cx.rng));
    cx.tx.execute(
        "INSERT INTO web_api_token (token, account, name, created_at, expires_at) \
         VALUES ($1, $2, $3, $4, $5)",
        values![secret::digest(&token), account, name, cx.now, expires_at],
    )?;
    Ok(token)
}

/// Ends all bearer tokens of an account; returns how many there were.
pub fn revoke_api_tokens(tx: &mut Tx<'_>, account: AccountId) -> Result<u64, Error> {
    tx.execute(
        "DELETE FROM web_api_token WHERE account = $1",
        values![account],
    )
}

/// Whom a bearer token stands for, while it is good and the account enabled.
pub(crate) fn by_api_token(
    tx: &mut Tx<'_>,
    token: &str,
    now: Timestamp,
) -> Result<Option<Account>, Error> {
    let sql = format!(
        "SELECT {COLUMNS} FROM web_api_token t JOIN web_account a ON a.id = t.account \
         WHERE t.token = $1 AND (t.expires_at IS NULL OR t.expires_at > $2) AND a.disabled = 0"
    );
    tx.query_opt(&sql, values![secret::digest(token), now])?
        .as_ref()
        .map(from_row)
        .transpose()
}
