//! A real broker that keeps nothing.

use std::io::{self, BufRead, BufReader, Read};
use std::net::TcpListener;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::time::Duration;

use gongular::neffos::Events;
use gongular::neffos::exchange::{Nats, Redis};

/// Which broker it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Nats,
    Redis,
}

impl Kind {
    pub(crate) fn parse(text: &str) -> Option<Self> {
        match text {
            "nats" => Some(Self::Nats),
            "redis" => Some(Self::Redis),
            _ => None,
        }
    }

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Nats => "nats",
            Self::Redis => "redis",
        }
    }

    /// Joins a server to the others that share the broker.
    pub(crate) fn join(self, events: Events, port: u16) -> Result<Events, gongular::Error> {
        let url = format!("{}://127.0.0.1:{port}", self.name());
        Ok(match self {
            Self::Nats => events.exchange(Nats::new(&url)?),
            Self::Redis => events.exchange(Redis::new(&url)?),
        })
    }
}

/// A broker on a port of its own. It ends when this is dropped.
pub(crate) struct Broker {
    kind: Kind,
    pub(crate) port: u16,
    child: Child,
}

impl Broker {
    /// Starts one on a port that is free.
    pub(crate) fn start(kind: Kind) -> io::Result<Self> {
        let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
        Ok(Self { kind, port, child: run(kind, port)? })
    }

    /// Ends it at once, by SIGKILL.
    pub(crate) fn kill(&mut self) -> io::Result<()> {
        self.child.kill()?;
        self.child.wait().map(drop)
    }

    /// Starts it again on the same port.
    pub(crate) fn start_again(&mut self) -> io::Result<()> {
        self.child = run(self.kind, self.port)?;
        Ok(())
    }
}

impl Drop for Broker {
    fn drop(&mut self) {
        // It may be dead already.
        let _ = self.kill();
    }
}

/// Starts a broker and waits for its own word that it is ready.
fn run(kind: Kind, port: u16) -> io::Result<Child> {
    let port = port.to_string();
    let (program, args) = match kind {
        Kind::Nats => ("nats-server", vec!["-a", "127.0.0.1", "-p", &port]),
        Kind::Redis => {
            let plain = ["--bind", "127.0.0.1", "--port", &port, "--save", "", "--appendonly", "no"];
            ("redis-server", plain.into())
        }
    };
    let child = Command::new(program).args(args).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn();
    let mut child = child.map_err(|failure| io::Error::other(format!("{program}: {failure}")))?;
    let says: Option<Box<dyn Read + Send>> = match kind {
        Kind::Nats => child.stderr.take().map(|says| Box::new(says) as _),
        Kind::Redis => child.stdout.take().map(|says| Box::new(says) as _),
    };
    let (ready, is_ready) = mpsc::channel();
    // What it says is read to its end, so that it never waits for a reader.
    std::thread::spawn(move || {
        for line in says.map(BufReader::new).into_iter().flat_map(BufRead::lines).map_while(Result::ok) {
            if line.contains("Server is ready") || line.contains("Ready to accept connections") {
                // Nobody waits when it took too long.
                let _ = ready.send(());
            }
        }
    });
    if is_ready.recv_timeout(PATIENCE).is_err() {
        child.kill()?;
        child.wait()?;
        return Err(io::Error::other(format!("{program} does not start on port {port}")));
    }
    Ok(child)
}

const PATIENCE: Duration = Duration::from_secs(10);
