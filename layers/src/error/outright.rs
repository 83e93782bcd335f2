//! The error layer's answer for engines that have the error and the request's head at hand.

use std::sync::Arc;

use gongular_core::error::Carried;
use gongular_core::{Error, MatchedPath, ResponseBody};
use http::request::Parts;
use http::{HeaderMap, Response};

use super::answer::{Options, Settings, keep};
use super::head::{Asked, accept, grpc};
use super::{ErrorBody, ErrorHandler, RequestHead};

/// Makes answers of errors, as an [`ErrorLayer`](super::ErrorLayer) does, without being a service.
pub trait Answers: Send + Sync + 'static {
    /// Takes of a request what the other methods want to know.
    fn head(&self, parts: &Parts, matched_path: Option<&MatchedPath>) -> RequestHead;

    /// Answers an error. `before` are the header fields that were said before it; those that do not describe the body
    /// stay.
    fn answer(&self, mut error: Error, head: &RequestHead, before: HeaderMap) -> Response<ResponseBody> {
        let mut response = self.tell(&mut error, head, Some(before));
        response.extensions_mut().insert(Carried::settled(error));
        response
    }

    /// Answers an error as [`answer`](Self::answer) does, but does not leave it in the answer: it becomes what came of it.
    fn tell(
        &self,
        error: &mut Error,
        head: &RequestHead,
        before: Option<HeaderMap>,
    ) -> Response<ResponseBody>;

    /// Returns whether [`refusal`](Self::refusal) is wanted.
    fn reshapes_host_errors(&self) -> bool;

    /// Gives an answer with a status of 400 or above the shape of an error's, as a layer with
    /// [`host_errors`](super::ErrorLayer::host_errors) does.
    fn refusal(&self, response: Response<ResponseBody>, head: &RequestHead) -> Response<ResponseBody>;

    /// Makes what a client may know of an application's error, if a mapping knows it.
    fn map(&self, error: &Error) -> Option<Error>;

    /// Returns these answers with the mappings of others behind their own.
    fn inside(&self, outer: Arc<dyn Answers>) -> Arc<dyn Answers>;

    /// Returns these answers with a handler that is asked before their own.
    fn after(&self, first: Handle) -> Arc<dyn Answers>;
}

/// An [`ErrorHandler`] as a function.
#[doc(hidden)]
pub type Handle = fn(&Error, &RequestHead) -> Option<Response<ResponseBody>>;

impl<H: ErrorHandler> Answers for Settings<H> {
    fn head(&self, parts: &Parts, matched_path: Option<&MatchedPath>) -> RequestHead {
        if H::WANTS_REQUEST {
            return RequestHead::of_parts(parts, matched_path.cloned());
        }
        let accept = if self.options.negotiate { accept(&parts.headers) } else { None };
        let grpc = grpc(&parts.method, &parts.headers);
        RequestHead { method: parts.method.clone(), accept, grpc, ..RequestHead::default() }
    }

    #[cold]
    fn tell(
        &self,
        error: &mut Error,
        head: &RequestHead,
        before: Option<HeaderMap>,
    ) -> Response<ResponseBody> {
        let asked = Asked::of_head(head, self.options.negotiate);
        // Handed on as it comes: a response that is looked at here is moved once more.
        let Some(before) = before else {
            return Self::tell(self, error, &asked, Some(head));
        };
        let mut response = Self::tell(self, error, &asked, Some(head));
        keep(response.headers_mut(), before);
        response
    }

    fn reshapes_host_errors(&self) -> bool {
        self.options.host_errors
    }

    #[cold]
    fn refusal(&self, response: Response<ResponseBody>, head: &RequestHead) -> Response<ResponseBody> {
        let asked = Asked::of_head(head, self.options.negotiate);
        Self::refusal(self, response, &asked, Some(head)).map(ErrorBody::into_body)
    }

    fn map(&self, error: &Error) -> Option<Error> {
        self.options.mappers.iter().find_map(|map| map(error))
    }

    fn inside(&self, outer: Arc<dyn Answers>) -> Arc<dyn Answers> {
        let mut options: Options = self.options.clone();
        options.mappers.push(Arc::new(move |error| outer.map(error)));
        Arc::new(Self { options, handler: Arc::clone(&self.handler) })
    }

    fn after(&self, first: Handle) -> Arc<dyn Answers> {
        let handler = Arc::clone(&self.handler);
        let second: Second = Box::new(move |error, head| handler.handle(error, head));
        Arc::new(Settings { options: self.options.clone(), handler: Arc::new(Both { first, second }) })
    }
}

/// Two handlers, the second for what the first has no answer to.
struct Both {
    first: Handle,
    second: Second,
}

type Second = Box<dyn Fn(&Error, &RequestHead) -> Option<Response<ResponseBody>> + Send + Sync>;

impl ErrorHandler for Both {
    fn handle(&self, error: &Error, request: &RequestHead) -> Option<Response<ResponseBody>> {
        (self.first)(error, request).or_else(|| (self.second)(error, request))
    }
}

impl RequestHead {
    /// Takes what error handlers may see of a request.
    #[doc(hidden)]
    #[must_use]
    pub fn of_parts(parts: &Parts, matched_path: Option<MatchedPath>) -> Self {
        Self {
            method: parts.method.clone(),
            uri: parts.uri.clone(),
            accept: accept(&parts.headers),
            grpc: grpc(&parts.method, &parts.headers),
            matched_path,
        }
    }
}
