//! The error layer's answer for engines that have the error and the request's head at hand.

use gongular_core::{Error, MatchedPath, ResponseBody};
use http::request::Parts;
use http::{HeaderMap, Response};

use super::answer::{Settings, keep};
use super::head::{Asked, accept, grpc};
use super::{ErrorHandler, RequestHead};

/// Makes answers of errors, as an [`ErrorLayer`](super::ErrorLayer) does, without being a service.
pub trait Answers: Send + Sync + 'static {
    /// Answers an error. `before` are the header fields that were said before it; those that do not describe the body
    /// stay.
    fn answer(&self, error: Error, head: &RequestHead, before: HeaderMap) -> Response<ResponseBody>;
}

impl<H: ErrorHandler> Answers for Settings<H> {
    #[cold]
    fn answer(&self, error: Error, head: &RequestHead, before: HeaderMap) -> Response<ResponseBody> {
        let asked = Asked::of_head(head, self.options.negotiate);
        let mut response = Self::answer(self, error, &asked, Some(head));
        if !before.is_empty() {
            keep(response.headers_mut(), before);
        }
        response
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
