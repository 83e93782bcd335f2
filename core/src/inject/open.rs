//! The beginning and the end of a request's dependencies.

use std::fmt;
use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Waker};

use super::cell::{Close, Hook};
use super::factory::BoxFuture;
use super::scope::{NO_CELL, ScopeInner};
use super::{Completion, Container, Scope};
use crate::stats::Recorder;
use crate::{Error, RequestState};

/// Opens a scope for each request; scopes that are over are used again, with the allocations of their values.
pub struct Scopes {
    container: Container,
    /// What all requests share for which nothing is built.
    bare: Scope,
    shards: [Mutex<Vec<Arc<ScopeInner>>>; SHARDS],
}

impl Scopes {
    /// Makes scopes of a container.
    #[must_use]
    pub fn new(container: Container) -> Self {
        let bare = Scope { inner: Arc::new(ScopeInner::bare(container.clone())) };
        Self { container, bare, shards: Default::default() }
    }

    /// Returns the container.
    #[must_use]
    pub const fn container(&self) -> &Container {
        &self.container
    }

    /// Opens a scope, inside of another one where there is one.
    pub fn open(self: &Arc<Self>, outer: Option<&Scope>) -> OpenScope {
        self.open_in(outer, None)
    }

    /// Opens a scope and leaves it with a request: inside of the scope that the request has, if any, and known to its
    /// recorder, which is told how long factories take.
    pub fn enter(self: &Arc<Self>, state: &mut RequestState) -> OpenScope {
        let recorder = state.recorder().filter(|recorder| recorder.detail().dependencies());
        let open = self.open_in(state.scope(), recorder);
        state.set_scope(open.scope().clone());
        open
    }

    /// Leaves the singletons with a request, without a scope that would have to be closed.
    ///
    /// For engines, which know from the contracts of a request's handlers that nothing is built for it
    /// ([`Container::needs_scope`]). What has not described that it needs a value of the request is refused it.
    pub fn enter_bare(&self, state: &mut RequestState) {
        state.set_scope(self.bare.clone());
    }

    // In line: two calls, this and `keep`, would cost a request as much as both do.
    #[inline(always)]
    fn open_in(self: &Arc<Self>, outer: Option<&Scope>, recorder: Option<&Recorder>) -> OpenScope {
        if !self.container.has_cells() {
            return OpenScope { scope: Some(self.bare.clone()), scopes: None };
        }
        // A shard that somebody else holds is not waited for.
        let spare = self.shards[shard()].try_lock().ok().and_then(|mut shard| shard.pop());
        let mut inner = spare.unwrap_or_else(|| Arc::new(ScopeInner::new(self.container.clone())));
        if outer.is_some() || recorder.is_some() {
            let unique = Arc::get_mut(&mut inner).expect("a spare scope is nobody's");
            unique.outer = outer.cloned();
            unique.recorder = recorder.cloned();
        }
        OpenScope { scope: Some(Scope { inner }), scopes: Some(Arc::clone(self)) }
    }

    fn take_back(&self, mut scope: Arc<ScopeInner>) {
        if let Some(unique) = Arc::get_mut(&mut scope) {
            unique.forget();
            self.keep(scope);
        }
    }

    /// Keeps a scope that is over, and that nobody else holds.
    #[inline(always)]
    fn keep(&self, scope: Arc<ScopeInner>) {
        if let Ok(mut shard) = self.shards[shard()].try_lock()
            && shard.len() < MAX_SPARE
        {
            shard.push(scope);
        }
    }
}

impl fmt::Debug for Scopes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Scopes").field("container", &self.container).finish_non_exhaustive()
    }
}

/// The scope of a request that is going on.
///
/// [`close`](Self::close) ends it. A scope that is dropped instead ends as cancelled, or as panicked while a panic unwinds;
/// teardowns are then polled once, and what is not ready by then is lost.
#[must_use = "a scope that is dropped ends as cancelled"]
pub struct OpenScope {
    scope: Option<Scope>,
    /// Where the scope is used again; none for one that many requests share, which has no end.
    scopes: Option<Arc<Scopes>>,
}

