//! Statistics behind a real HTTP/1.1 connection, where bodies are dropped without being read to their end.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll};

use crate::StatsLayer;
use crate::stats::{CountedBody, Outcome, RouteStat};
use ::hyper::body::Incoming;
use ::hyper::server::conn::http1;
use ::hyper::service::service_fn;
use ::hyper_util::rt::TokioIo;
use bytes::Bytes;
use http::{HeaderValue, Request, Response, StatusCode, header};
use http_body::{Body, Frame, SizeHint};
use http_body_util::BodyExt;
use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream, duplex};
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};
use tower_layer::Layer;
use tower_service::Service;

/// A body of frames; `None` waits for ever.
struct Script {
    frames: VecDeque<Option<Result<&'static str, &'static str>>>,
    exact: Option<u64>,
}

impl Script {
    fn text(text: &'static str) -> Self {
        Self { frames: [Some(Ok(text))].into(), exact: Some(text.len() as u64) }
    }

    fn stream<const N: usize>(frames: [Option<Result<&'static str, &'static str>>; N]) -> Self {
        Self { frames: frames.into(), exact: None }
    }
}

impl Body for Script {
    type Data = Bytes;
    type Error = &'static str;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, &'static str>>> {
        if let Some(None) = self.frames.front() {
            return Poll::Pending;
        }
        let frame = self.frames.pop_front().flatten();
        Poll::Ready(frame.map(|frame| frame.map(|data| Frame::data(Bytes::from_static(data.as_bytes())))))
    }

    fn size_hint(&self) -> SizeHint {
        self.exact.map_or_else(SizeHint::default, SizeHint::with_exact)
    }
}

async fn answer(request: Request<CountedBody<Incoming>>) -> Result<Response<Script>, Infallible> {
    let (parts, body) = request.into_parts();
    let mut response = Response::new(Script::text("hello"));
    match parts.uri.path() {
        "/hello" => {}
        "/empty" => *response.status_mut() = StatusCode::NO_CONTENT,
        "/read" => drop(body.collect().await.unwrap()),
        "/sized" => {
            response.headers_mut().insert(header::CONTENT_LENGTH, 5.into());
            *response.body_mut() = Script::stream([Some(Ok("hello")), None]);
        }
        "/chunked" => *response.body_mut() = Script::stream([Some(Ok("one")), Some(Ok("three"))]),
        "/endless" => *response.body_mut() = Script::stream([Some(Ok("one")), None]),
        "/broken" => *response.body_mut() = Script::stream([Some(Ok("one")), Some(Err("broken"))]),
        "/upgrade" => {
            *response.status_mut() = StatusCode::SWITCHING_PROTOCOLS;
            response.headers_mut().insert(header::UPGRADE, HeaderValue::from_static("test"));
            *response.body_mut() = Script::stream([]);
        }
        "/never" => std::future::pending().await,
        _ => *response.status_mut() = StatusCode::NOT_FOUND,
    }
    Ok(response)
}

type Seen = (String, Outcome, Option<u16>, u64, u64);

fn connect() -> (DuplexStream, UnboundedReceiver<Seen>) {
    let (sender, receiver) = unbounded_channel();
    let layer = StatsLayer::new(move |stat: &RouteStat| {
        let code = stat.response_code().map(|code| code.as_u16());
        let uri = stat.uri().to_owned();
        sender.send((uri, stat.outcome(), code, stat.request_size(), stat.response_size())).unwrap();
    });
    let (client, server) = duplex(64 << 10);
    let service = service_fn(move |request| layer.layer(tower::service_fn(answer)).call(request));
    let connection = http1::Builder::new().serve_connection(TokioIo::new(server), service).with_upgrades();
    tokio::spawn(async move { drop(connection.await) });
    (client, receiver)
}

async fn send(client: &mut DuplexStream, head: &str) {
    client.write_all(format!("{head} HTTP/1.1\r\nhost: a\r\n\r\n").as_bytes()).await.unwrap();
}

async fn read_until(client: &mut DuplexStream, end: &str) {
    let mut text = Vec::new();
    while !text.ends_with(end.as_bytes()) {
        text.push(client.read_u8().await.unwrap());
    }
}

fn seen(uri: &str, outcome: Outcome, code: u16, read: u64, sent: u64) -> Seen {
    (uri.to_owned(), outcome, Some(code), read, sent)
}

#[tokio::test]
async fn requests_of_one_connection_are_complete_one_after_the_other() {
    let (mut client, mut stats) = connect();
    let cases = [
        ("GET /hello", seen("/hello", Outcome::Complete, 200, 0, 5)),
        ("HEAD /hello", seen("/hello", Outcome::Complete, 200, 0, 0)),
        ("GET /empty", seen("/empty", Outcome::Complete, 204, 0, 0)),
        ("GET /sized", seen("/sized", Outcome::Complete, 200, 0, 5)),
        ("GET /chunked", seen("/chunked", Outcome::Complete, 200, 0, 8)),
        ("GET /nothing?x=1", seen("/nothing?x=1", Outcome::Complete, 404, 0, 5)),
    ];
    for (head, expected) in cases {
        send(&mut client, head).await;
        assert_eq!(stats.recv().await, Some(expected));
    }
    drop(client);
    assert_eq!(stats.recv().await, None, "each request has one statistic");
}

#[tokio::test]
async fn the_bytes_of_a_request_count_without_its_framing() {
    let (mut client, mut stats) = connect();
    let chunked = b"POST /read HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\n3\r\nabc\r\n1\r\nd\r\n0\r\n\r\n";
    client.write_all(chunked).await.unwrap();
    assert_eq!(stats.recv().await, Some(seen("/read", Outcome::Complete, 200, 4, 5)));
}

#[tokio::test]
async fn a_client_that_leaves_in_the_body_is_gone_in_the_body() {
    let (mut client, mut stats) = connect();
    send(&mut client, "GET /endless").await;
    read_until(&mut client, "one\r\n").await;
    drop(client);
    assert_eq!(stats.recv().await, Some(seen("/endless", Outcome::ClientGoneInBody, 200, 0, 3)));
    assert_eq!(stats.recv().await, None);
}

#[tokio::test]
async fn a_client_that_leaves_before_the_head_is_gone_before_the_head() {
    let (mut client, mut stats) = connect();
    send(&mut client, "GET /never").await;
    drop(client);
    let expected = ("/never".to_owned(), Outcome::ClientGoneBeforeHead, None, 0, 0);
    assert_eq!(stats.recv().await, Some(expected));
    assert_eq!(stats.recv().await, None);
}

#[tokio::test]
async fn a_body_that_breaks_is_a_body_error() {
    let (mut client, mut stats) = connect();
    send(&mut client, "GET /broken").await;
    assert_eq!(stats.recv().await, Some(seen("/broken", Outcome::BodyError, 200, 0, 3)));
    assert_eq!(stats.recv().await, None);
}

#[tokio::test]
async fn an_upgraded_connection_is_upgraded() {
    let (mut client, mut stats) = connect();
    let upgrade = b"GET /upgrade HTTP/1.1\r\nhost: a\r\nconnection: upgrade\r\nupgrade: test\r\n\r\n";
    client.write_all(upgrade).await.unwrap();
    assert_eq!(stats.recv().await, Some(seen("/upgrade", Outcome::Upgraded, 101, 0, 0)));
    assert_eq!(stats.recv().await, None);
}
