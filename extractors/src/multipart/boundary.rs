//! The boundary of a form, from the request's head.

use gongular_core::Error;
use http::{HeaderMap, header};

use super::fault;
use crate::content_type;

/// Returns the boundary that the content type names.
///
/// The content type counts by its essence, in any case. The boundary has 1 to 70 of the characters that RFC 2046 allows;
/// those that ask for quotes may also stand without.
pub(super) fn boundary(headers: &HeaderMap) -> Result<&[u8], Error> {
    let written = headers.get(header::CONTENT_TYPE).map_or(&b""[..], |value| value.as_bytes());
    let end = written.iter().position(|&byte| byte == b';').unwrap_or(written.len());
    let (essence, mut rest) = written.split_at(end);
    if !essence.trim_ascii().eq_ignore_ascii_case(content_type::MULTIPART.as_bytes()) {
        return Err(fault::not_multipart());
    }
    content_type::plain(headers)?;
    let mut found = None;
    while let Some((name, value, behind)) = parameter(rest)? {
        if name.eq_ignore_ascii_case(b"boundary") && found.replace(value).is_some() {
            return Err(fault::boundary("the content type has two boundaries"));
        }
        rest = behind;
    }
    let boundary = found.ok_or_else(|| fault::boundary("the content type has no boundary"))?;
    if boundary.is_empty() || boundary.len() > MAX_BOUNDARY {
        return Err(fault::boundary("the boundary must have 1 to 70 characters"));
    }
    if !boundary.iter().all(|&byte| is_boundary_char(byte)) || boundary.ends_with(b" ") {
        return Err(fault::boundary("the boundary has a character that is not allowed"));
    }
    Ok(boundary)
}

type Parameter<'a> = (&'a [u8], &'a [u8], &'a [u8]);

/// Takes `; name=value` off the front of `text`; `None` when there is no more.
fn parameter(text: &[u8]) -> Result<Option<Parameter<'_>>, Error> {
    let malformed = || fault::boundary("the content type cannot be read");
    let mut text = text.trim_ascii_start();
    while let [b';', rest @ ..] = text {
        text = rest.trim_ascii_start();
    }
    if text.is_empty() {
        return Ok(None);
    }
    let equals = text.iter().position(|&byte| byte == b'=').ok_or_else(malformed)?;
    let (name, value) = (&text[..equals], &text[equals + 1..]);
    if let [b'"', quoted @ ..] = value {
        // A legal boundary needs no backslash, so that an escaped quote is simply the end, and what follows is refused.
        let end = quoted.iter().position(|&byte| byte == b'"').ok_or_else(malformed)?;
        let rest = quoted[end + 1..].trim_ascii_start();
        if !matches!(rest, [] | [b';', ..]) {
            return Err(malformed());
        }
        return Ok(Some((name.trim_ascii(), &quoted[..end], rest)));
    }
    let end = value.iter().position(|&byte| byte == b';').unwrap_or(value.len());
    Ok(Some((name.trim_ascii(), value[..end].trim_ascii(), &value[end..])))
}

const fn is_boundary_char(byte: u8) -> bool {
    byte.is_ascii_alphanumeric()
        || matches!(
            byte,
            b'\'' | b'(' | b')' | b'+' | b'_' | b',' | b'-' | b'.' | b'/' | b':' | b'=' | b'?' | b' '
        )
}

/// What RFC 2046 allows.
const MAX_BOUNDARY: usize = 70;

#[cfg(test)]
mod tests {
    use gongular_core::ErrorKind;

    use super::*;

    fn check(content_type: &str) -> Result<String, ErrorKind> {
        let mut headers = HeaderMap::new();
        headers.insert(header::CONTENT_TYPE, content_type.parse().unwrap());
        boundary(&headers)
            .map(|boundary| String::from_utf8(boundary.to_vec()).unwrap())
            .map_err(|error| error.kind())
    }

    #[test]
    fn the_boundary_is_found_in_every_usual_spelling() {
        for content_type in [
            "multipart/form-data; boundary=XBX",
            "multipart/form-data;boundary=XBX",
            "Multipart/Form-Data ; Boundary=\"XBX\"",
            "multipart/form-data; charset=utf-8; boundary=XBX;",
            "multipart/form-data; x=\"a;b\"; boundary=XBX",
        ] {
            assert_eq!(check(content_type).as_deref(), Ok("XBX"), "{content_type}");
        }
        assert_eq!(check("multipart/form-data; boundary=a+b/c=:?").as_deref(), Ok("a+b/c=:?"));
        assert_eq!(check("multipart/form-data; boundary=\"a b\"").as_deref(), Ok("a b"));
    }

    #[test]
    fn a_boundary_that_is_missing_empty_long_or_illegal_is_refused() {
        let longest = "x".repeat(70);
        assert_eq!(check(&format!("multipart/form-data; boundary={longest}")), Ok(longest));
        for parameters in [
            String::new(),
            "; boundary=".to_owned(),
            "; boundary=\"\"".to_owned(),
            format!("; boundary={}", "x".repeat(71)),
            "; boundary=\"a\\\"b\"".to_owned(),
            "; boundary=\"open".to_owned(),
            "; boundary=a@b".to_owned(),
            "; boundary=a\tb".to_owned(),
            "; boundary=\"ends with a blank \"".to_owned(),
            "; boundary=a; boundary=b".to_owned(),
            "; boundary".to_owned(),
        ] {
            let content_type = format!("multipart/form-data{parameters}");
            assert_eq!(check(&content_type), Err(ErrorKind::Parse), "{content_type}");
        }
    }

    #[test]
    fn another_content_type_is_unsupported() {
        for content_type in
            ["text/plain", "multipart/mixed; boundary=a", "multipart/form-datax; boundary=a", ""]
        {
            assert_eq!(check(content_type), Err(ErrorKind::UnsupportedMediaType), "{content_type}");
        }
        assert_eq!(boundary(&HeaderMap::new()).unwrap_err().kind(), ErrorKind::UnsupportedMediaType);
    }

    #[test]
    fn a_content_encoding_is_unsupported() {
        let mut headers = HeaderMap::new();
        headers.insert(header::CONTENT_TYPE, "multipart/form-data; boundary=a".parse().unwrap());
        headers.insert(header::CONTENT_ENCODING, "identity".parse().unwrap());
        assert_eq!(boundary(&headers).unwrap(), b"a");
        headers.insert(header::CONTENT_ENCODING, "gzip".parse().unwrap());
        assert_eq!(boundary(&headers).unwrap_err().kind(), ErrorKind::UnsupportedMediaType);
    }
}
