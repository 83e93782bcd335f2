//! What an answer may look at.

use std::fmt;

use http::request::Parts;

use crate::inject::{NoKey, Scope, Value};
use crate::stats::Logger;
use crate::{RequestContext, RequestState};

/// What an answer may look at: the head of the request that it answers, and the dependencies at hand.
///
/// See [`IntoResponse::respond_to`](super::IntoResponse::respond_to).
#[derive(Clone, Copy)]
pub struct ResponseContext<'r> {
    parts: &'r Parts,
    /// What an engine holds for the request itself; without one, it stands in the extensions.
    state: Option<&'r RequestState>,
}

impl<'r> ResponseContext<'r> {
    /// Makes the view of a request by its head.
    #[must_use]
    pub const fn new(parts: &'r Parts) -> Self {
        Self { parts, state: None }
    }

    pub(crate) const fn with_state(parts: &'r Parts, state: Option<&'r RequestState>) -> Self {
        Self { parts, state }
    }

    /// Makes the view of a request that has been read.
    #[must_use]
    #[inline]
    pub const fn of<B>(cx: &'r mut RequestContext<'_, B>) -> Self {
        let (parts, state) = cx.parts_and_state();
        Self { parts, state }
    }

    /// Returns the head of the request.
    #[must_use]
    pub const fn request(&self) -> &'r Parts {
        self.parts
    }

    /// Returns what gongular's layers left with the request, if there is one outside.
    #[must_use]
    pub fn state(&self) -> Option<&'r RequestState> {
        self.state.or_else(|| RequestState::of(&self.parts.extensions))
    }

    /// Returns the request's own logger, whose lines stand in its statistics.
    #[must_use]
    pub fn logger(&self) -> Logger {
        Logger::of_state(self.state())
    }

    /// Returns a dependency that is a value or a singleton; `None` for any other, and where nobody provides it.
    ///
    /// An answer that needs one says so in [`IntoResponse::describe`](super::IntoResponse::describe), so that its absence is
    /// found at start-up.
    #[must_use]
    pub fn singleton<T: ?Sized + Send + Sync + 'static>(&self) -> Option<&'r Value<T>> {
        self.state().and_then(RequestState::scope).and_then(Scope::singleton::<T, NoKey>)
    }
}

impl fmt::Debug for ResponseContext<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ResponseContext").field("parts", &self.parts).finish_non_exhaustive()
    }
}
