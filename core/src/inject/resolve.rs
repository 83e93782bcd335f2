//! How a dependency of a request is had.

use std::any::type_name;
use std::fmt;
use std::future::Future;
use std::marker::PhantomData;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use http::request::Parts;

use super::cell::Polled;
use super::factory::{Begin, BoxFuture};
use super::spec::{Make, Slot, Work};
use super::{InjectKey, Scope, Value};
use crate::request::Head;
use crate::{Error, RequestContext};

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
/// - its factory waits for itself: [`ErrorKind::Injection`](crate::ErrorKind::Injection), `500`
///
/// An extractor that calls this has to say so in its [`describe`](crate::FromRequest::describe), with
/// [`Contract::needs`](crate::Contract::needs): what it does not describe the check of a container does not see, neither that
/// it is missing nor that it needs itself. The latter is then found while a request is served; but two factories that
/// wait for each other in two tasks of one request are not found, and wait until the request is dropped.
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
    Resolve { step: Step::Start(Head::new(parts), None), key: PhantomData }
}

/// Returns a dependency of a request as [`resolve`] does, for extractors: all of one handler look the scope up once.
#[inline]
pub fn resolve_in<'p, T, K, B>(cx: &'p mut RequestContext<'_, B>) -> Resolve<'p, T, K>
where
    T: ?Sized + Send + Sync + 'static,
    K: InjectKey,
{
    let (head, scope) = cx.head_and_scope();
    Resolve { step: Step::Start(head, scope), key: PhantomData }
}

/// Returns a dependency that can be had at once: a singleton, or a value of the request that is there, or whose factory is
/// ready at its first poll. `None` for anything else: then it has to be waited for by [`resolve_in`], in the same poll. A
/// factory that runs is polled once more by that.
// In line with what reads the arguments: a call would cost half as much again as a singleton does.
#[inline(always)]
pub fn resolve_now<T, K, B>(
    cx: &mut RequestContext<'_, B>,
    task: &mut Context<'_>,
) -> Option<Result<Value<T>, Error>>
where
    T: ?Sized + Send + Sync + 'static,
    K: InjectKey,
{
    match cx.scope()?.inner.container.slot::<T, K>()? {
        Slot::Singleton(value) => value.get().cloned().map(Ok),
        Slot::Request(cell) => {
            let cell = *cell;
            let (mut head, scope) = cx.head_and_scope();
            scope?.cell_now(cell, &mut head, task)
        }
        Slot::Transient(_) => None,
    }
}

/// Returns a singleton, for extractors that are read at once; `None` for anything that is not one, or is not there.
#[inline]
pub fn singleton_in<'c, T, K, B>(cx: &'c mut RequestContext<'_, B>) -> Option<&'c Value<T>>
where
    T: ?Sized + Send + Sync + 'static,
    K: InjectKey,
{
    cx.scope()?.singleton::<T, K>()
}

/// The future of a dependency, made by [`resolve`].
///
/// # Panics
///
/// When it is polled after its completion, unless it is a singleton's.
pub struct Resolve<'p, T: ?Sized, K> {
    step: Step<'p, T>,
    key: PhantomData<fn() -> K>,
}

enum Step<'p, T: ?Sized> {
    Start(Head<'p>, Option<&'p Scope>),
    /// What is not ready at once; only then there is a box.
    Slow(BoxFuture<'p, Result<Value<T>, Error>>),
    Done,
}

impl<'p, T, K> Future for Resolve<'p, T, K>
where
    T: ?Sized + Send + Sync + 'static,
    K: InjectKey,
{
    type Output = Result<Value<T>, Error>;

    #[inline]
    fn poll(mut self: Pin<&mut Self>, task: &mut Context<'_>) -> Poll<Self::Output> {
        if let Step::Start(_, Some(scope)) = &self.step {
            let scope: &'p Scope = scope;
            match find::<T, K>(Some(scope)) {
                // A singleton is all that stands in line with the handler's own code.
                Found::Value(value) => return Poll::Ready(Ok(value.clone())),
                Found::Cell(scope, cell) => return self.step.start_cell(scope, cell, task),
                Found::Nothing | Found::Transient(_) => {}
            }
        }
        self.step.poll::<K>(task)
    }
}

impl<T: ?Sized + Send + Sync + 'static> Step<'_, T> {
    /// Builds a per-request value, or takes the one that is there.
    #[inline(never)]
    fn start_cell(
        &mut self,
        scope: &Scope,
        cell: u32,
        task: &mut Context<'_>,
    ) -> Poll<Result<Value<T>, Error>> {
        let Self::Start(head, _) = self else { return Poll::Pending };
        match scope.poll_cell(cell, head, task) {
            Polled::Ready(value) => Poll::Ready(Ok(value)),
            Polled::Failed(error) => Poll::Ready(Err(error)),
            polled @ (Polled::Slow(_) | Polled::Waiting) => self.wait(scope.clone(), cell, polled, task),
        }
    }

