//! What an idle websocket costs in memory, beside a bare tokio-tungstenite server.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::process::{Child, Command, Stdio};

use futures_util::{SinkExt, StreamExt};
use gongular::server::Server;
use gongular::websocket::{WebSocket, websocket_fn};
use gongular::{Engine, Error, Router};
use tokio::net::TcpListener;
use tokio_tungstenite::accept_async_with_config;
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;

/// The servers that are compared, by the names that [`serve`] takes.
pub const SERVERS: [&str; 3] = ["tokio-tungstenite", "tokio-tungstenite, 4 KiB buffers", "gongular"];

/// Opens `connections` websockets to each server, each of which has echoed one message, and returns how many bytes of
/// resident memory one of them costs.
///
/// Each server is a process of its own, so that the clients' memory does not count.
///
/// # Errors
///
/// A server cannot be started, or a connection fails: most often, since too few files may be open.
pub fn memory(connections: usize) -> io::Result<Vec<(&'static str, u64)>> {
    SERVERS.into_iter().map(|name| Ok((name, memory_of(name, connections)?))).collect()
}

fn memory_of(name: &str, connections: usize) -> io::Result<u64> {
    let mut server = Running::start(name)?;
    // What the first connection makes once does not count.
    let first = connect(server.addr)?;
    let before = server.resident()?;
    let sockets = (0..connections).map(|_| connect(server.addr)).collect::<io::Result<Vec<_>>>()?;
    let after = server.resident()?;
    drop((first, sockets));
    server.child.kill()?;
    Ok(after.saturating_sub(before) / connections as u64)
}

struct Running {
    child: Child,
    addr: SocketAddr,
}

impl Running {
    fn start(name: &str) -> io::Result<Self> {
        let program = std::env::current_exe()?;
        let mut child =
            Command::new(program).args(["websocket-server", name]).stdout(Stdio::piped()).spawn()?;
        let mut line = String::new();
        if let Some(output) = child.stdout.take() {
            BufReader::new(output).read_line(&mut line)?;
        }
        Ok(Self { child, addr: line.trim().parse().map_err(io::Error::other)? })
    }

    /// Returns the bytes of memory that the server occupies.
    fn resident(&self) -> io::Result<u64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id()))?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        let number = line.and_then(|line| line.trim().strip_suffix(" kB")).and_then(|text| text.parse().ok());
        number.map(|kib: u64| kib << 10).ok_or_else(|| io::Error::other("no VmRSS in /proc"))
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Opens a websocket, sends a message and reads it back.
fn connect(addr: SocketAddr) -> io::Result<TcpStream> {
    let mut stream = TcpStream::connect(addr)?;
    let head = format!(
        "GET /echo HTTP/1.1\r\nHost: {addr}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
         Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
    );
    stream.write_all(head.as_bytes())?;
    let mut answer = Vec::new();
    while !answer.ends_with(b"\r\n\r\n") {
        let mut byte = [0];
        stream.read_exact(&mut byte)?;
        answer.push(byte[0]);
    }
    stream.write_all(b"\x81\x85\0\0\0\0hello")?;
    let mut echo = [0; 7];
    stream.read_exact(&mut echo)?;
    if &echo != b"\x81\x05hello" {
        return Err(io::Error::other("no echo"));
    }
    Ok(stream)
}

/// Serves echoes until the process is killed; prints the address first.
///
/// # Errors
///
/// There is no server of this name, or it cannot listen.
pub fn serve(name: &str) -> io::Result<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    runtime.block_on(async {
        match name {
            "tokio-tungstenite" => bare(WebSocketConfig::default()).await,
            "tokio-tungstenite, 4 KiB buffers" => {
                let config = WebSocketConfig::default().read_buffer_size(4 << 10);
                bare(config.write_buffer_size(4 << 10)).await
            }
            "gongular" => gongular().await,
            _ => Err(io::Error::other("no such server")),
        }
    })
}

async fn bare(config: WebSocketConfig) -> io::Result<()> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    announce(listener.local_addr()?)?;
    loop {
        let (stream, _) = listener.accept().await?;
        tokio::spawn(async move {
            let Ok(mut socket) = accept_async_with_config(stream, Some(config)).await else { return };
            while let Some(Ok(message)) = socket.next().await {
                if (message.is_text() || message.is_binary()) && socket.send(message).await.is_err() {
                    return;
                }
            }
        });
    }
}

async fn echo(mut socket: WebSocket) -> Result<(), Error> {
    while let Some(message) = socket.recv().await {
        socket.send(message?).await?;
    }
    Ok(())
}

/// The whole of it: server, engine, statistics, errors.
async fn gongular() -> io::Result<()> {
    let routes = Router::new().get("/echo", websocket_fn(echo));
    let engine = Engine::new().routes(routes).stats(|_: &gongular::stats::RouteStat| {});
    let server = Server::new(engine.build().await.map_err(io::Error::other)?).bind("127.0.0.1:0")?;
    announce(server.local_addr().ok_or_else(|| io::Error::other("no address"))?)?;
    server.run().await
}

fn announce(addr: SocketAddr) -> io::Result<()> {
    writeln!(io::stdout(), "{addr}")
}
