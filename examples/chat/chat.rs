//! The chat itself: rooms, lines, and who is there. It does not know how many servers it runs on.

use std::time::Duration;

use futures_util::future::join_all;
use gongular::http::StatusCode;
use gongular::mvc::Controller;
use gongular::neffos::{NsConn, Room, websocket_controller};
use gongular::{Body, Error, Json};
use serde::{Deserialize, Serialize};
use validator::Validate;

/// One client in the chat, from when it connects to the namespace until it leaves.
///
/// What its fields refuse, such as a name that is too long, refuses the client, which reads why.
#[derive(Controller)]
pub(crate) struct Chat {
    /// Of the websocket's URL: `/ws?name=Ann`.
    #[query]
    #[validate(length(min = 1, max = 24))]
    name: String,
    client: NsConn,
}

/// What a client says.
#[derive(Deserialize, Validate)]
pub(crate) struct Line {
    #[validate(length(min = 1, max = 200))]
    text: String,
}

/// The same, as everybody in the room reads it.
#[derive(Serialize)]
struct Said<'a> {
    name: &'a str,
    text: &'a str,
}

/// Each method is an event, or the hook of its name.
#[websocket_controller(namespace = "chat")]
impl Chat {
    async fn on_room_join(&self, room: Room) -> Result<(), Error> {
        match room.name().chars().count() {
            1..=24 => Ok(()),
            _ => Err(Error::new(StatusCode::BAD_REQUEST, "the name of a room has 1 to 24 characters")),
        }
    }

    async fn on_room_joined(&self, room: Room) -> Result<(), Error> {
        room.everyone().emit("joined", self.name.as_str())
    }

    /// Runs as well when the page is closed, or its connection is lost.
    async fn on_room_left(&self, room: Room) -> Result<(), Error> {
        room.everyone().emit("left", self.name.as_str())
    }

    /// A line that breaks a rule does not get here: its sender reads which one.
    async fn say(&self, room: Room, line: Body<Line>) -> Result<(), Error> {
        let said = Said { name: &self.name, text: &line.text };
        let sent = room.everyone().emit("say", Json(said));
        // What Redis does not take was sent to the clients of this server.
        sent.map_err(|error| {
            error.with_public("other servers are out of reach: only clients of this one read it")
        })
    }

    /// The names of those in the room, on all servers.
    ///
    /// Servers know who is there, by ids; a name is known by the server of its client alone. So each client is asked.
    async fn members(&self, room: Room) -> Result<Json<Vec<String>>, Error> {
        let everyone = room.everyone();
        let ids = everyone.ids_everywhere(PATIENCE).await;
        // Those of this server are known without Redis, too.
        let ids = ids.unwrap_or_else(|_| everyone.conns().iter().map(|conn| conn.id().to_owned()).collect());
        let mut names: Vec<_> = join_all(ids.iter().take(MOST_NAMES).map(|id| self.name_of(id)))
            .await
            .into_iter()
            .flatten()
            .collect();
        names.sort();
        Ok(Json(names))
    }
}

impl Chat {
    /// Returns nothing for one who does not answer: it is gone, or about to be. Who lies here could have done so in its URL.
    async fn name_of(&self, id: &str) -> Option<String> {
        if id == self.client.id() {
            return Some(self.name.clone());
        }
        let asked = self.client.hub().ask(id, self.client.name(), "name", "");
        let answer = tokio::time::timeout(PATIENCE, asked).await.ok()?.ok()?;
        answer.text().map(|name| name.chars().take(24).collect())
    }
}

/// How long others may take to answer: long for a server or a page nearby, and short for who waits for the list.
const PATIENCE: Duration = Duration::from_millis(250);

/// How many names are asked for, since a room may be large.
const MOST_NAMES: usize = 50;
