//! What is wrong with the description of a server, told when it is made, or when the engine is built: all at once.

use gongular::engine::{BuildError, MistakeKind};
use gongular::inject;
use gongular::mvc::{Application, Controller, controller};
use gongular::neffos::websocket_controller;
use gongular::{Body, Engine, Inject, Router, Unchecked};

use super::*;

/// Replaces the places in this file by `HERE`, and leaves the path of this module out.
fn without_places(text: &str) -> String {
    crate::without_places(text, file!(), module_path!())
}

/// The texts of what is wrong with an application; each mistake has a place in this file.
async fn texts(router: Router) -> Vec<String> {
    let error: BuildError = Engine::new().routes(router).build().await.unwrap_err();
    let text = |mistake: &gongular::engine::Mistake| {
        assert_eq!(mistake.place().file(), file!(), "{mistake}");
        without_places(&mistake.to_string())
    };
    error.mistakes().iter().map(text).collect()
}

struct Db;
struct Clock;

#[derive(Controller)]
struct Greeter {
    client: NsConn,
}

#[websocket_controller(namespace = "default")]
impl Greeter {
    async fn greet(&self) -> String {
        self.client.name().to_owned()
    }

    async fn on_room_join(&self) {}
}

#[derive(Controller)]
struct Counter;

#[websocket_controller(namespace = "default")]
impl Counter {
    #[event("greet")]
    async fn again(&self) {}

    async fn on_room_join(&self) {}
}

#[test]
fn what_is_handled_twice_is_told_all_at_once() {
    let events = Events::new()
        .namespace(controller::<Greeter>())
        .namespace(controller::<Counter>())
        .namespace(Namespace::new("other").on("a", async || {}).on("a", async || {}).on("_OnA", async || {}))
        .on_connected(async || {})
        .on_connected(async || {});
    let error = events.try_build().unwrap_err();
    assert!(error.mistakes().iter().all(|mistake| mistake.place().file() == file!()));
    assert_eq!(
        without_places(&error.to_string()),
        "5 mistakes in the events:\n\
         \x20 1. `on_connected` of the connections is handled twice, by HERE and by HERE; keep one\n\
         \x20 2. `on_room_join` of namespace \"default\" is handled twice, by `Greeter::on_room_join` (HERE) and by `Counter::on_room_join` (HERE); keep one\n\
         \x20 3. event \"greet\" of namespace \"default\" is handled twice, by `Greeter::greet` (HERE) and by `Counter::again` (HERE); keep one\n\
         \x20 4. event \"a\" of namespace \"other\" is handled twice, by HERE and by HERE; keep one\n\
         \x20 5. event \"_OnA\" of namespace \"other\" (HERE) has a name that begins with `_On`, as only those of the protocol do: give it another one, or add the hook, such as `on_room_join`"
    );
}

#[test]
#[should_panic(expected = "1 mistake in the events")]
fn a_server_that_cannot_be_as_it_is_described_is_not_built() {
    let _hub = Events::new().on_connect(async || {}).on_connect(async || {}).build();
}

#[test]
fn a_controller_that_is_added_twice_is_told_once() {
    let events = Events::new().namespace(controller::<Greeter>()).namespace(controller::<Greeter>());
    let error = events.try_build().unwrap_err();
    assert_eq!(
        without_places(&error.to_string()),
        "1 mistake in the events:\n\
         \x20 1. `Greeter` is added to namespace \"default\" twice, at HERE and at HERE; keep one"
    );
}

#[tokio::test]
async fn a_namespace_that_nobody_described_is_named_where_it_is_asked_for() {
    let namespace = chat()
        .on("connect", async |conn: Conn| conn.connect("chta").await.map(drop))
        .on("push", async |hub: Hub| hub.to("chta").map(drop));
    let (hub, addr) = start(Events::new().namespace(namespace)).await;
    let error = hub.to("chta").unwrap_err();
    assert_eq!(error.to_string(), "no namespace \"chta\" was described on this side");
    assert_eq!((error.is_outside(), error.refusal()), (true, Some("bad namespace")));
    // Clients read the text of the protocol.
    let mut client = Client::connect(addr).await;
    for event in ["connect", "push"] {
        let answer = client.ask("default", "", event, "").await;
        assert_eq!(answer, format!("$1;default;;{event};1;0;bad namespace"));
    }
}

#[test]
fn a_hook_of_native_messages_that_never_runs_is_told() {
    let namespace = Namespace::new("chat").on_native_message(async || {});
    let error = Events::new().namespace(namespace).try_build().unwrap_err();
    assert_eq!(
        without_places(&error.to_string()),
        "1 mistake in the events:\n\
         \x20 1. `on_native_message` of namespace \"chat\" never runs (HERE): native messages are of no namespace; add it to the one \
         without a name, `Namespace::new(\"\")` or `#[websocket_controller]`"
    );
}

