//! What gongular's layers leave with a request: one extension for all of them.

use std::sync::Arc;

use http::Extensions;

use super::{ClientAddr, MatchedPath, PathParams, RoutePattern};
use crate::Limits;
use crate::inject::Scope;
use crate::stats::Recorder;

/// What gongular's layers and routers leave with a request for those inside: a single extension.
#[derive(Clone, Debug, Default)]
pub struct RequestState {
    recorder: Option<Recorder>,
    scope: Option<Scope>,
    /// With the route that they are of.
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

    /// Returns the pattern of the route that matched.
    #[must_use]
    pub fn route(&self) -> Option<&MatchedPath> {
        self.params.as_ref()?.route()?.path()
    }

    /// Returns the parameters of the matched path.
    #[must_use]
    pub const fn params(&self) -> Option<&PathParams> {
        self.params.as_ref()
    }

    /// Sets the parameters of the matched path; the statistics layer outside learns of the route that they are of.
    ///
    /// Those of no route leave the one that is there, which a router outside has found.
    #[inline]
    pub fn set_params(&mut self, params: PathParams) {
        match params.route().and_then(RoutePattern::path) {
            Some(path) => {
                if let Some(recorder) = &self.recorder {
                    recorder.set_matched_path(path.clone());
                }
                self.params = Some(params);
            }
            None => self.set_params_of_no_route(params),
        }
    }

    #[cold]
    fn set_params_of_no_route(&mut self, params: PathParams) {
        self.params = Some(match self.route().cloned() {
            Some(outside) => params.of_path(outside),
            None => params,
        });
    }

    /// Says which route matched, with its parameters; the statistics layer outside learns of it.
    ///
    /// A router that has made a [`RoutePattern`] beforehand makes its parameters of that and [sets](Self::set_params)
    /// them, which needs no allocation for each request.
    pub fn set_route(&mut self, route: MatchedPath, params: PathParams) {
        self.set_params(params.of_path(route));
    }
}
