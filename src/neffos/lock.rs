//! Locks whose holders do not panic halfway through a change.

use std::sync::{Mutex, MutexGuard, PoisonError};

/// Takes the lock, also after a holder has panicked.
pub(super) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
