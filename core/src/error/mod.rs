//! The one error type that every failure of a request becomes.

#[cfg(feature = "axum")]
mod axum;
mod convert;
mod kind;
mod make;
pub mod render;
#[cfg(feature = "tonic")]
mod tonic;

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};

use crate::Problem;
use crate::few::Few;

pub use self::convert::{Carried, carried};
pub use self::kind::{ErrorKind, InjectionFailure};

/// A boxed error of any type.
pub type BoxError = Box<dyn std::error::Error + Send + Sync>;

/// Why a request has no ordinary answer.
///
/// A handler's `Err`, an extractor's refusal, a factory's failure, 404, 405, 413, 415, a timeout and a panic are all
/// this type, and all take the same road to the client. It is one word and cheap to clone.
///
/// It carries two texts: [`public`](Self::public) is what the client may read, `Display` is for the log. The text of an
/// error that gongular does not know is never sent.
///
/// Any `std::error::Error` becomes one by `?`: kind [`ErrorKind::App`], status `500`, found again with
/// [`downcast_ref`](Self::downcast_ref). To make that possible `Error` itself does not implement
/// `std::error::Error`; it converts into a [`BoxError`].
///
/// # Example
///
/// ```
/// use gongular_core::{Error, ErrorKind};
/// use http::StatusCode;
///
/// fn age(text: &str) -> Result<u8, Error> {
///     Ok(text.parse::<u8>()?)
/// }
///
/// let error = age("x").unwrap_err();
/// assert_eq!(error.kind(), ErrorKind::App);
/// assert_eq!(error.status(), StatusCode::INTERNAL_SERVER_ERROR);
/// assert!(error.downcast_ref::<std::num::ParseIntError>().is_some());
///
/// let refused = Error::new(StatusCode::CONFLICT, "the name is taken");
/// assert_eq!(refused.public(), "the name is taken");
/// ```
#[derive(Clone)]
pub struct Error {
    inner: Arc<Inner>,
}

#[derive(Clone)]
struct Inner {
    kind: ErrorKind,
    status: StatusCode,
    public: Cow<'static, str>,
    detail: Cow<'static, str>,
    problems: Few<Problem>,
    left_out: usize,
    headers: Option<Box<HeaderMap>>,
    body: Option<(HeaderValue, Bytes)>,
    passes: bool,
    source: Option<Arc<dyn std::error::Error + Send + Sync>>,
}

