//! Protocol Buffers.

use gongular_core::{Error, Place, Rules};
use prost::Message;

use super::only::only;
use crate::message::refused;

/// A prost message as Protocol Buffers: read from the body as an extractor, sent as an answer of content type
/// `application/protobuf`.
///
/// As an extractor it reads `application/protobuf`, `application/x-protobuf` and `application/vnd.google.protobuf`, at most
/// 100 messages deep. A field that is not there has its default; an empty body is an empty message. Broken rules name their
/// fields as Rust does.
///
/// # Errors
///
/// As an extractor:
///
/// - another content type, or none, or a content coding:
///   [`ErrorKind::UnsupportedMediaType`](gongular_core::ErrorKind::UnsupportedMediaType), `415`
/// - more than [`Limits::body_bytes`](gongular_core::Limits::body_bytes), declared or sent:
///   [`ErrorKind::TooLarge`](gongular_core::ErrorKind::TooLarge), `413`
/// - no such message: [`ErrorKind::Parse`](gongular_core::ErrorKind::Parse), `400`, the first reason
/// - rules are broken: [`ErrorKind::Validation`](gongular_core::ErrorKind::Validation), `400`, all at once
///
/// # Cancel safety
///
/// Not cancel safe as an extractor: what was read of the body is lost.
///
/// # Example
///
/// ```
/// use gongular_core::{IntoResponse, Rules};
/// use gongular_extractors::Protobuf;
///
/// #[derive(prost::Message)]
/// struct Point {
///     #[prost(uint32, tag = 1)]
///     x: u32,
/// }
/// impl Rules for Point {}
///
/// let response = Protobuf(Point { x: 7 }).into_response().unwrap();
/// assert_eq!(response.headers()["content-type"], "application/protobuf");
///
/// let Protobuf(point) = Protobuf::<Point>::from_bytes(&[0x08, 7]).unwrap();
/// assert_eq!(point.x, 7);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[expect(clippy::exhaustive_structs, reason = "the wrapped value is all there is, and callers take it apart")]
pub struct Protobuf<T>(pub T);

only!(
    Protobuf,
    read: Message, Default;
    write: Message;
    "the body is not Protocol Buffers by its content type",
    "send the body as Protocol Buffers, content type `application/protobuf`"
);

#[expect(clippy::unnecessary_wraps, reason = "the other notations may fail")]
pub(super) fn write<T: Message>(message: &T) -> Result<Vec<u8>, Error> {
    Ok(message.encode_to_vec())
}

pub(super) fn read<T: Message + Default + Rules>(bytes: &[u8]) -> Result<T, Error> {
    let message = T::decode(bytes).map_err(|error| unread(&error))?;
    match message.check() {
        Ok(()) => Ok(message),
        Err(broken) => Err(refused(broken)),
    }
}

/// Says why bytes are no such message. The reason names fields and sorts of values, never a value.
#[cold]
fn unread(error: &prost::DecodeError) -> Error {
    Error::parse(Place::Body, "", "syntax", error.to_string())
}
