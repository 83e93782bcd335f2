//! One value of one request: who builds it, who waits for it, how it ends.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};

use http::request::Parts;

use super::factory::{Begun, BoxFuture};
use super::scope::NONE;
use super::spec::{Make, Work};
use super::{Completion, Value};
use crate::Error;

/// A cell of a scope without its type.
pub(super) trait AnyCell: Any + Send + Sync {
    /// Returns the cell that was built before this one.
    fn previous(&self) -> u32;

    fn before_response(&self) -> Option<BoxFuture<'static, Result<(), Error>>>;

    /// Ends the value's life; returns what is still to be awaited, and the cell that was built before this one.
    fn finish(&self, completion: Completion, reuse: bool) -> (Option<BoxFuture<'static, ()>>, u32);
}

/// The value of one request.
///
/// Whoever polls takes the room out of the cell and puts it back, so that the lock is never held over foreign code, and
/// a factory that was started goes on in the cell whoever gives up waiting.
pub(super) struct Cell<T: ?Sized> {
    make: Arc<dyn Make<T>>,
    state: Mutex<State<T>>,
}

struct State<T: ?Sized> {
    phase: Phase,
    work: Option<Box<dyn Work<T>>>,
    waiters: Vec<Waker>,
    /// The cell that was built before this one, once this one is on its scope's list.
    previous: Option<u32>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Phase {
    /// Somebody has the room and polls.
    Busy,
    /// The request is over.
    Closed(Completion),
    Idle,
    Ready,
    /// The factory was started and waits to be polled.
    Running,
}

/// What a poll of a cell comes to.
pub(super) enum Polled<T: ?Sized> {
    Failed(Error),
    Ready(Value<T>),
    /// An argument is not ready: it has to be awaited in a box.
    Slow(Box<dyn Work<T>>),
    Waiting,
}

/// Where a cell stands.
pub(super) trait Site {
    /// Puts the cell on the list of those that have to be torn down; returns the one before.
    fn enlist(&self) -> u32;

