//! The dependencies of one request.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::task::Context;

use super::cell::{AnyCell, Cell, Polled, Site, end_now};
use super::cells::Cells;
use super::spec::Work;
use super::{Completion, Container, InjectKey};
use crate::Error;
use crate::request::Head;
use crate::stats::Recorder;

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

    /// Returns a singleton that has been built.
    #[inline]
    pub(crate) fn singleton<T: ?Sized + 'static, K: InjectKey>(&self) -> Option<&super::Value<T>> {
        match self.inner.container.slot::<T, K>()? {
            super::spec::Slot::Singleton(value) => value.get(),
            super::spec::Slot::Request(_) | super::spec::Slot::Transient(_) => None,
        }
    }

    /// Returns the scope of a container in which values of the request are built: this one, or one around it.
    #[must_use]
    pub fn open_of(&self, container: &Container) -> Option<Self> {
        let mut scopes = std::iter::once(self).chain(self.outside());
        scopes.find(|scope| !scope.inner.is_bare && scope.inner.container.is(container)).cloned()
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

impl Scope {
    /// Finds the scope that a cell's value belongs to: this one, or one outside that shares it.
    #[inline]
    pub(super) fn home(&self, cell: u32) -> (&Self, u32) {
        if self.inner.outer.is_none() { (self, cell) } else { self.home_outside(cell) }
    }

    #[inline(never)]
    fn home_outside(&self, mut cell: u32) -> (&Self, u32) {
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

impl Scope {
    pub(super) fn spot(&self, cell: u32) -> Spot<'_> {
        Spot { scope: &self.inner, cell }
    }

    #[inline]
    pub(super) fn poll_cell<T>(&self, cell: u32, head: &mut Head<'_>, task: &mut Context<'_>) -> Polled<T>
    where
        T: ?Sized + Send + Sync + 'static,
    {
        let spot = self.spot(cell);
        let cell = spot.typed::<T>().expect("a slot leads to a cell of its type");
        cell.poll(&spot, head, task)
    }

    /// Returns the value of a cell, if it is there or can be made at once.
    #[inline(never)]
    pub(super) fn cell_now<T>(
        &self,
        cell: u32,
        head: &mut Head<'_>,
        task: &mut Context<'_>,
    ) -> Option<Result<super::Value<T>, Error>>
    where
        T: ?Sized + Send + Sync + 'static,
    {
        let (home, cell) = self.home(cell);
        if home.inner.is_bare {
            return None;
        }
        match home.poll_cell(cell, head, task) {
            Polled::Ready(value) => Some(Ok(value)),
            Polled::Failed(error) => Some(Err(error)),
            Polled::Waiting => None,
            // Its arguments have to be awaited, by who waits for the value.
            Polled::Slow(work) => {
                if let Some(cell) = home.spot(cell).typed::<T>() {
                    cell.put_off(work);
                }
                None
            }
        }
    }

    /// Runs foreign code that reads the arguments of a cell's factory.
    pub(super) fn run_in_cell<T, R>(&self, cell: u32, foreign: impl FnOnce() -> R) -> R
    where
        T: ?Sized + Send + Sync + 'static,
    {
        self.spot(cell).typed::<T>().expect("a slot leads to a cell of its type").run(foreign)
    }

    pub(super) fn resume_cell<T>(
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
    /// Who wants to know how long factories take.
    pub(super) recorder: Option<Recorder>,
    /// Whether many requests share it, so that nothing may be built in it.
    pub(super) is_bare: bool,
    pub(super) cells: Cells,
    /// The cell that was built last; each cell knows the one before.
    pub(super) last: AtomicU32,
    pub(super) ended: AtomicBool,
}

impl ScopeInner {
    pub(super) fn new(container: Container) -> Self {
        let (last, ended) = (AtomicU32::new(NO_CELL), AtomicBool::new(false));
        Self { container, outer: None, recorder: None, is_bare: false, cells: Cells::default(), last, ended }
    }

    /// Makes a scope that many requests share: nothing is built in it.
    pub(super) fn bare(container: Container) -> Self {
        let mut scope = Self::new(container);
        scope.is_bare = true;
        scope
    }

    /// Gives the values up, the last one first, as long as nobody could tell when. Returns whether that was all.
    pub(super) fn end_unseen(&mut self) -> bool {
        while let Some(cell) = self.cells.used_mut(*self.last.get_mut()) {
            let Some(previous) = cell.end_unseen() else { return false };
            *self.last.get_mut() = previous;
        }
        self.forget();
        true
    }

    /// Lets go of what stands around the request.
    pub(super) fn forget(&mut self) {
        self.outer = None;
        self.recorder = None;
    }

    /// Leaves a cell that could not be closed to whoever drops the scope.
    #[cold]
    pub(super) fn leave(&self, index: u32, cell: &dyn AnyCell) {
        cell.set_previous(self.last.swap(index, Ordering::AcqRel));
    }
}

impl Drop for ScopeInner {
    /// Ends what came to be at the end of the request or after it, by somebody who kept a copy of it.
    fn drop(&mut self) {
        let mut next = *self.last.get_mut();
        while let Some(cell) = self.cells.used_mut(next) {
            next = cell.previous();
            end_now(|| cell.finish(Completion::Cancelled));
        }
    }
}

/// One cell of a scope.
pub(super) struct Spot<'s> {
    scope: &'s ScopeInner,
    cell: u32,
}

impl<'s> Spot<'s> {
    pub(super) fn typed<T: ?Sized + Send + Sync + 'static>(&self) -> Option<&'s Cell<T>> {
        let cell: &dyn std::any::Any = self.scope.cells.cell(self.cell, &self.scope.container)?;
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

    fn recorder(&self) -> Option<&Recorder> {
        self.scope.recorder.as_ref()
    }
}

/// No cell.
pub(super) const NO_CELL: u32 = u32::MAX;
