//! One value of one request: who builds it, who waits for it, how it ends.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, TryLockError};
use std::task::{Context, Poll, Waker};
use std::time::Instant;

use http::request::Parts;

use super::factory::{Begun, BoxFuture};
use super::scope::NONE;
use super::spec::{Make, Work};
use super::{Completion, Value};
use crate::Error;
use crate::stats::Recorder;

/// A cell of a scope without its type.
pub(super) trait AnyCell: Any + Send + Sync {
    /// Returns the cell that was built before this one.
    fn previous(&self) -> u32;

    fn before_response(&self) -> Option<BoxFuture<'static, Result<(), Error>>>;

    /// Ends the value's life, and makes the cell ready for the next request; what is still to be awaited comes back.
    fn finish(&mut self, completion: Completion) -> Option<BoxFuture<'static, ()>>;

    /// Ends the value's life for good, while others may still look at the cell.
    fn close(&self, completion: Completion) -> Close;

    /// Says which cell comes before this one from now on.
    fn set_previous(&self, previous: u32);
}

/// The value of one request.
///
/// Whoever polls holds the lock; nobody ever waits for the lock, who finds it taken leaves a waker. A factory that was
/// started stays in the cell, and goes on whoever gives up waiting.
pub(super) struct Cell<T: ?Sized> {
    make: Arc<dyn Make<T>>,
    state: Mutex<State<T>>,
    /// The cell that was built before this one, once this one is on its scope's list.
    previous: AtomicU32,
    has_waiters: AtomicBool,
    waiters: Mutex<Vec<Waker>>,
}

struct State<T: ?Sized> {
    phase: Phase,
    work: Option<Box<dyn Work<T>>>,
    is_listed: bool,
    started: Option<Instant>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Phase {
    /// The request is over.
    Closed,
    Idle,
    Ready,
    /// The factory was started and waits to be polled.
    Running,
    /// Somebody awaits the arguments in a box, and has the room.
    Starting,
}

/// What closing a cell comes to.
pub(super) enum Close {
    /// Somebody polls it at this moment. He ends the value himself if he sees that the request is over; he may have looked
    /// just before it was.
    Busy,
    Done(Option<BoxFuture<'static, ()>>),
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

    /// Returns who wants to know how long factories take.
    fn recorder(&self) -> Option<&Recorder>;
}

impl<T> Cell<T>
where
    T: ?Sized + Send + Sync + 'static,
{
    pub(super) fn new(make: Arc<dyn Make<T>>) -> Self {
        Self {
            make,
            state: Mutex::new(State { phase: Phase::Idle, work: None, is_listed: false, started: None }),
            previous: AtomicU32::new(NONE),
            has_waiters: AtomicBool::new(false),
            waiters: Mutex::new(Vec::new()),
        }
    }

    pub(super) fn poll(&self, site: &impl Site, parts: &mut Parts, task: &mut Context<'_>) -> Polled<T> {
        let Some(mut state) = self.try_lock() else {
            return self.wait_for_lock(site, parts, task);
        };
        if state.phase == Phase::Ready
            && let Some(work) = &state.work
        {
            return Polled::Ready(work.value());
        }
        let polled = self.advance(&mut state, site, parts, task);
        drop(state);
        if !matches!(polled, Polled::Waiting | Polled::Slow(_)) {
            self.wake();
        }
        polled
    }

    fn advance(
        &self,
        state: &mut State<T>,
        site: &impl Site,
        parts: &mut Parts,
        task: &mut Context<'_>,
    ) -> Polled<T> {
        match state.phase {
            Phase::Starting => {
                self.wait(task);
                return Polled::Waiting;
            }
            Phase::Closed => return Polled::Failed(over::<T>()),
            Phase::Idle if site.is_over() => return Polled::Failed(over::<T>()),
            Phase::Idle | Phase::Ready | Phase::Running => {}
        }
        let work = state.work.get_or_insert_with(|| Arc::clone(&self.make).work());
        if state.phase != Phase::Running {
            if site.recorder().is_some() {
                state.started = Some(Instant::now());
            }
            match work.begin(parts, task) {
                Begun::Running => {}
                Begun::Failed(error) => return Polled::Failed(error),
                Begun::Waiting => {
                    state.phase = Phase::Starting;
                    return state.work.take().map_or(Polled::Waiting, Polled::Slow);
                }
            }
        }
        self.drive(state, site, task)
    }

    /// Polls the factory that was started.
    fn drive(&self, state: &mut State<T>, site: &impl Site, task: &mut Context<'_>) -> Polled<T> {
        // Until it is known how it goes: a factory that panics is started anew by the next who asks.
        state.phase = Phase::Idle;
        let Some(work) = &mut state.work else { return Polled::Waiting };
        let polled = work.poll(task);
        if polled.is_ready()
            && let Some(started) = state.started.take()
            && let Some(recorder) = site.recorder()
        {
            recorder.dependency(std::any::type_name::<T>(), self.make.key(), started.elapsed());
        }
        if !matches!(polled, Poll::Ready(Err(_))) && !state.is_listed {
            state.is_listed = true;
            self.previous.store(site.enlist(), Ordering::Release);
        }
        match polled {
            Poll::Ready(Ok(())) if site.is_over() => {
                too_late(state);
                Polled::Failed(over::<T>())
            }
            Poll::Ready(Ok(())) => {
                state.phase = Phase::Ready;
                Polled::Ready(work.value())
            }
            Poll::Ready(Err(error)) => Polled::Failed(error),
            Poll::Pending => {
                state.phase = Phase::Running;
                self.wait(task);
                Polled::Waiting
            }
        }
    }

    /// Takes a room back whose factory was started while the arguments were awaited.
    pub(super) fn resume(
        &self,
        work: Box<dyn Work<T>>,
        site: &impl Site,
        task: &mut Context<'_>,
    ) -> Polled<T> {
        let mut state = self.lock();
        if state.phase == Phase::Closed {
            return Polled::Failed(over::<T>());
        }
        state.work = Some(work);
        let polled = self.drive(&mut state, site, task);
        drop(state);
        if !matches!(polled, Polled::Waiting) {
            self.wake();
        }
        polled
    }

    /// Gives the cell free for the next who asks, with or without the room.
    pub(super) fn release(&self, work: Option<Box<dyn Work<T>>>) {
        let mut state = self.lock();
        if state.phase == Phase::Starting {
            state.phase = Phase::Idle;
            state.work = work;
        }
        drop(state);
        self.wake();
    }

    /// Wakes those who wait: the value is there, or somebody else has to poll.
    pub(super) fn wake(&self) {
        if self.has_waiters.swap(false, Ordering::SeqCst) {
            let waiters = std::mem::take(&mut *self.waiters.lock().unwrap_or_else(PoisonError::into_inner));
            waiters.into_iter().for_each(Waker::wake);
        }
    }

    fn wait(&self, task: &Context<'_>) {
        let mut waiters = self.waiters.lock().unwrap_or_else(PoisonError::into_inner);
        if !waiters.iter().any(|waiter| waiter.will_wake(task.waker())) {
            waiters.push(task.waker().clone());
        }
        self.has_waiters.store(true, Ordering::SeqCst);
    }

    /// Somebody else polls at this moment. He may have looked for waiters just before, so the lock is tried again.
    #[cold]
    fn wait_for_lock(&self, site: &impl Site, parts: &mut Parts, task: &mut Context<'_>) -> Polled<T> {
        self.wait(task);
        match self.try_lock() {
            Some(mut state) => {
                let polled = match (state.phase, &state.work) {
                    (Phase::Ready, Some(work)) => Polled::Ready(work.value()),
                    _ => self.advance(&mut state, site, parts, task),
                };
                drop(state);
                self.wake();
                polled
            }
            None => Polled::Waiting,
        }
    }

    fn try_lock(&self) -> Option<MutexGuard<'_, State<T>>> {
        match self.state.try_lock() {
            Ok(state) => Some(state),
            Err(TryLockError::Poisoned(poisoned)) => Some(poisoned.into_inner()),
            Err(TryLockError::WouldBlock) => None,
        }
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
        self.previous.load(Ordering::Acquire)
    }

