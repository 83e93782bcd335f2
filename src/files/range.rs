//! Which part of a file a request asks for.

use http::{HeaderMap, HeaderValue, header};

/// A request's `Range`, as far as it is answered with less than the whole file: a single range of bytes.
#[derive(Clone, Debug)]
pub(super) struct Range {
    pub(super) header: HeaderValue,
    /// It asks for the last bytes, one or more, whatever the length of the file.
    pub(super) is_tail: bool,
}

impl Range {
    /// Reads the range of a request.
    ///
    /// None is returned for several ranges as well, for units other than bytes and for what cannot be read: HTTP lets a
    /// server answer with the whole file then, so that no header makes work.
    pub(super) fn of(headers: &HeaderMap) -> Option<Self> {
        let mut fields = headers.get_all(header::RANGE).iter();
        let field = fields.next()?.to_str().ok()?;
        if fields.next().is_some() {
            return None;
        }
        let (unit, range) = field.split_once('=')?;
        if !unit.eq_ignore_ascii_case("bytes") {
            return None;
        }
        let (first, last) = range.trim_matches([' ', '\t']).split_once('-')?;
        let text = match (number(first), number(last)) {
            (Some(first), Some(last)) if first <= last => format!("bytes={first}-{last}"),
            (Some(first), None) if last.is_empty() => format!("bytes={first}-"),
            (None, Some(last)) if first.is_empty() => format!("bytes=-{last}"),
            _ => return None,
        };
        Some(Self {
            header: HeaderValue::try_from(text).ok()?,
            is_tail: first.is_empty() && number(last) != Some(0),
        })
    }

    /// Returns the range from the first byte to the last one.
    pub(super) const fn whole() -> Self {
        Self { header: HeaderValue::from_static("bytes=0-"), is_tail: false }
    }
}

/// Reads a number of digits only. One that is larger than any file becomes the largest.
fn number(digits: &str) -> Option<u64> {
    if digits.is_empty() || !digits.bytes().all(|digit| digit.is_ascii_digit()) {
        return None;
    }
    Some(digits.parse().unwrap_or(u64::MAX))
}

/// Returns whether a request's `If-Range`, if it has one, names the file that an answer's header fields describe.
///
/// A tag has to be strong and equal, a date equal to the letter.
pub(super) fn if_range_holds(request: &HeaderMap, answer: &HeaderMap) -> bool {
    let Some(condition) = request.get(header::IF_RANGE) else { return true };
    let is_tag = condition.as_bytes().starts_with(b"\"");
    let known = if is_tag { header::ETAG } else { header::LAST_MODIFIED };
    answer.get(known).is_some_and(|known| known == condition)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(range: &str) -> Option<String> {
        let mut headers = HeaderMap::new();
        headers.insert(header::RANGE, HeaderValue::from_str(range).unwrap());
        Range::of(&headers).map(|range| range.header.to_str().unwrap().to_owned())
    }

    #[test]
    fn one_range_of_bytes_is_read() {
        for (sent, read_as) in [
            ("bytes=0-4", "bytes=0-4"),
            ("Bytes=0-4", "bytes=0-4"),
            ("bytes= 0-4 ", "bytes=0-4"),
            ("bytes=007-9", "bytes=7-9"),
            ("bytes=5-", "bytes=5-"),
            ("bytes=-5", "bytes=-5"),
            ("bytes=0-99999999999999999999", "bytes=0-18446744073709551615"),
        ] {
            assert_eq!(read(sent).as_deref(), Some(read_as), "{sent}");
        }
    }

    #[test]
    fn several_ranges_other_units_and_nonsense_mean_the_whole_file() {
        for sent in ["", "bytes", "bytes=", "bytes=-", "bytes=4-0", "bytes=+1-2", "bytes=a-b", "bytes=1-2-3"]
        {
            assert_eq!(read(sent), None, "{sent}");
        }
        for sent in
            ["items=0-1", "bytes=0-1,3-4", "bytes=0-1, 3-4", "bytes=0-0,,", "bytes=0--1", "bytes=0 -1"]
        {
            assert_eq!(read(sent), None, "{sent}");
        }
        let many = format!("bytes={}0-0", "0-0,".repeat(10_000));
        assert_eq!(read(&many), None);
    }

    #[test]
    fn a_condition_on_a_range_holds_for_the_very_same_file_only() {
        let tag = HeaderValue::from_static("\"a\"");
        let date = HeaderValue::from_static("Sun, 06 Nov 1994 08:49:37 GMT");
        let answer =
            HeaderMap::from_iter([(header::ETAG, tag.clone()), (header::LAST_MODIFIED, date.clone())]);
        let holds = |condition: &HeaderValue| {
            if_range_holds(&HeaderMap::from_iter([(header::IF_RANGE, condition.clone())]), &answer)
        };
        assert!(holds(&tag) && holds(&date));
        for other in ["\"b\"", "W/\"a\"", "Sun, 06 Nov 1994 08:49:38 GMT", ""] {
            assert!(!holds(&HeaderValue::from_static(other)), "{other}");
        }
        assert!(if_range_holds(&HeaderMap::new(), &answer));
    }
}
