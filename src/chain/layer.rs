//! A tower layer as a step: it wraps what is left of the chain.

use std::convert::Infallible;
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};

use bytes::Bytes;
use gongular_core::stats::Recorder;
use gongular_core::{Answer, BodySlot, BoxError, Error, RequestBody, RequestState, ResponseBody};
use gongular_layers::error::RequestHead;
use http::{HeaderMap, Method, Request, Response};
use http_body::Body;
use tower::ServiceExt;
use tower::util::BoxCloneSyncService;
use tower_layer::Layer;
use tower_service::Service;

use super::flight::{Caught, Ended, Failure, Flight, StepFuture};
use super::run::{Run, Steps};
use super::step::Step;
use crate::AnyBody;

/// A tower layer that waits for the chain it will wrap.
pub(crate) trait MakeStep: Send + Sync {
    fn wrap(&self, rest: Rest) -> Arc<dyn Step>;

    /// Returns the name of the layer's type.
    #[cfg(feature = "mvc")]
    fn name(&self) -> &'static str;
}

/// A layer whose services can stand in a chain.
pub(crate) struct TowerLayer<L>(pub(crate) L);

impl<L, S, R> MakeStep for TowerLayer<L>
where
    L: Layer<Rest, Service = S> + Send + Sync,
    S: Service<Request<AnyBody>, Response = Response<R>> + Clone + Send + Sync + 'static,
    S::Future: Send + 'static,
    S::Error: Into<BoxError>,
    R: Body<Data = Bytes> + Send + 'static,
    R::Error: Into<BoxError>,
{
    fn wrap(&self, rest: Rest) -> Arc<dyn Step> {
        let inner = Arc::clone(&rest.steps);
        let service = self.0.layer(rest);
        let service =
            service.map_response(|response| response.map(ResponseBody::new)).map_err(Error::from_box);
        Arc::new(LayerStep { service: BoxCloneSyncService::new(service), inner })
    }

    #[cfg(feature = "mvc")]
    fn name(&self) -> &'static str {
        std::any::type_name::<L>()
    }
}

struct LayerStep {
    service: BoxCloneSyncService<Request<AnyBody>, Response<ResponseBody>, Error>,
    inner: Arc<Steps>,
}

/// What was said before the layer; the rest of the chain goes on with it.
#[derive(Clone)]
struct Said(Arc<Mutex<Option<Answer>>>);

impl Said {
    fn take(&self) -> Option<Answer> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

/// Notes, when a layer lets go of a request that it has not passed on, that nothing inside of it ran.
struct Waiting {
    said: Said,
    inner: Arc<Steps>,
    recorder: Option<Recorder>,
}

impl Waiting {
    /// Returns what was said before, unless the rest of the chain has it.
    fn end(&self) -> Option<Answer> {
        let answer = self.said.take()?;
        if let Some(recorder) = &self.recorder {
            self.inner.skip(0, recorder);
        }
        Some(answer)
    }
}

impl Drop for Waiting {
    fn drop(&mut self) {
        self.end();
    }
}

impl Step for LayerStep {
    fn call(&self, flight: Box<Flight>) -> StepFuture {
        let service = self.service.clone();
        let inner = Arc::clone(&self.inner);
        Box::pin(async move {
            let Flight { parts, body, state, answer, .. } = *flight;
            let head = RequestHead::of_parts(&parts, state.route().cloned());
            let recorder = state.recorder().filter(|recorder| recorder.detail().handlers()).cloned();
            // For a layer that fails when the rest of the chain has the answer, as a timeout does.
            let headers = answer.headers().clone();
            let said = Said(Arc::new(Mutex::new(Some(answer))));
            let waiting = Waiting { said: said.clone(), inner, recorder };
            let mut request = Request::from_parts(parts, AnyBody::from_slot(body));
            *RequestState::entry(request.extensions_mut()) = state;
            request.extensions_mut().insert(said);
            let called = Caught::new(service.oneshot(request)).await;
            match (called, waiting.end()) {
                (Ok(response), None) => Ended::Answered(Box::new(response)),
                // The layer has answered itself: what was said before stays beside it.
                (Ok(response), Some(mut answer)) => match answer.respond(response) {
                    Ok(()) => Ended::Answered(Box::new(answer.into_response())),
                    Err(error) => failed(error, head, HeaderMap::new()),
                },
                (Err(error), _) => failed(error, head, headers),
            }
        })
    }

    fn skip(&self, recorder: &Recorder) {
        self.inner.skip(0, recorder);
    }
}

#[cold]
fn failed(error: Error, head: RequestHead, said: HeaderMap) -> Ended {
    Ended::Lost(Box::new(Failure { error, head, said }))
}

/// What is left of a chain inside of a layer, as a service.
#[derive(Clone, Debug)]
pub struct Rest {
    steps: Arc<Steps>,
}

impl Rest {
    pub(crate) const fn new(steps: Arc<Steps>) -> Self {
        Self { steps }
    }
}

impl<B: RequestBody + 'static> Service<Request<B>> for Rest {
    type Response = Response<ResponseBody>;
    type Error = Infallible;
    type Future = RestFuture;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<B>) -> RestFuture {
        let (mut parts, body) = request.into_parts();
        // The state stays in the extensions too: a layer may have put another one there, and services inside look for it.
        let state = RequestState::of(&parts.extensions).cloned().unwrap_or_default();
        let answer = parts.extensions.remove::<Said>().and_then(|said| said.take()).unwrap_or_default();
        let is_head = parts.method == Method::HEAD;
        let body = BodySlot::new(AnyBody::new(body));
        let flight = Flight { parts, body, state, answer, failure: None };
        RestFuture { run: self.steps.run_inside(Box::new(flight), is_head) }
    }
}

/// The future of [`Rest`].
pub struct RestFuture {
    run: Run,
}

impl Future for RestFuture {
    type Output = Result<Response<ResponseBody>, Infallible>;

    fn poll(mut self: Pin<&mut Self>, task: &mut Context<'_>) -> Poll<Self::Output> {
        Pin::new(&mut self.run).poll(task)
    }
}

impl std::fmt::Debug for RestFuture {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("RestFuture")
    }
}
