//! What a handler returns, as a response.

#[cfg(feature = "axum")]
mod axum;
mod body;
mod html;
pub(crate) mod json;
mod plain;
mod redirect;

use http::Response;

pub use self::body::ResponseBody;
pub use self::html::Html;
pub use self::json::Json;
pub use self::redirect::Redirect;
use crate::Error;

/// A value that a handler may return.
///
/// A value that cannot be turned into a response (a `Serialize` that fails) is an error like any other, not a broken
/// answer.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be sent as an answer",
    label = "not an answer",
    note = "return `Json(value)` for a value that is `Serialize`, a text, bytes, a `StatusCode`, `(StatusCode, answer)`, an `http::Response`, or a `Result` of these"
)]
pub trait IntoResponse {
    /// Makes the response.
    ///
    /// # Errors
    ///
    /// - the value cannot be serialised: [`ErrorKind::Serialize`](crate::ErrorKind::Serialize), `500`
    /// - the value is an `Err`: that error
    fn into_response(self) -> Result<Response<ResponseBody>, Error>;
}
