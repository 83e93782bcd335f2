//! What stands between a node and the broker, and counts what the broker sends.
//!
//! It is the one place where can be seen what a node really gets: neither the node nor the broker is asked.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};

use crate::broker::Kind;
use crate::plan::{SENDERS, holds, node_of, place_of};

/// Counts the packets that the broker sends to a node.
#[derive(Debug, Default)]
pub(crate) struct Heard {
    /// Of other nodes, in places that this one holds.
    pub(crate) others: AtomicU64,
    /// Its own, which come back from Redis.
    pub(crate) own: AtomicU64,
    /// In places that it does not hold, or of nobody: there should be none.
    pub(crate) stray: AtomicU64,
}

impl Heard {
    fn count(&self, node: usize, channel: &[u8], packet: &[u8]) {
        let is_place = |text: &str| text.contains(".r.") || text.contains(".n.");
        if !std::str::from_utf8(channel).is_ok_and(is_place) {
            // What NATS answers to the node itself.
            return;
        }
        let counter = match sender(packet) {
            Some(sender) if !holds(node, place_of(sender)) => &self.stray,
            Some(sender) if node_of(sender) == node => &self.own,
            Some(_) => &self.others,
            None => &self.stray,
        };
        counter.fetch_add(1, Ordering::Relaxed);
    }
}

/// Returns who sent a packet: it ends with the body of its message.
fn sender(packet: &[u8]) -> Option<usize> {
    let body = packet.rsplit(|byte| *byte == b';').next()?;
    let sender = std::str::from_utf8(body).ok()?.split(' ').next()?.parse().ok()?;
    (sender < SENDERS).then_some(sender)
}

/// Stands before the broker for a node; returns the port for it, and what it counts.
pub(crate) async fn stand(node: usize, kind: Kind, broker: u16) -> io::Result<(u16, Arc<Heard>)> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let (port, heard) = (listener.local_addr()?.port(), Arc::new(Heard::default()));
    let counted = Arc::clone(&heard);
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let heard = Arc::clone(&counted);
            tokio::spawn(async move {
                // Without the broker, the node's connection is closed as well.
                let Ok(broker) = TcpStream::connect(("127.0.0.1", broker)).await else { return };
                pass(node, kind, stream, broker, &heard).await;
            });
        }
    });
    Ok((port, heard))
}

/// Passes on what both sides say, until one of them ends.
async fn pass(node: usize, kind: Kind, stream: TcpStream, broker: TcpStream, heard: &Heard) {
    for socket in [&stream, &broker] {
        // Slower, but not wrong, without.
        let _ = socket.set_nodelay(true);
    }
    let (mut from_node, to_node) = stream.into_split();
    let (from_broker, mut to_broker) = broker.into_split();
    let back =
        Back { kind, from: BufReader::with_capacity(64 << 10, from_broker), to: to_node, out: Vec::new() };
    tokio::select! {
        _ = tokio::io::copy(&mut from_node, &mut to_broker) => {}
        _ = back.pass(|channel, packet| heard.count(node, channel, packet)) => {}
    }
}

/// The way from the broker to the node.
struct Back {
    kind: Kind,
    from: BufReader<OwnedReadHalf>,
    to: OwnedWriteHalf,
    /// What was read and not yet passed on.
    out: Vec<u8>,
}

