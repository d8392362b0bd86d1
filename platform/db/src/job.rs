//! A piece of work that wants a transaction, and the one who waits for it.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::thread;

use tokio::sync::oneshot;

use crate::Error;
use crate::tx::{Session, Tx};

/// How a run of the work ended, before any commit.
pub(crate) enum Verdict {
    /// Commit it; `true` when waiters on changes are to be woken.
    Keep { signal: bool },
    /// Roll it back; the one who waits learns why.
    Undo,
    /// Roll it back and run it again in a fresh transaction.
    Again,
}

pub(crate) trait Job: Send {
    fn run(&mut self, session: &mut dyn Session) -> Verdict;
    /// Tells the waiter. `Err` means that the transaction around the work was lost.
    fn finish(self: Box<Self>, committed: Result<(), Error>);
}

pub(crate) struct Work<F, T, E> {
    work: F,
    result: Option<Result<T, E>>,
    reply: oneshot::Sender<Result<T, E>>,
}

impl<F, T, E> Work<F, T, E> {
    pub(crate) fn new(work: F) -> (Self, oneshot::Receiver<Result<T, E>>) {
        let (reply, answer) = oneshot::channel();
        let work = Self {
            work,
            result: None,
            reply,
        };
        (work, answer)
    }
}

impl<F, T, E> Job for Work<F, T, E>
where
    F: FnMut(&mut Tx<'_>) -> Result<T, E> + Send,
    T: Send,
    E: From<Error> + Send,
{
    fn run(&mut self, session: &mut dyn Session) -> Verdict {
        let mut tx = Tx {
            session,
            must_retry: false,
            signalled: false,
        };
        let work = &mut self.work;
        let outcome = catch_unwind(AssertUnwindSafe(|| work(&mut tx)));
        let (must_retry, signal) = (tx.must_retry, tx.signalled);
        let result = outcome.unwrap_or_else(|panic| {
            let message = panic
                .downcast_ref::<&str>()
                .map(ToString::to_string)
                .or_else(|| panic.downcast_ref::<String>().cloned())
                .unwrap_or_else(|| "panic".into());
            tracing::error!(message, "work inside a transaction panicked");
            Err(Error::Panicked(message).into())
        });
        let verdict = match &result {
            _ if must_retry => Verdict::Again,
            Ok(_) => Verdict::Keep { signal },
            Err(_) => Verdict::Undo,
        };
        self.result = Some(result);
        verdict
    }

    fn finish(self: Box<Self>, committed: Result<(), Error>) {
        let answer = match (committed, self.result) {
            (Ok(()), Some(result)) => result,
            (Err(error), _) => Err(error.into()),
            (Ok(()), None) => Err(Error::Closed.into()),
        };
        // Nobody waits any more when the request was dropped; the work stands all the same.
        drop(self.reply.send(answer));
    }
}

/// A database thread with a name.
pub(crate) fn spawn(name: &str, body: impl FnOnce() + Send + 'static) -> Result<(), Error> {
    thread::Builder::new()
        .name(name.to_owned())
        .spawn(body)
        .map(drop)
        .map_err(|e| Error::Connect {
            place: name.to_owned(),
            reason: e.to_string(),
        })
}
