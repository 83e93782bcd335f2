//! Where in a request a value stands.

use std::fmt;

/// The part of a request that a value is read from.
///
/// The names are the ones clients see in error answers. Those of path, query, body and form are the original's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Place {
    /// A parameter of the matched path.
    Path,
    /// The query string of the URL.
    Query,
    /// A header field.
    Header,
    /// A cookie.
    Cookie,
    /// The body as one value (JSON unless another content type was chosen).
    Body,
    /// A field of an urlencoded or multipart form.
    Form,
}

impl Place {
    /// Returns the name that stands in error answers.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Path => "URL Path Parameter",
            Self::Query => "Query Parameter",
            Self::Header => "Header",
            Self::Cookie => "Cookie",
            Self::Body => "Body",
            Self::Form => "Form Value",
        }
    }

    /// Returns the short name that stands in problem documents: `path`, `query`, `header`, `cookie`, `body`, `form`.
    #[must_use]
    pub const fn short_name(self) -> &'static str {
        match self {
            Self::Path => "path",
            Self::Query => "query",
            Self::Header => "header",
            Self::Cookie => "cookie",
            Self::Body => "body",
            Self::Form => "form",
        }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
