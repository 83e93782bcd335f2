//! The body as one value.

use gongular_core::{Contract, Error, FromRequest, Input, Place, RequestBody, RequestContext, Rules};
use http::StatusCode;
use serde::de::DeserializeOwned;

use crate::wrapper::wrapper;
use crate::{content_type, strict, walk};

/// Reads the body as JSON into `T`, and checks its rules.
///
/// The content type has to be `application/json` or `application/*+json`; its parameters are ignored, as JSON is always
/// UTF-8. The body is exactly one JSON value (RFC 8259), at most 128 levels deep. Keys are serde's external names, and
/// case counts; unknown ones are ignored, unless `T` denies them. A struct is an object: `null`, a list or a scalar is
/// none, nor is an object that has a key of the struct twice.
///
/// # Errors
///
/// - another content type, or none, or a content coding:
///   [`ErrorKind::UnsupportedMediaType`](gongular_core::ErrorKind::UnsupportedMediaType), `415`
/// - more than [`Limits::body_bytes`](gongular_core::Limits::body_bytes), declared or sent:
///   [`ErrorKind::TooLarge`](gongular_core::ErrorKind::TooLarge), `413`
/// - no JSON, or values that cannot be read or are missing: [`ErrorKind::Parse`](gongular_core::ErrorKind::Parse), `400`,
///   all at once, each with its path (`items[1].qty`)
/// - rules are broken: [`ErrorKind::Validation`](gongular_core::ErrorKind::Validation), `400`, all at once
///
/// An untagged, flattened or internally tagged type reports one problem for the whole of it.
///
/// # Cancel safety
///
/// Not cancel safe: what was read of the body is lost.
///
/// # Example
///
/// ```
/// use gongular_core::Rules;
/// use gongular_extractors::Body;
/// use serde::Deserialize;
///
/// #[derive(Debug, Deserialize)]
/// struct Order {
///     city: String,
///     items: Vec<Item>,
/// }
/// #[derive(Debug, Deserialize)]
/// struct Item {
///     qty: u8,
/// }
/// impl Rules for Order {}
///
/// let error = Body::<Order>::from_json(br#"{"items": [{"qty": 1}, {"qty": 300}]}"#).unwrap_err();
/// let problems: Vec<_> = error.problems().iter().map(ToString::to_string).collect();
/// assert_eq!(
///     problems,
///     ["Body items[1].qty: expected a whole number from 0 to 255, got 300", "Body city: a value is required"]
/// );
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[expect(clippy::exhaustive_structs, reason = "the wrapped value is all there is, and callers take it apart")]
pub struct Body<T>(pub T);

impl<T: DeserializeOwned + Rules> Body<T> {
    /// Reads a JSON text.
    ///
    /// # Errors
    ///
    /// As the extractor, without those of content type and size.
    #[inline]
    pub fn from_json(text: &[u8]) -> Result<Self, Error> {
        let value = match strict::from_slice::<T>(text) {
            Ok(value) => value,
            Err(error) => return Err(walk::json::<T>(Place::Body, text, &error, T::check)),
        };
        match value.check() {
            Ok(()) => Ok(Self(value)),
            Err(broken) => Err(walk::broken_json_rules::<T>(Place::Body, text, T::check, broken)),
        }
    }
}

impl<B, T> FromRequest<B> for Body<T>
where
    B: RequestBody,
    T: DeserializeOwned + Rules,
{
    const CONSUMES_BODY: bool = true;

    fn describe(contract: &mut Contract) {
        let input = Input::new::<T>(Place::Body).with_fields(walk::fields::<T>());
        contract.reads(input.with_content_types(&["application/json"]));
        contract.refuses(StatusCode::BAD_REQUEST, "the body cannot be read or breaks a rule");
        contract.refuses(StatusCode::PAYLOAD_TOO_LARGE, "the body is too large");
        contract.refuses(StatusCode::UNSUPPORTED_MEDIA_TYPE, "the body is not JSON by its content type");
    }

    /// Returns whether there is a body, or a content type that announces one.
    fn is_present(cx: &mut RequestContext<'_, B>) -> bool {
        cx.parts.headers.contains_key(http::header::CONTENT_TYPE) || !cx.body().is_empty()
    }

    async fn from_request(cx: &mut RequestContext<'_, B>) -> Result<Self, Error> {
        content_type::json(&cx.parts.headers)?;
        Self::from_json(&cx.bytes().await?)
    }
}

wrapper!(Body);
