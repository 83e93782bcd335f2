//! A server as a process of its own.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::SocketAddr;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::thread::JoinHandle;
use std::time::{SystemTime, UNIX_EPOCH};

use gongular::neffos::exchange::Health;
use gongular::neffos::{Events, Hub, Namespace};
use gongular::server::Server;
use gongular::{Engine, Error, Router};

use crate::broker::Kind;
use crate::plan;

/// Serves until the standard input ends. Prints the address, then a line whenever the exchange is lost or connected again, and
/// at last what it counted.
pub(crate) fn serve(kind: Kind, broker: u16) -> io::Result<()> {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
    runtime.block_on(async {
        let events = Events::new().namespace(Namespace::new("default").on("say", say));
        let hub = kind.join(events, broker).map_err(io::Error::other)?.build();
        let mut health = hub.exchange_health().ok_or_else(|| io::Error::other("no exchange"))?;
        if !health.connected().await {
            return Err(io::Error::other("the server has ended"));
        }
        let routes = Router::new().get("/ws", hub.route());
        let engine = Engine::new().provide(hub).routes(routes).build().await.map_err(io::Error::other)?;
        let server = Server::new(engine).bind("127.0.0.1:0")?;
        tell(format_args!("{}", server.local_addr().ok_or_else(|| io::Error::other("no address"))?))?;
        tokio::spawn(server.run());
        tokio::spawn(watch(health.clone()));
        tokio::task::spawn_blocking(|| io::stdin().read_to_end(&mut Vec::new())).await??;
        let now = health.now();
        tell(format_args!("end {} {} {}", now.outages(), now.refused(), now.unconfirmed()))
    })
}

/// Sends to a place what a client wants; it reads whether that went to the other servers, too.
async fn say(hub: Hub, body: String) -> Result<String, Error> {
    let (place, message) = body.split_once(' ').ok_or_else(|| Error::app("no place"))?;
    let place = place.parse().map_err(|_| Error::app("no such place"))?;
    let all = hub.to("default")?;
    let to = match plan::room(place) {
        Some(room) => all.room(&room),
        None => all,
    };
    to.emit("said", message.to_owned())?;
    Ok("taken".to_owned())
}

/// Tells when the exchange is lost, and when it is back.
async fn watch(mut health: Health) {
    let mut was_connected = true;
    while let Some(now) = health.changed().await {
        if now.is_connected() == was_connected {
            continue;
        }
        was_connected = now.is_connected();
        let what = if was_connected { "back" } else { "lost" };
        if tell(format_args!("{what} {}", micros())).is_err() {
            // Nobody measures any more.
            return;
        }
    }
}

fn tell(line: std::fmt::Arguments<'_>) -> io::Result<()> {
    let mut out = io::stdout();
    writeln!(out, "{line}")?;
    out.flush()
}

/// Returns the time, which all processes share, in microseconds.
pub(crate) fn micros() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_micros() as u64
}

/// What a node told of its exchange.
#[derive(Clone, Debug, Default)]
pub(crate) struct Told {
    /// From when to when it was lost, in [microseconds](micros); to the end of time where it did not come back.
    pub(crate) losses: Vec<(u64, u64)>,
    pub(crate) outages: u64,
    pub(crate) refused: u64,
    pub(crate) unconfirmed: u64,
}

/// A running node. It ends when this is dropped, and by itself when the load does.
pub(crate) struct Node {
    child: Child,
    pub(crate) address: SocketAddr,
    reads: Option<JoinHandle<Told>>,
}

impl Node {
    pub(crate) fn start(kind: Kind, broker: u16) -> io::Result<Self> {
        let mut command = Command::new(std::env::current_exe()?);
        command.args(["node", kind.name(), &broker.to_string()]);
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
        let mut says =
            BufReader::new(child.stdout.take().ok_or_else(|| io::Error::other("the node says nothing"))?);
        let mut line = String::new();
        says.read_line(&mut line)?;
        let address = line.trim().parse().map_err(io::Error::other)?;
        let reads = std::thread::spawn(move || read(says));
        Ok(Self { child, address, reads: Some(reads) })
    }

    /// Ends it in good order, and returns what it told.
    pub(crate) fn end(mut self) -> io::Result<Told> {
        drop(self.child.stdin.take());
        let told = self.reads.take().and_then(|reads| reads.join().ok());
        told.ok_or_else(|| io::Error::other("a node told nothing"))
    }
}

impl Drop for Node {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn read(says: BufReader<ChildStdout>) -> Told {
    let mut told = Told::default();
    for line in says.lines().map_while(Result::ok) {
        let mut words = line.split(' ');
        let what = words.next().unwrap_or_default();
        let numbers: Vec<u64> = words.filter_map(|word| word.parse().ok()).collect();
        match (what, &*numbers) {
            ("lost", [at]) => told.losses.push((*at, u64::MAX)),
            ("back", [at]) => {
                if let Some(loss) = told.losses.last_mut() {
                    loss.1 = *at;
                }
            }
            ("end", [outages, refused, unconfirmed]) => {
                (told.outages, told.refused, told.unconfirmed) = (*outages, *refused, *unconfirmed);
            }
            _ => {}
        }
    }
    told
}
