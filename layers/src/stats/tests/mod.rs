mod handlers;
mod hyper;
mod promises;
#[cfg(feature = "tracing")]
mod tracing;

use std::collections::VecDeque;
use std::convert::Infallible;
use std::future::{Future, Ready, poll_fn, ready};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::{Pin, pin};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use bytes::Bytes;
use gongular_core::stats::{Outcome, RouteStat};
use gongular_core::{MatchedPath, PathParams, RequestState};
use http::{Method, Request, Response, StatusCode};
use http_body::{Body, Frame, SizeHint};
use tower_layer::Layer;
use tower_service::Service;

use super::{CountedBody, StatsBody, StatsLayer};

/// What of a statistic the tests look at.
#[derive(Clone, Debug, PartialEq)]
struct Seen {
    outcome: Outcome,
    code: Option<u16>,
    read: u64,
    sent: u64,
    label: String,
}

#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<Seen>>>);

impl Log {
    fn layer(&self) -> StatsLayer {
        let log = self.clone();
        StatsLayer::new(move |stat: &RouteStat| {
            assert!(stat.total_duration() > Duration::ZERO);
            assert_eq!(stat.response_code().is_some(), stat.time_to_first_byte().is_some());
            log.0.lock().unwrap().push(Seen {
                outcome: stat.outcome(),
                code: stat.response_code().map(|code| code.as_u16()),
                read: stat.request_size(),
                sent: stat.response_size(),
                label: stat.label().to_owned(),
            });
        })
    }

    fn all(&self) -> Vec<Seen> {
        self.0.lock().unwrap().clone()
    }

    fn only(&self) -> Seen {
        let mut all = self.all();
        assert_eq!(all.len(), 1, "exactly one statistic");
        all.remove(0)
    }
}

/// A body of prepared frames.
#[derive(Default)]
struct Frames {
    frames: VecDeque<Step>,
    exact: Option<u64>,
    knows_its_end: bool,
}

enum Step {
    Data(&'static str),
    Fail,
    Panic,
    Wait,
}

impl Frames {
    fn new(frames: impl IntoIterator<Item = Step>) -> Self {
        Self { frames: frames.into_iter().collect(), ..Self::default() }
    }
}

impl Body for Frames {
    type Data = Bytes;
    type Error = &'static str;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, &'static str>>> {
        match self.frames.pop_front() {
            None => Poll::Ready(None),
            Some(Step::Data(data)) => Poll::Ready(Some(Ok(Frame::data(Bytes::from_static(data.as_bytes()))))),
            Some(Step::Fail) => Poll::Ready(Some(Err("broken"))),
            Some(Step::Panic) => panic!("in the body"),
            Some(Step::Wait) => Poll::Pending,
        }
    }

    fn is_end_stream(&self) -> bool {
        self.knows_its_end && self.frames.is_empty()
    }

    fn size_hint(&self) -> SizeHint {
        self.exact.map_or_else(SizeHint::default, SizeHint::with_exact)
    }
}

/// A service made of a closure.
struct Fn<F>(F);

impl<F, Fut, B> Service<Request<B>> for Fn<F>
where
    F: FnMut(Request<B>) -> Fut,
    Fut: Future<Output = Result<Response<Frames>, &'static str>>,
{
    type Response = Response<Frames>;
    type Error = &'static str;
    type Future = Fut;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), &'static str>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<B>) -> Fut {
        (self.0)(request)
    }
}

fn request(method: Method) -> Request<Frames> {
    Request::builder().method(method).uri("/x").body(Frames::default()).unwrap()
}

fn poll<F: Future>(future: Pin<&mut F>) -> Poll<F::Output> {
    future.poll(&mut Context::from_waker(Waker::noop()))
}

fn now<F: Future>(future: F) -> F::Output {
    match poll(pin!(future)) {
        Poll::Ready(value) => value,
        Poll::Pending => panic!("nothing here waits"),
    }
}

fn frame(body: &mut StatsBody<Frames>) -> Poll<Option<Result<Frame<Bytes>, &'static str>>> {
    Pin::new(body).poll_frame(&mut Context::from_waker(Waker::noop()))
}

