//! The dependencies of one request.

use std::any::type_name;
use std::fmt;
use std::future::Future;
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
pub async fn resolve<T, K>(parts: &mut Parts) -> Result<Value<T>, Error>
where
    T: ?Sized + Send + Sync + 'static,
    K: InjectKey,
{
    let waiting = match find::<T, K>(&parts.extensions) {
        Found::Value(value) => return Ok(value),
        Found::Cell(scope, cell) => Resolving::new(scope, cell, parts),
        Found::Transient(make) => return make.make(parts).await,
        Found::Missing(error) => return Err(error),
    };
    waiting.await
}

enum Found<T: ?Sized> {
    Value(Value<T>),
    Cell(Scope, u32),
    Transient(Arc<dyn Make<T>>),
    Missing(Error),
}

fn find<T, K>(extensions: &Extensions) -> Found<T>
where
    T: ?Sized + Send + Sync + 'static,
    K: InjectKey,
{
    let Some(scope) = RequestState::of(extensions).and_then(RequestState::scope) else {
        return Found::Missing(no_layer::<T, K>());
    };
    match scope.inner.container.slot::<T, K>() {
        Some(Slot::Singleton(value)) => match value.get() {
            Some(value) => Found::Value(value.clone()),
            None => Found::Missing(missing::<T, K>(scope)),
        },
        Some(Slot::Request(cell)) => {
            let (scope, cell) = scope.home(*cell);
            Found::Cell(scope.clone(), cell)
        }
        Some(Slot::Transient(make)) => Found::Transient(Arc::clone(make)),
        None => Found::Missing(missing::<T, K>(scope)),
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
fn no_layer<T: ?Sized, K: InjectKey>() -> Error {
    Error::missing_dependency(type_name::<T>(), K::KEY.name(), "no injection layer is outside of the handler")
}

#[cold]
fn missing<T: ?Sized + 'static, K: InjectKey>(scope: &Scope) -> Error {
    let cause = if scope.inner.container.keys_of::<T>().next().is_some() {
        "it is registered under other keys, but not under this one"
    } else {
        "it is not registered in the container"
    };
    Error::missing_dependency(type_name::<T>(), K::KEY.name(), cause)
}

/// Somebody who waits for a per-request value, or builds it.
struct Resolving<'p, T: ?Sized + Send + Sync + 'static> {
    scope: Scope,
    cell: u32,
    parts: Option<&'p mut Parts>,
    step: Step<'p, T>,
}

enum Step<'p, T: ?Sized> {
    Fresh,
    Waiting,
    Slow(BoxFuture<'p, Begin<'p, dyn Work<T>>>),
    Done,
}

impl<'p, T: ?Sized + Send + Sync + 'static> Resolving<'p, T> {
    const fn new(scope: Scope, cell: u32, parts: &'p mut Parts) -> Self {
        Self { scope, cell, parts: Some(parts), step: Step::Fresh }
    }
}

impl<T: ?Sized + Send + Sync + 'static> Future for Resolving<'_, T> {
    type Output = Result<Value<T>, Error>;

    fn poll(mut self: Pin<&mut Self>, task: &mut Context<'_>) -> Poll<Self::Output> {
        let this = &mut *self;
        let site = Spot { scope: &this.scope.inner, cell: this.cell };
        let Some(cell) = site.typed::<T>() else {
            return Poll::Ready(Err(no_layer::<T, super::NoKey>()));
        };
        if let (Step::Fresh | Step::Waiting, Some(parts)) = (&this.step, &mut this.parts) {
            match cell.poll(&site, parts, task) {
                Polled::Slow(work) => {
                    if let Some(parts) = this.parts.take() {
                        this.step = Step::Slow(work.begin_slowly(parts));
                    }
                }
                polled => return this.step.settle(polled),
            }
        }
        let Step::Slow(arguments) = &mut this.step else {
            return Poll::Ready(Err(no_layer::<T, super::NoKey>()));
        };
        let (work, parts, begun) = std::task::ready!(arguments.as_mut().poll(task));
        this.step = Step::Done;
        this.parts = Some(parts);
        match begun {
            Ok(()) => this.step.settle(cell.resume(work, &site, task)),
            Err(error) => {
                cell.release(Some(work));
                Poll::Ready(Err(error))
            }
        }
    }
}

impl<T: ?Sized> Step<'_, T> {
    fn settle(&mut self, polled: Polled<T>) -> Poll<Result<Value<T>, Error>> {
        *self = Step::Done;
        match polled {
            Polled::Failed(error) => Poll::Ready(Err(error)),
            Polled::Ready(value) => Poll::Ready(Ok(value)),
            Polled::Slow(_) | Polled::Waiting => {
                *self = Step::Waiting;
                Poll::Pending
            }
        }
    }
}

impl<T: ?Sized + Send + Sync + 'static> Drop for Resolving<'_, T> {
    fn drop(&mut self) {
        let cell = || Spot { scope: &self.scope.inner, cell: self.cell }.typed::<T>();
        match self.step {
            Step::Fresh | Step::Done => {}
            Step::Waiting => cell().into_iter().for_each(Cell::leave),
            Step::Slow(_) => cell().into_iter().for_each(|cell| cell.release(None)),
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
        while let Some(cell) = self.cells.get(next as usize) {
            let (rest, previous) = cell.finish(Completion::Cancelled, false);
            if let Some(mut rest) = rest {
                let _ = rest.as_mut().poll(&mut Context::from_waker(Waker::noop()));
            }
            next = previous;
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
