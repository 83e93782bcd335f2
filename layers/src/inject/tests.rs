//! The layer over handlers that succeed, fail, panic, stream and never end.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::future::Future;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::{Pin, pin};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Waker};

use bytes::Bytes;
use gongular_core::error::carried;
use gongular_core::inject::{Closing, Completion, Container, NoKey, Provider, ScopeKeeper, resolve};
use gongular_core::{Error, ErrorKind};
use http::{Method, Request, Response, StatusCode};
use http_body::{Body, Frame, SizeHint};
use http_body_util::{BodyExt, Empty};
use tower::util::service_fn;
use tower_layer::Layer;
use tower_service::Service;

use super::InjectLayer;

mod ending;

struct First;

struct Second;

#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<String>>>);

impl Log {
    fn add(&self, line: impl Into<String>) {
        self.0.lock().unwrap().push(line.into());
    }

    fn lines(&self) -> Vec<String> {
        std::mem::take(&mut self.0.lock().unwrap())
    }
}

/// Two values; the teardown of the second yields once.
async fn container(log: &Log) -> Container {
    let (first, second) = (log.clone(), log.clone());
    let first = Provider::<First>::per_request(|| First)
        .teardown(move |_, completion| first.add(format!("first {completion:?}")));
    let second = Provider::<Second>::per_request(|| Second).teardown(move |_, completion| {
        let second = second.clone();
        async move {
            yield_once().await;
            second.add(format!("second {completion:?}"));
        }
    });
    Container::builder().register(first).register(second).build().await.unwrap()
}

async fn yield_once() {
    let mut yielded = false;
    std::future::poll_fn(|task| {
        if std::mem::replace(&mut yielded, true) {
            return Poll::Ready(());
        }
        task.waker().wake_by_ref();
        Poll::Pending
    })
    .await;
}

async fn build<T: Send + Sync + 'static>(request: Request<Empty<Bytes>>) {
    resolve::<T, NoKey>(&mut request.into_parts().0).await.unwrap();
}

fn request() -> Request<Empty<Bytes>> {
    Request::new(Empty::new())
}

/// A body of some frames, which says its length or not, and may fail at its end.
#[derive(Default)]
struct Frames {
    frames: VecDeque<&'static str>,
    sized: bool,
    fails: bool,
}

impl Body for Frames {
    type Data = Bytes;
    type Error = std::io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, std::io::Error>>> {
        Poll::Ready(match self.frames.pop_front() {
            Some(text) => Some(Ok(Frame::data(Bytes::from_static(text.as_bytes())))),
            None if self.fails => Some(Err(std::io::Error::other("it broke off"))),
            None => None,
        })
    }

    fn is_end_stream(&self) -> bool {
        self.sized && self.frames.is_empty()
    }

    fn size_hint(&self) -> SizeHint {
        let length = self.frames.iter().map(|frame| frame.len() as u64).sum();
        if self.sized { SizeHint::with_exact(length) } else { SizeHint::default() }
    }
}

/// Serves one request with a handler that builds both values.
async fn serve(log: &Log, status: StatusCode, body: Frames) -> Response<super::InjectBody<Frames>> {
    let body = Arc::new(Mutex::new(Some(body)));
    let mut service = InjectLayer::new(container(log).await).layer(service_fn(move |request| {
        let body = body.lock().unwrap().take().expect("it serves one request");
        async move {
            let mut parts = Request::<Empty<Bytes>>::into_parts(request).0;
            resolve::<First, NoKey>(&mut parts).await?;
            resolve::<Second, NoKey>(&mut parts).await?;
            let mut response = Response::new(body);
            *response.status_mut() = status;
            Ok::<_, Error>(response)
        }
    }));
    service.call(request()).await.unwrap()
}

const BOTH: [&str; 2] = ["second Success", "first Success"];

#[tokio::test]
async fn values_end_before_the_last_frame_of_a_body_that_knows_its_length() {
    let log = Log::default();
    let body = Frames { frames: ["one", "two"].into(), sized: true, fails: false };
    let mut body = serve(&log, StatusCode::OK, body).await.into_body();
    assert_eq!(body.size_hint().exact(), Some(6));
    assert_eq!(body.frame().await.unwrap().unwrap().into_data().unwrap(), "one");
    assert!(log.lines().is_empty());

    assert!(pin!(body.frame()).poll(&mut Context::from_waker(Waker::noop())).is_pending());
    assert_eq!(body.size_hint().exact(), Some(3), "the frame that waits still counts");
    assert!(!body.is_end_stream());
    assert_eq!(body.frame().await.unwrap().unwrap().into_data().unwrap(), "two");
    assert_eq!(log.lines(), BOTH);
    assert!(body.is_end_stream());
    drop(body);
    assert!(log.lines().is_empty(), "they end once");
}

