//! What others have a connection do, from any task: its own task does it.
//!
//! So all hooks of a connection run in one task, beside its handlers. Whoever wanted something may give up:
//! what was begun is done all the same. And the end of the connection waits for it.

use std::future::Future;
use std::mem::take;
use std::pin::Pin;
use std::sync::atomic::Ordering::Relaxed;
use std::task::Context;

use tokio::sync::oneshot;

use super::place::Phase;
use crate::neffos::{AskError, Conn};

/// Something that a connection is to do.
pub(super) type Errand = Pin<Box<dyn Future<Output = ()> + Send>>;

impl Conn {
    /// Has the connection do something, and waits for what comes of it.
    ///
    /// # Errors
    ///
    /// The errand's own; the connection is closed, or not let in yet.
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
        outcome.await.unwrap_or_else(|_| Err(AskError::closed()))
    }

    fn add_errand(&self, errand: Errand) -> Result<(), AskError> {
        let mut state = self.state();
        if state.phase != Phase::Open {
            return Err(AskError::closed());
        }
        state.errands.push(errand);
        self.has_errands().store(true, Relaxed);
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
        let mut errands = take(&mut self.state().errands);
        errands.retain_mut(|errand| errand.as_mut().poll(cx).is_pending());
        let mut state = self.state();
        // Behind those that were added meanwhile, which have woken the task.
        state.errands.append(&mut errands);
        if state.errands.is_empty() {
            state.errands = Vec::new();
            self.has_errands().store(false, Relaxed);
        }
    }

    /// Drops all errands where they wait: there is nobody who would go on with them.
    pub(super) fn drop_errands(&self) {
        let errands = take(&mut self.state().errands);
        // Out here, since one may look at the connection.
        drop(errands);
    }
}
