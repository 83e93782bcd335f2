//! Where a connection is, and what goes out on it.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Arc;

use tokio_tungstenite::tungstenite::Message as WsMessage;

use super::Namespace;
use super::asks::{Asks, Then};
use crate::neffos::AskError;
use crate::neffos::codec::system;

/// The number of a connection: what belongs to one does not go out on the next.
pub(super) type Epoch = u64;

/// Namespaces with the rooms of each.
pub(super) type Spaces = BTreeMap<Box<str>, BTreeSet<Box<str>>>;

#[derive(Debug)]
pub(super) struct State {
    pub(super) phase: Phase,
    pub(super) epoch: Epoch,
    pub(super) id: Arc<str>,
    /// How often was tried to connect again until this connection.
    pub(super) tries: u32,
    /// Where this connection is.
    pub(super) spaces: Spaces,
    /// Where the connection before was, as far as it was not entered again yet.
    pub(super) wanted: Spaces,
    pub(super) is_restoring: bool,
    pub(super) asks: Asks,
    pub(super) outgoing: VecDeque<Item>,
    /// What was sent while the connection was away.
    pub(super) held: VecDeque<Item>,
    held_share: usize,
}

#[derive(Clone, Copy, Debug)]
pub(super) enum Phase {
    Open,
    /// The connection is lost, and tried again.
    Away,
    /// This side wants no more.
    Closing,
    Closed,
}

/// A frame on its way out.
#[derive(Debug)]
pub(super) struct Item {
    pub(super) frame: WsMessage,
    /// Its share of a queue.
    pub(super) share: u32,
    /// Whether its share of the queue is taken; those that were kept are counted apart.
    pub(super) is_counted: bool,
    /// Namespace and room of an event that nobody awaits an answer to; it may go out on another connection.
    pub(super) place: Option<(Box<str>, Box<str>)>,
}

impl Item {
    /// Returns how much of the queue it takes.
    pub(super) const fn counted(&self) -> usize {
        if self.is_counted { self.share as usize } else { 0 }
    }
}

/// What follows from a change.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Change {
    Connected(Box<str>),
    Disconnected(Box<str>),
    Joined(Box<str>, Box<str>),
    Left(Box<str>, Box<str>),
}

impl Change {
    /// Returns the namespace, the room and the event of the hook.
    pub(super) fn parts(&self) -> (&str, &str, &'static str) {
        match self {
            Self::Connected(namespace) => (namespace, "", system::CONNECTED),
            Self::Disconnected(namespace) => (namespace, "", system::DISCONNECT),
            Self::Joined(namespace, room) => (namespace, room, system::JOINED),
            Self::Left(namespace, room) => (namespace, room, system::LEFT),
        }
    }
}

impl State {
    pub(super) fn new(id: Arc<str>) -> Self {
        Self {
            phase: Phase::Open,
            epoch: 0,
            id,
            tries: 0,
            spaces: Spaces::new(),
            wanted: Spaces::new(),
            is_restoring: false,
            asks: Asks::default(),
            outgoing: VecDeque::new(),
            held: VecDeque::new(),
            held_share: 0,
        }
    }

    /// Checks that something may be sent now, and to this place.
    pub(super) fn check(&self, namespace: &str, room: &str) -> Result<(), AskError> {
        self.check_open()?;
        if has(&self.spaces, namespace, room) {
            return Ok(());
        }
        if self.is_restoring && has(&self.wanted, namespace, room) {
            return Err(AskError::lost());
        }
        let is_inside = self.spaces.contains_key(namespace);
        Err(if is_inside { AskError::bad_room() } else { AskError::bad_namespace() })
    }

    pub(super) fn check_open(&self) -> Result<(), AskError> {
        match self.phase {
            Phase::Open => Ok(()),
            Phase::Away => Err(AskError::lost()),
            Phase::Closing | Phase::Closed => Err(AskError::closed()),
        }
    }

