//! HTTP/2, spoken well and badly.

use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use gongular::server::Http2;
use http_body_util::Empty;
use hyper::client::conn::http2::{SendRequest, handshake};
use hyper_util::rt::{TokioExecutor, TokioIo};
use tokio::io::{AsyncRead, AsyncWrite};

use super::*;

const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

/// `GET /` of `http://x/`, in HPACK.
const GET: &[u8] = b"\x82\x86\x84\x41\x01x";
/// The same as `POST`.
const POST: &[u8] = b"\x83\x86\x84\x41\x01x";

const DATA: u8 = 0;
const HEADERS: u8 = 1;
const PRIORITY: u8 = 2;
const RST_STREAM: u8 = 3;
const SETTINGS: u8 = 4;
const PING: u8 = 6;
const GOAWAY: u8 = 7;
const WINDOW_UPDATE: u8 = 8;
const CONTINUATION: u8 = 9;

const END_STREAM: u8 = 1;
const END_HEADERS: u8 = 4;

fn frame(kind: u8, flags: u8, stream: u32, payload: &[u8]) -> Vec<u8> {
    let length = u32::try_from(payload.len()).unwrap().to_be_bytes();
    [&length[1..], &[kind, flags], &stream.to_be_bytes(), payload].concat()
}

/// Asks one request on a connection of its own.
pub(super) async fn get<I>(stream: I, path: &str) -> (u16, String)
where
    I: AsyncRead + AsyncWrite + Send + Unpin + 'static,
{
    let (mut sender, connection) = soon(handshake(TokioExecutor::new(), TokioIo::new(stream))).await.unwrap();
    tokio::spawn(connection);
    ask(&mut sender, path, Empty::<Bytes>::new()).await
}

async fn ask<B>(sender: &mut SendRequest<B>, path: &str, body: B) -> (u16, String)
where
    B: http_body::Body<Data: Send, Error = Infallible> + Send + Unpin + 'static,
{
    let request = Request::builder().uri(format!("http://x{path}")).body(body).unwrap();
    let response = soon(sender.send_request(request)).await.unwrap();
    let status = response.status().as_u16();
    let body = soon(response.into_body().collect()).await.unwrap().to_bytes();
    let body = String::from_utf8(body.to_vec()).unwrap();
    // Over HTTP/2 the URI has a host.
    (status, body.replace("http://x", ""))
}

/// A client that sends what it likes.
struct Hostile(Raw<TcpStream>);

impl Hostile {
    async fn connect(site: &Site) -> Self {
        let mut client = site.connect().await;
        client.send([PREFACE, &frame(SETTINGS, 0, 0, b"")].concat()).await;
        Self(client)
    }

    /// Sends frames until the server has closed, at most `count` times. Returns whether it has.
    async fn flood(&mut self, count: u32, mut frames: impl FnMut(u32) -> Vec<u8>) -> bool {
        let (mut reader, mut writer) = self.0.stream.split();
        let mut is_closed = false;
        let read = async {
            // Until the end, or a reset.
            let mut space = [0; 4096];
            while soon(reader.read(&mut space)).await.is_ok_and(|read| read > 0) {}
            true
        };
        let write = async {
            for number in 0..count {
                if writer.write_all(&frames(number)).await.is_err() {
                    return true;
                }
            }
            false
        };
        tokio::select! {
            closed = read => is_closed |= closed,
            closed = write => is_closed |= closed,
        }
        is_closed
    }

    /// Reads until the server closes; returns the code of its `GOAWAY`.
    async fn goaway(&mut self) -> Option<u32> {
        let mut all = std::mem::take(&mut self.0.read);
        let _ = soon(self.0.stream.read_to_end(&mut all)).await;
        frames(&all)
            .find(|(kind, _)| *kind == GOAWAY)
            .map(|(_, payload)| u32::from_be_bytes(payload[4..8].try_into().unwrap()))
    }
}

fn frames(mut bytes: &[u8]) -> impl Iterator<Item = (u8, &[u8])> {
    std::iter::from_fn(move || {
        let (head, rest) = bytes.split_at_checked(9)?;
        let length = u32::from_be_bytes([0, head[0], head[1], head[2]]) as usize;
        let (payload, rest) = rest.split_at_checked(length)?;
        bytes = rest;
        Some((head[3], payload))
    })
}

#[tokio::test]
async fn http1_and_http2_are_spoken_at_the_same_port() {
    let site = Site::start(|server| server);
    assert_eq!(get(site.connect().await.stream, "/2").await, (200, "GET /2".to_owned()));
    assert!(site.get("/1").await.ends_with("GET /1"));
    site.stop().await;
}