    fn before_response(&self) -> Option<BoxFuture<'static, Result<(), Error>>> {
        let state = self.try_lock()?;
        if state.phase == Phase::Ready { state.work.as_ref()?.before_response() } else { None }
    }

    fn finish(&mut self, completion: Completion) -> Option<BoxFuture<'static, ()>> {
        let state = self.state.get_mut().unwrap_or_else(PoisonError::into_inner);
        state.is_listed = false;
        if std::mem::replace(&mut state.phase, Phase::Idle) == Phase::Ready {
            state.work.as_mut()?.finish(completion)
        } else {
            // A factory that was not done is dropped with its room.
            state.work = None;
            None
        }
    }

    fn close(&self, completion: Completion) -> Close {
        let Some(mut state) = self.try_lock() else { return Close::Busy };
        let before = std::mem::replace(&mut state.phase, Phase::Closed);
        let mut work = state.work.take();
        drop(state);
        self.wake();
        let ready = work.as_mut().filter(|_| before == Phase::Ready);
        Close::Done(ready.and_then(|work| work.finish(completion)))
    }

    fn set_previous(&self, previous: u32) {
        self.previous.store(previous, Ordering::Release);
    }
}

/// Ends a value that came to be when its request was over.
#[cold]
fn too_late<T: ?Sized>(state: &mut State<T>) {
    state.phase = Phase::Closed;
    if let Some(mut work) = state.work.take() {
        end_now(|| work.finish(Completion::Cancelled));
    }
}

/// Ends a value for which nobody waits: its teardown is polled once, and a panic in it is caught.
#[cold]
pub(super) fn end_now(finish: impl FnOnce() -> Option<BoxFuture<'static, ()>>) {
    let end = || finish().map(|mut rest| rest.as_mut().poll(&mut Context::from_waker(Waker::noop())));
    // The panic hook has said what happened, and there is nobody else to tell.
    let _ = catch_unwind(AssertUnwindSafe(end));
}

#[cold]
fn over<T: ?Sized>() -> Error {
    Error::missing_dependency(std::any::type_name::<T>(), None, "the request it belongs to is over")
}
