use std::future::{Pending, Ready, pending, ready};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use bytes::Bytes;
use gongular_core::service;
use http::{Request, Response};
use http_body_util::Empty;
use tower_layer::{Identity, Layer};
use tower_service::Service;

use super::{Named, NamedLayer};
use crate::stats::{RouteStat, StatsLayer};

type Seen = Arc<Mutex<Vec<(&'static str, Duration)>>>;

fn stats(seen: &Seen) -> StatsLayer {
    let seen = Arc::clone(seen);
    StatsLayer::new(move |stat: &RouteStat| {
        seen.lock().unwrap().extend(stat.layers().iter().map(|layer| (layer.name(), layer.duration())));
    })
}

fn request() -> Request<Empty<Bytes>> {
    Request::new(Empty::new())
}

#[tokio::test]
async fn named_layers_stand_outermost_first_and_the_outer_time_holds_the_inner() {
    let seen = Seen::default();
    let inner = NamedLayer::new("inner", Identity::new()).layer(service(async || "hi"));
    let mut service = stats(&seen).layer(NamedLayer::new("outer", Identity::new()).layer(inner));
    drop(service.call(request()).await.unwrap());
    let seen = seen.lock().unwrap();
    assert_eq!([seen[0].0, seen[1].0], ["outer", "inner"]);
    assert!(seen[0].1 >= seen[1].1 && seen[1].1 > Duration::ZERO);
}

#[tokio::test]
async fn without_a_statistics_layer_a_named_service_only_passes_on() {
    let mut service = Named::new("alone", service(async || "hi"));
    assert_eq!(service.call(request()).await.unwrap().status(), 200);
}

#[test]
fn a_named_service_that_is_dropped_early_has_a_time() {
    struct Never;

    impl<B> Service<Request<B>> for Never {
        type Response = Response<Empty<Bytes>>;
        type Error = ();
        type Future = Pending<Result<Self::Response, ()>>;

        fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), ()>> {
            Poll::Ready(Ok(()))
        }

        fn call(&mut self, _: Request<B>) -> Self::Future {
            pending()
        }
    }

    let seen = Seen::default();
    drop(stats(&seen).layer(Named::new("never", Never)).call(request()));
    let seen = seen.lock().unwrap();
    assert!(seen[0].0 == "never" && seen[0].1 > Duration::ZERO);
}

#[test]
fn readiness_is_the_one_of_the_service_inside() {
    struct Broken;

    impl<B> Service<Request<B>> for Broken {
        type Response = ();
        type Error = &'static str;
        type Future = Ready<Result<(), &'static str>>;

        fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), &'static str>> {
            Poll::Ready(Err("broken"))
        }

        fn call(&mut self, _: Request<B>) -> Self::Future {
            ready(Ok(()))
        }
    }

    let mut service = Named::new("broken", Broken);
    let mut cx = Context::from_waker(Waker::noop());
    assert_eq!(Service::<Request<()>>::poll_ready(&mut service, &mut cx), Poll::Ready(Err("broken")));
}
