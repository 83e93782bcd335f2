//! Answers that look at the request, where the host shows it to none.

use std::fmt;

use http::Response;
use http::request::Parts;

use super::{IntoResponse, ResponseBody, ResponseContext};
use crate::{Error, FromRequest, RequestContext, RequestState};

/// An argument that makes responses of answers that look at the request, in axum's handlers.
///
/// Handlers of ours return such answers as they are. It holds a copy of the request's head, without what layers left there
/// but for gongular's own.
///
/// # Example
///
/// ```
/// use gongular_core::{Error, Html, Responder, ResponseBody};
/// use http::Response;
///
/// async fn page(responder: Responder) -> Result<Response<ResponseBody>, Error> {
///     responder.respond(Html("<p>hi"))
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() {
/// let (parts, ()) = http::Request::new(()).into_parts();
/// let response = page(Responder::new(&parts)).await.unwrap();
/// assert_eq!(response.headers()["content-type"], "text/html; charset=utf-8");
/// # }
/// ```
pub struct Responder {
    parts: Parts,
}

impl Responder {
    /// Copies the head of a request.
    #[must_use]
    pub fn new(parts: &Parts) -> Self {
        Self::with_state(parts, RequestState::of(&parts.extensions))
    }

    fn with_state(parts: &Parts, state: Option<&RequestState>) -> Self {
        let (mut copy, ()) = http::Request::new(()).into_parts();
        copy.method = parts.method.clone();
        copy.uri = parts.uri.clone();
        copy.version = parts.version;
        copy.headers = parts.headers.clone();
        if let Some(state) = state {
            copy.extensions.insert(state.clone());
        }
        Self { parts: copy }
    }

    /// Makes the response of an answer.
    ///
    /// # Errors
    ///
    /// As [`IntoResponse::respond_to`].
    pub fn respond(&self, answer: impl IntoResponse) -> Result<Response<ResponseBody>, Error> {
        answer.respond_to(ResponseContext::new(&self.parts))
    }
}

impl<B: Send> FromRequest<B> for Responder {
    async fn from_request(cx: &mut RequestContext<'_, B>) -> Result<Self, Error> {
        Ok(Self::with_state(cx.parts, cx.state()))
    }
}

impl fmt::Debug for Responder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Responder").field("parts", &self.parts).finish()
    }
}
