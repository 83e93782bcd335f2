//! What a struct handler may say about its answer, besides the answer itself.

use std::fmt;

use http::request::Parts;
use http::{HeaderMap, HeaderName, HeaderValue, Response, StatusCode};

use crate::request::MatchedPath;
use crate::stats::Logger;

/// The request head, and what a handler says about its answer besides returning it.
pub struct Context<'r> {
    parts: &'r mut Parts,
    status: Option<StatusCode>,
    headers: HeaderMap,
}

impl<'r> Context<'r> {
    /// Makes the context of one request.
    #[must_use]
    pub fn new(parts: &'r mut Parts) -> Self {
        Self { parts, status: None, headers: HeaderMap::new() }
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
        MatchedPath::of(&self.parts.extensions)
    }

    /// Returns the request's own logger, whose lines stand in its statistics.
    #[must_use]
    pub fn logger(&self) -> Logger {
        Logger::of(&self.parts.extensions)
    }

    /// Sets the status of the answer, once.
    ///
    /// A second call changes nothing and is logged, as in the original; [`must_status`](Self::must_status) overrides.
    pub fn status(&mut self, status: StatusCode) -> &mut Self {
        match self.status {
            None => self.status = Some(status),
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
        self.status = Some(status);
        self
    }

    /// Sets a header field of the answer; a field of that name that was set before is replaced.
    pub fn header(&mut self, name: HeaderName, value: HeaderValue) -> &mut Self {
        self.headers.insert(name, value);
        self
    }

    /// Adds a header field to the answer, beside those of the same name.
    pub fn append_header(&mut self, name: HeaderName, value: HeaderValue) -> &mut Self {
        self.headers.append(name, value);
        self
    }

    /// Puts what was said into a response.
    pub(crate) fn apply<B>(self, response: &mut Response<B>) {
        if let Some(status) = self.status {
            *response.status_mut() = status;
        }
        if !self.headers.is_empty() {
            response.headers_mut().extend(self.headers);
        }
    }
}

impl fmt::Debug for Context<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Context")
            .field("parts", &self.parts)
            .field("status", &self.status)
            .field("headers", &self.headers)
            .finish()
    }
}
