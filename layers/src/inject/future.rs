//! The future of an answer, with what has to be done before its head leaves.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use gongular_core::Error;
use gongular_core::error::Carried;
use gongular_core::inject::OpenScope;
use http::{HeaderMap, Response};
use http_body::Body;
use pin_project_lite::pin_project;

use super::InjectBody;
use super::escort::Escort;
use crate::error::keep;

pin_project! {
    /// The future of [`Inject`](super::Inject).
    ///
    /// # Cancel safety
    ///
    /// Dropped before its answer, it ends the request's scope as cancelled.
    ///
    /// # Panics
    ///
    /// When it is polled after its completion.
    pub struct ResponseFuture<F, B: Body> {
        #[pin]
        inner: F,
        // In a box, since few answers have to wait.
        answer: Option<Box<Response<Option<B>>>>,
        // Stands last, so that it is dropped when everything inside is gone.
        escort: Option<Escort<B>>,
    }
}

impl<F, B: Body> ResponseFuture<F, B> {
    /// Lets a future answer in an open scope, without a service around it.
    #[doc(hidden)]
    #[must_use]
    pub const fn open(inner: F, open: OpenScope, is_bodiless: bool) -> Self {
        Self::new(inner, Escort::open(open, is_bodiless))
    }

    pub(super) const fn new(inner: F, escort: Escort<B>) -> Self {
        Self { inner, answer: None, escort: Some(escort) }
    }
}

impl<F, B, E> Future for ResponseFuture<F, B>
where
    F: Future<Output = Result<Response<B>, E>>,
    B: Body,
{
    type Output = Result<Response<InjectBody<B>>, E>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = self.project();
        let escort = this.escort.as_mut().expect("future polled after completion");
        let mut response = match this.answer.take() {
            Some(response) => *response,
            None => match ready!(escort.watch(|| this.inner.poll(cx))) {
                Ok(response) => response.map(Some),
                Err(error) => {
                    escort.fail();
                    *this.escort = None;
                    return Poll::Ready(Err(error));
                }
            },
        };
        let polled = poll_head(escort, &mut response, cx);
        if polled.is_pending() {
            *this.answer = Some(Box::new(response));
            return Poll::Pending;
        }
        let escort = this.escort.take().expect("it was there just now");
        Poll::Ready(Ok(response.map(|body| InjectBody::new(body, escort))))
    }
}

/// Lets an answer out of the scope; one whose hooks fail becomes another.
fn poll_head<B: Body>(
    escort: &mut Escort<B>,
    response: &mut Response<Option<B>>,
    cx: &mut Context<'_>,
) -> Poll<()> {
    let error = response.extensions().get::<Carried>().map(Carried::error);
    if let Err(error) = ready!(escort.poll_before(response.status(), error, cx)) {
        let headers = std::mem::take(response.headers_mut());
        *response = refuse(error, headers);
    }
    let is_empty = response.body().as_ref().is_none_or(Body::is_end_stream);
    ready!(escort.poll_head(response.status(), response.extensions(), is_empty, cx));
    let length = response.body().as_ref().map_or(Some(0), |body| body.size_hint().exact());
    escort.start_body(response.headers(), length);
    Poll::Ready(())
}

/// Makes an answer without a body of an error; the error layer outside finds the error in it and makes a body. What the answer
/// before it said in its header stays, but for what described its body.
#[cold]
fn refuse<B>(error: Error, before: HeaderMap) -> Response<Option<B>> {
    let mut response = Response::new(None);
    *response.status_mut() = error.status();
    if let Some(headers) = error.headers() {
        response.headers_mut().extend(headers.clone());
    }
    keep(response.headers_mut(), before);
    response.extensions_mut().insert(Carried::new(error));
    response
}

impl<F, B: Body> fmt::Debug for ResponseFuture<F, B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ResponseFuture")
    }
}
