//! The request body that services behind the server see.

use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use bytes::Bytes;
use http::StatusCode;
use http_body::{Body, Frame, SizeHint};
use hyper::body::Incoming;
use pin_project_lite::pin_project;
use tokio::time::{Instant, Sleep, sleep_until};

use super::Protocol;
use super::activity::Activity;
use super::pace::{Pace, Received};
use crate::{BoxError, ClientAddr, Error};

/// A request's body as it comes from the network, which has to come at a least rate.
///
/// A client that sends more slowly is cut off: reading fails with an [`Error`] of kind
/// [`ErrorKind::Timeout`](crate::ErrorKind::Timeout), `408`, that extractors pass on, and an HTTP/1.1 connection is
/// closed after the answer. Only the time counts in which somebody waits for the body.
///
/// An empty body costs nothing of this.
pub struct IncomingBody {
    incoming: Incoming,
    activity: Arc<Activity>,
    received: Received,
    /// HTTP/2: bodies of one connection come side by side, so each of them that has to wait has a timer of its own.
    timer: Option<Pin<Box<Timer>>>,
}

pin_project! {
    struct Timer {
        #[pin]
        sleep: Sleep,
        pace: Pace,
    }
}

impl IncomingBody {
    pub(super) fn new(incoming: Incoming, activity: Arc<Activity>) -> Self {
        Self { incoming, activity, received: Received::default(), timer: None }
    }

    /// Returns the address that the connection comes from; `None` for Unix sockets.
    ///
    /// It costs nothing, unlike the extension that [`Server::client_addr`](super::Server::client_addr) leaves.
    #[must_use]
    pub fn client_addr(&self) -> Option<ClientAddr> {
        self.activity.peer().map(ClientAddr::new)
    }

    /// Somebody waits and there is nothing. Returns whether it is too late.
    fn poll_late(&mut self, cx: &mut Context<'_>) -> Poll<()> {
        let Some(rate) = self.activity.body_rate() else { return Poll::Pending };
        if self.activity.protocol() == Protocol::Http1 {
            // The connection watches the time, and wakes whoever waits by failing.
            self.activity.wait_for_body(cx.waker());
            return Poll::Pending;
        }
        let now = Instant::now();
        let new = || Box::pin(Timer { sleep: sleep_until(now), pace: Pace::default() });
        let mut timer = self.timer.get_or_insert_with(new).as_mut().project();
        let Some(deadline) = timer.pace.wait(now, rate.window) else { return Poll::Pending };
        if timer.sleep.deadline() != deadline {
            timer.sleep.as_mut().reset(deadline);
        }
        timer.sleep.poll(cx)
    }

    /// The waiting is over: `bytes` came.
    fn note(&mut self, bytes: usize) {
        let Some(rate) = self.activity.body_rate() else { return };
        let is_complete = self.received.add(bytes, rate);
        if self.activity.protocol() == Protocol::Http1 {
            self.activity.end_waiting_for_body();
            if is_complete {
                self.activity.next_window();
            }
        } else if let Some(timer) = &mut self.timer {
            let pace = timer.as_mut().project().pace;
            pace.pause(Instant::now());
            if is_complete {
                *pace = Pace::default();
            }
        }
    }

    fn end(&self) {
        if self.activity.protocol() == Protocol::Http1 {
            self.activity.end_body();
        }
    }
}

impl Body for IncomingBody {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        let this = &mut *self;
        match Pin::new(&mut this.incoming).poll_frame(cx) {
            Poll::Pending => match this.poll_late(cx) {
                Poll::Ready(()) => Poll::Ready(Some(Err(too_slow().into()))),
                Poll::Pending => Poll::Pending,
            },
            Poll::Ready(Some(Ok(frame))) => {
                this.note(frame.data_ref().map_or(0, Bytes::len));
                if this.incoming.is_end_stream() {
                    this.end();
                }
                Poll::Ready(Some(Ok(frame)))
            }
            Poll::Ready(Some(Err(error))) => {
                this.note(0);
                let is_cut = this.activity.protocol() == Protocol::Http1 && this.activity.is_body_cut();
                Poll::Ready(Some(Err(if is_cut { too_slow().into() } else { error.into() })))
            }
            Poll::Ready(None) => {
                this.note(0);
                this.end();
                Poll::Ready(None)
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        self.incoming.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.incoming.size_hint()
    }
}

impl Drop for IncomingBody {
    fn drop(&mut self) {
        // Whoever gave up waiting must not leave the connection waiting.
        if self.activity.protocol() == Protocol::Http1 {
            self.activity.end_waiting_for_body();
        }
    }
}

impl fmt::Debug for IncomingBody {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("IncomingBody").field("size_hint", &self.size_hint()).finish_non_exhaustive()
    }
}

#[cold]
fn too_slow() -> Error {
    Error::from_status(StatusCode::REQUEST_TIMEOUT)
        .with_public("the body came too slowly")
        .with_detail("the body came more slowly than the server's least rate")
}
