//! Where a server listens, whom it takes, and what it tells its service of them.

use std::path::PathBuf;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use gongular::server::Address;
use tokio::net::UnixStream;

use super::*;

fn socket(name: &str) -> (PathBuf, String) {
    let path = std::env::temp_dir().join(format!("gongular-{}-{name}.sock", std::process::id()));
    let address = format!("unix:{}", path.display());
    (path, address)
}

#[tokio::test]
async fn a_unix_socket_is_served_and_removed_in_the_end() {
    let (path, address) = socket("served");
    let app = App::default();
    let server = Server::new(service(&app)).bind(&address).unwrap();
    assert_eq!(server.local_addr(), None);
    assert_eq!(server.addresses().map(ToString::to_string).collect::<Vec<_>>(), [address]);
    let site = Site::run(app, server);
    let mut client = Raw { stream: soon(UnixStream::connect(&path)).await.unwrap(), read: Vec::new() };
    client.send("GET /client HTTP/1.1\r\nhost: x\r\n\r\n").await;
    assert_eq!(client.answer().await, (200, "nobody".to_owned()));
    site.stop().await;
    assert!(!path.exists());
}

#[tokio::test]
async fn a_unix_socket_is_taken_over_from_a_dead_server_and_from_no_other() {
    let (path, address) = socket("taken");
    // The socket of a listener stays behind when nobody removes it.
    drop(std::os::unix::net::UnixListener::bind(&path).unwrap());
    assert!(path.exists());
    let living = Server::new(service(&App::default())).bind(&address).unwrap();
    let second = Server::new(service(&App::default())).bind(&address);
    assert_eq!(second.unwrap_err().kind(), std::io::ErrorKind::AddrInUse);
    drop(living);

    std::fs::write(&path, "a file").unwrap();
    assert!(Server::new(service(&App::default())).bind(&address).is_err());
    assert_eq!(std::fs::read_to_string(&path).unwrap(), "a file");
    std::fs::remove_file(&path).unwrap();
}

#[tokio::test]
async fn several_addresses_are_served_and_told_when_the_server_is_ready() {
    let (path, address) = socket("several");
    let own = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let own_addr = own.local_addr().unwrap();
    let told = Arc::new(Mutex::new(Vec::new()));
    let app = App::default();
    let server = Server::new(service(&app)).bind("localhost:0").unwrap().bind(&address).unwrap();
    let server = server.listen(own).unwrap().on_ready({
        let told = Arc::clone(&told);
        move |addresses| told.lock().unwrap().extend_from_slice(addresses)
    });
    let site = Site::run(app, server);
    assert!(site.get("/1").await.ends_with("GET /1"));
    assert_eq!(
        *told.lock().unwrap(),
        [Address::Tcp(site.addr), Address::Unix(path.clone()), Address::Tcp(own_addr)]
    );
    soon(UnixStream::connect(&path)).await.unwrap();
    soon(TcpStream::connect(own_addr)).await.unwrap();
    site.stop().await;
}

#[tokio::test]
async fn an_address_that_cannot_be_bound_is_an_error() {
    let first = Server::new(service(&App::default())).bind("127.0.0.1:0").unwrap();
    let taken = first.local_addr().unwrap().to_string();
    let second = Server::new(service(&App::default())).bind(&taken);
    assert_eq!(second.unwrap_err().kind(), std::io::ErrorKind::AddrInUse);
    for address in ["", "nonsense", "127.0.0.1", "127.0.0.1:x", "unix:", "unix:/nowhere/at/all.sock"] {
        assert!(Server::new(service(&App::default())).bind(address).is_err(), "{address}");
    }
}

#[tokio::test]
async fn the_address_of_the_client_is_left_with_the_request_unless_told_otherwise() {
    for (is_left, text) in [(true, None), (false, Some("nobody".to_owned()))] {
        let site = Site::start(|server| server.client_addr(is_left));
        let mut client = site.connect().await;
        let addr = client.stream.local_addr().unwrap().to_string();
        client.send("GET /client HTTP/1.1\r\nhost: x\r\n\r\n").await;
        assert_eq!(client.answer().await, (200, text.unwrap_or(addr)));
        site.stop().await;
    }
}

#[tokio::test]
async fn one_connection_too_many_is_closed_and_a_place_that_is_free_again_is_taken() {
    let site = Site::start(|server| server.max_connections(2));
    let mut first = site.connect().await;
    let mut second = site.connect().await;
    for client in [&mut first, &mut second] {
        client.send("GET /in HTTP/1.1\r\nhost: x\r\n\r\n").await;
        assert_eq!(client.answer().await.0, 200);
    }
    for _ in 0..10 {
        assert_eq!(site.connect().await.rest().await, "");
    }
    drop(first);
    soon(async {
        while connections(site.addr) > 1 {
            tokio::task::yield_now().await;
        }
    })
    .await;
    assert!(site.get("/free").await.ends_with("GET /free"));
    second.send("GET /still HTTP/1.1\r\nhost: x\r\n\r\n").await;
    assert_eq!(second.answer().await, (200, "GET /still".to_owned()));
    site.stop().await;
}

