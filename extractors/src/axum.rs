//! The extractors as axum handler arguments.
//!
//! Every extractor of this crate is an axum extractor, so that it stands beside axum's own in one handler. Axum turns
//! a refusal into a response by itself; the response carries the error, and an error layer outside renders it.

use axum::extract::{RawPathParams, rejection::RawPathParamsRejection};
use axum_core::body::Body as AxumBody;
use axum_core::extract::{FromRequestParts as _, Request};
pub use gongular_core::axum::{from_parts, from_request};
use gongular_core::{Error, FromRequest, Place, RequestContext};
use http::request::Parts;

/// Returns the path parameters that axum's router left with the request, already decoded; none outside of a route.
///
/// # Errors
///
/// A parameter whose bytes are no UTF-8: [`ErrorKind::Parse`](gongular_core::ErrorKind::Parse), `400`.
pub(crate) async fn path_params(parts: &mut Parts) -> Result<Option<RawPathParams>, Error> {
    match RawPathParams::from_request_parts(parts, &()).await {
        Ok(params) => Ok(Some(params)),
        Err(RawPathParamsRejection::InvalidUtf8InPathParam(_)) => Err(Error::parse(
            Place::Path,
            "",
            "encoding",
            "the path is not UTF-8 once its escapes are decoded",
        )),
        Err(_) => Ok(None),
    }
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
