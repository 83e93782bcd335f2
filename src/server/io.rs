//! The connection's bytes, noted as they pass.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use super::activity::Activity;
use super::sniff::Sniffed;
use super::stream::Stream;
use super::tracker::Ticket;

/// A stream that gives back first what was read to find out the protocol, and notes what passes.
///
/// An upgraded connection takes it along, and with it the ticket: the server knows that it is still there.
pub(super) struct Io {
    stream: Stream,
    sniffed: Sniffed,
    activity: Arc<Activity>,
    end: End,
    _ticket: Ticket,
}

/// How far the writing end of a connection is closed.
enum End {
    Open,
    /// The end is written; so many bytes may still be thrown away before the connection is closed altogether.
    Lingering(usize),
    Closed,
}

impl Io {
    pub(super) const fn new(
        stream: Stream,
        sniffed: Sniffed,
        activity: Arc<Activity>,
        ticket: Ticket,
    ) -> Self {
        Self { stream, sniffed, activity, end: End::Open, _ticket: ticket }
    }

    fn note_write(&self, wrote: Poll<io::Result<usize>>) -> Poll<io::Result<usize>> {
        match &wrote {
            Poll::Ready(Ok(bytes)) => self.activity.sent(*bytes),
            Poll::Ready(Err(_)) => {}
            Poll::Pending => self.activity.send_blocked(),
        }
        wrote
    }

    /// Throws away what still comes in.
    ///
    /// A socket that is closed with unread input is reset, and the reset overtakes the answer: the client would never
    /// see why it was refused.
    fn poll_linger(&mut self, cx: &mut Context<'_>, mut left: usize) -> Poll<()> {
        let mut space = [0; 4096];
        loop {
            let mut buf = ReadBuf::new(&mut space);
            match Pin::new(&mut self.stream).poll_read(cx, &mut buf) {
                Poll::Ready(Ok(())) if !buf.filled().is_empty() && buf.filled().len() < left => {
                    left -= buf.filled().len();
                }
                Poll::Ready(_) => return Poll::Ready(()),
                Poll::Pending => {
                    self.end = End::Lingering(left);
                    return Poll::Pending;
                }
            }
        }
    }
}

/// How much of a refused request is thrown away before its connection is closed.
const LINGER_BYTES: usize = 64 << 20;

impl AsyncRead for Io {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = &mut *self;
        if this.activity.is_body_cut() {
            return Poll::Ready(Err(io::ErrorKind::TimedOut.into()));
        }
        let before = buf.filled().len();
        let has_some = this.sniffed.give_back(buf);
        let read = Pin::new(&mut this.stream).poll_read(cx, buf);
        // What was given back is only a beginning: hyper would make its buffer larger for the rest, were that not tried
        // at once.
        if !has_some {
            ready!(read)?;
        }
        if let Some(bytes) = buf.filled().get(before..).filter(|bytes| !bytes.is_empty()) {
            this.activity.received(bytes);
        }
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Io {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        let wrote = Pin::new(&mut self.stream).poll_write(cx, buf);
        self.note_write(wrote)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bufs: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let wrote = Pin::new(&mut self.stream).poll_write_vectored(cx, bufs);
        self.note_write(wrote)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let flushed = Pin::new(&mut self.stream).poll_flush(cx);
        if flushed.is_pending() {
            self.activity.send_blocked();
        } else if self.activity.is_send_blocked() {
            self.activity.sent(0);
        }
        flushed
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = &mut *self;
        if let End::Open = this.end {
            let shut = Pin::new(&mut this.stream).poll_shutdown(cx).map_ok(|()| 0);
            ready!(this.note_write(shut))?;
            this.end = if this.activity.linger() { End::Lingering(LINGER_BYTES) } else { End::Closed };
        }
        if let End::Lingering(left) = this.end {
            ready!(this.poll_linger(cx, left));
            this.end = End::Closed;
        }
        Poll::Ready(Ok(()))
    }
}
