//! A value that most requests have at once.

use std::future::Future;
use std::ops::ControlFlow;
use std::pin::Pin;
use std::task::{Context, Poll};

use pin_project_lite::pin_project;

pin_project! {
    /// What is read from, how that is tried at once, how the rest is begun, and what that comes to.
    ///
    /// Not an `async fn`, which would keep room for a value beside that of the future which makes it.
    #[project = SoonProjection]
    pub(super) enum Soon<C, N, S, F> {
        Begin { begin: Option<(C, N, S)> },
        Going { #[pin] future: F },
    }
}

impl<C, N, S, F> Soon<C, N, S, F> {
    /// Makes the future of what `now` breaks with, or of what `slowly` begins with what `now` has left.
    #[inline]
    pub(super) const fn new<R, T>(cx: C, now: N, slowly: S) -> Self
    where
        N: FnOnce(&mut C, &mut Context<'_>) -> ControlFlow<T, R>,
        S: FnOnce(C, R) -> F,
        F: Future<Output = T>,
    {
        Self::Begin { begin: Some((cx, now, slowly)) }
    }
}

impl<C, N, S, F, R, T> Future for Soon<C, N, S, F>
where
    N: FnOnce(&mut C, &mut Context<'_>) -> ControlFlow<T, R>,
    S: FnOnce(C, R) -> F,
    F: Future<Output = T>,
{
    type Output = T;

    #[inline]
    fn poll(mut self: Pin<&mut Self>, task: &mut Context<'_>) -> Poll<T> {
        loop {
            match self.as_mut().project() {
                SoonProjection::Begin { begin } => {
                    let (mut cx, now, slowly) = begin.take().expect("future polled after completion");
                    match now(&mut cx, task) {
                        ControlFlow::Break(read) => return Poll::Ready(read),
                        ControlFlow::Continue(rest) => {
                            let future = slowly(cx, rest);
                            self.set(Self::Going { future });
                        }
                    }
                }
                SoonProjection::Going { future } => return future.poll(task),
            }
        }
    }
}
