//! What goes to the client.

use std::collections::VecDeque;
use std::io::{self, IoSlice};
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use hyper::rt::Write as _;

use super::{Connection, Stage};
use crate::websocket::SocketError;
use crate::websocket::outgoing::{self, MAX_SLICES};

impl Connection {
    #[inline(never)]
    pub(super) fn write(&mut self, cx: &mut Context<'_>) {
        if self.stage == Stage::Gone {
            return;
        }
        match self.write_all(cx) {
            Poll::Pending => self.clock.stalled(),
            Poll::Ready(Ok(())) => {
                self.clock.moved();
                if self.stage == Stage::Leaving {
                    self.stage = Stage::Shut;
                    self.is_notified = true;
                }
                if self.stage == Stage::Shut && !self.is_shut {
                    self.shut(cx);
                }
            }
            Poll::Ready(Err(error)) => self.lose(SocketError::lost(Some(error)), cx),
        }
    }

    fn write_all(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        while !self.frames.is_empty() {
            let bytes = ready!(self.write_some(cx))?;
            if bytes == 0 {
                return Poll::Ready(Err(io::ErrorKind::WriteZero.into()));
            }
            self.is_dirty = true;
            self.clock.moved();
            self.written(bytes, cx);
        }
        if self.is_dirty {
            ready!(Pin::new(&mut self.io).poll_flush(cx))?;
            self.is_dirty = false;
        }
        Poll::Ready(Ok(()))
    }

    fn write_some(&mut self, cx: &mut Context<'_>) -> Poll<io::Result<usize>> {
        // A short message is copied in less time than the kernel takes to look at two parts.
        let mut scratch = [0; SHORT_BYTES];
        if let Some(bytes) = outgoing::only_frame(&self.frames, &mut scratch) {
            return Pin::new(&mut self.io).poll_write(cx, bytes);
        }
        let mut slices = [IoSlice::new(&[]); MAX_SLICES];
        let count = outgoing::slices(&self.frames, &mut slices);
        Pin::new(&mut self.io).poll_write_vectored(cx, &slices[..count])
    }

    fn written(&mut self, bytes: usize, cx: &Context<'_>) {
        let (mut frames, mut messages, mut payload) = (0, 0, 0);
        outgoing::advance(&mut self.frames, bytes, |frame| {
            frames += 1;
            if frame.is_message() {
                messages += 1;
                payload += frame.payload_bytes();
            }
        });
        self.frames_out += frames;
        if messages > 0 {
            self.messages_out += messages as u64;
            self.bytes_out += payload as u64;
            let waker = self.shared.written(messages, payload);
            self.notify(waker, cx);
        }
        if self.frames.is_empty() && self.frames.capacity() > KEPT_FRAMES {
            self.frames = VecDeque::new();
        }
    }

    /// Says on the stream that nothing follows.
    fn shut(&mut self, cx: &mut Context<'_>) {
        match Pin::new(&mut self.io).poll_shutdown(cx) {
            Poll::Ready(Err(error)) => self.lose(SocketError::lost(Some(error)), cx),
            // A stream may wait for the other side to end, too, which is of no use when nothing more comes from it.
            _ if self.is_client_done => self.stage = Stage::Gone,
            Poll::Ready(Ok(())) => self.is_shut = true,
            Poll::Pending => {}
        }
    }
}

/// What of a single frame is copied.
const SHORT_BYTES: usize = 512;

/// How many frames a queue keeps room for.
const KEPT_FRAMES: usize = 16;
