//! What every handler is given.

mod language_model;
pub mod ledger;
mod populations;

use std::sync::Arc;

use axum::extract::FromRef;
use spine::Followers;
use tokio::sync::Semaphore;
use web::{Core, Problem};

use crate::blocks::notices::Channels;
use crate::blocks::seals::Source;
use crate::country::Country;
use ledger::Ledger;

pub use language_model::{LanguageModel, ModelError};
pub use populations::{Populations, Snapshot};

/// Engines run on this many threads at the most, so that pages stay quick.
const ENGINES: usize = 2;

/// Whether this process keeps the ledger.
#[derive(Clone)]
pub enum Keeping {
    Here(Ledger),
    /// It does not, and why.
    Absent(Arc<str>),
}

/// The running server; cheap to clone.
#[derive(Clone)]
pub struct App {
    pub core: Core,
    pub country: Country,
    pub followers: Followers,
    /// What carries notices beside the inbox.
    pub channels: Arc<Channels>,
    /// Snapshots of the register, for questions about everybody.
    pub populations: Populations,
    /// What may put sentences into other words, where one is set up.
    pub language_model: Option<Arc<LanguageModel>>,
    pub ledger: Keeping,
    /// Who keeps the records that are sealed.
    pub sources: Arc<[Source]>,
    engines: Arc<Semaphore>,
    sweeps: Arc<Semaphore>,
}

impl FromRef<App> for Core {
    fn from_ref(app: &App) -> Self {
        app.core.clone()
    }
}

impl App {
    pub fn new(
        core: Core,
        country: Country,
        followers: Followers,
        channels: Channels,
        sources: Vec<Source>,
    ) -> Self {
        Self {
            core,
            country,
            followers,
            channels: Arc::new(channels),
            populations: Populations::default(),
            language_model: None,
            ledger: Keeping::Absent("the server was started without one".into()),
            sources: sources.into(),
            engines: Arc::new(Semaphore::new(ENGINES)),
            sweeps: Arc::new(Semaphore::new(1)),
        }
    }

    /// The same server with a folder for snapshots of its register.
    pub fn with_populations(mut self, populations: Populations) -> Self {
        self.populations = populations;
        self
    }

    /// The same server with a language model.
    pub fn with_language_model(mut self, model: Option<LanguageModel>) -> Self {
        self.language_model = model.map(Arc::new);
        self
    }

    /// The same server with the ledger, or with why it is not kept here.
    pub fn with_ledger(mut self, ledger: Keeping) -> Self {
        self.ledger = ledger;
        self
    }

    /// Runs an engine on the bounded blocking pool, with no transaction open.
    pub async fn engine<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Problem> {
        bounded(&self.engines, work).await
    }

    /// Runs a question about everybody, which may take minutes and every core: one at a time, beside the engines
    /// that pages wait for.
    pub async fn sweep<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Problem> {
        bounded(&self.sweeps, work).await
    }
}

async fn bounded<T: Send + 'static>(
    places: &Arc<Semaphore>,
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, Problem> {
    let permit = places.clone().acquire_owned().await;
    let permit = permit.map_err(Problem::internal)?;
    let done = tokio::task::spawn_blocking(move || {
        let answer = work();
        drop(permit);
        answer
    });
    done.await.map_err(Problem::internal)
}
