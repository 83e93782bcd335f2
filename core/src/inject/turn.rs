//! Whose turn it is, and who waits for it.

use std::ops::{Deref, DerefMut};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError, TryLockError};
use std::task::Context;

use super::waiters::Waiters;

/// A state that tasks look at in turns; who finds the turn taken leaves a waker.
pub(super) struct Turns<S> {
    state: Mutex<S>,
    waiting: Waiting,
}

#[derive(Default)]
struct Waiting {
    /// Those who found the turn taken; woken at the end of each.
    for_turn: Waiters,
    /// Those who have seen the state and wait for a change.
    for_change: Waiters,
}

impl<S> Turns<S> {
    pub(super) fn new(state: S) -> Self {
        Self { state: Mutex::new(state), waiting: Waiting::default() }
    }

    /// Takes the turn, unless somebody else has it.
    #[inline]
    pub(super) fn try_take(&self) -> Option<Turn<'_, S>> {
        match self.state.try_lock() {
            Ok(state) => Some(self.begin(state)),
            Err(TryLockError::Poisoned(poisoned)) => Some(self.begin(poisoned.into_inner())),
            Err(TryLockError::WouldBlock) => None,
        }
    }

    /// Takes the turn, when whoever has it gives it back at once.
    pub(super) fn take(&self) -> Turn<'_, S> {
        self.begin(self.state.lock().unwrap_or_else(PoisonError::into_inner))
    }

    pub(super) fn get_mut(&mut self) -> &mut S {
        self.state.get_mut().unwrap_or_else(PoisonError::into_inner)
    }

    /// Leaves a waker for the end of the turn; it may end just before, so it has to be tried again after this.
    pub(super) fn wait_for_turn(&self, task: &Context<'_>) {
        self.waiting.for_turn.add(task);
    }

    /// Leaves a waker for the next change; to be called by whoever has the turn.
    pub(super) fn wait_for_change(&self, task: &Context<'_>) {
        self.waiting.for_change.add(task);
    }

    /// Wakes those who wait for a change.
    pub(super) fn wake(&self) {
        self.waiting.for_change.wake();
    }

    #[inline]
    const fn begin<'s>(&'s self, state: MutexGuard<'s, S>) -> Turn<'s, S> {
        Turn { state, end: End { waiting: &self.waiting, changes: true } }
    }
}

/// The turn of somebody who looks at the state.
pub(super) struct Turn<'s, S> {
    // Stands first, so that those who are woken find the turn free.
    state: MutexGuard<'s, S>,
    end: End<'s>,
}

impl<S> Turn<'_, S> {
    /// Says that those who wait for a change have nothing to do.
    #[inline]
    pub(super) const fn changes_nothing(&mut self) {
        self.end.changes = false;
    }
}

impl<S> Deref for Turn<'_, S> {
    type Target = S;

    fn deref(&self) -> &S {
        &self.state
    }
}

impl<S> DerefMut for Turn<'_, S> {
    fn deref_mut(&mut self) -> &mut S {
        &mut self.state
    }
}

/// The end of a turn, which a panic is too: wakes those who wait.
struct End<'s> {
    waiting: &'s Waiting,
    changes: bool,
}

impl Drop for End<'_> {
    #[inline]
    fn drop(&mut self) {
        self.waiting.for_turn.wake();
        if self.changes {
            self.waiting.for_change.wake();
        }
    }
}

/// The thread that runs some code at this moment, so that the code can find out that it is inside of itself.
#[derive(Default)]
pub(super) struct Runner {
    /// See [`this_thread`]; zero is no thread.
    thread: AtomicUsize,
}

impl Runner {
    pub(super) fn run<R>(&self, code: impl FnOnce() -> R) -> R {
        struct Leave<'r>(&'r AtomicUsize);

        impl Drop for Leave<'_> {
            fn drop(&mut self) {
                self.0.store(0, Ordering::Relaxed);
            }
        }

        // A thread finds its own number only where it put it itself, so no order with others is needed.
        self.thread.store(this_thread(), Ordering::Relaxed);
        let _leave = Leave(&self.thread);
        code()
    }

    /// Returns whether the code runs further up on this thread.
    pub(super) fn is_here(&self) -> bool {
        self.thread.load(Ordering::Relaxed) == this_thread()
    }
}

/// Returns a number that no other living thread has: the address of something of its own.
fn this_thread() -> usize {
    thread_local! {
        static OWN: u8 = const { 0 };
    }
    OWN.with(|own| std::ptr::from_ref(own).addr())
}
