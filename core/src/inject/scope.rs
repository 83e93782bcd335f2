//! The dependencies of one request.

use std::any::type_name;
use std::fmt;
use std::future::Future;
use std::marker::PhantomData;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::task::{Context, Poll, Waker};

use http::Extensions;
use http::request::Parts;

use super::cell::{AnyCell, Cell, Polled, Site};
use super::factory::{Begin, BoxFuture};
use super::spec::{Make, Slot, Work};
use super::{Completion, Container, InjectKey, Value};
use crate::{Error, RequestState};

/// The dependencies of one request: those of its container, and what was built for the request.
#[derive(Clone)]
pub struct Scope {
    pub(super) inner: Arc<ScopeInner>,
}

impl Scope {
    /// Returns the container.
    #[must_use]
    pub fn container(&self) -> &Container {
        &self.inner.container
    }

    /// Returns whether a dependency is registered.
    #[must_use]
    pub fn provides<T: ?Sized + 'static, K: InjectKey>(&self) -> bool {
        self.inner.container.slot::<T, K>().is_some()
    }
}

impl fmt::Debug for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Scope").field("container", &self.inner.container).finish_non_exhaustive()
    }
}

/// Returns a dependency of a request: a singleton at once, a per-request value from the request's scope, where it is built
/// when nobody asked before.
///
/// Extractors are written with it; handlers take `Inject<T>`.
///
/// # Errors
///
/// - it is not registered, or no injection layer is outside: [`ErrorKind::Injection`](crate::ErrorKind::Injection), `500`
/// - its factory refuses the request: that error
/// - its factory fails otherwise: [`ErrorKind::Injection`](crate::ErrorKind::Injection), `500`
///
/// # Cancel safety
///
/// A factory that was started goes on when somebody else asks for the same value; it is not started twice.
#[inline]
pub const fn resolve<T, K>(parts: &mut Parts) -> Resolve<'_, T, K>
where
    T: ?Sized + Send + Sync + 'static,
    K: InjectKey,
{
    Resolve { step: Step::Start(parts), key: PhantomData }
}

/// The future of a dependency, made by [`resolve`].
///
/// # Panics
///
/// When it is polled after its completion.
pub struct Resolve<'p, T: ?Sized, K> {
    step: Step<'p, T>,
    key: PhantomData<fn() -> K>,
}

enum Step<'p, T: ?Sized> {
    Start(&'p mut Parts),
    /// What is not ready at once; only then there is a box.
    Slow(BoxFuture<'p, Result<Value<T>, Error>>),
    Done,
}

impl<T, K> Future for Resolve<'_, T, K>
where
    T: ?Sized + Send + Sync + 'static,
    K: InjectKey,
{
    type Output = Result<Value<T>, Error>;

    #[inline]
    fn poll(mut self: Pin<&mut Self>, task: &mut Context<'_>) -> Poll<Self::Output> {
        if let Step::Start(parts) = &mut self.step
            && let Found::Value(value) = find::<T, K>(&parts.extensions)
        {
            let value = value.clone();
            self.step = Step::Done;
            return Poll::Ready(Ok(value));
        }
        self.step.poll::<K>(task)
    }
}

impl<T: ?Sized, K> fmt::Debug for Resolve<'_, T, K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Resolve").field(&type_name::<T>()).finish()
    }
}

impl<T: ?Sized + Send + Sync + 'static> Step<'_, T> {
    /// Goes on with everything that is not a singleton.
    #[inline(never)]
    fn poll<K: InjectKey>(&mut self, task: &mut Context<'_>) -> Poll<Result<Value<T>, Error>> {
        let mut slow = match std::mem::replace(self, Step::Done) {
            Step::Start(parts) => match find::<T, K>(&parts.extensions) {
                Found::Value(value) => return Poll::Ready(Ok(value.clone())),
                Found::Cell(scope, cell) => {
                    let scope = scope.clone();
                    match scope.poll_cell(cell, parts, task) {
                        Polled::Ready(value) => return Poll::Ready(Ok(value)),
                        Polled::Failed(error) => return Poll::Ready(Err(error)),
                        polled @ (Polled::Slow(_) | Polled::Waiting) => {
                            let waiting = Resolving::new(scope, cell, parts, polled);
                            // What waits has left its waker; what begins slowly has to be polled.
                            Box::pin(waiting) as BoxFuture<'_, _>
                        }
                    }
                }
                Found::Transient(make) => {
                    let make = Arc::clone(make);
                    Box::pin(async move { make.make(parts).await })
                }
                Found::Nothing => return Poll::Ready(Err(missing::<T, K>(&parts.extensions))),
            },
            Step::Slow(slow) => slow,
            Step::Done => unreachable!("future polled after completion"),
        };
        let polled = slow.as_mut().poll(task);
        if polled.is_pending() {
            *self = Step::Slow(slow);
        }
        polled
    }
}

