//! The body in whichever notation the client sent it.

use gongular_core::{Contract, Error, FromRequest, Input, Place, RequestBody, RequestContext, Rules};
use http::{HeaderMap, StatusCode};
#[cfg(feature = "protobuf")]
use prost::Message;
use serde::de::DeserializeOwned;

use super::{Notation, listed};
use crate::wrapper::wrapper;
use crate::{Form, content_type, walk};

/// Reads the body into `T` in whichever notation the client sent it, and checks its rules.
///
/// The content type says which: JSON and forms as with [`Body`](crate::Body) and [`Form`], and with their features
/// MessagePack, XML and YAML as with `Msgpack`, `Xml` and `Yaml`. Turning a feature on adds a content type to every payload
/// of the application.
///
/// # Errors
///
/// - another content type, or none, or a content coding:
///   [`ErrorKind::UnsupportedMediaType`](gongular_core::ErrorKind::UnsupportedMediaType), `415`; the answer names those that
///   are read
/// - more than [`Limits::body_bytes`](gongular_core::Limits::body_bytes), declared or sent:
///   [`ErrorKind::TooLarge`](gongular_core::ErrorKind::TooLarge), `413`
/// - values that cannot be read or are missing: [`ErrorKind::Parse`](gongular_core::ErrorKind::Parse), `400`, all at once,
///   each with its path; of XML, and of values that JSON does not have, the first
/// - rules are broken: [`ErrorKind::Validation`](gongular_core::ErrorKind::Validation), `400`, all at once
///
/// # Cancel safety
///
/// Not cancel safe: what was read of the body is lost.
///
/// # Example
///
/// ```
/// use gongular_core::{BodySlot, FromRequest, RequestContext, Rules};
/// use gongular_extractors::Payload;
/// use http::Request;
/// use http_body_util::Full;
/// use serde::Deserialize;
///
/// #[derive(Deserialize)]
/// struct Order {
///     city: String,
/// }
/// impl Rules for Order {}
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() {
/// for (content_type, body) in
///     [("application/json", r#"{"city": "Oslo"}"#), ("application/x-www-form-urlencoded", "city=Oslo")]
/// {
///     let request = Request::builder().header("content-type", content_type);
///     let (mut parts, body) = request.body(Full::new(bytes::Bytes::from(body))).unwrap().into_parts();
///     let mut body = BodySlot::new(body);
///     let mut cx = RequestContext::new(&mut parts, &mut body);
///     let Payload(order) = Payload::<Order>::from_request(&mut cx).await.unwrap();
///     assert_eq!(order.city, "Oslo");
/// }
/// # }
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[expect(clippy::exhaustive_structs, reason = "the wrapped value is all there is, and callers take it apart")]
pub struct Payload<T>(pub T);

impl<B, T> FromRequest<B> for Payload<T>
where
    B: RequestBody,
    T: DeserializeOwned + Rules,
{
    const CONSUMES_BODY: bool = true;

    fn describe(contract: &mut Contract) {
        let input = Input::new::<T>(Place::Body).with_fields(walk::fields::<T>());
        describe(contract, input.with_content_types(OF_VALUES), UNREAD);
    }

    /// Returns whether there is a body, or a content type that announces one.
    fn is_present(cx: &mut RequestContext<'_, B>) -> bool {
        cx.parts.headers.contains_key(http::header::CONTENT_TYPE) || !cx.body().is_empty()
    }

    async fn from_request(cx: &mut RequestContext<'_, B>) -> Result<Self, Error> {
        match notation(&cx.parts.headers, Notation::OF_VALUES, OF_VALUES)? {
            Some(notation) => notation.read(&cx.bytes().await?).map(Self),
            None => Form::<T>::from_request(cx).await.map(|Form(value)| Self(value)),
        }
    }
}

wrapper!(Payload);

/// Reads the body into a prost message in whichever notation the client sent it, and checks its rules.
///
/// As [`Payload`], and Protocol Buffers as with [`Protobuf`](super::Protobuf). The message needs `Deserialize` for the other
/// notations.
///
/// # Errors
///
/// As [`Payload`].
///
/// # Cancel safety
///
/// Not cancel safe: what was read of the body is lost.
#[cfg(feature = "protobuf")]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[expect(clippy::exhaustive_structs, reason = "the wrapped value is all there is, and callers take it apart")]
pub struct PayloadMessage<T>(pub T);

#[cfg(feature = "protobuf")]
impl<B, T> FromRequest<B> for PayloadMessage<T>
where
    B: RequestBody,
    T: DeserializeOwned + Message + Default + Rules,
{
    const CONSUMES_BODY: bool = true;

    fn describe(contract: &mut Contract) {
        let input = Input::new::<T>(Place::Body).with_fields(walk::fields::<T>());
        describe(contract, input.with_content_types(OF_MESSAGES), UNREAD);
    }

    /// Returns whether there is a body, or a content type that announces one.
    fn is_present(cx: &mut RequestContext<'_, B>) -> bool {
        cx.parts.headers.contains_key(http::header::CONTENT_TYPE) || !cx.body().is_empty()
    }

    async fn from_request(cx: &mut RequestContext<'_, B>) -> Result<Self, Error> {
        match notation(&cx.parts.headers, Notation::OF_MESSAGES, OF_MESSAGES)? {
            Some(Notation::Protobuf) => super::protobuf::read(&cx.bytes().await?).map(Self),
            Some(notation) => notation.read(&cx.bytes().await?).map(Self),
            None => Form::<T>::from_request(cx).await.map(|Form(value)| Self(value)),
        }
    }
}

#[cfg(feature = "protobuf")]
wrapper!(PayloadMessage);

/// Adds a body, and how it may be refused, to a contract.
pub(super) fn describe(contract: &mut Contract, input: Input, unread: &'static str) {
    contract.reads(input);
    contract.refuses(StatusCode::BAD_REQUEST, "the body cannot be read or breaks a rule");
    contract.refuses(StatusCode::PAYLOAD_TOO_LARGE, "the body is too large");
    contract.refuses(StatusCode::UNSUPPORTED_MEDIA_TYPE, unread);
}

/// Tells how a body is written; `None` for a form.
///
/// # Errors
///
/// None of them, or compressed: [`ErrorKind::UnsupportedMediaType`](gongular_core::ErrorKind::UnsupportedMediaType), `415`.
fn notation(headers: &HeaderMap, known: &[Notation], names: &[&str]) -> Result<Option<Notation>, Error> {
    content_type::plain(headers)?;
    if let Some(notation) = known.iter().find(|notation| notation.is_of(headers)) {
        return Ok(Some(*notation));
    }
    match content_type::form(headers) {
        Ok(_) => Ok(None),
        Err(_) => Err(unread(names)),
    }
}

#[cold]
fn unread(names: &[&str]) -> Error {
    Error::unsupported_media_type(format!("send the body as {}, texts in UTF-8", listed(names)))
}

const UNREAD: &str = "the body is in no notation that is read, by its content type";

/// The content types that are read into any value.
const OF_VALUES: &[&str] = &[
    "application/json",
    #[cfg(feature = "msgpack")]
    "application/msgpack",
    #[cfg(feature = "xml")]
    "application/xml",
    #[cfg(feature = "yaml")]
    "application/yaml",
    content_type::URLENCODED,
    content_type::MULTIPART,
];

/// The content types that are read into messages.
#[cfg(feature = "protobuf")]
const OF_MESSAGES: &[&str] = &[
    "application/json",
    #[cfg(feature = "msgpack")]
    "application/msgpack",
    "application/protobuf",
    #[cfg(feature = "xml")]
    "application/xml",
    #[cfg(feature = "yaml")]
    "application/yaml",
    content_type::URLENCODED,
    content_type::MULTIPART,
];
