//! What an application may say about its answers to errors.

use gongular_core::{Error, ResponseBody};
use http::Response;

use super::RequestHead;

/// Answers errors in place of the layer.
///
/// Implemented for closures, and for `()`, which leaves every answer to the layer. One that only wants to look, to log the
/// error say, returns `None`.
pub trait ErrorHandler: Send + Sync + 'static {
    /// Whether the handler looks at the request. If it does, the layer keeps a copy of method, URI and `Accept` of every
    /// request, which costs some reference counting.
    const WANTS_REQUEST: bool = true;

    /// Returns the answer, whole, or `None` to leave it to the layer.
    fn handle(&self, error: &Error, request: &RequestHead) -> Option<Response<ResponseBody>>;
}

impl ErrorHandler for () {
    const WANTS_REQUEST: bool = false;

    fn handle(&self, _: &Error, _: &RequestHead) -> Option<Response<ResponseBody>> {
        None
    }
}

impl<F> ErrorHandler for F
where
    F: Fn(&Error, &RequestHead) -> Option<Response<ResponseBody>> + Send + Sync + 'static,
{
    fn handle(&self, error: &Error, request: &RequestHead) -> Option<Response<ResponseBody>> {
        self(error, request)
    }
}
