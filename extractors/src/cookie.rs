//! Cookies.

use std::task::Context;

use gongular_core::{Contract, Error, FromRequest, Input, Place, RequestContext, Rules};
use http::{HeaderMap, StatusCode};
use serde::de::DeserializeOwned;

use crate::flat::{self, Cookies};
use crate::walk;
use crate::wrapper::wrapper;

/// Reads cookies into `T`, and checks its rules.
///
/// The fields of `T` are the names of cookies, and case counts. Texts become values as in [`Query`](crate::Query), but
/// stand as they are: a cookie has no escapes of its own, so nothing is percent-decoded. The quotes around a quoted value
/// are dropped. Of several cookies of one name the first counts, which is the one with the longest path; a `Vec` takes
/// all. Cookies that `T` does not know are ignored.
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
/// use gongular_extractors::Cookie;
/// use http::{HeaderMap, HeaderValue, header};
/// use serde::Deserialize;
///
/// #[derive(Deserialize)]
/// struct Session {
///     sid: String,
///     visits: Option<u32>,
/// }
/// impl Rules for Session {}
///
/// let mut headers = HeaderMap::new();
/// headers.insert(header::COOKIE, HeaderValue::from_static("theme=dark; sid=abc; visits=3"));
/// let Cookie(session) = Cookie::<Session>::try_from_headers(&headers).unwrap();
/// assert_eq!((session.sid.as_str(), session.visits), ("abc", Some(3)));
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[expect(clippy::exhaustive_structs, reason = "the wrapped value is all there is, and callers take it apart")]
pub struct Cookie<T>(pub T);

impl<T: DeserializeOwned + Rules> Cookie<T> {
    /// Reads the cookies among header fields.
    ///
    /// # Errors
    ///
    /// As the extractor.
    pub fn try_from_headers(headers: &HeaderMap) -> Result<Self, Error> {
        flat::bind(Place::Cookie, &Cookies::new(headers)).map(Self)
    }
}

impl<B, T> FromRequest<B> for Cookie<T>
where
    B: Send,
    T: DeserializeOwned + Rules,
{
    fn describe(contract: &mut Contract) {
        contract.reads(Input::new::<T>(Place::Cookie).with_fields(walk::fields::<T>()));
        contract.refuses(StatusCode::BAD_REQUEST, "a cookie cannot be read or breaks a rule");
    }

    /// Returns whether the request has a cookie that `T` knows.
    fn is_present(cx: &mut RequestContext<'_, B>) -> bool {
        flat::knows_any::<T, _>(Cookies::new(&cx.parts.headers))
    }

    async fn from_request(cx: &mut RequestContext<'_, B>) -> Result<Self, Error> {
        Self::try_from_headers(&cx.parts.headers)
    }

    #[inline]
    fn read_now(cx: &mut RequestContext<'_, B>, _: &mut Context<'_>) -> Option<Result<Self, Error>> {
        Some(Self::try_from_headers(&cx.parts.headers))
    }
}

wrapper!(Cookie);
