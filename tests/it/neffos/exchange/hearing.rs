//! What servers hear of a broker, and what they do not.

use std::sync::{Arc, Mutex};

use tokio::io::{AsyncReadExt, AsyncWriteExt};

use super::broker::{Broker, Kind};
use super::*;

with_each_broker! {
    a_server_hears_only_what_it_has_members_of
}

async fn a_server_hears_only_what_it_has_members_of(kind: Kind) {
    let broker = Broker::start(kind).await;
    let (hub, _) = broker.server().await;
    let taps = [Tap::before(&broker).await, Tap::before(&broker).await];
    let (_, there) = connected(start(broker.events_at(taps[0].port)).await).await;
    let (_, yonder) = connected(start(broker.events_at(taps[1].port)).await).await;
    let (mut b, mut b2, mut c) =
        (Client::connect(there).await, Client::connect(there).await, Client::connect(yonder).await);
    b.join("one").await;
    b2.join("one").await;
    c.join("two").await;
    let send = |room: &str, body: &str| hub.to("default").unwrap().room(room).emit("said", body).unwrap();
    for (room, times) in [("one", 5), ("two", 3), ("three", 2)] {
        for _ in 0..times {
            send(room, &format!("into-{room}"));
        }
    }
    for _ in 0..5 {
        assert_eq!(b.next().await, ";default;one;said;0;0;into-one");
        assert_eq!(b2.next().await, ";default;one;said;0;0;into-one");
    }
    for _ in 0..3 {
        assert_eq!(c.next().await, ";default;two;said;0;0;into-two");
    }
    hub.to("default").unwrap().emit("said", "last").unwrap();
    assert_eq!(b.next().await, ";default;;said;0;0;last");
    assert_eq!(c.next().await, ";default;;said;0;0;last");
    let counts = |tap: &Tap| ["into-one", "into-two", "into-three"].map(|text| tap.count(text));
    assert_eq!(counts(&taps[0]), [5, 0, 0], "once for both members");
    assert_eq!(counts(&taps[1]), [0, 3, 0]);

    // The first one who leaves changes nothing; the last one takes the subscription along.
    assert_eq!(b2.ask("default", "one", "_OnRoomLeave", "").await, ";default;;said;0;0;last");
    assert_eq!(b2.next().await, "$1;;;;;;");
    send("one", "still");
    assert_eq!(b.next().await, ";default;one;said;0;0;still");
    assert_eq!(b.ask("default", "one", "_OnRoomLeave", "").await, "$1;;;;;;");
    soon(async {
        loop {
            let before = taps[0].count("nobody-here");
            send("one", "nobody-here");
            hub.to("default").unwrap().emit("said", "round").unwrap();
            assert_eq!(b.next().await, ";default;;said;0;0;round");
            if taps[0].count("nobody-here") == before {
                break;
            }
        }
    })
    .await;
}

/// Stands between a server and its broker, and keeps what the broker sends.
struct Tap {
    port: u16,
    seen: Arc<Mutex<Vec<u8>>>,
}

impl Tap {
    async fn before(broker: &Broker) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let (port, to) = (listener.local_addr().unwrap().port(), broker.port);
        let seen = Arc::new(Mutex::new(Vec::new()));
        let all = Arc::clone(&seen);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let broker = TcpStream::connect(("127.0.0.1", to)).await.unwrap();
                tokio::spawn(pass(stream, broker, Arc::clone(&all)));
            }
        });
        Self { port, seen }
    }

    /// Returns how often the broker sent a text.
    fn count(&self, text: &str) -> usize {
        let seen = self.seen.lock().unwrap();
        seen.windows(text.len()).filter(|part| *part == text.as_bytes()).count()
    }
}

async fn pass(server: TcpStream, broker: TcpStream, seen: Arc<Mutex<Vec<u8>>>) {
    let (mut from_server, mut to_server) = server.into_split();
    let (mut from_broker, mut to_broker) = broker.into_split();
    tokio::spawn(async move { tokio::io::copy(&mut from_server, &mut to_broker).await });
    let mut buffer = vec![0; 64 << 10];
    while let Ok(read @ 1..) = from_broker.read(&mut buffer).await {
        seen.lock().unwrap().extend(&buffer[..read]);
        if to_server.write_all(&buffer[..read]).await.is_err() {
            break;
        }
    }
}
