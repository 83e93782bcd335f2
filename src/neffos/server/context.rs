//! What handlers and hooks can take as arguments.

use std::future::Future;

use gongular_core::MemberName;

use super::instances::Instances;
use crate::neffos::{Conn, Message, NsConn};
use crate::{Contract, Error};

/// The moments of a connection's life at which something of the application runs.
///
/// They tell arguments apart: [`FromEvent`] is implemented for the moments at which there is something of that type.
pub mod moment {
    /// A client asks to be let in, or has been, or is gone: there is a [`Conn`](crate::neffos::Conn), and no namespace.
    #[derive(Clone, Copy, Debug)]
    #[non_exhaustive]
    pub struct AtConnection;

    /// A namespace is about to be connected, has been, or is disconnected.
    #[derive(Clone, Copy, Debug)]
    #[non_exhaustive]
    pub struct AtNamespace;

    /// A room is about to be joined or left, or has been.
    #[derive(Clone, Copy, Debug)]
    #[non_exhaustive]
    pub struct AtRoom;

    /// A message came.
    #[derive(Clone, Copy, Debug)]
    #[non_exhaustive]
    pub struct AtMessage;
}

/// A moment at which there is a namespace: all but [`moment::AtConnection`]. There are no others than those of [`moment`].
pub trait InNamespace: sealed::Moment {}

mod sealed {
    #[expect(unnameable_types, reason = "that nobody can name it is what seals")]
    pub trait Moment {}

    impl Moment for super::moment::AtNamespace {}
    impl Moment for super::moment::AtRoom {}
    impl Moment for super::moment::AtMessage {}
}

impl InNamespace for moment::AtNamespace {}
impl InNamespace for moment::AtRoom {}
impl InNamespace for moment::AtMessage {}

/// Something that happened on a connection, as arguments are made of it.
#[derive(Clone, Debug)]
pub struct EventContext {
    conn: Conn,
    space: Option<NsConn>,
    message: Message,
    #[cfg_attr(not(feature = "mvc"), expect(dead_code, reason = "controllers read it"))]
    instances: Instances,
}

impl EventContext {
    /// Makes the context of what happens to a connection in no namespace.
    pub(super) fn new(conn: Conn, message: Message) -> Self {
        Self { conn, space: None, message, instances: Instances::default() }
    }

    pub(super) fn of(space: NsConn, message: Message, instances: Instances) -> Self {
        Self { conn: space.conn().clone(), space: Some(space), message, instances }
    }

    /// Returns the controllers that the connection has in the namespace.
    #[cfg(feature = "mvc")]
    pub(super) const fn instances(&self) -> &Instances {
        &self.instances
    }

    /// Returns the connection.
    #[must_use]
    pub const fn conn(&self) -> &Conn {
        &self.conn
    }

    /// Returns the connection in its namespace; none at [`moment::AtConnection`].
    #[must_use]
    pub const fn namespace(&self) -> Option<&NsConn> {
        self.space.as_ref()
    }

    /// Returns the message.
    #[must_use]
    pub const fn message(&self) -> &Message {
        &self.message
    }
}

/// A type that handlers of events and hooks can take as an argument.
///
/// `M` is the [`moment`] at which there is such a thing. See the [module](crate::neffos) for the list.
///
/// # Example
///
/// An argument of one's own: the name under which a client registered.
///
/// ```
/// use gongular::Error;
/// use gongular::http::StatusCode;
/// use gongular::neffos::{EventContext, FromEvent};
///
/// #[derive(Clone)]
/// struct Name(String);
///
/// impl<M> FromEvent<M> for Name {
///     async fn from_event(cx: &EventContext) -> Result<Self, Error> {
///         let name = cx.conn().get::<Name>();
///         name.map(|name| (*name).clone()).ok_or_else(|| Error::new(StatusCode::FORBIDDEN, "tell your name first"))
///     }
/// }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be an argument at this moment of a connection",
    label = "there is no such thing here",
    note = "hooks of a connection take `Conn`, `Hub`, `Inject<T>` and `Kept<T>`; those of a namespace also `NsConn` and `Message`, those of a room also `Room`; handlers of events also `Room`, `Option<Room>`, `String`, `Bytes`, and `Body<T>` for JSON"
)]
pub trait FromEvent<M>: Sized {
    /// Adds what this type needs, and what it reads of a message, to the contract of the handler.
    fn describe(contract: &mut Contract) {
        let _ = contract;
    }

    /// Adds the same of each of several, with what they are called in the program.
    #[doc(hidden)]
    fn describe_members(names: &[MemberName], contract: &mut Contract) {
        let _ = names;
        Self::describe(contract);
    }

    /// Makes the argument.
    ///
    /// # Errors
    ///
    /// Whatever keeps it from being made; the handler does not run then, and a client that asked gets the text that
    /// clients may read.
    fn from_event(cx: &EventContext) -> impl Future<Output = Result<Self, Error>> + Send;
}

macro_rules! tuple {
    ($($name:ident),*) => {
        #[allow(non_snake_case, unused_variables, reason = "one name serves the type and its value")]
        impl<Moment, $($name),*> FromEvent<Moment> for ($($name,)*)
        where
            $($name: FromEvent<Moment> + Send,)*
        {
            fn describe(contract: &mut Contract) {
                $($name::describe(contract);)*
            }

            fn describe_members(names: &[MemberName], contract: &mut Contract) {
                $(
                    let (own, names) = names.split_at(names.len().min(1));
                    contract.members_of(own, <$name as FromEvent<Moment>>::describe);
                )*
            }

            async fn from_event(cx: &EventContext) -> Result<Self, Error> {
                $(let $name = $name::from_event(cx).await?;)*
                Ok(($($name,)*))
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
