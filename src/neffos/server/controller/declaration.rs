//! What the methods of a controller are declared as.

use std::any::type_name;
use std::fmt;
use std::marker::PhantomData;
use std::panic::Location;

use gongular_core::PartOwner;

use super::instance::make;
use super::method::OfInstance;
use super::{ControllerEvents, EventMethod};
use crate::mvc::Source;
use crate::neffos::Namespace;
use crate::neffos::moment::{AtMessage, AtNamespace, AtRoom};
use crate::neffos::server::mistakes::Origin;
use crate::neffos::server::needs::{Need, Role};
use crate::{AnyBody, FromRequest};

/// The methods of a websocket controller, as they are declared one after the other.
pub struct Declaration<'a, C> {
    namespace: Namespace,
    event: &'a dyn Fn(&str) -> Option<String>,
    owner: PartOwner,
    controller: PhantomData<fn() -> C>,
}

macro_rules! hooks {
    ($($(#[$doc:meta])* $name:ident: $moment:ty;)*) => {$(
        $(#[$doc])*
        #[track_caller]
        pub fn $name<M: EventMethod<C, Moment = $moment>>(&mut self) {
            self.change::<M>(Location::caller(), |namespace| namespace.$name(OfInstance::<C, M>::new()));
        }
    )*};
}

impl<C: ControllerEvents> Declaration<'_, C> {
    /// Declares a method for an event.
    #[track_caller]
    pub fn event<M: EventMethod<C, Moment = AtMessage>>(&mut self, event: &str) {
        self.change::<M>(Location::caller(), |namespace| namespace.on(event, OfInstance::<C, M>::new()));
    }

    /// Declares a method for the event that is named after it, if it is to be one.
    #[track_caller]
    pub fn method<M: EventMethod<C, Moment = AtMessage>>(&mut self, method: &str) {
        if let Some(event) = (self.event)(method) {
            self.event::<M>(&event);
        }
    }

    hooks! {
        /// Declares the method for events that have none.
        on_any_event: AtMessage;
        /// Declares the method that decides whether a client may connect.
        on_connect: AtNamespace;
        /// Declares the method that runs when a client was connected.
        on_connected: AtNamespace;
        /// Declares the method that decides whether a client may disconnect.
        on_disconnect: AtNamespace;
        /// Declares the method for errors that the client sends.
        on_error: AtMessage;
        /// Declares the method for native messages.
        on_native_message: AtMessage;
        /// Declares the method that decides whether a client may join a room.
        on_room_join: AtRoom;
        /// Declares the method that runs when a client has joined a room.
        on_room_joined: AtRoom;
        /// Declares the method that runs when a client leaves a room.
        on_room_leave: AtRoom;
        /// Declares the method that runs when a client has left a room.
        on_room_left: AtRoom;
    }

    /// Changes the namespace in the name of a method, which stands at a place.
    fn change<M: EventMethod<C>>(
        &mut self,
        place: &'static Location<'static>,
        change: impl FnOnce(Namespace) -> Namespace,
    ) {
        let mut namespace = std::mem::replace(&mut self.namespace, Namespace::new(""));
        namespace.added_by(Some(Origin {
            owner: Some(self.owner.method(M::NAME)),
            controller: C::NAME,
            place,
        }));
        self.namespace = change(namespace);
    }
}

/// Makes the namespace of a controller.
#[track_caller]
pub(super) fn namespace<C, S>(source: S, event: impl Fn(&str) -> Option<String>) -> Namespace
where
    C: ControllerEvents,
    S: Source<C>,
{
    let mut namespace = Namespace::new(C::NAMESPACE);
    let place = Location::caller();
    let owner = PartOwner::new(type_name::<C>(), place).given(source.given());
    let origin = Origin { owner: Some(owner), controller: C::NAME, place };
    let describe = <S::Fields as FromRequest<AnyBody>>::describe;
    namespace.needs.push(Need::new(Role::Fields, origin, describe));
    namespace.make(make::<C, S>(source));
    let mut declaration = Declaration { namespace, event: &event, owner, controller: PhantomData };
    C::declare(&mut declaration);
    let mut namespace = declaration.namespace;
    namespace.added_by(None);
    namespace
}

impl<C> fmt::Debug for Declaration<'_, C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Declaration").field(&self.namespace).finish()
    }
}
