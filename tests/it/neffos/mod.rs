//! The neffos protocol over real sockets: what its original client does not show.

mod arguments;
#[cfg(feature = "neffos-client")]
mod client;
#[cfg(all(feature = "neffos-client-tls", feature = "tls"))]
mod client_tls;
mod comings;
#[cfg(all(feature = "mvc", feature = "validator"))]
mod controllers;
mod ending;
mod entering;
mod exchange;
mod failures;
mod forged;
#[cfg(all(feature = "axum", feature = "mvc", feature = "server"))]
mod joined;
mod leaving;
mod limits;
#[cfg(all(feature = "axum", feature = "mvc", feature = "server"))]
mod mistakes;
mod native;
mod order;
#[cfg(all(feature = "axum", feature = "mvc", feature = "server"))]
mod report;
mod teardown;

use std::net::SocketAddr;
use std::time::Duration;

use bytes::Bytes;
use futures_util::{SinkExt, StreamExt};
use gongular::inject::Container;
use gongular::layers::{ErrorLayer, InjectLayer};
use gongular::neffos::{
    AskError, Conn, Events, Hub, Kept, Message, Namespace, NsConn, Payload, Room, Speaks,
};
use gongular::websocket::WebSocketRoute;
use gongular::{Error, FromRequest, service};
use hyper::body::Incoming;
use hyper_util::rt::TokioIo;
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::task::JoinHandle;
use tokio_tungstenite::tungstenite::{self, Message as Frame};
use tokio_tungstenite::{WebSocketStream, client_async};
use tower::ServiceBuilder;

/// A time that a test waits for, short enough to be waited for.
const SHORT: Duration = Duration::from_millis(150);

/// Waits for what has to happen soon; anything else is a failure of the test, not a test that hangs.
async fn soon<F: Future>(future: F) -> F::Output {
    tokio::time::timeout(Duration::from_secs(20), future).await.expect("it happens soon")
}

/// Waits until something is so.
async fn until(mut is_so: impl FnMut() -> bool) {
    soon(async {
        while !is_so() {
            tokio::task::yield_now().await;
        }
    })
    .await;
}

/// A gate at which hooks wait until it is opened.
#[derive(Clone)]
struct Gate(std::sync::Arc<tokio::sync::Semaphore>);

impl Gate {
    fn shut() -> Self {
        Self(std::sync::Arc::new(tokio::sync::Semaphore::new(0)))
    }

    fn open(&self) {
        self.0.close();
    }

    async fn passed(&self) {
        // There are no permits: it ends when the gate is open.
        let _ = self.0.acquire().await;
    }
}

/// Panics when it is dropped.
struct Bomb;

impl Drop for Bomb {
    fn drop(&mut self) {
        panic!("on purpose");
    }
}

/// What happened in the application, in order.
#[derive(Clone)]
struct Log(UnboundedSender<String>);

impl Log {
    fn add(&self, line: impl Into<String>) {
        // Nobody listens any more when a test is over.
        let _ = self.0.send(line.into());
    }
}

struct Lines(UnboundedReceiver<String>);

impl Lines {
    async fn next(&mut self) -> String {
        soon(self.0.recv()).await.unwrap()
    }

    /// Waits for lines, in this order, and that no other stands between them.
    async fn are<const N: usize>(&mut self, expected: [&str; N]) {
        for expected in expected {
            assert_eq!(self.next().await, expected);
        }
    }

    /// Waits until nobody is left who could add a line, and that none was added.
    async fn end(mut self) {
        assert_eq!(soon(self.0.recv()).await, None);
    }
}

fn log() -> (Log, Lines) {
    let (log, lines) = unbounded_channel();
    (Log(log), Lines(lines))
}

/// A namespace that echoes, tells and sends.
fn chat() -> Namespace {
    Namespace::new("default")
        .on("echo", async |message: Message| match message.is_binary() {
            true => Payload::Binary(message.body().clone()),
            false => Payload::Text(message.text().unwrap_or_default().to_owned().into()),
        })
        .on("all", async |room: Option<Room>, client: NsConn, text: String| match room {
            Some(room) => room.everyone().emit("said", text),
            None => client.everyone().emit("said", text),
        })
        .on("rooms", async |client: NsConn| client.rooms().join(","))
        .on("askme", async |client: NsConn, text: String| -> Result<String, AskError> {
            let answer = client.ask("question", text).await?;
            Ok(answer.text().unwrap_or_default().to_owned())
        })
}

