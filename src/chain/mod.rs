//! Handlers one after the other, sharing one answer.
//!
//! A route takes one handler, a tuple of them, or a [`Chain`], which can also hold tower layers. They run in order; each may
//! read the request, body included, and write into the one answer of the chain. The chain ends with its last handler, with
//! one that stops it ([`Stop`](crate::Stop), [`Context::stop_chain`](crate::Context::stop_chain)), or with an error.

#[cfg(feature = "mvc")]
mod choice;
mod flight;
#[cfg(feature = "mvc")]
mod http_errors;
mod landed;
mod layer;
#[cfg(feature = "mvc")]
mod level;
mod only;
#[cfg(feature = "mvc")]
mod owner;
mod run;
mod step;

use std::fmt;
use std::sync::Arc;

use bytes::Bytes;
use gongular_core::{BoxError, Handler};
use http::{Request, Response};
use http_body::Body;
use tower_layer::Layer;
use tower_service::Service;

#[cfg(feature = "mvc")]
pub(crate) use self::choice::Choice;
#[cfg(feature = "mvc")]
pub(crate) use self::flight::Caught;
pub(crate) use self::flight::{Arrival, Door, Ended, Flight, StepFuture};
#[cfg(feature = "mvc")]
pub(crate) use self::http_errors::HttpErrors;
pub(crate) use self::landed::Landed;
pub(crate) use self::layer::{MakeStep, TowerLayer};
pub use self::layer::{Rest, RestFuture};
#[cfg(feature = "mvc")]
pub(crate) use self::level::Level;
pub(crate) use self::only::OnlyFuture;
#[cfg(feature = "mvc")]
pub(crate) use self::owner::{About, Action, Owner};
pub(crate) use self::run::{Run, Steps};
pub(crate) use self::step::{Registered, Step};
use crate::AnyBody;

/// Handlers and tower layers, in the order in which a request meets them.
///
/// # Example
///
/// ```
/// use gongular::Chain;
///
/// async fn check() {}
/// async fn answer() -> &'static str {
///     "done"
/// }
///
/// let chain = Chain::new().then(check).then(answer).named("answer");
/// # let _ = chain;
/// ```
#[derive(Clone, Default)]
#[must_use = "a chain does nothing until it stands in a route"]
pub struct Chain {
    pub(crate) links: Vec<Link>,
    pub(crate) name: Option<&'static str>,
    /// Who answers errors before the error handler of the route does.
    #[cfg(feature = "mvc")]
    pub(crate) errors: Option<gongular_layers::error::Handle>,
}

/// One link of a chain that has not been built.
#[derive(Clone)]
pub(crate) enum Link {
    /// Chains for the same requests, asked in order.
    #[cfg(feature = "mvc")]
    Choice(Vec<Chain>),
    Handler(Registered),
    Layer(Arc<dyn MakeStep>),
    /// From here on, more is provided.
    #[cfg(feature = "mvc")]
    Providers(Arc<crate::router::Providers>),
}

impl Chain {
    /// Makes an empty chain, which answers 200 without a body.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a handler.
    pub fn then<H, Args>(mut self, handler: H) -> Self
    where
        H: Handler<AnyBody, Args>,
        Args: 'static,
    {
        self.links.push(Link::Handler(Registered::new(handler)));
        self
    }

    /// Adds a tower layer around everything that is added after it.
    ///
    /// Its service is made once for each route. What it answers by itself becomes the answer, and its error takes the road
    /// of all errors.
    ///
    /// What stands inside is always ready. Layers that look at the readiness of another one, such as tower's `LoadShed` around
    /// a `ConcurrencyLimit`, are put together with a `ServiceBuilder` and added as one.
    pub fn layer<L, R>(mut self, layer: L) -> Self
    where
        L: Layer<Rest> + Send + Sync + 'static,
        L::Service: Service<Request<AnyBody>, Response = Response<R>, Future: Send + 'static, Error: Into<BoxError>>
            + Clone
            + Send
            + Sync
            + 'static,
        R: Body<Data = Bytes, Error: Into<BoxError>> + Send + 'static,
    {
        self.links.push(Link::Layer(Arc::new(TowerLayer(layer))));
        self
    }

    /// Lets another chain answer what this one lets pass.
    #[cfg(feature = "mvc")]
    pub(crate) fn or(&mut self, other: Self) {
        match self.links.as_mut_slice() {
            [Link::Choice(chains)] => chains.push(other),
            _ => {
                let name = self.name;
                let first = std::mem::take(self);
                *self = Self { links: vec![Link::Choice(vec![first, other])], name, errors: None };
            }
        }
    }

    /// Names the route, for reverse URLs: see [`EngineService::url`](crate::engine::EngineService::url).
    pub const fn named(mut self, name: &'static str) -> Self {
        self.name = Some(name);
        self
    }
}

impl fmt::Debug for Chain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names = self.links.iter().map(|link| match link {
            #[cfg(feature = "mvc")]
            Link::Choice(_) => "choice",
            Link::Handler(handler) => handler.name,
            Link::Layer(_) => "layer",
            #[cfg(feature = "mvc")]
            Link::Providers(_) => "providers",
        });
        f.debug_list().entries(names).finish()
    }
}

/// What a route takes: a handler, a tuple of up to eight, or a [`Chain`].
///
/// `Kind` only tells the shapes apart.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no chain of handlers",
    label = "not a handler",
    note = "the struct of `handle::<TheStruct>()` or `websocket::<TheStruct>()` needs `#[derive(FromRequest)]`: is it missing?",
    note = "pass an `async fn` whose arguments are extractors, `handle::<TheStruct>()`, a tuple of these, or a `Chain`",
    note = "a handler's arguments must read from a request and its result must be an answer: check them with `service(handler)`"
)]
pub trait IntoChain<Kind> {
    /// Makes the chain.
    fn into_chain(self) -> Chain;
}

impl IntoChain<Self> for Chain {
    fn into_chain(self) -> Chain {
        self
    }
}

impl IntoChain<()> for () {
    fn into_chain(self) -> Chain {
        Chain::new()
    }
}

/// Tells a single handler from a tuple.
#[derive(Debug)]
pub struct One<Args>(std::marker::PhantomData<fn() -> Args>);

impl<H, Args> IntoChain<One<Args>> for H
where
    H: Handler<AnyBody, Args>,
    Args: 'static,
{
    fn into_chain(self) -> Chain {
        Chain::new().then(self)
    }
}

macro_rules! tuple {
    ($($handler:ident $args:ident),+) => {
        impl<$($handler, $args),+> IntoChain<($($args,)+)> for ($($handler,)+)
        where
            $($handler: Handler<AnyBody, $args>, $args: 'static,)+
        {
            #[allow(non_snake_case, reason = "one name serves the type and its value")]
            fn into_chain(self) -> Chain {
                let ($($handler,)+) = self;
                Chain::new()$(.then($handler))+
            }
        }
    };
}

tuple!(H1 A1);
tuple!(H1 A1, H2 A2);
tuple!(H1 A1, H2 A2, H3 A3);
tuple!(H1 A1, H2 A2, H3 A3, H4 A4);
tuple!(H1 A1, H2 A2, H3 A3, H4 A4, H5 A5);
tuple!(H1 A1, H2 A2, H3 A3, H4 A4, H5 A5, H6 A6);
tuple!(H1 A1, H2 A2, H3 A3, H4 A4, H5 A5, H6 A6, H7 A7);
tuple!(H1 A1, H2 A2, H3 A3, H4 A4, H5 A5, H6 A6, H7 A7, H8 A8);
