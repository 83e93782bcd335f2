//! What is told of handlers and hooks that fail.

use std::fmt;
use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::Error;
use crate::neffos::{AskError, Conn, Message, NsConn};

/// A handler or hook that failed: by an error of the server's own, by a panic, or by not being done in time.
///
/// Given to [`Events::on_failure`](crate::neffos::Events::on_failure).
#[derive(Clone, Copy)]
pub struct Failure<'a> {
    conn: &'a Conn,
    namespace: &'a str,
    event: &'a str,
    error: &'a Error,
}

/// Is told of failures.
pub(super) type OnFailure = Box<dyn Fn(&Failure<'_>) + Send + Sync>;

impl Failure<'_> {
    /// Returns the connection.
    #[must_use]
    pub const fn conn(&self) -> &Conn {
        self.conn
    }

    /// Returns the namespace; empty for hooks of the connection, too.
    #[must_use]
    pub const fn namespace(&self) -> &str {
        self.namespace
    }

    /// Returns the event of the message that it ran for.
    ///
    /// That is the protocol's own, such as `_OnRoomJoin`, for the hook that decides and the one that runs afterwards;
    /// `_OnNativeMessage` for a native message; and `on_connect`, `on_connected` or `on_disconnect` for hooks of the connection.
    ///
    /// And `errand` for what others have the connection enter or leave, when a value that a hook has left behind panics as it
    /// is dropped.
    ///
    /// Clients choose the names that reach [`on_any_event`](crate::neffos::Namespace::on_any_event): where that is written, an event
    /// is no label of a metric.
    #[must_use]
    pub const fn event(&self) -> &str {
        self.event
    }

    /// Returns the error; its [kind](Error::kind) tells a panic and a time that was over from other errors.
    #[must_use]
    pub const fn error(&self) -> &Error {
        self.error
    }
}

impl Conn {
    /// Tells that something of the application failed, if the error is the server's own.
    pub(super) fn failed(&self, namespace: &str, event: &str, error: &Error) {
        if !is_own(error) || self.has_told(error) {
            return;
        }
        self.log(event, error);
        let Some(callback) = &self.hub().inner().hooks.failure else { return };
        let failure = Failure { conn: self, namespace, event, error };
        if let Err(panic) = catch_unwind(AssertUnwindSafe(|| callback(&failure))) {
            self.log("on_failure", &Error::panic(panic));
        }
    }

    /// Tells what a hook of the connection failed with, to which nobody listens.
    pub(super) fn failed_in_vain(&self, event: &str, error: &Error) {
        if is_own(error) {
            self.failed("", event, error);
        } else {
            self.log(event, error);
        }
    }

    /// Tells of what a hook of a namespace failed with; returns it for whoever waits for the hook, who does not tell it once more.
    pub(super) fn told(&self, space: &NsConn, message: &Message, error: Error) -> AskError {
        self.failed(space.name(), message.event(), &error);
        AskError::told(error, self.serial())
    }

    /// Logs what a hook says to something that has happened in any case.
    pub(super) fn in_vain(&self, event: &str, refusal: &AskError) {
        // What is the server's own is logged already.
        if refusal.failure().is_none_or(|error| !is_own(error)) {
            self.log(event, refusal);
        }
    }

    /// Returns whether an error comes of a hook of this very connection that was told. That of another one was told
    /// of that one.
    fn has_told(&self, error: &Error) -> bool {
        error.downcast_ref::<AskError>().is_some_and(|asked| {
            asked.is_told_of(self.serial()) || asked.failure().is_some_and(|error| self.has_told(error))
        })
    }

    fn log(&self, event: &str, error: &impl fmt::Display) {
        self.logger().error(format_args!("{event} of connection {}: {error}", self.id()));
    }
}

/// Returns whether an error is the server's own. That a client refuses, is late or is gone is not, though a handler
/// hands it on.
fn is_own(error: &Error) -> bool {
    let is_of_server = |asked: &AskError| asked.failure().is_some_and(is_own) || asked.is_misnamed();
    error.status().is_server_error() && error.downcast_ref().is_none_or(is_of_server)
}

/// What native messages are called, which have no name: the hook of the original.
pub(super) const NATIVE: &str = "_OnNativeMessage";

/// What is told of entries and leavings by the server's wish that panic by themselves.
pub(super) const ERRAND: &str = "errand";

impl fmt::Debug for Failure<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Failure")
            .field("conn", &self.conn)
            .field("namespace", &self.namespace)
            .field("event", &self.event)
            .field("error", &self.error)
            .finish()
    }
}
