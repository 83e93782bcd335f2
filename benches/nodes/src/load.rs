//! The clients: those who send, and what each of them hears.

use std::collections::HashMap;
use std::io;
use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use futures_util::future::try_join_all;
use gongular::neffos::client::{Client, Namespace, NsConn};
use tokio::task::JoinSet;
use tokio::time::{Instant, MissedTickBehavior};

use crate::node::micros;
use crate::plan::{self, CLIENTS, NODES, PLACES, SENDERS};

/// A message that was sent. Its number is its place among those of its sender.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Sent {
    /// When, in [microseconds](micros).
    pub(crate) at: u64,
    /// Whether the server took it; else it said that the message went to no other server.
    pub(crate) is_taken: bool,
}

/// The numbers that a client has heard of each sender, in the order in which they came.
pub(crate) type Heard = HashMap<usize, Vec<u32>>;

/// All clients of all nodes.
pub(crate) struct Load {
    nodes: Vec<Vec<Member>>,
    is_over: Arc<AtomicBool>,
}

struct Member {
    client: Client,
    space: NsConn,
    heard: Arc<Mutex<Heard>>,
}

impl Load {
    /// Connects all clients, and has them join their rooms.
    pub(crate) async fn open(addresses: &[SocketAddr]) -> io::Result<Self> {
        let mut nodes = Vec::new();
        for (node, address) in addresses.iter().enumerate() {
            nodes.push(try_join_all((0..CLIENTS).map(|client| Member::open(*address, node, client))).await?);
        }
        Ok(Self { nodes, is_over: Arc::default() })
    }

    /// Starts all who send.
    pub(crate) fn start(&self) -> JoinSet<io::Result<(usize, Vec<Sent>)>> {
        let mut senders = JoinSet::new();
        let begin = Instant::now();
        for sender in 0..SENDERS {
            let space = self.nodes[plan::node_of(sender)][plan::client_of(sender)].space.clone();
            let first = begin + PAUSE.mul_f64(sender as f64 / SENDERS as f64);
            senders.spawn(send(sender, space, first, Arc::clone(&self.is_over)));
        }
        senders
    }

    /// Ends all who send, and waits until nothing comes any more. Returns what they sent and what each client of each node heard.
    pub(crate) async fn end(
        self,
        mut senders: JoinSet<io::Result<(usize, Vec<Sent>)>>,
    ) -> io::Result<(Vec<Vec<Sent>>, Vec<Vec<Heard>>)> {
        self.is_over.store(true, Ordering::Relaxed);
        let mut sent = vec![Vec::new(); SENDERS];
        while let Some(ended) = senders.join_next().await {
            let (sender, all) = ended??;
            sent[sender] = all;
        }
        let mut before = None;
        while before != Some(self.count()) {
            before = Some(self.count());
            tokio::time::sleep(QUIET).await;
        }
        let members = || self.nodes.iter().flatten();
        if members().any(|member| !member.client.is_connected()) {
            return Err(io::Error::other("a client has lost its connection"));
        }
        let heard = self
            .nodes
            .iter()
            .map(|members| members.iter().map(|member| std::mem::take(&mut *lock(&member.heard))).collect());
        Ok((sent, heard.collect()))
    }

    /// Returns how many messages have come.
    fn count(&self) -> usize {
        let count = |member: &Member| lock(&member.heard).values().map(Vec::len).sum::<usize>();
        self.nodes.iter().flatten().map(count).sum()
    }
}

impl Member {
    async fn open(address: SocketAddr, node: usize, number: usize) -> io::Result<Self> {
        let heard: Arc<Mutex<Heard>> = Arc::default();
        let hears = Arc::clone(&heard);
        let said = move |body: String| {
            // What is none of a sender is nobody's, and told as such.
            let numbers = body.split_once(' ').and_then(|(s, n)| Some((s.parse().ok()?, n.parse().ok()?)));
            let (sender, number) = numbers.unwrap_or((SENDERS, 0));
            lock(&hears).entry(sender).or_default().push(number);
            std::future::ready(())
        };
        let dial =
            Client::dial(&format!("ws://{address}/ws")).namespace(Namespace::new("default").on("said", said));
        let client = dial.open().await.map_err(io::Error::other)?;
        let space = client.connect("default").await.map_err(io::Error::other)?;
        let held = (0..PLACES).filter(|place| plan::holds(node, *place));
        for place in held.filter(|place| plan::members(*place).contains(&number)) {
            if let Some(room) = plan::room(place) {
                space.join(&room).await.map_err(io::Error::other)?;
            }
        }
        Ok(Self { client, space, heard })
    }
}

/// Sends one message after the other; each is asked for, so that is known what became of it.
async fn send(
    sender: usize,
    space: NsConn,
    first: Instant,
    is_over: Arc<AtomicBool>,
) -> io::Result<(usize, Vec<Sent>)> {
    let mut ticks = tokio::time::interval_at(first, PAUSE);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut sent = Vec::new();
    loop {
        ticks.tick().await;
        if is_over.load(Ordering::Relaxed) {
            return Ok((sender, sent));
        }
        let at = micros();
        let body = format!("{} {sender} {}", plan::place_of(sender), sent.len());
        let is_taken = match space.ask("say", body).await {
            Ok(_) => true,
            Err(error) if error.refusal().is_some() => false,
            Err(error) => return Err(io::Error::other(error)),
        };
        sent.push(Sent { at, is_taken });
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// How long a sender waits between two messages.
const PAUSE: Duration = Duration::from_millis(250);

/// For how long nothing may come until everything has.
const QUIET: Duration = Duration::from_secs(2);

const _: () = assert!(NODES == 3, "rooms are on one, two or three nodes");
