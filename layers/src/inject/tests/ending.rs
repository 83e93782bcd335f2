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
