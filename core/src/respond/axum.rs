//! Our answers as axum's.

use axum_core::body::Body;
use axum_core::response::{IntoResponse, Response};
use serde::Serialize;

use super::Json;

/// A value that cannot be serialised is answered as any other error, and an error layer outside sees it.
impl<T: Serialize> IntoResponse for Json<T> {
    fn into_response(self) -> Response {
        match super::IntoResponse::into_response(self) {
            Ok(response) => response.map(Body::new),
            Err(error) => error.into_response(),
        }
    }
}
