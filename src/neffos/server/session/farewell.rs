//! The hooks that run when a connection or a namespace ends.

use crate::neffos::codec::system;
use crate::neffos::running::run;
use crate::neffos::server::instances::Instances;
use crate::neffos::server::place::{Phase, Space};
use crate::neffos::{Conn, EventContext, Message, NsConn};
use crate::websocket::LastWords;

/// Says farewell for a connection that was let in, once, whatever becomes of its task.
///
/// When it is dropped before, since a handler goes on for too long, say, the websocket says what is left to be said, and ends
/// what was built for the request behind that only.
pub(super) struct Farewell {
    conn: Option<Kept>,
    is_due: bool,
}

/// A connection that something is kept with, until this is dropped.
struct Kept(Conn);

impl Drop for Kept {
    fn drop(&mut self) {
        self.0.let_go();
    }
}

impl Farewell {
    pub(super) const fn new(conn: Conn) -> Self {
        Self { conn: Some(Kept(conn)), is_due: false }
    }

    /// Notes that the client was let in. To another one nothing is said; what was kept with it is dropped all the same.
    pub(super) const fn is_due(&mut self) {
        self.is_due = true;
    }

    /// Runs the hooks of all rooms and namespaces, and of the connection.
    pub(super) async fn say(mut self) {
        if let Some(Kept(conn)) = &self.conn {
            // Each hook is taken note of before it runs, so that none runs again should this be dropped.
            say(conn).await;
        }
        self.conn = None;
    }
}

impl Drop for Farewell {
    fn drop(&mut self) {
        let Some(kept) = self.conn.take() else { return };
        kept.0.leave_all();
        if self.is_due {
            let sender = kept.0.sender().clone();
            sender.leave(LastWords::new(async move { say(&kept.0).await }));
        }
    }
}

async fn say(conn: &Conn) {
    loop {
        let index = conn.state().spaces.last().map(|space| space.index);
        let Some(index) = index else { break };
        let space = NsConn::new(conn.clone(), index);
        leave_namespace(&space, Message::forced(space.name(), "", system::DISCONNECT)).await;
    }
    let is_first = !std::mem::replace(&mut conn.state().is_mourned, true);
    if is_first && let Some(hook) = &conn.hub().inner().hooks.disconnect {
        let cx = EventContext::new(conn.clone(), Message::forced("", "", ""));
        if let Err(error) = run(|| hook(cx), conn.hub().settings().handler_timeout).await {
            conn.log("on_disconnect", &error);
        }
    }
}

/// Takes a connection out of a namespace and its rooms, with the hooks of both, whatever they say; false when it was not in it.
pub(in crate::neffos) async fn leave_namespace(space: &NsConn, message: Message) -> bool {
    leave_rooms(space).await;
    let Some(left) = exit(space) else { return false };
    // The hook has been asked already when the client was about to leave.
    if !left.is_leaving {
        let hooks = &space.hub().namespace_at(space.index()).hooks;
        space.conn().tell_with(hooks.disconnect.as_ref(), space, message, left.instances).await;
    }
    true
}

/// Takes a connection out of the rooms of a namespace, with their hooks, whatever they say.
pub(super) async fn leave_rooms(space: &NsConn) {
    let conn = space.conn();
    let hooks = &space.hub().namespace_at(space.index()).hooks;
    while let Some(room) = last_room(space) {
        // First of all, so that no hook runs again should this be dropped while one does.
        let Some(instances) = exit_room(space, &room) else { continue };
        for (hook, event) in [(&hooks.room_leave, system::LEAVE), (&hooks.room_left, system::LEFT)] {
            let message = Message::forced(space.name(), &room, event);
            conn.tell_with(hook.as_ref(), space, message, instances.clone()).await;
        }
    }
}

fn last_room(space: &NsConn) -> Option<std::sync::Arc<str>> {
    space.conn().state().space(space.index())?.rooms.last().cloned()
}

/// Takes a connection out of a room; returns the controllers that are told of it, none when it was not in it.
pub(in crate::neffos) fn exit_room(space: &NsConn, room: &str) -> Option<Instances> {
    let conn = space.conn();
    let mut state = conn.state();
    if state.phase != Phase::Gone {
        let instances = state.space(space.index())?.instances.clone();
        return conn.exit_room(&mut state, space.index(), room).then_some(instances);
    }
    // It has left the group already, and is only forgotten here.
    let joined = state.space_mut(space.index())?;
    joined.rooms.remove(joined.place(room).ok()?);
    Some(joined.instances.clone())
}

/// Takes a connection out of a namespace; returns what it had there, to be dropped where nothing is locked.
pub(super) fn exit(space: &NsConn) -> Option<Space> {
    let conn = space.conn();
    let mut state = conn.state();
    if state.phase != Phase::Gone {
        return conn.exit(&mut state, space.index());
    }
    state.take_space(space.index())
}