impl Back {
    async fn pass(mut self, mut heard: impl FnMut(&[u8], &[u8])) -> io::Result<()> {
        // The texts of an array of Redis, as far as it was read.
        let mut texts: Vec<Vec<u8>> = Vec::new();
        loop {
            if self.from.buffer().is_empty() && !self.out.is_empty() {
                self.to.write_all(&self.out).await?;
                self.out.clear();
            }
            let begin = self.out.len();
            if self.from.read_until(b'\n', &mut self.out).await? == 0 {
                return self.to.shutdown().await;
            }
            let line = String::from_utf8_lossy(&self.out[begin..]).trim_end().to_owned();
            match (self.kind, line.split_at_checked(1)) {
                (Kind::Nats, _) if line.starts_with("MSG ") || line.starts_with("HMSG ") => {
                    let length = line.rsplit(' ').next().unwrap_or_default();
                    let packet = self.text(length).await?;
                    heard(line.split(' ').nth(1).unwrap_or_default().as_bytes(), &packet);
                }
                (Kind::Redis, Some(("*" | ">", _))) => texts.clear(),
                (Kind::Redis, Some(("$", length))) if length != "-1" => {
                    let text = self.text(length).await?;
                    texts.push(text);
                    if let [sort, channel, packet] = &*texts
                        && sort == b"message"
                    {
                        heard(channel, packet);
                    }
                }
                _ => {}
            }
        }
    }

    /// Reads a text and the end of its line.
    async fn text(&mut self, length: &str) -> io::Result<Vec<u8>> {
        let length: usize = length.parse().map_err(io::Error::other)?;
        let begin = self.out.len();
        self.out.resize(begin + length + 2, 0);
        self.from.read_exact(&mut self.out[begin..]).await?;
        Ok(self.out[begin..begin + length].to_vec())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Sends bytes in small parts through a tap, and returns what it heard.
    async fn heard_of(kind: Kind, said: &'static str) -> Vec<(String, String)> {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let mut broker = TcpStream::connect(address).await.unwrap();
        let (from_broker, _) = listener.accept().await.unwrap();
        let mut node = TcpStream::connect(address).await.unwrap();
        let (to_node, _) = listener.accept().await.unwrap();
        let (from, to) = (BufReader::with_capacity(16, from_broker.into_split().0), to_node.into_split().1);
        broker.write_all(said.as_bytes()).await.unwrap();
        drop(broker);
        let mut heard = Vec::new();
        let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
        let back = Back { kind, from, to, out: Vec::new() };
        back.pass(|channel, packet| heard.push((text(channel), text(packet)))).await.unwrap();
        let mut passed = String::new();
        node.read_to_string(&mut passed).await.unwrap();
        assert_eq!(passed, said, "all of it is passed on");
        heard
    }

    #[tokio::test]
    async fn packets_are_found_in_what_redis_says() {
        let said = "*3\r\n$9\r\nsubscribe\r\n$1\r\na\r\n:1\r\n*3\r\n$7\r\nmessage\r\n$1\r\na\r\n$5\r\nx\r\n$y\r\n\
            +PONG\r\n$-1\r\n*3\r\n$7\r\nmessage\r\n$2\r\nbc\r\n$0\r\n\r\n:2\r\n";
        let heard = heard_of(Kind::Redis, said).await;
        assert_eq!(heard, [("a".into(), "x\r\n$y".into()), ("bc".into(), String::new())]);
    }

    #[tokio::test]
    async fn packets_are_found_in_what_nats_says() {
        let said = "INFO {}\r\nPONG\r\nMSG a.b 7 9\r\nMSG x 1 1\r\nHMSG _INBOX.1 2 4 4\r\nNATS\r\n";
        let heard = heard_of(Kind::Nats, said).await;
        assert_eq!(heard, [("a.b".into(), "MSG x 1 1".into()), ("_INBOX.1".into(), "NATS".into())]);
    }

    #[test]
    fn a_packet_tells_its_sender_and_one_in_a_room_that_is_not_held_is_stray() {
        let heard = Heard::default();
        // Place 0 is on node 0 alone.
        for (node, packet) in [(0, "..;said;0;0;1 17"), (0, "..;said;0;0;0 17"), (1, ";0;1 17"), (0, "?")] {
            heard.count(node, b"gongular.r.default.room-0", packet.as_bytes());
        }
        heard.count(0, b"_INBOX.1", b"?");
        let counts = [&heard.others, &heard.own, &heard.stray].map(|count| count.load(Ordering::Relaxed));
        assert_eq!(counts, [1, 1, 2]);
    }
}
