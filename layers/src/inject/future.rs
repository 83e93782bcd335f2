//! The future of an answer, with what has to be done before its head leaves.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use gongular_core::__private::is_bodiless;
use gongular_core::error::Carried;
use gongular_core::inject::{BeforeResponse, Completion, OpenScope, ScopeKeeper};
use gongular_core::{Error, ErrorKind};
use http::{HeaderMap, Response, StatusCode};
use http_body::Body;
use pin_project_lite::pin_project;

use super::InjectBody;
use super::end::End;
use super::layer::Spawn;
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
    pub struct ResponseFuture<F, B> {
        #[pin]
        inner: F,
        // In a box, since few answers have to wait.
        answer: Option<Box<Answer<B>>>,
        // Whether the method says that hosts drop the body of a good answer unread.
        is_bodiless: bool,
        // Stands last, so that it is dropped when everything inside is gone.
        end: Option<End>,
    }
}

/// An answer that has to wait.
enum Answer<B> {
    /// For what has to be done before its head leaves.
    Before { hooks: BeforeResponse, response: Response<B> },
    /// For the teardowns, since it has no body that could wait for them.
    Closing { completion: Completion, response: Response<Option<B>> },
}

impl<F, B> ResponseFuture<F, B> {
    /// Lets a future answer in an open scope, without a service around it.
    #[doc(hidden)]
    #[must_use]
    pub const fn open(inner: F, open: OpenScope, spawn: Option<Spawn>, is_bodiless: bool) -> Self {
        Self::new(inner, End::new(open, spawn), is_bodiless)
    }

    pub(super) const fn new(inner: F, end: End, is_bodiless: bool) -> Self {
        Self { inner, answer: None, is_bodiless, end: Some(end) }
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
        let end = this.end.as_mut().expect("future polled after completion");
        let (completion, response) = match this.answer.take().map(|answer| *answer) {
            None => match ready!(end.watch(|| this.inner.poll(cx))) {
                Ok(response) => match end.before_response().filter(|_| is_good(&response)) {
                    None => (completion_of(&response), response.map(Some)),
                    Some(hooks) => ready!(end.watch(|| run_hooks(hooks, response, this.answer, cx))),
                },
                Err(error) => {
                    end.set_known(Completion::Failure);
                    *this.end = None;
                    return Poll::Ready(Err(error));
                }
            },
            Some(Answer::Before { hooks, response }) => {
                ready!(end.watch(|| run_hooks(hooks, response, this.answer, cx)))
            }
            Some(Answer::Closing { completion, response }) => (completion, response),
        };
        if response.status() == StatusCode::SWITCHING_PROTOCOLS
            && let Some(keeper) = response.extensions().get::<ScopeKeeper>()
        {
            end.hand_over(keeper);
        }
        let is_empty = response.body().as_ref().is_none_or(Body::is_end_stream);
        if is_empty && end.poll_close(completion, cx).is_pending() {
            *this.answer = Some(Box::new(Answer::Closing { completion, response }));
            return Poll::Pending;
        }
        if *this.is_bodiless || is_bodiless(response.status()) {
            end.set_known(completion);
        }
        let end = this.end.take().expect("future polled after completion");
        Poll::Ready(Ok(wrap(response, completion, end)))
    }
}

type Answered<B> = (Completion, Response<Option<B>>);

/// Polls the hooks; the answer waits in `answer` as long as they are not done, and is replaced when one of them fails.
fn run_hooks<B>(
    mut hooks: BeforeResponse,
    response: Response<B>,
    answer: &mut Option<Box<Answer<B>>>,
    cx: &mut Context<'_>,
) -> Poll<Answered<B>> {
    match Pin::new(&mut hooks).poll(cx) {
        Poll::Pending => {
            *answer = Some(Box::new(Answer::Before { hooks, response }));
            Poll::Pending
        }
        Poll::Ready(Ok(())) => Poll::Ready((completion_of(&response), response.map(Some))),
        Poll::Ready(Err(error)) => {
            let response = refuse(error, response.into_parts().0.headers);
            Poll::Ready((failure_of(&response), response))
        }
    }
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

fn wrap<B: Body>(response: Response<Option<B>>, completion: Completion, end: End) -> Response<InjectBody<B>> {
    let (parts, body) = response.into_parts();
    let body = InjectBody::new(body, &parts.headers, completion, end);
    Response::from_parts(parts, body)
}

fn completion_of<B>(response: &Response<B>) -> Completion {
    if is_good(response) { Completion::Success } else { failure_of(response) }
}

#[cold]
fn failure_of<B>(response: &Response<B>) -> Completion {
    // Whoever caught the panic may have answered it.
    match response.extensions().get::<Carried>().map(|carried| carried.error().kind()) {
        Some(ErrorKind::Panic) => Completion::Panicked,
        _ => Completion::Failure,
    }
}

fn is_good<B>(response: &Response<B>) -> bool {
    // An error handler may have answered an error with any status.
    response.status().as_u16() < 400 && response.extensions().get::<Carried>().is_none()
}

impl<F, B> fmt::Debug for ResponseFuture<F, B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ResponseFuture")
    }
}
