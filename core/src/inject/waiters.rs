//! Who waits for a cell.

use std::sync::atomic::{AtomicBool, Ordering, fence};
use std::sync::{Mutex, PoisonError};
use std::task::{Context, Waker};

/// Tasks that wait for something to change under another lock.
///
/// Who waits calls [`add`](Self::add) and then looks at that lock once more; who changes something gives the lock back and
/// then calls [`wake`](Self::wake). Each writes his side and reads the other's, so one of the two has to see the other.
/// The fences make that so: a lock's own acquire and release do not order a write before a later read of something else.
#[derive(Default)]
pub(super) struct Waiters {
    any: AtomicBool,
    wakers: Mutex<Vec<Waker>>,
}

impl Waiters {
    pub(super) fn add(&self, task: &Context<'_>) {
        {
            let mut wakers = self.wakers.lock().unwrap_or_else(PoisonError::into_inner);
            if !wakers.iter().any(|waker| waker.will_wake(task.waker())) {
                wakers.push(task.waker().clone());
            }
            self.any.store(true, Ordering::Relaxed);
        }
        // Pairs with the one in `wake`: the caller reads the other lock after this.
        fence(Ordering::SeqCst);
    }

    #[inline]
    pub(super) fn wake(&self) {
        // Pairs with the one in `add`: the caller gave the other lock back before this.
        fence(Ordering::SeqCst);
        if self.any.load(Ordering::Relaxed) {
            self.wake_all();
        }
    }

    #[cold]
    fn wake_all(&self) {
        let wakers = {
            let mut wakers = self.wakers.lock().unwrap_or_else(PoisonError::into_inner);
            self.any.store(false, Ordering::Relaxed);
            std::mem::take(&mut *wakers)
        };
        wakers.into_iter().for_each(Waker::wake);
    }
}
