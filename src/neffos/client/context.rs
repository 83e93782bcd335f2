//! What handlers and hooks can take as arguments.

use bytes::Bytes;
use serde::de::DeserializeOwned;

use super::{Client, NsConn, Room};
use crate::neffos::Message;
use crate::{Body, Error, Place, Rules};

/// Something that happened in a namespace, as arguments are made of it.
#[derive(Clone, Debug)]
pub struct EventContext {
    space: NsConn,
    message: Message,
}

impl EventContext {
    pub(super) const fn new(space: NsConn, message: Message) -> Self {
        Self { space, message }
    }

    /// Returns the connection in the namespace.
    #[must_use]
    pub const fn namespace(&self) -> &NsConn {
        &self.space
    }

    /// Returns the message. Hooks get one, too: that of the server's request, or an empty one.
    #[must_use]
    pub const fn message(&self) -> &Message {
        &self.message
    }
}

/// A type that handlers of events and hooks can take as an argument.
///
/// There are [`NsConn`], [`Client`], [`Message`], `Option<Room>` and [`Room`], and of the body `String`, [`Bytes`] and
/// [`Body<T>`](crate::Body), which is JSON whose rules are checked.
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be an argument of a client's handler",
    note = "there are `NsConn`, `Client`, `Message`, `Option<Room>`, `Room`, `Body<T>`, `String` and `Bytes`"
)]
pub trait FromEvent: Sized {
    /// Makes the argument.
    ///
    /// # Errors
    ///
    /// Whatever keeps it from being made; the handler does not run then, and a server that asked gets the text of the error
    /// that others may read.
    fn from_event(cx: &EventContext) -> Result<Self, Error>;
}

impl FromEvent for NsConn {
    fn from_event(cx: &EventContext) -> Result<Self, Error> {
        Ok(cx.space.clone())
    }
}

/// A client that does not keep the connection open.
impl FromEvent for Client {
    fn from_event(cx: &EventContext) -> Result<Self, Error> {
        Ok(cx.space.client())
    }
}

impl FromEvent for Message {
    fn from_event(cx: &EventContext) -> Result<Self, Error> {
        Ok(cx.message.clone())
    }
}

/// The room of the message; none for one to the namespace.
impl FromEvent for Option<Room> {
    fn from_event(cx: &EventContext) -> Result<Self, Error> {
        let name = cx.message.room();
        Ok((!name.is_empty()).then(|| cx.space.room(name)))
    }
}

/// The room of the message, or the one that is joined or left.
///
/// # Errors
///
/// The message is one to the namespace: [`ErrorKind::App`](crate::ErrorKind::App).
impl FromEvent for Room {
    fn from_event(cx: &EventContext) -> Result<Self, Error> {
        <Option<Self> as FromEvent>::from_event(cx)?.ok_or_else(|| Error::app("the message is in no room"))
    }
}

/// The body as JSON, with its rules checked.
///
/// # Errors
///
/// As [`Body::from_json`].
impl<T: DeserializeOwned + Rules> FromEvent for Body<T> {
    fn from_event(cx: &EventContext) -> Result<Self, Error> {
        Self::from_json(cx.message.body())
    }
}

/// The body as a text.
///
/// # Errors
///
/// It is not UTF-8: [`ErrorKind::Parse`](crate::ErrorKind::Parse).
impl FromEvent for String {
    fn from_event(cx: &EventContext) -> Result<Self, Error> {
        let text = cx.message.text().map(str::to_owned);
        text.ok_or_else(|| Error::parse(Place::Body, "", "encoding", "the text is not valid UTF-8"))
    }
}

/// The body, without a copy.
impl FromEvent for Bytes {
    fn from_event(cx: &EventContext) -> Result<Self, Error> {
        Ok(cx.message.body().clone())
    }
}

macro_rules! tuple {
    ($($name:ident),*) => {
        #[allow(unused_variables, reason = "nothing is made of a context without arguments")]
        impl<$($name: FromEvent),*> FromEvent for ($($name,)*) {
            fn from_event(cx: &EventContext) -> Result<Self, Error> {
                Ok(($($name::from_event(cx)?,)*))
            }
        }
    };
}

tuple!();
tuple!(T1);
tuple!(T1, T2);
tuple!(T1, T2, T3);
tuple!(T1, T2, T3, T4);
tuple!(T1, T2, T3, T4, T5);
tuple!(T1, T2, T3, T4, T5, T6);
tuple!(T1, T2, T3, T4, T5, T6, T7);
tuple!(T1, T2, T3, T4, T5, T6, T7, T8);
