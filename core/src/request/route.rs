//! The route that matched a request, as far as a router knows it beforehand.

use std::fmt;
use std::sync::Arc;

use http::Extensions;

use super::RequestState;

/// What a router knows of a route beforehand: its pattern, and the names of its parameters.
///
/// A router makes it once, when the route is registered. Clones share it, so that a request of the route costs no allocation
/// for either.
///
/// # Example
///
/// ```
/// use gongular_core::{MatchedPath, PathParams, RequestState, RoutePattern};
///
/// let pattern = RoutePattern::new(MatchedPath::from_static("/users/{id}"), ["id"]);
///
/// // For each request that it matches:
/// let (mut parts, ()) = http::Request::get("/users/7").body(()).unwrap().into_parts();
/// let params = PathParams::new(pattern.clone(), ["7"].into_iter());
/// RequestState::entry(&mut parts.extensions).set_params(params);
///
/// assert_eq!(MatchedPath::of(&parts.extensions).unwrap().as_str(), "/users/{id}");
/// ```
#[derive(Clone)]
pub struct RoutePattern {
    inner: Arc<Inner>,
}

#[derive(Clone)]
struct Inner {
    /// None for a path that no route has.
    path: Option<MatchedPath>,
    names: Box<[Box<str>]>,
}

impl RoutePattern {
    /// Makes what is known of a route.
    #[must_use]
    pub fn new<N: Into<Box<str>>>(path: MatchedPath, names: impl IntoIterator<Item = N>) -> Self {
        let names = names.into_iter().map(Into::into).collect();
        Self { inner: Arc::new(Inner { path: Some(path), names }) }
    }

    /// Makes the names of the parameters of a path that no route has.
    #[must_use]
    pub fn of_names<N: Into<Box<str>>>(names: impl IntoIterator<Item = N>) -> Self {
        let names = names.into_iter().map(Into::into).collect();
        Self { inner: Arc::new(Inner { path: None, names }) }
    }

    pub(super) fn with_path(mut self, path: MatchedPath) -> Self {
        Arc::make_mut(&mut self.inner).path = Some(path);
        self
    }

    /// Returns the pattern itself.
    #[must_use]
    pub fn path(&self) -> Option<&MatchedPath> {
        self.inner.path.as_ref()
    }

    /// Returns the names of the parameters, in the order of the pattern.
    #[must_use]
    pub fn names(&self) -> &[Box<str>] {
        &self.inner.names
    }
}

impl fmt::Debug for RoutePattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("RoutePattern").field(&self.inner.path).field(&self.inner.names).finish()
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