#[tokio::test]
async fn limits_are_told_in_the_settings() {
    let site = Site::start(|server| server);
    let mut client = Hostile::connect(&site).await;
    while client.0.read.len() < 9 || frames(&client.0.read).next().is_none() {
        client.0.more().await;
    }
    let (kind, payload) = frames(&client.0.read).next().unwrap();
    assert_eq!(kind, SETTINGS);
    let settings: Vec<_> = payload.chunks(6).map(|setting| (setting[1], &setting[2..])).collect();
    assert!(settings.contains(&(3, &100_u32.to_be_bytes()[..])), "{settings:?}");
    assert!(settings.contains(&(6, &(16_u32 << 10).to_be_bytes()[..])), "{settings:?}");
    site.stop().await;
}

#[tokio::test]
async fn header_fields_over_16_kib_are_431() {
    let site = Site::start(|server| server);
    let stream = site.connect().await.stream;
    let (mut sender, connection) = soon(handshake(TokioExecutor::new(), TokioIo::new(stream))).await.unwrap();
    tokio::spawn(connection);
    for (bytes, status) in [(15 << 10, 200), (17 << 10, 431)] {
        let request = Request::builder().uri("http://x/").header("x", "y".repeat(bytes));
        let response = soon(sender.send_request(request.body(Empty::<Bytes>::new()).unwrap())).await;
        assert_eq!(response.unwrap().status(), status);
    }
    let long = format!("/{}", "x".repeat(8 << 10));
    assert_eq!(ask(&mut sender, &long, Empty::new()).await.0, 414);
    site.stop().await;
}

/// A body that begins and never ends.
struct Endless(bool);

impl http_body::Body for Endless {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<http_body::Frame<Bytes>, Infallible>>> {
        match std::mem::replace(&mut self.0, true) {
            true => Poll::Pending,
            false => Poll::Ready(Some(Ok(http_body::Frame::data(Bytes::from_static(b"hello"))))),
        }
    }
}

#[tokio::test]
async fn a_body_that_stops_is_answered_with_408_and_the_other_requests_go_on() {
    let site = Site::start(|server| server.body_rate(240, SHORT));
    let stream = site.connect().await.stream;
    let (mut sender, connection) = soon(handshake(TokioExecutor::new(), TokioIo::new(stream))).await.unwrap();
    tokio::spawn(connection);
    let mut other = sender.clone();
    let (stopped, good) = tokio::join!(ask(&mut sender, "/echo", Endless(false)), async {
        other.ready().await.unwrap();
        let request = Request::builder().uri("http://x/good").body(Endless(true)).unwrap();
        soon(other.send_request(request)).await.unwrap().status()
    });
    assert_eq!(stopped, (408, "{\"error\":\"the body came too slowly\"}".to_owned()));
    assert_eq!(good, 200);
    site.stop().await;
}

#[tokio::test]
async fn a_connection_without_requests_is_closed_with_a_goodbye() {
    let site = Site::start(|server| server.idle_timeout(SHORT));
    let mut silent = Hostile::connect(&site).await;
    assert_eq!(silent.goaway().await, Some(0));
    let mut after_a_request = Hostile::connect(&site).await;
    after_a_request.0.send(frame(HEADERS, END_STREAM | END_HEADERS, 1, GET)).await;
    assert_eq!(after_a_request.goaway().await, Some(0));
    assert_eq!(site.app.asked(), ["/"]);
    site.stop().await;
}

#[tokio::test]
async fn a_client_that_takes_nothing_of_its_answers_is_closed() {
    let site = Site::start(|server| server.idle_timeout(SHORT).send_timeout(SHORT));
    let mut client = Hostile::connect(&site).await;
    // The initial window is the fourth setting.
    client.0.send(frame(SETTINGS, 0, 0, &[0, 4, 0, 0, 0, 0])).await;
    for stream in [1, 3] {
        client.0.send(frame(HEADERS, END_STREAM | END_HEADERS, stream, GET)).await;
    }
    client.goaway().await;
    assert_eq!(site.app.asked().len(), 2);
    site.stop().await;
}

