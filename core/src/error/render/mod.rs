//! Errors as answers: four shapes for people and programs, and one for gRPC.
//!
//! No shape holds more than the client may read: the public text, and what is wrong with the request. A body is always
//! shorter than [`MAX_ANSWER_BYTES`]; problems that do not fit are counted, not sent.

mod accept;
mod gongular;
mod grpc;
mod html;
mod problem;
mod text;
mod write;

#[cfg(test)]
mod tests;

use std::borrow::Cow;

use bytes::Bytes;
use http::{HeaderValue, Response, header};

pub use self::accept::Format;
pub use self::grpc::{GrpcFlavor, grpc_code, grpc_details};
use super::Error;
use crate::respond::ResponseBody;

/// Renders an error in the default shape, the original's: one JSON object named after the kind.
#[must_use]
#[cold]
pub fn respond(error: &Error) -> Response<ResponseBody> {
    Renderer::DEFAULT.respond(error, Format::default())
}

/// Makes answers of errors.
///
/// # Example
///
/// ```
/// use gongular_core::error::render::{Format, Renderer};
/// use gongular_core::{Error, Place};
///
/// let error = Error::parse(Place::Query, "page", "type", "expected a whole number");
/// let response = Renderer::new().respond(&error, Format::Problem);
/// assert_eq!(response.status(), 400);
/// assert_eq!(response.headers()["content-type"], "application/problem+json");
/// ```
#[derive(Clone, Debug, Default)]
pub struct Renderer {
    type_base: Option<Cow<'static, str>>,
    expose_details: bool,
}

impl Renderer {
    const DEFAULT: Self = Self { type_base: None, expose_details: false };

    /// Makes a renderer that exposes nothing.
    #[must_use]
    pub const fn new() -> Self {
        Self::DEFAULT
    }

    /// Sets what the `type` of a problem document begins with, such as `https://example.com/problems/`.
    ///
    /// The sort of the failure (`parse-error`, `not-found`, ...) follows it. Defaults to none: the type is then
    /// `about:blank`, which says that the status tells all.
    #[must_use]
    pub fn with_type_base(mut self, base: impl Into<Cow<'static, str>>) -> Self {
        self.type_base = Some(base.into());
        self
    }

    /// Sets whether answers also hold the text for the log: for development only, since it may name types, files and
    /// whatever else an error of unknown origin tells. Defaults to `false`.
    #[must_use]
    pub const fn with_exposed_details(mut self, expose: bool) -> Self {
        self.expose_details = expose;
        self
    }

    /// Returns whether answers also hold the text for the log.
    #[must_use]
    pub const fn exposes_details(&self) -> bool {
        self.expose_details
    }

    /// Renders an error. A body that the error brings itself is sent as it is.
    #[must_use]
    #[cold]
    pub fn respond(&self, error: &Error, format: Format) -> Response<ResponseBody> {
        let (content_type, body) = match error.body() {
            Some((content_type, body)) => (content_type.clone(), body.clone()),
            None => (format.content_type(), self.body(error, format)),
        };
        let mut response = Response::new(ResponseBody::from(body));
        *response.status_mut() = error.status();
        if let Some(headers) = error.headers() {
            response.headers_mut().extend(headers.clone());
        }
        response.headers_mut().insert(header::CONTENT_TYPE, content_type);
        response
    }

    /// Renders an error for a gRPC client: a head without a body, whose fields hold the status and, as
    /// `google.rpc.BadRequest`, every problem of the request.
    #[must_use]
    #[cold]
    pub fn respond_grpc(&self, error: &Error, flavor: GrpcFlavor) -> Response<ResponseBody> {
        grpc::respond(error, flavor, self.details(error).as_deref())
    }

    fn body(&self, error: &Error, format: Format) -> Bytes {
        let details = self.details(error);
        let details = details.as_deref();
        let body = match format {
            Format::Gongular => gongular::body(error, details),
            Format::Html => html::body(error, details),
            Format::Problem => problem::body(error, self.type_base.as_deref(), details),
            Format::Text => text::body(error, details),
        };
        debug_assert!(body.len() < MAX_ANSWER_BYTES, "every part of a body has its share");
        body.into()
    }

    /// Returns the text for the log, where answers may hold it and it says more than the public one.
    fn details(&self, error: &Error) -> Option<String> {
        if !self.expose_details {
            return None;
        }
        let details = error.to_string();
        (details != error.public() && error.problems().is_empty()).then_some(details)
    }
}

impl Format {
    /// Returns the content type of the shape.
    #[must_use]
    pub const fn content_type(self) -> HeaderValue {
        // Each is checked when this is compiled, not for every answer.
        match self {
            Self::Gongular => const { HeaderValue::from_static("application/json") },
            Self::Html => const { HeaderValue::from_static("text/html; charset=utf-8") },
            Self::Problem => const { HeaderValue::from_static("application/problem+json") },
            Self::Text => const { HeaderValue::from_static("text/plain; charset=utf-8") },
        }
    }
}

/// A rendered answer is shorter than this many bytes.
pub const MAX_ANSWER_BYTES: usize = 4 << 10;
