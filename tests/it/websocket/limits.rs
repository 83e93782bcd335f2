//! What a client may send, and what it gets when it sends something else.

use super::*;

/// Sends bytes and returns what comes back, to the end of the connection.
async fn answer(site: &Site, bytes: &[u8]) -> Vec<u8> {
    let mut stream = raw(site.addr, "echo").await;
    stream.write_all(bytes).await.unwrap();
    let mut all = Vec::new();
    let mut part = [0; 1024];
    loop {
        match soon(stream.read(&mut part)).await.unwrap() {
            0 => return all,
            read => all.extend_from_slice(&part[..read]),
        }
    }
}

fn close(code: u16) -> Vec<u8> {
    [&[0x88, 2][..], &code.to_be_bytes()].concat()
}

#[tokio::test]
async fn a_message_of_65536_bytes_passes_and_one_more_closes_with_1009() {
    let mut site = Site::start(|route| route).await;
    let mut client = site.open("echo").await;
    let largest = ClientMessage::binary(vec![7; 65_536]);
    client.send(largest.clone()).await;
    assert_eq!(client.message().await, largest);
    client.send(ClientMessage::binary(vec![7; 65_537])).await;
    assert_eq!(client.closed().await, Some((1009, String::new())));
    site.lines(["before echo", "error: the client sent a frame above 65536 bytes"]).await;
    let stat = site.stat().await;
    assert_eq!(stat.websocket.unwrap().close_code(), Some(1009));
    assert_eq!(stat.sizes, (65_536, 65_536));
}

#[tokio::test]
async fn fragments_count_together() {
    let site = Site::start(|route| route.max_message(200).max_frame(120)).await;
    let good = [frame(0x02, &[1; 100]), frame(0x80, &[1; 100])].concat();
    let end = frame(0x88, b"");
    let echoed = [&[0x82, 126, 0, 200][..], &[1; 200], &[0x88, 0]].concat();
    assert_eq!(answer(&site, &[good, end].concat()).await, echoed);
    let over = [frame(0x02, &[1; 100]), frame(0x00, &[1; 100]), frame(0x80, &[1])].concat();
    assert_eq!(answer(&site, &over).await, close(1009));
    assert_eq!(answer(&site, &frame(0x82, &[1; 121])).await, close(1009));
}

#[tokio::test]
async fn a_header_that_declares_too_much_is_refused_at_once() {
    let site = Site::start(|route| route).await;
    for length in [65_537, 1 << 40, u64::MAX] {
        let head = [&[0x82, 0xff][..], &length.to_be_bytes(), &[0; 4]].concat();
        assert_eq!(answer(&site, &head).await, close(1009), "{length}");
    }
}

#[tokio::test]
async fn what_breaks_the_protocol_closes_with_its_code() {
    let site = Site::start(|route| route).await;
    for (bytes, code) in [
        (frame(0xc1, b""), 1002),
        (frame(0x83, b""), 1002),
        (frame(0x80, b"x"), 1002),
        (vec![0x81, 1, b'a'], 1002),
        (frame(0x81, b"\xff"), 1007),
        (frame(0x88, b"\x03\xed"), 1002),
    ] {
        assert_eq!(answer(&site, &bytes).await, close(code), "{bytes:x?}");
        // What came before it is answered; what comes after it is not.
        let between = [frame(0x81, b"a"), bytes.clone(), frame(0x89, b"b")].concat();
        assert_eq!(answer(&site, &between).await, [b"\x81\x01a", &close(code)[..]].concat(), "{bytes:x?}");
    }
}

#[tokio::test]
async fn a_client_that_goes_on_sending_still_reads_why_it_was_closed() {
    let site = Site::start(|route| route).await;
    let mut stream = raw(site.addr, "echo").await;
    let head = [&[0x82, 0xff][..], &(4_u64 << 20).to_be_bytes(), &[0; 4]].concat();
    stream.write_all(&head).await.unwrap();
    soon(stream.write_all(&vec![0; 4 << 20])).await.unwrap();
    let mut all = [0; 4];
    soon(stream.read_exact(&mut all)).await.unwrap();
    assert_eq!(all[..], close(1009));
}

#[tokio::test]
async fn pings_are_answered_in_their_order_also_while_the_handler_is_busy() {
    let site = Site::start(|route| route).await;
    for mode in ["echo", "busy", "deaf"] {
        let mut stream = raw(site.addr, mode).await;
        let pings: Vec<u8> = (0..10).flat_map(|number| frame(0x89, &[number])).collect();
        stream.write_all(&pings).await.unwrap();
        let mut pongs = [0; 30];
        soon(stream.read_exact(&mut pongs)).await.unwrap();
        let expected: Vec<u8> = (0..10).flat_map(|number| [0x8a, 1, number]).collect();
        assert_eq!(pongs[..], expected[..], "{mode}");
    }
}

#[tokio::test]
async fn a_client_that_does_not_read_is_dropped_when_its_queue_is_full() {
    let mut site = Site::start(|route| route).await;
    let mut reader = site.open("echo").await;
    let to_reader = site.sender("echo").await;
    let client = site.open("echo").await;
    let sender = site.sender("echo").await;
    let mut sent = 0;
    // The kernel takes some megabytes before the queue begins to grow.
    let error = loop {
        match sender.send(vec![0; 16 << 10]) {
            Ok(()) => sent += 1,
            Err(error) => break error,
        }
        assert!(sent < 10_000);
        to_reader.send("to all").unwrap();
        assert_eq!(reader.message().await, text("to all"), "the others are not delayed");
    };
    assert!(error.is_overflow() && sender.is_closed());
    assert!(sender.send("more").is_err());
    let full = "the client does not read: the queue of messages to it is full";
    site.lines([&format!("error: {full}")[..], "dropped", "teardown Failure"]).await;
    assert_eq!(site.stat().await.error.as_deref(), Some(full));
    drop(client);
}

#[tokio::test]
async fn a_message_above_the_queue_may_be_sent_when_nothing_else_waits() {
    let mut site = Site::start(|route| route.queue(2, 1000)).await;
    let mut client = site.open("echo").await;
    let sender = site.sender("echo").await;
    sender.send(vec![1; 2000]).unwrap();
    assert_eq!(client.message().await.len(), 2000);
}

#[tokio::test]
async fn a_handler_that_sends_much_waits_for_its_client() {
    let mut site = Site::start(|route| route.queue(2, 100 << 10)).await;
    let mut client = site.open("pour").await;
    for _ in 0..300 {
        assert_eq!(client.message().await.len(), 32 << 10);
    }
    drop(client);
    assert_eq!(site.line().await, "before pour");
    assert!(site.line().await.starts_with("poured: "));
}
