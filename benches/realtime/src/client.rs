//! One connection of the load.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};

use futures_util::SinkExt;
use futures_util::stream::{self, StreamExt, TryStreamExt};
use tokio::net::{TcpSocket, TcpStream};
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;
use tokio_tungstenite::tungstenite::{Message, Utf8Bytes};
use tokio_tungstenite::{WebSocketStream, client_async_with_config};

use crate::dialect::Dialect;

/// A connection in its namespace.
pub(crate) struct Client {
    socket: WebSocketStream<TcpStream>,
    dialect: Dialect,
}

impl Client {
    /// Connects, as the client of this number: some thousand share a loopback address, so that the ports of one suffice.
    pub(crate) async fn open(dialect: Dialect, server: SocketAddr, number: usize) -> io::Result<Self> {
        let socket = TcpSocket::new_v4()?;
        let host = Ipv4Addr::new(127, 0, 0, 2 + (number / CLIENTS_OF_ADDRESS) as u8);
        socket.bind((host, 0).into())?;
        let stream = socket.connect(server).await?;
        stream.set_nodelay(true)?;
        let url = format!("ws://{server}{}", dialect.path());
        let config = WebSocketConfig::default().read_buffer_size(BUFFER).write_buffer_size(0);
        let opened = client_async_with_config(url, stream, Some(config)).await;
        let mut client = Self { socket: opened.map_err(io::Error::other)?.0, dialect };
        for (said, answer) in dialect.opening() {
            client.ask(said, answer).await?;
        }
        Ok(client)
    }

    /// Opens several at a time, in the room if asked for.
    pub(crate) async fn open_all(
        dialect: Dialect,
        server: SocketAddr,
        count: usize,
        is_in_room: bool,
    ) -> io::Result<Vec<Self>> {
        let open = async |number| {
            let mut client = Self::open(dialect, server, number).await?;
            if is_in_room {
                client.join().await?;
            }
            Ok(client)
        };
        stream::iter(0..count).map(open).buffer_unordered(OPENED_AT_ONCE).try_collect().await
    }

    pub(crate) async fn join(&mut self) -> io::Result<()> {
        let (said, answer) = self.dialect.join();
        self.ask(said, answer).await
    }

    async fn ask(&mut self, said: &'static str, answer: &str) -> io::Result<()> {
        if !said.is_empty() {
            self.send(&Utf8Bytes::from_static(said)).await?;
        }
        let heard = self.next().await?;
        if heard.starts_with(answer) { Ok(()) } else { Err(unexpected(&heard)) }
    }

    pub(crate) async fn send(&mut self, text: &Utf8Bytes) -> io::Result<()> {
        self.socket.send(Message::Text(text.clone())).await.map_err(io::Error::other)
    }

    /// Waits for a message, which must be this one.
    pub(crate) async fn expect(&mut self, text: &str) -> io::Result<()> {
        let heard = self.next().await?;
        if heard == text { Ok(()) } else { Err(unexpected(&heard)) }
    }

    async fn next(&mut self) -> io::Result<Utf8Bytes> {
        loop {
            match self.socket.next().await {
                Some(Ok(Message::Text(text))) => match self.dialect.answer_to_ping(&text) {
                    Some(answer) => self.send(&Utf8Bytes::from_static(answer)).await?,
                    None => return Ok(text),
                },
                Some(Ok(Message::Ping(_) | Message::Pong(_))) => {}
                Some(Err(failure)) => return Err(io::Error::other(failure)),
                ended => return Err(io::Error::other(format!("the server closed: {ended:?}"))),
            }
        }
    }
}

fn unexpected(heard: &str) -> io::Error {
    io::Error::other(format!("an answer that was not expected: {heard:?}"))
}

const CLIENTS_OF_ADDRESS: usize = 4000;

const OPENED_AT_ONCE: usize = 64;

/// As small as it may be: ten thousand clients are one process.
const BUFFER: usize = 4 << 10;
