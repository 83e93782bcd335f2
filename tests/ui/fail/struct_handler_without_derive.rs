//! A struct that handles requests, but is not read from them.

use gongular::websocket::{WebSocket, WebSocketHandler, websocket};
use gongular::{Context, Error, Handle, Router, handle};

struct Remove;

impl Handle for Remove {
    type Output = ();

    async fn handle(self, _: &mut Context<'_>) -> Result<(), Error> {
        Ok(())
    }
}

struct Chat;

impl WebSocketHandler for Chat {
    async fn handle(self, _: WebSocket) -> Result<(), Error> {
        Ok(())
    }
}

struct Nothing;

fn main() {
    let _ = Router::new().delete("/", handle::<Remove>());
    let _ = Router::new().get("/chat", websocket::<Chat>());
    let _ = Router::new().get("/", handle::<Nothing>());
}
