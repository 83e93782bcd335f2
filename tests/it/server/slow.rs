//! Clients that take their time, and those that take the server's.

use std::time::Instant;

use super::*;

#[tokio::test]
async fn a_client_that_sends_no_byte_is_closed() {
    let site = Site::start(|server| server.header_timeout(SHORT));
    let began = Instant::now();
    assert_eq!(site.connect().await.rest().await, "");
    assert!(began.elapsed() >= SHORT);
    site.stop().await;
}

#[tokio::test]
async fn half_a_preface_of_http2_is_closed() {
    let site = Site::start(|server| server.header_timeout(SHORT));
    for begin in ["P", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r"] {
        let mut client = site.connect().await;
        client.send(begin).await;
        assert_eq!(client.rest().await, "");
    }
    site.stop().await;
}

#[tokio::test]
async fn a_head_that_drips_is_closed_although_something_comes_all_the_time() {
    let site = Site::start(|server| server.header_timeout(SHORT));
    let mut client = site.connect().await;
    let began = Instant::now();
    let (mut reader, mut writer) = client.stream.split();
    let drip = async {
        let mut pace = tokio::time::interval(SHORT / 20);
        for byte in b"GET / HTTP/1.1\r\n".iter().chain(std::iter::repeat(&b'x')) {
            pace.tick().await;
            if writer.write_all(&[*byte]).await.is_err() {
                break;
            }
        }
    };
    let mut answer = Vec::new();
    tokio::select! {
        () = drip => {}
        _ = soon(reader.read_to_end(&mut answer)) => {}
    }
    assert_eq!(answer, b"");
    assert!(began.elapsed() >= SHORT && began.elapsed() < SHORT * 10);
    assert_eq!(site.app.asked(), [""; 0]);
    site.stop().await;
}

#[tokio::test]
async fn a_second_head_that_stops_is_closed_by_the_deadline_of_heads() {
    let site = Site::start(|server| server.header_timeout(SHORT));
    let mut client = site.connect().await;
    client.send("GET /1 HTTP/1.1\r\nhost: x\r\n\r\n").await;
    assert_eq!(client.answer().await, (200, "GET /1".to_owned()));
    client.send("GET /2 HT").await;
    assert_eq!(client.rest().await, "");
    site.stop().await;
}

#[tokio::test]
async fn a_connection_without_a_next_request_is_closed() {
    let site = Site::start(|server| server.idle_timeout(SHORT));
    let mut client = site.connect().await;
    for path in ["/1", "/2"] {
        client.send(format!("GET {path} HTTP/1.1\r\nhost: x\r\n\r\n")).await;
        assert_eq!(client.answer().await, (200, format!("GET {path}")));
    }
    let began = Instant::now();
    assert_eq!(client.rest().await, "");
    assert!(began.elapsed() >= SHORT / 2);
    site.stop().await;
}

#[tokio::test]
async fn deadlines_are_kept_behind_a_service_that_uses_up_the_budget_of_its_task() {
    let site = Site::start(|server| server.idle_timeout(SHORT));
    let mut client = site.connect().await;
    client.send("GET /greedy HTTP/1.1\r\nhost: x\r\n\r\n").await;
    assert_eq!(client.answer().await, (200, "had all".to_owned()));
    assert_eq!(client.rest().await, "");
    site.stop().await;
}

#[tokio::test]
async fn a_body_that_stops_is_cut_off_for_a_reader_on_another_task_too() {
    let site = Site::start(|server| server.body_rate(240, SHORT));
    let mut client = site.connect().await;
    client.send("POST /elsewhere HTTP/1.1\r\nhost: x\r\ncontent-length: 10\r\n\r\n12345").await;
    let answer = client.rest().await;
    assert!(answer.starts_with("HTTP/1.1 408 Request Timeout\r\n"), "{answer}");
    site.stop().await;
}

#[tokio::test]
async fn a_body_that_stops_is_answered_with_408_and_closed() {
    let site = Site::start(|server| server.body_rate(240, SHORT));
    let mut client = site.connect().await;
    client.send("POST /echo HTTP/1.1\r\nhost: x\r\ncontent-length: 10\r\n\r\n12345").await;
    let answer = client.rest().await;
    assert!(answer.starts_with("HTTP/1.1 408 Request Timeout\r\n"), "{answer}");
    assert!(answer.contains("connection: close") && answer.ends_with("too slowly\"}"), "{answer}");
    assert_eq!(site.app.running(), 0);
    site.stop().await;
}

#[tokio::test]
async fn what_a_body_sent_early_does_not_excuse_its_stop() {
    let site = Site::start(|server| server.body_rate(240, SHORT));
    let mut client = site.connect().await;
    client.send("POST /echo HTTP/1.1\r\nhost: x\r\ncontent-length: 9000000\r\n\r\n").await;
    client.send(vec![b'x'; 1 << 20]).await;
    assert!(client.rest().await.starts_with("HTTP/1.1 408 "));
    site.stop().await;
}

#[tokio::test]
async fn a_body_at_the_least_rate_is_read_to_its_end() {
    let site = Site::start(|server| server.body_rate(20, SHORT * 5));
    let mut client = site.connect().await;
    client.send("POST /echo HTTP/1.1\r\nhost: x\r\ncontent-length: 80\r\n\r\n").await;
    // 20 bytes are due in each second; 10 come in each fifth of one, for longer than a second.
    let mut pace = tokio::time::interval(SHORT);
    for _ in 0..8 {
        pace.tick().await;
        client.send([b'x'; 10]).await;
    }
    assert_eq!(client.answer().await, (200, "x".repeat(80)));
    // The connection is none the worse for it.
    client.send("GET /next HTTP/1.1\r\nhost: x\r\n\r\n").await;
    assert_eq!(client.answer().await, (200, "GET /next".to_owned()));
    site.stop().await;
}

#[tokio::test]
async fn a_client_that_never_reads_its_answer_is_closed() {
    let site = Site::start(|server| server.send_timeout(SHORT));
    let mut client = site.connect().await;
    client.send("GET /large HTTP/1.1\r\nhost: x\r\n\r\n").await;
    soon(async {
        while site.app.asked().is_empty() || connections(site.addr) > 0 {
            tokio::task::yield_now().await;
        }
    })
    .await;
    assert!(client.rest().await.len() < 64 << 20);
    site.stop().await;
}
