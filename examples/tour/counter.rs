//! A websocket: bound, validated and injected as any handler is, before the connection is upgraded.

use std::sync::atomic::{AtomicU64, Ordering};

use gongular::websocket::{Message, WebSocket, WebSocketHandler};
use gongular::{Error, FromRequest, Inject};

/// How many messages all clients have sent.
#[derive(Default)]
pub(crate) struct Total(AtomicU64);

#[derive(FromRequest)]
pub(crate) struct Counter {
    #[query]
    #[validate(length(min = 1, max = 20))]
    name: String,
    total: Inject<Total>,
}

impl WebSocketHandler for Counter {
    async fn handle(self, mut socket: WebSocket) -> Result<(), Error> {
        while let Some(message) = socket.recv().await {
            let Message::Text(text) = message? else { continue };
            let count = self.total.0.fetch_add(1, Ordering::Relaxed) + 1;
            socket.send(format!("{count}: {} says {text}", self.name)).await?;
        }
        Ok(())
    }
}
