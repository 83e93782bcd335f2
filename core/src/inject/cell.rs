//! One value of one request: who builds it, who waits for it, how it ends.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::task::{Context, Poll, Waker};
use std::time::Instant;

use super::factory::{Begun, BoxFuture};
use super::scope::NO_CELL;
use super::spec::{Make, Work};
use super::turn::{Runner, Turn, Turns};
use super::{Completion, Value};
use crate::Error;
use crate::request::Head;
use crate::stats::Recorder;

/// A cell of a scope without its type.
pub(super) trait AnyCell: Any + Send + Sync {
    /// Returns the cell that was built before this one.
    fn previous(&self) -> u32;

    /// Gives the value up and makes the cell ready for the next request, if the value is there and nobody could tell when it is
    /// given up; returns the cell that was built before this one.
    fn end_unseen(&mut self) -> Option<u32>;

    /// Returns the hook of a value that is there; pending, and woken, when somebody polls the cell at this moment.
    fn poll_before_response(&self, task: &mut Context<'_>) -> Poll<Option<Hook>>;

    /// Ends the value's life, and makes the cell ready for the next request; what is still to be awaited comes back.
    fn finish(&mut self, completion: Completion) -> Option<BoxFuture<'static, ()>>;

    /// Ends the value's life for good, while others may still look at the cell.
    fn close(&self, completion: Completion) -> Close;

    /// Says which cell comes before this one from now on.
    fn set_previous(&self, previous: u32);
}

/// What has to be done before the head of an answer leaves.
pub(super) type Hook = BoxFuture<'static, Result<(), Error>>;

/// The value of one request.
///
/// Whoever polls has the turn, which is the lock; nobody ever waits for the lock, who finds it taken leaves a waker. A
/// factory that was started stays in the cell, and goes on whoever gives up waiting.
pub(super) struct Cell<T: ?Sized> {
    make: Arc<dyn Make<T>>,
    turns: Turns<State<T>>,
    /// The cell that was built before this one, once this one is on its scope's list.
    previous: AtomicU32,
    runner: Runner,
    ends_unseen: bool,
}

struct State<T: ?Sized> {
    phase: Phase,
    work: Option<Box<dyn Work<T>>>,
    is_listed: bool,
    started: Option<Instant>,
}

impl<T: ?Sized> State<T> {
    /// Hands the room out, so that the arguments can be awaited.
    fn start_slowly(&mut self) -> Polled<T> {
        self.phase = Phase::Starting;
        self.work.take().map_or(Polled::Waiting, Polled::Slow)
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Phase {
    /// The request is over.
    Closed,
    Idle,
    Ready,
    /// The factory was started and waits to be polled.
    Running,
    /// An argument is not ready; who asks next awaits it in a box, and need not try it before.
    Slow,
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
            ends_unseen: make.ends_unseen(),
            make,
            turns: Turns::new(State { phase: Phase::Idle, work: None, is_listed: false, started: None }),
            previous: AtomicU32::new(NO_CELL),
            runner: Runner::default(),
        }
    }

    #[inline]
    pub(super) fn poll(&self, site: &impl Site, head: &mut Head<'_>, task: &mut Context<'_>) -> Polled<T> {
        let turn = self.turns.try_take().map_or_else(|| self.wait_for_turn(task), Ok);
        let mut turn = match turn {
            Ok(turn) => turn,
            Err(polled) => return polled,
        };
        if turn.phase == Phase::Ready
            && let Some(work) = &turn.work
        {
            let value = work.value();
            turn.changes_nothing();
            return Polled::Ready(value);
        }
        let polled = self.advance(&mut turn, site, head, task);
        if matches!(polled, Polled::Waiting | Polled::Slow(_)) {
            turn.changes_nothing();
        }
        polled
    }