impl OpenScope {
    /// Returns the scope, to be left with the request.
    ///
    /// # Panics
    ///
    /// Never: the scope is there until it is closed.
    #[must_use]
    pub fn scope(&self) -> &Scope {
        self.scope.as_ref().expect("a scope is open until it is closed")
    }

    /// Returns what has to be done before the head of a good answer leaves; `None` when nobody asked for anything.
    #[must_use = "hooks run when they are polled"]
    pub fn before_response(&self) -> Option<BeforeResponse> {
        let scope = self.scope();
        if !scope.container().has_before_response() {
            return None;
        }
        let next = scope.inner.last.load(Ordering::Acquire);
        Some(BeforeResponse { scope: scope.clone(), next, current: None })
    }

    /// Ends the scope: a future that tears its values down, the last one first.
    pub fn close(mut self, completion: Completion) -> Closing {
        self.end(completion)
    }

    /// Returns what is over already, in the place of one that is moved out.
    #[doc(hidden)]
    pub const fn over() -> Self {
        Self { scope: None, scopes: None }
    }

    /// Returns whether the scope is over.
    #[doc(hidden)]
    #[must_use]
    pub const fn is_over(&self) -> bool {
        self.scope.is_none()
    }

    /// Ends the scope at once, if nobody could tell: nobody else holds it, and its values have no hooks and nothing that
    /// happens when they are dropped. Returns whether it has. If not, some values may have been given up all the same, so that
    /// nothing may be asked of the scope any more: it can only be closed.
    #[doc(hidden)]
    pub fn end_unseen(&mut self) -> bool {
        let Some(Scope { inner }) = &mut self.scope else { return true };
        if self.scopes.is_some() && !Arc::get_mut(inner).is_some_and(ScopeInner::end_unseen) {
            return false;
        }
        if let (Some(Scope { inner }), Some(scopes)) = (self.scope.take(), self.scopes.take()) {
            scopes.keep(inner);
        }
        true
    }

    fn end(&mut self, completion: Completion) -> Closing {
        let (Some(Scope { mut inner }), Some(scopes)) = (self.scope.take(), self.scopes.take()) else {
            return Closing { scope: None, completion, next: NO_CELL, current: None };
        };
        let (next, reuse) = match Arc::get_mut(&mut inner) {
            Some(unique) => (std::mem::replace(unique.last.get_mut(), NO_CELL), Some(scopes)),
            None => {
                inner.ended.store(true, Ordering::Release);
                (inner.last.swap(NO_CELL, Ordering::AcqRel), None)
            }
        };
        Closing { scope: Some((inner, reuse)), completion, next, current: None }
    }
}

impl Drop for OpenScope {
    fn drop(&mut self) {
        if self.scope.is_some() {
            drop(self.end(interrupted()));
        }
    }
}

impl fmt::Debug for OpenScope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("OpenScope").field(&self.scope).finish()
    }
}

/// Returns how a request ended that was dropped: by a panic that unwinds, or because nobody waits any more.
#[must_use]
pub fn interrupted() -> Completion {
    if std::thread::panicking() { Completion::Panicked } else { Completion::Cancelled }
}

/// What has to be done before the head of an answer leaves, one hook after the other; the first error ends it.
#[must_use = "futures do nothing unless polled"]
pub struct BeforeResponse {
    scope: Scope,
    next: u32,
    current: Option<Hook>,
}

impl Future for BeforeResponse {
    type Output = Result<(), Error>;

    /// A panic of a hook is an error: whoever answers it stands where the answer does, outside of the host's reach.
    fn poll(mut self: Pin<&mut Self>, task: &mut Context<'_>) -> Poll<Self::Output> {
        match catch_unwind(AssertUnwindSafe(|| self.run(task))) {
            Ok(polled) => polled,
            Err(payload) => Poll::Ready(Err(Error::panic(payload))),
        }
    }
}

