//! Answers in the notation that the client asks for.

use gongular_core::{Contract, Error, IntoResponse, Preflight, ResponseBody, ResponseContext};
use http::response::Parts;
use http::{HeaderMap, HeaderValue, Response, StatusCode, header};
#[cfg(feature = "protobuf")]
use prost::Message;
use serde::Serialize;

use super::{Notation, typed};

/// An answer that is a value in the notation that the client asks for by `Accept`.
///
/// JSON is there always, MessagePack, XML and YAML with their features; turning one on adds it to every such answer of the
/// application. The weights of RFC 9110, section 12.5.1, decide, then what the client names before what a wildcard covers,
/// then the order of this list. A client that does not say gets JSON. A range with parameters of a format's own counts as
/// the type itself where the client says nothing else of that, except that its refusal refuses nothing; answers are in UTF-8.
/// The answer has the content type by which the client named it, and `Vary: Accept`.
///
/// Where no request is at hand, in [`IntoResponse::into_response`], it is JSON. In axum's handlers, a
/// [`Responder`](gongular_core::Responder) brings the request.
///
/// # Errors
///
/// - the client accepts none of them: [`ErrorKind::Refused`](gongular_core::ErrorKind::Refused), `406`, which names those
///   there are. The handler has run by then.
/// - the value cannot be written: [`ErrorKind::Serialize`](gongular_core::ErrorKind::Serialize), `500`
///
/// # Example
///
/// ```
/// use gongular_core::{IntoResponse, ResponseContext};
/// use gongular_extractors::Negotiate;
/// use http::Request;
///
/// let (parts, ()) = Request::builder().header("accept", "application/*;q=0.5").body(()).unwrap().into_parts();
/// let response = Negotiate([1, 2]).respond_to(ResponseContext::new(&parts)).unwrap();
/// assert_eq!(response.headers()["content-type"], "application/json");
/// assert_eq!(response.headers()["vary"], "accept");
///
/// let (parts, ()) = Request::builder().header("accept", "image/png").body(()).unwrap().into_parts();
/// let error = Negotiate([1, 2]).respond_to(ResponseContext::new(&parts)).unwrap_err();
/// assert_eq!(error.status(), 406);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[expect(clippy::exhaustive_structs, reason = "the wrapped value is all there is, and callers take it apart")]
pub struct Negotiate<T>(pub T);

impl<T: Serialize> IntoResponse for Negotiate<T> {
    fn describe(contract: &mut Contract) {
        contract.refuses(StatusCode::NOT_ACCEPTABLE, UNACCEPTED);
    }

    fn into_response(self) -> Result<Response<ResponseBody>, Error> {
        answer(Notation::OF_VALUES, &HeaderMap::new(), |notation| notation.write(&self.0))
    }

    fn respond_to(self, cx: ResponseContext<'_>) -> Result<Response<ResponseBody>, Error> {
        answer(Notation::OF_VALUES, &cx.request().headers, |notation| notation.write(&self.0))
    }
}

impl<T: Preflight> Preflight for Negotiate<T> {
    fn preflight(&self, cx: ResponseContext<'_>, head: &mut Parts) -> Result<(), Error> {
        self.0.preflight(cx, head)
    }
}

/// An answer that is a prost message in the notation that the client asks for by `Accept`.
///
/// As [`Negotiate`], and Protocol Buffers, behind MessagePack. The message needs `Serialize` for the other notations.
///
/// # Errors
///
/// As [`Negotiate`].
#[cfg(feature = "protobuf")]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[expect(clippy::exhaustive_structs, reason = "the wrapped value is all there is, and callers take it apart")]
pub struct NegotiateMessage<T>(pub T);

#[cfg(feature = "protobuf")]
impl<T: Serialize + Message> NegotiateMessage<T> {
    fn write(&self, notation: Notation) -> Result<Response<ResponseBody>, Error> {
        if notation == Notation::Protobuf {
            return super::protobuf::write(&self.0).map(super::response);
        }
        notation.write(&self.0)
    }
}

#[cfg(feature = "protobuf")]
impl<T: Serialize + Message> IntoResponse for NegotiateMessage<T> {
    fn describe(contract: &mut Contract) {
        contract.refuses(StatusCode::NOT_ACCEPTABLE, UNACCEPTED);
    }

    fn into_response(self) -> Result<Response<ResponseBody>, Error> {
        answer(Notation::OF_MESSAGES, &HeaderMap::new(), |notation| self.write(notation))
    }

    fn respond_to(self, cx: ResponseContext<'_>) -> Result<Response<ResponseBody>, Error> {
        answer(Notation::OF_MESSAGES, &cx.request().headers, |notation| self.write(notation))
    }
}

#[cfg(feature = "protobuf")]
impl<T: Preflight> Preflight for NegotiateMessage<T> {
    fn preflight(&self, cx: ResponseContext<'_>, head: &mut Parts) -> Result<(), Error> {
        self.0.preflight(cx, head)
    }
}

fn answer(
    offered: &[Notation],
    headers: &HeaderMap,
    write: impl FnOnce(Notation) -> Result<Response<ResponseBody>, Error>,
) -> Result<Response<ResponseBody>, Error> {
    let (notation, name) = Notation::choose(offered, headers)?;
    let mut response = write(notation)?;
    response.headers_mut().insert(header::CONTENT_TYPE, typed(name));
    response.headers_mut().append(header::VARY, const { HeaderValue::from_static("accept") });
    Ok(response)
}

const UNACCEPTED: &str = "the answer is in no notation that the client accepts";
