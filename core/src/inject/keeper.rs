//! Scopes that outlive the answer of their request.

use std::sync::{Arc, Mutex, PoisonError};

use super::{Completion, OpenScope};

/// Keeps the scopes of a request open beyond its answer.
///
/// Whoever takes a connection over with an upgrade leaves a clone of it in the extensions of its answer; each injection
/// layer on the way out, the innermost first, [keeps](Self::keep) its scope there instead of closing it. What was built for
/// the request lives on until [`close`](Self::close).
///
/// Dropped without that, the scopes end as [cancelled](Completion::Cancelled).
#[derive(Clone, Debug)]
pub struct ScopeKeeper {
    /// None once they were closed.
    kept: Arc<Mutex<Option<Vec<OpenScope>>>>,
}

impl ScopeKeeper {
    /// Makes a keeper of nothing.
    #[must_use]
    pub fn new() -> Self {
        Self { kept: Arc::new(Mutex::new(Some(Vec::new()))) }
    }

    /// Takes a scope over.
    ///
    /// # Errors
    ///
    /// The scope itself, when the others were closed already.
    pub fn keep(&self, scope: OpenScope) -> Result<(), OpenScope> {
        match &mut *self.kept.lock().unwrap_or_else(PoisonError::into_inner) {
            Some(kept) => {
                kept.push(scope);
                Ok(())
            }
            None => Err(scope),
        }
    }

    /// Ends the scopes, the innermost first, and waits for their teardowns.
    ///
    /// # Cancel safety
    ///
    /// Dropped before it is done, what is left ends as cancelled; teardowns are then polled once.
    pub async fn close(&self, completion: Completion) {
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner).take();
        for scope in kept.into_iter().flatten() {
            scope.close(completion).await;
        }
    }
}

impl Default for ScopeKeeper {
    fn default() -> Self {
        Self::new()
    }
}