enum Found<'a, T: ?Sized> {
    Value(&'a Value<T>),
    Cell(&'a Scope, u32),
    Transient(&'a Arc<dyn Make<T>>),
    Nothing,
}

#[inline]
fn find<T, K>(extensions: &Extensions) -> Found<'_, T>
where
    T: ?Sized + Send + Sync + 'static,
    K: InjectKey,
{
    let Some(scope) = RequestState::of(extensions).and_then(RequestState::scope) else {
        return Found::Nothing;
    };
    match scope.inner.container.slot::<T, K>() {
        Some(Slot::Singleton(value)) => value.get().map_or(Found::Nothing, Found::Value),
        Some(Slot::Request(cell)) if scope.inner.outer.is_none() => Found::Cell(scope, *cell),
        Some(Slot::Request(cell)) => {
            let (scope, cell) = scope.home(*cell);
            Found::Cell(scope, cell)
        }
        Some(Slot::Transient(make)) => Found::Transient(make),
        None => Found::Nothing,
    }
}

impl Scope {
    /// Finds the scope that a cell's value belongs to: this one, or one outside that shares it.
    fn home(&self, mut cell: u32) -> (&Self, u32) {
        let mut home = self;
        while let Some(shared) = home.inner.container.outer_cell(cell)
            && let Some(parent) = home.inner.container.parent()
            && let Some(outer) = home.outside().find(|outer| outer.inner.container.is(parent))
        {
            home = outer;
            cell = shared;
        }
        (home, cell)
    }

    fn outside(&self) -> impl Iterator<Item = &Self> {
        std::iter::successors(self.inner.outer.as_ref(), |scope| scope.inner.outer.as_ref())
    }
}

#[cold]
#[inline(never)]
fn missing<T: ?Sized + 'static, K: InjectKey>(extensions: &Extensions) -> Error {
    let cause = match RequestState::of(extensions).and_then(RequestState::scope) {
        None => "no injection layer is outside of the handler",
        Some(scope) if scope.inner.container.keys_of::<T>().next().is_some() => {
            "it is registered under other keys, but not under this one"
        }
        Some(_) => "it is not registered in the container",
    };
    Error::missing_dependency(type_name::<T>(), K::KEY.name(), cause)
}

/// Somebody who waits for a per-request value, or for the arguments of its factory.
struct Resolving<'p, T: ?Sized + Send + Sync + 'static> {
    scope: Scope,
    cell: u32,
    wait: Wait<'p, T>,
}

enum Wait<'p, T: ?Sized> {
    Value(&'p mut Parts),
    Arguments(BoxFuture<'p, Begin<'p, dyn Work<T>>>),
    Done,
}

impl<'p, T: ?Sized + Send + Sync + 'static> Resolving<'p, T> {
    fn new(scope: Scope, cell: u32, parts: &'p mut Parts, polled: Polled<T>) -> Self {
        let wait = match polled {
            Polled::Slow(work) => Wait::Arguments(work.begin_slowly(parts)),
            Polled::Failed(_) | Polled::Ready(_) | Polled::Waiting => Wait::Value(parts),
        };
        Self { scope, cell, wait }
    }
}

impl<T: ?Sized + Send + Sync + 'static> Future for Resolving<'_, T> {
    type Output = Result<Value<T>, Error>;