#[tokio::test]
async fn three_hundred_idle_connections_do_not_slow_a_request_and_leave_no_descriptor() {
    let site = Site::start(|server| server);
    let mut idle = Vec::new();
    for number in 0..300 {
        let mut client = site.connect().await;
        client.send(&"GET /never HTT"[..number % 14]).await;
        idle.push(client);
    }
    let began = Instant::now();
    assert!(site.get("/good").await.ends_with("GET /good"));
    assert!(began.elapsed() < Duration::from_secs(2));
    drop(idle);
    soon(async {
        while connections(site.addr) > 0 {
            tokio::task::yield_now().await;
        }
    })
    .await;
    site.stop().await;
}

#[tokio::test]
async fn errors_and_panics_of_the_service_are_a_500_that_tells_nothing() {
    let site = Site::start(|server| server);
    let mut client = site.connect().await;
    for path in ["/error", "/panic", "/error"] {
        client.send(format!("GET {path} HTTP/1.1\r\nhost: x\r\n\r\n")).await;
        assert_eq!(client.answer().await, (500, "{\"error\":\"internal server error\"}".to_owned()));
    }
    site.stop().await;
}

#[cfg(feature = "axum")]
#[tokio::test]
async fn a_router_of_axum_is_served_as_it_is() {
    let who = axum::routing::get(|client: ClientAddr| async move { client.ip().to_string() });
    let echo = axum::routing::post(|body: String| async move { body });
    let server = Server::new(axum::Router::new().route("/who", who).route("/echo", echo));
    let server = server.bind("127.0.0.1:0").unwrap();
    let (addr, shutdown) = (server.local_addr().unwrap(), server.shutdown());
    let running = tokio::spawn(server.run());
    let mut client = Raw { stream: TcpStream::connect(addr).await.unwrap(), read: Vec::new() };
    client.send("GET /who HTTP/1.1\r\nhost: x\r\n\r\n").await;
    assert_eq!(client.answer().await, (200, "127.0.0.1".to_owned()));
    client.send("POST /echo HTTP/1.1\r\nhost: x\r\ncontent-length: 5\r\n\r\nhello").await;
    assert_eq!(client.answer().await, (200, "hello".to_owned()));
    shutdown.trigger();
    soon(running).await.unwrap().unwrap();
}

/// A service that is ready only at the second time of asking, and panics where it is told to.
#[derive(Clone, Copy)]
struct Moody {
    asked: bool,
    panics: &'static str,
}

impl tower_service::Service<Request<IncomingBody>> for Moody {
    type Response = Response<ResponseBody>;
    type Error = std::io::Error;
    type Future = std::future::Ready<std::io::Result<Self::Response>>;

    fn poll_ready(&mut self, cx: &mut std::task::Context<'_>) -> std::task::Poll<std::io::Result<()>> {
        assert_ne!(self.panics, "poll_ready");
        if self.panics == "error" {
            return std::task::Poll::Ready(Err(std::io::Error::other("the pool is at 10.0.0.7")));
        }
        if std::mem::replace(&mut self.asked, true) {
            return std::task::Poll::Ready(Ok(()));
        }
        cx.waker().wake_by_ref();
        std::task::Poll::Pending
    }

    fn call(&mut self, _: Request<IncomingBody>) -> Self::Future {
        assert_ne!(self.panics, "call");
        assert!(self.asked);
        std::future::ready(Ok(Response::new("ready".into())))
    }
}

#[tokio::test]
async fn a_service_is_called_when_it_is_ready_and_may_fail_before() {
    let fixed = (500, "{\"error\":\"internal server error\"}".to_owned());
    for (panics, answer) in [
        ("", (200, "ready".to_owned())),
        ("poll_ready", fixed.clone()),
        ("call", fixed.clone()),
        ("error", fixed),
    ] {
        let server = Server::new(Moody { asked: false, panics }).bind("127.0.0.1:0").unwrap();
        let (addr, shutdown) = (server.local_addr().unwrap(), server.shutdown());
        let running = tokio::spawn(server.run());
        let mut client = Raw { stream: TcpStream::connect(addr).await.unwrap(), read: Vec::new() };
        for _ in 0..2 {
            client.send("GET / HTTP/1.1\r\nhost: x\r\n\r\n").await;
            assert_eq!(client.answer().await, answer, "{panics}");
        }
        shutdown.trigger();
        soon(running).await.unwrap().unwrap();
    }
}

#[tokio::test]
async fn an_address_that_cannot_be_used_is_named() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    for address in [&*address, "3000", "unix:/no/such/folder/app.sock"] {
        let error = Server::new(service(&App::default())).bind(address).map(drop).unwrap_err();
        assert!(error.to_string().starts_with(&format!("cannot listen at `{address}`: ")), "{error}");
    }
}
