//! A file on its way to the client.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};
use tower_http::services::fs::ServeFileSystemResponseBody;

/// The body of an answer that said how long it is.
///
/// A file that grows while it is read is cut there, so that nothing follows what was promised; one that shrinks fails the
/// answer, so that nobody takes half of it for the whole.
pub(super) struct Measured {
    inner: ServeFileSystemResponseBody,
    left: u64,
}

impl Measured {
    pub(super) const fn new(inner: ServeFileSystemResponseBody, length: u64) -> Self {
        Self { inner, left: length }
    }

    fn measure(&mut self, mut data: Bytes) -> Bytes {
        let length = data.len() as u64;
        if length > self.left {
            // What is left is less than the length of what is in memory.
            data.truncate(usize::try_from(self.left).unwrap_or(usize::MAX));
        }
        self.left = self.left.saturating_sub(length);
        data
    }
}

impl Body for Measured {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, io::Error>>> {
        if self.left == 0 {
            return Poll::Ready(None);
        }
        Pin::new(&mut self.inner).poll_frame(cx).map(|frame| match frame {
            Some(Ok(frame)) => Some(Ok(frame.map_data(|data| self.measure(data)))),
            Some(Err(error)) => Some(Err(error)),
            None => {
                self.left = 0;
                Some(Err(io::Error::new(io::ErrorKind::UnexpectedEof, "the file became shorter meanwhile")))
            }
        })
    }

    fn is_end_stream(&self) -> bool {
        self.left == 0
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.left)
    }
}