#[tokio::test]
async fn values_end_before_the_end_of_a_body_of_unknown_length() {
    let log = Log::default();
    let body = Frames { frames: ["one"].into(), sized: false, fails: false };
    let mut body = serve(&log, StatusCode::OK, body).await.into_body();
    assert!(body.frame().await.unwrap().is_ok());
    assert!(log.lines().is_empty());
    assert!(body.frame().await.is_none());
    assert_eq!(log.lines(), BOTH);
    assert!(body.frame().await.is_none());
}

#[tokio::test]
async fn values_end_before_the_head_of_an_answer_without_a_body() {
    let log = Log::default();
    let body = Frames { sized: true, ..Frames::default() };
    let response = serve(&log, StatusCode::OK, body).await;
    assert_eq!(log.lines(), BOTH);
    assert!(response.body().is_end_stream());
}

#[tokio::test]
async fn an_answer_that_is_an_error_ends_them_as_failed() {
    let log = Log::default();
    let body = Frames { sized: true, ..Frames::default() };
    serve(&log, StatusCode::CONFLICT, body).await;
    assert_eq!(log.lines(), ["second Failure", "first Failure"]);
}

#[tokio::test]
async fn a_body_that_breaks_off_ends_them_as_failed() {
    let log = Log::default();
    let body = Frames { frames: ["one"].into(), sized: false, fails: true };
    let error = serve(&log, StatusCode::OK, body).await.into_body().collect().await.unwrap_err();
    assert_eq!(error.to_string(), "it broke off");
    assert_eq!(log.lines(), ["second Failure", "first Failure"]);
}

#[tokio::test]
async fn a_body_that_is_dropped_ends_them_as_cancelled_and_hands_the_rest_over() {
    let log = Log::default();
    let rest: Arc<Mutex<Vec<Closing>>> = Arc::default();
    let taken = Arc::clone(&rest);
    let layer =
        InjectLayer::new(container(&log).await).spawn_with(move |rest| taken.lock().unwrap().push(rest));
    let mut service = layer.layer(service_fn(|request| async {
        let mut parts = Request::<Empty<Bytes>>::into_parts(request).0;
        resolve::<First, NoKey>(&mut parts).await?;
        resolve::<Second, NoKey>(&mut parts).await?;
        Ok::<_, Error>(Response::new(Frames { frames: ["one", "two"].into(), sized: true, fails: false }))
    }));
    let mut body = service.call(request()).await.unwrap().into_body();
    assert!(body.frame().await.unwrap().is_ok());
    drop(body);
    assert!(log.lines().is_empty());
    let rest = rest.lock().unwrap().pop().expect("the second one yields");
    rest.await;
    assert_eq!(log.lines(), ["second Cancelled", "first Cancelled"]);
}

#[tokio::test]
async fn a_service_that_fails_ends_them_as_failed() {
    let log = Log::default();
    let mut service = InjectLayer::new(container(&log).await).layer(service_fn(|request| async {
        build::<First>(request).await;
        Err::<Response<Empty<Bytes>>, _>("no")
    }));
    assert_eq!(service.call(request()).await.unwrap_err(), "no");
    assert_eq!(log.lines(), ["first Failure"]);
}

#[tokio::test]
async fn a_panic_ends_them_as_panicked() {
    let log = Log::default();
    let mut service = InjectLayer::new(container(&log).await).layer(service_fn(|request| async {
        build::<First>(request).await;
        if true {
            panic!("the handler fell over");
        }
        Ok::<_, Infallible>(Response::new(Empty::<Bytes>::new()))
    }));
    let call = service.call(request());
    let panicked = catch_unwind(AssertUnwindSafe(move || {
        let _ = pin!(call).poll(&mut Context::from_waker(Waker::noop()));
    }));
    assert!(panicked.is_err());
    assert_eq!(log.lines(), ["first Panicked"]);
}

#[tokio::test]
async fn a_request_that_is_dropped_ends_them_as_cancelled() {
    let log = Log::default();
    let mut service = InjectLayer::new(container(&log).await).layer(service_fn(|request| async {
        build::<First>(request).await;
        std::future::pending::<Result<Response<Empty<Bytes>>, Infallible>>().await
    }));
    {
        let call = pin!(service.call(request()));
        assert!(call.poll(&mut Context::from_waker(Waker::noop())).is_pending());
        assert!(log.lines().is_empty());
    }
    assert_eq!(log.lines(), ["first Cancelled"]);
}

