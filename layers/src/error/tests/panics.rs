//! Panics: a fixed answer, and nothing that looks complete.

use std::pin::Pin;
use std::task::{Context, Poll};

use gongular_core::ErrorKind;
use gongular_core::error::Carried;
use http_body::Frame;

use super::*;
use crate::error::RequestHead;

#[tokio::test]
async fn a_panic_is_answered_and_its_text_is_not_told() {
    let in_call = service_fn(
        |_: Request<Empty<Bytes>>| -> std::future::Ready<Result<Response<Full<Bytes>>, BoxError>> {
            panic!("secret in call")
        },
    );
    let in_poll = service_fn(|_: Request<Empty<Bytes>>| async {
        std::future::ready(()).await;
        if true {
            panic!("secret {}", "in poll");
        }
        Ok::<_, BoxError>(Response::new(Full::<Bytes>::default()))
    });
    let layer = ErrorLayer::new();
    for response in [send(&layer, in_call, request()).await, send(&layer, in_poll, request()).await] {
        assert_eq!(response.status(), 500);
        let carried = response.extensions().get::<Carried>().unwrap().error().clone();
        assert_eq!(carried.kind(), ErrorKind::Panic);
        assert!(carried.to_string().starts_with("panicked: secret in "));
        let told = format!("{:?}", response.headers()) + &text(response).await;
        assert!(told.ends_with(r#"{"error":"internal server error"}"#) && !told.contains("secret"), "{told}");
    }
}

#[tokio::test]
async fn the_service_answers_again_after_a_panic() {
    let mut calls = 0;
    let inner = service_fn(move |_: Request<Empty<Bytes>>| {
        calls += 1;
        assert_ne!(calls, 1, "the first call panics");
        ready(Ok::<_, Infallible>(Response::new(Full::<Bytes>::from("hi"))))
    });
    let mut service = ErrorLayer::new().layer(inner);
    assert_eq!(service.ready().await.unwrap().call(request()).await.unwrap().status(), 500);
    let response = service.ready().await.unwrap().call(request()).await.unwrap();
    assert_eq!(text(response).await, "hi");
}

#[tokio::test]
async fn a_body_that_panics_ends_with_an_error() {
    struct Panics {
        frames: u8,
    }

    impl Body for Panics {
        type Data = Bytes;
        type Error = Infallible;

        fn poll_frame(
            mut self: Pin<&mut Self>,
            _: &mut Context<'_>,
        ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
            self.frames = self.frames.checked_sub(1).expect("secret in body");
            Poll::Ready(Some(Ok(Frame::data(Bytes::from_static(b"part")))))
        }
    }

    let service = answers_with(|| Response::new(Panics { frames: 1 }));
    let mut body = send(&ErrorLayer::new(), service, request()).await.into_body();
    assert_eq!(body.frame().await.unwrap().unwrap().into_data().unwrap(), "part");
    assert!(!body.is_end_stream());
    let error = body.frame().await.unwrap().unwrap_err();
    assert_eq!(Error::in_chain(&*error).unwrap().kind(), ErrorKind::Panic);
    assert!(body.frame().await.is_none(), "it is not polled again");
}

#[tokio::test]
async fn what_the_application_does_with_errors_may_panic_too() {
    let maps = ErrorLayer::new().map(|_: &std::fmt::Error| panic!("secret in a map"));
    let fails = || fails_with(|| Error::from(std::fmt::Error));
    let handles = ErrorLayer::new().on_error(|_: &Error, _: &RequestHead| panic!("secret in a handler"));
    for response in [send(&maps, fails(), request()).await, send(&handles, fails(), request()).await] {
        assert_eq!(response.status(), 500);
        assert_eq!(response.extensions().get::<Carried>().unwrap().error().kind(), ErrorKind::Panic);
        assert_eq!(text(response).await, r#"{"error":"internal server error"}"#);
    }
}
