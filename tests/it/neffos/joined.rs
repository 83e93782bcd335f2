//! Several descriptions of one namespace, and the hosts that a server stands in.

use axum::Router as AxumRouter;
use gongular::mvc::{Application, Controller, controller};
use gongular::neffos::websocket_controller;
use gongular::server::Server;
use gongular::{Inject, Router};

use super::*;

#[derive(Controller)]
struct Greeter {
    client: NsConn,
}

#[websocket_controller(namespace = "default")]
impl Greeter {
    async fn greet(&self) -> String {
        format!("hello from {}", self.client.name())
    }

    async fn on_room_join(&self, room: Room) -> Result<(), Error> {
        match room.name() {
            "private" => Err(Error::new(gongular::http::StatusCode::FORBIDDEN, "no entry")),
            _ => Ok(()),
        }
    }
}

#[derive(Controller)]
struct Apart {
    client: NsConn,
}

#[websocket_controller(namespace = "default")]
impl Apart {
    async fn apart(&self) -> String {
        self.client.id().to_owned()
    }
}

async fn greets(addr: SocketAddr) {
    let mut client = Client::connect(addr).await;
    assert_eq!(client.ask("default", "", "greet", "").await, "$1;default;;greet;0;0;hello from default");
    let id = client.id.clone();
    assert_eq!(client.ask("default", "", "apart", "").await, format!("$1;default;;apart;0;0;{id}"));
    assert_eq!(client.ask("default", "", "echo", "x").await, "$1;default;;echo;0;0;x");
    let refused = client.ask("default", "private", "_OnRoomJoin", "").await;
    assert_eq!(refused, "$1;default;private;_OnRoomJoin;1;0;no entry");
}

#[tokio::test]
async fn controllers_and_functions_of_one_namespace_are_joined() {
    let events =
        Events::new().namespace(controller::<Greeter>()).namespace(chat()).namespace(controller::<Apart>());
    let (_hub, addr) = start(events).await;
    greets(addr).await;
}

#[tokio::test]
async fn a_controller_of_native_messages_alone_needs_no_handshake() {
    #[derive(Controller)]
    struct Raw {
        client: NsConn,
    }

    #[websocket_controller]
    impl Raw {
        async fn on_native_message(&self, message: Message) -> String {
            format!("{} {}", self.client.id().len(), message.text().unwrap_or_default())
        }
    }

    let (_hub, addr) = start(Events::new().namespace(controller::<Raw>())).await;
    let mut client = Client::silent(addr, "").await;
    client.send("hi").await;
    assert_eq!(client.next().await, "36 hi");
}

/// Pushes from a request to everybody.
#[derive(Controller)]
struct News {
    hub: Inject<Hub>,
}

#[gongular::mvc::controller]
impl News {
    async fn post_news_by(&self, text: String) -> Result<(), Error> {
        self.hub.to("default")?.emit("news", text)
    }
}

fn application() -> Application {
    Application::new(Router::new())
        .handle_websocket(controller::<Greeter>())
        .handle_websocket(chat())
        .handle_websocket(controller::<Apart>())
        .websocket("/", Events::new(), |hub| hub.route().max_message(1 << 10))
        .party("/api", |api| api.handle(controller::<News>()))
}

#[tokio::test]
async fn an_application_serves_its_websocket_controllers_and_pushes_from_others() {
    let service = application().into_engine().build().await.unwrap();
    assert!(service.warnings().is_empty(), "{:?}", service.warnings());
    let requests = gongular::test_client::TestClient::new(service.clone());
    let server = Server::new(service).bind("127.0.0.1:0").unwrap();
    let addr = server.local_addr().unwrap();
    tokio::spawn(server.run_until(std::future::pending::<()>()));
    greets(addr).await;
    let mut client = Client::connect(addr).await;
    requests.post("/api/news/rain").send().await.assert_status(200);
    assert_eq!(client.next().await, ";default;;news;0;0;rain");
}

#[tokio::test]
async fn a_hub_stands_in_an_axum_router() {
    let hub = Events::new().namespace(controller::<Greeter>()).namespace(chat());
    let hub = hub.namespace(controller::<Apart>()).build();
    let stack = ServiceBuilder::new().layer(ErrorLayer::new()).layer(InjectLayer::new(empty().await));
    let router = AxumRouter::new()
        .route_service("/", stack.service(service(hub.route())))
        .route("/count", axum::routing::get(async move || hub.count().to_string()));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let addr = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, router).await });
    greets(addr).await;
}
