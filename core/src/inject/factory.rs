//! Functions that make dependencies.

use std::future::{Future, Ready, ready};
use std::marker::PhantomData;
use std::pin::Pin;
use std::task::{Context, Poll, ready as try_ready};

use pin_project_lite::pin_project;

use crate::request::{Head, ReadOnce};
use crate::{BodySlot, Contract, Error, FromRequest, Stage};

/// A function that makes a dependency of type `T`.
///
/// Its arguments, at most 12, are extractors that leave the body alone: other dependencies (`Inject<T>`), headers, the
/// query. It returns `T`, `Result<T, E>` of any error that [`Error`] can be made of, or is an `async fn` that returns one
/// of these. An [`Error`] it returns may refuse the request with any status and body.
///
/// `Kind` tells apart what it returns (see [`form`]), `Args` the numbers of arguments.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no factory of dependencies here",
    label = "has to return what it provides, and to take extractors that leave the body alone",
    note = "`.singleton(..)`, `.per_request(..)` and `.transient(..)` of a builder take an `async fn` that returns `Result<T, E>`",
    note = "a factory that returns `T` itself, or is not `async`, names its type: `.register(Provider::<T>::per_request(..))`; here `T` is `{T}`",
    note = "it takes at most 12 arguments, such as `Inject<T>` and `HeaderMap`; its future must be `Send`"
)]
pub trait Factory<T, Kind, Args>: sealed::Factory<T, Kind, Args> {}

impl<F, T, Kind, Args> Factory<T, Kind, Args> for F where F: sealed::Factory<T, Kind, Args> {}

/// What a factory may return to make a `T`; `Kind` tells the four forms apart.
#[diagnostic::on_unimplemented(
    message = "a factory of `{T}` cannot return `{Self}`",
    label = "has to return `{T}` or `Result<{T}, E>`"
)]
pub trait Produces<T, Kind>: sealed::Produces<T, Kind> {}

impl<R, T, Kind> Produces<T, Kind> for R where R: sealed::Produces<T, Kind> {}

/// The forms of what a factory may return.
pub mod form {
    /// A value.
    #[derive(Debug)]
    #[non_exhaustive]
    pub struct Plain;

    /// A `Result`.
    #[derive(Debug)]
    #[non_exhaustive]
    pub struct Fallible;

    /// A future of a value.
    #[derive(Debug)]
    #[non_exhaustive]
    pub struct Async;

    /// A future of a `Result`.
    #[derive(Debug)]
    #[non_exhaustive]
    pub struct AsyncFallible;
}

mod sealed {
    use super::{Error, Future, Recipe};

    #[expect(unnameable_types, reason = "that nobody can name it is what seals")]
    pub trait Factory<T, Kind, Args>: Send + Sync + 'static {
        fn recipe(self) -> impl Recipe<T>;
    }

    #[expect(unnameable_types, reason = "that nobody can name it is what seals")]
    pub trait Produces<T, Kind> {
        type Future: Future<Output = Result<T, Error>> + Send + 'static;

        fn into_future(self) -> Self::Future;
    }
}

pub(super) use sealed::Factory as SealedFactory;

impl<T: Send + 'static> sealed::Produces<T, form::Plain> for T {
    type Future = Ready<Result<T, Error>>;

    fn into_future(self) -> Self::Future {
        ready(Ok(self))
    }
}

impl<T, E> sealed::Produces<T, form::Fallible> for Result<T, E>
where
    T: Send + 'static,
    E: Into<Error>,
{
    type Future = Ready<Result<T, Error>>;

    fn into_future(self) -> Self::Future {
        ready(self.map_err(Into::into))
    }
}

impl<T, Fut> sealed::Produces<T, form::Async> for Fut
where
    T: Send + 'static,
    Fut: Future<Output = T> + Send + 'static,
{
    type Future = Succeed<Fut>;

    fn into_future(self) -> Self::Future {
        Succeed { inner: self }
    }
}

