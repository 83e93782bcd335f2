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

/// The body of an engine's answer: it ends the request's dependencies and its statistic when it ends.
///
/// Most are bytes in memory, and are moved often on their way to the connection: whatever else an answer has stands in a
/// box.
pub struct Body {
    inner: ResponseBody,
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
    #[inline]
    pub(super) fn silent(body: Scoped) -> Self {
        match body {
            Scoped::Plain { body } => Self { inner: body },
            open @ Scoped::Open { .. } => Self { inner: ResponseBody::stream(open) },
        }
    }

    pub(super) fn watched(body: StatsBody<Scoped>) -> Self {
        Self { inner: ResponseBody::stream(body) }
    }
}

/// An empty body, for layers around an engine that answer by themselves.
impl Default for Body {
    fn default() -> Self {
        Self::silent(Scoped::Plain { body: ResponseBody::empty() })
    }
}

impl http_body::Body for Body {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        caught(|| Pin::new(&mut self.inner).poll_frame(cx))
    }

    fn is_end_stream(&self) -> bool {
        self.inner.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.inner.size_hint()
    }
}

type Polled = Poll<Option<Result<Frame<Bytes>, BoxError>>>;

/// Polls a body. A stream runs the application's code: its panic ends this answer, not the connection's task.
#[inline]
fn caught(poll: impl FnOnce() -> Polled) -> Polled {
    catch_unwind(AssertUnwindSafe(poll))
        .unwrap_or_else(|payload| Poll::Ready(Some(Err(Error::panic(payload).into()))))
}

impl http_body::Body for Scoped {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        caught(|| match self.project() {
            ScopedProjection::Plain { body } => body.poll_frame(cx),
            ScopedProjection::Open { body } => body.poll_frame(cx),
        })
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
