//! Where a connection is: its namespaces and rooms, and what else changes of it.

use std::any::{Any, TypeId};
use std::sync::Arc;
use std::task::Waker;

use super::asks::{Asks, Then};
use super::instances::Instances;
use crate::neffos::Conn;
use crate::neffos::exchange::Heard;

#[derive(Default)]
pub(super) struct State {
    pub(super) phase: Phase,
    pub(super) spaces: Vec<Space>,
    pub(super) asks: Asks,
    pub(super) kept: Vec<(TypeId, Arc<dyn Any + Send + Sync>)>,
    /// Who reads, when nothing is read until something is asked.
    pub(super) paused: Option<Waker>,
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
    /// Whether the hook that decides on leaving has been asked.
    pub(super) is_leaving: bool,
}

impl Space {
    pub(super) fn has(&self, room: &str) -> bool {
        self.place(room).is_ok()
    }

    pub(super) fn place(&self, room: &str) -> Result<usize, usize> {
        self.rooms.binary_search_by(|joined| (**joined).cmp(room))
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
                match self.enter(state, index, heard, instances, || {}) {
                    Ok(()) => (Entered::Now, Instances::default()),
                    Err(unused) => (Entered::Already, unused),
                }
            }
            Then::Join(index, room, heard) => {
                (self.enter_room(state, index, &room, heard, || {}), Instances::default())
            }
        }
    }

    /// Changes what the connection is in, unless it is gone.
    pub(super) fn enter_if_open<R>(&self, change: impl FnOnce(&Self, &mut State) -> R) -> Option<R> {
        let mut state = self.state();
        (state.phase == Phase::Open).then(|| change(self, &mut state))
    }

    /// Puts the connection into a namespace, with the controllers that were made for it. `first` runs before others can send
    /// to it there.
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
        first: impl FnOnce(),
    ) -> Result<(), Instances> {
        if state.space(index).is_some() {
            first();
            return Err(instances);
        }
        self.hub().directory().members(index).add(self, first);
        heard.keep();
        state.spaces.push(Space { index, rooms: Vec::new(), instances, is_leaving: false });
        Ok(())
    }

    /// Puts the connection into a room, unless it is in too many, or not in the namespace.
    pub(super) fn enter_room(
        &self,
        state: &mut State,
        index: usize,
        room: &str,
        heard: Heard,
        first: impl FnOnce(),
    ) -> Entered {
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
        Entered::Now
    }

    /// Takes the connection out of a room; returns whether it was in it.
    pub(super) fn exit_room(&self, state: &mut State, index: usize, room: &str) -> bool {
        let Some(space) = state.space_mut(index) else { return false };
        let Ok(place) = space.place(room) else { return false };
        space.rooms.remove(place);
        self.hub().directory().leave(index, room, self);
        self.hub().unsubscribe_room(index, room);
        true
    }

    /// Takes the connection out of a namespace, and returns what it had there; its rooms were left before, or are now.
    pub(super) fn exit(&self, state: &mut State, index: usize) -> Option<Space> {
        let space = state.take_space(index)?;
        for room in &space.rooms {
            self.hub().directory().leave(index, room, self);
            self.hub().unsubscribe_room(index, room);
        }
        self.hub().directory().members(index).remove(self);
        self.hub().unsubscribe_namespace(index);
        Some(space)
    }
}
