//! The body as a form.

use gongular_core::{Contract, Error, FromRequest, Input, Limits, Place, RequestBody, RequestContext, Rules};
use http::StatusCode;
use serde::de::DeserializeOwned;

use crate::content_type::{self, FormType};
use crate::flat::{self, Entries, Pairs};
use crate::multipart::read_form;
use crate::upload::with_files;
use crate::walk;
use crate::wrapper::wrapper;

/// Reads a form into `T`, and checks its rules.
///
/// The content type says how the form is written: `application/x-www-form-urlencoded`, or `multipart/form-data`, where
/// fields may be files. An urlencoded form is in UTF-8: another `charset` is refused. The query of the URL is never read. Texts become values as in [`Query`](crate::Query).
///
/// # Errors
///
/// - another content type, or none, or a content coding:
///   [`ErrorKind::UnsupportedMediaType`](gongular_core::ErrorKind::UnsupportedMediaType), `415`
/// - larger than a limit: [`ErrorKind::TooLarge`](gongular_core::ErrorKind::TooLarge), `413`
/// - more pairs than [`Limits::pairs`], a key longer than [`Limits::key_bytes`], or values that cannot be read or are
///   missing: [`ErrorKind::Parse`](gongular_core::ErrorKind::Parse), `400`, all at once
/// - rules are broken: [`ErrorKind::Validation`](gongular_core::ErrorKind::Validation), `400`, all at once
///
/// # Cancel safety
///
/// Not cancel safe: what was read of the body is lost.
///
/// # Example
///
/// ```
/// use gongular_core::Rules;
/// use gongular_extractors::Form;
/// use serde::Deserialize;
///
/// #[derive(Deserialize)]
/// struct Login {
///     name: String,
///     #[serde(default)]
///     remember: bool,
/// }
/// impl Rules for Login {}
///
/// let Form(login) = Form::<Login>::from_urlencoded(b"name=Ann+Lee&remember=on").unwrap();
/// assert_eq!((login.name.as_str(), login.remember), ("Ann Lee", true));
///
/// let error = Form::<Login>::from_urlencoded(b"name=%ff").err().unwrap();
/// assert_eq!(error.to_string(), "Form Value name: the text is not correctly encoded");
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[expect(clippy::exhaustive_structs, reason = "the wrapped value is all there is, and callers take it apart")]
pub struct Form<T>(pub T);

impl<T: DeserializeOwned + Rules> Form<T> {
    /// Reads an urlencoded form under the default limits.
    ///
    /// # Errors
    ///
    /// As the extractor, without those of content type and size.
    pub fn from_urlencoded(text: &[u8]) -> Result<Self, Error> {
        Self::bind(text, &Limits::DEFAULT)
    }

    #[inline]
    fn bind(text: &[u8], limits: &Limits) -> Result<Self, Error> {
        match std::str::from_utf8(text) {
            Ok(text) => flat::bind(Place::Form, &Pairs::new(text, limits)).map(Self),
            Err(_) => Err(not_utf8(text)),
        }
    }
}

impl<B, T> FromRequest<B> for Form<T>
where
    B: RequestBody,
    T: DeserializeOwned + Rules,
{
    const CONSUMES_BODY: bool = true;

    fn describe(contract: &mut Contract) {
        let input = Input::new::<T>(Place::Form).with_fields(walk::fields::<T>());
        contract.reads(input.with_content_types(&[content_type::URLENCODED, content_type::MULTIPART]));
        contract.refuses(StatusCode::BAD_REQUEST, "the form cannot be read or breaks a rule");
        contract.refuses(StatusCode::PAYLOAD_TOO_LARGE, "the form is too large");
        contract.refuses(StatusCode::UNSUPPORTED_MEDIA_TYPE, "the body is not a form by its content type");
    }

    /// Returns whether there is a body, or a content type that announces one.
    fn is_present(cx: &mut RequestContext<'_, B>) -> bool {
        cx.parts.headers.contains_key(http::header::CONTENT_TYPE) || !cx.body().is_empty()
    }

    async fn from_request(cx: &mut RequestContext<'_, B>) -> Result<Self, Error> {
        match content_type::form(&cx.parts.headers)? {
            // In a box, since it is large, and an urlencoded form would have room for it too.
            FormType::Multipart => Box::pin(multipart(cx)).await.map(Self),
            FormType::Urlencoded => {
                let body = cx.bytes().await?;
                Self::bind(&body, cx.limits())
            }
        }
    }
}

wrapper!(Form);

async fn multipart<B, T>(cx: &mut RequestContext<'_, B>) -> Result<T, Error>
where
    B: RequestBody,
    T: DeserializeOwned + Rules,
{
    let mut form = read_form(cx).await?;
    let files = std::mem::take(&mut form.files);
    with_files(files, || flat::bind(Place::Form, &Entries::new(&form)))
}

/// Finds the value that has bytes which are no UTF-8, and says so.
#[cold]
fn not_utf8(text: &[u8]) -> Error {
    let broken = text.split(|&byte| byte == b'&').find(|pair| std::str::from_utf8(pair).is_err());
    let key = broken.and_then(|pair| pair.split(|&byte| byte == b'=').next()).unwrap_or_default();
    let name = std::str::from_utf8(key).ok().and_then(|key| flat::unescape(key, true)).unwrap_or_default();
    Error::parse(Place::Form, gongular_core::reflect(&name), "encoding", "the text is not correctly encoded")
}