    /// Returns whether what is sent to this place has to wait for the next connection.
    pub(super) fn is_held(&self, namespace: &str, room: &str) -> bool {
        let is_away = matches!(self.phase, Phase::Away) || self.is_restoring;
        is_away && (has(&self.wanted, namespace, room) || has(&self.spaces, namespace, room))
    }

    /// Keeps a message for the next connection.
    pub(super) fn hold(&mut self, item: Item, limit: usize) -> Result<(), AskError> {
        let share = self.held_share + item.share as usize;
        if share > limit {
            return Err(AskError::full());
        }
        self.held_share = share;
        self.held.push_back(item);
        Ok(())
    }

    /// Does what the server has agreed to, or asked for.
    pub(super) fn change(&mut self, then: Then, changes: &mut Vec<Change>) {
        match then {
            Then::Nothing => {}
            Then::Connect(namespace) => {
                if !self.spaces.contains_key(&namespace) {
                    self.spaces.insert(namespace.clone(), BTreeSet::new());
                    changes.push(Change::Connected(namespace));
                }
            }
            Then::Disconnect(namespace) => self.exit(&namespace, changes),
            Then::Join(namespace, room) => {
                let rooms = self.spaces.get_mut(&namespace);
                if rooms.is_some_and(|rooms| rooms.insert(room.clone())) {
                    changes.push(Change::Joined(namespace, room));
                }
            }
            Then::Leave(namespace, room) => {
                if self.spaces.get_mut(&namespace).is_some_and(|rooms| rooms.remove(&room)) {
                    changes.push(Change::Left(namespace, room));
                }
            }
        }
    }

    fn exit(&mut self, namespace: &str, changes: &mut Vec<Change>) {
        if let Some((namespace, rooms)) = self.spaces.remove_entry(namespace) {
            changes.extend(rooms.into_iter().map(|room| Change::Left(namespace.clone(), room)));
            changes.push(Change::Disconnected(namespace));
        }
    }

    /// Ends the connection. Where it was is remembered, and what was not written yet is kept if it is to go out later.
    pub(super) fn lose(&mut self, phase: Phase, keeps: bool) -> Lost {
        self.epoch += 1;
        self.is_restoring = false;
        let error = if matches!(phase, Phase::Away) { AskError::lost() } else { AskError::closed() };
        self.asks.fail(&error);
        self.phase = phase;
        for (namespace, rooms) in &self.spaces {
            self.wanted.entry(namespace.clone()).or_default().extend(rooms.iter().cloned());
        }
        let mut changes = Vec::new();
        while let Some(namespace) = self.spaces.keys().next().cloned() {
            self.exit(&namespace, &mut changes);
        }
        let mut share = 0;
        for mut item in std::mem::take(&mut self.outgoing).into_iter().rev() {
            share += item.counted();
            item.is_counted = false;
            if keeps && item.place.is_some() {
                self.held_share += item.share as usize;
                self.held.push_front(item);
            }
        }
        Lost { changes, share }
    }

    /// Ends the restoring: what was kept goes out, where there is still somebody to hear it.
    pub(super) fn restored(&mut self) {
        self.is_restoring = false;
        self.wanted.clear();
        self.held_share = 0;
        for item in std::mem::take(&mut self.held) {
            if item.place.as_ref().is_some_and(|(namespace, room)| has(&self.spaces, namespace, room)) {
                self.outgoing.push_back(item);
            }
        }
    }
}

/// What a loss leaves behind.
pub(super) struct Lost {
    pub(super) changes: Vec<Change>,
    /// How much of the queue became free.
    pub(super) share: usize,
}

fn has(spaces: &Spaces, namespace: &str, room: &str) -> bool {
    spaces.get(namespace).is_some_and(|rooms| room.is_empty() || rooms.contains(room))
}

/// Returns whether a client that knows these namespaces does without the handshake.
pub(super) fn is_native_only<'n>(mut namespaces: impl Iterator<Item = &'n Namespace>) -> bool {
    namespaces.next().is_some_and(Namespace::is_native_only) && namespaces.next().is_none()
}
