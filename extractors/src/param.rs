//! The parameters of the matched path.

#[cfg(feature = "axum")]
use std::future::Future;
#[cfg(feature = "axum")]
use std::pin::pin;
use std::task::Context;
#[cfg(feature = "axum")]
use std::task::Poll;

use gongular_core::{Contract, Error, FromRequest, Input, PathParams, Place, RequestContext, Rules};
use http::StatusCode;
use serde::de::DeserializeOwned;

#[cfg(feature = "axum")]
use crate::axum::Found;
use crate::flat::{self, Params};
use crate::walk;
use crate::wrapper::wrapper;

/// Reads the parameters of the matched path into `T`, and checks its rules.
///
/// The fields of `T` are named as the parameters of the route: `/users/{id}` fits `struct { id: u64 }`. A path of one
/// parameter is read into a value as well (`Param<Unchecked<u64>>`), one of several into a tuple. Texts become values as
/// in [`Query`](crate::Query), except that a `+` is a plus. A parameter is decoded once, after the path was split: `%2F`
/// is data.
///
/// # Errors
///
/// - values cannot be read or are missing: [`ErrorKind::Parse`](gongular_core::ErrorKind::Parse), `400`, all at once
/// - rules are broken: [`ErrorKind::Validation`](gongular_core::ErrorKind::Validation), `400`, all at once
///
/// # Example
///
/// ```
/// use gongular_core::{PathParams, Unchecked};
/// use gongular_extractors::Param;
///
/// let params = PathParams::from_iter([("id", "7"), ("name", "a%2Fb+c")]);
/// let Param(Unchecked((id, name))) = Param::<Unchecked<(u64, String)>>::try_from_params(&params).unwrap();
/// assert_eq!((id, name.as_str()), (7, "a/b+c"));
///
/// let params = PathParams::from_iter([("id", "x")]);
/// let error = Param::<Unchecked<std::collections::HashMap<String, u8>>>::try_from_params(&params).unwrap_err();
/// assert_eq!(error.to_string(), "URL Path Parameter id: expected a whole number from 0 to 255, got \"x\"");
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[expect(clippy::exhaustive_structs, reason = "the wrapped value is all there is, and callers take it apart")]
pub struct Param<T>(pub T);

impl<T: DeserializeOwned + Rules> Param<T> {
    /// Reads the parameters that a router found.
    ///
    /// # Errors
    ///
    /// As the extractor.
    pub fn try_from_params(params: &PathParams) -> Result<Self, Error> {
        flat::bind(Place::Path, &Params(params.iter())).map(Self)
    }
}

impl<B, T> FromRequest<B> for Param<T>
where
    B: Send,
    T: DeserializeOwned + Rules,
{
    fn describe(contract: &mut Contract) {
        contract.reads(Input::new::<T>(Place::Path).with_fields(walk::fields::<T>()));
        contract.refuses(StatusCode::BAD_REQUEST, "a path parameter cannot be read or breaks a rule");
    }

    fn is_present(cx: &mut RequestContext<'_, B>) -> bool {
        cx.path_params().is_some_and(|params| params.iter().len() > 0)
    }

    async fn from_request(cx: &mut RequestContext<'_, B>) -> Result<Self, Error> {
        if let Some(params) = cx.path_params() {
            return Self::try_from_params(params);
        }
        #[cfg(feature = "axum")]
        return Self::from_axum(Box::pin(crate::axum::path_params(cx.parts)).await?);
        #[cfg(not(feature = "axum"))]
        Self::try_from_params(&PathParams::default())
    }

    #[inline]
    fn read_now(cx: &mut RequestContext<'_, B>, task: &mut Context<'_>) -> Option<Result<Self, Error>> {
        if let Some(params) = cx.path_params() {
            return Some(Self::try_from_params(params));
        }
        #[cfg(feature = "axum")]
        if let Poll::Ready(found) = pin!(crate::axum::path_params(cx.parts)).poll(task) {
            return Some(found.and_then(Self::from_axum));
        }
        let _ = task;
        None
    }
}

#[cfg(feature = "axum")]
impl<T: DeserializeOwned + Rules> Param<T> {
    fn from_axum(found: Option<Found>) -> Result<Self, Error> {
        match found {
            Some(Found::Decoded(params)) => {
                flat::bind(Place::Path, &flat::AxumParams::new(&params)).map(Self)
            }
            Some(Found::Written(params)) => Self::try_from_params(&params),
            None => Self::try_from_params(&PathParams::default()),
        }
    }
}

wrapper!(Param);
