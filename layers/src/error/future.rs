//! The future of an answer.

use std::convert::Infallible;
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use gongular_core::{BoxError, Error};
use http::Response;
use http_body::Body;
use pin_project_lite::pin_project;

use super::answer::Settings;
use super::head::Asked;
use super::{ErrorBody, ErrorHandler, RequestHead, catch};

pin_project! {
    /// The response of the service inside, or an answer to its failure.
    pub struct ResponseFuture<F, H = ()> {
        #[pin]
        state: State<F>,
        asked: Asked,
        head: Option<Box<RequestHead>>,
        settings: Arc<Settings<H>>,
    }
}

pin_project! {
    #[project = StateProjection]
    enum State<F> {
        Running { #[pin] future: F },
        Failed { error: Option<Error> },
    }
}

impl<F, H> ResponseFuture<F, H> {
    pub(super) const fn running(
        future: F,
        asked: Asked,
        head: Option<Box<RequestHead>>,
        settings: Arc<Settings<H>>,
    ) -> Self {
        Self { state: State::Running { future }, asked, head, settings }
    }

    #[cold]
    pub(super) const fn failed(
        error: Error,
        asked: Asked,
        head: Option<Box<RequestHead>>,
        settings: Arc<Settings<H>>,
    ) -> Self {
        Self { state: State::Failed { error: Some(error) }, asked, head, settings }
    }
}

impl<F, R, E, H> Future for ResponseFuture<F, H>
where
    F: Future<Output = Result<Response<R>, E>>,
    E: Into<BoxError>,
    H: ErrorHandler,
    R: Body,
    R::Data: From<Bytes>,
{
    type Output = Result<Response<ErrorBody<R>>, Infallible>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.project();
        let error = match this.state.project() {
            StateProjection::Running { future } => match catch(|| future.poll(cx)) {
                Ok(poll) => match ready!(poll) {
                    Ok(response) if response.status().as_u16() < 400 => {
                        return Poll::Ready(Ok(response.map(ErrorBody::inner)));
                    }
                    Ok(response) => {
                        return Poll::Ready(Ok(this.settings.refusal(
                            response,
                            this.asked,
                            this.head.as_deref(),
                        )));
                    }
                    Err(error) => Error::from_box(error),
                },
                Err(payload) => Error::panic(payload),
            },
            StateProjection::Failed { error } => error.take().expect("future polled after completion"),
        };
        let answer = this.settings.answer(error, this.asked, this.head.as_deref());
        Poll::Ready(Ok(answer.map(ErrorBody::ours)))
    }
}

impl<F, H> fmt::Debug for ResponseFuture<F, H> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ResponseFuture").field("asked", &self.asked).finish_non_exhaustive()
    }
}
