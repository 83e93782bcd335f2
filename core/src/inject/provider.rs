//! One dependency and how it is made.

use std::any::{TypeId, type_name};
use std::fmt;
use std::future::Future;
use std::sync::Arc;

use super::factory::{BoxFuture, Factory, Recipe, SealedFactory};
use super::value::{Finished, Held, Value, View};
use super::{Completion, Key};
use crate::Error;

/// How long a dependency lives.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Lifetime {
    /// Built once for each request that needs it.
    Request,
    /// Built once for all, or given as a value.
    Singleton,
    /// Built each time it is asked for.
    Transient,
}

impl Lifetime {
    /// Returns the name that stands in reports: `request`, `singleton` or `transient`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Request => "request",
            Self::Singleton => "singleton",
            Self::Transient => "transient",
        }
    }
}

impl fmt::Display for Lifetime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// One dependency: how it is made, how long it lives, its key, and what happens to it at the end of its request.
///
/// The type that is provided is said where it is made, `Provider::<User>::per_request(..)`, so that factories of all forms
/// are told apart: `async` or not, returning `User` or a `Result`.
///
/// # Example
///
/// ```
/// use gongular_core::inject::{Completion, Container, Provider};
/// # struct Pool; struct Transaction;
/// # impl Transaction { async fn commit(self) {} }
/// # async fn begin() -> Result<Transaction, std::io::Error> { Ok(Transaction) }
///
/// let transaction = Provider::<Transaction>::per_request(begin).key("orders").teardown(
///     |transaction, completion| async move {
///         if completion == Completion::Success
///             && let Ok(transaction) = transaction.into_inner()
///         {
///             transaction.commit().await;
///         }
///     },
/// );
/// let container = Container::builder().provide(Pool).register(transaction);
/// assert!(container.check().is_ok());
/// ```
#[must_use = "a provider does nothing until it is registered"]
pub struct Provider<U, T: ?Sized = U> {
    pub(super) key: Key,
    pub(super) source: Source<U>,
    pub(super) hooks: Hooks<U>,
    pub(super) view: View<U, T>,
    /// Wraps a value that is not made once for each request.
    pub(super) wrap: Box<dyn Fn(U) -> Value<T> + Send + Sync>,
}

pub(super) enum Source<U> {
    Value(U),
    Factory { lifetime: Lifetime, recipe: Box<dyn Recipe<U>> },
}

pub(super) struct Hooks<U> {
    pub(super) before_response: Option<BeforeResponse<U>>,
    pub(super) teardown: Option<Teardown<U>>,
}

type BeforeResponse<U> = Box<dyn Fn(&U) -> BoxFuture<'static, Result<(), Error>> + Send + Sync>;

type Teardown<U> = Box<dyn Fn(Finished<U>, Completion) -> Option<BoxFuture<'static, ()>> + Send + Sync>;

impl<U> Provider<U>
where
    U: Send + Sync + 'static,
{
    /// Provides a value.
    pub fn value(value: U) -> Self {
        Self::new(Source::Value(value))
    }

    /// Provides what a factory makes once, when the container is built.
    ///
    /// Its arguments may be other singletons only.
    pub fn singleton<Kind, Args>(factory: impl Factory<U, Kind, Args>) -> Self {
        Self::factory(Lifetime::Singleton, factory)
    }

    /// Provides what a factory makes once for each request, when somebody asks for it first.
    ///
    /// Everybody inside the request who asks gets the same value. A failure is not kept: who asks next tries again.
    pub fn per_request<Kind, Args>(factory: impl Factory<U, Kind, Args>) -> Self {
        Self::factory(Lifetime::Request, factory)
    }

    /// Provides what a factory makes each time that somebody asks.
    pub fn transient<Kind, Args>(factory: impl Factory<U, Kind, Args>) -> Self {
        Self::factory(Lifetime::Transient, factory)
    }

    fn factory<Kind, Args>(lifetime: Lifetime, factory: impl Factory<U, Kind, Args>) -> Self {
        Self::new(Source::Factory { lifetime, recipe: Box::new(SealedFactory::recipe(factory)) })
    }

    fn new(source: Source<U>) -> Self {
        Self {
            key: Key::NONE,
            source,
            hooks: Hooks { before_response: None, teardown: None },
            view: |value| value,
            wrap: Box::new(|value| Value::from_arc(Arc::new(value))),
        }
    }

    /// Provides the value as something else that can be seen in it, most often a trait object.
    ///
    /// # Example
    ///
    /// ```
    /// use gongular_core::inject::{Container, Provider};
    ///
    /// trait Named: Send + Sync {
    ///     fn name(&self) -> &str;
    /// }
    ///
    /// struct Db(String);
    ///
    /// impl Named for Db {
    ///     fn name(&self) -> &str {
    ///         &self.0
    ///     }
    /// }
    ///
    /// let named = Provider::<Db>::per_request(|| Db("replica".to_owned())).as_dyn::<dyn Named>(|db| db);
    /// assert!(Container::builder().register(named).check().is_ok());
    /// ```
    pub fn as_dyn<T: ?Sized + 'static>(self, view: fn(&U) -> &T) -> Provider<U, T> {
        let wrap = Box::new(move |value| Value::held(Arc::new(Held::new(Some(value), view))));
        Provider { key: self.key, source: self.source, hooks: self.hooks, view, wrap }
    }
}

