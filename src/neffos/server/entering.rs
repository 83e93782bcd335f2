//! How a connection enters namespaces and rooms by the server's wish, and who is told of any entry.

use super::asks::Then;
use super::moves::Moving;
use super::place::Entered;
use crate::neffos::codec::system;
use crate::neffos::{AskError, Message, NsConn};

/// Connects a client to a namespace.
pub(super) async fn connect(space: NsConn) -> Result<(), AskError> {
    let (conn, index) = (space.conn(), space.index());
    let message = Message::local(space.name(), "", system::CONNECT);
    let instances = conn.admit(&space, &message).await?;
    let heard = conn.hub().hear_namespace(index).await?;
    if conn.ask_to(&message, Then::Connect(index, heard, instances)).await? == Entered::Now {
        greet(&space, "").await;
    }
    Ok(())
}

/// Makes a client join a room.
pub(super) async fn join(space: NsConn, room: Box<str>) -> Result<(), AskError> {
    let (conn, index) = (space.conn(), space.index());
    let message = Message::local(space.name(), &room, system::JOIN);
    let hooks = &conn.hub().namespace_at(index).hooks;
    conn.decide(hooks.room_join.as_ref(), &space, message.clone()).await?;
    let heard = conn.hub().hear_room(index, &room).await?;
    if conn.ask_to(&message, Then::Join(index, room.clone(), heard)).await? == Entered::Now {
        greet(&space, &room).await;
    }
    Ok(())
}

/// Tells the hook of an entry, unless somebody has: whoever brought the client in, or whoever has it leave
/// before.
pub(super) async fn greet(space: &NsConn, room: &str) {
    let conn = space.conn();
    let Some((moving, message)) = Moving::greet(conn, space.index(), room) else { return };
    let hooks = &conn.hub().namespace_at(space.index()).hooks;
    let hook = if room.is_empty() { &hooks.connected } else { &hooks.room_joined };
    conn.tell(hook.as_ref(), space, message).await;
    moving.over();
}
