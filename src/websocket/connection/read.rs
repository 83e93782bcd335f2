//! What comes from the client.

use std::mem::MaybeUninit;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::{Buf, Bytes};
use hyper::rt::{Read as _, ReadBuf};

use super::{Connection, Stage};
use crate::websocket::decode::Event;
use crate::websocket::outgoing::Frame;
use crate::websocket::{SocketError, close};

impl Connection {
    #[inline(never)]
    pub(super) fn read(&mut self, cx: &mut Context<'_>) {
        if !self.rest.is_empty() {
            let rest = std::mem::take(&mut self.rest);
            let mut input = &rest[..];
            self.take_in(&mut input, cx);
            let left = input.len();
            self.rest = rest;
            self.rest.advance(self.rest.len() - left);
        }
        while self.rest.is_empty() && self.wants_input() {
            let mut scratch = [const { MaybeUninit::uninit() }; READ_BYTES];
            let mut buffer = ReadBuf::uninit(&mut scratch);
            match Pin::new(&mut self.io).poll_read(cx, buffer.unfilled()) {
                Poll::Pending => return,
                Poll::Ready(Err(error)) => return self.lose(SocketError::lost(Some(error)), cx),
                Poll::Ready(Ok(())) if buffer.filled().is_empty() => {
                    return self.lose(SocketError::lost(None), cx);
                }
                Poll::Ready(Ok(())) => {}
            }
            self.clock.heard();
            let mut input = buffer.filled();
            self.take_in(&mut input, cx);
            if !input.is_empty() {
                self.rest = Bytes::copy_from_slice(input);
            }
        }
    }

    pub(super) fn wants_input(&self) -> bool {
        match self.stage {
            Stage::Open => self.shared.takes_message(),
            Stage::Closing | Stage::Shut => true,
            // A client that is shut already would be found gone before our close frame has left.
            Stage::Leaving | Stage::Gone => false,
        }
    }

    /// Takes in what was read, as far as it is wanted.
    fn take_in(&mut self, input: &mut &[u8], cx: &Context<'_>) {
        while !input.is_empty() && self.wants_input() {
            if self.stage == Stage::Shut {
                *input = &[];
                return;
            }
            match self.decoder.feed(input) {
                Ok(None) => {}
                Ok(Some(event)) => self.take_event(event, cx),
                Err(failure) => {
                    let payload = close::payload(failure.close_code(), "");
                    self.leave(payload, Some(failure), cx);
                }
            }
        }
    }

    fn take_event(&mut self, event: Event, cx: &Context<'_>) {
        match event {
            Event::Message(message) => {
                let waker = self.shared.deliver(message);
                self.notify(waker, cx);
            }
            Event::Ping(payload) if self.stage == Stage::Open => self.pong(payload),
            Event::Ping(_) | Event::Pong => {}
            Event::Close(code) => {
                self.is_client_done = true;
                self.leave(close::payload(code, ""), None, cx);
            }
        }
    }

    /// Answers a ping. To one who pings and does not read, only the last answers are kept.
    fn pong(&mut self, payload: Bytes) {
        let waiting = self.frames.iter().rev().take_while(|frame| frame.is_untouched_pong()).count();
        if waiting >= MAX_PONGS {
            self.frames.pop_back();
        }
        self.frames.push_back(Frame::pong(payload));
    }
}

/// How much is read at once. The room for it is on the stack, so that an idle connection has none.
const READ_BYTES: usize = 16 << 10;

/// How many answers to pings may wait.
const MAX_PONGS: usize = 16;
