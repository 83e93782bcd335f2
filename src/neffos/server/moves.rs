//! What is under way on a connection: entries whose hook is due or runs, and leavings whose hooks run.
//!
//! All hooks of it run in the connection's own task, see [`errands`](super::errands). So whoever waits for a
//! move looks again when that task runs, and nobody keeps a waker.

use std::future::poll_fn;
use std::task::Poll;

use super::place::State;
use crate::neffos::{Conn, Message};

/// The moves of a connection, in the order in which they began. There are none most of the time.
#[derive(Debug, Default)]
pub(super) struct Moves {
    all: Vec<Move>,
}

/// A move into a namespace, or out of it; into or out of a room when one is named.
#[derive(Debug)]
struct Move {
    number: u32,
    index: usize,
    room: Box<str>,
    step: Step,
    /// Whether it was dropped where it waited: nobody waits for it, and its hook does not run again.
    is_cut: bool,
}

/// How far a move is.
#[derive(Debug)]
pub(super) enum Step {
    /// The hook that decides on leaving was called.
    Asked,
    /// It is in, and the hook that is told of it is still to be called, with this message.
    Entered(Message),
    /// That hook was called.
    Greeted,
    /// It is about to leave.
    Leaving,
    /// It is out, and the hook that is told of it was called.
    Left,
}

impl Moves {
    /// Notes that a hook is to be told of an entry.
    pub(super) fn entered(&mut self, index: usize, message: Message) {
        let room = message.room().into();
        self.add(index, room, Step::Entered(message));
    }

    /// Returns whether the hook that decides on leaving has been asked, and has not refused.
    pub(super) fn is_asked(&self, index: usize, room: &str) -> bool {
        self.of(index, room).any(|of| matches!(of.step, Step::Asked))
    }

    /// Returns whether somebody has the connection leave.
    pub(super) fn is_leaving(&self, index: usize, room: &str) -> bool {
        self.of(index, room).any(|of| !of.is_cut && matches!(of.step, Step::Asked | Step::Leaving))
    }

    /// Returns whether a hook of the namespace itself, or of the room, runs that can be waited for.
    pub(super) fn is_moving(&self, index: usize, room: &str) -> bool {
        self.of(index, room).any(Move::is_made)
    }

    fn is_moving_in_rooms(&self, index: usize) -> bool {
        self.all.iter().any(|of| of.index == index && !of.room.is_empty() && of.is_made())
    }

    fn of(&self, index: usize, room: &str) -> impl Iterator<Item = &Move> {
        self.all.iter().filter(move |of| of.index == index && *of.room == *room)
    }

    fn add(&mut self, index: usize, room: Box<str>, step: Step) -> u32 {
        let number = self.all.last().map_or(0, |last| last.number.wrapping_add(1));
        self.all.push(Move { number, index, room, step, is_cut: false });
        number
    }

    /// Begins to greet; returns the number of the move, and the message of the entry, unless that was done.
    fn greet(&mut self, index: usize, room: &str) -> Option<(u32, Message)> {
        let is_of = |of: &&mut Move| of.index == index && *of.room == *room;
        self.all.iter_mut().filter(is_of).find_map(|of| {
            match std::mem::replace(&mut of.step, Step::Greeted) {
                Step::Entered(message) => Some((of.number, message)),
                other => {
                    of.step = other;
                    None
                }
            }
        })
    }

    fn end(&mut self, number: u32) {
        self.all.retain(|of| of.number != number);
        if self.all.is_empty() {
            // An idle connection keeps no room.
            self.all = Vec::new();
        }
    }

    fn get_mut(&mut self, number: u32) -> Option<&mut Move> {
        self.all.iter_mut().find(|of| of.number == number)
    }
}

impl Move {
    /// Returns whether somebody makes it. A hook that is due is told by whoever comes first.
    const fn is_made(&self) -> bool {
        !self.is_cut && !matches!(self.step, Step::Entered(_))
    }
}

/// A move that somebody makes. Dropped before it is [over](Self::over), it was cut off by the end of the
/// connection.
///
/// It must not be dropped while the connection's state is locked.
pub(super) struct Moving<'c> {
    conn: &'c Conn,
    number: u32,
    is_over: bool,
}

impl<'c> Moving<'c> {
    /// Begins to leave.
    pub(super) fn leave(conn: &'c Conn, state: &mut State, index: usize, room: &str) -> Self {
        let number = state.moves.add(index, room.into(), Step::Leaving);
        Self { conn, number, is_over: false }
    }

    /// Begins to tell the hook of an entry; none when it was told, or need not be.
    pub(super) fn greet(conn: &'c Conn, index: usize, room: &str) -> Option<(Self, Message)> {
        let (number, message) = conn.state().moves.greet(index, room)?;
        Some((Self { conn, number, is_over: false }, message))
    }

    pub(super) fn take_step(&self, state: &mut State, step: Step) {
        if let Some(this) = state.moves.get_mut(self.number) {
            this.step = step;
        }
    }

    /// Says that nothing more comes of it.
    pub(super) fn over(mut self) {
        self.is_over = true;
    }
}

impl Drop for Moving<'_> {
    fn drop(&mut self) {
        let mut state = self.conn.state();
        if self.is_over {
            state.moves.end(self.number);
        } else if let Some(this) = state.moves.get_mut(self.number) {
            this.is_cut = true;
        }
        let task = state.task.clone();
        drop(state);
        // Others of the same task may wait for this.
        if let Some(task) = task {
            task.wake();
        }
    }
}

/// Waits until no move of a room in the namespace is under way.
pub(super) async fn rooms_are_quiet(conn: &Conn, index: usize) {
    poll_fn(|_| match conn.state().moves.is_moving_in_rooms(index) {
        true => Poll::Pending,
        false => Poll::Ready(()),
    })
    .await;
}
