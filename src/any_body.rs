//! The one type of request bodies behind the engine's door.

use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::{Buf, Bytes};
use gongular_core::stats::Recorder;
use gongular_core::{BodyContent, BodySlot, BoxError, Error, RequestBody};
use http_body::{Body, Frame, SizeHint};
use pin_project_lite::pin_project;

/// The body of a request, whatever host it came from.
///
/// An empty body and one that is in memory already are held as they are; any other is boxed.
pub struct AnyBody {
    inner: Inner,
    // Counts what is really read.
    recorder: Option<Recorder>,
}

enum Inner {
    Bytes(Bytes),
    Stream(Pin<Box<dyn Body<Data = Bytes, Error = BoxError> + Send>>),
    /// Somebody tried to read it, and will be told the same.
    Failed(Option<Error>),
}

impl AnyBody {
    /// Makes an empty body.
    #[must_use]
    pub const fn empty() -> Self {
        Self { inner: Inner::Bytes(Bytes::new()), recorder: None }
    }

    /// Takes over a body.
    pub fn new<B: RequestBody + 'static>(body: B) -> Self {
        let mut body = Some(body);
        let any: &mut dyn std::any::Any = &mut body;
        if let Some(same) = any.downcast_mut::<Option<Self>>() {
            return same.take().unwrap_or_else(Self::empty);
        }
        if let Some(full) = any.downcast_mut::<Option<http_body_util::Full<Bytes>>>() {
            return full.take().map(whole).map_or_else(Self::empty, Self::from);
        }
        match body {
            Some(body) if !body.is_end_stream() => {
                Self { inner: Inner::Stream(Box::pin(Stream { inner: body })), recorder: None }
            }
            _ => Self::empty(),
        }
    }

    /// Takes over what handlers have left of a body.
    pub(crate) fn from_slot(slot: BodySlot<Self>) -> Self {
        match slot.into_content() {
            BodyContent::Unread(body) => body,
            BodyContent::Buffered(bytes) => Self::from(bytes),
            BodyContent::Failed(error) => Self { inner: Inner::Failed(Some(error)), recorder: None },
            BodyContent::Taken => Self { inner: Inner::Failed(None), recorder: None },
        }
    }

    /// Lets a recorder count the bytes.
    pub(crate) fn counted(mut self, recorder: &Recorder) -> Self {
        if self.is_end_stream() {
            return self;
        }
        if self.recorder.is_some() {
            // An engine outside counts as well.
            self = Self { inner: Inner::Stream(Box::pin(self)), recorder: None };
        }
        self.recorder = Some(recorder.clone());
        self
    }
}

/// Returns the bytes of a body that is in memory.
fn whole(mut body: http_body_util::Full<Bytes>) -> Bytes {
    let mut task = Context::from_waker(std::task::Waker::noop());
    match Pin::new(&mut body).poll_frame(&mut task) {
        Poll::Ready(Some(Ok(frame))) => frame.into_data().unwrap_or_default(),
        _ => Bytes::new(),
    }
}

impl Body for AnyBody {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        let frame = match &mut self.inner {
            Inner::Bytes(bytes) if bytes.is_empty() => None,
            Inner::Bytes(bytes) => Some(Ok(Frame::data(std::mem::take(bytes)))),
            Inner::Stream(body) => ready!(body.as_mut().poll_frame(cx)),
            Inner::Failed(error) => Some(Err(failure(error.clone()))),
        };
        if let (Some(Ok(frame)), Some(recorder)) = (&frame, &self.recorder)
            && let Some(data) = frame.data_ref()
        {
            recorder.add_request_bytes(data.len() as u64);
        }
        Poll::Ready(frame)
    }

    fn is_end_stream(&self) -> bool {
        match &self.inner {
            Inner::Bytes(bytes) => bytes.is_empty(),
            Inner::Stream(body) => body.is_end_stream(),
            Inner::Failed(_) => false,
        }
    }

    fn size_hint(&self) -> SizeHint {
        match &self.inner {
            Inner::Bytes(bytes) => SizeHint::with_exact(bytes.len() as u64),
            Inner::Stream(body) => body.size_hint(),
            Inner::Failed(_) => SizeHint::default(),
        }
    }
}

pin_project! {
    /// A body of another host: its data as `Bytes`, which are not copied when they are that already.
    struct Stream<B> {
        #[pin]
        inner: B,
    }
}

impl<B: RequestBody> Body for Stream<B> {
    type Data = Bytes;
    type Error = BoxError;

    fn poll_frame(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BoxError>>> {
        let frame = ready!(self.project().inner.poll_frame(cx));
        Poll::Ready(frame.map(|frame| match frame {
            Ok(frame) => Ok(frame.map_data(|mut data| data.copy_to_bytes(data.remaining()))),
            Err(error) => Err(error.into()),
        }))
    }

    fn is_end_stream(&self) -> bool {
        self.inner.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.inner.size_hint()
    }
}

fn failure(error: Option<Error>) -> BoxError {
    match error {
        Some(error) => error.into(),
        None => "an earlier handler took the body away".into(),
    }
}

impl Default for AnyBody {
    fn default() -> Self {
        Self::empty()
    }
}

impl From<Bytes> for AnyBody {
    fn from(bytes: Bytes) -> Self {
        Self { inner: Inner::Bytes(bytes), recorder: None }
    }
}

impl fmt::Debug for AnyBody {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match &self.inner {
            Inner::Bytes(_) => "AnyBody::Bytes",
            Inner::Stream(_) => "AnyBody::Stream",
            Inner::Failed(_) => "AnyBody::Failed",
        })
    }
}

#[cfg(test)]
mod tests {
    use crate::test_client::{RecordedStats, TestClient};
    use crate::{Engine, Router};

    #[tokio::test]
    async fn engines_inside_of_each_other_both_count_what_is_read() {
        async fn read(body: String) -> String {
            body
        }
        let (inner, outer) = (RecordedStats::new(), RecordedStats::new());
        let inside = Engine::new().stats(inner.clone()).routes(Router::new().post("/in/x", read));
        let router = Router::new().service("/in/{*rest}", inside.build().await.unwrap());
        let engine = Engine::new().stats(outer.clone()).routes(router).build().await.unwrap();
        TestClient::new(engine).post("/in/x").body("four").send().await.assert_text("four");
        for stats in [inner, outer] {
            assert_eq!(stats.last().unwrap().request_size(), 4);
        }
    }
}
