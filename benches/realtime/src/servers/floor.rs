//! The floor: what a fan-out over tokio-tungstenite costs when nothing is promised.

use std::collections::HashMap;
use std::io;
use std::sync::{Arc, Mutex, PoisonError};

use futures_util::{SinkExt, StreamExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc::{UnboundedSender, unbounded_channel};
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;
use tokio_tungstenite::tungstenite::{Error, Message};
use tokio_tungstenite::{WebSocketStream, accept_async_with_config};

/// The members of the only room.
type Room = Arc<Mutex<HashMap<u64, UnboundedSender<Message>>>>;

pub(super) async fn serve() -> io::Result<()> {
    let listener = TcpListener::bind(super::ADDRESS).await?;
    super::announce(listener.local_addr()?)?;
    let room = Room::default();
    for number in 0.. {
        let (stream, _) = listener.accept().await?;
        let room = Arc::clone(&room);
        tokio::spawn(async move {
            // Who is gone is out of the room.
            let _ = connection(stream, &room, number).await;
            room.lock().unwrap_or_else(PoisonError::into_inner).remove(&number);
        });
    }
    Ok(())
}

async fn connection(stream: TcpStream, room: &Room, number: u64) -> Result<(), Error> {
    stream.set_nodelay(true)?;
    let config = WebSocketConfig::default().read_buffer_size(BUFFER).write_buffer_size(BUFFER);
    let mut socket: WebSocketStream<TcpStream> = accept_async_with_config(stream, Some(config)).await?;
    let (sender, mut receiver) = unbounded_channel();
    loop {
        tokio::select! {
            heard = socket.next() => {
                let Some(message) = heard.transpose()? else { return Ok(()) };
                match message.to_text()?.as_bytes().first() {
                    Some(b'j') => {
                        room.lock().unwrap_or_else(PoisonError::into_inner).insert(number, sender.clone());
                        socket.send(message).await?;
                    }
                    Some(b'b') => {
                        for member in room.lock().unwrap_or_else(PoisonError::into_inner).values() {
                            // Who is gone leaves by itself.
                            let _ = member.send(message.clone());
                        }
                    }
                    _ => socket.send(message).await?,
                }
            }
            Some(message) = receiver.recv() => {
                socket.feed(message).await?;
                while let Ok(message) = receiver.try_recv() {
                    socket.feed(message).await?;
                }
                socket.flush().await?;
            }
        }
    }
}

/// Less than the 128 KiB that it has by itself, which nobody would choose for ten thousand clients.
const BUFFER: usize = 4 << 10;
