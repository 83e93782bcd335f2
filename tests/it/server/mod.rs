//! The server over real sockets: what it promises about protocols, time and its own end.

mod framing;
mod http2;
mod listen;
mod process;
mod slow;
mod stop;
#[cfg(feature = "tls")]
mod tls;

use std::future::Future;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use gongular::http::{Request, Response, StatusCode};
use gongular::server::{BoundServer, IncomingBody, Server, Shutdown};
use gongular::{ClientAddr, Error, ResponseBody};
use http_body_util::BodyExt;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::Notify;
use tokio::task::JoinHandle;

/// A deadline that a test waits for, short enough to be waited for.
const SHORT: Duration = Duration::from_millis(200);

/// Waits for what has to happen soon; anything else is a failure of the test, not a test that hangs.
async fn soon<F: Future>(future: F) -> F::Output {
    tokio::time::timeout(Duration::from_secs(10), future).await.expect("it happens soon")
}

/// The application that the tests ask.
#[derive(Clone, Default)]
struct App(Arc<State>);

#[derive(Default)]
struct State {
    /// The paths that were asked for.
    asked: std::sync::Mutex<Vec<String>>,
    /// Requests that are inside.
    running: AtomicUsize,
    /// Rung when a request comes to `/wait`, …
    entered: Notify,
    /// … which lasts until this is rung.
    leave: Notify,
}

impl App {
    fn asked(&self) -> Vec<String> {
        self.0.asked.lock().unwrap().clone()
    }

    fn running(&self) -> usize {
        self.0.running.load(Ordering::SeqCst)
    }

    async fn answer(self, request: Request<IncomingBody>) -> Result<Response<ResponseBody>, Error> {
        let (parts, body) = request.into_parts();
        self.0.asked.lock().unwrap().push(parts.uri.path().to_owned());
        let _running = Running::enter(&self.0);
        let text = match parts.uri.path() {
            "/echo" => {
                // The contract of extractors: what went wrong with the body decides the answer.
                let read = body.collect().await.map_err(|error| broken(&*error))?;
                return Ok(Response::new(read.to_bytes().into()));
            }
            "/elsewhere" => {
                let reading = tokio::spawn(read_slowly(body));
                reading.await.unwrap().map_err(|error| broken(&*error))?;
                "read".to_owned()
            }
            "/wait" => {
                self.0.entered.notify_one();
                self.0.leave.notified().await;
                "waited".to_owned()
            }
            "/early" => return Err(Error::from_status(StatusCode::PAYLOAD_TOO_LARGE)),
            "/error" => return Err(Error::app(std::io::Error::other("the pool is at 10.0.0.7"))),
            "/greedy" => {
                // Nothing that asks tokio's budget comes through behind it.
                while tokio::task::coop::has_budget_remaining() {
                    tokio::task::coop::consume_budget().await;
                }
                "had all".to_owned()
            }
            "/panic" => panic!("chair fell over"),
            "/large" => return Ok(Response::new(vec![b'x'; 64 << 20].into())),
            "/client" => {
                let left = ClientAddr::of(&parts.extensions);
                assert!(left.is_none() || left == body.client_addr());
                left.map_or_else(|| "nobody".to_owned(), |client| client.to_string())
            }
            _ => format!("{} {}", parts.method, parts.uri),
        };
        Ok(Response::new(text.into()))
    }
}

/// Reads a body and lets others run after each piece of it.
async fn read_slowly(mut body: IncomingBody) -> Result<(), gongular::BoxError> {
    while let Some(frame) = body.frame().await {
        frame?;
        for _ in 0..100 {
            tokio::task::yield_now().await;
        }
    }
    Ok(())
}

