//! The server's side: what [`Events`] describe, the [`Hub`] they make, and the connections of it.

mod asks;
mod broadcast;
mod conn;
mod context;
#[cfg(feature = "mvc")]
mod controller;
mod directory;
mod entering;
mod errands;
mod events;
mod extract;
mod failures;
mod handler;
mod hooks;
pub(super) mod hub;
mod instances;
mod leaving;
mod mistakes;
mod moves;
mod namespace;
mod needs;
mod ns_conn;
mod place;
pub(super) mod remote;
mod route;
mod session;
mod settings;
mod token;

pub use self::broadcast::To;
pub use self::conn::Conn;
pub use self::context::{EventContext, FromEvent, InNamespace, moment};
#[cfg(feature = "mvc")]
#[doc(hidden)]
pub use self::controller::reply;
#[cfg(feature = "mvc")]
pub use self::controller::{ControllerEvents, Declaration, EventMethod};
pub use self::events::Events;
pub use self::extract::Kept;
pub use self::failures::Failure;
pub use self::handler::EventHandler;
pub use self::hub::Hub;
pub use self::mistakes::{EventsError, EventsMistake};
pub use self::namespace::{IntoNamespace, Namespace};
pub use self::ns_conn::{NsConn, Room};
pub use self::route::{Opened, Speaks};
