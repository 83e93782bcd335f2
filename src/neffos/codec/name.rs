//! Names in a frame.

use std::fmt;
use std::ops::Deref;

use bytes::Bytes;

/// The name of a namespace, a room or an event, or a wait token: a text that shares the bytes of its frame.
#[derive(Clone, Default, PartialEq, Eq, Hash)]
pub struct Name(Bytes);

impl Name {
    /// Makes a name of a field as it stands in a frame; none when it is not UTF-8.
    pub(super) fn unescaped(field: Bytes) -> Option<Self> {
        let text = std::str::from_utf8(&field).ok()?;
        if text.contains(ESCAPED) {
            return Some(text.replace(ESCAPED, ";").into());
        }
        Some(Self(field))
    }

    /// Makes a name of a field that is not escaped; none when it is not UTF-8.
    pub(super) fn plain(field: Bytes) -> Option<Self> {
        std::str::from_utf8(&field).ok()?;
        Some(Self(field))
    }

    /// Returns the text.
    #[must_use]
    #[expect(clippy::missing_panics_doc, reason = "it never does")]
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).expect("a name is made of UTF-8 only")
    }
}

/// Writes a name as it stands in a frame.
pub(super) fn escape(name: &str, out: &mut String) {
    let mut rest = name;
    while let Some((before, after)) = rest.split_once(';') {
        out.push_str(before);
        out.push_str(ESCAPED);
        rest = after;
    }
    out.push_str(rest);
}

impl Deref for Name {
    type Target = str;

    fn deref(&self) -> &str {
        self.as_str()
    }
}

impl From<String> for Name {
    fn from(text: String) -> Self {
        Self(text.into())
    }
}

impl From<&str> for Name {
    fn from(text: &str) -> Self {
        Self(Bytes::copy_from_slice(text.as_bytes()))
    }
}

impl fmt::Debug for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.as_str(), f)
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// What stands for a semicolon in a name.
const ESCAPED: &str = "@%!semicolon@%!";
