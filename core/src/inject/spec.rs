//! A registered dependency, with its factory and hooks, as those who use it see it.

use std::any::type_name;
use std::future::poll_fn;
use std::sync::{Arc, OnceLock};
use std::task::{Context, Poll};

use super::cell::{AnyCell, Cell};
use super::factory::{Begin, Begun, BoxFuture, Recipe, Run};
use super::provider::{Hooks, Source};
use super::table::AnySlot;
use super::value::{Finished, Held, View};
use super::{Completion, Key, Lifetime, Provider, Value};
use crate::request::Head;
use crate::{Contract, Error};

/// What a table leads to.
pub(super) enum Slot<T: ?Sized> {
    Singleton(OnceLock<Value<T>>),
    /// A cell of the request's scope.
    Request(u32),
    Transient(Arc<dyn Make<T>>),
}

/// Makes values of a type.
pub(super) trait Make<T: ?Sized>: Send + Sync {
    /// Makes one value.
    fn make<'p>(&'p self, head: Head<'p>) -> BoxFuture<'p, Result<Value<T>, Error>>;

    /// Returns the key of the values.
    fn key(&self) -> Key;

    /// Returns whether nobody could tell when a value is given up: it has no hooks, and nothing happens when it is dropped.
    fn ends_unseen(&self) -> bool;

    /// Makes the room in which values are made, one for each request.
    fn work(self: Arc<Self>) -> Box<dyn Work<T>>;
}

/// The room in which one value for each request is made, kept and torn down.
pub(super) trait Work<T: ?Sized>: Send {
    fn begin(&mut self, head: &mut Head<'_>, task: &mut Context<'_>) -> Begun<Value<T>>;
    fn begin_slowly<'p>(self: Box<Self>, head: Head<'p>) -> BoxFuture<'p, Begin<'p, dyn Work<T>>>;
    fn poll(&mut self, task: &mut Context<'_>) -> Poll<Result<Value<T>, Error>>;
    /// Returns the value that was made.
    fn value(&self) -> Value<T>;
    fn before_response(&self) -> Option<BoxFuture<'static, Result<(), Error>>>;
    /// Gives the value up; what is still to be awaited comes back.
    fn finish(&mut self, completion: Completion) -> Option<BoxFuture<'static, ()>>;
}

/// A registered dependency without its type.
pub(super) trait Maker: Send + Sync {
    fn describe(&self, contract: &mut Contract);
    fn reads_request(&self) -> bool;
    fn has_before_response(&self) -> bool;
    fn has_hooks(&self) -> bool;
    fn slot(&self, cell: u32) -> AnySlot;
    fn cell(&self) -> Box<dyn AnyCell>;
    /// Builds a singleton into its slot.
    fn build<'p>(&'p self, slot: &'p AnySlot, head: Head<'p>) -> BoxFuture<'p, Result<(), Error>>;
}

pub(super) struct Spec<U, T: ?Sized> {
    key: Key,
    made: Made<U, T>,
    hooks: Hooks<U>,
    view: View<U, T>,
    wrap: Box<dyn Fn(U) -> Value<T> + Send + Sync>,
}

enum Made<U, T: ?Sized> {
    Given(Value<T>),
    By { lifetime: Lifetime, recipe: Box<dyn Recipe<U>> },
}

impl<U: 'static, T: ?Sized> Spec<U, T> {
    pub(super) fn given(key: Key, value: Value<T>, view: View<U, T>) -> Self {
        let hooks = Hooks { before_response: None, teardown: None };
        let wrap = Box::new(|_| unreachable!("a value that was given is not made"));
        Self { key, made: Made::Given(value), hooks, view, wrap }
    }

    pub(super) fn new(provider: Provider<U, T>) -> Self {
        let Provider { key, source, hooks, view, wrap } = provider;
        let made = match source {
            Source::Value(value) => Made::Given(wrap(value)),
            Source::Factory { lifetime, recipe } => Made::By { lifetime, recipe },
        };
        Self { key, made, hooks, view, wrap }
    }

    fn room(&self) -> Box<dyn Run<U>> {
        match &self.made {
            Made::By { recipe, .. } => recipe.run(),
            Made::Given(_) => unreachable!("a value that was given is not made"),
        }
    }
}

