//! A request's body until somebody takes it.

use std::fmt;

use bytes::Bytes;
use http::HeaderMap;
use http_body::Body;

use super::reading::Reading;
use crate::{BoxError, Error, Place};

/// A request body that extractors can read: any `http_body::Body` that is `Send` and whose error can be boxed.
///
/// Implemented for every such type; it only gives the bounds a name.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no request body, so the body cannot be read here",
    note = "a factory and an axum `FromRequestParts` see the request without its body: take what they need from path, query or headers"
)]
pub trait RequestBody: Body<Data: Send, Error: Into<BoxError>> + Send {}

#[diagnostic::do_not_recommend]
impl<B> RequestBody for B where B: Body<Data: Send, Error: Into<BoxError>> + Send {}

/// A request's body: unread, read into memory, or taken away.
///
/// It is read once, under a limit, and kept, so that several handlers of a chain may bind it.
pub struct BodySlot<B> {
    state: State<B>,
}

enum State<B> {
    Unread(B),
    Buffered(Bytes),
    /// It broke the limit or failed; whoever asks again gets the same answer.
    Failed(Error),
    Taken,
}

impl<B> BodySlot<B> {
    /// Holds a body that nobody has read yet.
    pub const fn new(body: B) -> Self {
        Self { state: State::Unread(body) }
    }

    /// Holds no body: whoever asks for one is told that it is gone.
    #[must_use]
    pub const fn taken() -> Self {
        Self { state: State::Taken }
    }

    /// Returns whether the body is certainly empty.
    pub fn is_empty(&self) -> bool
    where
        B: Body,
    {
        match &self.state {
            State::Unread(body) => body.is_end_stream() || body.size_hint().exact() == Some(0),
            State::Buffered(bytes) => bytes.is_empty(),
            State::Failed(_) | State::Taken => false,
        }
    }

    /// Returns the body if it was read into memory; it stays for others.
    #[must_use]
    pub fn buffered(&self) -> Option<Bytes> {
        match &self.state {
            State::Buffered(bytes) => Some(bytes.clone()),
            State::Unread(_) | State::Failed(_) | State::Taken => None,
        }
    }

    /// Takes the unread body away, for streaming.
    ///
    /// # Errors
    ///
    /// - the body was read or taken before: [`ErrorKind::App`](crate::ErrorKind::App), `500`, since the handler asks for
    ///   it twice
    /// - reading it failed before: that failure
    pub fn take(&mut self) -> Result<B, Error> {
        match std::mem::replace(&mut self.state, State::Taken) {
            State::Unread(body) => Ok(body),
            State::Failed(error) => {
                self.state = State::Failed(error.clone());
                Err(error)
            }
            State::Buffered(bytes) => {
                self.state = State::Buffered(bytes);
                Err(gone())
            }
            State::Taken => Err(gone()),
        }
    }
}

impl<B> BodySlot<B> {
    /// Returns what the slot holds, for those who pass the request on.
    pub fn into_content(self) -> BodyContent<B> {
        match self.state {
            State::Unread(body) => BodyContent::Unread(body),
            State::Buffered(bytes) => BodyContent::Buffered(bytes),
            State::Failed(error) => BodyContent::Failed(error),
            State::Taken => BodyContent::Taken,
        }
    }
}

impl<B> BodySlot<B>
where
    B: RequestBody,
{
    /// Reads the whole body into memory, at most `limit` bytes, and keeps it for the next who asks.
    ///
    /// A body of a single frame is not copied.
    ///
    /// # Errors
    ///
    /// - a declared `Content-Length` over the limit, before anything is read, or more bytes than the limit:
    ///   [`ErrorKind::TooLarge`](crate::ErrorKind::TooLarge), `413`
    /// - the body ends early or the client goes away: [`ErrorKind::Parse`](crate::ErrorKind::Parse), `400`
    /// - somebody took it for streaming: [`ErrorKind::App`](crate::ErrorKind::App), `500`
    ///
    /// # Cancel safety
    ///
    /// Not cancel safe: what was read is lost, and the body counts as taken.
    pub async fn bytes(&mut self, headers: &HeaderMap, limit: usize) -> Result<Bytes, Error> {
        let read = match std::mem::replace(&mut self.state, State::Taken) {
            State::Unread(body) => Reading::new(body, headers, limit),
            State::Buffered(bytes) => {
                self.state = State::Buffered(bytes.clone());
                return if bytes.len() > limit { Err(too_large(limit)) } else { Ok(bytes) };
            }
            State::Failed(error) => {
                self.state = State::Failed(error.clone());
                return Err(error);
            }
            State::Taken => return Err(gone()),
        };
        let read = read.await;
        self.state = match &read {
            Ok(bytes) => State::Buffered(bytes.clone()),
            Err(error) => State::Failed(error.clone()),
        };
        read
    }
}

/// What has become of a request's body.
#[derive(Debug)]
#[expect(clippy::exhaustive_enums, reason = "there is no fifth fate of a body")]
pub enum BodyContent<B> {
    /// Nobody has read it.
    Unread(B),
    /// It was read into memory, whole.
    Buffered(Bytes),
    /// Reading it failed.
    Failed(Error),
    /// Somebody took it.
    Taken,
}

impl<B> fmt::Debug for BodySlot<B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match &self.state {
            State::Unread(_) => "BodySlot::Unread",
            State::Buffered(_) => "BodySlot::Buffered",
            State::Failed(_) => "BodySlot::Failed",
            State::Taken => "BodySlot::Taken",
        })
    }
}

#[cold]
pub(super) fn too_large(limit: usize) -> Error {
    Error::too_large(format!("the body is larger than {limit} bytes"))
}

impl Error {
    /// Makes an error of a request body that failed while it was read: it ended early, or the client went away.
    ///
    /// Kind [`ErrorKind::Parse`](crate::ErrorKind::Parse), `400`. A host may have put a limit of its own around the
    /// body; when that is what failed, kind [`ErrorKind::TooLarge`](crate::ErrorKind::TooLarge), `413`; it names no
    /// number, since the host's is not known. A host that gives one of our own errors, as gongular's server does to a client
    /// that is too slow, has decided the answer.
    #[must_use]
    #[cold]
    pub fn broken_body(place: Place, error: &(dyn std::error::Error + 'static)) -> Self {
        if let Some(ours) = Self::in_chain(error) {
            return ours.clone();
        }
        // Hosts wrap the error; its type is found only along the chain of sources.
        let mut source = Some(error);
        while let Some(current) = source {
            if current.is::<http_body_util::LengthLimitError>() {
                return Self::too_large("the body is too large");
            }
            source = current.source();
        }
        Self::parse(place, "", "incomplete", "the body ended before it was complete")
            .with_detail(format!("the body could not be read: {error}"))
    }
}

#[cold]
fn gone() -> Error {
    let text = "the body was already taken for streaming, or it is not at hand here";
    Error::app(text)
}