impl<T, E, Fut> sealed::Produces<T, form::AsyncFallible> for Fut
where
    T: Send + 'static,
    E: Into<Error> + 'static,
    Fut: Future<Output = Result<T, E>> + Send + 'static,
{
    type Future = MapError<Fut>;

    fn into_future(self) -> Self::Future {
        MapError { inner: self }
    }
}

pin_project! {
    /// The future of an infallible factory.
    #[derive(Debug)]
    pub struct Succeed<F> { #[pin] inner: F }
}

impl<F: Future> Future for Succeed<F> {
    type Output = Result<F::Output, Error>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        self.project().inner.poll(cx).map(Ok)
    }
}

pin_project! {
    /// The future of a factory that may fail.
    #[derive(Debug)]
    pub struct MapError<F> { #[pin] inner: F }
}

impl<F, T, E> Future for MapError<F>
where
    F: Future<Output = Result<T, E>>,
    E: Into<Error>,
{
    type Output = Result<T, Error>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        self.project().inner.poll(cx).map_err(Into::into)
    }
}

/// A future in a box.
pub(super) type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// A room that was waited for, the request that was lent for it, and whether the factory was started.
pub(super) type Begin<'p, R> = (Box<R>, Head<'p>, Result<(), Error>);

/// A factory whose arguments and future are out of sight.
#[expect(unnameable_types, reason = "that nobody can name it is what seals")]
pub trait Recipe<U>: Send + Sync + 'static {
    /// Adds what the arguments read and need.
    fn describe(&self, contract: &mut Contract);

    /// Returns whether an argument reads the request, as opposed to needing dependencies only.
    fn reads_request(&self) -> bool;

    /// Makes the room in which the factory runs.
    fn run(&self) -> Box<dyn Run<U>>;
}

/// The room in which a factory runs, used again and again.
#[expect(unnameable_types, reason = "that nobody can name it is what seals")]
pub trait Run<U>: Send {
    /// Reads the arguments, if they can be read at once, and starts and polls the factory.
    fn begin(&mut self, head: &mut Head<'_>, task: &mut Context<'_>) -> Begun<U>;

    /// Reads the arguments, however long it takes, and starts the factory.
    ///
    /// The room is lost with the future; what was started already has been started in another one.
    fn begin_slowly<'p>(self: Box<Self>, head: Head<'p>) -> BoxFuture<'p, Begin<'p, dyn Run<U>>>
    where
        U: 'p;

    /// Goes on with the factory that was started.
    fn poll(&mut self, task: &mut Context<'_>) -> Poll<Result<U, Error>>;
}

/// How far the start of a factory came.
#[derive(Debug)]
#[expect(unnameable_types, reason = "it is not exported")]
pub enum Begun<T> {
    /// The arguments could not be read.
    Failed(Error),
    /// The factory was ready at once.
    Made(Result<T, Error>),
    /// The factory runs.
    Running,
    /// An argument is not ready; nothing has happened.
    Waiting,
}

struct Function<F, Args> {
    function: std::sync::Arc<F>,
    reads_request: bool,
    args: PhantomData<fn() -> Args>,
}

struct Room<F, Args, Fut> {
    function: std::sync::Arc<F>,
    /// Boxed once, so that a future can be set in place for each request without an allocation.
    future: Pin<Box<Option<Fut>>>,
    args: PhantomData<fn() -> Args>,
}

