//! What is no request for a websocket, or not one that may be answered, gets an answer as any other request.

use super::*;

/// Sends a head and returns status, head and body of the answer.
async fn ask(site: &Site, head: &str) -> (u16, String, String) {
    let mut stream = TcpStream::connect(site.addr).await.unwrap();
    let head = head.replace('\n', "\r\n").replace("HOST", &site.addr.to_string());
    stream.write_all(format!("{head}\r\n\r\n").as_bytes()).await.unwrap();
    let asked_head = head.starts_with("HEAD");
    let head = read_head(&mut stream).await.to_ascii_lowercase();
    let status: u16 = head[9..12].parse().unwrap();
    let length = head.split("content-length: ").nth(1).and_then(|rest| rest.split("\r\n").next());
    let mut body = vec![0; length.map_or(0, |length| length.parse().unwrap())];
    if status != 101 && !asked_head {
        soon(stream.read_exact(&mut body)).await.unwrap();
    }
    (status, head, String::from_utf8(body).unwrap())
}

const GOOD: &str = "GET / HTTP/1.1\nHost: HOST\nConnection: keep-alive, Upgrade\nUpgrade: WebSocket\n\
                    Sec-WebSocket-Version: 13\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==";

#[tokio::test]
async fn a_good_handshake_is_answered_with_the_accept_key_and_what_before_said() {
    let mut site = Site::start(|route| route).await;
    let (status, head, _) = ask(&site, GOOD).await;
    assert_eq!(status, 101);
    for line in [
        "connection: upgrade",
        "upgrade: websocket",
        "sec-websocket-accept: s3pplmbitxaq9kygzzhzrbk+xoo=",
        "x-ws: yes",
        "set-cookie: a=1",
        "set-cookie: b=2",
    ] {
        assert!(head.contains(&format!("\r\n{line}\r\n")), "{line} in {head}");
    }
    assert!(!head.contains("sec-websocket-protocol"));
    site.lines(["before "]).await;
}

#[tokio::test]
async fn bad_handshakes_are_refused_before_anything_else_is_looked_at() {
    let mut site = Site::start(|route| route).await;
    for (replace, by, expected, field) in [
        ("GET", "POST", 405, "allow: get"),
        ("GET", "HEAD", 405, "allow: get"),
        ("Upgrade: WebSocket\n", "", 426, "upgrade: websocket"),
        ("Upgrade: WebSocket", "Upgrade: h2c", 426, "upgrade: websocket"),
        ("Connection: keep-alive, Upgrade\n", "", 426, "sec-websocket-version: 13"),
        ("Sec-WebSocket-Version: 13\n", "", 426, "sec-websocket-version: 13"),
        ("Version: 13", "Version: 8", 426, "sec-websocket-version: 13"),
        ("Version: 13", "Version: 13, 8", 426, "sec-websocket-version: 13"),
        ("HTTP/1.1", "HTTP/1.0", 400, "sec-websocket-version: 13"),
        ("Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==", "X: y", 400, "sec-websocket-version: 13"),
        ("dGhlIHNhbXBsZSBub25jZQ==", "", 400, "sec-websocket-version: 13"),
        ("dGhlIHNhbXBsZSBub25jZQ==", "dGhlIHNhbXBsZSBub25jZQ", 400, "sec-websocket-version: 13"),
        ("dGhlIHNhbXBsZSBub25jZQ==", "c2hvcnQ=", 400, "sec-websocket-version: 13"),
        ("dGhlIHNhbXBsZSBub25jZQ==", "dGhlIHNhbXBsZSBub25jZSAx", 400, "sec-websocket-version: 13"),
    ] {
        // The query is wrong, too, and nobody says so.
        let head = GOOD.replace("GET / ", "GET /?level=x ").replacen(replace, by, 1);
        let (status, answer, _) = ask(&site, &head).await;
        assert_eq!(status, expected, "{head}");
        assert!(answer.contains(field), "{field} in {answer}");
        let stat = site.stat().await;
        assert_eq!((stat.outcome, stat.code, stat.websocket), (Outcome::Complete, Some(expected), None));
    }
    let twice = format!("{GOOD}\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==");
    assert_eq!(ask(&site, &twice).await.0, 400);
    assert!(site.log.try_recv().is_err(), "nothing was asked of the handler");
}

