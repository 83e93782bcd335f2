//! What the methods of a controller are declared as.

use std::fmt;
use std::marker::PhantomData;
use std::panic::Location;

use super::instance::make;
use super::method::OfInstance;
use super::{ControllerEvents, EventMethod};
use crate::mvc::Source;
use crate::neffos::Namespace;
use crate::neffos::moment::{AtMessage, AtNamespace, AtRoom};
use crate::neffos::server::mistakes::Origin;
use crate::{AnyBody, FromRequest};

/// The methods of a websocket controller, as they are declared one after the other.
pub struct Declaration<'a, C> {
    namespace: Namespace,
    event: &'a dyn Fn(&str) -> Option<String>,
    controller: PhantomData<fn() -> C>,
}

macro_rules! hooks {
    ($($(#[$doc:meta])* $name:ident: $moment:ty;)*) => {$(
        $(#[$doc])*
        pub fn $name<M: EventMethod<C, Moment = $moment>>(&mut self) {
            self.change(|namespace| namespace.$name(OfInstance::<C, M>::new()));
        }
    )*};
}

impl<C: ControllerEvents> Declaration<'_, C> {
    /// Declares a method for an event.
    pub fn event<M: EventMethod<C, Moment = AtMessage>>(&mut self, event: &str) {
        self.change(|namespace| namespace.on(event, OfInstance::<C, M>::new()));
    }

    /// Declares a method for the event that is named after it, if it is to be one.
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

    fn change(&mut self, change: impl FnOnce(Namespace) -> Namespace) {
        let namespace = std::mem::replace(&mut self.namespace, Namespace::new(""));
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
    namespace.added_by(Some(Origin { controller: Some(C::NAME), place: Location::caller() }));
    namespace.needs.push(<S::Fields as FromRequest<AnyBody>>::describe);
    namespace.make(make::<C, S>(source));
    let mut declaration = Declaration { namespace, event: &event, controller: PhantomData };
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