/// Runs a request up to the head of an answer with this body.
fn answer(log: &Log, method: Method, status: StatusCode, body: Frames) -> StatsBody<Frames> {
    let mut body = Some(body);
    let mut service = log.layer().layer(Fn(move |_: Request<CountedBody<Frames>>| {
        let response = Response::builder().status(status).body(body.take().unwrap());
        ready(Ok(response.unwrap()))
    }));
    let body = now(service.call(request(method))).unwrap().into_body();
    assert!(log.all().is_empty(), "the body is still to come");
    body
}

fn drain(mut body: StatsBody<Frames>) {
    while let Poll::Ready(Some(Ok(_))) = frame(&mut body) {}
}

#[test]
fn a_body_that_is_read_to_its_end_is_complete() {
    let log = Log::default();
    drain(answer(&log, Method::GET, StatusCode::OK, Frames::new([Step::Data("abc"), Step::Data("de")])));
    let seen = log.only();
    assert_eq!((seen.outcome, seen.code, seen.sent), (Outcome::Complete, Some(200), 5));
}

#[test]
fn a_body_that_says_it_has_ended_is_complete_without_being_asked_again() {
    let log = Log::default();
    let frames = Frames { knows_its_end: true, ..Frames::new([Step::Data("abc")]) };
    let mut body = answer(&log, Method::GET, StatusCode::OK, frames);
    assert!(frame(&mut body).is_ready());
    drop(body);
    assert_eq!((log.only().outcome, log.only().sent), (Outcome::Complete, 3));
}

#[test]
fn a_body_whose_promised_bytes_were_read_is_complete_without_being_asked_again() {
    for header in [false, true] {
        let log = Log::default();
        let exact = if header { None } else { Some(3) };
        let mut frames = Some(Frames { exact, ..Frames::new([Step::Data("abc"), Step::Wait]) });
        let mut service = log.layer().layer(Fn(move |_: Request<CountedBody<Frames>>| {
            let mut response = Response::new(frames.take().unwrap());
            if header {
                response.headers_mut().insert(http::header::CONTENT_LENGTH, 3.into());
            }
            ready(Ok(response))
        }));
        let mut body = now(service.call(request(Method::GET))).unwrap().into_body();
        assert!(frame(&mut body).is_ready());
        drop(body);
        assert_eq!((log.only().outcome, log.only().sent), (Outcome::Complete, 3));
    }
}

#[test]
fn answers_without_a_body_are_complete_when_their_body_is_never_read() {
    let cases = [
        (Method::HEAD, StatusCode::OK),
        (Method::GET, StatusCode::NO_CONTENT),
        (Method::GET, StatusCode::NOT_MODIFIED),
    ];
    for (method, status) in cases {
        let log = Log::default();
        drop(answer(&log, method, status, Frames::new([Step::Data("abc")])));
        assert_eq!((log.only().outcome, log.only().sent), (Outcome::Complete, 0), "{status}");
    }
}

#[test]
fn bytes_of_an_answer_to_head_do_not_count_even_when_somebody_reads_them() {
    let log = Log::default();
    drain(answer(&log, Method::HEAD, StatusCode::OK, Frames::new([Step::Data("abc")])));
    assert_eq!((log.only().outcome, log.only().sent), (Outcome::Complete, 0));
}

#[test]
fn a_body_that_is_dropped_early_means_that_the_client_has_gone() {
    let log = Log::default();
    let mut body = answer(
        &log,
        Method::GET,
        StatusCode::OK,
        Frames::new([Step::Data("abc"), Step::Wait, Step::Data("d")]),
    );
    assert!(frame(&mut body).is_ready() && frame(&mut body).is_pending());
    drop(body);
    assert_eq!((log.only().outcome, log.only().sent), (Outcome::ClientGoneInBody, 3));
}

#[test]
fn a_body_that_fails_is_a_body_error() {
    let log = Log::default();
    drain(answer(&log, Method::GET, StatusCode::OK, Frames::new([Step::Data("abc"), Step::Fail])));
    assert_eq!((log.only().outcome, log.only().sent), (Outcome::BodyError, 3));
}

#[test]
fn a_body_that_panics_is_a_panic() {
    let log = Log::default();
    let mut body = answer(&log, Method::GET, StatusCode::OK, Frames::new([Step::Panic]));
    let panicked = catch_unwind(AssertUnwindSafe(|| frame(&mut body).is_ready()));
    assert!(panicked.is_err() && log.all().is_empty());
    drop(body);
    assert_eq!((log.only().outcome, log.only().code), (Outcome::Panic, Some(200)));
}

