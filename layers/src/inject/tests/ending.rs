//! What teardowns are told when a layer outside catches a panic, or puts another body in place of the answer's.

use super::*;

#[tokio::test]
async fn a_panic_that_is_caught_outside_ends_them_as_panicked() {
    let log = Log::default();
    let mut service = InjectLayer::new(container(&log).await).layer(service_fn(|request| async {
        build::<First>(request).await;
        if true {
            panic!("the handler fell over");
        }
        Ok::<_, Infallible>(Response::new(Empty::<Bytes>::new()))
    }));
    let mut call = Box::pin(service.call(request()));
    let mut task = Context::from_waker(Waker::noop());
    let panicked = catch_unwind(AssertUnwindSafe(|| call.as_mut().poll(&mut task).is_ready()));
    assert!(panicked.is_err());
    // As an error layer does, whoever caught it lets go when no panic is under way any more.
    drop(call);
    assert_eq!(log.lines(), ["first Panicked"]);
}

#[tokio::test]
async fn a_body_that_panics_ends_them_as_panicked() {
    struct Falling;

    impl Body for Falling {
        type Data = Bytes;
        type Error = Infallible;

        fn poll_frame(
            self: Pin<&mut Self>,
            _: &mut Context<'_>,
        ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
            panic!("the body fell over");
        }
    }

    let log = Log::default();
    let mut service = InjectLayer::new(container(&log).await).layer(service_fn(|request| async {
        build::<First>(request).await;
        Ok::<_, Infallible>(Response::new(Falling))
    }));
    let mut body = Box::pin(service.call(request()).await.unwrap().into_body());
    let mut task = Context::from_waker(Waker::noop());
    let panicked = catch_unwind(AssertUnwindSafe(|| body.as_mut().poll_frame(&mut task).is_ready()));
    assert!(panicked.is_err());
    drop(body);
    assert_eq!(log.lines(), ["first Panicked"]);
}

#[tokio::test]
async fn an_error_whose_body_is_replaced_ends_them_as_failed() {
    let log = Log::default();
    let mut service = InjectLayer::new(container(&log).await).layer(service_fn(|request| async {
        build::<First>(request).await;
        let response = Response::builder().status(StatusCode::CONFLICT);
        Ok::<_, Infallible>(response.body(http_body_util::Full::new(Bytes::from_static(b"no"))).unwrap())
    }));
    drop(service.call(request()).await.unwrap());
    assert_eq!(log.lines(), ["first Failure"]);
}

#[tokio::test]
async fn an_answer_whose_body_no_host_reads_ends_them_as_succeeded() {
    async fn ending(method: Method, status: StatusCode) -> Vec<String> {
        let log = Log::default();
        let mut service =
            InjectLayer::new(container(&log).await).layer(service_fn(move |request| async move {
                build::<First>(request).await;
                let response = Response::builder().status(status);
                Ok::<_, Infallible>(
                    response.body(http_body_util::Full::new(Bytes::from_static(b"hi"))).unwrap(),
                )
            }));
        let mut request = request();
        *request.method_mut() = method;
        drop(service.call(request).await.unwrap());
        log.lines()
    }

    assert_eq!(ending(Method::HEAD, StatusCode::OK).await, ["first Success"]);
    assert_eq!(ending(Method::CONNECT, StatusCode::OK).await, ["first Success"]);
    assert_eq!(ending(Method::GET, StatusCode::NO_CONTENT).await, ["first Success"]);
    assert_eq!(ending(Method::GET, StatusCode::NOT_MODIFIED).await, ["first Success"]);
    assert_eq!(ending(Method::GET, StatusCode::OK).await, ["first Cancelled"]);
}

#[tokio::test]
async fn a_spawner_that_panics_takes_nobody_down() {
    let log = Log::default();
    let layer = InjectLayer::new(container(&log).await).spawn_with(|_| panic!("there is no runtime"));
    let mut service = layer.layer(service_fn(|request| async {
        let mut parts = Request::<Empty<Bytes>>::into_parts(request).0;
        resolve::<First, NoKey>(&mut parts).await.unwrap();
        resolve::<Second, NoKey>(&mut parts).await.unwrap();
        std::future::pending::<Result<Response<Empty<Bytes>>, Infallible>>().await
    }));
    let mut call = Box::pin(service.call(request()));
    assert!(call.as_mut().poll(&mut Context::from_waker(Waker::noop())).is_pending());
    drop(call);
    assert_eq!(log.lines(), ["second Cancelled", "first Cancelled"]);
}

#[tokio::test]
async fn a_hook_that_panics_before_the_response_ends_them_as_panicked() {
    let log = Log::default();
    let torn_down = log.clone();
    let provider = Provider::<First>::per_request(|| First)
        .before_response(|_| async {
            if true {
                panic!("the commit fell over");
            }
            Ok::<_, Error>(())
        })
        .teardown(move |_, completion| torn_down.add(format!("first {completion:?}")));
    let container = Container::builder().register(provider).build().await.unwrap();
    let mut service = InjectLayer::new(container).layer(service_fn(|request| async {
        build::<First>(request).await;
        Ok::<_, Infallible>(Response::new(Empty::<Bytes>::new()))
    }));
    let mut response = service.call(request()).await.unwrap();
    assert_eq!(response.status(), 500);
    assert_eq!(carried(&mut response).map(|error| error.kind()), Some(ErrorKind::Panic));
    drop(response);
    assert_eq!(log.lines(), ["first Panicked"]);
}

#[tokio::test]
async fn an_upgrade_whose_connection_goes_on_ends_them_with_the_connection() {
    let log = Log::default();
    let keeper = ScopeKeeper::new();
    let mut service = InjectLayer::new(container(&log).await).layer(service_fn({
        let keeper = keeper.clone();
        move |request| {
            let keeper = keeper.clone();
            async move {
                build::<Second>(request).await;
                let response = Response::builder().status(StatusCode::SWITCHING_PROTOCOLS).extension(keeper);
                Ok::<_, Infallible>(response.body(Empty::<Bytes>::new()).unwrap())
            }
        }
    }));
    drop(service.call(request()).await.unwrap());
    assert!(log.lines().is_empty());
    keeper.close(Completion::Success).await;
    assert_eq!(log.lines(), ["second Success"]);

    // Whoever comes after the end has nothing to wait for.
    drop(service.call(request()).await.unwrap());
    assert_eq!(log.lines(), ["second Success"]);
}

#[tokio::test]
async fn a_connection_that_is_given_up_ends_them_as_cancelled() {
    let log = Log::default();
    let mut service = InjectLayer::new(container(&log).await).layer(service_fn(|request| async {
        build::<First>(request).await;
        let response = Response::builder().status(StatusCode::SWITCHING_PROTOCOLS);
        let response = response.extension(ScopeKeeper::new()).body(Empty::<Bytes>::new()).unwrap();
        Ok::<_, Infallible>(response)
    }));
    drop(service.call(request()).await.unwrap());
    assert_eq!(log.lines(), ["first Cancelled"]);
}
