//! Where one request ends and the next begins, whatever a client says of it.

use super::*;

const HIDDEN: &str = "GET /hidden HTTP/1.1\r\nhost: x\r\n\r\n";

#[tokio::test]
async fn a_length_that_can_be_read_in_two_ways_is_a_400_and_nothing_behind_it_is_run() {
    let site = Site::start(|server| server);
    for fields in [
        "content-length: 4\r\ntransfer-encoding: chunked",
        "transfer-encoding: chunked\r\ncontent-length: 4",
        "Transfer-Encoding: chunked\r\nContent-Length: 0",
        "content-length: 4\r\ncontent-length: 5",
        "content-length: +4",
        "content-length: -4",
        "content-length: 0x4",
        "content-length: 4 4",
        "content-length: ",
        "content-length: 99999999999999999999",
        "transfer-encoding: xchunked",
        "transfer-encoding: chunked, identity",
        "transfer-encoding: identity",
        "transfer-encoding : chunked",
        "transfer-encoding: \u{b}chunked",
        " content-length: 4",
        "content-length: 4\r\n folded: 5",
        "x: \0",
        "x\0: y",
    ] {
        let mut client = site.connect().await;
        client.send(format!("POST /echo HTTP/1.1\r\nhost: x\r\n{fields}\r\n\r\n0\r\n\r\n{HIDDEN}")).await;
        let answer = client.rest().await;
        assert!(answer.starts_with("HTTP/1.1 400 Bad Request\r\n"), "{fields:?}: {answer}");
        assert_eq!(answer.matches("HTTP/1.1").count(), 1, "{fields:?}: {answer}");
    }
    assert!(!site.app.asked().contains(&"/hidden".to_owned()));
    site.stop().await;
}

#[tokio::test]
async fn a_body_with_broken_chunks_is_a_400_and_nothing_behind_it_is_run() {
    let site = Site::start(|server| server);
    for body in [
        "x\r\nhello\r\n0\r\n\r\n",
        "0x5\r\nhello\r\n0\r\n\r\n",
        "+5\r\nhello\r\n0\r\n\r\n",
        "-5\r\nhello\r\n0\r\n\r\n",
        "5\rhello\r\n0\r\n\r\n",
        "fffffffffffffffff\r\nhello\r\n0\r\n\r\n",
        "5\r\nhelloo\r\n0\r\n\r\n",
        "\r\n0\r\n\r\n",
    ] {
        let mut client = site.connect().await;
        let head = "POST /echo HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n";
        client.send(format!("{head}{body}{HIDDEN}")).await;
        let answer = client.rest().await;
        assert!(answer.starts_with("HTTP/1.1 400 Bad Request\r\n"), "{body:?}: {answer}");
        assert_eq!(answer.matches("HTTP/1.1").count(), 1, "{body:?}: {answer}");
    }
    assert!(!site.app.asked().contains(&"/hidden".to_owned()));
    site.stop().await;
}

#[tokio::test]
async fn a_body_that_breaks_off_is_a_400_and_never_taken_for_complete() {
    let site = Site::start(|server| server);
    for request in [
        "POST /echo HTTP/1.1\r\nhost: x\r\ncontent-length: 5\r\n\r\nhell",
        "POST /echo HTTP/1.1\r\nhost: x\r\ncontent-length: 5\r\n\r\n",
        "POST /echo HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhel",
        "POST /echo HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhello\r\n",
        "POST /echo HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n",
    ] {
        let mut client = site.connect().await;
        client.send(request).await;
        client.stream.shutdown().await.unwrap();
        let answer = client.rest().await;
        assert!(answer.starts_with("HTTP/1.1 400 Bad Request\r\n"), "{request:?}: {answer}");
    }
    site.stop().await;
}

#[tokio::test]
async fn the_unread_body_of_a_refused_request_is_never_the_next_request() {
    let site = Site::start(|server| server);
    for length in [HIDDEN.len(), HIDDEN.len() + 100_000] {
        let mut client = site.connect().await;
        let head = format!("POST /early HTTP/1.1\r\nhost: x\r\ncontent-length: {length}\r\n\r\n");
        client.send(head).await;
        client.send(HIDDEN).await;
        client.send(vec![b'x'; length - HIDDEN.len()]).await;
        client.stream.shutdown().await.unwrap();
        let answer = client.rest().await;
        assert!(answer.starts_with("HTTP/1.1 413 "), "{answer}");
        assert_eq!(answer.matches("HTTP/1.1").count(), 1, "{answer}");
    }
    assert_eq!(site.app.asked(), ["/early", "/early"]);
    site.stop().await;
}

#[tokio::test]
async fn a_client_that_sends_all_before_it_reads_sees_why_it_was_refused() {
    let site = Site::start(|server| server);
    let mut client = site.connect().await;
    client.send("POST /early HTTP/1.1\r\nhost: x\r\ncontent-length: 33554432\r\n\r\n").await;
    for _ in 0..32 {
        client.send(vec![b'x'; 1 << 20]).await;
    }
    assert_eq!(client.answer().await.0, 413);
    assert_eq!(client.rest().await, "");
    site.stop().await;
}

