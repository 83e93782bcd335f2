//! The bodies of an engine's answers.

use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use gongular_core::{BoxError, Error, ResponseBody};
use gongular_layers::inject::InjectBody;
use gongular_layers::stats::StatsBody;
use http_body::{Body as _, Frame, SizeHint};
use pin_project_lite::pin_project;

pin_project! {
    /// The body of an engine's answer: it ends the request's dependencies and its statistic when it ends.
    pub struct Body {
        #[pin]
        inner: Watched,
    }
}

pin_project! {
    #[project = WatchedProjection]
    enum Watched {
        Silent { #[pin] body: Scoped },
        Watched { #[pin] body: StatsBody<Scoped> },
    }
}

pin_project! {
    /// A body that may hold the request's dependencies.
    #[project = ScopedProjection]
    pub(super) enum Scoped {
        Plain { #[pin] body: ResponseBody },
        Open { #[pin] body: InjectBody<ResponseBody> },
    }
}

impl Body {
    pub(super) const fn silent(body: Scoped) -> Self {
        Self { inner: Watched::Silent { body } }
    }

    pub(super) const fn watched(body: StatsBody<Scoped>) -> Self {
        Self { inner: Watched::Watched { body } }
    }
}

impl http_body::Body for Body {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        match self.project().inner.project() {
            WatchedProjection::Silent { body } => body.poll_frame(cx),
            WatchedProjection::Watched { body } => body.poll_frame(cx),
        }
    }

    fn is_end_stream(&self) -> bool {
        match &self.inner {
            Watched::Silent { body } => body.is_end_stream(),
            Watched::Watched { body } => body.is_end_stream(),
        }
    }

    fn size_hint(&self) -> SizeHint {
        match &self.inner {
            Watched::Silent { body } => body.size_hint(),
            Watched::Watched { body } => body.size_hint(),
        }
    }
}

impl http_body::Body for Scoped {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        // A stream runs the application's code: its panic ends this answer, not the connection's task.
        let polled = catch_unwind(AssertUnwindSafe(|| match self.project() {
            ScopedProjection::Plain { body } => body.poll_frame(cx),
            ScopedProjection::Open { body } => body.poll_frame(cx),
        }));
        polled.unwrap_or_else(|payload| Poll::Ready(Some(Err(Error::panic(payload).into()))))
    }

    fn is_end_stream(&self) -> bool {
        match self {
            Self::Plain { body } => body.is_end_stream(),
            Self::Open { body } => body.is_end_stream(),
        }
    }

    fn size_hint(&self) -> SizeHint {
        match self {
            Self::Plain { body } => body.size_hint(),
            Self::Open { body } => body.size_hint(),
        }
    }
}

impl fmt::Debug for Body {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Body").field("size", &self.size_hint()).finish_non_exhaustive()
    }
}
