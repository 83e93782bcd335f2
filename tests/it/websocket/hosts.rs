//! The same websocket in an axum router, in the engine and behind our server.

use axum::Router as AxumRouter;
use gongular::server::Server;
use gongular::{Engine, Param, Router, Unchecked};

use super::*;

/// A websocket that greets by what it was asked with.
#[derive(FromRequest)]
struct Greet {
    user: Param<Unchecked<u32>>,
    session: Inject<Session>,
}

impl WebSocketHandler for Greet {
    async fn handle(self, mut socket: WebSocket) -> Result<(), Error> {
        let _session = self.session;
        while let Some(message) = socket.recv().await {
            let text = message?.as_text().map(|text| format!("{text}:{}", self.user.0.0));
            socket.send(text.unwrap_or_default()).await?;
        }
        Ok(())
    }
}

/// Talks to a host, and checks that everything ended once.
async fn talk(addr: SocketAddr, stats: &mut UnboundedReceiver<Seen>, log: &mut UnboundedReceiver<String>) {
    let mut client = open(addr, "/ws/5").await;
    client.send(text("selam")).await;
    assert_eq!(client.message().await, text("selam:5"));
    assert!(stats.try_recv().is_err() && log.try_recv().is_err(), "the request goes on");
    client.send(ClientMessage::Close(None)).await;
    assert_eq!(client.closed().await, None);
    assert_eq!(soon(log.recv()).await.unwrap(), "teardown Success");
    let stat = soon(stats.recv()).await.unwrap();
    assert_eq!((stat.outcome, stat.code, stat.sizes), (Outcome::Upgraded, Some(101), (5, 7)));
    assert!(stats.try_recv().is_err() && log.try_recv().is_err(), "once");
}

#[tokio::test]
async fn a_websocket_stands_in_an_axum_router() {
    let (log, mut lines) = unbounded_channel();
    let (stats, mut seen) = stats();
    let container = container(&Log(log), &Senders::default()).await;
    let stack = ServiceBuilder::new().layer(ErrorLayer::new()).layer(InjectLayer::new(container));
    let router = AxumRouter::new()
        .route_service("/ws/{user}", stack.service(service(websocket::<Greet>())))
        .layer(stats);
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let addr = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, router).await });
    talk(addr, &mut seen, &mut lines).await;
}

#[tokio::test]
async fn a_websocket_stands_in_the_engine_behind_the_server() {
    let (log, mut lines) = unbounded_channel();
    let (stats, mut seen) = unbounded_channel();
    let teardown = Log(log);
    let session = Provider::<Session>::per_request(|| Session).teardown(
        move |_: gongular::inject::Finished<Session>, completion: Completion| {
            teardown.add(format!("teardown {completion:?}"));
        },
    );
    let engine = Engine::new()
        .register(session)
        .stats(move |stat: &RouteStat| {
            let _ = stats.send(Seen {
                outcome: stat.outcome(),
                code: stat.response_code().map(|code| code.as_u16()),
                error: None,
                websocket: stat.websocket().copied(),
                sizes: (stat.request_size(), stat.response_size()),
                lasted: stat.total_duration(),
            });
        })
        .routes(Router::new().get("/ws/{user}", websocket::<Greet>()))
        .build()
        .await
        .unwrap();
    let server = Server::new(engine).bind("127.0.0.1:0").unwrap();
    let (addr, shutdown) = (server.local_addr().unwrap(), server.shutdown());
    let running = tokio::spawn(server.run_until(std::future::pending::<()>()));
    talk(addr, &mut seen, &mut lines).await;

    let mut client = open(addr, "/ws/6").await;
    shutdown.trigger();
    assert_eq!(client.closed().await, Some((1001, String::new())));
    soon(running).await.unwrap();
    assert_eq!(soon(lines.recv()).await.unwrap(), "teardown Success");
}
