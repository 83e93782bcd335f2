//! The end of a request's scope, whoever brings it about.

use std::fmt;
use std::future::Future as _;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::task::{Context, Poll};

use gongular_core::inject::{BeforeResponse, Closing, Completion, OpenScope, ScopeKeeper, interrupted};

use super::layer::Spawn;

/// Ends a scope once: awaited where somebody awaits it, handed to the spawner where it is dropped.
#[derive(Debug)]
pub(super) struct End {
    state: State,
    spawn: Spawner,
    /// How the request ended when it is dropped from here on, if that is known better than that it was dropped.
    known: Option<Completion>,
}

#[derive(Debug)]
enum State {
    Open(OpenScope),
    Closing(Box<Closing>),
    Closed,
}

/// What takes the teardowns that nobody awaits.
struct Spawner(Option<Spawn>);

impl fmt::Debug for Spawner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Spawner")
    }
}

impl End {
    /// Takes care of a scope's end; without a spawner, tokio gets the teardowns that nobody awaits, where there is one.
    #[must_use]
    pub(super) const fn new(open: OpenScope, spawn: Option<Spawn>) -> Self {
        Self { state: State::Open(open), spawn: Spawner(spawn), known: None }
    }

    /// Returns what has to be done before the head of a good answer leaves.
    #[must_use]
    pub(super) fn before_response(&self) -> Option<BeforeResponse> {
        match &self.state {
            State::Open(open) => open.before_response(),
            State::Closing(_) | State::Closed => None,
        }
    }

    /// Ends the scope at once, if nobody could tell.
    #[inline]
    pub(super) fn end_unseen(&mut self) {
        if let State::Open(open) = &mut self.state
            && open.end_unseen()
        {
            self.state = State::Closed;
        }
    }

    /// Says how the request has ended if nobody looks at the body any more.
    pub(super) const fn set_known(&mut self, completion: Completion) {
        self.known = Some(completion);
    }

    /// Returns whether everything has been torn down.
    #[must_use]
    pub(super) const fn is_closed(&self) -> bool {
        matches!(self.state, State::Closed)
    }

    /// Polls what is inside of the layer, and remembers if it panics: whoever catches that lets go of this only later,
    /// when no panic is under way any more.
    pub(super) fn watch<T>(&mut self, poll: impl FnOnce() -> T) -> T {
        let known = self.known.replace(Completion::Panicked);
        let polled = poll();
        self.known = known;
        polled
    }

    /// Hands the scope over to one who keeps it open beyond the answer.
    #[cold]
    pub(super) fn hand_over(&mut self, keeper: &ScopeKeeper) {
        self.state = match std::mem::replace(&mut self.state, State::Closed) {
            State::Open(open) => keeper.keep(open).map_or_else(State::Open, |()| State::Closed),
            other => other,
        };
    }

    /// Tears everything down; may be polled again when it is done.
    pub(super) fn poll_close(&mut self, completion: Completion, cx: &mut Context<'_>) -> Poll<()> {
        let mut closing = match std::mem::replace(&mut self.state, State::Closed) {
            State::Open(open) => open.close(completion),
            State::Closing(closing) => *closing,
            State::Closed => return Poll::Ready(()),
        };
        let polled = Pin::new(&mut closing).poll(cx);
        if polled.is_pending() {
            self.state = State::Closing(Box::new(closing));
        }
        polled
    }
}

impl Drop for End {
    fn drop(&mut self) {
        let closing = match std::mem::replace(&mut self.state, State::Closed) {
            State::Open(open) => {
                let completion = match (interrupted(), self.known) {
                    (Completion::Cancelled, Some(known)) => known,
                    (interrupted, _) => interrupted,
                };
                open.close(completion).now()
            }
            State::Closing(closing) => Some(*closing),
            State::Closed => None,
        };
        match (closing, &self.spawn.0) {
            // It may panic, as `tokio::spawn` does outside of a runtime; this may be dropped while a panic unwinds, where a
            // second one would abort. The teardowns then go as far as they can without waiting.
            (Some(closing), Some(spawn)) => drop(catch_unwind(AssertUnwindSafe(|| spawn(closing)))),
            (Some(closing), None) => spawn_by_default(closing),
            (None, _) => {}
        }
    }
}

#[cfg(feature = "tokio")]
fn spawn_by_default(closing: Closing) {
    if let Ok(runtime) = tokio::runtime::Handle::try_current() {
        runtime.spawn(closing);
    }
}

#[cfg(not(feature = "tokio"))]
fn spawn_by_default(closing: Closing) {
    drop(closing);
}
