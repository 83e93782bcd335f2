//! The same cases over HTTP/2, all on one connection.

use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::client::conn::http2::{SendRequest, handshake};
use hyper::http::{Request, Uri};
use hyper_util::rt::{TokioExecutor, TokioIo};
use tokio::net::TcpStream;
use tokio::runtime::{Builder, Runtime};

use super::case::{Ask, Case};
use super::client::Reply;
use super::compare;
use super::server::Server;

/// A client with a connection to each engine.
struct Client {
    runtime: Runtime,
    connections: Vec<(String, SendRequest<Full<Bytes>>)>,
}

#[test]
fn every_case_is_answered_over_http2_as_it_says() {
    let server = Server::start();
    let mut client = Client::new(&server);
    let cases = super::all_cases();
    let cases: Vec<_> = cases.iter().filter(|case| is_for_any_version(case)).collect();
    let mut failures = Vec::new();
    for case in &cases {
        let before = case.setup.iter().map(|ask| client.send(&case.engine, ask)).last();
        let differences = super::until_told(case, || {
            let reply = client.send(&case.engine, &case.request);
            compare::differences(case, Some(&reply), before.as_ref())
        });
        failures.extend(differences.into_iter().map(|difference| format!("{}: {difference}", case.id)));
    }
    drop(client);
    server.stop("INT");
    assert!(cases.len() > 700, "there are only {} cases", cases.len());
    assert!(failures.is_empty(), "{} differences:\n{}", failures.len(), failures.join("\n"));
}

/// Whether a case says nothing of what only HTTP/1.1 has: upgrades, limits of its own, and heads that no client of
/// HTTP/2 can send.
fn is_for_any_version(case: &Case) -> bool {
    let can_be_sent = |ask: &Ask| {
        let headers = ask.headers.keys().map(|name| name.to_ascii_lowercase());
        let is_plain =
            !headers.into_iter().any(|name| ["connection", "content-length"].contains(&name.as_str()));
        is_plain && ask.path.parse::<Uri>().is_ok() && !ask.path.contains('\\')
    };
    let is_own = case.id.starts_with("limit-header");
    !is_own && case.setup.iter().chain([&case.request]).all(can_be_sent)
}

impl Client {
    fn new(server: &Server) -> Self {
        let runtime = Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let connect = |engine: &str| {
            let address = server.address(engine);
            let sender = runtime.block_on(async {
                let stream = TcpStream::connect(address).await.unwrap();
                stream.set_nodelay(true).unwrap();
                let stream = TokioIo::new(stream);
                let (sender, connection) = handshake(TokioExecutor::new(), stream).await.unwrap();
                tokio::spawn(connection);
                sender
            });
            (address.to_owned(), sender)
        };
        let connections = ["main", "custom_error_handler"].map(connect).into();
        Self { runtime, connections }
    }

    fn send(&mut self, engine: &str, ask: &Ask) -> Reply {
        let index = usize::from(engine != "main");
        let (address, sender) = &mut self.connections[index];
        let uri = Uri::builder().scheme("http").authority(address.as_str()).path_and_query(&ask.path);
        let mut request = Request::builder().method(ask.method.as_str()).uri(uri.build().unwrap());
        for (name, value) in &ask.headers {
            request = request.header(name, value.replace("$HOST", address));
        }
        let request = request.body(Full::from(ask.body().unwrap_or_default())).unwrap();
        self.runtime.block_on(async {
            let response = sender.send_request(request).await.unwrap();
            let (parts, body) = response.into_parts();
            let body = body.collect().await.unwrap().to_bytes();
            let text = |bytes: &[u8]| bytes.iter().copied().map(char::from).collect::<String>();
            let headers = parts.headers.iter();
            let mut headers: Vec<_> =
                headers.map(|(name, value)| (name.to_string(), text(value.as_bytes()))).collect();
            // A head without a body says so here, where HTTP/1.1 needs a length.
            let has_length = parts.headers.contains_key("content-length");
            if body.is_empty() && !has_length && ![204, 304].contains(&parts.status.as_u16()) {
                headers.push(("content-length".to_owned(), "0".to_owned()));
            }
            Reply::new(parts.status.as_u16(), headers, body.to_vec())
        })
    }
}
