//! Functions as handlers of events, and as hooks.

use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use super::context::{EventContext, FromEvent};
use crate::Error;
use crate::handler::Function;
use crate::neffos::{IntoReply, Payload};

/// Something that runs when an event comes, or when a namespace or a room is entered or left.
///
/// Implemented for async functions and closures of up to 8 arguments that are [`FromEvent`], and return something that is
/// [`IntoReply`]. `Args` only tells the shapes of functions apart.
pub trait EventHandler<Args>: Clone + Send + Sync + 'static {
    /// Makes the arguments and runs the handler.
    ///
    /// # Errors
    ///
    /// An argument that cannot be made, or the handler's own error.
    fn call(&self, cx: EventContext) -> impl Future<Output = Result<Option<Payload>, Error>> + Send;
}

impl<F, Args, Fut> EventHandler<(Fut, Args)> for F
where
    F: Function<Args, Future = Fut>,
    Args: FromEvent + Send,
    Fut: Future<Output: IntoReply> + Send,
{
    async fn call(&self, cx: EventContext) -> Result<Option<Payload>, Error> {
        let args = Args::from_event(&cx)?;
        drop(cx);
        Function::call(self, args).await.into_reply()
    }
}

/// A handler whose type is forgotten.
pub(super) type Hook = Arc<dyn Fn(EventContext) -> Running<Option<Payload>> + Send + Sync>;

pub(super) type Running<T> = Pin<Box<dyn Future<Output = Result<T, Error>> + Send>>;

pub(super) fn erase<Args, H: EventHandler<Args>>(handler: H) -> Hook {
    Arc::new(move |cx| {
        let handler = handler.clone();
        Box::pin(async move { handler.call(cx).await })
    })
}

/// Runs what the application wrote: a panic is an error, and so is not being done in time.
pub(super) async fn run<T>(start: impl FnOnce() -> Running<T>, limit: Option<Duration>) -> Result<T, Error> {
    let running = Guarded(catch_unwind(AssertUnwindSafe(start)).map_err(Error::panic)?);
    match limit {
        None => running.await,
        Some(limit) => tokio::time::timeout(limit, running).await.unwrap_or_else(|_| Err(Error::timeout())),
    }
}

/// A handler whose panics are errors.
struct Guarded<T>(Running<T>);

impl<T> Future for Guarded<T> {
    type Output = Result<T, Error>;

    fn poll(mut self: Pin<&mut Self>, task: &mut Context<'_>) -> Poll<Self::Output> {
        catch_unwind(AssertUnwindSafe(|| self.0.as_mut().poll(task)))
            .unwrap_or_else(|payload| Poll::Ready(Err(Error::panic(payload))))
    }
}
