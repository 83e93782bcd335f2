//! A request's head, with what was left with it.

use http::Extensions;
use http::request::Parts;

use super::{BodySlot, RequestContext, RequestState};

/// A request's head as factories see it: lent out, with the state that somebody holds outside of the extensions.
#[derive(Debug)]
#[expect(unnameable_types, reason = "it is not exported")]
pub struct Head<'p> {
    parts: &'p mut Parts,
    state: Option<&'p RequestState>,
}

impl<'p> Head<'p> {
    /// Lends a head whose state, if there is one, stands in its extensions.
    pub(crate) const fn new(parts: &'p mut Parts) -> Self {
        Self { parts, state: None }
    }

    /// Lends a head together with its state.
    pub(crate) const fn with_state(parts: &'p mut Parts, state: Option<&'p RequestState>) -> Self {
        Self { parts, state }
    }

    /// Returns the state of the request.
    #[inline]
    pub(crate) fn state(&self) -> Option<&RequestState> {
        self.state.or_else(|| RequestState::of(self.extensions()))
    }

    /// Returns the view that extractors get.
    pub(crate) const fn context<'s, B>(&'s mut self, body: &'s mut BodySlot<B>) -> RequestContext<'s, B> {
        RequestContext::lent(self.parts, body, self.state)
    }

    fn extensions(&self) -> &Extensions {
        &self.parts.extensions
    }
}
