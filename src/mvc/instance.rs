//! The instances of one registered controller: one for all, or one for each request.

use std::any::type_name;
use std::future::Future;
use std::marker::PhantomData;
use std::panic::Location;
use std::pin::Pin;
use std::sync::{Arc, OnceLock};

use http::Request;

use super::{Activated, ControllerMethods, Source};
use crate::chain::{Caught, Owner};
use crate::inject::{Container, Lifetime, Lifetimes, Scopes};
use crate::{BodySlot, Contract, Error, FromRequest, RequestContext, RequestState, Stage};

/// A registered controller.
pub(super) struct Instance<C, S> {
    pub(super) source: S,
    /// The instance that all requests share, made when the engine is built.
    shared: OnceLock<C>,
    place: &'static Location<'static>,
    controller: PhantomData<fn() -> C>,
}

impl<C, S> Instance<C, S>
where
    C: ControllerMethods,
    S: Source<C>,
{
    pub(super) fn new(source: S, place: &'static Location<'static>) -> Arc<Self> {
        Arc::new(Self { source, shared: OnceLock::new(), place, controller: PhantomData })
    }

    /// Returns the instance that all requests share, if there is one.
    #[inline]
    pub(super) fn shared(&self) -> Option<&C> {
        self.source.whole().or_else(|| self.shared.get())
    }

    /// Returns what keeps one instance from serving all requests.
    fn bound_to_request(&self, lifetimes: &Lifetimes) -> Option<String> {
        if self.source.whole().is_some() {
            return None;
        }
        if !S::Fields::STAGE.is(Stage::Build) {
            return Some("a field is read from the request".to_owned());
        }
        let fields = self.fields();
        fields.dependencies().iter().find_map(|dependency| {
            let (lifetime, place) = lifetimes.of(dependency)?;
            (lifetime != Lifetime::Singleton)
                .then(|| format!("it needs `{}` ({lifetime}, registered at {place})", dependency.type_name()))
        })
    }

    async fn assemble(&self, container: &Container) -> Result<C, Error> {
        let (mut parts, body) = Request::new(crate::AnyBody::empty()).into_parts();
        let mut state = RequestState::default();
        Scopes::new(container.clone()).enter_bare(&mut state);
        let mut body = BodySlot::new(body);
        let mut cx = RequestContext::with_state(&mut parts, &mut body, &state);
        Ok(self.source.assemble(S::Fields::from_request(&mut cx).await?))
    }
}

impl<C, S> Owner for Instance<C, S>
where
    C: ControllerMethods,
    S: Source<C>,
{
    fn name(&self) -> &'static str {
        type_name::<C>()
    }

    fn place(&self) -> &'static Location<'static> {
        self.place
    }

    fn fields(&self) -> Contract {
        Contract::of::<S::Fields, crate::AnyBody>()
    }

    fn given(&self) -> &'static [(&'static str, &'static str)] {
        self.source.given()
    }

    fn settle(&self, lifetimes: &Lifetimes) -> Result<Lifetime, String> {
        match (self.bound_to_request(lifetimes), C::LIFETIME) {
            (None, Some(Lifetime::Request)) if self.source.whole().is_some() => Err(
                "is to have an instance for each request, but one was given for all: give its type, `controller::<..>()`"
                    .to_owned(),
            ),
            (Some(why), Some(Lifetime::Singleton)) => Err(format!(
                "is to have one instance, but {why}: take that as an argument of its methods, or drop `singleton`"
            )),
            (None, None | Some(Lifetime::Singleton)) => Ok(Lifetime::Singleton),
            _ => Ok(Lifetime::Request),
        }
    }

    fn make<'c>(
        &'c self,
        container: &'c Container,
    ) -> Pin<Box<dyn Future<Output = Result<(), Error>> + Send + 'c>> {
        Box::pin(async move {
            if self.shared().is_none() {
                let instance = Caught::new(self.assemble(container)).await?;
                // One that was made meanwhile is as good.
                let _ = self.shared.set(instance);
            }
            Ok(())
        })
    }

    fn activated(&self, activated: &Activated<'_>) {
        C::after_activation(activated);
    }
}