impl<F, Args, Fut> Room<F, Args, Fut> {
    fn poll_future<U>(&mut self, task: &mut Context<'_>) -> Poll<Result<U, Error>>
    where
        Fut: Future<Output = Result<U, Error>>,
    {
        let future =
            self.future.as_mut().as_pin_mut().expect("a factory is polled only after it was started");
        let made = try_ready!(future.poll(task));
        self.future.set(None);
        Poll::Ready(made)
    }
}

macro_rules! factory {
    ($($name:ident),*) => {
        impl<F, R, T, Kind, $($name),*> sealed::Factory<T, Kind, ($($name,)*)> for F
        where
            F: Fn($($name),*) -> R + Send + Sync + 'static,
            R: Produces<T, Kind> + 'static,
            T: Send + Sync + 'static,
            Kind: 'static,
            $($name: FromRequest<()> + Send + 'static,)*
        {
            fn recipe(self) -> impl Recipe<T> {
                let stages: &[Stage] = &[$(<$name as FromRequest<()>>::STAGE),*];
                Function::<F, (R, Kind, $($name,)*)> {
                    function: std::sync::Arc::new(self),
                    reads_request: stages.iter().any(|stage| *stage != Stage::Build),
                    args: PhantomData,
                }
            }
        }

        impl<F, R, T, Kind, $($name),*> Recipe<T> for Function<F, (R, Kind, $($name,)*)>
        where
            F: Fn($($name),*) -> R + Send + Sync + 'static,
            R: Produces<T, Kind> + 'static,
            T: Send + Sync + 'static,
            Kind: 'static,
            $($name: FromRequest<()> + Send + 'static,)*
        {
            fn describe(&self, contract: &mut Contract) {
                <($($name,)*) as FromRequest<()>>::describe(contract);
            }

            fn reads_request(&self) -> bool {
                self.reads_request
            }

            fn run(&self) -> Box<dyn Run<T>> {
                let function = std::sync::Arc::clone(&self.function);
                let room: Room<F, (R, Kind, $($name,)*), R::Future> =
                    Room { function, future: Box::pin(None), args: PhantomData };
                Box::new(room)
            }
        }

        impl<F, R, T, Kind, $($name),*> Run<T> for Room<F, (R, Kind, $($name,)*), R::Future>
        where
            F: Fn($($name),*) -> R + Send + Sync + 'static,
            R: Produces<T, Kind> + 'static,
            T: Send + Sync + 'static,
            Kind: 'static,
            $($name: FromRequest<()> + Send + 'static,)*
        {
            #[allow(non_snake_case, reason = "one name serves the type and its value")]
            fn begin(&mut self, head: &mut Head<'_>, task: &mut Context<'_>) -> Begun<T> {
                let mut body = BodySlot::taken();
                let mut cx = head.context(&mut body);
                match <($($name,)*) as ReadOnce>::read_once(&mut cx, task) {
                    Poll::Ready(Ok(($($name,)*))) => {
                        self.future.set(Some((self.function)($($name),*).into_future()));
                        match self.poll_future(task) {
                            Poll::Ready(made) => Begun::Made(made),
                            Poll::Pending => Begun::Running,
                        }
                    }
                    Poll::Ready(Err(error)) => Begun::Failed(error),
                    Poll::Pending => Begun::Waiting,
                }
            }

            #[allow(non_snake_case, reason = "one name serves the type and its value")]
            fn begin_slowly<'p>(
                mut self: Box<Self>,
                mut head: Head<'p>,
            ) -> BoxFuture<'p, Begin<'p, dyn Run<T>>>
            where
                T: 'p,
            {
                Box::pin(async move {
                    let mut body = BodySlot::taken();
                    let mut cx = head.context(&mut body);
                    let begun = match <($($name,)*) as FromRequest<()>>::from_request(&mut cx).await {
                        Ok(($($name,)*)) => {
                            self.future.set(Some((self.function)($($name),*).into_future()));
                            Ok(())
                        }
                        Err(error) => Err(error),
                    };
                    (self as Box<dyn Run<T>>, head, begun)
                })
            }

            fn poll(&mut self, task: &mut Context<'_>) -> Poll<Result<T, Error>> {
                self.poll_future(task)
            }
        }
    };
}

factory!();
factory!(T1);
factory!(T1, T2);
factory!(T1, T2, T3);
factory!(T1, T2, T3, T4);
factory!(T1, T2, T3, T4, T5);
factory!(T1, T2, T3, T4, T5, T6);
factory!(T1, T2, T3, T4, T5, T6, T7);
factory!(T1, T2, T3, T4, T5, T6, T7, T8);
factory!(T1, T2, T3, T4, T5, T6, T7, T8, T9);
factory!(T1, T2, T3, T4, T5, T6, T7, T8, T9, T10);
factory!(T1, T2, T3, T4, T5, T6, T7, T8, T9, T10, T11);
factory!(T1, T2, T3, T4, T5, T6, T7, T8, T9, T10, T11, T12);
