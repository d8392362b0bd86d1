//! What every handler is given: the store, the clock, randomness, texts and policies.

use std::sync::Arc;

use base::ids::AccountId;
use base::{Clock, Entropy, Localized};
use db::{Db, Tx};
use spine::Cx;
use tokio::sync::watch;

use crate::accounts::Account;
use crate::authorize::Authorizer;
use crate::i18n::Texts;
use crate::oidc::{Oidc, OidcConfig};
use crate::page::Navigation;
use crate::password::Passwords;
use crate::rate::Limits;
use crate::session::SessionLimits;
use crate::visitor::Visitor;

/// Says what navigation a visitor sees, also on pages of web itself (settings, errors).
pub type Navigate = Arc<dyn Fn(&Core, &Visitor) -> Navigation + Send + Sync>;

/// Counts what a person has not read yet; asked with the session on every page.
pub type Unread = fn(&mut Tx<'_>, &Account) -> Result<i64, db::Error>;

/// What a [`Core`] is made of. [`CoreConfig::new`] fills in the usual.
pub struct CoreConfig {
    pub db: Db,
    pub clock: Arc<dyn Clock>,
    /// Of the operating system in any server: session tokens come from here.
    pub entropy: Entropy,
    pub texts: Texts,
    pub authorizer: Authorizer,
    /// Cookies only over TLS, and HSTS. Off where the server listens on loopback without TLS.
    pub secure_cookies: bool,
    /// The address people reach, without a slash at the end: `https://wise.example`.
    pub base_url: String,
    /// A reverse proxy in front sets `X-Forwarded-For`, so its last entry is the caller.
    pub behind_proxy: bool,
    /// The largest body that is read, in bytes.
    pub body_limit_bytes: usize,
    pub sessions: SessionLimits,
    pub site: Site,
    pub navigate: Navigate,
    pub unread: Option<Unread>,
    pub oidc: Option<OidcConfig>,
    /// Describes all JSON routes; shown at `/api`.
    pub openapi: utoipa::openapi::OpenApi,
}

impl CoreConfig {
    /// A server on loopback without navigation, OIDC or JSON routes.
    pub fn new(
        db: Db,
        clock: Arc<dyn Clock>,
        entropy: Entropy,
        texts: Texts,
        authorizer: Authorizer,
    ) -> Self {
        Self {
            db,
            clock,
            entropy,
            texts,
            authorizer,
            secure_cookies: false,
            base_url: "http://127.0.0.1:8080".into(),
            behind_proxy: false,
            body_limit_bytes: 1 << 20,
            sessions: SessionLimits::default(),
            site: Site::default(),
            navigate: Arc::new(|_, _| Navigation::default()),
            unread: None,
            oidc: None,
            openapi: utoipa::openapi::OpenApi::default(),
        }
    }
}

/// Whose server this is: data of the country or city.
#[derive(Clone, Debug, Default)]
pub struct Site {
    /// The name at the top of every page.
    pub place: Localized,
    /// Whom to call: `tel:` addresses with their labels.
    pub phones: Vec<(String, Localized)>,
    /// The foot of every page: addresses with the keys of their texts.
    pub links: Vec<(String, String)>,
}

/// Shared by all requests; cheap to clone.
#[derive(Clone)]
pub struct Core(Arc<Inner>);

struct Inner {
    config: CoreConfig,
    passwords: Passwords,
    limits: Limits,
    oidc: Option<Oidc>,
    openapi_json: String,
    closing: watch::Sender<bool>,
}

/// Who acts: an account, or nobody signed in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Actor(pub Option<AccountId>);

impl From<AccountId> for Actor {
    fn from(id: AccountId) -> Self {
        Self(Some(id))
    }
}
impl From<Option<AccountId>> for Actor {
    fn from(id: Option<AccountId>) -> Self {
        Self(id)
    }
}
impl From<&Account> for Actor {
    fn from(account: &Account) -> Self {
        Self(Some(account.id))
    }
}
impl From<&Visitor> for Actor {
    fn from(visitor: &Visitor) -> Self {
        Self(visitor.account.as_ref().map(|it| it.id))
    }
}

impl Core {
    pub fn new(mut config: CoreConfig) -> Self {
        let oidc = config.oidc.take().map(|it| Oidc::new(it, &config.base_url));
        let openapi_json = config.openapi.to_json().unwrap_or_default();
        let limits = Limits::new(config.clock.clone());
        Self(Arc::new(Inner {
            config,
            passwords: Passwords::new(),
            limits,
            oidc,
            openapi_json,
            closing: watch::Sender::new(false),
        }))
    }

    pub fn db(&self) -> &Db {
        &self.0.config.db
    }
    pub fn clock(&self) -> &dyn Clock {
        self.0.config.clock.as_ref()
    }
    pub fn entropy(&self) -> &Entropy {
        &self.0.config.entropy
    }
    pub fn texts(&self) -> &Texts {
        &self.0.config.texts
    }
    pub fn authorizer(&self) -> &Authorizer {
        &self.0.config.authorizer
    }
    /// The address people reach, without a slash at the end.
    pub fn base_url(&self) -> &str {
        &self.0.config.base_url
    }
    pub(crate) fn config(&self) -> &CoreConfig {
        &self.0.config
    }
    pub(crate) fn passwords(&self) -> &Passwords {
        &self.0.passwords
    }
    pub(crate) fn limits(&self) -> &Limits {
        &self.0.limits
    }
    pub(crate) fn oidc(&self) -> Option<&Oidc> {
        self.0.oidc.as_ref()
    }
    pub(crate) fn openapi_json(&self) -> &str {
        &self.0.openapi_json
    }

    /// Ends the streams of open pages, which would otherwise hold up a graceful shutdown. The pages
    /// connect again by themselves.
    pub fn close_streams(&self) {
        self.0.closing.send_replace(true);
    }
    pub(crate) fn closing(&self) -> watch::Receiver<bool> {
        self.0.closing.subscribe()
    }

    /// Runs an action in one transaction with the present instant and fresh randomness. It may be
    /// run again on conflict, so it must have no effect outside its transaction.
    pub async fn act<T, E>(
        &self,
        actor: impl Into<Actor>,
        mut work: impl FnMut(&mut Cx<'_, '_>) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<db::Error> + Send + 'static,
    {
        let core = self.clone();
        let actor = actor.into().0;
        self.db()
            .write(move |tx| {
                let mut rng = core.entropy().rng();
                work(&mut Cx {
                    tx,
                    now: core.clock().now(),
                    rng: &mut rng,
                    actor,
                })
            })
            .await
    }

    /// Reads on one snapshot.
    pub async fn look<T, E>(
        &self,
        work: impl FnMut(&mut Tx<'_>) -> Result<T, E> + Send + 'static,
    ) -> Result<T, E>
    where
        T: Send + 'static,
        E: From<db::Error> + Send + 'static,
    {
        self.db().read(work).await
    }
}
