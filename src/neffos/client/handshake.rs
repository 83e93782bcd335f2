//! How a client is let in.

use futures_util::{SinkExt, StreamExt};
use tokio_tungstenite::tungstenite::Message as WsMessage;

use super::DialError;
use super::transport::Socket;
use crate::neffos::codec::{Ack, HELLO};

/// A websocket on which the client was let in.
pub(super) struct Opened {
    pub(super) socket: Socket,
    pub(super) id: String,
    /// What the server sent before it let the client in; older servers may.
    pub(super) early: Vec<WsMessage>,
}

/// Asks to be let in.
pub(super) async fn shake(mut socket: Socket) -> Result<Opened, DialError> {
    socket.send(WsMessage::text(HELLO)).await.map_err(DialError::socket)?;
    let mut early = Vec::new();
    while let Some(frame) = socket.next().await {
        let frame = frame.map_err(DialError::socket)?;
        match &frame {
            WsMessage::Text(text) => match Ack::decode(text) {
                Some(Ack::Accepted(id)) => return Ok(Opened { id: id.to_owned(), socket, early }),
                Some(Ack::Refused(text)) => {
                    let error = DialError::refused(text);
                    // The server closes by itself; a goodbye is politeness.
                    let _ = socket.close(None).await;
                    return Err(error);
                }
                None => early.push(frame),
            },
            WsMessage::Binary(_) => early.push(frame),
            WsMessage::Close(_) => break,
            WsMessage::Ping(_) | WsMessage::Pong(_) | WsMessage::Frame(_) => {}
        }
        if early.len() > MAX_EARLY {
            return Err(DialError::flood());
        }
    }
    Err(DialError::left())
}

/// How many messages a server may send before it lets the client in.
const MAX_EARLY: usize = 64;
