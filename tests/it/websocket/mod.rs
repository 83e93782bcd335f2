//! Websockets over real sockets.

mod closing;
mod crowd;
mod handshake;
mod hosts;
mod life;
mod limits;

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use gongular::http::{HeaderName, HeaderValue, Request, StatusCode};
use gongular::inject::{Completion, Container, Provider};
use gongular::layers::{ErrorLayer, InjectLayer, StatsLayer};
use gongular::stats::{Outcome, RouteStat, WebSocketStat};
use gongular::websocket::{
    CloseCode, Sender, Structure, WebSocket, WebSocketHandler, WebSocketRoute, websocket,
};
use gongular::{Context, Error, FromRequest, Inject, Query, Shutdown, service};
use hyper_util::rt::TokioIo;
use hyper_util::service::TowerToHyperService;
use serde::Deserialize;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;
use tokio_tungstenite::tungstenite::{self, Message as ClientMessage};
use tokio_tungstenite::{WebSocketStream, client_async_with_config};
use tower::ServiceBuilder;
use validator::Validate;

/// A time that a test waits for, short enough to be waited for.
const SHORT: Duration = Duration::from_millis(150);

/// Waits for what has to happen soon; anything else is a failure of the test, not a test that hangs.
async fn soon<F: Future>(future: F) -> F::Output {
    tokio::time::timeout(Duration::from_secs(20), future).await.expect("it happens soon")
}

#[derive(Deserialize, Validate)]
struct Options {
    #[serde(default)]
    mode: String,
    #[serde(default)]
    #[validate(range(max = 9))]
    level: u8,
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

/// Lives as long as the request; its teardown is logged.
struct Session;

/// A websocket that does what its `mode` says.
#[derive(FromRequest)]
struct Room {
    options: Query<Options>,
    log: Inject<Log>,
    senders: Inject<Senders>,
    session: Inject<Session>,
}

type Route = WebSocketRoute<Structure<Room>>;

#[derive(Clone, Default)]
struct Senders(Arc<Mutex<Vec<Sender>>>);

/// Logs that what holds it was dropped.
struct Held(Log);

impl Drop for Held {
    fn drop(&mut self) {
        self.0.add("dropped");
    }
}

impl WebSocketHandler for Room {
    async fn before(&mut self, cx: &mut Context<'_>) -> Result<(), Error> {
        self.log.add(format!("before {}", self.options.mode));
        cx.header(HeaderName::from_static("x-ws"), HeaderValue::from_static("yes"));
        cx.append_header(HeaderName::from_static("set-cookie"), HeaderValue::from_static("a=1"));
        cx.append_header(HeaderName::from_static("set-cookie"), HeaderValue::from_static("b=2"));
        match &*self.options.mode {
            "refuse" => Err(Error::new(StatusCode::FORBIDDEN, "not you")),
            "stop" => {
                cx.fail(StatusCode::CONFLICT, "stopped");
                Ok(())
            }
            _ => Ok(()),
        }
    }

    async fn handle(self, mut socket: WebSocket) -> Result<(), Error> {
        let log = (*self.log).clone();
        let _held = Held(log.clone());
        self.senders.0.lock().unwrap().push(socket.sender());
        let _session = &self.session;
        match &*self.options.mode {
            "return" => return Ok(()),
            "fail" => return Err(Error::app("the pool is at 10.0.0.7")),
            "panic" => panic!("chair fell over"),
            "close" => {
                socket.send("last words").await?;
                socket.close(CloseCode::POLICY, "house rules");
                return Ok(());
            }
            "deaf" => {
                drop(socket);
                return std::future::pending().await;
            }
            "busy" => {
                log.add("handling");
                return std::future::pending().await;
            }
            "pour" => loop {
                if let Err(error) = socket.send(vec![0; 32 << 10]).await {
                    log.add(format!("poured: {error}"));
                    return Err(error.into());
                }
            },
            "elsewhere" => return tokio::spawn(echo(socket)).await.map_err(Error::app)?,
            "room" => {
                while let Some(message) = socket.recv().await {
                    let message = message?;
                    for member in &*self.senders.0.lock().unwrap() {
                        member.send(message.clone())?;
                    }
                }
                return Ok(());
            }
            "protocol" => socket.send(socket.protocol().unwrap_or("none").to_owned()).await?,
            _ => {}
        }
        while let Some(message) = socket.recv().await {
            match message {
                Ok(message) => socket.send(message).await?,
                Err(error) => {
                    log.add(format!("error: {error}"));
                    return Err(error.into());
                }
            }
        }
        log.add("closed");
        Ok(())
    }
}

async fn echo(mut socket: WebSocket) -> Result<(), Error> {
    while let Some(message) = socket.recv().await {
        socket.send(message?).await?;
    }
    Ok(())
}

/// What of a statistic the tests look at.
#[derive(Debug, PartialEq)]
struct Seen {
    outcome: Outcome,
    code: Option<u16>,
    error: Option<String>,
    websocket: Option<WebSocketStat>,
    sizes: (u64, u64),
    lasted: Duration,
}

/// A server of [`Room`]s on plain hyper, with statistics, errors and dependencies around.
struct Site {
    addr: SocketAddr,
    log: UnboundedReceiver<String>,
    stats: UnboundedReceiver<Seen>,
    senders: Senders,
}

impl Site {
    async fn start(change: impl FnOnce(Route) -> Route) -> Self {
        let (log, log_lines) = unbounded_channel();
        let (log, senders) = (Log(log), Senders::default());
        let (stats, seen) = stats();
        let stack = ServiceBuilder::new()
            .layer(stats)
            .layer(ErrorLayer::new())
            .layer(InjectLayer::new(container(&log, &senders).await))
            .service(service(change(websocket::<Room>())));
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let addr = listener.local_addr().unwrap();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let service = TowerToHyperService::new(stack.clone());
                let connection = hyper::server::conn::http1::Builder::new()
                    .serve_connection(TokioIo::new(stream), service);
                tokio::spawn(connection.with_upgrades());
            }
        });
        Self { addr, log: log_lines, stats: seen, senders }
    }

    async fn open(&self, mode: &str) -> Client {
        open(self.addr, &format!("/?mode={mode}")).await
    }

    async fn line(&mut self) -> String {
        soon(self.log.recv()).await.unwrap()
    }

    /// Waits for lines of the log, in this order.
    async fn lines<const N: usize>(&mut self, expected: [&str; N]) {
        for expected in expected {
            assert_eq!(self.line().await, expected);
        }
    }

    async fn stat(&mut self) -> Seen {
        soon(self.stats.recv()).await.unwrap()
    }

    /// Waits until a handler has handed out its sender.
    async fn sender(&mut self, mode: &str) -> Sender {
        self.lines([&format!("before {mode}")[..]]).await;
        soon(async {
            loop {
                if let Some(sender) = self.senders.0.lock().unwrap().pop() {
                    return sender;
                }
                tokio::task::yield_now().await;
            }
        })
        .await
    }
}

