//! Pieces of answers, each within its share of the bytes.

use std::fmt::Write as _;

use super::MAX_ANSWER_BYTES;
use crate::{Error, Problem};

/// Writes a text as a JSON string of at most `limit` bytes between the quotes; a longer one is cut.
pub(super) fn json(out: &mut Vec<u8>, text: &str, limit: usize) {
    if text.len() <= limit && !needs_escapes(text) {
        out.push(b'"');
        out.extend_from_slice(text.as_bytes());
        out.push(b'"');
        return;
    }
    let kept = cut(text, limit, json_cost);
    serde_json::to_writer(&mut *out, kept).expect("a text is written to memory");
    if kept.len() < text.len() {
        out.pop();
        out.extend_from_slice("…\"".as_bytes());
    }
}

/// Returns whether a text cannot stand in a JSON string as it is.
fn needs_escapes(text: &str) -> bool {
    // Looks at all bytes whatever it finds, which compilers make vectors of.
    text.bytes().fold(false, |found, byte| found | (byte < b' ') | (byte == b'"') | (byte == b'\\'))
}

/// Writes `"name":"text"`; the name is one of ours, without anything to escape.
pub(super) fn json_member(out: &mut Vec<u8>, name: &'static str, text: &str, limit: usize) {
    debug_assert!(!needs_escapes(name), "names of members are plain");
    out.push(b'"');
    out.extend_from_slice(name.as_bytes());
    out.extend_from_slice(b"\":");
    json(out, text, limit);
}

/// Writes a text for HTML, between tags or in a quoted attribute, in at most `limit` bytes.
pub(super) fn html(out: &mut Vec<u8>, text: &str, limit: usize) {
    let kept = cut(text, limit, html_cost);
    for c in kept.chars() {
        match html_escape(c) {
            Some(escape) => out.extend_from_slice(escape.as_bytes()),
            None => plain_char(out, c),
        }
    }
    if kept.len() < text.len() {
        out.extend_from_slice("…".as_bytes());
    }
}

/// Writes a text in at most `limit` bytes, control characters replaced.
pub(super) fn plain(out: &mut Vec<u8>, text: &str, limit: usize) {
    let kept = cut(text, limit, plain_cost);
    kept.chars().for_each(|c| plain_char(out, c));
    if kept.len() < text.len() {
        out.extend_from_slice("…".as_bytes());
    }
}

/// Writes a number.
pub(super) fn number(out: &mut Vec<u8>, value: usize) {
    let mut text = String::new();
    write!(text, "{value}").expect("a text grows");
    out.extend_from_slice(text.as_bytes());
}

/// Writes as many problems as fit, and returns how many of all the request's are left out.
pub(super) fn problems<'e>(
    out: &mut Vec<u8>,
    error: &Error,
    problems: impl Iterator<Item = &'e Problem>,
    mut write: impl FnMut(&mut Vec<u8>, usize, &Problem),
) -> usize {
    let mut written = 0;
    let mut unwritten = 0;
    for problem in problems {
        let before = out.len();
        if unwritten == 0 {
            write(out, written, problem);
        }
        if unwritten == 0 && out.len() <= LIST_END {
            written += 1;
        } else {
            out.truncate(before);
            unwritten += 1;
        }
    }
    error.left_out() + unwritten
}

/// Returns the longest beginning of a text that costs at most `limit` bytes, the mark of a cut included.
fn cut(text: &str, limit: usize, cost: impl Fn(char) -> usize) -> &str {
    let mut used = 0;
    let mut end_before_mark = 0;
    for (index, c) in text.char_indices() {
        if used + MARK_BYTES <= limit {
            end_before_mark = index;
        }
        used += cost(c);
        if used > limit {
            return &text[..end_before_mark];
        }
    }
    text
}

const fn json_cost(c: char) -> usize {
    match c {
        '"' | '\\' | '\n' | '\r' | '\t' | '\u{8}' | '\u{c}' => 2,
        '\0'..='\u{1f}' => 6,
        _ => c.len_utf8(),
    }
}

fn html_cost(c: char) -> usize {
    html_escape(c).map_or_else(|| plain_cost(c), str::len)
}

const fn html_escape(c: char) -> Option<&'static str> {
    match c {
        '&' => Some("&amp;"),
        '<' => Some("&lt;"),
        '>' => Some("&gt;"),
        '"' => Some("&quot;"),
        '\'' => Some("&#39;"),
        _ => None,
    }
}

fn plain_cost(c: char) -> usize {
    printable(c).len_utf8()
}

fn plain_char(out: &mut Vec<u8>, c: char) {
    out.extend_from_slice(printable(c).encode_utf8(&mut [0; 4]).as_bytes());
}

fn printable(c: char) -> char {
    if c.is_control() { char::REPLACEMENT_CHARACTER } else { c }
}

const MARK_BYTES: usize = '…'.len_utf8();

/// Where a list of problems ends at the latest; what stands behind it fits into the rest.
const LIST_END: usize = MAX_ANSWER_BYTES - 128;

/// The most bytes of the public text.
pub(super) const PUBLIC_BYTES: usize = 1 << 10;

/// The most bytes of the text for the log, where it is exposed.
pub(super) const DETAILS_BYTES: usize = 1 << 10;

/// The most bytes of a problem's path.
pub(super) const PATH_BYTES: usize = 256;

/// The most bytes of a problem's message.
pub(super) const MESSAGE_BYTES: usize = 512;

/// The most bytes of a short name: a code, a parameter.
pub(super) const NAME_BYTES: usize = 64;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_cut_to_its_share_and_marked() {
        let check = |text: &str, limit: usize, expected: &str| {
            let mut out = Vec::new();
            json(&mut out, text, limit);
            assert_eq!(String::from_utf8(out).unwrap(), expected);
        };
        check("abcdef", 6, r#""abcdef""#);
        check("abcdefg", 6, r#""abc…""#);
        check("éééé", 7, r#""éé…""#);
        check("\u{1}\u{1}", 12, r#""\u0001\u0001""#);
        check("\u{1}\u{1}", 11, r#""\u0001…""#);
        check("ab", 1, r#""…""#);
        check("a\"b\\c", 7, r#""a\"b\\c""#);
        check("\u{7f}é", 3, "\"\u{7f}é\"");
    }

    #[test]
    fn a_text_for_html_has_no_markup_left() {
        let mut out = Vec::new();
        html(&mut out, "<a href=\"x\" b='y'>&\r\n", 100);
        assert_eq!(
            String::from_utf8(out).unwrap(),
            "&lt;a href=&quot;x&quot; b=&#39;y&#39;&gt;&amp;\u{fffd}\u{fffd}"
        );
    }
}
