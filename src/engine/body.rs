//! The bodies of an engine's answers.

use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use gongular_core::{BoxError, Error, ResponseBody};
use http_body::{Body as _, Frame, SizeHint};

use super::trip::Trip;

/// The body of an engine's answer: it ends the request's dependencies and its statistic when it ends.
///
/// Most are bytes in memory, and are moved often on their way to the connection: whatever else an answer has stands in a
/// box.
pub struct Body {
    inner: ResponseBody,
    /// What it is the answer to, if something has failed: for those who look at it on its way out.
    error: Option<Error>,
    // Stands last, so that it is dropped when the body inside is gone.
    trip: Option<Box<Trip>>,
}

impl Body {
    /// Makes the body of an answer that has nothing else.
    #[inline]
    pub(crate) const fn of(inner: ResponseBody) -> Self {
        Self { inner, error: None, trip: None }
    }

    /// Says what it is the answer to.
    #[inline]
    pub(crate) fn answering(mut self, error: Option<Error>) -> Self {
        self.error = error;
        self
    }

    /// Returns what it is the answer to, if something has failed.
    #[inline]
    pub(super) const fn error(&self) -> Option<&Error> {
        self.error.as_ref()
    }

    /// Takes that away.
    #[inline]
    pub(super) const fn take_error(&mut self) -> Option<Error> {
        self.error.take()
    }

    /// Returns what is sent.
    pub(super) const fn inner(&self) -> &ResponseBody {
        &self.inner
    }

    /// Sends a request's trip along.
    #[inline]
    pub(super) fn take_on(&mut self, trip: Option<Box<Trip>>) {
        self.trip = trip;
    }
}

/// An empty body, for layers around an engine that answer by themselves.
impl Default for Body {
    fn default() -> Self {
        Self::of(ResponseBody::empty())
    }
}

impl http_body::Body for Body {
    type Data = Bytes;
    type Error = BoxError;

    #[inline]
    fn poll_frame(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Polled {
        let Self { inner, trip, .. } = &mut *self;
        match trip {
            Some(trip) => trip.poll_frame(inner, cx),
            None if inner.is_stream() => caught(|| Pin::new(inner).poll_frame(cx)),
            None => Pin::new(inner).poll_frame(cx),
        }
    }

    fn is_end_stream(&self) -> bool {
        self.trip.as_ref().map_or_else(|| self.inner.is_end_stream(), |trip| trip.is_over(&self.inner))
    }

    fn size_hint(&self) -> SizeHint {
        self.trip.as_ref().map_or_else(|| self.inner.size_hint(), |trip| trip.size_hint(&self.inner))
    }
}

impl Drop for Body {
    #[inline]
    fn drop(&mut self) {
        if let Some(trip) = &mut self.trip {
            trip.let_go(&self.inner);
        }
    }
}

/// What a poll of a body comes to.
pub(super) type Polled = Poll<Option<Result<Frame<Bytes>, BoxError>>>;

/// Polls a body. A stream runs the application's code: its panic ends this answer, not the connection's task.
#[inline]
pub(super) fn caught(poll: impl FnOnce() -> Polled) -> Polled {
    catch_unwind(AssertUnwindSafe(poll))
        .unwrap_or_else(|payload| Poll::Ready(Some(Err(Error::panic(payload).into()))))
}

impl fmt::Debug for Body {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Body").field("size", &self.size_hint()).finish_non_exhaustive()
    }
}