#[tokio::test]
async fn what_the_handler_reads_is_checked_before_the_upgrade() {
    let mut site = Site::start(|route| route).await;
    for (path, expected) in [("/?level=x", "ParseError"), ("/?level=10", "ValidationError")] {
        let (status, head, body) = ask(&site, &GOOD.replace("GET /", &format!("GET {path}"))).await;
        assert_eq!(status, 400);
        assert!(head.contains("content-type: application/json"), "{head}");
        assert!(body.contains(expected) && body.contains("Query Parameter"), "{body}");
        let stat = site.stat().await;
        assert_eq!((stat.outcome, stat.code), (Outcome::Complete, Some(400)));
    }
    assert!(site.log.try_recv().is_err(), "nothing was built, and before was not asked");
}

#[tokio::test]
async fn before_refuses_with_an_error_or_with_an_answer_of_its_own() {
    let mut site = Site::start(|route| route).await;
    let (status, _, body) = ask(&site, &GOOD.replace("GET /", "GET /?mode=refuse")).await;
    assert_eq!((status, body.contains("not you")), (403, true), "{body}");
    site.lines(["before refuse", "teardown Failure"]).await;
    assert_eq!(site.stat().await.code, Some(403));

    let (status, head, body) = ask(&site, &GOOD.replace("GET /", "GET /?mode=stop")).await;
    assert_eq!((status, &*body), (409, "\"stopped\""));
    assert!(head.contains("x-ws: yes"), "{head}");
    site.lines(["before stop", "teardown Failure"]).await;
    assert_eq!(site.stat().await.code, Some(409));
}

#[tokio::test]
async fn pages_of_foreign_origins_are_refused() {
    let site = Site::start(|route| route.allow_origins(["https://app.example.org"])).await;
    for (origin, expected) in [
        ("http://HOST", 101),
        ("https://app.example.org", 101),
        ("http://app.example.org", 403),
        ("https://app.example.org.evil.com", 403),
        ("http://evil.com", 403),
        ("http://HOST.evil.com", 403),
        ("http://HOST@evil.com", 403),
        ("http://user@HOST", 403),
        ("http://127.0.0.1", 403),
        ("null", 403),
        ("http://HOST\nOrigin: http://HOST", 403),
    ] {
        let (status, _, body) = ask(&site, &format!("{GOOD}\nOrigin: {origin}")).await;
        assert_eq!(status, expected, "{origin}");
        assert!(!body.contains("evil"), "{body}");
    }
    let open = Site::start(Route::allow_any_origin).await;
    assert_eq!(ask(&open, &format!("{GOOD}\nOrigin: null")).await.0, 101);
}

#[tokio::test]
async fn a_subprotocol_that_both_speak_is_agreed_on() {
    let site = Site::start(|route| route.protocols(["chat.v2", "chat.v1"])).await;
    for (offered, agreed) in [
        ("chat.v1, chat.v2", Some("chat.v2")),
        ("soap,chat.v1", Some("chat.v1")),
        ("soap", None),
        ("chat.v", None),
    ] {
        let offer = GOOD.replace("GET /", "GET /?mode=protocol");
        let (status, head, _) = ask(&site, &format!("{offer}\nSec-WebSocket-Protocol: {offered}")).await;
        assert_eq!(status, 101);
        let answered = head.split("sec-websocket-protocol: ").nth(1);
        assert_eq!(answered.and_then(|rest| rest.split("\r\n").next()), agreed);
    }
    let mut client = site.open("protocol").await;
    assert_eq!(client.message().await, text("none"));
    assert!(client.headers.contains_key("x-ws"));
}

#[tokio::test]
async fn a_host_that_cannot_upgrade_answers_500() {
    let (log, _lines) = unbounded_channel();
    let container = container(&Log(log), &Senders::default()).await;
    let stack = ServiceBuilder::new()
        .layer(ErrorLayer::new())
        .layer(InjectLayer::new(container))
        .service(service(websocket::<Room>()));
    let request = Request::builder()
        .uri("/")
        .header("connection", "upgrade")
        .header("upgrade", "websocket")
        .header("sec-websocket-version", "13")
        .header("sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ==")
        .body(http_body_util::Empty::<bytes::Bytes>::new())
        .unwrap();
    let response = tower::ServiceExt::oneshot(stack, request).await.unwrap();
    assert_eq!(response.status(), StatusCode::INTERNAL_SERVER_ERROR);
}
