//! Going through a JSON text without building a tree of it.
//!
//! The text was found to be JSON before; only so much is looked at as a value needs. A place in it is its byte offset.

use std::borrow::Cow;

/// What begins at an offset.
pub(super) enum Token<'de> {
    Null,
    Bool(bool),
    Number(&'de str),
    Text(Cow<'de, str>),
    List,
    Object,
    /// A text with escapes that stand for no characters.
    Broken,
}

/// Returns the offset of the first byte that is no blank.
pub(super) fn skip_blank(text: &str, mut at: usize) -> usize {
    while matches!(text.as_bytes().get(at), Some(b' ' | b'\t' | b'\n' | b'\r')) {
        at += 1;
    }
    at
}

/// Returns what begins at `at`.
pub(super) fn token(text: &str, at: usize) -> Token<'_> {
    match text.as_bytes().get(at) {
        Some(b'{') => Token::Object,
        Some(b'[') => Token::List,
        Some(b'"') => match string(text, at) {
            Some(text) => Token::Text(text),
            None => Token::Broken,
        },
        Some(b't') => Token::Bool(true),
        Some(b'f') => Token::Bool(false),
        Some(b'-' | b'0'..=b'9') => Token::Number(text.get(at..end(text, at)).unwrap_or_default()),
        Some(_) | None => Token::Null,
    }
}

/// Returns the offset behind the value that begins at `at`, without going down the stack.
pub(super) fn end(text: &str, at: usize) -> usize {
    let bytes = text.as_bytes();
    let mut at = at;
    let mut depth = 0usize;
    while let Some(&byte) = bytes.get(at) {
        match byte {
            b'"' => at = end_of_string(bytes, at),
            b'{' | b'[' => {
                depth += 1;
                at += 1;
            }
            b'}' | b']' => {
                depth = depth.saturating_sub(1);
                at += 1;
            }
            b',' | b':' | b' ' | b'\t' | b'\n' | b'\r' => at += 1,
            _ => {
                while bytes.get(at).is_some_and(|byte| {
                    !matches!(byte, b',' | b':' | b' ' | b'\t' | b'\n' | b'\r' | b'}' | b']')
                }) {
                    at += 1;
                }
            }
        }
        if depth == 0 {
            break;
        }
    }
    at
}

fn end_of_string(bytes: &[u8], at: usize) -> usize {
    let mut at = at + 1;
    while let Some(&byte) = bytes.get(at) {
        match byte {
            b'"' => return at + 1,
            b'\\' => at += 2,
            _ => at += 1,
        }
    }
    bytes.len()
}

fn string(text: &str, at: usize) -> Option<Cow<'_, str>> {
    let written = text.get(at..end_of_string(text.as_bytes(), at))?;
    if written.contains('\\') {
        return serde_json::from_str::<String>(written).ok().map(Cow::Owned);
    }
    let inner = written.strip_prefix('"')?.strip_suffix('"')?;
    Some(Cow::Borrowed(inner))
}

/// The elements of the list that begins at an offset, by their offsets.
pub(super) struct Elements<'de> {
    text: &'de str,
    at: usize,
}

impl<'de> Elements<'de> {
    pub(super) const fn new(text: &'de str, at: usize) -> Self {
        Self { text, at: at + 1 }
    }
}

impl Iterator for Elements<'_> {
    type Item = usize;

    fn next(&mut self) -> Option<usize> {
        let at = next_value(self.text, self.at)?;
        self.at = end(self.text, at);
        Some(at)
    }
}

/// The members of the object that begins at an offset.
pub(super) struct Members<'de> {
    text: &'de str,
    at: usize,
}

/// A member of an object.
pub(super) struct Member<'de> {
    /// Where the key begins.
    pub(super) key_at: usize,
    /// The key; `None` when it is no text.
    pub(super) key: Option<Cow<'de, str>>,
    /// Where the value begins.
    pub(super) value_at: usize,
}

impl<'de> Members<'de> {
    pub(super) const fn new(text: &'de str, at: usize) -> Self {
        Self { text, at: at + 1 }
    }
}

impl<'de> Iterator for Members<'de> {
    type Item = Member<'de>;

    fn next(&mut self) -> Option<Member<'de>> {
        let key_at = next_value(self.text, self.at)?;
        let key = string(self.text, key_at);
        let colon = skip_blank(self.text, end_of_string(self.text.as_bytes(), key_at));
        let value_at = skip_blank(self.text, colon + 1);
        self.at = end(self.text, value_at);
        Some(Member { key_at, key, value_at })
    }
}

fn next_value(text: &str, at: usize) -> Option<usize> {
    let mut at = skip_blank(text, at);
    if text.as_bytes().get(at) == Some(&b',') {
        at = skip_blank(text, at + 1);
    }
    match text.as_bytes().get(at) {
        Some(b']' | b'}') | None => None,
        Some(_) => Some(at),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_and_elements_are_found_by_their_offsets() {
        let text = r#" { "a" : [1, {"b":"]"} ,"x\"]" ] , "\u0062":2e1,"c":{}}"#;
        let at = skip_blank(text, 0);
        let members: Vec<_> = Members::new(text, at)
            .map(|member| {
                (member.key.unwrap().into_owned(), &text[member.value_at..end(text, member.value_at)])
            })
            .collect();
        let list = r#"[1, {"b":"]"} ,"x\"]" ]"#;
        assert_eq!(members, [("a".to_owned(), list), ("b".to_owned(), "2e1"), ("c".to_owned(), "{}")]);
        let elements: Vec<_> = Elements::new(list, 0).map(|at| &list[at..end(list, at)]).collect();
        assert_eq!(elements, ["1", r#"{"b":"]"}"#, r#""x\"]""#]);
    }

    #[test]
    fn a_text_that_is_no_json_ends_somewhere() {
        for text in [
            "", "{", "[", "\"", "\"\\", "{\"a", "{\"a\":", "]", "{]", "é", "[é", "{\"a\"é", "nul", ",,,",
            "{é",
        ] {
            assert!(end(text, 0) <= text.len() + 1, "{text}");
            assert!(Members::new(text, 0).take(9).count() < 9);
            assert!(Elements::new(text, 0).take(9).count() < 9);
            let _ = token(text, 0);
        }
    }
}
