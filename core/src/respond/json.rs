//! Values as JSON answers.

use std::cell::RefCell;

use bytes::Bytes;
use http::{HeaderValue, Response, header};
use serde::Serialize;

use super::{IntoResponse, ResponseBody, ResponseContext};
use crate::{Answer, Error};

/// An answer that is a value as JSON, content type `application/json`.
///
/// # Errors
///
/// A value whose `Serialize` fails: [`ErrorKind::Serialize`](crate::ErrorKind::Serialize), `500`.
///
/// # Example
///
/// ```
/// use gongular_core::{IntoResponse, Json};
///
/// let response = Json(vec![1, 2]).into_response().unwrap();
/// assert_eq!(response.headers()["content-type"], "application/json");
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "the wrapped value is all there is, and callers take it apart")]
pub struct Json<T>(pub T);

impl<T: Serialize> IntoResponse for Json<T> {
    fn into_response(self) -> Result<Response<ResponseBody>, Error> {
        let mut response = Response::new(ResponseBody::from(to_bytes(&self.0)?));
        response.headers_mut().insert(header::CONTENT_TYPE, JSON);
        Ok(response)
    }

    fn put_into(self, answer: &mut Answer, _: ResponseContext<'_>) -> Result<(), Error> {
        answer.put(ResponseBody::from(to_bytes(&self.0)?), JSON);
        Ok(())
    }
}

const JSON: HeaderValue = HeaderValue::from_static("application/json");

/// Writes a value as JSON.
///
/// It is written into room that the thread keeps, and copied: one allocation of the right size, where a buffer that grows
/// takes one for each time it does, and one more to be shared.
pub(crate) fn to_bytes<T: Serialize + ?Sized>(value: &T) -> Result<Bytes, Error> {
    thread_local! {
        static ROOM: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
    }
    // It is not there when the thread ends, nor when a value answers something else while it is written.
    let mut room = ROOM.try_with(RefCell::take).unwrap_or_default();
    room.clear();
    let written = serde_json::to_writer(&mut room, value).map_err(Error::serialize);
    if written.is_ok() && room.len() > COPIED_BYTES {
        return Ok(Bytes::from(room));
    }
    let bytes = written.map(|()| Bytes::copy_from_slice(&room));
    if room.capacity() <= KEPT_BYTES {
        // When the thread ends the room goes with it.
        let _ = ROOM.try_with(|kept| kept.replace(room));
    }
    bytes
}

/// Up to so many bytes are copied; more would take longer than an allocation does.
const COPIED_BYTES: usize = 16 << 10;

/// So much room a thread keeps at most.
const KEPT_BYTES: usize = 64 << 10;