    /// Returns whether the request is over.
    fn is_over(&self) -> bool;
}

impl<T> Cell<T>
where
    T: ?Sized + Send + Sync + 'static,
{
    pub(super) fn new(make: Arc<dyn Make<T>>) -> Self {
        let state = State { phase: Phase::Idle, work: None, waiters: Vec::new(), previous: None };
        Self { make, state: Mutex::new(state) }
    }

    pub(super) fn poll(&self, site: &impl Site, parts: &mut Parts, task: &mut Context<'_>) -> Polled<T> {
        let mut state = self.lock();
        let running = match (state.phase, &state.work) {
            (Phase::Ready, Some(work)) => return Polled::Ready(work.value()),
            (Phase::Closed(_), _) => return Polled::Failed(over::<T>()),
            (Phase::Busy, _) => {
                wait(&mut state.waiters, task);
                return Polled::Waiting;
            }
            (Phase::Running, Some(_)) => true,
            (Phase::Idle | Phase::Ready | Phase::Running, _) => false,
        };
        if site.is_over() {
            return Polled::Failed(over::<T>());
        }
        state.phase = Phase::Busy;
        let work = state.work.take();
        drop(state);
        let mut hold = Holding { cell: self, work };
        let work = hold.work.get_or_insert_with(|| Arc::clone(&self.make).work());
        if !running {
            match work.begin(parts, task) {
                Begun::Running => {}
                Begun::Failed(error) => return Polled::Failed(error),
                Begun::Waiting => return hold.slow(),
            }
        }
        let polled = work.poll(task);
        hold.settle(polled, site, task)
    }

    /// Takes a room back whose factory was started while the arguments were awaited.
    pub(super) fn resume(
        &self,
        mut work: Box<dyn Work<T>>,
        site: &impl Site,
        task: &mut Context<'_>,
    ) -> Polled<T> {
        let polled = work.poll(task);
        Holding { cell: self, work: Some(work) }.settle(polled, site, task)
    }

    /// Gives the cell free for the next who asks, with or without the room.
    pub(super) fn release(&self, work: Option<Box<dyn Work<T>>>) {
        drop(Holding { cell: self, work });
    }

    /// Says that somebody gave up waiting: if it was the one who would have been woken, another one has to poll.
    pub(super) fn leave(&self) {
        let mut state = self.lock();
        let waiters = std::mem::take(&mut state.waiters);
        drop(state);
        waiters.into_iter().for_each(Waker::wake);
    }

    fn lock(&self) -> MutexGuard<'_, State<T>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<T> AnyCell for Cell<T>
where
    T: ?Sized + Send + Sync + 'static,
{
    fn previous(&self) -> u32 {
        self.lock().previous.unwrap_or(NONE)
    }

    fn before_response(&self) -> Option<BoxFuture<'static, Result<(), Error>>> {
        let state = self.lock();
        if state.phase == Phase::Ready { state.work.as_ref()?.before_response() } else { None }
    }

    fn finish(&self, completion: Completion, reuse: bool) -> (Option<BoxFuture<'static, ()>>, u32) {
        let mut state = self.lock();
        let before = state.phase;
        state.phase = if reuse { Phase::Idle } else { Phase::Closed(completion) };
        let previous = state.previous.take().unwrap_or(NONE);
        let mut work = if before == Phase::Busy { None } else { state.work.take() };
        drop(state);
        let mut rest = None;
        // Foreign code runs here, perhaps while another panic unwinds.
        let finished = catch_unwind(AssertUnwindSafe(|| {
            if before == Phase::Ready
                && let Some(work) = &mut work
            {
                rest = work.finish(completion);
            } else {
                work = None;
            }
        }));
        if reuse && before == Phase::Ready && finished.is_ok() {
            self.lock().work = work;
        }
        (rest, previous)
    }
}

/// Somebody who has the room. Whatever happens to him, it goes back and the others are woken.
struct Holding<'c, T: ?Sized + Send + Sync + 'static> {
    cell: &'c Cell<T>,
    work: Option<Box<dyn Work<T>>>,
}

impl<T> Holding<'_, T>
where
    T: ?Sized + Send + Sync + 'static,
{
    fn settle(mut self, polled: Poll<Result<(), Error>>, site: &impl Site, task: &Context<'_>) -> Polled<T> {
        let (phase, polled) = match (polled, &self.work) {
            (Poll::Ready(Ok(())), Some(work)) => (Phase::Ready, Polled::Ready(work.value())),
            (Poll::Ready(Err(error)), _) => return Polled::Failed(error),
            (Poll::Ready(Ok(())) | Poll::Pending, _) => (Phase::Running, Polled::Waiting),
        };
        let waiters = {
            let mut state = self.cell.lock();
            if let Phase::Closed(completion) = state.phase {
                drop(state);
                drop(polled);
                return self.too_late(completion);
            }
            if state.previous.is_none() {
                state.previous = Some(site.enlist());
            }
            state.phase = phase;
            state.work = self.work.take();
            if phase == Phase::Running {
                wait(&mut state.waiters, task);
            }
            if phase == Phase::Ready { std::mem::take(&mut state.waiters) } else { Vec::new() }
        };
        std::mem::forget(self);
        waiters.into_iter().for_each(Waker::wake);
        polled
    }

    fn slow(mut self) -> Polled<T> {
        let work = self.work.take();
        // The cell stays busy: the one who awaits the arguments releases it.
        std::mem::forget(self);
        work.map_or_else(|| Polled::Failed(over::<T>()), Polled::Slow)
    }

    /// The request ended while the value was made.
    #[cold]
    fn too_late(mut self, completion: Completion) -> Polled<T> {
        if let Some(work) = &mut self.work
            && let Some(mut rest) = work.finish(completion)
        {
            let _ = rest.as_mut().poll(&mut Context::from_waker(Waker::noop()));
        }
        Polled::Failed(over::<T>())
    }
}

impl<T> Drop for Holding<'_, T>
where
    T: ?Sized + Send + Sync + 'static,
{
    fn drop(&mut self) {
        let mut state = self.cell.lock();
        if state.phase == Phase::Busy {
            state.phase = Phase::Idle;
            state.work = self.work.take();
        }
        let waiters = std::mem::take(&mut state.waiters);
        drop(state);
        waiters.into_iter().for_each(Waker::wake);
    }
}

fn wait(waiters: &mut Vec<Waker>, task: &Context<'_>) {
    if !waiters.iter().any(|waiter| waiter.will_wake(task.waker())) {
        waiters.push(task.waker().clone());
    }
}

#[cold]
fn over<T: ?Sized>() -> Error {
    Error::missing_dependency(std::any::type_name::<T>(), None, "the request it belongs to is over")
}
