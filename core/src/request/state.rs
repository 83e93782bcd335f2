//! What gongular's layers leave with a request: one extension for all of them.

use std::fmt;
use std::sync::Arc;

use http::Extensions;

use super::{ClientAddr, PathParams};
use crate::Limits;
use crate::inject::Scope;
use crate::stats::Recorder;

/// What gongular's layers and routers leave with a request for those inside: a single extension.
#[derive(Clone, Debug, Default)]
pub struct RequestState {
    recorder: Option<Recorder>,
    scope: Option<Scope>,
    route: Option<MatchedPath>,
    params: Option<PathParams>,
    limits: Option<Arc<Limits>>,
    client: Option<ClientAddr>,
}

impl RequestState {
    /// Returns the state of a request, if a layer left one.
    #[must_use]
    pub fn of(extensions: &Extensions) -> Option<&Self> {
        extensions.get()
    }

    /// Returns the state of a request, and leaves an empty one if there is none.
    pub fn entry(extensions: &mut Extensions) -> &mut Self {
        extensions.get_or_insert_default()
    }

    /// Returns the recorder of the statistics layer outside.
    #[must_use]
    pub const fn recorder(&self) -> Option<&Recorder> {
        self.recorder.as_ref()
    }

    /// Sets the recorder for everything inside. Returns the one that was there.
    pub fn set_recorder(&mut self, recorder: Recorder) -> Option<Recorder> {
        self.recorder.replace(recorder)
    }

    /// Returns the dependencies at hand.
    #[must_use]
    pub const fn scope(&self) -> Option<&Scope> {
        self.scope.as_ref()
    }

    /// Sets the dependencies for everything inside.
    ///
    /// For layers: the extractors of one handler look them up once, so what is set after the first of them asked for a
    /// dependency is not seen by the others.
    pub fn set_scope(&mut self, scope: Scope) {
        self.scope = Some(scope);
    }

    /// Lets go of the scope, so that it can be used again.
    #[doc(hidden)]
    pub fn clear_scope(&mut self) {
        self.scope = None;
    }

    /// Returns the limits in force, if a layer set any.
    #[must_use]
    pub fn limits(&self) -> Option<&Limits> {
        self.limits.as_deref()
    }

    /// Sets the limits for everything inside.
    pub fn set_limits(&mut self, limits: Arc<Limits>) {
        self.limits = Some(limits);
    }

    /// Returns the address of the client, if an engine left it here.
    #[must_use]
    pub const fn client_addr(&self) -> Option<ClientAddr> {
        self.client
    }

    /// Sets the address of the client.
    pub const fn set_client_addr(&mut self, client: ClientAddr) {
        self.client = Some(client);
    }

    /// Returns the route that matched.
    #[must_use]
    pub const fn route(&self) -> Option<&MatchedPath> {
        self.route.as_ref()
    }

    /// Returns the parameters of the matched path.
    #[must_use]
    pub const fn params(&self) -> Option<&PathParams> {
        self.params.as_ref()
    }

    /// Sets the parameters of a path that no route has.
    pub fn set_params(&mut self, params: PathParams) {
        self.params = Some(params);
    }

    /// Says which route matched, with its parameters; the statistics layer outside learns of it.
    pub fn set_route(&mut self, route: MatchedPath, params: PathParams) {
        if let Some(recorder) = &self.recorder {
            recorder.set_matched_path(route.clone());
        }
        self.route = Some(route);
        self.params = Some(params);
    }
}

/// The pattern of the route that matched, such as `/todos/{id}`.
#[derive(Clone)]
pub struct MatchedPath(Pattern);

#[derive(Clone)]
enum Pattern {
    Static(&'static str),
    Shared(Arc<str>),
    #[cfg(feature = "axum")]
    Axum(axum::extract::MatchedPath),
}

impl MatchedPath {
    /// Makes a pattern of a static text.
    #[must_use]
    pub const fn from_static(pattern: &'static str) -> Self {
        Self(Pattern::Static(pattern))
    }

    /// Returns the pattern that matched a request, from our own state or from axum's.
    #[must_use]
    pub fn of(extensions: &Extensions) -> Option<Self> {
        if let Some(route) = RequestState::of(extensions).and_then(RequestState::route) {
            return Some(route.clone());
        }
        Self::of_framework(extensions)
    }

    /// Returns the pattern that a framework's router left with a request.
    pub(crate) fn of_framework(extensions: &Extensions) -> Option<Self> {
        #[cfg(feature = "axum")]
        if let Some(matched) = extensions.get::<axum::extract::MatchedPath>() {
            return Some(Self(Pattern::Axum(matched.clone())));
        }
        let _ = extensions;
        None
    }

    /// Returns where the text of a framework's pattern stands in memory.
    #[inline]
    pub(crate) fn address_in_framework(extensions: &Extensions) -> Option<usize> {
        #[cfg(feature = "axum")]
        if let Some(matched) = extensions.get::<axum::extract::MatchedPath>() {
            return Some(matched.as_str().as_ptr().addr());
        }
        let _ = extensions;
        None
    }

    /// Returns the pattern as a text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match &self.0 {
            Pattern::Static(pattern) => pattern,
            Pattern::Shared(pattern) => pattern,
            #[cfg(feature = "axum")]
            Pattern::Axum(matched) => matched.as_str(),
        }
    }
}

impl From<Arc<str>> for MatchedPath {
    fn from(pattern: Arc<str>) -> Self {
        Self(Pattern::Shared(pattern))
    }
}

impl fmt::Debug for MatchedPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("MatchedPath").field(&self.as_str()).finish()
    }
}

impl fmt::Display for MatchedPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
