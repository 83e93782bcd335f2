//! The hooks that run when a connection ends.

use crate::neffos::codec::system;
use crate::neffos::running::run;
use crate::neffos::server::leaving::{How, leave_namespace};
use crate::neffos::{Conn, EventContext, Message, NsConn};
use crate::websocket::LastWords;

/// Says farewell for a connection that was let in, once, whatever becomes of its task.
///
/// When it is dropped before, since a handler goes on for too long, say, the websocket says what is left to
/// be said, and ends what was built for the request behind that only.
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
        let conn = kept.0.clone();
        // Left before anything of the application is dropped, which may panic.
        if self.is_due {
            conn.sender().leave(LastWords::new(async move { say(&kept.0).await }));
        }
        conn.drop_errands();
    }
}

async fn say(conn: &Conn) {
    loop {
        let index = conn.state().spaces.last().map(|space| space.index);
        let Some(index) = index else { break };
        let space = NsConn::new(conn.clone(), index);
        let message = Message::forced(space.name(), "", system::DISCONNECT);
        // It is forced, and so nobody can refuse.
        let _ = leave_namespace(&space, message, How::END, || {}).await;
    }
    let is_first = !std::mem::replace(&mut conn.state().is_mourned, true);
    if is_first && let Some(hook) = &conn.hub().inner().hooks.disconnect {
        let cx = EventContext::new(conn.clone(), Message::forced("", "", ""));
        if let Err(error) = run(|| hook(cx), conn.hub().settings().handler_timeout).await {
            conn.failed_in_vain("on_disconnect", &error);
        }
    }
}
