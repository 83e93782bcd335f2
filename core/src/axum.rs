//! Our extractors and answers in axum.
//!
//! Axum turns a refusal into a response by itself; the response carries the error, and an error layer outside renders it.

use axum_core::body::Body;
use axum_core::extract::{FromRequestParts, Request};
use http::request::Parts;

use crate::inject::{InjectKey, Scope, Value, resolve};
use crate::request::{ClientAddr, MatchedPath, RequestState};
use crate::stats::{Logger, report_route};
use crate::{BodySlot, Error, FromRequest, RequestContext, Responder};

/// Reads a type that leaves the body alone, from what axum lends.
///
/// # Errors
///
/// As the extractor's own.
pub async fn from_parts<T>(parts: &mut Parts) -> Result<T, Error>
where
    T: FromRequest<()>,
{
    report_route(&parts.extensions);
    let mut none = BodySlot::taken();
    T::from_request(&mut RequestContext::new(parts, &mut none)).await
}

/// Reads a type that may read the body.
///
/// # Errors
///
/// As the extractor's own.
pub async fn from_request<T>(request: Request) -> Result<T, Error>
where
    T: FromRequest<Body>,
{
    let (mut parts, body) = request.into_parts();
    report_route(&parts.extensions);
    let mut body = BodySlot::new(body);
    T::from_request(&mut RequestContext::new(&mut parts, &mut body)).await
}

/// Returns a dependency: a singleton with a single look at what the layers left, anything else as [`resolve`] does.
///
/// # Errors
///
/// As [`resolve`].
#[inline]
pub async fn inject<T, K>(parts: &mut Parts) -> Result<Value<T>, Error>
where
    T: ?Sized + Send + Sync + 'static,
    K: InjectKey,
{
    if let Some(state) = RequestState::of(&parts.extensions) {
        if let Some(recorder) = state.recorder() {
            recorder.report_framework(state, &parts.extensions);
        }
        if let Some(value) = state.scope().and_then(Scope::singleton::<T, K>) {
            return Ok(value.clone());
        }
    }
    resolve::<T, K>(parts).await
}

macro_rules! parts {
    ($($type:ty),*) => {$(
        impl<S: Sync> FromRequestParts<S> for $type {
            type Rejection = Error;

            async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Error> {
                from_parts(parts).await
            }
        }
    )*};
}

parts!(ClientAddr, Logger, MatchedPath, Responder);
