//! Clients in a room that say nothing.

use std::io;
use std::time::{Duration, Instant};

use super::BODY;
use crate::client::Client;
use crate::dialect::Dialect;
use crate::process::Process;

/// What idle clients cost.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Idle {
    /// Bytes for each, once it is in its room.
    pub(crate) bytes: u64,
    /// Bytes for each, once a message has come to all of them.
    pub(crate) bytes_after: u64,
    /// How long it took from sending that message until all have it.
    pub(crate) time: Duration,
}

/// Opens so many clients in a room, at first idle; then each has to get a message.
pub(crate) fn idle(dialect: Dialect, connections: usize) -> io::Result<Idle> {
    let server = Process::start(dialect)?;
    super::runtime()?.block_on(async {
        // What the first connection makes once does not count.
        let mut first = Client::open(dialect, server.address, 0).await?;
        first.join().await?;
        let before = server.resident()?;
        let bytes = |now: u64| now.saturating_sub(before) / connections as u64;
        let mut clients = Client::open_all(dialect, server.address, connections, true).await?;
        let resident = server.resident()?;
        let (said, heard) = dialect.say(BODY);
        let begin = Instant::now();
        first.send(&said.into()).await?;
        first.expect(&heard).await?;
        for client in &mut clients {
            client.expect(&heard).await?;
        }
        let time = begin.elapsed();
        Ok(Idle { bytes: bytes(resident), bytes_after: bytes(server.resident()?), time })
    })
}
