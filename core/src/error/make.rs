//! One constructor for each sort of failure.

use std::any::Any;
use std::borrow::Cow;
use std::sync::Arc;

use http::{HeaderValue, StatusCode, header};

use super::{BoxError, Error, ErrorKind, InjectionFailure, Inner};
use crate::few::Few;
use crate::problem::{MAX_PROBLEMS, ProblemKind};
use crate::{Place, Problem};

impl Error {
    /// Makes an error that refuses the request: kind [`ErrorKind::Refused`], a status, and a text for the client.
    ///
    /// A status below 400 becomes `500`.
    #[must_use]
    #[cold]
    pub fn new(status: StatusCode, public: impl Into<Cow<'static, str>>) -> Self {
        Self::of(ErrorKind::Refused, StatusCode::INTERNAL_SERVER_ERROR, public.into(), Cow::Borrowed(""))
            .with_status(status)
    }

    /// Makes an error of the application's own: kind [`ErrorKind::App`], `500`, nothing for the client.
    #[must_use]
    #[cold]
    pub fn app(source: impl Into<BoxError>) -> Self {
        let mut error = Self::of(
            ErrorKind::App,
            StatusCode::INTERNAL_SERVER_ERROR,
            Cow::Borrowed("internal server error"),
            Cow::Borrowed(""),
        );
        error.edit().source = Some(Arc::from(source.into()));
        error
    }

    /// Makes an error of what is wrong with a request: kind [`ErrorKind::Parse`] when something could not be read, else
    /// [`ErrorKind::Validation`]; `400`.
    ///
    /// Problems of reading come first; otherwise the order stays. At most [`MAX_PROBLEMS`] are kept, the others are
    /// counted.
    #[must_use]
    #[cold]
    pub fn binding(mut problems: Vec<Problem>) -> Self {
        problems.sort_by_key(|problem| problem.kind() != ProblemKind::Parse);
        let left_out = problems.len().saturating_sub(MAX_PROBLEMS);
        problems.truncate(MAX_PROBLEMS);
        let kind = problems.first().map_or(ProblemKind::Parse, Problem::kind);
        Self::of_problems(kind, problems.into(), left_out)
    }

    /// Makes an error of one value that could not be read.
    #[must_use]
    #[cold]
    pub fn parse(
        place: Place,
        path: impl Into<Cow<'static, str>>,
        code: impl Into<Cow<'static, str>>,
        message: impl Into<Cow<'static, str>>,
    ) -> Self {
        Problem::parse(place, path, code, message).into()
    }

    /// Makes an error of two: everything that is wrong with the request together.
    ///
    /// When one of them is not about reading the request, it wins, the first before the second.
    #[must_use]
    #[cold]
    pub fn merge(self, other: Self) -> Self {
        match (self.is_binding(), other.is_binding()) {
            (true, true) => {
                let left_out = self.left_out() + other.left_out();
                let mut problems = self.into_problems();
                problems.extend(other.into_problems());
                let mut both = Self::binding(problems);
                both.edit().left_out += left_out;
                both
            }
            (true, false) => other,
            (false, _) => self,
        }
    }

    /// Makes an error of a dependency that is not there.
    #[must_use]
    #[cold]
    pub fn missing_dependency(
        type_name: &'static str,
        key: Option<&'static str>,
        likely_cause: &'static str,
    ) -> Self {
        Self::injection(InjectionFailure::missing(type_name, key, likely_cause))
    }

    /// Makes an error of a dependency whose factory failed.
    ///
    /// An error that carries a decision about the answer (kind [`ErrorKind::Refused`] or one that the request itself
    /// caused) stays what it is; anything else becomes kind [`ErrorKind::Injection`], `500`.
    #[must_use]
    #[cold]
    pub fn from_factory(self, type_name: &'static str, key: Option<&'static str>) -> Self {
        match (self.kind(), &self.inner.source) {
            (ErrorKind::App, Some(source)) if self.status() == StatusCode::INTERNAL_SERVER_ERROR => {
                let mut error = Self::injection(InjectionFailure::caused(type_name, key, Arc::clone(source)));
                error.edit().passes = self.inner.passes;
                error
            }
            _ => self,
        }
    }

