//! Header fields.

use std::task::Context;

use gongular_core::{Contract, Error, FromRequest, Input, Place, RequestContext, Rules};
use http::{HeaderMap, StatusCode};
use serde::de::DeserializeOwned;

use crate::flat::{self, Headers};
use crate::walk;
use crate::wrapper::wrapper;

/// Reads header fields into `T`, and checks its rules.
///
/// The fields of `T` are the names of header fields, in any case, with `_` for `-`: both `x_request_id` and a field that
/// serde renames to `X-Request-Id` read `x-request-id`. Errors name the field as serde does. Texts become values as in
/// [`Query`](crate::Query), without escapes; a repeated header field keeps the first value, a `Vec` takes all. Values are
/// not split at commas.
///
/// # Errors
///
/// - values cannot be read, are not UTF-8, or are missing: [`ErrorKind::Parse`](gongular_core::ErrorKind::Parse), `400`,
///   all at once
/// - rules are broken: [`ErrorKind::Validation`](gongular_core::ErrorKind::Validation), `400`, all at once
///
/// # Example
///
/// ```
/// use gongular_core::Rules;
/// use gongular_extractors::Header;
/// use http::{HeaderMap, HeaderValue};
/// use serde::Deserialize;
///
/// #[derive(Debug, Deserialize)]
/// struct Trace {
///     x_request_id: u64,
/// }
/// impl Rules for Trace {}
///
/// let mut headers = HeaderMap::new();
/// headers.insert("x-request-id", HeaderValue::from_static("12"));
/// assert_eq!(Header::<Trace>::try_from_headers(&headers).unwrap().x_request_id, 12);
///
/// let error = Header::<Trace>::try_from_headers(&HeaderMap::new()).unwrap_err();
/// assert_eq!(error.to_string(), "Header x_request_id: a value is required");
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[expect(clippy::exhaustive_structs, reason = "the wrapped value is all there is, and callers take it apart")]
pub struct Header<T>(pub T);

impl<T: DeserializeOwned + Rules> Header<T> {
    /// Reads header fields.
    ///
    /// # Errors
    ///
    /// As the extractor.
    pub fn try_from_headers(headers: &HeaderMap) -> Result<Self, Error> {
        flat::bind(Place::Header, &Headers::new(headers)).map(Self)
    }
}

impl<B, T> FromRequest<B> for Header<T>
where
    B: Send,
    T: DeserializeOwned + Rules,
{
    fn describe(contract: &mut Contract) {
        contract.reads(Input::new::<T>(Place::Header).with_fields(walk::fields::<T>()));
        contract.refuses(StatusCode::BAD_REQUEST, "a header field cannot be read or breaks a rule");
    }

    /// Returns whether the request has a header field that `T` knows.
    fn is_present(cx: &mut RequestContext<'_, B>) -> bool {
        flat::knows_any::<T, _>(Headers::new(&cx.parts.headers))
    }

    async fn from_request(cx: &mut RequestContext<'_, B>) -> Result<Self, Error> {
        Self::try_from_headers(&cx.parts.headers)
    }

    #[inline]
    fn read_now(cx: &mut RequestContext<'_, B>, _: &mut Context<'_>) -> Option<Result<Self, Error>> {
        Some(Self::try_from_headers(&cx.parts.headers))
    }
}

wrapper!(Header);
