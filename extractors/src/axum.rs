//! The extractors as axum handler arguments.
//!
//! Every extractor of this crate is an axum extractor, so that it stands beside axum's own in one handler. Axum turns
//! a refusal into a response by itself; the response carries the error, and an error layer outside renders it.

use axum::extract::{RawPathParams, rejection::RawPathParamsRejection};
use axum_core::body::Body as AxumBody;
use axum_core::extract::{FromRequestParts as _, Request};
pub use gongular_core::axum::{from_parts, from_request};
use gongular_core::{Error, FromRequest, MatchedPath, PathParams, Place, RequestContext};
use http::request::Parts;

/// What axum's router left of the matched path.
pub(crate) enum Found {
    /// Its parameters, already decoded.
    Decoded(RawPathParams),
    /// Its parameters as the client wrote them, since one of them cannot be decoded.
    Written(PathParams),
}

/// Returns the path parameters that axum's router left with the request; none outside of a route.
///
/// Axum decodes them, but leaves an escape that is none as it is. Parameters with such an escape, or of bytes that are
/// no UTF-8, are handed on as they are written, so that they are refused as anywhere else.
///
/// # Errors
///
/// The path cannot be decoded, and its parameters cannot be found again inside of a nested router:
/// [`ErrorKind::Parse`](gongular_core::ErrorKind::Parse), `400`.
pub(crate) async fn path_params(parts: &mut Parts) -> Result<Option<Found>, Error> {
    match RawPathParams::from_request_parts(parts, &()).await {
        Ok(_) if !has_only_escapes(parts.uri.path()) => written(parts).map(Some),
        Ok(params) => Ok(Some(Found::Decoded(params))),
        Err(RawPathParamsRejection::InvalidUtf8InPathParam(_)) => written(parts).map(Some),
        Err(_) => Ok(None),
    }
}

fn has_only_escapes(path: &str) -> bool {
    let mut pieces = path.split('%');
    pieces.next();
    pieces.all(|piece| matches!(piece.as_bytes(), [high, low, ..] if high.is_ascii_hexdigit() && low.is_ascii_hexdigit()))
}

#[cold]
fn written(parts: &Parts) -> Result<Found, Error> {
    let pattern = MatchedPath::of(&parts.extensions);
    let params = pattern.and_then(|pattern| split(pattern.as_str(), parts.uri.path()));
    params
        .map(Found::Written)
        .ok_or_else(|| Error::parse(Place::Path, "", "encoding", "the path is not correctly encoded"))
}

/// Finds the parameters of a path that matches a pattern of axum.
fn split(pattern: &str, path: &str) -> Option<PathParams> {
    let (mut pattern, mut path) = (pattern.strip_prefix('/'), path.strip_prefix('/'));
    let mut params = Vec::new();
    while let (Some(patterns), Some(values)) = (pattern, path) {
        if let Some(name) = patterns.strip_prefix("{*") {
            params.push((name.strip_suffix('}')?, values));
            return Some(params.into_iter().collect());
        }
        let (part, value);
        (part, pattern) = first(patterns);
        (value, path) = first(values);
        match part.strip_prefix('{').and_then(|part| part.strip_suffix('}')) {
            Some(name) => params.push((name, value)),
            None if part == value => {}
            None => return None,
        }
    }
    (pattern.is_none() && path.is_none()).then(|| params.into_iter().collect())
}

fn first(segments: &str) -> (&str, Option<&str>) {
    segments.split_once('/').map_or((segments, None), |(first, rest)| (first, Some(rest)))
}

/// Makes axum extractors of extractors that leave the body alone.
macro_rules! parts {
    ($([$($generic:ident),*] $type:ty;)*) => {$(
        impl<S, $($generic),*> axum_core::extract::FromRequestParts<S> for $type
        where
            S: Sync,
            $type: FromRequest<()>,
        {
            type Rejection = Error;

            async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Error> {
                from_parts(parts).await
            }
        }
    )*};
}

/// Makes axum extractors of extractors that read the body.
macro_rules! body {
    ($([$($generic:ident),*] $type:ty;)*) => {$(
        impl<S, $($generic),*> axum_core::extract::FromRequest<S> for $type
        where
            S: Sync,
            $type: FromRequest<AxumBody>,
        {
            type Rejection = Error;

            async fn from_request(request: Request, _: &S) -> Result<Self, Error> {
                from_request(request).await
            }
        }
    )*};
}

parts! {
    [T] crate::Cookie<T>;
    [T] crate::Header<T>;
    [T] crate::Param<T>;
    [T] crate::Query<T>;
}

body! {
    [T] All<T>;
    [T] crate::Body<T>;
    [T] crate::Form<T>;
    [] crate::Multipart;
    [T] crate::Payload<T>;
}

#[cfg(feature = "protobuf")]
body! {
    [T] crate::PayloadMessage<T>;
}

/// Several extractors as one axum argument: `All((param, query)): All<(Param<P>, Query<Q>)>`.
///
/// Axum reads the arguments of a handler one by one and stops at the first that refuses. Put them into one `All`, or
/// into one derived struct, and the client learns of all problems at once. It is the last argument, since it may read
/// the body.
#[derive(Clone, Copy, Debug, Default)]
#[expect(clippy::exhaustive_structs, reason = "the wrapped value is all there is, and callers take it apart")]
pub struct All<T>(pub T);

impl<B, T> FromRequest<B> for All<T>
where
    B: Send,
    T: FromRequest<B>,
{
    const CONSUMES_BODY: bool = T::CONSUMES_BODY;
    const STAGE: gongular_core::Stage = T::STAGE;

    fn describe(contract: &mut gongular_core::Contract) {
        T::describe(contract);
    }

    fn is_present(cx: &mut RequestContext<'_, B>) -> bool {
        T::is_present(cx)
    }

    async fn from_request(cx: &mut RequestContext<'_, B>) -> Result<Self, Error> {
        T::from_request(cx).await.map(Self)
    }

    async fn problems(cx: &mut RequestContext<'_, B>) -> Result<(), Error> {
        T::problems(cx).await
    }
}
