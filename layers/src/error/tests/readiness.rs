//! The contract of `poll_ready`.

use std::future::Ready;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll, Waker};

use http::StatusCode;

use super::*;

#[tokio::test]
async fn a_service_that_fails_to_become_ready_answers_and_is_not_called() {
    let mock = Mock::new([Outcome::Fails, Outcome::Panics, Outcome::Ready]);
    let calls = Arc::clone(&mock.calls);
    let mut service = ErrorLayer::new().layer(mock);

    let response = service.ready().await.unwrap().call(request()).await.unwrap();
    assert_eq!(response.status(), 429);
    assert_eq!(text(response).await, r#"{"error":"too busy"}"#);
    let response = service.ready().await.unwrap().call(request()).await.unwrap();
    assert_eq!(response.status(), 500);
    assert_eq!(calls.load(Ordering::Relaxed), 0);

    let response = service.ready().await.unwrap().call(request()).await.unwrap();
    assert_eq!(response.status(), 200);
    assert_eq!(calls.load(Ordering::Relaxed), 1);
}

#[test]
fn a_service_that_is_not_ready_yet_is_waited_for() {
    let mut service = ErrorLayer::new().layer(Mock::new([Outcome::Waits, Outcome::Ready]));
    let mut task = Context::from_waker(Waker::noop());
    assert!(service.poll_ready(&mut task).is_pending());
    assert!(service.poll_ready(&mut task).is_ready());
}

#[tokio::test]
async fn a_clone_carries_no_readiness_and_no_failure() {
    let mut service = ErrorLayer::new().layer(Mock::new([Outcome::Fails, Outcome::Ready]));
    service.ready().await.unwrap();
    let mut clone = service.clone();
    let response = clone.ready().await.unwrap().call(request()).await.unwrap();
    assert_eq!(response.status(), 200, "the clone asked the service inside itself");
    assert_eq!(service.call(request()).await.unwrap().status(), 429);
}

/// A service whose readiness is scripted; a call without readiness panics.
#[derive(Clone)]
struct Mock {
    script: Vec<Outcome>,
    ready: bool,
    calls: Arc<AtomicUsize>,
}

#[derive(Clone, Copy)]
enum Outcome {
    Fails,
    Panics,
    Ready,
    Waits,
}

impl Mock {
    fn new(script: impl Into<Vec<Outcome>>) -> Self {
        let mut script = script.into();
        script.reverse();
        Self { script, ready: false, calls: Arc::default() }
    }
}

impl Service<Request<Empty<Bytes>>> for Mock {
    type Response = Response<Full<Bytes>>;
    type Error = BoxError;
    type Future = Ready<Result<Self::Response, BoxError>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        match self.script.pop().expect("the script has another line") {
            Outcome::Fails => Poll::Ready(Err(Error::new(StatusCode::TOO_MANY_REQUESTS, "too busy").into())),
            Outcome::Panics => panic!("not today"),
            Outcome::Ready => {
                self.ready = true;
                Poll::Ready(Ok(()))
            }
            Outcome::Waits => Poll::Pending,
        }
    }

    fn call(&mut self, _: Request<Empty<Bytes>>) -> Self::Future {
        assert!(std::mem::take(&mut self.ready), "called without being ready");
        self.calls.fetch_add(1, Ordering::Relaxed);
        ready(Ok(Response::new(Full::default())))
    }
}