#[tokio::test]
async fn mistakes_of_websocket_controllers_stand_among_those_of_the_application() {
    let app =
        Application::new(Router::new())
            .handle_websocket(controller::<Greeter>())
            .websocket("/", Events::new(), Hub::route)
            .handle_websocket(Namespace::new("late"))
            .provide(0_u8)
            .party("/twice", |app| {
                app.handle_websocket(controller::<Greeter>())
                    .handle_websocket(controller::<Counter>())
                    .websocket("/ws", Events::new(), Hub::route)
            });
    assert_eq!(
        texts(app.into_router()).await,
        [
            "`u8` is registered after controllers were handled, the last of them the namespace \"late\": register it before the first (HERE)",
            "no websocket serves the namespace \"late\", handled at HERE; add `.websocket(\"/ws\", Events::new(), |hub| hub.route())` after it, or move yours there",
            "`on_room_join` of namespace \"default\" is handled twice, by `Greeter::on_room_join` (HERE) and by `Counter::on_room_join` (HERE); keep one",
            "event \"greet\" of namespace \"default\" is handled twice, by `Greeter::greet` (HERE) and by `Counter::again` (HERE); keep one",
        ]
    );
}

#[derive(Controller)]
struct Chat {
    client: NsConn,
    db: Inject<Db>,
}

#[websocket_controller(namespace = "chat")]
impl Chat {
    async fn say(&self, clock: Inject<Clock>) {
        let (Clock, Db) = (&*clock, &*self.db);
        let _ = self.client.id();
    }

    async fn on_room_join(&self, clock: Inject<Clock>) {
        let Clock = *clock;
    }
}

async fn tick(clock: Inject<Clock>) {
    let Clock = *clock;
}

#[tokio::test]
async fn a_dependency_that_nobody_provides_is_told_of_whoever_needs_it() {
    let namespace = Namespace::new("functions").on("tick", tick).on_any_event(tick);
    let hub = Events::new().namespace(controller::<Chat>()).namespace(namespace).on_connect(tick).build();
    let missing = |what: &str, who: &str| {
        format!(
            "{what}: {who} (`neffos` of the route `GET /ws`) needs it, but nobody provides it\n     at HERE\n     fix: register it, such as \
             `.provide(..)` or `.per_request(..)` for {what}"
        )
    };
    assert_eq!(
        texts(Router::new().get("/ws", hub.route())).await,
        [
            missing("Clock", "`on_connect` of the connections"),
            missing("Db", "field `db: Inject<Db>` of the websocket controller `Chat` of namespace \"chat\""),
            missing("Clock", "`Chat::say`, event \"say\" of namespace \"chat\""),
            missing("Clock", "`Chat::on_room_join` of namespace \"chat\""),
            missing("Clock", "event \"tick\" of namespace \"functions\""),
            missing("Clock", "`on_any_event` of namespace \"functions\""),
        ]
    );
    let whole = Router::new().provide(Db).provide(Clock).get("/ws", hub.route());
    assert!(Engine::new().routes(whole).build().await.is_ok());
}

#[tokio::test]
async fn a_container_by_itself_tells_the_same() {
    use gongular::Handler;

    let hub = Events::new().namespace(Namespace::new("functions").on("tick", tick)).build();
    let contract = Handler::<(), _>::contract(&hub.route());
    let errors = empty().await.check_contract("my route", &contract).unwrap_err();
    let [mistake] = errors.mistakes() else { panic!("{errors}") };
    assert_eq!(mistake.kind(), inject::MistakeKind::Missing);
    assert_eq!(
        mistake.what(),
        "event \"tick\" of namespace \"functions\" (my route) needs it, but nobody provides it"
    );
}

#[derive(Controller)]
struct Board {
    #[param]
    board: u32,
    draft: Body<Unchecked<u8>>,
}

#[websocket_controller(namespace = "board")]
impl Board {
    async fn show(&self) -> String {
        format!("{} {}", self.board, self.draft.0.0)
    }
}

#[tokio::test]
async fn a_field_that_no_request_has_is_told_of_its_controller() {
    let hub = Events::new().namespace(controller::<Board>()).build();
    let owner = "the websocket controller `Board` of namespace \"board\" (HERE)";
    assert_eq!(
        texts(Router::new().get("/ws", hub.route())).await,
        [
            format!(
                "field `board` of {owner} has no parameter in the route `GET /ws` of `neffos`, which has no parameters: write `{{board}}` into \
                 it, or read the value from elsewhere, such as `Query` (HERE)"
            ),
            format!(
                "field `draft: Body<Unchecked<u8>>` of {owner} reads the body, but the route `GET /ws` of `neffos` has none: write `#[given]` \
                 above it if it is a plain value, or read it in the methods that have a body (HERE)"
            ),
        ]
    );
}

#[tokio::test]
async fn a_body_of_an_event_is_none_of_the_request() {
    let namespace = Namespace::new("default").on("say", async |_line: Body<Unchecked<u8>>| {});
    let hub = Events::new().namespace(namespace).build();
    assert!(Engine::new().routes(Router::new().get("/ws", hub.route())).build().await.is_ok());
}

#[tokio::test]
async fn one_hub_may_stand_in_two_routes_and_in_one_of_them_twice_it_is_a_conflict() {
    let hub = Events::new().namespace(chat()).build();
    let router = Router::new().get("/ws", hub.route()).get("/socket", hub.route());
    assert!(Engine::new().routes(router).build().await.is_ok());
    let router = Router::new().get("/ws", hub.route()).get("/ws", hub.route());
    let error = Engine::new().routes(router).build().await.unwrap_err();
    let kinds: Vec<_> = error.mistakes().iter().map(gongular::engine::Mistake::kind).collect();
    assert_eq!(kinds, [MistakeKind::Conflict]);
}