#[tokio::test]
async fn an_answer_that_is_taken_slowly_is_not_cut_off() {
    let site = Site::start(|server| server.idle_timeout(SHORT));
    let mut client = Hostile::connect(&site).await;
    client.0.send(frame(SETTINGS, 0, 0, &[0, 4, 0, 0, 0, 0])).await;
    let large = [b"\x82\x86\x44\x06/large", &b"\x41\x01x"[..]].concat();
    client.0.send(frame(HEADERS, END_STREAM | END_HEADERS, 1, &large)).await;
    let taken = |read: &[u8]| -> usize {
        frames(read).filter(|(kind, _)| *kind == DATA).map(|(_, payload)| payload.len()).sum()
    };
    // 1 KiB each 50 ms, for several times as long as an idle connection may be.
    let mut pace = tokio::time::interval(SHORT / 4);
    for kib in 1..=20 {
        pace.tick().await;
        client.0.send(frame(WINDOW_UPDATE, 0, 1, &1024_u32.to_be_bytes())).await;
        while taken(&client.0.read) < kib << 10 {
            client.0.more().await;
        }
    }
    // Who takes no more is idle.
    assert_eq!(client.goaway().await, Some(0));
    site.stop().await;
}

#[tokio::test]
async fn a_request_that_takes_longer_than_idle_connections_may_is_answered() {
    let site = Site::start(|server| server.idle_timeout(SHORT));
    let stream = site.connect().await.stream;
    let asked = tokio::spawn(async move { get(stream, "/wait").await });
    soon(site.app.0.entered.notified()).await;
    // Two idle connections that come one after the other last longer than the deadline of one.
    for _ in 0..2 {
        assert_eq!(Hostile::connect(&site).await.goaway().await, Some(0));
    }
    site.app.0.leave.notify_one();
    assert_eq!(asked.await.unwrap(), (200, "waited".to_owned()));
    site.stop().await;
}

#[tokio::test]
async fn a_client_that_gives_no_sign_of_life_is_closed() {
    let site = Site::start(|server| server.http2(Http2::new().ping(SHORT, SHORT)));
    let mut client = Hostile::connect(&site).await;
    client.0.send(frame(HEADERS, END_HEADERS, 1, POST)).await;
    client.goaway().await;
    site.stop().await;
}

#[tokio::test]
async fn requests_that_are_taken_back_in_masses_close_the_connection() {
    let site = Site::start(|server| server);
    let mut client = Hostile::connect(&site).await;
    let is_closed = client
        .flood(100_000, |number| {
            let stream = number * 2 + 1;
            let headers = frame(HEADERS, END_STREAM | END_HEADERS, stream, GET);
            [headers, frame(RST_STREAM, 0, stream, &8_u32.to_be_bytes())].concat()
        })
        .await;
    assert!(is_closed);
    assert!(site.get("/good").await.ends_with("GET /good"));
    site.stop().await;
}

#[tokio::test]
async fn resets_that_are_provoked_in_masses_close_the_connection() {
    let site = Site::start(|server| server);
    let mut client = Hostile::connect(&site).await;
    let is_closed = client
        .flood(100_000, |number| {
            let stream = number * 2 + 1;
            let headers = frame(HEADERS, END_HEADERS, stream, POST);
            // A window that grows by nothing is a mistake that the server has to answer with a reset.
            [headers, frame(WINDOW_UPDATE, 0, stream, &[0; 4])].concat()
        })
        .await;
    assert!(is_closed);
    assert!(site.app.asked().len() < 10_000);
    assert!(site.get("/good").await.ends_with("GET /good"));
    site.stop().await;
}

#[tokio::test]
async fn header_fields_without_end_close_the_connection() {
    let site = Site::start(|server| server);
    // Fields that count, and empty ones that do not.
    for field in [&b"\x00\x01x\x7f\x81\x7f"[..], b""] {
        let mut client = Hostile::connect(&site).await;
        client.0.send(frame(HEADERS, 0, 1, GET)).await;
        let payload = if field.is_empty() { Vec::new() } else { [field, &[b'y'; 254]].concat() };
        assert!(client.flood(1_000_000, |_| frame(CONTINUATION, 0, 1, &payload)).await);
    }
    assert!(site.get("/good").await.ends_with("GET /good"));
    site.stop().await;
}

#[tokio::test]
async fn floods_of_small_frames_do_not_stop_the_server() {
    let site = Site::start(|server| server);
    type Flood = fn(u32) -> Vec<u8>;
    let floods: [Flood; 4] = [
        |_| frame(PING, 0, 0, b"12345678"),
        |_| frame(SETTINGS, 0, 0, &[0, 3, 0, 0, 0, 1]),
        |number| frame(PRIORITY, 0, number * 2 + 1, &[0, 0, 0, 0, 1]),
        |_| frame(DATA, 0, 1, b""),
    ];
    for flood in floods {
        let mut client = Hostile::connect(&site).await;
        client.0.send(frame(HEADERS, END_HEADERS, 1, POST)).await;
        client.flood(50_000, flood).await;
        assert!(site.get("/good").await.ends_with("GET /good"));
    }
    site.stop().await;
}
