//! What sorts of failure there are.

use std::fmt;
use std::sync::Arc;

/// The sort of a failure; it decides the default status and the shape of the answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The application's own error, from a handler or a factory. `500` unless it says otherwise.
    App,
    /// A dependency is missing or could not be built. `500`.
    Injection,
    /// The path exists, but not for this method. `405`.
    MethodNotAllowed,
    /// No route, no file, no value. `404`.
    NotFound,
    /// A handler, a factory or a body panicked. `500`.
    Panic,
    /// A value could not be read. `400`.
    Parse,
    /// The handler or a factory refused the request with a status of its choice.
    Refused,
    /// The answer could not be serialised. `500`.
    Serialize,
    /// The request took too long. `408`, `503` or `504`, by who was slow.
    Timeout,
    /// The body, a part or a header is larger than its limit. `413`, or `431` for headers.
    TooLarge,
    /// The content type or the content coding is none that can be read. `415`.
    UnsupportedMediaType,
    /// A value was read and breaks a rule. `400`.
    Validation,
}

/// Why a dependency could not be had; the source of an error of kind [`ErrorKind::Injection`].
///
/// Its text is for the log: the client never sees a type, a key or a cause.
#[derive(Clone, Debug)]
pub struct InjectionFailure {
    type_name: &'static str,
    key: Option<&'static str>,
    cause: Cause,
}

#[derive(Clone, Debug)]
enum Cause {
    Text(&'static str),
    Source(Arc<dyn std::error::Error + Send + Sync>),
}

impl InjectionFailure {
    pub(crate) const fn missing(
        type_name: &'static str,
        key: Option<&'static str>,
        cause: &'static str,
    ) -> Self {
        Self { type_name, key, cause: Cause::Text(cause) }
    }

    pub(crate) fn caused(
        type_name: &'static str,
        key: Option<&'static str>,
        cause: Arc<dyn std::error::Error + Send + Sync>,
    ) -> Self {
        Self { type_name, key, cause: Cause::Source(cause) }
    }

    /// Returns the type that was wanted.
    #[must_use]
    pub const fn type_name(&self) -> &'static str {
        self.type_name
    }

    /// Returns the error that the factory failed with.
    #[must_use]
    pub fn cause(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match &self.cause {
            Cause::Text(_) => None,
            Cause::Source(source) => Some(&**source),
        }
    }

    /// Returns the key it was wanted under.
    #[must_use]
    pub const fn key(&self) -> Option<&'static str> {
        self.key
    }
}

impl fmt::Display for InjectionFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "cannot inject {}", self.type_name)?;
        if let Some(key) = self.key {
            write!(f, " (key {key:?})")?;
        }
        match &self.cause {
            Cause::Text(text) => write!(f, ": {text}"),
            Cause::Source(source) => write!(f, ": {source}"),
        }
    }
}

impl std::error::Error for InjectionFailure {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match &self.cause {
            Cause::Text(_) => None,
            // The text above holds the cause's own already, so the chain goes on behind it.
            Cause::Source(source) => source.source(),
        }
    }
}
