//! A request body of frames that may fail.

use std::collections::VecDeque;
use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use gongular::http_body::{Body, Frame, SizeHint};

/// Frames of bytes, and whether the body breaks off behind them. A clone begins anew.
#[derive(Clone, Debug, Default)]
pub(super) struct Frames {
    data: VecDeque<Bytes>,
    breaks_off: bool,
    is_stuck: bool,
    is_streamed: bool,
}

impl Frames {
    pub(super) fn none() -> Self {
        Self::default()
    }

    /// A body in chunks of `size` bytes, whose length nobody declares.
    pub(super) fn chunked(body: impl Into<Bytes>, size: usize) -> Self {
        let mut rest = body.into();
        let mut data = VecDeque::new();
        while !rest.is_empty() {
            data.push_back(rest.split_to(size.min(rest.len())));
        }
        Self { data, is_streamed: true, ..Self::default() }
    }

    /// The same body, broken off at its end by the client that leaves.
    pub(super) fn broken_off(mut self) -> Self {
        self.breaks_off = true;
        self.is_streamed = true;
        self
    }

    /// A body whose client sends no more, and does not leave.
    pub(super) fn stuck(body: &'static str) -> Self {
        Self { is_stuck: true, is_streamed: true, ..body.into() }
    }
}

impl<T: Into<Bytes>> From<T> for Frames {
    fn from(body: T) -> Self {
        Self { data: [body.into()].into_iter().filter(|body| !body.is_empty()).collect(), ..Self::default() }
    }
}

impl Body for Frames {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<io::Result<Frame<Bytes>>>> {
        if let Some(data) = self.data.pop_front() {
            return Poll::Ready(Some(Ok(Frame::data(data))));
        }
        if self.is_stuck {
            return Poll::Pending;
        }
        let broken = std::mem::take(&mut self.breaks_off);
        Poll::Ready(broken.then(|| Err(io::Error::other("connection reset at /srv/socket.rs"))))
    }

    fn is_end_stream(&self) -> bool {
        !self.is_streamed && self.data.is_empty()
    }

    fn size_hint(&self) -> SizeHint {
        if self.is_streamed {
            return SizeHint::default();
        }
        SizeHint::with_exact(self.data.iter().map(|data| data.len() as u64).sum())
    }
}
