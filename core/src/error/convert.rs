//! Other errors into ours, ours into others, and ours inside a response.

use std::fmt;

use http::{Response, StatusCode};

use super::{BoxError, Error, ErrorKind};

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
    /// Makes an error of a boxed one, or of anything that boxes itself, such as an `anyhow::Error`.
    ///
    /// One of ours that was boxed on its way comes out as it went in. A value that cannot stand in a header field (a line
    /// break in the target of a redirect, say) is the request's fault: [`ErrorKind::Refused`], `400`. Anything else
    /// becomes [`ErrorKind::App`], `500`.
    #[must_use]
    #[cold]
    pub fn from_box(error: impl Into<BoxError>) -> Self {
        match error.into().downcast::<Boxed>() {
            Ok(ours) => ours.0,
            Err(other) if is_bad_header(&*other) => Self::app(other)
                .with_kind(ErrorKind::Refused)
                .with_status(StatusCode::BAD_REQUEST)
                .with_public("a value holds characters that a header field cannot have"),
            Err(other) => Self::app(other),
        }
    }

    /// Finds one of ours in a chain of others, such as the error of a response body.
    #[must_use]
    pub fn in_chain<'e>(error: &'e (dyn std::error::Error + 'static)) -> Option<&'e Self> {
        std::iter::successors(Some(error), |error| error.source())
            .find_map(|error| error.downcast_ref::<Boxed>())
            .map(|ours| &ours.0)
    }
}

fn is_bad_header(error: &(dyn std::error::Error + 'static)) -> bool {
    let error = match error.downcast_ref::<http::Error>() {
        Some(builder) => builder.get_ref(),
        None => error,
    };
    error.is::<http::header::InvalidHeaderValue>() || error.is::<http::header::InvalidHeaderName>()
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

/// An error that is an answer already; it stands in the response's extensions.
///
/// Frameworks such as axum turn an error into a response before any layer sees it. The response then carries the error
/// itself, so that the error layer outside can take it out again and answer in its own shape. What the error layer
/// answers carries its error too, for the layers outside: statistics read why a request failed.
#[derive(Clone, Debug)]
pub struct Carried {
    error: Error,
    is_settled: bool,
}

impl Carried {
    /// Wraps an error for the extensions of a response that an error layer outside may still reshape. The response must
    /// be the one that [`respond`](super::render::respond) makes of the error: where that is what is wanted, it stays.
    #[must_use]
    pub const fn new(error: Error) -> Self {
        Self { error, is_settled: false }
    }

    /// Wraps an error for the extensions of a response that is not to be reshaped.
    #[must_use]
    pub const fn settled(error: Error) -> Self {
        Self { error, is_settled: true }
    }

    /// Returns the error.
    #[must_use]
    pub const fn error(&self) -> &Error {
        &self.error
    }

    /// Returns whether the answer keeps its shape.
    #[must_use]
    pub const fn is_settled(&self) -> bool {
        self.is_settled
    }

    /// Returns the error.
    #[must_use]
    pub fn into_error(self) -> Error {
        self.error
    }
}

/// Takes the error out of a response that a framework made of it, unless the answer is settled.
pub fn carried<B>(response: &mut Response<B>) -> Option<Error> {
    let extensions = response.extensions_mut();
    if extensions.get::<Carried>()?.is_settled() {
        return None;
    }
    extensions.remove::<Carried>().map(Carried::into_error)
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;

    use super::*;

    #[test]
    fn an_error_of_ours_survives_a_box() {
        let boxed: BoxError = Error::new(StatusCode::CONFLICT, "taken").into();
        assert!(Error::in_chain(&*boxed).is_some());
        let error = Error::from_box(boxed);
        assert_eq!((error.status(), error.public()), (StatusCode::CONFLICT, "taken"));
    }

    #[test]
    fn an_error_is_one_word() {
        assert_eq!(size_of::<Error>(), size_of::<usize>());
        assert_eq!(size_of::<Result<(), Error>>(), size_of::<usize>());
    }

    #[test]
    fn a_value_that_would_split_a_response_is_a_400() {
        fn redirect(target: &str) -> Result<HeaderValue, Error> {
            Ok(HeaderValue::try_from(target)?)
        }
        fn built(target: &str) -> Result<Response<()>, Error> {
            Ok(Response::builder().header("location", target).body(())?)
        }
        for target in ["/a\r\nset-cookie: x=y", "/a\n", "/a\0"] {
            for error in [redirect(target).unwrap_err(), built(target).unwrap_err()] {
                assert_eq!((error.kind(), error.status()), (ErrorKind::Refused, StatusCode::BAD_REQUEST));
                assert_eq!(error.public(), "a value holds characters that a header field cannot have");
            }
        }
    }

    #[test]
    fn an_error_of_unknown_origin_says_nothing_to_the_client() {
        let error = Error::from(std::io::Error::other("no route to 10.0.0.7"));
        assert_eq!(error.public(), "internal server error");
        assert_eq!(error.to_string(), "no route to 10.0.0.7");
        let unboxed = Error::from_box("just a text");
        assert_eq!(
            (unboxed.public(), unboxed.to_string().as_str()),
            ("internal server error", "just a text")
        );
    }

    #[test]
    fn a_settled_answer_keeps_its_error() {
        let mut response = Response::new(());
        response.extensions_mut().insert(Carried::settled(Error::not_found()));
        assert!(carried(&mut response).is_none());
        assert!(response.extensions().get::<Carried>().is_some());
        response.extensions_mut().insert(Carried::new(Error::not_found()));
        assert!(carried(&mut response).is_some());
        assert!(response.extensions().is_empty() || response.extensions().get::<Carried>().is_none());
    }
}
