//! A large upload through [`Multipart`] to nowhere: memory must not grow with it.

use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use gongular::{BodySlot, Error, FromRequest, Multipart, RequestContext, RequestState};
use http::{Request, header};
use http_body::{Body, Frame};

use crate::harness::runtime;

/// Reads a form with one file of so many bytes; returns how many arrived.
///
/// # Errors
///
/// The form cannot be read.
pub fn upload(bytes: u64) -> Result<u64, Error> {
    let content_type = format!("multipart/form-data; boundary={BOUNDARY}");
    let request = Request::post("/").header(header::CONTENT_TYPE, content_type);
    let (mut parts, body) = request.body(Upload::new(bytes))?.into_parts();
    let limits = gongular::Limits::default().with_multipart_bytes(u64::MAX).with_file_bytes(u64::MAX);
    RequestState::entry(&mut parts.extensions).set_limits(limits.into());
    runtime().block_on(async {
        let mut body = BodySlot::new(body);
        let mut form = Multipart::from_request(&mut RequestContext::new(&mut parts, &mut body)).await?;
        let mut received = 0;
        while let Some(mut part) = form.next_part().await? {
            while let Some(chunk) = part.chunk().await? {
                received += chunk.len() as u64;
            }
        }
        Ok(received)
    })
}

/// A body that makes its chunks as they are asked for, as a connection does.
struct Upload {
    head: Option<Bytes>,
    left: u64,
    tail: Option<Bytes>,
}

impl Upload {
    fn new(bytes: u64) -> Self {
        let disposition = "Content-Disposition: form-data; name=\"file\"; filename=\"big\"";
        Self {
            head: Some(format!("--{BOUNDARY}\r\n{disposition}\r\n\r\n").into()),
            left: bytes,
            tail: Some(format!("\r\n--{BOUNDARY}--\r\n").into()),
        }
    }
}

impl Body for Upload {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        if let Some(head) = self.head.take() {
            return Poll::Ready(Some(Ok(Frame::data(head))));
        }
        if self.left == 0 {
            return Poll::Ready(self.tail.take().map(|tail| Ok(Frame::data(tail))));
        }
        let length = self.left.min(CHUNK_BYTES);
        self.left -= length;
        // Lines, so that the search for the boundary stops at each.
        let mut chunk = b"0123456789 and some more to fill a line, as in a long text file\r\n"
            .repeat(1 + length as usize / 64);
        chunk.truncate(length as usize);
        Poll::Ready(Some(Ok(Frame::data(chunk.into()))))
    }
}

const BOUNDARY: &str = "----bench7MA4YWxkTrZu0gWboundary";

/// What a server reads from a connection at once, about.
const CHUNK_BYTES: u64 = 64 << 10;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_byte_of_a_large_upload_arrives() {
        assert_eq!(upload((3 << 20) + 1).unwrap(), (3 << 20) + 1);
    }
}
