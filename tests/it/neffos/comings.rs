//! One client that many have come and go at the same time: its hooks stay in order.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};

use super::*;

/// A namespace whose hooks tell what begins and what ends, and give others time in between.
fn watched(log: &Log) -> Namespace {
    let tell = |what: &'static str| {
        let log = log.clone();
        move |message: Message| {
            let (log, room) = (log.clone(), message.room().to_owned());
            async move {
                log.add(format!("{room} {what}"));
                for _ in 0..3 {
                    tokio::task::yield_now().await;
                }
                log.add(format!("{room} {what} done"));
            }
        }
    };
    chat()
        .on_connected(tell("in"))
        .on_disconnect(tell("out"))
        .on_room_joined(tell("in"))
        .on_room_leave(tell("leaves"))
        .on_room_left(tell("out"))
}

/// Numbers that differ from one another, the same in each run.
struct Dice(AtomicU64);

impl Dice {
    fn roll(&self, sides: u64) -> u64 {
        let step = self.0.fetch_add(0x9e37_79b9_7f4a_7c15, Ordering::Relaxed);
        ((step ^ (step >> 29)).wrapping_mul(0xbf58_476d_1ce4_e5b9) >> 33) % sides
    }
}

/// What the server does: something or other, and does not always wait for the end of it.
async fn meddle(conn: Conn, dice: &Dice) {
    for _ in 0..60 {
        let (what, room) = (dice.roll(5), ["a", "b"][dice.roll(2) as usize]);
        let conn = conn.clone();
        let doing = tokio::spawn(async move {
            let _ = conn.connect("default").await;
            let Some(space) = conn.namespace("default") else { return };
            // Whatever comes of it: others do the contrary.
            let _ = match what {
                0 => space.disconnect().await,
                1 | 2 => space.room(room).leave().await,
                _ => space.join(room).await.map(drop),
            };
        });
        if dice.roll(3) == 0 {
            tokio::task::yield_now().await;
            doing.abort();
        } else {
            soon(doing).await.unwrap();
        }
    }
}

/// Checks what hooks have told of one place: in, all of it, and then out, each once.
fn check(place: &str, lines: &[String]) {
    let mut is_in = false;
    let mut lines = lines.iter().map(String::as_str).filter(|line| *line != "out done").peekable();
    while let Some(line) = lines.next() {
        match line {
            "in" => {
                assert!(!is_in, "{place:?} is entered once");
                assert_eq!(lines.next(), Some("in done"), "{place:?}");
                is_in = true;
            }
            "leaves" => {
                assert!(is_in, "{place:?} is entered before");
                assert_eq!(lines.next(), Some("leaves done"), "{place:?}");
                assert_eq!(lines.peek(), Some(&"out"), "{place:?} is asked once");
            }
            "out" => {
                assert!(is_in, "{place:?} is left once");
                is_in = false;
            }
            other => panic!("{other} of {place:?} has no beginning"),
        }
    }
    assert!(!is_in, "{place:?} is left at the end");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn whatever_many_have_a_client_do_each_hook_runs_once_and_in_order() {
    let (log, mut lines) = log();
    let ended = log.clone();
    let events = Events::new().namespace(watched(&log)).on_disconnect(move || {
        ended.add("- gone");
        std::future::ready(())
    });
    let (hub, addr) = start(events).await;
    let mut client = Client::open(addr).await;
    let conn = hub.find(&client.id).unwrap();
    let dice = Dice(AtomicU64::new(7));
    let own = ["_OnRoomJoin", "_OnRoomLeave", "_OnRoomJoin", "_OnNamespaceConnect", "_OnNamespaceDisconnect"];
    let client_side = async {
        loop {
            // Agrees to all that it is asked, and does something of its own beside.
            let frame = client.next().await;
            if frame.contains(";_On") && !frame.starts_with('$') {
                client.send(format!("{};;;;;;", token(&frame))).await;
            }
            let event = own[dice.roll(5) as usize];
            let room = if event.starts_with("_OnRoom") { ["a", "b"][dice.roll(2) as usize] } else { "" };
            if dice.roll(2) == 0 {
                client.send(format!("$1;default;{room};{event};0;0;")).await;
            }
        }
    };
    let server_side = async {
        futures_util::join!(
            meddle(conn.clone(), &dice),
            meddle(conn.clone(), &dice),
            meddle(conn.clone(), &dice)
        );
    };
    tokio::select! {
        () = server_side => {}
        () = client_side => {}
    }
    drop(client);
    let mut told = BTreeMap::<String, Vec<String>>::new();
    loop {
        let line = lines.next().await;
        if line == "- gone" {
            break;
        }
        let (room, what) = line.split_once(' ').unwrap();
        told.entry(room.to_owned()).or_default().push(what.to_owned());
    }
    assert_eq!(told.keys().collect::<Vec<_>>(), ["", "a", "b"], "all was tried");
    told.iter().for_each(|(place, lines)| check(place, lines));
}
