//! How a connection leaves rooms and namespaces, whoever has it leave.
//!
//! For one membership each hook runs at most once: that somebody is leaving is noted before a hook is asked,
//! and only who takes the connection out tells the hook of it. A hook that refuses is as if it had not been
//! asked.

use std::future::poll_fn;
use std::task::Poll;

use super::asks::Then;
use super::entering::greet;
use super::hooks::is_in_hook;
use super::instances::Instances;
use super::moves::{Moving, Step, rooms_are_quiet};
use super::place::{Phase, Space};
use crate::neffos::codec::{Header, system};
use crate::neffos::{AskError, Message, NsConn, Payload};

/// In what way a connection leaves.
#[derive(Clone, Copy, Debug)]
pub(super) struct How {
    /// Whether it leaves whatever hooks say.
    is_forced: bool,
    /// Whether it waits for what is under way there. Otherwise it passes that by.
    waits: bool,
}

impl How {
    /// The client asks for it.
    pub(super) const CLIENT: Self = Self { is_forced: false, waits: true };
    /// The client is gone, and so is whatever could be waited for.
    pub(super) const END: Self = Self { is_forced: true, waits: false };

    /// The server wants it. A hook waits for no other: two that have each other's connection leave would wait
    /// for ever, and one that has its own leave, for itself.
    ///
    /// To be asked where it is wanted, since the errand runs in the task of the connection that leaves.
    fn server(is_forced: bool) -> Self {
        Self { is_forced, waits: !is_in_hook() }
    }

    const fn forced(self) -> Self {
        Self { is_forced: true, ..self }
    }
}

/// Has the connection leave a room by the server's wish, and tells the client.
pub(super) async fn take_out_of_room(space: &NsConn, room: &str) -> Result<(), AskError> {
    let how = How::server(false);
    let (space, message) = (space.clone(), Message::local(space.name(), room, system::LEAVE));
    let conn = space.conn().clone();
    conn.entrust(async move {
        // Who else had it leave meanwhile has told both sides.
        if !leave_room(&space, message.clone(), how, || {}).await? {
            return Ok(());
        }
        space.conn().ask_to(&message, Then::Nothing).await.map(drop)
    })
    .await
}

/// Has the connection leave a namespace by the server's wish, and tells the client.
pub(super) async fn take_out(space: &NsConn) -> Result<(), AskError> {
    let how = How::server(true);
    let (space, message) = (space.clone(), Message::local(space.name(), "", system::DISCONNECT));
    let conn = space.conn().clone();
    conn.entrust(async move {
        if !leave_namespace(&space, message, how, || {}).await? {
            return Ok(());
        }
        let header = Header { namespace: space.name(), event: system::DISCONNECT, ..Header::default() };
        space.conn().ask(&header, &Payload::empty()).await.map(drop)
    })
    .await
}

/// Takes a connection out of the room of a message, with its hooks; false when it was not in it. `out` runs
/// when it is out, before the last hook.
///
/// # Errors
///
/// The hook refuses, and it is not forced: it is still in the room.
pub(super) async fn leave_room(
    space: &NsConn,
    message: Message,
    how: How,
    out: impl FnOnce(),
) -> Result<bool, AskError> {
    let (conn, room) = (space.conn(), message.room());
    let hooks = &conn.hub().namespace_at(space.index()).hooks;
    let Some(leaving) = begin(space, room, how).await else { return Ok(false) };
    greet(space, room).await;
    if ask(space, room, &leaving)
        && let Err(refusal) = conn.decide(hooks.room_leave.as_ref(), space, message.clone()).await
    {
        if !how.is_forced {
            leaving.over();
            return Err(refusal);
        }
        conn.in_vain(system::LEAVE, &refusal);
    }
    let Some(instances) = exit_room(space, room, &leaving) else {
        leaving.over();
        return Ok(false);
    };
    out();
    let told = match how.is_forced {
        true => Message::forced(space.name(), room, system::LEFT),
        false => message.clone(),
    };
    conn.tell_with(hooks.room_left.as_ref(), space, told, instances).await;
    leaving.over();
    Ok(true)
}

