//! What an extractor may look at.

use std::fmt;

use bytes::Bytes;
use http::Extensions;
use http::request::Parts;

use super::head::Head;
use super::{BodySlot, ClientAddr, MatchedPath, PathParams, RequestBody, RequestState};
use crate::inject::Scope;
use crate::stats::Logger;
use crate::{Error, Limits};

/// What an extractor may look at: the request head, and the body until somebody takes it.
///
/// It borrows both, so that a framework which lends only the head (`B = ()`) is served without a copy.
pub struct RequestContext<'r, B> {
    /// The request head.
    pub parts: &'r mut Parts,
    body: &'r mut BodySlot<B>,
    /// What an engine holds for the request itself; without one, it stands in the extensions.
    state: Option<&'r RequestState>,
    /// The request's scope, once an extractor asked for it: all that follow find it without a lookup.
    scope: Option<Scope>,
}

impl<'r, B> RequestContext<'r, B> {
    /// Makes the view of a request.
    pub const fn new(parts: &'r mut Parts, body: &'r mut BodySlot<B>) -> Self {
        Self::lent(parts, body, None)
    }

    /// Makes the view of a request whose state is held by the caller instead of the request's extensions.
    ///
    /// For routers and engines: leaving a state in the extensions costs three allocations.
    pub const fn with_state(
        parts: &'r mut Parts,
        body: &'r mut BodySlot<B>,
        state: &'r RequestState,
    ) -> Self {
        Self::lent(parts, body, Some(state))
    }

    pub(crate) const fn lent(
        parts: &'r mut Parts,
        body: &'r mut BodySlot<B>,
        state: Option<&'r RequestState>,
    ) -> Self {
        Self { parts, body, state, scope: None }
    }

    /// Returns the same view for a shorter time.
    pub const fn reborrow(&mut self) -> RequestContext<'_, B> {
        RequestContext::lent(self.parts, self.body, self.state)
    }

    /// Returns the body's slot.
    pub const fn body(&mut self) -> &mut BodySlot<B> {
        self.body
    }

    /// Returns what gongular's layers left with the request, if there is one outside.
    #[must_use]
    pub fn state(&self) -> Option<&RequestState> {
        self.state.or_else(|| RequestState::of(&self.parts.extensions))
    }

    /// Returns the request head and the dependencies at hand.
    #[inline]
    pub(crate) fn head_and_scope(&mut self) -> (Head<'_>, Option<&Scope>) {
        self.look_up_scope();
        let scope = self.state.map_or(self.scope.as_ref(), RequestState::scope);
        (Head::with_state(self.parts, self.state), scope)
    }

    /// Returns the dependencies at hand.
    #[inline]
    pub(crate) fn scope(&mut self) -> Option<&Scope> {
        self.look_up_scope();
        self.state.map_or(self.scope.as_ref(), RequestState::scope)
    }

    /// Looks for the scope where no engine holds the state.
    #[inline]
    fn look_up_scope(&mut self) {
        if self.state.is_none() && self.scope.is_none() {
            self.scope = scope_of(&self.parts.extensions);
        }
    }

    pub(crate) const fn parts_and_state(&mut self) -> (&mut Parts, Option<&'r RequestState>) {
        (self.parts, self.state)
    }

    /// Returns the limits in force.
    #[must_use]
    pub fn limits(&self) -> &Limits {
        self.state().and_then(RequestState::limits).unwrap_or(&Limits::DEFAULT)
    }

    /// Returns the route that matched, where the router said so.
    #[must_use]
    pub fn matched_path(&self) -> Option<MatchedPath> {
        let ours = self.state.and_then(RequestState::route).cloned();
        ours.or_else(|| MatchedPath::of(&self.parts.extensions))
    }

    /// Returns the address of the client, where the server left it.
    #[must_use]
    pub fn client_addr(&self) -> Option<ClientAddr> {
        ClientAddr::find(self.state(), &self.parts.extensions)
    }

    /// Returns the request's own logger.
    #[must_use]
    pub fn logger(&self) -> Logger {
        Logger::of_state(self.state())
    }

    /// Returns the path parameters that the router left with the request.
    #[must_use]
    pub fn path_params(&self) -> Option<&PathParams> {
        self.state().and_then(RequestState::params)
    }
}

impl<B: RequestBody> RequestContext<'_, B> {
    /// Reads the whole body into memory under the limit in force, and keeps it for the next who asks.
    ///
    /// # Errors
    ///
    /// As [`BodySlot::bytes`].
    pub async fn bytes(&mut self) -> Result<Bytes, Error> {
        let limit = self.limits().body_bytes();
        self.body.bytes(&self.parts.headers, limit).await
    }
}

impl<B> fmt::Debug for RequestContext<'_, B> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RequestContext").field("parts", &self.parts).field("body", &self.body).finish()
    }
}

#[inline(never)]
fn scope_of(extensions: &Extensions) -> Option<Scope> {
    RequestState::of(extensions).and_then(RequestState::scope).cloned()
}