async fn commit(fails: bool) -> (Response<super::InjectBody<Frames>>, Vec<String>) {
    let log = Log::default();
    let torn = log.clone();
    let provider = Provider::<First>::per_request(|| First)
        .before_response(move |_| async move {
            yield_once().await;
            if fails { Err(Error::new(StatusCode::CONFLICT, "somebody was faster")) } else { Ok(()) }
        })
        .teardown(move |_, completion| torn.add(format!("{completion:?}")));
    let container = Container::builder().register(provider).build().await.unwrap();
    let mut service = InjectLayer::new(container).layer(service_fn(|request| async {
        build::<First>(request).await;
        Ok::<_, Infallible>(Response::new(Frames { frames: ["done"].into(), sized: true, fails: false }))
    }));
    let mut response = service.call(request()).await.unwrap();
    while response.body_mut().frame().await.is_some() {}
    (response, log.lines())
}

#[tokio::test]
async fn a_commit_that_fails_takes_the_place_of_the_answer() {
    let (mut response, lines) = commit(true).await;
    assert_eq!(response.status(), StatusCode::CONFLICT);
    assert!(response.body().is_end_stream());
    let error = carried(&mut response).expect("the error layer outside finds it");
    assert_eq!((error.kind(), error.public()), (ErrorKind::Refused, "somebody was faster"));
    assert_eq!(lines, ["Failure"]);
}

#[tokio::test]
async fn a_commit_that_succeeds_lets_the_answer_pass() {
    let (mut response, lines) = commit(false).await;
    assert_eq!(response.status(), StatusCode::OK);
    assert!(carried(&mut response).is_none());
    assert_eq!(lines, ["Success"]);
}

#[tokio::test]
async fn layers_inside_of_each_other_end_from_the_inside_out() {
    let log = Log::default();
    let (outer, inner) = (log.clone(), log.clone());
    let outside = Container::builder()
        .register(Provider::<First>::per_request(|| First).teardown(move |_, _| outer.add("outer")))
        .build()
        .await
        .unwrap();
    let inside = outside
        .child()
        .register(Provider::<Second>::per_request(|| Second).teardown(move |_, _| inner.add("inner")))
        .build()
        .await
        .unwrap();
    let service = service_fn(|request| async {
        let mut parts = Request::<Empty<Bytes>>::into_parts(request).0;
        resolve::<Second, NoKey>(&mut parts).await?;
        resolve::<First, NoKey>(&mut parts).await?;
        Ok::<_, Error>(Response::new(Frames { frames: ["one"].into(), sized: true, fails: false }))
    });
    let mut service = InjectLayer::new(outside).layer(InjectLayer::new(inside).layer(service));
    service.call(request()).await.unwrap().into_body().collect().await.unwrap();
    assert_eq!(log.lines(), ["inner", "outer"]);
}

/// Panics when it is called without having been ready; a clone has not been.
#[derive(Default)]
struct Picky {
    ready: bool,
}

impl Clone for Picky {
    fn clone(&self) -> Self {
        Self::default()
    }
}

impl Service<Request<Empty<Bytes>>> for Picky {
    type Response = Response<Empty<Bytes>>;
    type Error = &'static str;
    type Future = std::future::Ready<Result<Self::Response, &'static str>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), &'static str>> {
        if std::mem::replace(&mut self.ready, true) { Poll::Ready(Ok(())) } else { Poll::Pending }
    }

    fn call(&mut self, _: Request<Empty<Bytes>>) -> Self::Future {
        assert!(std::mem::take(&mut self.ready), "called without having been ready");
        std::future::ready(Ok(Response::new(Empty::new())))
    }
}

#[tokio::test]
async fn readiness_is_that_of_the_service_inside() {
    let container = Container::builder().build().await.unwrap();
    let mut service = InjectLayer::new(container).layer(Picky::default());
    let mut task = Context::from_waker(Waker::noop());
    assert!(service.poll_ready(&mut task).is_pending());
    assert!(service.poll_ready(&mut task).is_ready());
    let _not_ready = service.clone();
    service.call(request()).await.unwrap();
}

#[tokio::test]
async fn a_layer_is_checked_with_what_the_handlers_inside_take() {
    struct NeedsFirst;

    impl<B: Send> gongular_core::FromRequest<B> for NeedsFirst {
        fn describe(contract: &mut gongular_core::Contract) {
            contract.needs::<First>(gongular_core::inject::Key::new("main"));
        }

        async fn from_request(_: &mut gongular_core::RequestContext<'_, B>) -> Result<Self, Error> {
            Ok(Self)
        }
    }

    let container = || Container::builder().provide_keyed("main", First);
    assert!(InjectLayer::checked::<(NeedsFirst, NeedsFirst)>(container().build().await.unwrap()).is_ok());
    let errors = InjectLayer::checked::<NeedsFirst>(Container::builder().build().await.unwrap()).unwrap_err();
    assert_eq!(errors.mistakes().len(), 1);
    assert_eq!(errors.mistakes()[0].place().file(), file!());
    assert_eq!(errors.mistakes()[0].key().name(), Some("main"));
}
