//! What the layer promises besides the outcomes: bounded labels, readiness, and that a callback breaks nothing.

use super::*;

#[test]
fn a_hundred_thousand_unmatched_paths_are_one_label() {
    let labels = Arc::new(Mutex::new(std::collections::BTreeSet::new()));
    let layer = StatsLayer::new({
        let labels = Arc::clone(&labels);
        move |stat: &RouteStat| labels.lock().unwrap().extend([stat.label().to_owned()])
    });
    let mut service = layer.layer(Fn(|_: Request<CountedBody<Frames>>| {
        ready(Ok(Response::builder().status(404).body(Frames::default()).unwrap()))
    }));
    for path in 0..100_000 {
        let request = Request::builder().uri(format!("/{path}")).body(Frames::default()).unwrap();
        drain(now(service.call(request)).unwrap().into_body());
    }
    assert_eq!(*labels.lock().unwrap(), [String::new()].into());
}

#[test]
fn a_route_found_inside_is_told_to_every_statistics_layer_outside() {
    let log = Log::default();
    let mut service =
        log.layer().layer(log.layer().layer(Fn(|mut request: Request<CountedBody<CountedBody<Frames>>>| {
            let route = MatchedPath::from_static("/users/{id}");
            RequestState::entry(request.extensions_mut()).set_route(route, PathParams::default());
            ready(Ok(Response::new(Frames::default())))
        })));
    drop(now(service.call(request(Method::GET))).unwrap());
    let labels: Vec<_> = log.all().into_iter().map(|seen| seen.label).collect();
    assert_eq!(labels, ["/users/{id}", "/users/{id}"]);
}

#[test]
fn a_callback_that_panics_breaks_nothing() {
    let mut service = StatsLayer::new(|_: &RouteStat| panic!("in the callback")).layer(Fn(
        |_: Request<CountedBody<Frames>>| {
            ready(Ok::<_, &'static str>(Response::new(Frames::new([Step::Data("abc")]))))
        },
    ));
    for _ in 0..2 {
        drain(now(service.call(request(Method::GET))).unwrap().into_body());
    }
    // The same while something else panics already, where a second panic that got out would abort.
    let body = now(service.call(request(Method::GET))).unwrap().into_body();
    let caught = catch_unwind(AssertUnwindSafe(move || {
        let _body = body;
        panic!("on the way")
    }));
    assert!(caught.is_err());
}

#[test]
fn readiness_is_the_one_of_the_service_inside() {
    struct Busy;

    impl Service<Request<CountedBody<Frames>>> for Busy {
        type Response = Response<Frames>;
        type Error = Infallible;
        type Future = Ready<Result<Response<Frames>, Infallible>>;

        fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
            Poll::Pending
        }

        fn call(&mut self, _: Request<CountedBody<Frames>>) -> Self::Future {
            unreachable!("it was not ready")
        }
    }

    let mut service = StatsLayer::new(()).layer(Busy);
    assert!(
        Service::<Request<Frames>>::poll_ready(&mut service, &mut Context::from_waker(Waker::noop()))
            .is_pending()
    );
}
