//! The service as hyper calls it.

use std::any::Any;
use std::convert::Infallible;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker, ready};

use bytes::Bytes;
use http::{Extensions, HeaderMap, HeaderValue, Request, Response, StatusCode, Version, header};
use http_body::Body;
use hyper::body::Incoming;
use pin_project_lite::pin_project;
use tower_service::Service;

use super::Protocol;
use super::activity::Activity;
use super::answer::{Answer, Turn};
use super::body::IncomingBody;
use super::connection::Shared;
use crate::error::render::respond;
use crate::{BoxError, ClientAddr, Error};

/// Calls the service with the requests of one connection.
pub(super) struct Adapter<S> {
    service: S,
    shared: Arc<Shared>,
    activity: Arc<Activity>,
}

impl<S> Adapter<S> {
    pub(super) const fn new(service: S, shared: Arc<Shared>, activity: Arc<Activity>) -> Self {
        Self { service, shared, activity }
    }

    /// Leaves with the request what services ask for.
    fn furnish(&self, extensions: &mut Extensions) {
        // hyper leaves an extension with a request that may be upgraded, and with no other.
        if !extensions.is_empty() {
            extensions.insert(self.shared.shutdown.clone());
        }
        if self.shared.settings.client_addr
            && let Some(peer) = self.activity.peer()
        {
            extensions.insert(ClientAddr::new(peer));
        }
    }

    /// Looks for what the server itself refuses.
    fn refusal(&self, request: &Request<Incoming>) -> Option<Error> {
        let settings = &self.shared.settings;
        let is_chunked = !request.body().is_end_stream() && request.body().size_hint().exact().is_none();
        // Taken whatever else is wrong: the next chunked request is judged by its own head.
        let has_two_lengths = is_chunked
            && self.activity.protocol() == Protocol::Http1
            && self.activity.heads().take_chunked_with_length();
        let target = request.uri().path_and_query().map_or(0, |target| target.as_str().len());
        if target > settings.max_uri_bytes {
            return Some(Error::from_status(StatusCode::URI_TOO_LONG));
        }
        if self.activity.protocol() == Protocol::Http2 {
            return None;
        }
        if !has_one_host(request) {
            return Some(Error::new(StatusCode::BAD_REQUEST, "send one Host header field"));
        }
        // More bytes came together than header fields may have, so it is worth the while to count them.
        if self.activity.heads().len() > settings.max_header_bytes
            && field_bytes(request.headers()) > settings.max_header_bytes
        {
            return Some(Error::from_status(StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE));
        }
        if has_two_lengths {
            let text = "the length of the body is declared in two ways";
            return Some(Error::new(StatusCode::BAD_REQUEST, text));
        }
        None
    }
}

/// Whether a request says as often as it must, and not more often, which host it wants (RFC 9112, section 3.2).
fn has_one_host<B>(request: &Request<B>) -> bool {
    let mut hosts = request.headers().get_all(header::HOST).iter();
    let is_said = hosts.next().is_some();
    hosts.next().is_none() && (is_said || request.version() != Version::HTTP_11)
}

/// The bytes of header fields as they are sent, each with a colon, a blank and the end of its line.
fn field_bytes(fields: &HeaderMap) -> usize {
    fields.iter().map(|(name, value)| name.as_str().len() + value.len() + 4).sum()
}

impl<S, B> hyper::service::Service<Request<Incoming>> for Adapter<S>
where
    S: Service<Request<IncomingBody>, Response = Response<B>, Error: Into<BoxError>> + Clone,
    B: Body<Data = Bytes, Error: Into<BoxError>>,
{
    type Response = Response<Answer<B>>;
    type Error = Infallible;
    type Future = Answering<S, S::Future>;

    fn call(&self, mut request: Request<Incoming>) -> Self::Future {
        let turn = Turn::begin(&self.activity, !request.body().is_end_stream());
        let state = match self.refusal(&request) {
            Some(error) => State::Failed { error },
            None => {
                self.furnish(request.extensions_mut());
                let request = request.map(|body| IncomingBody::new(body, Arc::clone(&self.activity)));
                // Most services are ready at any time, and those need not carry the request around. One that is not is
                // asked again by somebody who can be woken.
                let mut task = Context::from_waker(Waker::noop());
                let mut service = self.service.clone();
                match caught(|| service.poll_ready(&mut task)) {
                    Poll::Ready(Ok(())) => call(&mut service, request),
                    Poll::Ready(Err(error)) => State::Failed { error },
                    Poll::Pending => State::Waiting { waiting: Box::new(Some((service, request))) },
                }
            }
        };
        Answering { state, turn: Some(turn) }
    }
}

pin_project! {
    /// The service's answer, or ours when it fails.
    pub(super) struct Answering<S, F> {
        #[pin]
        state: State<S, F>,
        turn: Option<Turn>,
    }
}

pin_project! {
    #[project = StateProjection]
    enum State<S, F> {
        Running { #[pin] future: F },
        Waiting { waiting: Box<Option<(S, Request<IncomingBody>)>> },
        Failed { error: Error },
    }
}

impl<S, F, B, E> Future for Answering<S, F>
where
    S: Service<Request<IncomingBody>, Response = Response<B>, Error = E, Future = F>,
    F: Future<Output = Result<Response<B>, E>>,
    E: Into<BoxError>,
{
    type Output = Result<Response<Answer<B>>, Infallible>;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let mut this = self.project();
        let answer = loop {
            match this.state.as_mut().project() {
                StateProjection::Running { future } => {
                    break ready!(caught(|| future.poll(cx)));
                }
                StateProjection::Waiting { waiting } => {
                    let (service, _) = waiting.as_mut().as_mut().expect("future polled after completion");
                    let ready = ready!(caught(|| service.poll_ready(cx)));
                    let (mut service, request) = waiting.take().expect("somebody waited");
                    let state = match ready {
                        Ok(()) => call(&mut service, request),
                        Err(error) => State::Failed { error },
                    };
                    this.state.set(state);
                }
                StateProjection::Failed { error } => break Err(error.clone()),
            }
        };
        let turn = this.turn.take().expect("future polled after completion");
        let closes = turn.closes();
        let mut response = match answer {
            Ok(response) => response.map(|body| Answer::of_service(body, turn)),
            Err(error) => respond(&error).map(|body| Answer::ours(body, turn)),
        };
        if closes {
            response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
        }
        Poll::Ready(Ok(response))
    }
}

fn call<S>(service: &mut S, request: Request<IncomingBody>) -> State<S, S::Future>
where
    S: Service<Request<IncomingBody>>,
{
    match catch_unwind(AssertUnwindSafe(|| service.call(request))) {
        Ok(future) => State::Running { future },
        Err(payload) => State::Failed { error: panicked(payload) },
    }
}

/// Makes errors and panics of the service our own errors. What panicked is not asked again.
fn caught<T, E: Into<BoxError>>(poll: impl FnOnce() -> Poll<Result<T, E>>) -> Poll<Result<T, Error>> {
    match catch_unwind(AssertUnwindSafe(poll)) {
        Ok(polled) => polled.map_err(Error::from_box),
        Err(payload) => Poll::Ready(Err(panicked(payload))),
    }
}

#[cold]
fn panicked(payload: Box<dyn Any + Send>) -> Error {
    Error::panic(payload)
}
