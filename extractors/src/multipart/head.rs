//! A part's head: its header lines, and what they say about the part.

use std::ops::Range;

use bytes::Bytes;
use gongular_core::Error;
use http::{HeaderMap, HeaderName, HeaderValue};
use memchr::memchr;

use super::disposition::Disposition;
use super::fault;

/// The head of a part, checked.
#[derive(Debug)]
pub(super) struct PartHead {
    /// The header lines as they came, with the empty one.
    block: Bytes,
    disposition: Disposition,
    content_type: Option<Range<usize>>,
}

impl PartHead {
    /// Reads the header lines of a part, the empty one included.
    pub(super) fn parse(block: Bytes) -> Result<Self, Error> {
        let (mut disposition, mut content_type) = (None, None);
        for Line { name, value, range } in lines(&block) {
            if !is_token(name) {
                return Err(fault::head("a line does not begin with a name and a colon"));
            }
            if value.iter().any(|&byte| byte.is_ascii_control() && byte != b'\t') {
                return Err(fault::head("a value has a control character"));
            }
            if name.eq_ignore_ascii_case(b"content-disposition") {
                if disposition.replace(Disposition::parse(value)?).is_some() {
                    return Err(fault::head("it has two lines with a Content-Disposition"));
                }
            } else if name.eq_ignore_ascii_case(b"content-type") {
                content_type = content_type.or(Some(range));
            }
        }
        let disposition = disposition.ok_or_else(|| fault::head("it has no Content-Disposition"))?;
        Ok(Self { block, disposition, content_type })
    }

    pub(super) fn name(&self) -> &str {
        &self.disposition.name
    }

    pub(super) fn file_name(&self) -> Option<&str> {
        self.disposition.file_name.as_deref()
    }

    pub(super) fn content_type(&self) -> Option<&str> {
        let value = self.block.get(self.content_type.clone()?)?;
        std::str::from_utf8(value).ok()
    }

    /// Makes a map of the header lines.
    pub(super) fn headers(&self) -> HeaderMap {
        let pairs = lines(&self.block).filter_map(|line| {
            let name = HeaderName::from_bytes(line.name).ok()?;
            let value = HeaderValue::from_maybe_shared(self.block.slice(line.range)).ok()?;
            Some((name, value))
        });
        let mut headers = HeaderMap::new();
        for (name, value) in pairs {
            headers.append(name, value);
        }
        headers
    }

    /// Takes the names that the client gave the field and the file.
    pub(super) fn into_names(self) -> (String, Option<String>) {
        (self.disposition.name, self.disposition.file_name)
    }
}

struct Line<'a> {
    name: &'a [u8],
    value: &'a [u8],
    /// Where the value stands in the block.
    range: Range<usize>,
}

/// Takes header lines apart. A line without a colon is all value and has an empty name, which is no token.
fn lines(block: &[u8]) -> impl Iterator<Item = Line<'_>> {
    let mut start = 0;
    std::iter::from_fn(move || {
        let length = memchr(b'\n', block.get(start..)?)?;
        let line = block.get(start..(start + length).checked_sub(1)?)?;
        if line.is_empty() {
            return None;
        }
        let colon = memchr(b':', line);
        let (name, behind) = colon.map_or((0, 0), |colon| (colon, colon + 1));
        let value = line[behind..].trim_ascii_start();
        let from = start + line.len() - value.len();
        let value = value.trim_ascii_end();
        start += length + 1;
        Some(Line { name: &line[..name], value, range: from..from + value.len() })
    })
}

/// Returns whether `text` is a name as RFC 9110 has it.
pub(super) fn is_token(text: &[u8]) -> bool {
    !text.is_empty()
        && text.iter().all(|&byte| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(block: &'static str) -> Result<PartHead, Error> {
        PartHead::parse(Bytes::from_static(block.as_bytes()))
    }

    #[test]
    fn a_head_tells_names_and_content_type() {
        let head = parse(concat!(
            "content-type: text/plain; charset=utf-8 \r\n",
            "Content-Disposition:form-data; name=\"a\"; filename=\"b.txt\"\r\n",
            "X-One: 1\r\nX-One: 2\r\nX-Empty:\r\n\r\n",
        ))
        .unwrap();
        assert_eq!(head.name(), "a");
        assert_eq!(head.file_name(), Some("b.txt"));
        assert_eq!(head.content_type(), Some("text/plain; charset=utf-8"));
        let headers = head.headers();
        assert_eq!(headers.get_all("x-one").iter().collect::<Vec<_>>(), ["1", "2"]);
        assert_eq!(headers["x-empty"], "");
        assert_eq!(headers.len(), 5);
        assert_eq!(head.into_names(), ("a".to_owned(), Some("b.txt".to_owned())));
    }

    #[test]
    fn a_head_that_cannot_be_read_says_why() {
        for (block, reason) in [
            ("\r\n", "it has no Content-Disposition"),
            ("Content-Type: text/plain\r\n\r\n", "it has no Content-Disposition"),
            ("no colon\r\n\r\n", "a line does not begin with a name and a colon"),
            (": x\r\n\r\n", "a line does not begin with a name and a colon"),
            ("X : x\r\n\r\n", "a line does not begin with a name and a colon"),
            ("X: 1\r\n folded: 1\r\n\r\n", "a line does not begin with a name and a colon"),
            ("X: a\rb\r\n\r\n", "a value has a control character"),
            ("X: a\0b\r\n\r\n", "a value has a control character"),
            (
                "Content-Disposition: form-data; name=a\r\nContent-Disposition: form-data; name=b\r\n\r\n",
                "it has two lines with a Content-Disposition",
            ),
        ] {
            let error = parse(block).unwrap_err();
            let expected = format!("the header of a part cannot be read: {reason}");
            assert_eq!(error.problems()[0].message(), expected, "{block:?}");
        }
    }
}
