//! Layers pass bodies on as they are and wait for the service inside; dependencies are looked for before a request is.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::future::{Ready, ready};
use std::io::Cursor;
use std::marker::PhantomData;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};

use bytes::Bytes;
use gongular::http::Response;
use gongular::http_body::{Body, Frame};
use gongular::layers::{ErrorLayer, InjectLayer, LimitsLayer, NamedLayer, StatsLayer};
use gongular::{Container, Inject, Limits};
use tower::{Layer, Service, ServiceBuilder};

use super::app::Missing;
use super::*;

/// A body of foreign data, which is not `Send`; `None` is a frame that is still to come.
#[derive(Default)]
struct Foreign {
    frames: VecDeque<Option<Frame<Cursor<Vec<u8>>>>>,
    not_send: PhantomData<Rc<()>>,
}

impl Foreign {
    fn new(frames: impl IntoIterator<Item = Option<Frame<Cursor<Vec<u8>>>>>) -> Self {
        Self { frames: frames.into_iter().collect(), not_send: PhantomData }
    }
}

impl Body for Foreign {
    type Data = Cursor<Vec<u8>>;
    type Error = std::fmt::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Self::Data>, Self::Error>>> {
        match self.frames.pop_front() {
            Some(Some(frame)) => Poll::Ready(Some(Ok(frame))),
            Some(None) => Poll::Pending,
            None => Poll::Ready(None),
        }
    }
}

fn data(text: &str) -> Option<Frame<Cursor<Vec<u8>>>> {
    Some(Frame::data(Cursor::new(text.into())))
}

fn next<B: Body + Unpin>(body: &mut B) -> Poll<Option<Frame<B::Data>>> {
    let polled = Pin::new(body).poll_frame(&mut Context::from_waker(Waker::noop()));
    polled.map(|frame| frame.map(|frame| frame.unwrap_or_else(|_| panic!("the body fails"))))
}

fn text(frame: Poll<Option<Frame<Cursor<Vec<u8>>>>>) -> String {
    match frame {
        Poll::Ready(Some(frame)) => String::from_utf8(frame.into_data().unwrap().into_inner()).unwrap(),
        Poll::Ready(None) | Poll::Pending => panic!("there is no frame"),
    }
}

/// Answers with the body of the request, unread.
#[derive(Clone)]
struct Echo;

impl<B> Service<Request<B>> for Echo {
    type Response = Response<B>;
    type Error = Infallible;
    type Future = Ready<Result<Response<B>, Infallible>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        ready(Ok(Response::new(request.into_body())))
    }
}

#[tokio::test]
async fn frames_of_any_body_pass_one_by_one_as_they_are() {
    let container = Container::builder().build().await.unwrap();
    let mut service = ServiceBuilder::new()
        .layer(StatsLayer::new(()))
        .layer(InjectLayer::new(container))
        .layer(LimitsLayer::new(Limits::default().with_body_bytes(1)))
        .layer(NamedLayer::new("none", tower::layer::util::Identity::new()))
        .service(Echo);
    let mut trailers = HeaderMap::new();
    trailers.insert("x-end", "yes".parse().unwrap());
    let body = Foreign::new([data("one"), None, data("two"), Some(Frame::trailers(trailers.clone()))]);
    let response = service.call(Request::new(body)).await.unwrap();
    let mut body = Box::pin(response.into_body());
    assert_eq!(text(next(&mut body)), "one", "although the next one is still to come");
    assert!(next(&mut body).is_pending());
    assert_eq!(text(next(&mut body)), "two");
    let Poll::Ready(Some(last)) = next(&mut body) else { panic!("no trailers") };
    assert_eq!(last.into_trailers().unwrap(), trailers);
    assert!(matches!(next(&mut body), Poll::Ready(None)));
}

#[test]
fn the_error_layer_passes_frames_one_by_one() {
    let mut service = ErrorLayer::new().layer(Echo);
    let frames = [data("one"), None, data("two")];
    let body = Foreign::new(frames).map_frame(|frame| frame.map_data(|data| Bytes::from(data.into_inner())));
    let mut answer = Box::pin(service.call(Request::new(body)));
    let Poll::Ready(Ok(response)) = answer.as_mut().poll(&mut Context::from_waker(Waker::noop())) else {
        panic!("no answer")
    };
    let mut body = Box::pin(response.into_body());
    let Poll::Ready(Some(first)) = next(&mut body) else { panic!("no frame") };
    assert_eq!(first.into_data().unwrap(), "one");
    assert!(next(&mut body).is_pending());
}

/// Says once that it is not ready, and counts.
#[derive(Clone, Default)]
struct Busy {
    asked: usize,
}

impl Service<Request<Frames>> for Busy {
    type Response = Response<Frames>;
    type Error = Infallible;
    type Future = Ready<Result<Response<Frames>, Infallible>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        self.asked += 1;
        if self.asked == 1 { Poll::Pending } else { Poll::Ready(Ok(())) }
    }

    fn call(&mut self, _: Request<Frames>) -> Self::Future {
        assert!(self.asked >= 2, "it was not ready");
        ready(Ok(Response::new(Frames::none())))
    }
}

#[track_caller]
fn waits_for_busy<S: Service<Request<Frames>, Response = Response<B>>, B>(mut service: S) {
    let mut context = Context::from_waker(Waker::noop());
    assert!(service.poll_ready(&mut context).is_pending());
    assert!(matches!(service.poll_ready(&mut context), Poll::Ready(Ok(()))));
    drop(service.call(get("/")));
}

#[tokio::test]
async fn layers_wait_for_the_service_inside() {
    let container = Container::builder().build().await.unwrap();
    waits_for_busy(InjectLayer::new(container).layer(Busy::default()));
    waits_for_busy(LimitsLayer::new(Limits::DEFAULT).layer(Busy::default()));
    waits_for_busy(NamedLayer::new("none", tower::layer::util::Identity::new()).layer(Busy::default()));
    waits_for_busy(ErrorLayer::new().layer(Busy::default()));
    let inside = tower::util::MapRequestLayer::new(|request: Request<_>| request.map(|_| Frames::none()));
    waits_for_busy(ServiceBuilder::new().layer(StatsLayer::new(())).layer(inside).service(Busy::default()));
}

async fn needs_missing(_: Inject<Missing>) -> &'static str {
    unreachable!("nobody provides it")
}

#[tokio::test]
async fn a_missing_dependency_is_found_when_the_container_is_built() {
    let empty = Container::builder().build().await.unwrap();
    let errors = InjectLayer::checked::<(Inject<Missing>,)>(empty).unwrap_err().to_string();
    assert!(errors.contains("Missing"), "{errors}");
    let errors = Container::builder().needs_of(&needs_missing).build().await.unwrap_err().to_string();
    assert!(errors.contains("Missing") && errors.contains("needs_missing"), "{errors}");
}