impl<U, T> Maker for Arc<Spec<U, T>>
where
    U: Send + Sync + 'static,
    T: ?Sized + Send + Sync + 'static,
{
    fn describe(&self, contract: &mut Contract) {
        if let Made::By { recipe, .. } = &self.made {
            recipe.describe(contract);
        }
    }

    fn reads_request(&self) -> bool {
        matches!(&self.made, Made::By { recipe, .. } if recipe.reads_request())
    }

    fn has_before_response(&self) -> bool {
        self.hooks.before_response.is_some()
    }

    fn has_hooks(&self) -> bool {
        self.has_before_response() || self.hooks.teardown.is_some()
    }

    fn slot(&self, cell: u32) -> AnySlot {
        let slot = match &self.made {
            Made::Given(value) => Slot::Singleton(OnceLock::from(value.clone())),
            Made::By { lifetime: Lifetime::Singleton, .. } => Slot::Singleton(OnceLock::new()),
            Made::By { lifetime: Lifetime::Request, .. } => Slot::Request(cell),
            Made::By { lifetime: Lifetime::Transient, .. } => Slot::Transient(Self::clone(self)),
        };
        Arc::new(slot)
    }

    fn cell(&self) -> Box<dyn AnyCell> {
        Box::new(Cell::<T>::new(Self::clone(self)))
    }

    fn build<'p>(&'p self, slot: &'p AnySlot, head: Head<'p>) -> BoxFuture<'p, Result<(), Error>> {
        Box::pin(async move {
            if let Some(Slot::Singleton(slot)) = slot.downcast_ref::<Slot<T>>()
                && slot.get().is_none()
            {
                let value = self.make(head).await?;
                // Nobody else fills it: a container is built by one task.
                let _ = slot.set(value);
            }
            Ok(())
        })
    }
}

impl<U, T> Make<T> for Spec<U, T>
where
    U: Send + Sync + 'static,
    T: ?Sized + Send + Sync + 'static,
{
    fn make<'p>(&'p self, head: Head<'p>) -> BoxFuture<'p, Result<Value<T>, Error>> {
        Box::pin(async move {
            let (mut run, _, begun) = self.room().begin_slowly(head).await;
            let made = match begun {
                Ok(()) => poll_fn(|task| run.poll(task)).await,
                Err(error) => Err(error),
            };
            made.map(&self.wrap).map_err(|error| error.from_factory(type_name::<T>(), self.key.name()))
        })
    }

    fn key(&self) -> Key {
        self.key
    }

    fn ends_unseen(&self) -> bool {
        let Hooks { before_response, teardown } = &self.hooks;
        !std::mem::needs_drop::<U>() && before_response.is_none() && teardown.is_none()
    }

    fn work(self: Arc<Self>) -> Box<dyn Work<T>> {
        let run = self.room();
        let held = Arc::new(Held::new(None, self.view));
        Box::new(Room { spec: self, run, held })
    }
}

struct Room<U, T: ?Sized> {
    spec: Arc<Spec<U, T>>,
    run: Box<dyn Run<U>>,
    held: Arc<Held<U, T>>,
}

impl<U, T> Room<U, T>
where
    U: Send + Sync + 'static,
    T: ?Sized + 'static,
{
    /// Puts what was made into the allocation of the one before, if nobody has that any more.
    fn keep(&mut self, made: Result<U, Error>) -> Result<Value<T>, Error> {
        let value = made.map_err(|error| self.name(error))?;
        if let Some(held) = Arc::get_mut(&mut self.held) {
            held.value = Some(value);
        } else {
            self.held = Arc::new(Held::new(Some(value), self.spec.view));
        }
        Ok(Value::held(Arc::clone(&self.held)))
    }

    #[cold]
    fn name(&self, error: Error) -> Error {
        error.from_factory(type_name::<T>(), self.spec.key.name())
    }
}

impl<U, T> Work<T> for Room<U, T>
where
    U: Send + Sync + 'static,
    T: ?Sized + Send + Sync + 'static,
{
    fn begin(&mut self, head: &mut Head<'_>, task: &mut Context<'_>) -> Begun<Value<T>> {
        match self.run.begin(head, task) {
            Begun::Failed(error) => Begun::Failed(self.name(error)),
            Begun::Made(made) => Begun::Made(self.keep(made)),
            Begun::Running => Begun::Running,
            Begun::Waiting => Begun::Waiting,
        }
    }

    fn begin_slowly<'p>(mut self: Box<Self>, head: Head<'p>) -> BoxFuture<'p, Begin<'p, dyn Work<T>>> {
        Box::pin(async move {
            let run = std::mem::replace(&mut self.run, self.spec.room());
            let (run, head, begun) = run.begin_slowly(head).await;
            self.run = run;
            let begun = begun.map_err(|error| self.name(error));
            (self as Box<dyn Work<T>>, head, begun)
        })
    }

    fn poll(&mut self, task: &mut Context<'_>) -> Poll<Result<Value<T>, Error>> {
        self.run.poll(task).map(|made| self.keep(made))
    }

    fn value(&self) -> Value<T> {
        Value::held(Arc::clone(&self.held))
    }

    fn before_response(&self) -> Option<BoxFuture<'static, Result<(), Error>>> {
        let hook = self.spec.hooks.before_response.as_ref()?;
        self.held.value.as_ref().map(hook)
    }

    fn finish(&mut self, completion: Completion) -> Option<BoxFuture<'static, ()>> {
        let teardown = self.spec.hooks.teardown.as_ref();
        let finished = match Arc::get_mut(&mut self.held) {
            Some(held) => Finished::owned(held.value.take()?),
            None => {
                let fresh = Arc::new(Held::new(None, self.spec.view));
                Finished::shared(std::mem::replace(&mut self.held, fresh))
            }
        };
        teardown.and_then(|teardown| teardown(finished, completion))
    }
}
