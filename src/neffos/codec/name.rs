//! Names in a frame.

use std::fmt;
use std::ops::Deref;

use bytes::Bytes;
use tokio_tungstenite::tungstenite::Utf8Bytes;

/// The name of a namespace, a room or an event, or a wait token: a text that shares the bytes of its frame.
#[derive(Clone, Default, PartialEq, Eq, Hash)]
pub struct Name(Utf8Bytes);

impl Name {
    /// Makes a name of a field as it stands in a frame; none when it is not UTF-8.
    pub(super) fn unescaped(field: Bytes) -> Option<Self> {
        if field.is_empty() {
            return Some(Self::default());
        }
        // Most names hold no character of the escape: that is found out sooner than that they do not hold all of it.
        let may_be_escaped = field.contains(&ESCAPED.as_bytes()[0]);
        let name = Self::plain(field)?;
        if may_be_escaped && name.contains(ESCAPED) {
            return Some(name.replace(ESCAPED, ";").into());
        }
        Some(name)
    }

    /// Makes a name of a field that is not escaped; none when it is not UTF-8.
    pub(crate) fn plain(field: Bytes) -> Option<Self> {
        Utf8Bytes::try_from(field).ok().map(Self)
    }

    /// Returns the text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }
}

/// Writes a name as it stands in a frame.
pub(super) fn escape(name: &str, out: &mut String) {
    if !name.as_bytes().contains(&b';') {
        return out.push_str(name);
    }
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
        Self(text.into())
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
