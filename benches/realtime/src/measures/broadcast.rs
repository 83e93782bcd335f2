//! One message to many.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Instant;

use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::task::JoinSet;
use tokio_tungstenite::tungstenite::Utf8Bytes;

use super::{BODY, Done, Until};
use crate::client::Client;
use crate::dialect::Dialect;

pub(crate) struct Broadcast {
    /// Is not in the room itself.
    sender: Client,
    said: Utf8Bytes,
    members: usize,
    in_flight: usize,
    /// Tells each time that as many messages have arrived as there are members.
    arrived: UnboundedReceiver<io::Result<()>>,
    /// Ends the members with this.
    _tasks: JoinSet<()>,
}

impl Broadcast {
    pub(super) async fn open(
        dialect: Dialect,
        server: SocketAddr,
        members: usize,
        in_flight: usize,
    ) -> io::Result<Self> {
        let sender = Client::open(dialect, server, 0).await?;
        let (said, heard) = dialect.say(BODY);
        let (tell, arrived) = unbounded_channel();
        let tally = Arc::new(Tally { delivered: AtomicUsize::new(0), members, tell });
        let mut tasks = JoinSet::new();
        for client in Client::open_all(dialect, server, members, true).await? {
            tasks.spawn(member(client, heard.clone(), Arc::clone(&tally)));
        }
        Ok(Self { sender, said: said.into(), members, in_flight, arrived, _tasks: tasks })
    }

    pub(super) async fn run(&mut self, until: Until) -> io::Result<Done> {
        let (begin, mut messages) = (Instant::now(), 0);
        for _ in 0..self.in_flight {
            self.send(&mut messages).await?;
        }
        while until.goes_on(messages, begin) {
            self.arrived().await?;
            self.send(&mut messages).await?;
        }
        for _ in 0..self.in_flight {
            self.arrived().await?;
        }
        Ok(Done { messages, time: begin.elapsed() })
    }

    async fn send(&mut self, messages: &mut usize) -> io::Result<()> {
        self.sender.send(&self.said).await?;
        *messages += self.members;
        Ok(())
    }

    async fn arrived(&mut self) -> io::Result<()> {
        self.arrived.recv().await.ok_or_else(|| io::Error::other("all members are gone"))?
    }
}

/// What the members have heard together.
struct Tally {
    delivered: AtomicUsize,
    members: usize,
    tell: UnboundedSender<io::Result<()>>,
}

async fn member(mut client: Client, heard: String, tally: Arc<Tally>) {
    loop {
        let told = match client.expect(&heard).await {
            Ok(()) => {
                let delivered = tally.delivered.fetch_add(1, Ordering::Relaxed) + 1;
                if !delivered.is_multiple_of(tally.members) {
                    continue;
                }
                tally.tell.send(Ok(()))
            }
            Err(failure) => return drop(tally.tell.send(Err(failure))),
        };
        if told.is_err() {
            return;
        }
    }
}
