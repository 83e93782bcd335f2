//! A value that most requests have at once.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use pin_project_lite::pin_project;

use super::{FromRequest, RequestContext};
use crate::Error;

/// Reads a value: at once if that can be, else however long it takes.
///
/// # Errors
///
/// As [`FromRequest::from_request`].
#[inline]
pub fn read_soon<T, B>(cx: &mut RequestContext<'_, B>) -> impl Future<Output = Result<T, Error>> + Send
where
    T: FromRequest<B>,
    B: Send,
{
    let now = |cx: &mut &mut RequestContext<'_, B>, task: &mut Context<'_>| T::read_now(cx, task);
    Soon::Begin { begin: Some((cx, now, T::from_request)) }
}

pin_project! {
    /// The future of [`read_soon`]: what is read from, how that is tried at once, how it is begun, and what that comes to.
    ///
    /// Not an `async fn`, which would keep room for a value beside that of the future which makes it.
    #[project = SoonProjection]
    enum Soon<C, N, S, F> {
        Begin { begin: Option<(C, N, S)> },
        Going { #[pin] future: F },
    }
}

impl<C, N, S, F, T> Future for Soon<C, N, S, F>
where
    N: FnOnce(&mut C, &mut Context<'_>) -> Option<T>,
    S: FnOnce(C) -> F,
    F: Future<Output = T>,
{
    type Output = T;

    #[inline]
    fn poll(mut self: Pin<&mut Self>, task: &mut Context<'_>) -> Poll<T> {
        loop {
            match self.as_mut().project() {
                SoonProjection::Begin { begin } => {
                    let (mut cx, now, start) = begin.take().expect("future polled after completion");
                    if let Some(read) = now(&mut cx, task) {
                        return Poll::Ready(read);
                    }
                    let future = start(cx);
                    self.set(Self::Going { future });
                }
                SoonProjection::Going { future } => return future.poll(task),
            }
        }
    }
}