#[test]
fn a_future_that_is_dropped_before_its_answer_means_that_the_client_has_gone() {
    let log = Log::default();
    let mut service = log.layer().layer(Fn(|_: Request<CountedBody<Frames>>| std::future::pending()));
    let mut future = Box::pin(service.call(request(Method::GET)));
    assert!(poll(future.as_mut()).is_pending() && log.all().is_empty());
    drop(future);
    assert_eq!((log.only().outcome, log.only().code), (Outcome::ClientGoneBeforeHead, None));
}

#[test]
fn a_request_that_is_never_polled_has_its_statistic_too() {
    let log = Log::default();
    let mut service = log.layer().layer(Fn(|_: Request<CountedBody<Frames>>| std::future::pending()));
    drop(service.call(request(Method::GET)));
    assert_eq!(log.only().outcome, Outcome::ClientGoneBeforeHead);
}

#[test]
fn a_panic_in_the_service_is_a_panic_wherever_it_happens() {
    let in_call = |_: Request<CountedBody<Frames>>| -> Ready<Result<Response<Frames>, &'static str>> {
        panic!("in call")
    };
    let log = Log::default();
    let mut service = log.layer().layer(Fn(in_call));
    assert!(catch_unwind(AssertUnwindSafe(|| drop(service.call(request(Method::GET))))).is_err());
    assert_eq!(log.only().outcome, Outcome::Panic);

    let in_poll = |_: Request<CountedBody<Frames>>| poll_fn(|_| panic!("in poll"));
    let log = Log::default();
    let mut service = log.layer().layer(Fn(in_poll));
    assert!(catch_unwind(AssertUnwindSafe(|| now(service.call(request(Method::GET))).is_ok())).is_err());
    assert_eq!((log.only().outcome, log.only().code), (Outcome::Panic, None));
}

#[test]
fn a_service_that_fails_has_failed() {
    let log = Log::default();
    let mut service = log.layer().layer(Fn(|_: Request<CountedBody<Frames>>| ready(Err("no answer"))));
    assert_eq!(now(service.call(request(Method::GET))).map(drop), Err("no answer"));
    assert_eq!((log.only().outcome, log.only().code), (Outcome::Failed, None));
}

#[test]
fn an_upgrade_is_an_upgrade() {
    let cases = [
        (Method::GET, StatusCode::SWITCHING_PROTOCOLS, Outcome::Upgraded),
        (Method::CONNECT, StatusCode::OK, Outcome::Upgraded),
        (Method::CONNECT, StatusCode::FORBIDDEN, Outcome::Complete),
    ];
    for (method, status, outcome) in cases {
        let log = Log::default();
        let frames = Frames { knows_its_end: true, ..Frames::default() };
        drop(answer(&log, method, status, frames));
        assert_eq!(log.only().outcome, outcome, "{status}");
    }
}

#[test]
fn a_timeout_that_was_answered_is_a_timeout() {
    let log = Log::default();
    let mut service = log.layer().layer(Fn(|request: Request<CountedBody<Frames>>| {
        let state = RequestState::of(request.extensions()).unwrap();
        state.recorder().unwrap().set_outcome(Outcome::Timeout);
        ready(Ok(Response::new(Frames::default())))
    }));
    drain(now(service.call(request(Method::GET))).unwrap().into_body());
    assert_eq!(log.only().outcome, Outcome::Timeout);
}

#[test]
fn bytes_of_the_request_count_as_they_are_read() {
    for (frames_read, bytes) in [(0, 0), (1, 4), (3, 6)] {
        let log = Log::default();
        let mut service = log.layer().layer(Fn(async |request: Request<CountedBody<Frames>>| {
            let mut body = request.into_body();
            for _ in 0..frames_read {
                poll_fn(|cx| Pin::new(&mut body).poll_frame(cx)).await;
            }
            Ok(Response::new(Frames::default()))
        }));
        let request = Request::new(Frames::new([Step::Data("abcd"), Step::Data("ef")]));
        drain(now(service.call(request)).unwrap().into_body());
        assert_eq!(log.only().read, bytes);
    }
}
