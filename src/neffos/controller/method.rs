//! Methods of controllers as handlers of events and as hooks.

use std::future::Future;
use std::marker::PhantomData;
use std::pin::Pin;
use std::sync::Arc;

use super::instance::{Make, find, keep};
use super::{ControllerEvents, EventContext, EventMethod, FromEvent, Payload};
use crate::neffos::EventHandler;
use crate::{Contract, Error};

/// A method of the instance that a connection has in its namespace.
pub(super) struct OfInstance<C, M>(PhantomData<fn() -> (C, M)>);

impl<C, M> OfInstance<C, M> {
    pub(super) const fn new() -> Self {
        Self(PhantomData)
    }
}

impl<C, M> Clone for OfInstance<C, M> {
    fn clone(&self) -> Self {
        Self::new()
    }
}

impl<C, M> EventHandler<M::Moment, ()> for OfInstance<C, M>
where
    C: ControllerEvents,
    M: EventMethod<C>,
{
    fn describe(contract: &mut Contract) {
        M::Arguments::describe(contract);
    }

    async fn call(&self, cx: EventContext) -> Result<Option<Payload>, Error> {
        let instance = find::<C>(&cx)?;
        let arguments = M::Arguments::from_event(&cx).await?;
        drop(cx);
        M::call(&instance, arguments).await
    }
}

/// What a controller says to a client that connects; its type is forgotten.
pub(super) type Said<C> = fn(Arc<C>, EventContext) -> Saying;

type Saying = Pin<Box<dyn Future<Output = Result<Option<Payload>, Error>> + Send>>;

/// Makes a function of a method, to be called with an instance.
pub(super) fn said<C, M>(instance: Arc<C>, cx: EventContext) -> Saying
where
    C: ControllerEvents,
    M: EventMethod<C>,
{
    Box::pin(async move {
        let arguments = M::Arguments::from_event(&cx).await?;
        M::call(&instance, arguments).await
    })
}

/// Makes the instance when a client connects to the namespace, before the controller decides on it.
pub(super) struct Connecting<C, F> {
    pub(super) make: Make<C>,
    pub(super) decide: Option<Said<C>>,
    pub(super) fields: PhantomData<fn() -> F>,
}

impl<C, F> Clone for Connecting<C, F> {
    fn clone(&self) -> Self {
        Self { make: Arc::clone(&self.make), decide: self.decide, fields: PhantomData }
    }
}

impl<C, F, M> EventHandler<M, ()> for Connecting<C, F>
where
    C: ControllerEvents,
    F: crate::FromRequest<crate::AnyBody> + 'static,
    M: 'static,
{
    fn describe(contract: &mut Contract) {
        F::describe(contract);
    }

    async fn call(&self, cx: EventContext) -> Result<Option<Payload>, Error> {
        let instance = Arc::new((self.make)(cx.clone()).await?);
        if let Some(decide) = self.decide {
            decide(Arc::clone(&instance), cx.clone()).await?;
        }
        keep(&cx, &instance)?;
        Ok(None)
    }
}