#[tokio::test]
async fn fifty_requests_in_one_packet_are_answered_in_order_and_bad_ones_spoil_only_themselves() {
    let site = Site::start(|server| server);
    let mut client = site.connect().await;
    let path = |number| match number {
        7 => "/panic".to_owned(),
        20 => "/error".to_owned(),
        33 => format!("/{}", "x".repeat(8 << 10)),
        number => format!("/{number}"),
    };
    let requests: Vec<_> =
        (0..50).map(|number| format!("GET {} HTTP/1.1\r\nhost: x\r\n\r\n", path(number))).collect();
    client.send(requests.concat()).await;
    for number in 0..50 {
        let (status, body) = client.answer().await;
        match number {
            7 | 20 => assert_eq!((status, body.as_str()), (500, "{\"error\":\"internal server error\"}")),
            33 => assert_eq!((status, body.as_str()), (414, "{\"error\":\"the URI is too long\"}")),
            _ => assert_eq!((status, body), (200, format!("GET /{number}"))),
        }
    }
    site.stop().await;
}

#[tokio::test]
async fn what_comes_before_a_request_with_two_lengths_is_answered() {
    let site = Site::start(|server| server);
    let mut client = site.connect().await;
    let good = "POST /echo HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n";
    let bad = good.replace("host: x", "host: x\r\ncontent-length: 2");
    client.send([good, good, &bad, good].concat()).await;
    for _ in 0..2 {
        assert_eq!(client.answer().await, (200, "hi".to_owned()));
    }
    let text = "{\"error\":\"the length of the body is declared in two ways\"}";
    assert_eq!(client.answer().await, (400, text.to_owned()));
    assert_eq!(client.rest().await, "");
    assert_eq!(site.app.asked().len(), 2);
    site.stop().await;
}

#[tokio::test]
async fn a_client_that_closes_its_half_after_the_request_gets_its_answer() {
    let site = Site::start(|server| server);
    let mut client = site.connect().await;
    client.send("GET /wait HTTP/1.1\r\nhost: x\r\n\r\n").await;
    client.stream.shutdown().await.unwrap();
    soon(site.app.0.entered.notified()).await;
    site.app.0.leave.notify_one();
    assert!(client.rest().await.ends_with("waited"));
    site.stop().await;
}

#[tokio::test]
async fn aborted_uploads_leave_no_request_and_no_descriptor() {
    let site = Site::start(|server| server);
    for _ in 0..50 {
        let mut client = site.connect().await;
        client.send("POST /echo HTTP/1.1\r\nhost: x\r\ncontent-length: 1000000\r\n\r\nhello").await;
    }
    soon(async {
        while site.app.asked().len() < 50 || site.app.running() > 0 || connections(site.addr) > 0 {
            tokio::task::yield_now().await;
        }
    })
    .await;
    site.stop().await;
}

#[tokio::test]
async fn a_request_line_of_8_kib_passes_and_one_byte_more_is_414() {
    let site = Site::start(|server| server);
    for (length, status) in [(8 << 10, "200"), ((8 << 10) + 1, "414")] {
        let answer = site.get(&format!("/{}", "x".repeat(length - 1))).await;
        assert!(answer.starts_with(&format!("HTTP/1.1 {status} ")), "{answer}");
    }
    site.stop().await;
}

#[tokio::test]
async fn a_hundred_header_fields_of_32_kib_pass_and_one_field_or_byte_more_is_431() {
    let site = Site::start(|server| server);
    let status = async |fields: usize, bytes: usize| {
        // These are two of them.
        let close = "host: x\r\nconnection: close\r\n";
        let mut sent = (2..fields - 1).map(|number| format!("x-{number}: y\r\n")).collect::<String>();
        let rest = bytes - sent.len() - close.len() - "rest: \r\n".len();
        sent.push_str(&format!("rest: {}\r\n{close}", "z".repeat(rest)));
        assert_eq!(sent.len(), bytes);
        let mut client = site.connect().await;
        client.send(format!("GET / HTTP/1.1\r\n{sent}\r\n")).await;
        client.rest().await[9..12].to_owned()
    };
    assert_eq!(status(100, 2000).await, "200");
    assert_eq!(status(101, 2000).await, "431");
    assert_eq!(status(10, 32 << 10).await, "200");
    assert_eq!(status(10, (32 << 10) + 1).await, "431");
    assert_eq!(status(10, 1 << 20).await, "431");
    site.stop().await;
}

#[tokio::test]
async fn a_request_says_once_which_host_it_wants() {
    let site = Site::start(|server| server);
    for (fields, status) in [
        ("", 400),
        ("host: x\r\nhost: x\r\n", 400),
        ("host: x\r\nhost: y\r\n", 400),
        ("host: x\r\n", 200),
        // An empty one is allowed: the resource has no authority.
        ("host:\r\n", 200),
    ] {
        let mut client = site.connect().await;
        client.send(format!("GET /a HTTP/1.1\r\n{fields}connection: close\r\n\r\n")).await;
        let answer = client.rest().await;
        assert!(answer.starts_with(&format!("HTTP/1.1 {status} ")), "{fields:?}: {answer}");
    }
    let mut client = site.connect().await;
    client.send("GET /a HTTP/1.0\r\n\r\n".to_owned()).await;
    assert!(client.rest().await.starts_with("HTTP/1.0 200 "));
    site.stop().await;
}