/// Serves a route on plain hyper.
async fn serve<T>(route: WebSocketRoute<Speaks<T>>, container: Container) -> SocketAddr
where
    T: FromRequest<Incoming> + Send + Sync + 'static,
{
    serving(route, container).await.0
}

/// Serves the same; returns what accepts connections, too, and holds the route until it is aborted.
async fn serving<T>(route: WebSocketRoute<Speaks<T>>, container: Container) -> (SocketAddr, JoinHandle<()>)
where
    T: FromRequest<Incoming> + Send + Sync + 'static,
{
    let stack = ServiceBuilder::new().layer(ErrorLayer::new()).layer(InjectLayer::new(container));
    let stack = stack.service(service(route));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let addr = listener.local_addr().unwrap();
    let accepting = tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let service = TowerToHyperService::new(stack.clone());
            let connection =
                hyper::server::conn::http1::Builder::new().serve_connection(TokioIo::new(stream), service);
            tokio::spawn(connection.with_upgrades());
        }
    });
    (addr, accepting)
}

async fn empty() -> Container {
    Container::builder().build().await.unwrap()
}

/// Serves what is described, and returns where.
async fn start(events: Events) -> (Hub, SocketAddr) {
    let hub = events.build();
    let addr = serve(hub.route(), empty().await).await;
    (hub, addr)
}

struct Client {
    stream: WebSocketStream<TcpStream>,
    id: String,
}

impl Client {
    /// Opens a websocket, and says nothing.
    async fn silent(addr: SocketAddr, query: &str) -> Self {
        let stream = TcpStream::connect(addr).await.unwrap();
        let (stream, _) = soon(client_async(format!("ws://{addr}/{query}"), stream)).await.unwrap();
        Self { stream, id: String::new() }
    }

    /// Opens a websocket and is let in.
    async fn open(addr: SocketAddr) -> Self {
        Self::silent(addr, "").await.let_in().await
    }

    /// Opens a websocket and connects to the namespace `default`.
    async fn connect(addr: SocketAddr) -> Self {
        let mut client = Self::open(addr).await;
        assert_eq!(client.ask("default", "", "_OnNamespaceConnect", "").await, "$1;;;;;;");
        client
    }

    async fn let_in(mut self) -> Self {
        self.send("M").await;
        self.id = self.next().await.strip_prefix('A').unwrap().to_owned();
        self
    }

    async fn join(&mut self, room: &str) {
        assert_eq!(self.ask("default", room, "_OnRoomJoin", "").await, "$1;;;;;;");
    }

    async fn send(&mut self, text: impl Into<String>) {
        soon(self.stream.send(Frame::text(text.into()))).await.unwrap();
    }

    async fn emit(&mut self, event: &str, body: &str) {
        self.send(format!(";default;;{event};0;0;{body}")).await;
    }

    /// Asks, and returns the next frame.
    async fn ask(&mut self, namespace: &str, room: &str, event: &str, body: &str) -> String {
        self.send(format!("$1;{namespace};{room};{event};0;0;{body}")).await;
        self.next().await
    }

    /// Makes sure that everything that was sent is handled, and that nothing but the echo of this came.
    async fn is_quiet(&mut self) {
        assert_eq!(self.ask("default", "", "echo", "quiet").await, "$1;default;;echo;0;0;quiet");
    }

    async fn frame(&mut self) -> Option<Result<Frame, tungstenite::Error>> {
        soon(self.stream.next()).await
    }

    async fn next(&mut self) -> String {
        match self.frame().await.unwrap().unwrap() {
            Frame::Text(text) => text.to_string(),
            other => panic!("{other:?} is no text"),
        }
    }

    /// Waits for the close frame; returns its code.
    async fn closed(&mut self) -> u16 {
        match self.frame().await.unwrap().unwrap() {
            Frame::Close(Some(frame)) => frame.code.into(),
            other => panic!("{other:?} does not close"),
        }
    }
}

/// Returns the token of a frame of the server, which asks.
fn token(frame: &str) -> &str {
    frame.split_once(';').unwrap().0
}