fn broken(error: &(dyn std::error::Error + 'static)) -> Error {
    Error::broken_body(gongular::Place::Body, error)
}

struct Running(Arc<State>);

impl Running {
    fn enter(state: &Arc<State>) -> Self {
        state.running.fetch_add(1, Ordering::SeqCst);
        Self(Arc::clone(state))
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.0.running.fetch_sub(1, Ordering::SeqCst);
    }
}

/// The application as a tower service.
type Service = tower::util::BoxCloneService<Request<IncomingBody>, Response<ResponseBody>, Error>;

fn service(app: &App) -> Service {
    let app = app.clone();
    Service::new(tower::service_fn(move |request| app.clone().answer(request)))
}

/// A server that runs.
struct Site {
    app: App,
    addr: SocketAddr,
    shutdown: Shutdown,
    running: JoinHandle<std::io::Result<()>>,
}

impl Site {
    /// Starts the application's server with the settings of `set`.
    fn start(set: impl FnOnce(Server<Service>) -> Server<Service>) -> Self {
        let app = App::default();
        let server = set(Server::new(service(&app))).bind("127.0.0.1:0").unwrap();
        Self::run(app, server)
    }

    fn run(app: App, server: BoundServer<Service>) -> Self {
        let addr = server.local_addr().unwrap_or_else(|| SocketAddr::from(([0, 0, 0, 0], 0)));
        Self { app, addr, shutdown: server.shutdown(), running: tokio::spawn(server.run()) }
    }

    async fn connect(&self) -> Raw<TcpStream> {
        Raw { stream: soon(TcpStream::connect(self.addr)).await.unwrap(), read: Vec::new() }
    }

    /// Asks one request on a connection of its own.
    async fn get(&self, path: &str) -> String {
        let mut client = self.connect().await;
        client.send(&format!("GET {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n")).await;
        client.rest().await
    }

    /// Stops the server and waits for its end.
    async fn stop(self) {
        self.shutdown.trigger();
        soon(self.running).await.unwrap().unwrap();
    }
}

/// A client that writes and reads bytes.
struct Raw<S> {
    stream: S,
    read: Vec<u8>,
}

impl<S> Raw<S>
where
    S: tokio::io::AsyncRead + tokio::io::AsyncWrite + Unpin,
{
    async fn send(&mut self, text: impl AsRef<[u8]>) {
        soon(self.stream.write_all(text.as_ref())).await.unwrap();
    }

    /// Reads until the server closes; a reset counts as a close.
    async fn rest(&mut self) -> String {
        let mut all = std::mem::take(&mut self.read);
        match soon(self.stream.read_to_end(&mut all)).await {
            Ok(_) | Err(_) => String::from_utf8_lossy(&all).into_owned(),
        }
    }

    /// Reads one answer with a `Content-Length`: its status and its body.
    async fn answer(&mut self) -> (u16, String) {
        let head_end = loop {
            if let Some(at) = self.read.windows(4).position(|bytes| bytes == b"\r\n\r\n") {
                break at + 4;
            }
            self.more().await;
        };
        let head = String::from_utf8_lossy(&self.read[..head_end]).to_lowercase();
        let status = head.get(9..12).and_then(|status| status.parse().ok()).expect("a status");
        let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
        let length: usize = length.map_or(0, |length| length.trim().parse().unwrap());
        while self.read.len() < head_end + length {
            self.more().await;
        }
        let body = String::from_utf8_lossy(&self.read[head_end..head_end + length]).into_owned();
        self.read.drain(..head_end + length);
        (status, body)
    }

    async fn more(&mut self) {
        let read = soon(self.stream.read_buf(&mut self.read)).await.unwrap();
        assert!(read > 0, "the server closed: {}", String::from_utf8_lossy(&self.read));
    }
}

/// How many connections of the server at `addr` this process holds open: its end of them, not the client's.
fn connections(addr: SocketAddr) -> usize {
    let port = format!(":{:04X}", addr.port());
    let table = std::fs::read_to_string("/proc/net/tcp").unwrap();
    let inodes: Vec<_> = table
        .lines()
        .map(|line| line.split_whitespace().collect::<Vec<_>>())
        // The second column is the local address, the fourth the state (0A listens), the tenth the inode.
        .filter(|columns| columns.len() > 9 && columns[1].ends_with(&port) && columns[3] != "0A")
        .map(|columns| format!("socket:[{}]", columns[9]))
        .collect();
    let open = std::fs::read_dir("/proc/self/fd").unwrap();
    open.filter_map(|entry| std::fs::read_link(entry.ok()?.path()).ok())
        .filter(|target| inodes.iter().any(|inode| target.as_os_str() == inode.as_str()))
        .count()
}