    /// Somebody else polls at this moment. He may have looked for waiters just before, so the turn is tried again.
    #[cold]
    fn wait_for_turn(&self, task: &Context<'_>) -> Result<Turn<'_, State<T>>, Polled<T>> {
        if self.runner.is_here() {
            return Err(Polled::Failed(self.needs_itself()));
        }
        self.turns.wait_for_turn(task);
        self.turns.try_take().ok_or(Polled::Waiting)
    }

    #[inline]
    fn advance(
        &self,
        state: &mut State<T>,
        site: &impl Site,
        head: &mut Head<'_>,
        task: &mut Context<'_>,
    ) -> Polled<T> {
        match state.phase {
            Phase::Starting if self.runner.is_here() => return Polled::Failed(self.needs_itself()),
            Phase::Starting => {
                self.turns.wait_for_change(task);
                return Polled::Waiting;
            }
            Phase::Closed => return Polled::Failed(over::<T>()),
            Phase::Idle | Phase::Slow if site.is_over() => return Polled::Failed(over::<T>()),
            Phase::Slow if state.work.is_some() => return state.start_slowly(),
            Phase::Idle | Phase::Ready | Phase::Running | Phase::Slow => {}
        }
        if state.phase == Phase::Running {
            return self.drive(state, site, task);
        }
        let work = state.work.get_or_insert_with(|| Arc::clone(&self.make).work());
        if site.recorder().is_some() {
            state.started = Some(Instant::now());
        }
        let polled = match self.run(|| work.begin(head, task)) {
            Begun::Failed(error) => return Polled::Failed(error),
            Begun::Made(made) => Poll::Ready(made),
            Begun::Running => Poll::Pending,
            Begun::Waiting => return state.start_slowly(),
        };
        self.settle(state, polled, site, task)
    }

    /// Polls the factory that was started.
    #[inline(never)]
    fn drive(&self, state: &mut State<T>, site: &impl Site, task: &mut Context<'_>) -> Polled<T> {
        // Until it is known how it goes: a factory that panics is started anew by the next who asks.
        state.phase = Phase::Idle;
        let Some(work) = &mut state.work else { return Polled::Waiting };
        let polled = self.run(|| work.poll(task));
        self.settle(state, polled, site, task)
    }

    /// Takes note of how far the factory came.
    #[inline]
    fn settle(
        &self,
        state: &mut State<T>,
        polled: Poll<Result<Value<T>, Error>>,
        site: &impl Site,
        task: &mut Context<'_>,
    ) -> Polled<T> {
        if polled.is_ready() && state.started.is_some() {
            self.note_time(state, site);
        }
        match polled {
            Poll::Ready(Ok(value)) => {
                self.enlist(state, site);
                if site.is_over() {
                    return too_late(state, value);
                }
                state.phase = Phase::Ready;
                Polled::Ready(value)
            }
            Poll::Ready(Err(error)) => Polled::Failed(error),
            Poll::Pending => {
                self.enlist(state, site);
                state.phase = Phase::Running;
                self.turns.wait_for_change(task);
                Polled::Waiting
            }
        }
    }

    /// Puts the cell on its scope's list, once.
    #[inline]
    fn enlist(&self, state: &mut State<T>, site: &impl Site) {
        if !std::mem::replace(&mut state.is_listed, true) {
            self.previous.store(site.enlist(), Ordering::Release);
        }
    }

    /// Tells whoever wants to know how long the factory took.
    #[inline(never)]
    fn note_time(&self, state: &mut State<T>, site: &impl Site) {
        if let (Some(started), Some(recorder)) = (state.started.take(), site.recorder()) {
            recorder.dependency(std::any::type_name::<T>(), self.make.key(), started);
        }
    }

    /// Takes a room back whose factory was started while the arguments were awaited.
    pub(super) fn resume(
        &self,
        work: Box<dyn Work<T>>,
        site: &impl Site,
        task: &mut Context<'_>,
    ) -> Polled<T> {
        let mut turn = self.turns.take();
        if turn.phase == Phase::Closed {
            return Polled::Failed(over::<T>());
        }
        turn.work = Some(work);
        let polled = self.drive(&mut turn, site, task);
        if matches!(polled, Polled::Waiting) {
            turn.changes_nothing();
        }
        polled
    }

    /// Gives the room back, whose arguments were not ready; who asks next awaits them.
    pub(super) fn put_off(&self, work: Box<dyn Work<T>>) {
        let mut turn = self.turns.take();
        if turn.phase == Phase::Starting {
            turn.phase = Phase::Slow;
            turn.work = Some(work);
        }
    }

    /// Gives the cell free for the next who asks, with or without the room.
    pub(super) fn release(&self, work: Option<Box<dyn Work<T>>>) {
        let mut turn = self.turns.take();
        if turn.phase == Phase::Starting {
            turn.phase = Phase::Idle;
            turn.work = work;
        }
    }

    /// Wakes those who wait for the value: somebody else has to poll.
    pub(super) fn wake(&self) {
        self.turns.wake();
    }

    /// Runs foreign code that makes the value; when it asks for the value itself, that is found out.
    pub(super) fn run<R>(&self, foreign: impl FnOnce() -> R) -> R {
        self.runner.run(foreign)
    }

    #[cold]
    fn needs_itself(&self) -> Error {
        let cause = "its factory waits for itself, through an extractor that does not describe what it needs";
        Error::missing_dependency(std::any::type_name::<T>(), self.make.key().name(), cause)
    }
}

impl<T> AnyCell for Cell<T>
where
    T: ?Sized + Send + Sync + 'static,
{
    fn previous(&self) -> u32 {
        self.previous.load(Ordering::Acquire)
    }

    fn end_unseen(&mut self) -> Option<u32> {
        let state = self.turns.get_mut();
        if state.phase != Phase::Ready || !self.ends_unseen {
            return None;
        }
        // The value stands there until the next one does, or as long as somebody has kept it.
        state.phase = Phase::Idle;
        state.is_listed = false;
        Some(*self.previous.get_mut())
    }

    fn poll_before_response(&self, task: &mut Context<'_>) -> Poll<Option<Hook>> {
        let turn = self.turns.try_take().or_else(|| {
            self.turns.wait_for_turn(task);
            self.turns.try_take()
        });
        let Some(mut turn) = turn else { return Poll::Pending };
        turn.changes_nothing();
        let work = turn.work.as_ref().filter(|_| turn.phase == Phase::Ready);
        Poll::Ready(work.and_then(|work| work.before_response()))
    }

    fn finish(&mut self, completion: Completion) -> Option<BoxFuture<'static, ()>> {
        let state = self.turns.get_mut();
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
        let Some(mut turn) = self.turns.try_take() else { return Close::Busy };
        let before = std::mem::replace(&mut turn.phase, Phase::Closed);
        let mut work = turn.work.take();
        drop(turn);
        let ready = work.as_mut().filter(|_| before == Phase::Ready);
        Close::Done(ready.and_then(|work| work.finish(completion)))
    }

    fn set_previous(&self, previous: u32) {
        self.previous.store(previous, Ordering::Release);
    }
}

/// Ends a value that came to be when its request was over.
#[cold]
fn too_late<T: ?Sized>(state: &mut State<T>, value: Value<T>) -> Polled<T> {
    drop(value);
    state.phase = Phase::Closed;
    if let Some(mut work) = state.work.take() {
        end_now(|| work.finish(Completion::Cancelled));
    }
    Polled::Failed(over::<T>())
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
