//! Real brokers, which a test starts and ends.

use std::io::{BufRead, BufReader, Read};
use std::process::{Child, Command, Stdio};

use gongular::neffos::exchange::{Nats, Redis};
use tokio::sync::oneshot;

use super::*;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Nats,
    Redis,
}

/// A broker on a port of its own; it ends with the test.
pub(super) struct Broker {
    pub(super) kind: Kind,
    pub(super) port: u16,
    password: Option<&'static str>,
    args: Vec<String>,
    child: Child,
}

impl Broker {
    pub(super) async fn start(kind: Kind) -> Self {
        Self::start_with(kind, |_| Vec::new()).await
    }

    pub(super) async fn with_password(kind: Kind, password: &'static str) -> Self {
        let args = match kind {
            Kind::Nats => ["--user", "default", "--pass", password].map(str::to_owned).to_vec(),
            Kind::Redis => ["--requirepass", password].map(str::to_owned).to_vec(),
        };
        let mut broker = Self::start_with(kind, |_| args.clone()).await;
        broker.password = Some(password);
        broker
    }

    /// Starts it with more arguments, which may name its port.
    pub(super) async fn start_with(kind: Kind, args: impl Fn(&str) -> Vec<String>) -> Self {
        loop {
            let port = free_port().await;
            let args = args(&port.to_string());
            // Somebody else may have taken the port.
            if let Some(child) = run(kind, port, &args).await {
                return Self { kind, port, password: None, args, child };
            }
        }
    }

    /// Ends it at once, as a crash would.
    pub(super) fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    pub(super) async fn start_again(&mut self) {
        self.child = run(self.kind, self.port, &self.args).await.expect("its port is still free");
    }

    /// Describes a server that shares this broker, at a port where it, or what stands before it, is.
    pub(super) fn events_at(&self, port: u16) -> Events {
        let events = Events::new().namespace(chat()).ask_timeout(Duration::from_secs(2));
        match self.kind {
            Kind::Nats => events.exchange(Nats::new(&url("nats", port, self.password)).unwrap()),
            Kind::Redis => events.exchange(Redis::new(&url("redis", port, self.password)).unwrap()),
        }
    }

    /// Starts a server, and waits until it is connected.
    pub(super) async fn server(&self) -> (Hub, SocketAddr) {
        connected(start(self.events_at(self.port)).await).await
    }
}

impl Drop for Broker {
    fn drop(&mut self) {
        // It may be dead already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Makes sure that what a client of either server says comes to one of the other.
pub(super) async fn reach_each_other(here: SocketAddr, there: SocketAddr) {
    let (mut a, mut b) = (Client::connect(here).await, Client::connect(there).await);
    a.send(";default;;all;0;0;from a").await;
    for client in [&mut a, &mut b] {
        assert_eq!(client.next().await, ";default;;said;0;0;from a");
    }
    b.send(";default;;all;0;0;from b").await;
    for client in [&mut a, &mut b] {
        assert_eq!(client.next().await, ";default;;said;0;0;from b");
    }
}

pub(super) fn url(scheme: &str, port: u16, password: Option<&str>) -> String {
    match password {
        // The one user that Redis has by itself.
        Some(password) => format!("{scheme}://default:{password}@127.0.0.1:{port}"),
        None => format!("{scheme}://127.0.0.1:{port}"),
    }
}

async fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap().port()
}

/// Starts a broker and waits for its own word that it is ready; none when it ends before.
async fn run(kind: Kind, port: u16, more: &[String]) -> Option<Child> {
    let port = port.to_string();
    let (program, args) = match kind {
        Kind::Nats => ("nats-server", vec!["-a", "127.0.0.1", "-p", &port]),
        Kind::Redis => {
            ("redis-server", vec!["--bind", "127.0.0.1", "--port", &port, "--save", "", "--dir", "/tmp"])
        }
    };
    let child =
        Command::new(program).args(args).args(more).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn();
    let mut child = child.unwrap_or_else(|error| panic!("{program}: {error}; `tests/run` installs it"));
    let says: Box<dyn Read + Send> = match kind {
        Kind::Nats => Box::new(child.stderr.take().unwrap()),
        Kind::Redis => Box::new(child.stdout.take().unwrap()),
    };
    let (ready, is_ready) = oneshot::channel();
    // What it says is read to its end, so that it never waits for a reader.
    std::thread::spawn(move || {
        let mut ready = Some(ready);
        for line in BufReader::new(says).lines().map_while(Result::ok) {
            if (line.contains("Server is ready") || line.contains("Ready to accept connections"))
                && let Some(ready) = ready.take()
            {
                // The test may be over.
                let _ = ready.send(());
            }
        }
    });
    if soon(is_ready).await.is_ok() {
        return Some(child);
    }
    child.wait().unwrap();
    None
}
