//! Functions as handlers of events, and as hooks.

use std::any::Any;
use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use super::context::{EventContext, FromEvent};
use super::message::{IntoReply, Payload};
use crate::handler::Function;
use crate::{Contract, Error};

/// Something that runs when an event comes, or at another [moment](super::moment) of a connection.
///
/// Implemented for async functions and closures of up to 8 arguments that are [`FromEvent`], and return something that is
/// [`IntoReply`]. `M` is the moment; `Args` only tells the shapes of functions apart.
pub trait EventHandler<M, Args>: Clone + Send + Sync + 'static {
    /// Adds the dependencies of the arguments to the contract of the route.
    fn describe(contract: &mut Contract);

    /// Makes the arguments and runs the handler.
    ///
    /// # Errors
    ///
    /// An argument that cannot be made, or the handler's own error.
    fn call(&self, cx: EventContext) -> impl Future<Output = Result<Option<Payload>, Error>> + Send;
}

impl<F, Args, Fut, M> EventHandler<M, (Fut, Args)> for F
where
    F: Function<Args, Future = Fut>,
    Args: FromEvent<M> + Send,
    Fut: Future<Output: IntoReply> + Send,
{
    fn describe(contract: &mut Contract) {
        Args::describe(contract);
    }

    async fn call(&self, cx: EventContext) -> Result<Option<Payload>, Error> {
        let args = Args::from_event(&cx).await?;
        drop(cx);
        Function::call(self, args).await.into_reply()
    }
}

/// A handler whose type is forgotten.
pub(super) type Hook = Arc<dyn Fn(EventContext) -> Running + Send + Sync>;

pub(super) type Running<T = Option<Payload>> = Pin<Box<dyn Future<Output = Result<T, Error>> + Send>>;

/// Adds what a handler needs to a contract.
pub(super) type Describe = fn(&mut Contract);

/// Forgets the type of a handler, and keeps what tells its needs.
pub(super) fn erase<M, Args, H: EventHandler<M, Args>>(handler: H, needs: &mut Vec<Describe>) -> Hook {
    needs.push(H::describe);
    Arc::new(move |cx| {
        let handler = handler.clone();
        Box::pin(async move { handler.call(cx).await })
    })
}

/// Runs a handler: a panic is an error, and so is not being done in time.
pub(super) async fn run<T>(
    hook: &(dyn Fn(EventContext) -> Running<T> + Send + Sync),
    cx: EventContext,
    limit: Option<Duration>,
) -> Result<T, Error> {
    let mut running = Guarded(catch_unwind(AssertUnwindSafe(|| hook(cx))).map_err(Error::panic)?);
    // Most handlers are ready at once, and need no timer.
    let first = std::future::poll_fn(|task| Poll::Ready(Pin::new(&mut running).poll(task))).await;
    match (first, limit) {
        (Poll::Ready(result), _) => result,
        (Poll::Pending, None) => running.await,
        (Poll::Pending, Some(limit)) => {
            tokio::time::timeout(limit, running).await.unwrap_or_else(|_| Err(Error::timeout()))
        }
    }
}

/// A handler whose panics are errors.
struct Guarded<T>(Running<T>);

impl<T> Future for Guarded<T> {
    type Output = Result<T, Error>;

    fn poll(mut self: Pin<&mut Self>, task: &mut Context<'_>) -> Poll<Self::Output> {
        match catch_unwind(AssertUnwindSafe(|| self.0.as_mut().poll(task))) {
            Ok(poll) => poll,
            Err(payload) => Poll::Ready(Err(panicked(payload))),
        }
    }
}

fn panicked(payload: Box<dyn Any + Send>) -> Error {
    Error::panic(payload)
}