impl Error {
    /// Returns the kind of failure.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        self.inner.kind
    }

    /// Returns the status of the answer, always 400 or above.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        self.inner.status
    }

    /// Returns the text that the client may read.
    #[must_use]
    pub fn public(&self) -> &str {
        &self.inner.public
    }

    /// Returns everything that is wrong with the request, in a stable order; empty for other kinds.
    #[must_use]
    pub fn problems(&self) -> &[Problem] {
        self.inner.problems.as_slice()
    }

    /// Returns how many further problems the request has, beyond those that [`problems`](Self::problems) lists.
    #[must_use]
    pub fn left_out(&self) -> usize {
        self.inner.left_out
    }

    /// Returns the header fields that the answer gets besides its own.
    #[must_use]
    pub fn headers(&self) -> Option<&HeaderMap> {
        self.inner.headers.as_deref()
    }

    /// Returns the body that the answer was given in place of a rendered one, with its content type.
    #[must_use]
    pub fn body(&self) -> Option<(&HeaderValue, &Bytes)> {
        self.inner.body.as_ref().map(|(content_type, body)| (content_type, body))
    }

    /// Returns whether the request could not be read or broke a rule.
    #[must_use]
    pub fn is_binding(&self) -> bool {
        matches!(self.inner.kind, ErrorKind::Parse | ErrorKind::Validation)
    }

    /// Returns the error that this one was made of, if it is an `E`; also the one that a factory failed with.
    #[must_use]
    pub fn downcast_ref<E: std::error::Error + 'static>(&self) -> Option<&E> {
        let source = self.source()?;
        source.downcast_ref().or_else(|| source.downcast_ref::<InjectionFailure>()?.cause()?.downcast_ref())
    }

    /// Returns the error that this one was made of.
    #[must_use]
    pub fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match &self.inner.source {
            Some(source) => Some(&**source),
            None => None,
        }
    }

    /// Sets the status of the answer.
    ///
    /// An error is never a success: a status below 400 becomes `500`.
    #[must_use]
    pub fn with_status(mut self, status: StatusCode) -> Self {
        self.edit().status = if status.as_u16() < 400 { StatusCode::INTERNAL_SERVER_ERROR } else { status };
        self
    }

    /// Sets the text that the client may read.
    #[must_use]
    pub fn with_public(mut self, text: impl Into<Cow<'static, str>>) -> Self {
        self.edit().public = text.into();
        self
    }

    /// Sets the text that the log gets.
    #[must_use]
    pub fn with_detail(mut self, text: impl Into<Cow<'static, str>>) -> Self {
        self.edit().detail = text.into();
        self
    }

    /// Makes this error's log say what `cause` would have said, where it says nothing itself, and keeps what `cause` was
    /// made of to be found again.
    ///
    /// For those who answer one error with another.
    #[must_use]
    pub fn with_cause(mut self, cause: &Self) -> Self {
        if self.inner.source.is_none() {
            let inner = self.edit();
            inner.source = cause.inner.source.clone();
            if inner.detail.is_empty() {
                inner.detail = Cow::Owned(cause.to_string());
            }
        }
        self
    }

    /// Adds a header field to the answer, such as `WWW-Authenticate` or `Retry-After`.
    #[must_use]
    pub fn with_header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.edit().headers.get_or_insert_default().append(name, value);
        self
    }

    /// Sets the body of the answer, which is then sent as it is instead of being rendered.
    #[must_use]
    pub fn with_body(mut self, content_type: HeaderValue, body: impl Into<Bytes>) -> Self {
        self.edit().body = Some((content_type, body.into()));
        self
    }

    /// Sets the body of the answer to `value` as JSON.
    ///
    /// A value that cannot be serialised leaves the body to be rendered as for any other error.
    #[must_use]
    pub fn with_json<T: serde::Serialize + ?Sized>(self, value: &T) -> Self {
        match serde_json::to_vec(value) {
            Ok(body) => self.with_body(HeaderValue::from_static("application/json"), body),
            Err(_) => self,
        }
    }

    /// Lets another controller of the same path answer, where there is one that stands behind; else this error is the answer.
    ///
    /// For a dependency by which controllers are told apart, such as the user of a session: the one for users needs it, the one
    /// for visitors does not. Where nothing stands behind it changes nothing.
    ///
    /// # Example
    ///
    /// ```
    /// use gongular_core::Error;
    /// use http::StatusCode;
    ///
    /// let error = Error::new(StatusCode::UNAUTHORIZED, "log in first").pass();
    /// assert!(error.is_pass());
    /// assert_eq!(error.status(), StatusCode::UNAUTHORIZED);
    /// ```
    #[must_use]
    pub fn pass(mut self) -> Self {
        self.edit().passes = true;
        self
    }

    /// Returns whether another controller of the same path may answer.
    #[must_use]
    pub fn is_pass(&self) -> bool {
        self.inner.passes
    }

    pub(crate) fn with_kind(mut self, kind: ErrorKind) -> Self {
        self.edit().kind = kind;
        self
    }

    fn edit(&mut self) -> &mut Inner {
        Arc::make_mut(&mut self.inner)
    }
}

impl fmt::Display for Error {
    /// Writes the text for the log: what failed, and the error it was made of where that says more.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let inner = &*self.inner;
        let problems = self.problems();
        if !problems.is_empty() {
            for (index, problem) in problems.iter().enumerate() {
                let gap = if index == 0 { "" } else { "; " };
                write!(f, "{gap}{problem}")?;
            }
            return if inner.detail.is_empty() { Ok(()) } else { write!(f, " ({})", inner.detail) };
        }
        match &inner.source {
            Some(source) if inner.detail.is_empty() => fmt::Display::fmt(source, f),
            Some(_) | None if !inner.detail.is_empty() => f.write_str(&inner.detail),
            Some(_) | None => f.write_str(&inner.public),
        }
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let inner = &*self.inner;
        let mut debug = f.debug_struct("Error");
        debug.field("kind", &inner.kind).field("status", &inner.status.as_u16());
        if !inner.public.is_empty() {
            debug.field("public", &inner.public);
        }
        if !inner.detail.is_empty() {
            debug.field("detail", &inner.detail);
        }
        if !self.problems().is_empty() {
            debug.field("problems", &self.problems());
        }
        if let Some(source) = &inner.source {
            debug.field("source", source);
        }
        debug.finish()
    }
}
