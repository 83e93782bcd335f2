//! The life of a client: one connection after the other.

use std::fmt;
use std::sync::Arc;

use futures_util::future::join_all;
use tokio::time::{Instant, sleep};

use super::answer::within;
use super::asks::Then;
use super::connection::{Connection, Pulse};
use super::handshake::{Opened, shake};
use super::settings::Settings;
use super::shared::Shared;
use super::transport::Opener;
use super::waiting::Waiting;
use super::{Backoff, CloseReason, DialError};
use crate::neffos::AskError;
use crate::neffos::random::random;

/// Opens a websocket and has the client be let in.
pub(super) async fn open(
    opener: &Opener,
    tries: u32,
    is_native: bool,
    settings: &Settings,
) -> Result<Opened, DialError> {
    let end = Instant::now().checked_add(settings.handshake_timeout);
    let opening = async {
        let socket = opener(tries, end).await?;
        match is_native {
            true => Ok(Opened { socket, id: String::new(), early: Vec::new() }),
            false => shake(socket).await,
        }
    };
    within(end, opening).await.unwrap_or_else(|| Err(DialError::timeout()))
}

pub(super) struct Session {
    pub(super) shared: Arc<Shared>,
    pub(super) opener: Opener,
    pub(super) is_native: bool,
}

/// Whoever waits is told, also when the task is dropped with its runtime.
impl Drop for Session {
    fn drop(&mut self) {
        self.shared.end(CloseReason::lost(None));
    }
}

impl Session {
    /// Serves connections until there is none any more.
    pub(super) async fn run(self, first: Opened) {
        let is_asking = self.shared.state().asks.is_asking();
        let waiting = Waiting::new(self.shared.settings.waiting, is_asking);
        let (mut opened, mut tries, mut is_first) = (first, 0, true);
        let reason = loop {
            let (begin, Opened { socket, early, .. }) = (Instant::now(), opened);
            let connection = Connection {
                shared: &self.shared,
                epoch: self.shared.state().epoch,
                waiting: &waiting,
                is_native: self.is_native,
                pulse: Pulse::new(),
            };
            let reason = tokio::select! {
                reason = connection.serve(socket, early) => reason,
                never = self.restore(is_first) => match never {},
            };
            if *self.shared.closing.borrow() {
                break CloseReason::local();
            }
            let Some(backoff) = &self.shared.settings.reconnect else { break reason };
            if backoff.is_stable(begin.elapsed()) {
                tries = 0;
            }
            is_first = false;
            self.shared.lose(reason);
            match self.again(backoff, &mut tries).await {
                Ok(again) => opened = again,
                Err(reason) => break reason,
            }
            self.shared.reopen(&opened.id, tries, self.is_native);
        };
        self.shared.end(reason);
    }

    /// Tries until there is a connection.
    async fn again(&self, backoff: &Backoff, tries: &mut u32) -> Result<Opened, CloseReason> {
        let mut last = None;
        loop {
            // Without random numbers clients come all at once, which is better than not at all.
            let random = random().unwrap_or_default();
            let Some(wait) = backoff.wait(*tries + 1, random) else {
                return Err(CloseReason::gave_up(*tries, last));
            };
            *tries += 1;
            let trying = async {
                sleep(wait).await;
                open(&self.opener, *tries, self.is_native, &self.shared.settings).await
            };
            let opened = tokio::select! {
                opened = trying => opened,
                () = self.shared.closing() => return Err(CloseReason::local()),
            };
            match opened {
                Ok(opened) => return Ok(opened),
                Err(error) if error.is_final() => return Err(CloseReason::dial(error)),
                Err(error) => last = Some(error),
            }
        }
    }

    /// Enters again what the connection before was in.
    async fn restore(&self, is_first: bool) -> Never {
        if !is_first {
            let wanted = self.shared.state().wanted.clone();
            let spaces = wanted.into_iter().map(async |(namespace, rooms)| {
                if let Err(missing) = self.enter(Then::Connect(namespace.clone())).await {
                    return vec![missing];
                }
                let joins = rooms.into_iter().map(|room| self.enter(Then::Join(namespace.clone(), room)));
                join_all(joins).await.into_iter().filter_map(Result::err).collect()
            });
            let missing: Vec<_> = join_all(spaces).await.into_iter().flatten().collect();
            let tries = self.shared.state().tries;
            self.shared.restored(Reconnected { tries, missing: missing.into_iter().flatten().collect() });
        }
        std::future::pending().await
    }

    /// Enters a namespace or a room again, unless that is not wanted any more; says what is missing then.
    async fn enter(&self, then: Then) -> Result<(), Option<Missing>> {
        let (namespace, room) = match &then {
            Then::Connect(namespace) => (namespace.clone(), Box::default()),
            Then::Join(namespace, room) => (namespace.clone(), room.clone()),
            Then::Disconnect(_) | Then::Leave(..) | Then::Nothing => return Ok(()),
        };
        let is_wanted = {
            let state = self.shared.state();
            let rooms = state.wanted.get(&namespace);
            rooms.is_some_and(|rooms| room.is_empty() || rooms.contains(&room))
        };
        if !is_wanted {
            return Err(None);
        }
        let entered = self.shared.ask_to(then).await;
        entered.map_err(|error| Some(Missing { namespace, room, error }))
    }
}

/// There is none of it.
enum Never {}

/// A connection was opened again.
#[derive(Clone, Debug)]
pub struct Reconnected {
    tries: u32,
    missing: Vec<Missing>,
}

impl Reconnected {
    /// Returns how often was tried.
    #[must_use]
    pub const fn tries(&self) -> u32 {
        self.tries
    }

    /// Returns the namespaces and rooms that the server did not let the client in again.
    #[must_use]
    pub fn missing(&self) -> &[Missing] {
        &self.missing
    }
}

/// A namespace or a room that could not be entered again. The rooms of a namespace that could not are not listed.
#[derive(Clone)]
pub struct Missing {
    namespace: Box<str>,
    room: Box<str>,
    error: AskError,
}

impl Missing {
    /// Returns the name of the namespace.
    #[must_use]
    pub fn namespace(&self) -> &str {
        &self.namespace
    }

    /// Returns the name of the room; empty for the namespace itself.
    #[must_use]
    pub fn room(&self) -> &str {
        &self.room
    }

    /// Returns why.
    #[must_use]
    pub const fn error(&self) -> &AskError {
        &self.error
    }
}

impl fmt::Debug for Missing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { namespace, room, error } = self;
        write!(f, "{namespace:?}/{room:?}: {error}")
    }
}
