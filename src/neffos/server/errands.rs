//! What others have a connection do, from any task: its own task does it.
//!
//! So all hooks of a connection run in one task, beside its handlers. Whoever wanted something may give up:
//! what was begun is done all the same. And the end of the connection waits for it.

use std::future::Future;
use std::mem::take;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::sync::atomic::Ordering::Relaxed;
use std::task::Context;

use tokio::sync::oneshot;

use super::failures::ERRAND;
use super::place::Phase;
use crate::Error;
use crate::neffos::{AskError, Conn};

/// Something that a connection is to do, and how many it has at most; who wants one more is told at once.
pub(super) type Errand = Pin<Box<dyn Future<Output = ()> + Send>>;
const MAX_ERRANDS: usize = 1024;

impl Conn {
    /// Has the connection do something, and waits for what comes of it.
    ///
    /// # Errors
    ///
    /// The errand's own, or that it panicked; the connection is closed, or not let in yet, or has too many errands.
    ///
    /// # Cancel safety
    ///
    /// Dropped once it was polled, the errand is done all the same.
    pub(super) async fn entrust<T: Send + 'static>(
        &self,
        errand: impl Future<Output = Result<T, AskError>> + Send + 'static,
    ) -> Result<T, AskError> {
        let (done, outcome) = oneshot::channel();
        let errand = Box::pin(async move {
            // Whoever wanted it may be gone.
            let _ = done.send(errand.await);
        });
        self.add_errand(errand)?;
        outcome.await.unwrap_or_else(|_| Err(self.dropped()))
    }

    /// Says why an errand was dropped.
    fn dropped(&self) -> AskError {
        match self.is_closed() {
            true => AskError::closed(),
            false => AskError::failed(Error::app("what the connection was to do panicked")),
        }
    }

    fn add_errand(&self, errand: Errand) -> Result<(), AskError> {
        let mut state = self.state();
        if state.phase != Phase::Open {
            return Err(AskError::closed());
        }
        // Those that run just now are counted, but not in the list.
        if self.errands().load(Relaxed) >= MAX_ERRANDS {
            return Err(AskError::failed(Error::app(format!(
                "{MAX_ERRANDS} others have the connection enter or leave something already"
            ))));
        }
        state.errands.push(errand);
        self.errands().fetch_add(1, Relaxed);
        let task = state.task.clone();
        drop(state);
        if let Some(task) = task {
            task.wake();
        }
        Ok(())
    }

    /// Goes on with all errands.
    ///
    /// They are not in the future of the task, since an idle connection would keep room for them.
    pub(super) fn poll_errands(&self, cx: &mut Context<'_>) {
        let errands = take(&mut self.state().errands);
        let before = errands.len();
        let mut errands: Vec<_> = errands.into_iter().filter_map(|errand| self.go_on(errand, cx)).collect();
        let mut state = self.state();
        self.errands().fetch_sub(before - errands.len(), Relaxed);
        // Behind those that were added meanwhile, which have woken the task.
        state.errands.append(&mut errands);
        if state.errands.is_empty() {
            state.errands = Vec::new();
        }
    }

    /// Goes on with an errand; returns it unless it is over. One that panics takes nothing from the others.
    fn go_on(&self, mut errand: Errand, cx: &mut Context<'_>) -> Option<Errand> {
        let polled = catch_unwind(AssertUnwindSafe(|| {
            let is_pending = errand.as_mut().poll(cx).is_pending();
            is_pending.then_some(errand)
        }));
        polled.unwrap_or_else(|payload| {
            self.failed("", ERRAND, &Error::panic(payload));
            None
        })
    }

    pub(super) fn has_errands(&self) -> bool {
        self.errands().load(Relaxed) > 0
    }

    /// Drops all errands where they wait: there is nobody who would go on with them.
    pub(super) fn drop_errands(&self) {
        let errands = {
            let mut state = self.state();
            let errands = take(&mut state.errands);
            self.errands().fetch_sub(errands.len(), Relaxed);
            errands
        };
        // Out here, since one may look at the connection.
        for errand in errands {
            if let Err(payload) = catch_unwind(AssertUnwindSafe(|| drop(errand))) {
                self.failed("", ERRAND, &Error::panic(payload));
            }
        }
    }
}