    #[cold]
    fn wait(
        &mut self,
        scope: Scope,
        cell: u32,
        polled: Polled<T>,
        task: &mut Context<'_>,
    ) -> Poll<Result<Value<T>, Error>> {
        let Self::Start(head, _) = std::mem::replace(self, Self::Done) else { return Poll::Pending };
        let (wait, begun) = match polled {
            Polled::Slow(work) => (Wait::Arguments(work.begin_slowly(head)), true),
            Polled::Failed(_) | Polled::Ready(_) | Polled::Waiting => (Wait::Value(head), false),
        };
        *self = Self::Slow(Box::pin(Resolving { scope, cell, wait }));
        // Who waits for a value has left his waker; the arguments have to be polled to do the same.
        if begun { self.go_on(task) } else { Poll::Pending }
    }

    #[inline(never)]
    fn poll<K: InjectKey>(&mut self, task: &mut Context<'_>) -> Poll<Result<Value<T>, Error>> {
        if let Self::Start(head, scope) = self {
            let scope = scope.or_else(|| head.state()?.scope());
            match find::<T, K>(scope) {
                Found::Value(value) => return Poll::Ready(Ok(value.clone())),
                Found::Cell(scope, cell) => {
                    let scope = scope.clone();
                    return self.start_cell(&scope, cell, task);
                }
                Found::Transient(make) => {
                    let make = Arc::clone(make);
                    self.start_transient(make);
                }
                Found::Nothing => return Poll::Ready(Err(missing::<T, K>(scope))),
            }
        }
        self.go_on(task)
    }

    fn start_transient(&mut self, make: Arc<dyn Make<T>>) {
        if let Self::Start(head, _) = std::mem::replace(self, Self::Done) {
            *self = Self::Slow(Box::pin(async move { make.make(head).await }));
        }
    }

    fn go_on(&mut self, task: &mut Context<'_>) -> Poll<Result<Value<T>, Error>> {
        let Self::Slow(slow) = self else { unreachable!("future polled after completion") };
        let polled = slow.as_mut().poll(task);
        if polled.is_ready() {
            *self = Self::Done;
        }
        polled
    }
}

impl<T: ?Sized, K> fmt::Debug for Resolve<'_, T, K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Resolve").field(&type_name::<T>()).finish()
    }
}

enum Found<'a, T: ?Sized> {
    Value(&'a Value<T>),
    Cell(&'a Scope, u32),
    Transient(&'a Arc<dyn Make<T>>),
    Nothing,
}

#[inline]
fn find<T, K>(scope: Option<&Scope>) -> Found<'_, T>
where
    T: ?Sized + Send + Sync + 'static,
    K: InjectKey,
{
    let Some(scope) = scope else { return Found::Nothing };
    match scope.inner.container.slot::<T, K>() {
        Some(Slot::Singleton(value)) => value.get().map_or(Found::Nothing, Found::Value),
        Some(Slot::Request(cell)) => {
            let (scope, cell) = scope.home(*cell);
            if scope.inner.is_bare { Found::Nothing } else { Found::Cell(scope, cell) }
        }
        Some(Slot::Transient(make)) => Found::Transient(make),
        None => Found::Nothing,
    }
}

#[cold]
#[inline(never)]
fn missing<T: ?Sized + 'static, K: InjectKey>(scope: Option<&Scope>) -> Error {
    let cause = match scope {
        None => "no injection layer is outside of the handler",
        Some(scope) if scope.provides::<T, K>() => {
            "it is built for each request, and what asks for it here does not describe that it needs it"
        }
        Some(scope) if scope.container().keys_of::<T>().next().is_some() => {
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
    Value(Head<'p>),
    Arguments(BoxFuture<'p, Begin<'p, dyn Work<T>>>),
    Done,
}

impl<T: ?Sized + Send + Sync + 'static> Future for Resolving<'_, T> {
    type Output = Result<Value<T>, Error>;

    fn poll(mut self: Pin<&mut Self>, task: &mut Context<'_>) -> Poll<Self::Output> {
        let this = &mut *self;
        loop {
            let (polled, head) = match std::mem::replace(&mut this.wait, Wait::Done) {
                Wait::Value(mut head) => (this.scope.poll_cell(this.cell, &mut head, task), head),
                Wait::Arguments(mut arguments) => {
                    let polled = this.scope.run_in_cell::<T, _>(this.cell, || arguments.as_mut().poll(task));
                    let Poll::Ready((work, head, begun)) = polled else {
                        this.wait = Wait::Arguments(arguments);
                        return Poll::Pending;
                    };
                    (this.scope.resume_cell(this.cell, work, begun, task), head)
                }
                Wait::Done => unreachable!("future polled after completion"),
            };
            match polled {
                Polled::Failed(error) => return Poll::Ready(Err(error)),
                Polled::Ready(value) => return Poll::Ready(Ok(value)),
                Polled::Slow(work) => this.wait = Wait::Arguments(work.begin_slowly(head)),
                Polled::Waiting => {
                    this.wait = Wait::Value(head);
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
