//! Errors as axum's answers.

use axum_core::body::Body;
use axum_core::response::{IntoResponse, Response};

use super::{Carried, Error, render};

/// Answers in the default shape. The error itself goes along in the response's extensions, so that an error layer
/// outside can answer in its own.
impl IntoResponse for Error {
    #[cold]
    fn into_response(self) -> Response {
        let mut response = render::respond(&self).map(Body::new);
        response.extensions_mut().insert(Carried::new(self));
        response
    }
}
