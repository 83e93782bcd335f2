//! One handler as a tower service.

use std::fmt;
use std::future::Future;
use std::marker::PhantomData;
use std::pin::Pin;
use std::task::{Context, Poll};

use http::request::Parts;
use http::{Request, Response};
use tower_service::Service;

use super::{Answer, Handler};
use crate::stats::Running;
use crate::{BodySlot, Error, RequestContext, RequestState, ResponseBody};

/// Makes a tower service of a handler.
///
/// The service is always ready. It fails with our [`Error`]; an error layer around it makes answers of errors.
///
/// A service whose handler has `dyn Trait` among its arguments, such as `Inject<dyn Mailer>`, is made outside of an
/// `async` block that is spawned, and moved into it. Made inside of `tokio::spawn(async move { .. })`, the compiler cannot
/// tell that the future is `Send`, and says "implementation of `FnOnce` is not general enough".
///
/// # Example
///
/// ```
/// use gongular_core::service;
/// use http::Request;
/// use http_body_util::{BodyExt, Empty};
/// use tower_service::Service;
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() {
/// let mut hello = service(async || "hi");
/// let request = Request::new(Empty::<bytes::Bytes>::new());
/// let response = hello.call(request).await.unwrap();
/// assert_eq!(response.into_body().collect().await.unwrap().to_bytes(), "hi");
/// # }
/// ```
pub const fn service<H, Args>(handler: H) -> HandlerService<H, Args> {
    HandlerService { handler, args: PhantomData }
}

/// A handler as a tower service, made by [`service`].
pub struct HandlerService<H, Args> {
    handler: H,
    args: PhantomData<fn() -> Args>,
}

impl<H, Args, B> Service<Request<B>> for HandlerService<H, Args>
where
    H: Handler<B, Args>,
    Args: 'static,
    B: Send + 'static,
{
    type Response = Response<ResponseBody>;
    type Error = Error;
    type Future = HandlerFuture;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Error>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<B>) -> HandlerFuture {
        let handler = self.handler.clone();
        // Taken apart here, not in the future: it would hold the request twice, whole and in parts, and a future above
        // 1 KiB is slow to allocate.
        let (mut parts, body) = request.into_parts();
        let mut body = BodySlot::new(body);
        HandlerFuture {
            inner: Box::pin(async move {
                let running = begin(&parts, || handler.name());
                let mut cx = RequestContext::new(&mut parts, &mut body);
                let mut answer = Answer::new();
                let result = handler.call(&mut cx, &mut answer).await;
                if let Some(running) = running {
                    match &result {
                        Ok(_) => running.finish(),
                        Err(error) => running.fail(error),
                    }
                }
                result.map(|()| answer.into_response())
            }),
        }
    }
}

/// Tells the statistics layer outside, if there is one, that the handler begins, and which route led to it.
fn begin(parts: &Parts, name: impl FnOnce() -> &'static str) -> Option<Running> {
    let state = RequestState::of(&parts.extensions)?;
    let recorder = state.recorder()?;
    recorder.report_framework(state, &parts.extensions);
    recorder.detail().handlers().then(|| recorder.handler(name()))
}

impl<H: Clone, Args> Clone for HandlerService<H, Args> {
    fn clone(&self) -> Self {
        Self { handler: self.handler.clone(), args: PhantomData }
    }
}

impl<H, Args> fmt::Debug for HandlerService<H, Args> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("HandlerService").field(&std::any::type_name::<H>()).finish()
    }
}

/// The future of a [`HandlerService`].
///
/// Boxed, since an `async fn` has a type without a name; it is the only box between the host and the handler.
pub struct HandlerFuture {
    inner: Pin<Box<dyn Future<Output = Result<Response<ResponseBody>, Error>> + Send>>,
}

impl Future for HandlerFuture {
    type Output = Result<Response<ResponseBody>, Error>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        self.inner.as_mut().poll(cx)
    }
}

impl fmt::Debug for HandlerFuture {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("HandlerFuture")
    }
}