    fn injection(failure: InjectionFailure) -> Self {
        let mut error = Self::of(
            ErrorKind::Injection,
            StatusCode::INTERNAL_SERVER_ERROR,
            Cow::Borrowed("internal server error"),
            Cow::Borrowed(""),
        );
        error.edit().source = Some(Arc::new(failure));
        error
    }

    /// Makes an error of an answer that says no more than its status, as hosts give them: kind and text follow from it.
    ///
    /// 404 is [`ErrorKind::NotFound`], 405 [`ErrorKind::MethodNotAllowed`], 408 and 504 [`ErrorKind::Timeout`], 413,
    /// 414 and 431 [`ErrorKind::TooLarge`], 415 [`ErrorKind::UnsupportedMediaType`], 500 and whatever is no error status
    /// [`ErrorKind::App`]; others are [`ErrorKind::Refused`]. A 503 is no timeout: most of them say that the server is
    /// too busy to begin.
    #[must_use]
    #[cold]
    pub fn from_status(status: StatusCode) -> Self {
        let (kind, public) = match status.as_u16() {
            404 => return Self::not_found(),
            405 => (ErrorKind::MethodNotAllowed, "method not allowed"),
            408 | 504 => (ErrorKind::Timeout, "the request took too long"),
            413 => (ErrorKind::TooLarge, "the body is too large"),
            414 => (ErrorKind::TooLarge, "the URI is too long"),
            415 => (ErrorKind::UnsupportedMediaType, "the content type cannot be read"),
            431 => (ErrorKind::TooLarge, "the header fields are too large"),
            ..400 | 500 => (ErrorKind::App, "internal server error"),
            _ => {
                let phrase = status.canonical_reason().unwrap_or("the request is refused");
                return Self::new(status, phrase.to_ascii_lowercase());
            }
        };
        Self::of(kind, status, Cow::Borrowed(public), Cow::Borrowed("")).with_status(status)
    }

    /// Makes an error of a path that leads nowhere: `404`.
    #[must_use]
    #[cold]
    pub fn not_found() -> Self {
        Self::of(ErrorKind::NotFound, StatusCode::NOT_FOUND, Cow::Borrowed("not found"), Cow::Borrowed(""))
    }

    /// Makes an error of a method that the path does not have: `405` with `Allow`.
    #[must_use]
    #[cold]
    pub fn method_not_allowed(allow: HeaderValue) -> Self {
        Self::of(
            ErrorKind::MethodNotAllowed,
            StatusCode::METHOD_NOT_ALLOWED,
            Cow::Borrowed("method not allowed"),
            Cow::Borrowed(""),
        )
        .with_header(header::ALLOW, allow)
    }

    /// Makes an error of something larger than its limit: `413`. `text` says what and how much, for the client.
    #[must_use]
    #[cold]
    pub fn too_large(text: impl Into<Cow<'static, str>>) -> Self {
        Self::of(ErrorKind::TooLarge, StatusCode::PAYLOAD_TOO_LARGE, text.into(), Cow::Borrowed(""))
    }

    /// Makes an error of a content type or coding that cannot be read: `415`. `text` says what can, for the client.
    #[must_use]
    #[cold]
    pub fn unsupported_media_type(text: impl Into<Cow<'static, str>>) -> Self {
        Self::of(
            ErrorKind::UnsupportedMediaType,
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            text.into(),
            Cow::Borrowed(""),
        )
    }

    /// Makes an error of a request that took too long: `503` unless told otherwise.
    #[must_use]
    #[cold]
    pub fn timeout() -> Self {
        Self::of(
            ErrorKind::Timeout,
            StatusCode::SERVICE_UNAVAILABLE,
            Cow::Borrowed("the request took too long"),
            Cow::Borrowed(""),
        )
    }

