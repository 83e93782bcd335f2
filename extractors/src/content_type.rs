//! Which content types and codings a body has.

use gongular_core::Error;
use http::{HeaderMap, header};

/// Makes sure that a body is JSON: `application/json` or `application/*+json`, whatever its parameters, not compressed.
///
/// # Errors
///
/// Anything else, or no content type: [`ErrorKind::UnsupportedMediaType`](gongular_core::ErrorKind::UnsupportedMediaType),
/// `415`.
pub(crate) fn json(headers: &HeaderMap) -> Result<(), Error> {
    plain(headers)?;
    if is_written(headers, JSON) || written(headers).is_some_and(is_json) {
        return Ok(());
    }
    Err(unsupported("send the body as JSON, content type `application/json`, in UTF-8"))
}

/// How a form is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum FormType {
    Multipart,
    Urlencoded,
}

/// Tells how a form is written.
///
/// # Errors
///
/// Anything else, no content type, or an urlencoded form in another charset than UTF-8:
/// [`ErrorKind::UnsupportedMediaType`](gongular_core::ErrorKind::UnsupportedMediaType), `415`.
pub(crate) fn form(headers: &HeaderMap) -> Result<FormType, Error> {
    plain(headers)?;
    if is_written(headers, URLENCODED) {
        return Ok(FormType::Urlencoded);
    }
    match written(headers).map(|text| (essence(text), text)) {
        Some((essence, text)) if essence.eq_ignore_ascii_case(URLENCODED) && is_utf8(text) => {
            Ok(FormType::Urlencoded)
        }
        Some((essence, _)) if essence.eq_ignore_ascii_case(MULTIPART) => Ok(FormType::Multipart),
        Some(_) | None => Err(unsupported(
            "send a form, content type `application/x-www-form-urlencoded` in UTF-8, or `multipart/form-data`",
        )),
    }
}

/// Makes sure that a body is not compressed.
///
/// # Errors
///
/// It is: [`ErrorKind::UnsupportedMediaType`](gongular_core::ErrorKind::UnsupportedMediaType), `415`.
pub(crate) fn plain(headers: &HeaderMap) -> Result<(), Error> {
    let codings = headers.get_all(header::CONTENT_ENCODING);
    let identity = |coding: &[u8]| coding.trim_ascii().eq_ignore_ascii_case(b"identity");
    if codings.iter().all(|line| line.as_bytes().split(|&byte| byte == b',').all(identity)) {
        Ok(())
    } else {
        Err(unsupported("send the body without a content coding"))
    }
}

/// Returns whether the content type is written in just this way, as nearly all clients do: it need not be taken apart then.
fn is_written(headers: &HeaderMap, content_type: &str) -> bool {
    headers.get(header::CONTENT_TYPE).is_some_and(|value| value == content_type)
}

pub(crate) fn written(headers: &HeaderMap) -> Option<&str> {
    headers.get(header::CONTENT_TYPE)?.to_str().ok()
}

pub(crate) fn essence(content_type: &str) -> &str {
    content_type.split(';').next().unwrap_or_default().trim_ascii()
}

/// Returns whether no charset is given that has other texts than UTF-8.
pub(crate) fn is_utf8(content_type: &str) -> bool {
    content_type.split(';').skip(1).filter_map(|parameter| parameter.split_once('=')).all(|(name, value)| {
        let value = value.trim_ascii().trim_matches('"');
        let known = ["utf-8", "utf8", "us-ascii"];
        !name.trim_ascii().eq_ignore_ascii_case("charset")
            || known.iter().any(|known| value.eq_ignore_ascii_case(known))
    })
}

pub(crate) fn is_json(content_type: &str) -> bool {
    let essence = essence(content_type);
    let Some((kind, name)) = essence.split_once('/') else {
        return false;
    };
    let suffix = name
        .rsplit_once('+')
        .is_some_and(|(name, suffix)| !name.is_empty() && suffix.eq_ignore_ascii_case("json"));
    kind.eq_ignore_ascii_case("application") && (name.eq_ignore_ascii_case("json") || suffix)
}

#[cold]
fn unsupported(text: &'static str) -> Error {
    Error::unsupported_media_type(text)
}

const JSON: &str = "application/json";

pub(crate) const URLENCODED: &str = "application/x-www-form-urlencoded";

pub(crate) const MULTIPART: &str = "multipart/form-data";

#[cfg(test)]
mod tests {
    use http::{HeaderValue, StatusCode};

    use super::*;

    fn headers(content_type: &'static str) -> HeaderMap {
        let mut headers = HeaderMap::new();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type));
        headers
    }

    #[test]
    fn json_is_told_by_essence_in_any_case() {
        for text in [
            "application/json",
            "Application/JSON",
            "application/json; charset=utf-8",
            "application/json;charset=\"UTF-8\"",
            "application/problem+json",
            "application/vnd.api+JSON; q=1",
            "application/json ; foo",
            "application/json; charset=latin1",
        ] {
            assert!(json(&headers(text)).is_ok(), "{text}");
        }
        for text in [
            "",
            "text/json",
            "application/jsonx",
            "application/+json",
            "application",
            "application/json+xml",
            "json",
            "text/plain",
            "application/ json",
            "application/json, text/plain",
        ] {
            assert_eq!(
                json(&headers(text)).unwrap_err().status(),
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                "{text}"
            );
        }
        assert!(json(&HeaderMap::new()).is_err());
    }

    #[test]
    fn forms_are_told_by_essence_in_any_case() {
        assert_eq!(form(&headers("application/X-www-form-urlencoded")).unwrap(), FormType::Urlencoded);
        assert_eq!(form(&headers("multipart/form-data; boundary=x")).unwrap(), FormType::Multipart);
        for text in ["application/x-www-form-urlencodedx", "multipart/mixed", "application/json", ""] {
            assert_eq!(
                form(&headers(text)).unwrap_err().status(),
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                "{text}"
            );
        }
    }

    #[test]
    fn an_urlencoded_form_is_in_utf8() {
        for (charset, passes) in [
            ("utf-8", true),
            ("\"UTF-8\"", true),
            ("us-ascii", true),
            ("latin1", false),
            ("iso-8859-1", false),
            ("", false),
        ] {
            let text = format!("application/x-www-form-urlencoded; Charset={charset}");
            let mut headers = HeaderMap::new();
            headers.insert(header::CONTENT_TYPE, HeaderValue::from_str(&text).unwrap());
            let read = form(&headers).map_err(|error| error.status());
            let expected =
                if passes { Ok(FormType::Urlencoded) } else { Err(StatusCode::UNSUPPORTED_MEDIA_TYPE) };
            assert_eq!(read, expected, "{charset}");
        }
    }

    #[test]
    fn a_compressed_body_is_unsupported() {
        for (coding, passes) in
            [("identity", true), ("Identity, identity", true), ("gzip", false), ("identity, br", false)]
        {
            let mut headers = headers("application/json");
            headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static(coding));
            assert_eq!(json(&headers).is_ok(), passes, "{coding}");
        }
    }
}
