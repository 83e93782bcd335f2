//! Methods of controllers as handlers of events and as hooks.

use std::marker::PhantomData;

use super::instance::find;
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
        M::Arguments::describe_members(M::ARGUMENTS, contract);
    }

    async fn call(&self, cx: EventContext) -> Result<Option<Payload>, Error> {
        let instance = find::<C>(&cx)?;
        let arguments = M::Arguments::from_event(&cx).await?;
        drop(cx);
        M::call(&instance, arguments).await
    }
}
