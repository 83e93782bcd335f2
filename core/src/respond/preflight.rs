//! Values that decide on their own answer.

use http::response::Parts;
use http::{Request, Response, StatusCode};

use super::{Html, IntoResponse, Json, ResponseBody, ResponseContext, replace};
use crate::{Contract, Error};

/// A value that has a last word on the answer that it becomes, before it is written.
///
/// A handler returns it as [`Preflighted`], around the answer that writes it. `Json<T>` and all other wrappers of one value
/// ask the value inside.
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no last word on its answer",
    label = "does not implement `Preflight`",
    note = "write `impl Preflight` for the value, and return `Preflighted(Json(value))`"
)]
pub trait Preflight {
    /// Changes status and header fields of the answer, or refuses.
    ///
    /// `head` is empty at first. What is said there goes over what the answer says itself; `Vary` adds to it.
    ///
    /// # Errors
    ///
    /// Whatever keeps the value from being sent. It takes the road of all errors.
    fn preflight(&self, cx: ResponseContext<'_>, head: &mut Parts) -> Result<(), Error>;
}

/// An answer whose value has the last word on it.
///
/// # Errors
///
/// What the value refuses by, before anything is written; then as the answer inside.
///
/// # Example
///
/// ```
/// use gongular_core::{Error, IntoResponse, Json, Preflight, Preflighted, ResponseContext};
/// use http::{StatusCode, response::Parts};
///
/// #[derive(serde::Serialize)]
/// struct Job {
///     is_done: bool,
/// }
///
/// impl Preflight for Job {
///     fn preflight(&self, _: ResponseContext<'_>, head: &mut Parts) -> Result<(), Error> {
///         head.status = if self.is_done { StatusCode::OK } else { StatusCode::ACCEPTED };
///         Ok(())
///     }
/// }
///
/// let response = Preflighted(Json(Job { is_done: false })).into_response().unwrap();
/// assert_eq!(response.status(), 202);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "the wrapped answer is all there is")]
pub struct Preflighted<T>(pub T);

impl<T: Preflight + IntoResponse> IntoResponse for Preflighted<T> {
    fn describe(contract: &mut Contract) {
        T::describe(contract);
    }

    /// The value sees an empty request.
    fn into_response(self) -> Result<Response<ResponseBody>, Error> {
        let (parts, ()) = Request::new(()).into_parts();
        self.respond_to(ResponseContext::new(&parts))
    }

    fn respond_to(self, cx: ResponseContext<'_>) -> Result<Response<ResponseBody>, Error> {
        let (mut head, ()) = Response::new(()).into_parts();
        self.0.preflight(cx, &mut head)?;
        let mut response = self.0.respond_to(cx)?;
        if head.status != StatusCode::OK {
            *response.status_mut() = head.status;
        }
        replace(response.headers_mut(), head.headers);
        response.extensions_mut().extend(head.extensions);
        Ok(response)
    }

    fn absent() -> Result<Response<ResponseBody>, Error> {
        T::absent()
    }
}

impl<T: Preflight> Preflight for Json<T> {
    fn preflight(&self, cx: ResponseContext<'_>, head: &mut Parts) -> Result<(), Error> {
        self.0.preflight(cx, head)
    }
}

impl<T: Preflight> Preflight for Html<T> {
    fn preflight(&self, cx: ResponseContext<'_>, head: &mut Parts) -> Result<(), Error> {
        self.0.preflight(cx, head)
    }
}

#[cfg(test)]
mod tests {
    use http::HeaderValue;
    use serde::{Serialize, Serializer};

    use super::*;

    /// A value that refuses when it is odd, and must not be written then.
    struct Number(u32);

    impl Serialize for Number {
        fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            assert!(self.0.is_multiple_of(2), "a value that refused is not written");
            serializer.serialize_u32(self.0)
        }
    }

    impl Preflight for Number {
        fn preflight(&self, cx: ResponseContext<'_>, head: &mut Parts) -> Result<(), Error> {
            if !self.0.is_multiple_of(2) {
                return Err(Error::new(StatusCode::CONFLICT, "odd"));
            }
            let path = HeaderValue::try_from(cx.request().uri.path())?;
            head.headers.insert("x-path", path);
            head.headers.insert("content-type", HeaderValue::from_static("application/number+json"));
            Ok(())
        }
    }

    #[test]
    fn a_value_says_more_of_its_answer_or_refuses_before_it_is_written() {
        let (parts, ()) = Request::builder().uri("/n").body(()).unwrap().into_parts();
        let cx = ResponseContext::new(&parts);
        let response = (StatusCode::CREATED, Preflighted(Json(Number(2)))).respond_to(cx).unwrap();
        assert_eq!(response.status(), StatusCode::CREATED);
        assert_eq!(response.headers()["x-path"], "/n");
        assert_eq!(response.headers()["content-type"], "application/number+json");
        let error = Preflighted(Json(Number(1))).respond_to(cx).unwrap_err();
        assert_eq!((error.status(), error.public()), (StatusCode::CONFLICT, "odd"));
    }
}
