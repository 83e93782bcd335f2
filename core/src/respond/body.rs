//! The body of our answers.

use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};

use crate::BoxError;

/// The body of an answer: nothing, bytes in memory, or a stream; only the last one is boxed.
#[derive(Default)]
pub struct ResponseBody {
    repr: Repr,
}

#[derive(Default)]
enum Repr {
    #[default]
    Empty,
    Full(Bytes),
    Stream(Pin<Box<dyn Body<Data = Bytes, Error = BoxError> + Send>>),
}

impl ResponseBody {
    /// Makes a body of nothing.
    #[must_use]
    pub const fn empty() -> Self {
        Self { repr: Repr::Empty }
    }

    /// Takes over a body; one that is a `ResponseBody` already stays as it is.
    pub fn new<B>(body: B) -> Self
    where
        B: Body<Data = Bytes> + Send + 'static,
        B::Error: Into<BoxError>,
    {
        let mut body = Some(body);
        let any: &mut dyn std::any::Any = &mut body;
        if let Some(ours) = any.downcast_mut::<Option<Self>>() {
            return ours.take().unwrap_or_default();
        }
        body.map_or_else(Self::empty, Self::stream)
    }

    /// Returns whether it is made while it is sent, by code that may be anybody's.
    #[doc(hidden)]
    #[inline]
    #[must_use]
    pub const fn is_stream(&self) -> bool {
        matches!(self.repr, Repr::Stream(_))
    }

    /// Boxes any other body.
    pub fn stream<B>(body: B) -> Self
    where
        B: Body<Data = Bytes> + Send + 'static,
        B::Error: Into<BoxError>,
    {
        let body = http_body_util::BodyExt::map_err(body, Into::into);
        Self { repr: Repr::Stream(Box::pin(body)) }
    }
}

impl<T: Into<Bytes>> From<T> for ResponseBody {
    fn from(bytes: T) -> Self {
        let bytes = bytes.into();
        Self { repr: if bytes.is_empty() { Repr::Empty } else { Repr::Full(bytes) } }
    }
}

impl Body for ResponseBody {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        match &mut self.repr {
            Repr::Empty => Poll::Ready(None),
            Repr::Full(bytes) => {
                let bytes = std::mem::take(bytes);
                self.repr = Repr::Empty;
                Poll::Ready(Some(Ok(Frame::data(bytes))))
            }
            Repr::Stream(body) => body.as_mut().poll_frame(cx),
        }
    }

    fn is_end_stream(&self) -> bool {
        match &self.repr {
            Repr::Empty => true,
            Repr::Full(_) => false,
            Repr::Stream(body) => body.is_end_stream(),
        }
    }

    fn size_hint(&self) -> SizeHint {
        match &self.repr {
            Repr::Empty => SizeHint::with_exact(0),
            Repr::Full(bytes) => SizeHint::with_exact(bytes.len() as u64),
            Repr::Stream(body) => body.size_hint(),
        }
    }
}

impl fmt::Debug for ResponseBody {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.repr {
            Repr::Empty => f.write_str("ResponseBody::Empty"),
            Repr::Full(bytes) => f.debug_tuple("ResponseBody::Full").field(&bytes.len()).finish(),
            Repr::Stream(_) => f.write_str("ResponseBody::Stream"),
        }
    }
}
