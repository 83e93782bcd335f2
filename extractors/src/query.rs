//! The URL's query string.

use std::task::Context;

use gongular_core::{Contract, Error, FromRequest, Input, Limits, Place, RequestContext, Rules};
use http::{StatusCode, Uri};
use serde::de::DeserializeOwned;

use crate::flat::{self, Pairs};
use crate::walk;
use crate::wrapper::wrapper;

/// Reads the URL's query string into `T`, and checks its rules.
///
/// Keys are serde's external names, and case counts. Keys that `T` does not know are ignored, unless it denies them.
///
/// | type | text |
/// |---|---|
/// | integers | digits with an optional sign (`+` only, where the type has none), in the full range of the type |
/// | floats | a decimal number with optional fraction and exponent; no NaN, no infinity |
/// | `bool` | true, 1, yes, on, false, 0, no, off, in any case |
/// | unit enums | the name of a variant |
/// | `Vec` | all values of the key |
/// | `Option`, `#[serde(default)]` | may be absent |
///
/// A repeated key keeps the first value, even an empty one. An empty text is the same as an absent value for numbers,
/// bools, chars, and enums that have no variant for it. `%` escapes and `+` are decoded once, strictly.
///
/// A flattened struct works for texts: serde asks it for values without saying of which type, so that numbers in it
/// cannot be told from texts.
///
/// # Errors
///
/// - values cannot be read or are missing: [`ErrorKind::Parse`](gongular_core::ErrorKind::Parse), `400`, all at once
/// - rules are broken: [`ErrorKind::Validation`](gongular_core::ErrorKind::Validation), `400`, all at once
/// - more pairs than [`Limits::pairs`], or a key longer than [`Limits::key_bytes`]: `Parse`, `400`
///
/// # Example
///
/// ```
/// use gongular_core::Rules;
/// use gongular_extractors::Query;
/// use serde::Deserialize;
///
/// #[derive(Debug, Deserialize, PartialEq)]
/// struct Page {
///     page: u32,
///     #[serde(default)]
///     tag: Vec<String>,
/// }
/// impl Rules for Page {}
///
/// let Query(page) = Query::<Page>::try_from_uri(&"/todos?page=2&tag=a&tag=b".parse().unwrap()).unwrap();
/// assert_eq!(page, Page { page: 2, tag: vec!["a".into(), "b".into()] });
///
/// let error = Query::<Page>::try_from_uri(&"/todos?page=two".parse().unwrap()).unwrap_err();
/// assert_eq!(error.problems()[0].path(), "page");
/// assert_eq!(error.problems()[0].message(), "expected a whole number from 0 to 4294967295, got \"two\"");
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[expect(clippy::exhaustive_structs, reason = "the wrapped value is all there is, and callers take it apart")]
pub struct Query<T>(pub T);

impl<T: DeserializeOwned + Rules> Query<T> {
    /// Reads a URI's query under the default limits.
    ///
    /// # Errors
    ///
    /// As the extractor.
    pub fn try_from_uri(uri: &Uri) -> Result<Self, Error> {
        Self::bind(uri, &Limits::DEFAULT)
    }

    #[inline]
    fn bind(uri: &Uri, limits: &Limits) -> Result<Self, Error> {
        let pairs = Pairs::new(uri.query().unwrap_or_default(), limits);
        flat::bind(Place::Query, &pairs).map(Self)
    }
}

impl<B, T> FromRequest<B> for Query<T>
where
    B: Send,
    T: DeserializeOwned + Rules,
{
    fn describe(contract: &mut Contract) {
        contract.reads(Input::new::<T>(Place::Query).with_fields(walk::fields::<T>()));
        contract.refuses(StatusCode::BAD_REQUEST, "the query cannot be read or breaks a rule");
    }

    fn is_present(cx: &mut RequestContext<'_, B>) -> bool {
        cx.parts.uri.query().is_some_and(|query| !query.is_empty())
    }

    async fn from_request(cx: &mut RequestContext<'_, B>) -> Result<Self, Error> {
        Self::bind(&cx.parts.uri, cx.limits())
    }

    #[inline]
    fn read_now(cx: &mut RequestContext<'_, B>, _: &mut Context<'_>) -> Option<Result<Self, Error>> {
        Some(Self::bind(&cx.parts.uri, cx.limits()))
    }
}

wrapper!(Query);
