//! What can be wrong with a pattern.

use std::fmt;

/// What is wrong with a pattern, and the pattern as it is after joining.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct PatternError {
    pattern: String,
    fault: PatternFault,
}

impl PatternError {
    /// Returns what is wrong.
    #[cfg(test)]
    pub(crate) fn fault(&self) -> &PatternFault {
        &self.fault
    }
}

impl fmt::Display for PatternError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the pattern `{}` is wrong: {}", self.pattern, self.fault)
    }
}

impl std::error::Error for PatternError {}

/// The ways in which a pattern can be wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum PatternFault {
    /// A brace is not closed or not opened.
    Brace,
    /// A catch-all shares its segment with text.
    CatchAllMixed,
    /// A catch-all is followed by something.
    CatchAllNotLast,
    /// A segment is `.` or `..`.
    DotSegment(String),
    /// Two parameters have one name.
    DuplicateName(String),
    /// A parameter has no name.
    EmptyName,
    /// A percent sign begins no escape.
    Escape,
    /// A name holds something that names do not.
    Name(String),
    /// A query or fragment follows.
    Query,
    /// A segment holds several parameters.
    SeveralInSegment(String),
    /// There are more parameters than can be told apart.
    TooManyParameters,
}

impl PatternFault {
    pub(super) fn of(self, pattern: &str) -> PatternError {
        PatternError { pattern: pattern.to_owned(), fault: self }
    }
}

impl fmt::Display for PatternFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Brace => f.write_str("a brace has no partner; write `{{` or `}}` for a brace as text"),
            Self::CatchAllMixed => {
                f.write_str("a catch-all stands alone in its segment; move the text out of it")
            }
            Self::CatchAllNotLast => {
                f.write_str("a catch-all takes the rest of the path; nothing can follow it")
            }
            Self::DotSegment(segment) => {
                write!(f, "`{segment}` is not resolved, and no client sends it; write the path in full")
            }
            Self::DuplicateName(name) => {
                write!(
                    f,
                    "two parameters are called `{name}`; rename one of them, here or in a group around it"
                )
            }
            Self::EmptyName => f.write_str("a parameter has no name; write `{name}` or `{*name}`"),
            Self::Escape => {
                f.write_str("a `%` is not followed by two hex digits; write `%25` for a percent sign")
            }
            Self::Name(name) => write!(
                f,
                "`{name}` is no name of a parameter; use letters, digits, `_` and `-`, and leave rules to the handler's type"
            ),
            Self::Query => f.write_str("`?` and `#` are no part of a path; read the query in the handler"),
            Self::SeveralInSegment(segment) => {
                write!(
                    f,
                    "`{segment}` holds several parameters; put a slash between them, or take one and split it"
                )
            }
            Self::TooManyParameters => {
                write!(f, "it has more than {MAX_PARAMETERS} parameters; use a catch-all")
            }
        }
    }
}

/// How many parameters matchit tells apart in one pattern.
pub(super) const MAX_PARAMETERS: usize = 25;
