//! What is done to a server, and how often.

mod broadcast;
mod echo;
mod idle;

use std::fmt;
use std::io;
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use self::broadcast::Broadcast;
use self::echo::Echo;
use crate::dialect::Dialect;

pub(crate) use self::idle::idle;

/// Something that is measured.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Measure {
    /// One sends to a room, so many messages at a time; each that a member gets counts.
    Broadcast { members: usize, in_flight: usize },
    /// Each connection sends an event and waits for the same one to come back.
    Echo { connections: usize },
}

impl Measure {
    pub(crate) fn all() -> Vec<Self> {
        let mut all: Vec<_> = [1, 32, 256].map(|connections| Self::Echo { connections }).into();
        all.extend([1, 8].map(|in_flight| Self::Broadcast { members: 1000, in_flight }));
        all
    }

    /// Returns those whose instructions are counted. Fewer members do, since a profiler runs slowly.
    pub(crate) fn counted() -> Vec<Self> {
        let mut counted: Vec<_> = [1, 32].map(|connections| Self::Echo { connections }).into();
        counted.extend([1, 8].map(|in_flight| Self::Broadcast { members: 200, in_flight }));
        counted
    }

    pub(crate) fn parse(text: &str) -> Option<Self> {
        let mut parts = text.split(':');
        let name = parts.next()?;
        let numbers: Vec<usize> = parts.map(|part| part.parse().ok()).collect::<Option<_>>()?;
        match (name, &*numbers) {
            ("echo", [connections]) => Some(Self::Echo { connections: *connections }),
            ("broadcast", [members]) => Some(Self::Broadcast { members: *members, in_flight: 1 }),
            ("broadcast", [members, in_flight]) => {
                Some(Self::Broadcast { members: *members, in_flight: *in_flight })
            }
            _ => None,
        }
    }

    /// Returns how many messages count at once, at least.
    pub(crate) const fn batch(self) -> usize {
        match self {
            Self::Broadcast { members, .. } => members,
            Self::Echo { connections } => connections,
        }
    }
}

impl fmt::Display for Measure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Broadcast { members, in_flight } => {
                write!(f, "broadcast to {members}, {in_flight} under way")
            }
            Self::Echo { connections } => write!(f, "echo, {connections} connections"),
        }
    }
}

/// When a run ends; what is under way is waited for.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Until {
    /// After so many messages, in multiples of a [batch](Measure::batch).
    Messages(usize),
    Passed(Duration),
}

impl Until {
    /// Returns whether it goes on, after `messages` from `begin` on.
    fn goes_on(self, messages: usize, begin: Instant) -> bool {
        match self {
            Self::Messages(all) => messages < all,
            Self::Passed(time) => begin.elapsed() < time,
        }
    }
}

/// What a run has done.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Done {
    pub(crate) messages: usize,
    pub(crate) time: Duration,
}

impl fmt::Display for Done {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} messages in {:?}", self.messages, self.time)
    }
}

/// The connections of a measure.
pub(crate) enum Load {
    Broadcast(Box<Broadcast>),
    Echo(Echo),
}

impl Load {
    pub(crate) async fn open(dialect: Dialect, server: SocketAddr, measure: Measure) -> io::Result<Self> {
        Ok(match measure {
            Measure::Broadcast { members, in_flight } => {
                Self::Broadcast(Box::new(Broadcast::open(dialect, server, members, in_flight).await?))
            }
            Measure::Echo { connections } => Self::Echo(Echo::open(dialect, server, connections).await?),
        })
    }

    pub(crate) async fn run(&mut self, until: Until) -> io::Result<Done> {
        match self {
            Self::Broadcast(broadcast) => broadcast.run(until).await,
            Self::Echo(echo) => echo.run(until).await,
        }
    }
}

/// Makes the runtime of the load: one thread, which is one processor's.
pub(crate) fn runtime() -> io::Result<tokio::runtime::Runtime> {
    tokio::runtime::Builder::new_current_thread().enable_all().build()
}

/// Does a bounded amount of work to a server that runs already.
pub(crate) fn drive(
    dialect: Dialect,
    server: SocketAddr,
    measure: Measure,
    messages: usize,
) -> io::Result<Done> {
    runtime()?.block_on(async {
        let mut load = Load::open(dialect, server, measure).await?;
        load.run(Until::Messages(messages)).await
    })
}

/// A body of 100 bytes.
const BODY: &str =
    "a hundred bytes of a body, as long as a short line of a chat that somebody has written to some other";
const _: () = assert!(BODY.len() == 100);