/// Takes a connection out of a namespace, with the hooks of its rooms and its own; false when it was not in
/// it. `out` runs when it is out.
///
/// # Errors
///
/// The hook refuses, and it is not forced: it is still in the namespace and its rooms.
pub(super) async fn leave_namespace(
    space: &NsConn,
    message: Message,
    how: How,
    out: impl FnOnce(),
) -> Result<bool, AskError> {
    let conn = space.conn();
    let hook = conn.hub().namespace_at(space.index()).hooks.disconnect.as_ref();
    let Some(leaving) = begin(space, "", how).await else { return Ok(false) };
    greet(space, "").await;
    if !how.is_forced
        && ask(space, "", &leaving)
        && let Err(refusal) = conn.decide(hook, space, message.clone()).await
    {
        leaving.over();
        return Err(refusal);
    }
    let (left, is_asked) = loop {
        leave_rooms(space, how.forced()).await;
        match exit(space, &leaving) {
            Exit::Left(left, is_asked) => break (left, is_asked),
            Exit::Out => {
                leaving.over();
                return Ok(false);
            }
            // One that was entered meanwhile.
            Exit::Rooms => {}
        }
    };
    out();
    if !is_asked {
        conn.tell_with(hook, space, message, left.instances).await;
    }
    leaving.over();
    Ok(true)
}

/// Takes a connection out of the rooms of a namespace, one after the other.
async fn leave_rooms(space: &NsConn, how: How) {
    while let Some(room) = last_room(space) {
        let message = Message::forced(space.name(), &room, system::LEAVE);
        // It is forced, and so nobody can refuse.
        let _ = leave_room(space, message, how, || {}).await;
    }
    if how.waits {
        rooms_are_quiet(space.conn(), space.index()).await;
    }
}

fn last_room(space: &NsConn) -> Option<std::sync::Arc<str>> {
    space.conn().state().space(space.index())?.rooms.last().cloned()
}

/// Notes that a connection is about to leave a namespace, or a room of it, when what is under way there is
/// over; none when it is not there, or somebody else has it leave who cannot be waited for.
async fn begin<'s>(space: &'s NsConn, room: &str, how: How) -> Option<Moving<'s>> {
    let (conn, index) = (space.conn(), space.index());
    poll_fn(|_| {
        let mut state = conn.state();
        if !state.space(index).is_some_and(|joined| room.is_empty() || joined.has(room)) {
            return Poll::Ready(None);
        }
        if how.waits && state.moves.is_moving(index, room) {
            return Poll::Pending;
        }
        if !how.is_forced && state.moves.is_leaving(index, room) {
            return Poll::Ready(None);
        }
        Poll::Ready(Some(Moving::leave(conn, &mut state, index, room)))
    })
    .await
}

/// Notes that the hook which decides is asked; false when it has been.
fn ask(space: &NsConn, room: &str, leaving: &Moving<'_>) -> bool {
    let mut state = space.conn().state();
    let is_due = !state.moves.is_asked(space.index(), room);
    if is_due {
        leaving.take_step(&mut state, Step::Asked);
    }
    is_due
}

/// Takes a connection out of a room; returns the controllers that are told of it, none when it was not in it.
fn exit_room(space: &NsConn, room: &str, leaving: &Moving<'_>) -> Option<Instances> {
    let (conn, index) = (space.conn(), space.index());
    let mut state = conn.state();
    let instances = state.space(index)?.instances.clone();
    let is_out = match state.phase {
        // It has left the group already, and is only forgotten here.
        Phase::Gone => state.space_mut(index)?.forget(room),
        Phase::New | Phase::Open => conn.exit_room(&mut state, index, room),
    };
    leaving.take_step(&mut state, Step::Left);
    is_out.then_some(instances)
}

/// What became of the wish to leave a namespace.
enum Exit {
    /// It has left; what it had there is to be dropped where nothing is locked. And whether the hook was
    /// asked.
    Left(Space, bool),
    /// It was not in it.
    Out,
    /// It is still in rooms.
    Rooms,
}

fn exit(space: &NsConn, leaving: &Moving<'_>) -> Exit {
    let (conn, index) = (space.conn(), space.index());
    let mut state = conn.state();
    match state.space(index) {
        None => return Exit::Out,
        Some(joined) if !joined.rooms.is_empty() => return Exit::Rooms,
        Some(_) => {}
    }
    let is_asked = state.moves.is_asked(index, "");
    let left = match state.phase {
        Phase::Gone => state.take_space(index),
        Phase::New | Phase::Open => conn.exit(&mut state, index),
    };
    leaving.take_step(&mut state, Step::Left);
    left.map_or(Exit::Out, |left| Exit::Left(left, is_asked))
}
