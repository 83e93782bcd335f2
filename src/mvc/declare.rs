//! What the methods of a controller declare.

use std::marker::PhantomData;
use std::sync::Arc;

use http::Method as HttpMethod;

use super::action::ActionHandler;
use super::instance::Instance;
use super::path::ActionPath;
use super::{ControllerMethods, Method, Source};
use crate::chain::{Action, Link, Registered};
use crate::router::MethodFilter;
use crate::{AnyBody, Contract, FromRequest};

/// The methods of a controller, as they are declared one after the other.
pub struct Actions<'a, C, S> {
    pub(super) instance: &'a Arc<Instance<C, S>>,
    pub(super) drafts: &'a mut Vec<Draft>,
    pub(super) http_errors: &'a mut Option<Registered>,
}

/// One route that a method declares.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct ActionRoute {
    method: Option<&'static str>,
    path: ActionPath,
    name: Option<&'static str>,
}

impl ActionRoute {
    /// Makes a route of a method of HTTP, `None` for all that no other route of the path answers, and a path.
    #[must_use]
    pub const fn new(method: Option<&'static str>, path: ActionPath) -> Self {
        Self { method, path, name: None }
    }

    /// Names the route, for URLs that are made of it.
    #[must_use]
    pub const fn named(mut self, name: &'static str) -> Self {
        self.name = Some(name);
        self
    }
}

/// A method before it becomes routes.
pub(super) struct Draft {
    pub(super) method: &'static str,
    pub(super) handler: Registered,
    pub(super) routes: Vec<DraftRoute>,
    /// Whether somebody wants it to answer nothing.
    pub(super) may_lack_routes: bool,
    /// What stands in front of the method alone.
    pub(super) links: Vec<Link>,
}

pub(super) struct DraftRoute {
    pub(super) filter: MethodFilter,
    pub(super) path: DraftPath,
    pub(super) name: Option<&'static str>,
    /// What stands in front of the method on this route alone.
    pub(super) links: Vec<Link>,
}

pub(super) enum DraftPath {
    Declared(ActionPath),
    Written(String),
}

impl<C, S> Actions<'_, C, S>
where
    C: ControllerMethods,
    S: Source<C>,
{
    /// Declares a method: its name, its name with its path for reports, and its routes.
    pub fn method<M: Method<C>>(
        &mut self,
        method: &'static str,
        full_name: &'static str,
        routes: &[ActionRoute],
    ) {
        let handler = self.handler::<M>(method, full_name, C::HAS_HOOKS);
        let routes = routes.iter().map(DraftRoute::declared).collect();
        self.drafts.push(Draft { method, handler, routes, may_lack_routes: false, links: Vec::new() });
    }

    /// Declares the method that is asked about answers with an error status.
    pub fn http_errors<M: Method<C>>(&mut self, method: &'static str, full_name: &'static str) {
        *self.http_errors = Some(self.handler::<M>(method, full_name, false));
    }

    fn handler<M: Method<C>>(
        &self,
        method: &'static str,
        full_name: &'static str,
        has_hooks: bool,
    ) -> Registered {
        const {
            assert!(
                !(<S::Fields as FromRequest<AnyBody>>::CONSUMES_BODY
                    && <M::Arguments as FromRequest<AnyBody>>::CONSUMES_BODY),
                "the body is read twice, by a field of a controller and by an argument of its method: keep one of them"
            );
        }
        let handler = ActionHandler::<C, S, M> {
            instance: Arc::clone(self.instance),
            name: full_name,
            has_hooks,
            method: PhantomData,
        };
        let mut answer = Contract::default();
        M::describe_answer(&mut answer);
        let mut handler = Registered::new(handler);
        handler.action = Some(Arc::new(Action {
            owner: Arc::clone(self.instance) as _,
            method,
            arguments: Contract::of::<M::Arguments, AnyBody>(),
            answer,
            about: Arc::default(),
        }));
        handler
    }
}

impl DraftRoute {
    fn declared(route: &ActionRoute) -> Self {
        Self {
            filter: route.method.map_or(MethodFilter::Any, filter),
            path: DraftPath::Declared(route.path),
            name: route.name,
            links: Vec::new(),
        }
    }
}

/// Reads the name of a method that the compiler has seen.
fn filter(method: &str) -> MethodFilter {
    HttpMethod::from_bytes(method.as_bytes()).map_or(MethodFilter::Any, MethodFilter::One)
}

impl<C, S> std::fmt::Debug for Actions<'_, C, S> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(self.drafts.iter().map(|draft| draft.method)).finish()
    }
}
