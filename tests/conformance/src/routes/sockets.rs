//! Websockets.

use gongular::http::{HeaderName, HeaderValue, StatusCode};
use gongular::websocket::{WebSocket, WebSocketHandler, websocket};
use gongular::{Context, Error, FromRequest, Inject, Param, Query, Router};
use serde::Deserialize;
use serde_json::json;
use validator::Validate;

use super::path::UserId;
use crate::providers::{Db, Named as _};

pub(super) fn routes() -> Router {
    const LARGE: usize = 16 << 20;
    Router::new()
        .get("/ws/{UserID}", websocket::<Greet>())
        .get("/wsinj", websocket::<NameDb>())
        .get("/echo", websocket::<Echo>())
        .get("/echo-large", websocket::<Echo>().max_message(LARGE).max_frame(LARGE).queue(256, LARGE))
}

#[derive(Default, Deserialize, Validate)]
#[serde(default, rename_all = "PascalCase")]
struct Visitor {
    track: bool,
    username: String,
}

/// Answers one message with what the request said.
#[derive(FromRequest)]
struct Greet {
    param: Param<UserId>,
    query: Query<Visitor>,
}

impl WebSocketHandler for Greet {
    async fn before(&mut self, cx: &mut Context<'_>) -> Result<(), Error> {
        if self.query.username == "evil" {
            let error = Error::new(StatusCode::UNAUTHORIZED, "evil may not enter");
            return Err(error.with_json(&json!({"error": "evil may not enter"})));
        }
        cx.header(HeaderName::from_static("x-ws"), HeaderValue::from_static("yes"));
        Ok(())
    }

    async fn handle(self, mut socket: WebSocket) -> Result<(), Error> {
        let Some(message) = socket.recv().await.transpose()? else { return Ok(()) };
        let Some(text) = message.as_text() else { return Ok(()) };
        let Visitor { track, username } = self.query.0;
        socket.send(format!("{text}:{}:{username}:{track}", self.param.user_id)).await?;
        Ok(())
    }
}

/// Tells the name of the database in the answer to the handshake.
#[derive(FromRequest)]
struct NameDb {
    db: Inject<Db>,
}

impl WebSocketHandler for NameDb {
    async fn before(&mut self, cx: &mut Context<'_>) -> Result<(), Error> {
        cx.header(HeaderName::from_static("x-db"), HeaderValue::from_str(self.db.name())?);
        Ok(())
    }

    async fn handle(self, mut socket: WebSocket) -> Result<(), Error> {
        while let Some(message) = socket.recv().await {
            message?;
        }
        Ok(())
    }
}

/// Sends every message back.
#[derive(FromRequest)]
struct Echo;

impl WebSocketHandler for Echo {
    async fn handle(self, mut socket: WebSocket) -> Result<(), Error> {
        while let Some(message) = socket.recv().await {
            socket.send(message?).await?;
        }
        Ok(())
    }
}
