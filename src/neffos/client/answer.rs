//! What a server answers that opens no websocket.

use std::future::Future;
use std::io;
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};

use bytes::Bytes;
use http::HeaderMap;
use http::header::{CONTENT_LENGTH, TRANSFER_ENCODING};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, ReadBuf};
use tokio::time::{Instant, timeout_at};

use super::transport::Io;
use crate::neffos::lock::lock;

/// A stream that is there again once who has it lets it go, as the opening of a websocket does that fails.
pub(super) struct Lent {
    io: Option<Box<dyn Io>>,
    back: Back,
}

/// Where a stream comes back to.
pub(super) type Back = Arc<Mutex<Option<Box<dyn Io>>>>;

impl Lent {
    /// Lends a stream; returns where it comes back to.
    pub(super) fn new(io: Box<dyn Io>) -> (Self, Back) {
        let back = Back::default();
        (Self { io: Some(io), back: Arc::clone(&back) }, back)
    }

    fn io(&mut self) -> Pin<&mut dyn Io> {
        Pin::new(self.io.as_mut().expect("the stream is there until this is dropped"))
    }
}

impl Drop for Lent {
    fn drop(&mut self) {
        *lock(&self.back) = self.io.take();
    }
}

impl AsyncRead for Lent {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        self.io().poll_read(cx, buf)
    }
}

impl AsyncWrite for Lent {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        self.io().poll_write(cx, buf)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.io().poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.io().poll_shutdown(cx)
    }
}

/// Reads the body of an answer, whose head was read: as much of it as the head announces, as is kept, and as comes in time.
///
/// `read` is what came behind the head.
pub(super) async fn body(
    headers: &HeaderMap,
    mut read: Vec<u8>,
    io: Option<impl AsyncRead + Unpin>,
    end: Option<Instant>,
) -> Bytes {
    let announced = headers.get(CONTENT_LENGTH).filter(|_| !headers.contains_key(TRANSFER_ENCODING));
    let announced =
        announced.and_then(|length| length.to_str().ok()?.parse::<u64>().ok()).unwrap_or_default();
    let length = usize::try_from(announced).unwrap_or(usize::MAX).min(MAX_BODY_BYTES);
    read.truncate(length);
    if let Some(io) = io {
        let missing = u64::try_from(length - read.len()).unwrap_or_default();
        // One that ends early, or is late, is given as far as it came.
        let _ = within(end, io.take(missing).read_to_end(&mut read)).await;
    }
    read.into()
}

/// Waits for something until a moment, if there is one; none when it is over.
pub(super) async fn within<T>(end: Option<Instant>, future: impl Future<Output = T>) -> Option<T> {
    match end {
        Some(end) => timeout_at(end, future).await.ok(),
        None => Some(future.await),
    }
}

/// How much of a body is kept: an error that a program or somebody may read.
const MAX_BODY_BYTES: usize = 8 << 10;

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn headers(fields: &[(&'static str, &str)]) -> HeaderMap {
        let field = |(name, value): &(&'static str, &str)| {
            (http::HeaderName::from_static(name), value.parse().unwrap())
        };
        fields.iter().map(field).collect()
    }

    #[tokio::test]
    async fn a_body_is_read_as_far_as_it_is_announced_and_kept() {
        let long = vec![b'x'; MAX_BODY_BYTES + 9];
        for (fields, read, sent, expected) in [
            (&[("content-length", "5")][..], "he", &b"llo, more"[..], &b"hello"[..]),
            (&[("content-length", "5")], "hello, more", b"", b"hello"),
            (&[("content-length", "0")], "", b"more", b""),
            (&[("content-length", "9")], "he", b"llo", b"hello"),
            (&[("content-length", "99999999999999999999")], "he", b"llo", b""),
            (&[("content-length", "18446744073709551615")], "", &long, &long[..MAX_BODY_BYTES]),
            (&[("content-length", "five")], "he", b"llo", b""),
            (&[], "he", b"llo", b""),
            (&[("transfer-encoding", "chunked"), ("content-length", "5")], "5\r\n", b"hello", b""),
        ] {
            let got = body(&headers(fields), read.as_bytes().to_vec(), Some(sent), None).await;
            assert_eq!(got, expected, "{fields:?}");
        }
        let nothing = None::<&[u8]>;
        assert_eq!(body(&headers(&[("content-length", "9")]), b"he".to_vec(), nothing, None).await, "he");
    }

    #[tokio::test(start_paused = true)]
    async fn a_body_that_does_not_come_is_given_up_in_time() {
        let (near, _far) = tokio::io::duplex(64);
        let end = Instant::now() + Duration::from_secs(3);
        let headers = headers(&[("content-length", "9")]);
        assert_eq!(body(&headers, b"he".to_vec(), Some(near), Some(end)).await, "he");
        assert_eq!(Instant::now(), end);
    }

    #[test]
    fn a_stream_comes_back_when_it_is_let_go() {
        let (near, _far) = tokio::io::duplex(64);
        let (lent, back) = Lent::new(Box::new(near));
        assert!(lock(&back).is_none());
        drop(lent);
        assert!(lock(&back).is_some());
    }
}
