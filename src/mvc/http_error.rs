//! What a controller's `handle_http_error` is told.

use http::StatusCode;

use crate::{Error, FromRequest, RequestContext};

/// The status of the answer that a controller's `handle_http_error` is asked about; 400 or above.
///
/// # The method
///
/// `handle_http_error` is a reserved name among the methods of a `#[controller]`. The method is no route: it makes the body of every answer
/// with an error status of the [party](super::Application::party) in which the controller is handled: of all controllers and other routes of
/// it, parties inside included that have none of their own; of a method of HTTP that a path of it does not have; and of paths below it that
/// no route has. What failed does not matter: an error, a panic, a layer of the party, or a handler that set the status itself.
///
/// It takes what any method takes, such as dependencies and values of the request, parameters of the party's path, and `&mut Context`. Where a
/// layer stands in front of the routes it has no body of the request. Its own status, if it is not 200, and its own header fields replace those of the
/// answer; the others stay, such as `Allow` and `WWW-Authenticate`. One that returns nothing, such as `()`, leaves the answer as it is.
///
/// The hooks of the controller do not run around it. What it fails with itself is answered as any error, and it is not asked again. Answers
/// to gRPC clients have no error status, and what fails when the answer is there already, as a commit before it, is not asked about.
///
/// # Errors
///
/// Taken where no answer has an error status yet: kind [`App`](crate::ErrorKind::App), `500`.
///
/// # Example
///
/// ```
/// use gongular::mvc::{Application, controller, Controller, ErrorStatus, FailedWith};
/// use gongular::{Error, Router, http};
///
/// #[derive(Controller)]
/// struct Shop;
///
/// #[controller]
/// impl Shop {
///     async fn get(&self) -> Result<String, Error> {
///         Err(Error::new(http::StatusCode::CONFLICT, "sold out"))
///     }
///
///     async fn handle_http_error(&self, status: ErrorStatus, error: Option<FailedWith>) -> String {
///         format!("{}: {}", status.0.as_u16(), error.map_or_else(String::new, |error| error.0.public().to_owned()))
///     }
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() {
/// let app = Application::new(Router::new()).party("/shop", |shop| shop.handle(controller::<Shop>()));
/// let client = app.into_engine().test_client().await.unwrap();
/// client.get("/shop").send().await.assert_status(409).assert_text("409: sold out");
/// client.get("/shop/nothing").send().await.assert_status(404).assert_text("404: not found");
/// client.get("/nothing").send().await.assert_status(404).assert_text(r#"{"error":"not found"}"#);
/// # }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "the status is all there is")]
pub struct ErrorStatus(pub StatusCode);

/// The error behind the answer that a controller's `handle_http_error` is asked about.
///
/// An answer whose status a handler or a layer set by itself has none, so this is taken as `Option<FailedWith>`.
///
/// # Errors
///
/// There is none: kind [`App`](crate::ErrorKind::App), `500`.
#[derive(Clone, Debug)]
#[expect(clippy::exhaustive_structs, reason = "the error is all there is")]
pub struct FailedWith(pub Error);

/// The answer that is asked about.
#[derive(Clone)]
pub(crate) struct ErrorAnswer {
    pub(crate) status: StatusCode,
    pub(crate) error: Option<Error>,
}

impl ErrorAnswer {
    fn of<'r, B>(cx: &'r RequestContext<'_, B>) -> Option<&'r Self> {
        cx.parts.extensions.get()
    }
}

impl<B: Send> FromRequest<B> for ErrorStatus {
    fn is_present(cx: &mut RequestContext<'_, B>) -> bool {
        ErrorAnswer::of(cx).is_some()
    }

    async fn from_request(cx: &mut RequestContext<'_, B>) -> Result<Self, Error> {
        let asked = ErrorAnswer::of(cx).map(|answer| Self(answer.status));
        asked.ok_or_else(|| Error::app("the status of an error is known to `handle_http_error` alone"))
    }
}

impl<B: Send> FromRequest<B> for FailedWith {
    fn is_present(cx: &mut RequestContext<'_, B>) -> bool {
        ErrorAnswer::of(cx).is_some_and(|answer| answer.error.is_some())
    }

    async fn from_request(cx: &mut RequestContext<'_, B>) -> Result<Self, Error> {
        let error = ErrorAnswer::of(cx).and_then(|answer| answer.error.clone()).map(Self);
        error.ok_or_else(|| Error::app("no error stands behind this answer: take `Option<FailedWith>`"))
    }
}
