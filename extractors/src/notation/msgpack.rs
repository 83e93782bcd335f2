//! MessagePack.

use gongular_core::{Error, Rules};
use rmp_serde::decode::Error as DecodeError;
use serde::de::{DeserializeOwned, DeserializeSeed};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::only::only;
use super::reason::{Unbound, Unreadable};
use crate::strict::{MAX_DEPTH, Skipped, Strict};

/// A value as MessagePack: read from the body as an extractor, sent as an answer of content type `application/msgpack`.
///
/// A struct is a map by its external names, and types that are texts in JSON, such as dates and addresses, are texts.
///
/// As an extractor it reads `application/msgpack`, `application/vnd.msgpack` and `application/x-msgpack`, exactly one value,
/// at most 128 levels deep. Everything else is as with [`Body`](crate::Body).
///
/// # Errors
///
/// As an extractor, those of [`Payload`](crate::Payload). As an answer: a value whose `Serialize` fails,
/// [`ErrorKind::Serialize`](gongular_core::ErrorKind::Serialize), `500`.
///
/// # Cancel safety
///
/// Not cancel safe as an extractor: what was read of the body is lost.
///
/// # Example
///
/// ```
/// use gongular_core::{IntoResponse, Unchecked};
/// use gongular_extractors::Msgpack;
///
/// let response = Msgpack([1, 2]).into_response().unwrap();
/// assert_eq!(response.headers()["content-type"], "application/msgpack");
///
/// let Msgpack(numbers) = Msgpack::<Unchecked<Vec<u8>>>::from_bytes(&[0x92, 1, 2]).unwrap();
/// assert_eq!(*numbers, [1, 2]);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[expect(clippy::exhaustive_structs, reason = "the wrapped value is all there is, and callers take it apart")]
pub struct Msgpack<T>(pub T);

only!(
    Msgpack,
    read: DeserializeOwned;
    write: Serialize;
    "the body is not MessagePack by its content type",
    "send the body as MessagePack, content type `application/msgpack`"
);

pub(super) fn write<T: Serialize>(value: &T) -> Result<Vec<u8>, Error> {
    let mut bytes = Vec::new();
    let serializer = rmp_serde::Serializer::new(&mut bytes);
    value.serialize(&mut serializer.with_struct_map().with_human_readable()).map_err(Error::serialize)?;
    Ok(bytes)
}

pub(super) fn read<T: DeserializeOwned + Rules>(bytes: &[u8]) -> Result<T, Error> {
    let unbound = || Unbound { notation: "MessagePack", text: bytes, value: whole(bytes, value).ok() };
    let value: T = match whole(bytes, |reader| T::deserialize(Strict(reader))) {
        Ok(value) => value,
        Err(error) => return Err(unbound().explain::<T>(readable(bytes), error)),
    };
    match value.check() {
        Ok(()) => Ok(value),
        Err(broken) => Err(unbound().broken::<T>(broken)),
    }
}

type Reader<'de> = rmp_serde::Deserializer<
    rmp_serde::decode::ReadRefReader<'de, [u8]>,
    rmp_serde::config::HumanReadableConfig<rmp_serde::config::DefaultConfig>,
>;

/// Reads exactly one value.
fn whole<'de, T>(
    bytes: &'de [u8],
    read: impl FnOnce(&mut Reader<'de>) -> Result<T, DecodeError>,
) -> Result<T, DecodeError> {
    let mut reader = rmp_serde::Deserializer::from_read_ref(bytes).with_human_readable();
    // The reader refuses the level that would leave nothing of this.
    reader.set_max_depth(MAX_DEPTH + 1);
    let value = read(&mut reader)?;
    match bool::deserialize(&mut reader) {
        Err(DecodeError::InvalidMarkerRead(_)) => Ok(value),
        Ok(_) | Err(_) => Err(DecodeError::Uncategorized("something stands behind the value".to_owned())),
    }
}

fn value(reader: &mut Reader<'_>) -> Result<Value, DecodeError> {
    Value::deserialize(reader)
}

#[cold]
fn readable(bytes: &[u8]) -> Result<(), Unreadable> {
    match whole(bytes, |reader| Skipped.deserialize(reader)) {
        Ok(()) => Ok(()),
        Err(DecodeError::DepthLimitExceeded) => Err(Unreadable::Depth(MAX_DEPTH)),
        Err(DecodeError::Uncategorized(reason)) => Err(Unreadable::Syntax(reason)),
        Err(error) => Err(Unreadable::Syntax(error.to_string())),
    }
}
