//! The answer on its way to the client.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use bytes::Bytes;
use http_body::{Body, Frame, SizeHint};
use pin_project_lite::pin_project;

use super::Protocol;
use super::activity::Activity;
use crate::{BoxError, Error, ResponseBody};

pin_project! {
    /// The body of an answer: the service's, or ours where the service has none.
    pub(super) struct Answer<B> {
        #[pin]
        body: Source<B>,
        // Dropped with the body: the answer is complete then, or given up.
        turn: Turn,
    }
}

pin_project! {
    #[project = SourceProjection]
    enum Source<B> {
        Service { #[pin] body: B },
        Ours { body: ResponseBody },
    }
}

/// A request that has no complete answer.
pub(super) struct Turn {
    activity: Arc<Activity>,
    is_held_up: bool,
}

impl Turn {
    pub(super) fn begin(activity: &Arc<Activity>, has_body: bool) -> Self {
        activity.begin(has_body);
        Self { activity: Arc::clone(activity), is_held_up: false }
    }

    /// There is an answer, or more of it, and nobody has asked for what comes next.
    ///
    /// Over HTTP/2 nobody asks until the client takes more; over HTTP/1.1 its socket tells.
    fn hold_up(&mut self) {
        if self.activity.protocol() == Protocol::Http2 && !self.is_held_up {
            self.is_held_up = true;
            self.activity.hold_up();
        }
    }

    /// Somebody asks for more.
    fn get_on(&mut self) {
        if std::mem::take(&mut self.is_held_up) {
            self.activity.get_on();
        }
    }

    /// Whether the connection has to be closed behind the answer.
    pub(super) fn closes(&self) -> bool {
        self.activity.is_body_cut()
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        self.get_on();
        self.activity.end();
    }
}

impl<B> Answer<B> {
    pub(super) fn of_service(body: B, turn: Turn) -> Self {
        Self::new(Source::Service { body }, turn)
    }

    pub(super) fn ours(body: ResponseBody, turn: Turn) -> Self {
        Self::new(Source::Ours { body }, turn)
    }

    fn new(body: Source<B>, mut turn: Turn) -> Self {
        turn.hold_up();
        Self { body, turn }
    }
}

impl<B> Body for Answer<B>
where
    B: Body<Data = Bytes, Error: Into<BoxError>>,
{
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        let this = self.project();
        this.turn.get_on();
        let polled = match this.body.project() {
            SourceProjection::Service { body } => {
                // The answer has begun, so all that is left is to end it; others share the thread.
                match catch_unwind(AssertUnwindSafe(|| body.poll_frame(cx))) {
                    Ok(polled) => polled.map_err(Into::into),
                    Err(payload) => Poll::Ready(Some(Err(Error::panic(payload).into()))),
                }
            }
            SourceProjection::Ours { body } => Pin::new(body).poll_frame(cx),
        };
        if let Poll::Ready(Some(Ok(_))) = &polled {
            this.turn.hold_up();
        }
        polled
    }

    fn is_end_stream(&self) -> bool {
        match &self.body {
            Source::Service { body } => body.is_end_stream(),
            Source::Ours { body } => body.is_end_stream(),
        }
    }

    fn size_hint(&self) -> SizeHint {
        match &self.body {
            Source::Service { body } => body.size_hint(),
            Source::Ours { body } => body.size_hint(),
        }
    }
}
