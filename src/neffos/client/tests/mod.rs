//! A client against a server that the test plays, frame by frame.

mod asking;
mod limits;
mod loss;
mod opening;
mod server_made;

use std::sync::Arc;
use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use tokio::io::DuplexStream;
use tokio::sync::mpsc;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message as WsMessage;
use tokio_tungstenite::tungstenite::protocol::Role;

use super::transport::{Io, Opener, config};
use super::*;
use crate::Error;
use crate::neffos::Message;

/// The server's end of a connection.
struct Peer {
    /// How often the client says that it tried.
    tries: u32,
    socket: WebSocketStream<DuplexStream>,
}

/// The connections that the client opens.
type Peers = mpsc::UnboundedReceiver<Peer>;

/// A network on which every connection reaches the test; when the test takes none any more, none can be opened.
fn network() -> (Opener, Peers) {
    let (sender, peers) = mpsc::unbounded_channel();
    let opener: Opener = Arc::new(move |tries, _| {
        let sender = sender.clone();
        Box::pin(async move {
            let (near, far) = tokio::io::duplex(4 << 10);
            let socket = WebSocketStream::from_raw_socket(far, Role::Server, None).await;
            let gone = |_| DialError::io(std::io::ErrorKind::ConnectionRefused.into());
            sender.send(Peer { tries, socket }).map_err(gone)?;
            let near: Box<dyn Io> = Box::new(near);
            Ok(WebSocketStream::from_raw_socket(near, Role::Client, Some(config(1 << 20))).await)
        })
    });
    (opener, peers)
}

/// Opens a connection and lets the client in.
async fn open(dial: Dial) -> (Client, Peer, Peers) {
    let (opener, mut peers) = network();
    let (client, peer) = tokio::join!(dial.open_with(opener), accept(&mut peers, "one"));
    (client.unwrap(), peer, peers)
}

/// Takes the next connection and lets the client in.
async fn accept(peers: &mut Peers, id: &str) -> Peer {
    let mut peer = peers.recv().await.expect("the client dials");
    assert_eq!(peer.text().await, "M");
    peer.send(&format!("A{id}")).await;
    peer
}

/// Opens a connection with one namespace, `default`, and connects it.
async fn connected(dial: Dial) -> (Client, NsConn, Peer, Peers) {
    let (client, mut peer, peers) = open(dial).await;
    let (space, ()) = tokio::join!(client.connect("default"), peer.agree("default;;_OnNamespaceConnect"));
    (client, space.unwrap(), peer, peers)
}

/// Joins a room.
async fn join(space: &NsConn, peer: &mut Peer, room: &str) -> Room {
    let expected = format!("{};{room};_OnRoomJoin;0;0;", space.name());
    let (joined, ()) = tokio::join!(space.join(room), peer.agree(&expected));
    joined.unwrap()
}

fn dial() -> Dial {
    Client::dial("ws://localhost/").namespace(Namespace::new("default"))
}

impl Peer {
    async fn send(&mut self, text: &str) {
        self.socket.send(WsMessage::text(text)).await.unwrap();
    }

    async fn frame(&mut self) -> WsMessage {
        let frame = tokio::time::timeout(Duration::from_secs(3600), self.socket.next()).await;
        frame.expect("the client sends something").expect("the client is there").unwrap()
    }

    /// Receives a text.
    async fn text(&mut self) -> String {
        self.frame().await.into_text().unwrap().to_string()
    }

    /// Receives a request, `<namespace>;<room>;<event>` and perhaps more, and returns its token.
    async fn request(&mut self, expected: &str) -> String {
        let text = self.text().await;
        let (token, rest) = text.split_once(';').unwrap();
        assert!(rest.starts_with(expected), "{expected} was expected, and came {text}");
        assert!(token.len() > 1 && token.starts_with('$'), "{text}");
        token.to_owned()
    }

    /// Receives a request and agrees to it.
    async fn agree(&mut self, expected: &str) {
        let token = self.request(expected).await;
        self.send(&format!("{token};;;;;;")).await;
    }

    /// Waits until the client is gone.
    async fn gone(mut self) -> Vec<WsMessage> {
        let mut rest = Vec::new();
        while let Some(Ok(frame)) = self.socket.next().await {
            rest.push(frame);
        }
        rest
    }
}

/// What happened, in order.
#[derive(Clone)]
struct Log(mpsc::UnboundedSender<String>);

impl Log {
    fn new() -> (Self, mpsc::UnboundedReceiver<String>) {
        let (sender, receiver) = mpsc::unbounded_channel();
        (Self(sender), receiver)
    }

    fn add(&self, line: impl Into<String>) {
        // Nobody listens any more when a test is over.
        let _ = self.0.send(line.into());
    }

    /// Makes a hook that notes what it is told.
    fn hook(&self, name: &'static str) -> impl AsyncHook {
        let log = self.clone();
        move |message: Message| {
            let forced = if message.is_forced() { " forced" } else { "" };
            log.add(format!("{name} {}/{}{forced}", message.namespace(), message.room()));
            std::future::ready(Ok::<(), Error>(()))
        }
    }

    /// Adds hooks that note everything that happens in a namespace.
    fn all(&self, namespace: Namespace) -> Namespace {
        namespace
            .on_connected(self.hook("connected"))
            .on_disconnect(self.hook("disconnect"))
            .on_room_joined(self.hook("joined"))
            .on_room_left(self.hook("left"))
    }
}

/// A hook that takes a message.
trait AsyncHook: Fn(Message) -> std::future::Ready<Result<(), Error>> + Clone + Send + Sync + 'static {}

impl<F> AsyncHook for F where
    F: Fn(Message) -> std::future::Ready<Result<(), Error>> + Clone + Send + Sync + 'static
{
}

async fn next(log: &mut mpsc::UnboundedReceiver<String>) -> String {
    log.recv().await.expect("something happens")
}

/// Lets the client work until something is so.
async fn until(mut is_so: impl FnMut() -> bool) {
    for _ in 0..10_000 {
        if is_so() {
            return;
        }
        tokio::task::yield_now().await;
    }
    panic!("it does not come about");
}
