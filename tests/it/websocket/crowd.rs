//! Many at once, on several threads: no message is lost, and nobody sleeps who has something to do.

use super::*;

const CLIENTS: usize = 24;
const MESSAGES: usize = 60;

/// Sends numbered messages while it reads; returns how many came.
async fn chat(mut client: Client, number: usize, expected: usize) -> usize {
    let mut sent = 0;
    let mut came = 0;
    while came < expected {
        if sent < MESSAGES {
            client.send(text(&format!("{number} {sent}"))).await;
            sent += 1;
            continue;
        }
        assert!(client.message().await.is_text());
        came += 1;
    }
    client.send(ClientMessage::Close(None)).await;
    client.closed().await;
    came
}

async fn all(site: &Site, mode: &str, expected: usize) {
    let mut chats = Vec::new();
    let mut clients = Vec::new();
    for _ in 0..CLIENTS {
        clients.push(site.open(mode).await);
    }
    soon(async {
        while site.senders.0.lock().unwrap().len() < CLIENTS {
            tokio::task::yield_now().await;
        }
    })
    .await;
    for (number, client) in clients.into_iter().enumerate() {
        chats.push(tokio::spawn(chat(client, number, expected)));
    }
    for chat in chats {
        assert_eq!(soon(chat).await.unwrap(), expected);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn everybody_in_a_room_gets_every_message() {
    let mut site = Site::start(|route| route.queue(CLIENTS * MESSAGES, 16 << 20)).await;
    all(&site, "room", CLIENTS * MESSAGES).await;
    for _ in 0..CLIENTS {
        let stat = site.stat().await;
        assert_eq!((stat.outcome, stat.error), (Outcome::Upgraded, None));
        let websocket = stat.websocket.unwrap();
        let expected = (MESSAGES as u64, (CLIENTS * MESSAGES) as u64);
        assert_eq!((websocket.messages_in(), websocket.messages_out()), expected);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_socket_may_be_served_by_another_task() {
    let mut site = Site::start(|route| route).await;
    all(&site, "elsewhere", MESSAGES).await;
    for _ in 0..CLIENTS {
        let stat = site.stat().await;
        assert_eq!((stat.outcome, stat.error, stat.sizes.0), (Outcome::Upgraded, None, stat.sizes.1));
    }
}