    /// Makes an error of an answer that could not be serialised: `500`.
    #[must_use]
    #[cold]
    pub fn serialize(source: impl Into<BoxError>) -> Self {
        let mut error = Self::app(source);
        error.edit().kind = ErrorKind::Serialize;
        error
    }

    /// Makes an error of a panic's payload: `500`; the message goes to the log only.
    #[must_use]
    #[cold]
    #[expect(clippy::needless_pass_by_value, reason = "this is what catch_unwind hands over")]
    pub fn panic(payload: Box<dyn Any + Send>) -> Self {
        let text = if let Some(text) = payload.downcast_ref::<&'static str>() {
            Cow::Borrowed(*text)
        } else if let Some(text) = payload.downcast_ref::<String>() {
            Cow::Owned(text.clone())
        } else {
            Cow::Borrowed("a value that is no text")
        };
        Self::of(
            ErrorKind::Panic,
            StatusCode::INTERNAL_SERVER_ERROR,
            Cow::Borrowed("internal server error"),
            Cow::Owned(format!("panicked: {text}")),
        )
    }

    /// Takes the problems out; a copy, where another error shares them.
    fn into_problems(self) -> Vec<Problem> {
        Arc::unwrap_or_clone(self.inner).problems.into_vec()
    }

    fn of_problems(first: ProblemKind, problems: Few<Problem>, left_out: usize) -> Self {
        let (kind, public) = match first {
            ProblemKind::Parse => (ErrorKind::Parse, "the request cannot be read"),
            ProblemKind::Rule => (ErrorKind::Validation, "the request breaks a rule"),
        };
        Self::made(Inner {
            problems,
            left_out,
            ..Self::inner(kind, StatusCode::BAD_REQUEST, Cow::Borrowed(public), Cow::Borrowed(""))
        })
    }

    fn of(kind: ErrorKind, status: StatusCode, public: Cow<'static, str>, detail: Cow<'static, str>) -> Self {
        Self::made(Self::inner(kind, status, public, detail))
    }

    fn made(inner: Inner) -> Self {
        Self { inner: Arc::new(inner) }
    }

    const fn inner(
        kind: ErrorKind,
        status: StatusCode,
        public: Cow<'static, str>,
        detail: Cow<'static, str>,
    ) -> Inner {
        Inner {
            kind,
            status,
            public,
            detail,
            problems: Few::new(),
            left_out: 0,
            headers: None,
            body: None,
            passes: false,
            source: None,
        }
    }
}

/// Makes the error of the one thing that is wrong with a request, as [`Error::binding`] does of several.
impl From<Problem> for Error {
    #[cold]
    fn from(problem: Problem) -> Self {
        Self::of_problems(problem.kind(), Few::One(problem), 0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_of_one_problem_is_the_same_by_itself_and_in_a_list() {
        for problem in
            [Problem::parse(Place::Body, "a", "type", "no"), Problem::rule(Place::Query, "b", "range", "no")]
        {
            let (alone, listed) = (Error::from(problem.clone()), Error::binding(vec![problem]));
            assert_eq!((alone.kind(), alone.status()), (listed.kind(), listed.status()));
            assert_eq!((alone.public(), alone.left_out()), (listed.public(), 0));
            assert_eq!(alone.problems(), listed.problems());
            assert_eq!(alone.to_string(), listed.to_string());
        }
    }

    #[test]
    fn merged_errors_have_the_problems_of_both_though_one_is_kept_elsewhere() {
        let path = Error::from(Problem::rule(Place::Path, "id", "range", "no"));
        let query = Error::parse(Place::Query, "page", "type", "no");
        let kept = path.clone();
        let both = path.merge(query);
        let paths: Vec<_> = both.problems().iter().map(Problem::path).collect();
        assert_eq!((both.kind(), paths), (ErrorKind::Parse, vec!["page", "id"]));
        assert_eq!(kept.problems().len(), 1);
    }
}