impl<U, T> Provider<U, T>
where
    U: Send + Sync + 'static,
    T: ?Sized,
{
    /// Sets the key; without one there is one dependency of each type.
    pub fn key(mut self, key: impl Into<Key>) -> Self {
        self.key = key.into();
        self
    }

    /// Sets what happens to the value before the head of the answer leaves, such as a commit.
    ///
    /// It runs when the answer is no error (its status is below 400), for values that were built, the last one first. The
    /// function takes what it needs out of the value; its future runs on its own. An error takes the place of the answer,
    /// and so does a panic. It is for per-request values.
    pub fn before_response<F, Fut, E>(mut self, hook: F) -> Self
    where
        F: Fn(&U) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<(), E>> + Send + 'static,
        E: Into<Error>,
    {
        self.hooks.before_response = Some(Box::new(move |value| {
            let done = hook(value);
            Box::pin(async move { done.await.map_err(Into::into) })
        }));
        self
    }

    /// Sets what happens to the value when its request is over: a function, `async` or not, of the value and of how the
    /// request ended.
    ///
    /// It runs exactly once for each value that was built, after the last byte of the answer was made, the last value first;
    /// also when the handler fails or panics, when the request is cancelled, and when the client goes away. A panic in it is
    /// caught. It is for per-request values.
    pub fn teardown<F, R, Form>(mut self, teardown: F) -> Self
    where
        F: Fn(Finished<U>, Completion) -> R + Send + Sync + 'static,
        R: TeardownResult<Form>,
    {
        self.hooks.teardown =
            Some(Box::new(move |value, completion| teardown(value, completion).into_boxed()));
        self
    }
}

impl<U, T: ?Sized> fmt::Debug for Provider<U, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Provider")
            .field("type", &type_name::<T>())
            .field("key", &self.key)
            .field("lifetime", &self.source.lifetime())
            .finish()
    }
}

impl<U> Source<U> {
    pub(super) const fn lifetime(&self) -> Lifetime {
        match self {
            Self::Value(_) => Lifetime::Singleton,
            Self::Factory { lifetime, .. } => *lifetime,
        }
    }
}

/// What a teardown may return: nothing, or a future of nothing.
#[diagnostic::on_unimplemented(
    message = "a teardown cannot return `{Self}`",
    label = "has to return `()`, or be `async` and return `()`",
    note = "nobody is left to hear of a failure at the end of a request: log it; what may fail the request belongs into `before_response`"
)]
pub trait TeardownResult<Form>: teardown::Sealed<Form> {}

impl<R, Form> TeardownResult<Form> for R where R: teardown::Sealed<Form> {}

mod teardown {
    use super::super::factory::form;
    use super::{BoxFuture, Future};

    #[expect(unnameable_types, reason = "that nobody can name it is what seals")]
    pub trait Sealed<Form> {
        fn into_boxed(self) -> Option<BoxFuture<'static, ()>>;
    }

    impl Sealed<form::Plain> for () {
        fn into_boxed(self) -> Option<BoxFuture<'static, ()>> {
            None
        }
    }

    impl<Fut> Sealed<form::Async> for Fut
    where
        Fut: Future<Output = ()> + Send + 'static,
    {
        fn into_boxed(self) -> Option<BoxFuture<'static, ()>> {
            Some(Box::pin(self))
        }
    }
}

/// The identity of what is provided.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Identity {
    pub(super) type_id: TypeId,
    pub(super) key: Key,
}
