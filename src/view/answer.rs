//! A template with what goes into it, as an answer.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;

use http::{Response, StatusCode};
use serde::Serialize;

use super::{ViewData, ViewEngine};
use crate::inject::{InjectKey, NoKey};
use crate::{Contract, Error, Html, IntoResponse, ResponseBody, ResponseContext};

/// An answer that is a template, rendered by the container's [`ViewEngine`], as `text/html` in UTF-8; as `text/plain` when its name ends
/// in `.txt`, since texts are not escaped.
///
/// The engine renders it when the handler has returned. In axum's handlers, a [`Responder`](crate::Responder) brings the
/// container.
///
/// # Errors
///
/// - nobody provides a `dyn ViewEngine` as a value or a singleton:
///   [`ErrorKind::Injection`](crate::ErrorKind::Injection), `500`; [`Engine::build`](crate::Engine::build) finds that before
///   the first request
/// - there is no such template, or it cannot be rendered: [`ErrorKind::Serialize`](crate::ErrorKind::Serialize), `500`, with
///   the engine's text in the log
///
/// See the [module docs](super) for an example.
#[must_use = "a view does nothing until it is returned"]
pub struct View {
    name: Cow<'static, str>,
    data: Box<dyn erased_serde::Serialize + Send + Sync>,
    status: StatusCode,
}

impl View {
    /// Names a template. Nothing goes into it, and the status is 200.
    pub fn new(name: impl Into<Cow<'static, str>>) -> Self {
        Self { name: name.into(), data: Box::new(BTreeMap::<(), ()>::new()), status: StatusCode::OK }
    }

    /// Sets what goes into the template: a struct or a map, whose fields the template knows by their serde names.
    pub fn data<T: Serialize + Send + Sync + 'static>(mut self, data: T) -> Self {
        self.data = Box::new(data);
        self
    }

    /// Sets the status of the answer. Defaults to 200.
    pub const fn status(mut self, status: StatusCode) -> Self {
        self.status = status;
        self
    }
}

impl IntoResponse for View {
    fn describe(contract: &mut Contract) {
        contract.needs::<dyn ViewEngine>(NoKey::KEY);
    }

    /// Fails, since no engine is at hand.
    fn into_response(self) -> Result<Response<ResponseBody>, Error> {
        Err(missing("the view was answered where no request is at hand; make the response by a `Responder`"))
    }

    fn respond_to(self, cx: ResponseContext<'_>) -> Result<Response<ResponseBody>, Error> {
        let Some(engine) = cx.singleton::<dyn ViewEngine>() else {
            return Err(missing(
                "provide one as a value or a singleton, `.as_dyn::<dyn ViewEngine>(|engine| engine)`",
            ));
        };
        let text = engine.render(&self.name, ViewData::of_any(&*self.data)).map_err(Error::serialize)?;
        // Texts are not escaped, so they must not be taken for pages.
        match self.name.ends_with(".txt") {
            true => (self.status, text).into_response(),
            false => (self.status, Html(text)).into_response(),
        }
    }
}

#[cold]
fn missing(likely_cause: &'static str) -> Error {
    Error::missing_dependency(std::any::type_name::<dyn ViewEngine>(), None, likely_cause)
}

impl fmt::Debug for View {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("View").field("name", &self.name).field("status", &self.status).finish_non_exhaustive()
    }
}
