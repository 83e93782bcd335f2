//! The one trait of everything that is read from a request.

use std::future::Future;
use std::task::Context;

use super::RequestContext;
use crate::{Contract, Error};

/// A type that says what it reads of a request, and reads it.
///
/// One trait serves head and body alike: arguments stand in any order, and two that both read the body do not compile.
/// It is generic over the body type `B`, so that no body has to be boxed; an extractor that leaves the body alone is
/// implemented for every `B`.
///
/// # Example
///
/// An extractor of one's own, which refuses with `401`:
///
/// ```
/// use gongular_core::{Contract, Error, FromRequest, RequestContext};
/// use http::StatusCode;
///
/// struct ApiKey(String);
///
/// impl<B: Send> FromRequest<B> for ApiKey {
///     fn describe(contract: &mut Contract) {
///         contract.refuses(StatusCode::UNAUTHORIZED, "no X-Api-Key");
///     }
///
///     async fn from_request(cx: &mut RequestContext<'_, B>) -> Result<Self, Error> {
///         let value = cx.parts.headers.get("x-api-key").and_then(|value| value.to_str().ok());
///         let refuse = || Error::new(StatusCode::UNAUTHORIZED, "send X-Api-Key");
///         value.map(|key| Self(key.to_owned())).ok_or_else(refuse)
///     }
/// }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be read from a request",
    label = "not an extractor",
    note = "wrap a plain value in the place it comes from: `Param<T>`, `Query<T>`, `Header<T>`, `Cookie<T>`, `Body<T>`, `Form<T>`; `Json` is an answer, `Body` reads it",
    note = "wrap a dependency in `Inject<T>`; a struct of extractors takes `#[derive(FromRequest)]`, and with `impl Handle` it is a handler that gets `&mut Context`",
    note = "the value inside needs `#[derive(Deserialize)]`, and either `#[derive(Validate)]` or `impl Rules for T {{}}`"
)]
pub trait FromRequest<B>: Sized {
    /// Whether this type reads the body. Two of them in one handler do not compile.
    const CONSUMES_BODY: bool = false;

    /// When this type is read: values of the request first, dependencies when all of those could be read.
    const STAGE: Stage = Stage::Bind;

    /// Adds what this type reads, needs and may answer to the handler's contract.
    fn describe(contract: &mut Contract) {
        let _ = contract;
    }

    /// Returns whether the request has anything of this type; `Option<Self>` is `None` when it does not.
    ///
    /// What is there but cannot be read is an error for `Option<Self>` too. By default it counts as there. A tuple or a
    /// derived struct is there when any of its values is; one of dependencies alone, when all of them are.
    #[must_use]
    fn is_present(cx: &mut RequestContext<'_, B>) -> bool {
        let _ = cx;
        true
    }

    /// Reads the value.
    ///
    /// A dependency's factory may take only extractors that need no body. Their first poll may be dropped and the
    /// reading begun again, so they must not take anything away from the request.
    ///
    /// # Errors
    ///
    /// Whatever keeps the value from being read, with everything that is wrong with it at once.
    fn from_request(cx: &mut RequestContext<'_, B>) -> impl Future<Output = Result<Self, Error>> + Send;

    /// Reads the value at once, as [`from_request`](Self::from_request) would; `None` when it has to wait.
    ///
    /// It only saves time: a future whose every state has to be kept costs more than most values do. Whoever implements it
    /// takes nothing away from the request when the answer is `None`, and may be asked whether it is present once more; whoever
    /// gets `None` calls `from_request` next, in the same poll.
    #[doc(hidden)]
    #[inline]
    fn read_now(cx: &mut RequestContext<'_, B>, task: &mut Context<'_>) -> Option<Result<Self, Error>> {
        let _ = (cx, task);
        None
    }

    /// Finds what is wrong with the values of the request that this type reads, without building a dependency.
    ///
    /// It is asked when another extractor has refused the request already, so that the client learns of everything at
    /// once. By default a type that only reads the request is read for its problems, and any other has none to tell;
    /// tuples and derived structs ask all of their members.
    ///
    /// # Errors
    ///
    /// As [`from_request`](Self::from_request), as far as no dependency is needed.
    fn problems(cx: &mut RequestContext<'_, B>) -> impl Future<Output = Result<(), Error>> + Send {
        let reading = if const { Self::STAGE.is(Stage::Bind) } { Some(Self::from_request(cx)) } else { None };
        async move {
            match reading {
                Some(reading) => reading.await.map(drop),
                None => Ok(()),
            }
        }
    }
}

/// When an extractor runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Stage {
    /// It reads the request.
    Bind,
    /// It reads the request and needs dependencies.
    Both,
    /// It only needs dependencies.
    Build,
}

impl Stage {
    /// Returns the stage of a type that holds two others.
    #[must_use]
    pub const fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::Bind, Self::Bind) => Self::Bind,
            (Self::Build, Self::Build) => Self::Build,
            _ => Self::Both,
        }
    }

    /// Returns whether two stages are the same; `==` in a constant.
    #[must_use]
    pub const fn is(self, other: Self) -> bool {
        self as u8 == other as u8
    }
}
