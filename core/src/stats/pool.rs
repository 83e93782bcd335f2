//! Recorders that are used again.

use std::cell::RefCell;
use std::sync::Arc;

use super::recorder::Slot;

thread_local! {
    // One pool for each thread, so that it needs no lock. A request that moves to another thread leaves its slot there.
    static IDLE: RefCell<Vec<Arc<Slot>>> = const { RefCell::new(Vec::new()) };
}

/// Returns a slot that nobody else holds.
#[inline]
pub(super) fn take() -> Arc<Slot> {
    IDLE.try_with(|idle| idle.try_borrow_mut().ok()?.pop()).ok().flatten().unwrap_or_default()
}

/// Keeps a slot for another request. The caller holds the only reference, and has reset it.
#[inline]
pub(super) fn give(slot: Arc<Slot>) {
    // When the thread is ending there is no pool any more, and the slot is simply dropped.
    let _ = IDLE.try_with(|idle| {
        if let Ok(mut idle) = idle.try_borrow_mut()
            && idle.len() < MAX_IDLE
        {
            idle.push(slot);
        }
    });
}

/// How many slots a thread keeps: some hundred KiB at most.
const MAX_IDLE: usize = 256;
