//! Running what the application wrote: a panic is an error, and so is not being done in time.

use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use crate::Error;
use crate::neffos::Payload;

/// A handler or hook that runs.
pub(super) type Running<T = Option<Payload>> = Pin<Box<dyn Future<Output = Result<T, Error>> + Send>>;

/// Starts a handler or hook, and runs it to its end or to the limit.
pub(super) async fn run<T>(start: impl FnOnce() -> Running<T>, limit: Option<Duration>) -> Result<T, Error> {
    let mut running = Guarded(catch_unwind(AssertUnwindSafe(start)).map_err(Error::panic)?);
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
        catch_unwind(AssertUnwindSafe(|| self.0.as_mut().poll(task)))
            .unwrap_or_else(|payload| Poll::Ready(Err(Error::panic(payload))))
    }
}