    fn poll(mut self: Pin<&mut Self>, task: &mut Context<'_>) -> Poll<Self::Output> {
        let this = &mut *self;
        loop {
            let (polled, parts) = match std::mem::replace(&mut this.wait, Wait::Done) {
                Wait::Value(parts) => (this.scope.poll_cell(this.cell, parts, task), parts),
                Wait::Arguments(mut arguments) => {
                    let Poll::Ready((work, parts, begun)) = arguments.as_mut().poll(task) else {
                        this.wait = Wait::Arguments(arguments);
                        return Poll::Pending;
                    };
                    (this.scope.resume_cell(this.cell, work, begun, task), parts)
                }
                Wait::Done => unreachable!("future polled after completion"),
            };
            match polled {
                Polled::Failed(error) => return Poll::Ready(Err(error)),
                Polled::Ready(value) => return Poll::Ready(Ok(value)),
                Polled::Slow(work) => this.wait = Wait::Arguments(work.begin_slowly(parts)),
                Polled::Waiting => {
                    this.wait = Wait::Value(parts);
                    return Poll::Pending;
                }
            }
        }
    }
}

impl<T: ?Sized + Send + Sync + 'static> Drop for Resolving<'_, T> {
    fn drop(&mut self) {
        let Some(cell) = self.scope.spot(self.cell).typed::<T>() else { return };
        match self.wait {
            Wait::Done => {}
            // If it was this one who would have been woken, another one has to poll.
            Wait::Value(_) => cell.wake(),
            Wait::Arguments(_) => cell.release(None),
        }
    }
}

impl Scope {
    fn spot(&self, cell: u32) -> Spot<'_> {
        Spot { scope: &self.inner, cell }
    }

    fn poll_cell<T>(&self, cell: u32, parts: &mut Parts, task: &mut Context<'_>) -> Polled<T>
    where
        T: ?Sized + Send + Sync + 'static,
    {
        let spot = self.spot(cell);
        let cell = spot.typed::<T>().expect("a slot leads to a cell of its type");
        cell.poll(&spot, parts, task)
    }

    fn resume_cell<T>(
        &self,
        cell: u32,
        work: Box<dyn Work<T>>,
        begun: Result<(), Error>,
        task: &mut Context<'_>,
    ) -> Polled<T>
    where
        T: ?Sized + Send + Sync + 'static,
    {
        let spot = self.spot(cell);
        let cell = spot.typed::<T>().expect("a slot leads to a cell of its type");
        match begun {
            Ok(()) => cell.resume(work, &spot, task),
            Err(error) => {
                cell.release(Some(work));
                Polled::Failed(error)
            }
        }
    }
}

pub(super) struct ScopeInner {
    pub(super) container: Container,
    pub(super) outer: Option<Scope>,
    pub(super) cells: Box<[Box<dyn AnyCell>]>,
    /// The cell that was built last; each cell knows the one before.
    pub(super) last: AtomicU32,
    pub(super) ended: AtomicBool,
}

impl ScopeInner {
    pub(super) fn new(container: Container, outer: Option<Scope>) -> Self {
        let cells = container.new_cells();
        Self { container, outer, cells, last: AtomicU32::new(NONE), ended: AtomicBool::new(false) }
    }
}

impl Drop for ScopeInner {
    /// Ends what was built after the end of the request, by somebody who kept a copy of it.
    fn drop(&mut self) {
        let mut next = *self.last.get_mut();
        while let Some(cell) = self.cells.get_mut(next as usize) {
            next = cell.previous();
            if let Some(mut rest) = cell.finish(Completion::Cancelled) {
                let _ = rest.as_mut().poll(&mut Context::from_waker(Waker::noop()));
            }
        }
    }
}

/// One cell of a scope.
struct Spot<'s> {
    scope: &'s ScopeInner,
    cell: u32,
}

impl<'s> Spot<'s> {
    fn typed<T: ?Sized + Send + Sync + 'static>(&self) -> Option<&'s Cell<T>> {
        let cell: &dyn std::any::Any = &**self.scope.cells.get(self.cell as usize)?;
        cell.downcast_ref()
    }
}

impl Site for Spot<'_> {
    fn enlist(&self) -> u32 {
        self.scope.last.swap(self.cell, Ordering::AcqRel)
    }

    fn is_over(&self) -> bool {
        self.scope.ended.load(Ordering::Acquire)
    }
}

/// No cell.
pub(super) const NONE: u32 = u32::MAX;
