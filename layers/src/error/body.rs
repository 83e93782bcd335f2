//! The body of an answer: of the service inside, or of the layer.

use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use gongular_core::{BoxError, Error, ResponseBody};
use http_body::{Body, Frame, SizeHint};
use pin_project_lite::pin_project;

use super::catch;

pin_project! {
    /// The body of the service inside, or of an answer to its failure.
    ///
    /// A body that panics ends with an error of kind [`Panic`](gongular_core::ErrorKind::Panic), so that the host breaks
    /// off: what was sent does not look complete.
    #[derive(Debug)]
    pub struct ErrorBody<B> {
        #[pin]
        source: Source<B>,
    }
}

pin_project! {
    #[project = SourceProjection]
    #[derive(Debug)]
    enum Source<B> {
        Inner { #[pin] body: B },
        Ours { body: ResponseBody },
    }
}

impl<B> ErrorBody<B> {
    #[inline]
    pub(super) const fn inner(body: B) -> Self {
        Self { source: Source::Inner { body } }
    }

    pub(super) const fn ours(body: ResponseBody) -> Self {
        Self { source: Source::Ours { body } }
    }
}

impl ErrorBody<ResponseBody> {
    /// Returns the body alone, for answers whose panics are caught elsewhere.
    pub(super) fn into_body(self) -> ResponseBody {
        match self.source {
            Source::Inner { body } | Source::Ours { body } => body,
        }
    }
}

impl<B> Body for ErrorBody<B>
where
    B: Body,
    B::Data: From<Bytes>,
    B::Error: Into<BoxError>,
{
    type Data = B::Data;
    type Error = BoxError;

    fn poll_frame(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<B::Data>, BoxError>>> {
        let mut source = self.project().source;
        match source.as_mut().project() {
            SourceProjection::Inner { body } => match catch(|| body.poll_frame(cx)) {
                Ok(poll) => poll.map(|frame| frame.map(|frame| frame.map_err(Into::into))),
                Err(payload) => {
                    source.set(Source::Ours { body: ResponseBody::empty() });
                    Poll::Ready(Some(Err(Error::panic(payload).into())))
                }
            },
            SourceProjection::Ours { body } => Pin::new(body)
                .poll_frame(cx)
                .map(|frame| frame.map(|frame| frame.map(|frame| frame.map_data(B::Data::from)))),
        }
    }

    fn is_end_stream(&self) -> bool {
        match &self.source {
            Source::Inner { body } => body.is_end_stream(),
            Source::Ours { body } => body.is_end_stream(),
        }
    }

    fn size_hint(&self) -> SizeHint {
        match &self.source {
            Source::Inner { body } => body.size_hint(),
            Source::Ours { body } => body.size_hint(),
        }
    }
}
