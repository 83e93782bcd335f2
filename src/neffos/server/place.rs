//! Where a connection is: its namespaces and rooms, and what else changes of it.

use std::any::{Any, TypeId};
use std::sync::Arc;
use std::task::Waker;

use super::asks::{Asks, Then};
use super::errands::Errand;
use super::instances::Instances;
use super::moves::Moves;
use crate::neffos::codec::system;
use crate::neffos::exchange::Heard;
use crate::neffos::{Conn, Message};

#[derive(Default)]
pub(super) struct State {
    pub(super) phase: Phase,
    pub(super) spaces: Vec<Space>,
    pub(super) asks: Asks,
    /// What the connection does or is to do for others.
    pub(super) errands: Vec<Errand>,
    pub(super) moves: Moves,
    pub(super) kept: Vec<(TypeId, Arc<dyn Any + Send + Sync>)>,
    /// The connection's task, as long as its session lasts.
    pub(super) task: Option<Waker>,
    /// Whether nothing is read until something is asked.
    pub(super) is_paused: bool,
    /// Whether the hook of its end was called.
    pub(super) is_mourned: bool,
    /// Whether the last hook has run, so that nothing is kept any more: it may hold the connection.
    pub(super) is_over: bool,
}

/// How far a connection is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Phase {
    /// The client was not let in yet.
    #[default]
    New,
    Open,
    /// It is in no group any more. What it was in is remembered until its hooks have run.
    Gone,
}

/// A namespace that is connected, with the rooms that are joined, in order, and the controllers that were made for it.
#[derive(Debug)]
pub(super) struct Space {
    pub(super) index: usize,
    pub(super) rooms: Vec<Arc<str>>,
    pub(super) instances: Instances,
}

impl Space {
    pub(super) fn has(&self, room: &str) -> bool {
        self.place(room).is_ok()
    }

    pub(super) fn place(&self, room: &str) -> Result<usize, usize> {
        self.rooms.binary_search_by(|joined| (**joined).cmp(room))
    }

    /// Takes a room out; returns whether it was there.
    pub(super) fn forget(&mut self, room: &str) -> bool {
        self.place(room).map(|place| self.rooms.remove(place)).is_ok()
    }
}

impl State {
    /// Returns in how many rooms the connection is.
    pub(super) fn rooms(&self) -> usize {
        self.spaces.iter().map(|space| space.rooms.len()).sum()
    }

    pub(super) fn space(&self, index: usize) -> Option<&Space> {
        self.spaces.iter().find(|space| space.index == index)
    }

    pub(super) fn take_space(&mut self, index: usize) -> Option<Space> {
        let place = self.spaces.iter().position(|space| space.index == index)?;
        Some(self.spaces.remove(place))
    }

    pub(super) fn space_mut(&mut self, index: usize) -> Option<&mut Space> {
        self.spaces.iter_mut().find(|space| space.index == index)
    }
}

/// What became of the wish that a connection be somewhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Entered {
    /// It was there before: whoever brought it there runs the hooks.
    Already,
    /// It cannot be there.
    Not,
    Now,
}

impl Conn {
    /// Does what the client has agreed to, before anything else that it sent is looked at. Returns what became of it, and what
    /// is to be dropped where nothing is locked.
    pub(super) fn complete(&self, state: &mut State, then: Then) -> (Entered, Instances) {
        match then {
            Then::Nothing => (Entered::Already, Instances::default()),
            Then::Connect(index, heard, instances) => {
                let message = Message::local(self.hub().namespace_at(index).name(), "", system::CONNECT);
                match self.enter(state, index, heard, instances, &message, || {}) {
                    Ok(()) => (Entered::Now, Instances::default()),
                    Err(unused) => (Entered::Already, unused),
                }
            }
            Then::Join(index, room, heard) => {
                let message = Message::local(self.hub().namespace_at(index).name(), &room, system::JOIN);
                (self.enter_room(state, index, heard, &message, || {}), Instances::default())
            }
        }
    }

    /// Changes what the connection is in, unless it is gone.
    pub(super) fn enter_if_open<R>(&self, change: impl FnOnce(&Self, &mut State) -> R) -> Option<R> {
        let mut state = self.state();
        (state.phase == Phase::Open).then(|| change(self, &mut state))
    }

    /// Puts the connection into a namespace, with the controllers that were made for it. `first` runs before others can send
    /// to it there. That the hook is to be told of `message` is noted at the same time.
    ///
    /// # Errors
    ///
    /// One that is there already has its controllers: these are not needed, and to be dropped where nothing is locked.
    pub(super) fn enter(
        &self,
        state: &mut State,
        index: usize,
        heard: Heard,
        instances: Instances,
        message: &Message,
        first: impl FnOnce(),
    ) -> Result<(), Instances> {
        if state.space(index).is_some() {
            first();
            return Err(instances);
        }
        self.hub().directory().members(index).add(self, first);
        heard.keep();
        state.spaces.push(Space { index, rooms: Vec::new(), instances });
        if self.hub().namespace_at(index).hooks.connected.is_some() {
            state.moves.entered(index, message.clone());
        }
        Ok(())
    }

    /// Puts the connection into the room of a message, unless it is in too many, or not in the namespace.
    /// Otherwise as [`enter`](Self::enter).
    pub(super) fn enter_room(
        &self,
        state: &mut State,
        index: usize,
        heard: Heard,
        message: &Message,
        first: impl FnOnce(),
    ) -> Entered {
        let room = message.room();
        let is_full = state.rooms() >= self.hub().settings().max_rooms;
        let Some(space) = state.space_mut(index) else { return Entered::Not };
        let Err(place) = space.place(room) else {
            first();
            return Entered::Already;
        };
        if is_full {
            return Entered::Not;
        }
        let name = self.hub().directory().join(index, room, self, first);
        heard.keep();
        space.rooms.insert(place, name);
        if self.hub().namespace_at(index).hooks.room_joined.is_some() {
            state.moves.entered(index, message.clone());
        }
        Entered::Now
    }

    /// Takes the connection out of a room; returns whether it was in it.
    pub(super) fn exit_room(&self, state: &mut State, index: usize, room: &str) -> bool {
        if !state.space_mut(index).is_some_and(|space| space.forget(room)) {
            return false;
        }
        self.hub().directory().leave(index, room, self);
        self.hub().unsubscribe_room(index, room);
        true
    }

    /// Takes the connection out of a namespace whose rooms it has left, and returns what it had there.
    pub(super) fn exit(&self, state: &mut State, index: usize) -> Option<Space> {
        let space = state.take_space(index)?;
        self.hub().directory().members(index).remove(self);
        self.hub().unsubscribe_namespace(index);
        Some(space)
    }
}