impl BeforeResponse {
    fn run(&mut self, task: &mut Context<'_>) -> Poll<Result<(), Error>> {
        loop {
            if let Some(current) = &mut self.current {
                std::task::ready!(current.as_mut().poll(task))?;
                self.current = None;
            }
            let Some(cell) = self.scope.inner.cells.used(self.next) else {
                return Poll::Ready(Ok(()));
            };
            // A value that somebody takes at this moment must not leave without its hook.
            self.current = std::task::ready!(cell.poll_before_response(task));
            self.next = cell.previous();
        }
    }
}

impl fmt::Debug for BeforeResponse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BeforeResponse").finish_non_exhaustive()
    }
}

/// The end of a scope: a future that tears its values down.
///
/// Dropped before it is done it goes on by itself as far as it can without waiting: every teardown is called, and polled
/// once.
#[must_use = "futures do nothing unless polled"]
pub struct Closing {
    /// The scope, and where it is used again if nobody else has it.
    scope: Option<(Arc<ScopeInner>, Option<Arc<Scopes>>)>,
    completion: Completion,
    next: u32,
    current: Option<BoxFuture<'static, ()>>,
}

impl Closing {
    /// Goes as far as it can without waiting; returns what is left.
    #[must_use]
    pub fn now(mut self) -> Option<Self> {
        let done = Pin::new(&mut self).poll(&mut Context::from_waker(Waker::noop())).is_ready();
        if done { None } else { Some(self) }
    }
}

impl Closing {
    fn advance(&mut self, task: &mut Context<'_>) -> Poll<()> {
        let Some((scope, reuse)) = &mut self.scope else { return Poll::Ready(()) };
        loop {
            if let Some(current) = &mut self.current {
                std::task::ready!(current.as_mut().poll(task));
                self.current = None;
            }
            let index = self.next;
            if reuse.is_some()
                && let Some(unique) = Arc::get_mut(scope)
            {
                let Some(cell) = unique.cells.used_mut(index) else { return Poll::Ready(()) };
                self.next = cell.previous();
                self.current = cell.finish(self.completion);
            } else {
                let Some(cell) = scope.cells.used(index) else { return Poll::Ready(()) };
                self.next = cell.previous();
                match cell.close(self.completion) {
                    Close::Busy => scope.leave(index, cell),
                    Close::Done(rest) => self.current = rest,
                }
            }
        }
    }
}

impl Future for Closing {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, task: &mut Context<'_>) -> Poll<()> {
        let this = &mut *self;
        while this.next != NO_CELL || this.current.is_some() {
            // Foreign code runs here, perhaps while another panic unwinds; and a teardown that panics must not keep the
            // others from running.
            match catch_unwind(AssertUnwindSafe(|| this.advance(task))) {
                Ok(Poll::Pending) => return Poll::Pending,
                Ok(Poll::Ready(())) => break,
                Err(_) => this.current = None,
            }
        }
        if let Some((scope, Some(scopes))) = this.scope.take() {
            scopes.take_back(scope);
        }
        Poll::Ready(())
    }
}

impl Drop for Closing {
    fn drop(&mut self) {
        while self.scope.is_some() {
            if Pin::new(&mut *self).poll(&mut Context::from_waker(Waker::noop())).is_pending() {
                self.current = None;
            }
        }
    }
}

impl fmt::Debug for Closing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Closing").field("completion", &self.completion).finish_non_exhaustive()
    }
}

fn shard() -> usize {
    static NEXT: AtomicUsize = AtomicUsize::new(0);
    thread_local! {
        static SHARD: usize = NEXT.fetch_add(1, Ordering::Relaxed) % SHARDS;
    }
    SHARD.try_with(|shard| *shard).unwrap_or(0)
}

/// Threads share lists of spare scopes when there are more than this many.
const SHARDS: usize = 8;

/// How many spare scopes a list keeps, each with the cells that its requests have used.
const MAX_SPARE: usize = 256;
