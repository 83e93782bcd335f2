//! Other errors into ours, ours into others, and ours inside a response.

use std::fmt;

use http::Response;

use super::{BoxError, Error};

impl<E> From<E> for Error
where
    E: std::error::Error + Send + Sync + 'static,
{
    #[cold]
    #[inline(never)]
    fn from(error: E) -> Self {
        let error: BoxError = Box::new(error);
        Self::from_box(error)
    }
}

impl Error {
    /// Makes an error of a boxed one; one of ours that was boxed on its way comes out as it went in.
    #[must_use]
    #[cold]
    pub fn from_box(error: BoxError) -> Self {
        match error.downcast::<Boxed>() {
            Ok(ours) => ours.0,
            Err(other) => Self::app(other),
        }
    }
}

impl From<Error> for BoxError {
    fn from(error: Error) -> Self {
        Box::new(Boxed(error))
    }
}

struct Boxed(Error);

impl fmt::Debug for Boxed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Display for Boxed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

impl std::error::Error for Boxed {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        self.0.source().and_then(std::error::Error::source)
    }
}

/// An error that a framework has already made an answer of; it stands in the response's extensions.
///
/// Frameworks such as axum turn an error into a response before any layer sees it. The response then carries the error
/// itself, so that the error layer outside can take it out again.
#[derive(Clone, Debug)]
pub struct Carried(pub(crate) Error);

impl Carried {
    /// Wraps an error for a response's extensions.
    #[must_use]
    pub const fn new(error: Error) -> Self {
        Self(error)
    }

    /// Returns the error.
    #[must_use]
    pub fn into_error(self) -> Error {
        self.0
    }
}

/// Takes the error out of a response that a framework made of it.
pub fn carried<B>(response: &mut Response<B>) -> Option<Error> {
    if response.extensions().is_empty() {
        return None;
    }
    response.extensions_mut().remove::<Carried>().map(Carried::into_error)
}
