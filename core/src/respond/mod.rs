//! What a handler returns, as a response.

mod around;
#[cfg(feature = "axum")]
mod axum;
mod body;
mod context;
mod html;
pub(crate) mod json;
mod plain;
mod preflight;
mod redirect;
mod responder;

use http::Response;

pub(crate) use self::around::replace;
pub use self::body::ResponseBody;
pub use self::context::ResponseContext;
pub use self::html::Html;
pub use self::json::Json;
pub use self::preflight::{Preflight, Preflighted};
pub use self::redirect::Redirect;
pub use self::responder::Responder;
use crate::{Answer, Contract, Error};

/// A value that a handler may return.
///
/// A value that cannot be turned into a response (a `Serialize` that fails) is an error like any other, not a broken
/// answer.
///
/// Whoever calls a handler asks by [`respond_to`](Self::respond_to), which sees the request, and which is
/// [`into_response`](Self::into_response) for all answers that do not look at it. An answer that holds another one forwards
/// every method.
///
/// # Example
///
/// An answer of one's own, in the language that the client reads:
///
/// ```
/// use gongular_core::{Error, IntoResponse, ResponseBody, ResponseContext};
/// use http::{Request, Response};
///
/// struct Greeting;
///
/// impl IntoResponse for Greeting {
///     fn into_response(self) -> Result<Response<ResponseBody>, Error> {
///         "hello".into_response()
///     }
///
///     fn respond_to(self, cx: ResponseContext<'_>) -> Result<Response<ResponseBody>, Error> {
///         let languages = cx.request().headers.get("accept-language");
///         let is_danish = languages.is_some_and(|value| value.as_bytes().starts_with(b"da"));
///         if is_danish { "hej".into_response() } else { self.into_response() }
///     }
/// }
///
/// let (parts, ()) = Request::builder().header("accept-language", "da").body(()).unwrap().into_parts();
/// let response = Greeting.respond_to(ResponseContext::new(&parts)).unwrap();
/// assert_eq!(response.headers()["content-type"], "text/plain; charset=utf-8");
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be sent as an answer",
    label = "not an answer",
    note = "return `Json(value)` for a value that is `Serialize`, a text, bytes, a `StatusCode`, `(StatusCode, answer)`, an `http::Response`, or a `Result` or an `Option` of these"
)]
pub trait IntoResponse: Sized {
    /// Adds what the answer needs, and how it may refuse, to the contract of the handler that returns it.
    ///
    /// By default an answer needs nothing.
    fn describe(contract: &mut Contract) {
        let _ = contract;
    }

    /// Makes the response.
    ///
    /// # Errors
    ///
    /// - the value cannot be serialised: [`ErrorKind::Serialize`](crate::ErrorKind::Serialize), `500`
    /// - the value is an `Err`: that error
    fn into_response(self) -> Result<Response<ResponseBody>, Error>;

    /// Makes the response to a request, for answers that look at it.
    ///
    /// By default it is [`into_response`](Self::into_response).
    ///
    /// # Errors
    ///
    /// As [`into_response`](Self::into_response), and what the answer says of itself.
    #[inline]
    fn respond_to(self, cx: ResponseContext<'_>) -> Result<Response<ResponseBody>, Error> {
        let _ = cx;
        self.into_response()
    }

    /// Puts the answer to a request into the one that the handlers of a chain share.
    ///
    /// It only saves time: a response is large, and is moved where it is made elsewhere.
    ///
    /// # Errors
    ///
    /// As [`respond_to`](Self::respond_to).
    #[doc(hidden)]
    #[inline]
    fn put_into(self, answer: &mut Answer, cx: ResponseContext<'_>) -> Result<(), Error> {
        answer.take_over(self.respond_to(cx)?, true);
        Ok(())
    }

    /// Makes the response of an `Option` of this type that is `None`.
    ///
    /// # Errors
    ///
    /// There is nothing: [`ErrorKind::NotFound`](crate::ErrorKind::NotFound), `404`. That is the default.
    fn absent() -> Result<Response<ResponseBody>, Error> {
        Err(Error::not_found())
    }
}
