//! What a struct handler may say about its answer, besides the answer itself.

use std::fmt;

use bytes::Bytes;
use http::request::Parts;
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use serde::Serialize;

use super::Answer;
use crate::request::{MatchedPath, PathParams, RequestState};
use crate::stats::Logger;
use crate::{ClientAddr, Error, IntoResponse, RequestContext, ResponseContext};

/// The request head, and what a handler says about the answer, which all handlers of a chain share.
pub struct Context<'r> {
    parts: &'r mut Parts,
    state: Option<&'r RequestState>,
    answer: &'r mut Answer,
    /// Whether the handler that holds this said a status.
    said_status: bool,
}

impl<'r> Context<'r> {
    /// Makes the context of one handler of a request.
    #[must_use]
    pub const fn new<B>(cx: &'r mut RequestContext<'_, B>, answer: &'r mut Answer) -> Self {
        let (parts, state) = cx.parts_and_state();
        Self { parts, state, answer, said_status: false }
    }

    /// Returns the request head.
    #[must_use]
    pub const fn request(&self) -> &Parts {
        self.parts
    }

    /// Returns the request head, to change it for those who come later.
    pub const fn request_mut(&mut self) -> &mut Parts {
        self.parts
    }

    /// Returns the route that matched.
    #[must_use]
    pub fn matched_path(&self) -> Option<MatchedPath> {
        let ours = self.state.and_then(RequestState::route).cloned();
        ours.or_else(|| MatchedPath::of(&self.parts.extensions))
    }

    /// Returns the parameters of the matched path, values still percent-encoded.
    #[must_use]
    pub fn params(&self) -> Option<&PathParams> {
        self.state.or_else(|| RequestState::of(&self.parts.extensions))?.params()
    }

    /// Returns the address of the client, where the server left it.
    #[must_use]
    pub fn client_addr(&self) -> Option<ClientAddr> {
        ClientAddr::find(
            self.state.or_else(|| RequestState::of(&self.parts.extensions)),
            &self.parts.extensions,
        )
    }

    /// Returns the request's own logger, whose lines stand in its statistics.
    #[must_use]
    pub fn logger(&self) -> Logger {
        Logger::of_state(self.state.or_else(|| RequestState::of(&self.parts.extensions)))
    }

    /// Sets the status of the answer, once.
    ///
    /// A second call changes nothing and is logged, as in the original; [`must_status`](Self::must_status) overrides.
    pub fn status(&mut self, status: StatusCode) -> &mut Self {
        match self.answer.status() {
            None => {
                self.must_status(status);
            }
            Some(before) => self.logger().log(format_args!(
                "Tried to set request status '{}' but it was previously set to '{}'",
                status.as_u16(),
                before.as_u16()
            )),
        }
        self
    }

    /// Sets the status of the answer, whatever was set before.
    pub fn must_status(&mut self, status: StatusCode) -> &mut Self {
        self.answer.set_status(status);
        self.said_status = true;
        self
    }

    /// Sets a header field of the answer; a field of that name that was set before is replaced.
    ///
    /// A name or value that no header field can have, such as one with a line break that a client sent, makes the handler
    /// fail when it returns, with `400`.
    pub fn header<K, V>(&mut self, name: K, value: V) -> &mut Self
    where
        K: TryInto<HeaderName, Error: Into<http::Error>>,
        V: TryInto<HeaderValue, Error: Into<http::Error>>,
    {
        if let Some((name, value)) = self.answer.field(name, value) {
            self.answer.headers_mut().insert(name, value);
        }
        self
    }

    /// Adds a header field to the answer, beside those of the same name; see [`header`](Self::header).
    pub fn append_header<K, V>(&mut self, name: K, value: V) -> &mut Self
    where
        K: TryInto<HeaderName, Error: Into<http::Error>>,
        V: TryInto<HeaderValue, Error: Into<http::Error>>,
    {
        if let Some((name, value)) = self.answer.field(name, value) {
            self.answer.headers_mut().append(name, value);
        }
        self
    }

    /// Returns the header fields of the answer so far.
    #[must_use]
    pub fn headers(&self) -> &HeaderMap {
        self.answer.headers()
    }

    /// Sets the body of the answer to a value as JSON: a text with quotes, too.
    ///
    /// The last body wins. The content type is `application/json`, unless the handlers chose one. A value that cannot be
    /// serialised makes the handler fail when it returns, with `500`.
    pub fn set_body<T: Serialize + ?Sized>(&mut self, value: &T) -> &mut Self {
        self.answer.set_json(value);
        self
    }

    /// Sets the body of the answer to bytes as they are.
    ///
    /// The content type is `application/octet-stream`, unless the handlers chose one.
    pub fn set_bytes(&mut self, bytes: impl Into<Bytes>) -> &mut Self {
        self.answer.set_bytes(bytes);
        self
    }

    /// Takes over what a handler returned, as [`Answer::respond`] does; a status that was set before stays.
    ///
    /// # Errors
    ///
    /// As [`IntoResponse::respond_to`], or what was said before cannot be sent.
    pub fn respond(&mut self, output: impl IntoResponse) -> Result<(), Error> {
        let cx = ResponseContext::with_state(self.parts, self.state);
        if self.said_status {
            self.answer.take_over(output.respond_to(cx)?, false);
            return self.answer.check();
        }
        self.answer.respond_to(output, cx)
    }

    /// Ends the chain: handlers after this one do not run. What was said so far is the answer.
    pub const fn stop_chain(&mut self) -> &mut Self {
        self.answer.stop();
        self
    }

    /// Ends the chain with a status, which wins over an earlier one, and a body as JSON.
    ///
    /// No error handler is asked; to fail through it, return an [`Error`](crate::Error).
    pub fn fail<T: Serialize + ?Sized>(&mut self, status: StatusCode, body: &T) -> &mut Self {
        self.must_status(status).set_body(body).stop_chain()
    }

    /// Returns whether the chain has been ended.
    #[must_use]
    pub const fn is_stopped(&self) -> bool {
        self.answer.is_stopped()
    }
}

impl fmt::Debug for Context<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Context")
            .field("parts", &self.parts)
            .field("answer", &self.answer)
            .finish_non_exhaustive()
    }
}