async fn container(log: &Log, senders: &Senders) -> Container {
    let teardown = log.clone();
    let session = Provider::<Session>::per_request(|| Session).teardown(
        move |_: gongular::inject::Finished<Session>, completion: Completion| {
            teardown.add(format!("teardown {completion:?}"));
        },
    );
    let builder = Container::builder().provide(log.clone()).provide(senders.clone()).register(session);
    builder.build().await.unwrap()
}

fn stats() -> (StatsLayer, UnboundedReceiver<Seen>) {
    let (stats, seen) = unbounded_channel();
    let layer = StatsLayer::new(move |stat: &RouteStat| {
        let _ = stats.send(Seen {
            outcome: stat.outcome(),
            code: stat.response_code().map(|code| code.as_u16()),
            error: stat.error().map(str::to_owned),
            websocket: stat.websocket().copied(),
            sizes: (stat.request_size(), stat.response_size()),
            lasted: stat.total_duration(),
        });
    });
    (layer, seen)
}

struct Client {
    stream: WebSocketStream<TcpStream>,
    headers: gongular::http::HeaderMap,
}

async fn open(addr: SocketAddr, path: &str) -> Client {
    let request = Request::builder()
        .uri(format!("ws://{addr}{path}"))
        .header("host", addr.to_string())
        .header("connection", "upgrade")
        .header("upgrade", "websocket")
        .header("sec-websocket-version", "13")
        .header("sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ==")
        .body(())
        .unwrap();
    let stream = TcpStream::connect(addr).await.unwrap();
    let config = WebSocketConfig::default().max_message_size(None).max_frame_size(None);
    let (stream, response) = soon(client_async_with_config(request, stream, Some(config))).await.unwrap();
    Client { stream, headers: response.headers().clone() }
}

impl Client {
    async fn send(&mut self, message: impl Into<ClientMessage>) {
        soon(self.stream.send(message.into())).await.unwrap();
    }

    async fn next(&mut self) -> Option<Result<ClientMessage, tungstenite::Error>> {
        soon(self.stream.next()).await
    }

    async fn message(&mut self) -> ClientMessage {
        self.next().await.unwrap().unwrap()
    }

    /// Waits for the close frame and the end of the connection; returns the code and the reason.
    async fn closed(&mut self) -> Option<(u16, String)> {
        let ClientMessage::Close(frame) = self.message().await else { panic!("a close frame") };
        assert!(self.next().await.is_none(), "the server ends the connection");
        frame.map(|frame| (frame.code.into(), frame.reason.to_string()))
    }
}

fn text(text: &str) -> ClientMessage {
    ClientMessage::text(text)
}

/// Begins a websocket with bytes as they are; returns the stream behind the answer's head.
async fn raw(addr: SocketAddr, mode: &str) -> TcpStream {
    let mut stream = TcpStream::connect(addr).await.unwrap();
    let request = format!(
        "GET /?mode={mode} HTTP/1.1\r\nhost: {addr}\r\nconnection: Upgrade\r\nupgrade: websocket\r\n\
         sec-websocket-version: 13\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
    );
    stream.write_all(request.as_bytes()).await.unwrap();
    let head = read_head(&mut stream).await;
    assert!(head.starts_with("HTTP/1.1 101 "), "{head}");
    stream
}

async fn read_head(stream: &mut TcpStream) -> String {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(soon(stream.read_u8()).await.unwrap());
    }
    String::from_utf8(head).unwrap()
}

/// Makes a frame of its first byte and its payload; the mask is none to speak of.
fn frame(first: u8, payload: &[u8]) -> Vec<u8> {
    assert!(payload.len() < 126);
    [&[first, 0x80 | payload.len() as u8, 0, 0, 0, 0], payload].concat()
}
