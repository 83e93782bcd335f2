//! What the report of controllers says about those of websockets, to the letter.

use gongular::engine::EngineService;
use gongular::mvc::{Controller, controller, controller_with};
use gongular::neffos::websocket_controller;
use gongular::{Body, Engine, Inject, Router};
use serde::Deserialize;
use validator::Validate;

use super::*;

struct Greeting;

async fn staff_only() {}

#[derive(Deserialize, Validate)]
struct Line {
    text: String,
    #[serde(default)]
    note: String,
}

#[derive(Controller)]
struct Chat {
    client: NsConn,
    greeting: Inject<Greeting>,
    #[query]
    name: Option<String>,
    #[given]
    motto: &'static str,
}

#[websocket_controller(namespace = "chat")]
impl Chat {
    async fn on_namespace_connected(&self) -> Result<(), AskError> {
        let Greeting = *self.greeting;
        self.client.emit("greeting", format!("{:?} {}", self.name, self.motto))
    }

    #[event("say")]
    #[event("shout")]
    async fn say(&self, room: Room, Body(line): Body<Line>, greeting: Inject<Greeting>) {
        let (_, _, _) = (room, (line.text, line.note), greeting);
    }

    async fn raw(&self, text: String) -> String {
        text
    }
}

#[derive(Controller)]
struct Empty;

#[websocket_controller]
impl Empty {
    fn echo(&self) {}
}

async fn engine() -> EngineService {
    let hub = Events::new().namespace(controller_with::<Chat>("hi")).namespace(controller::<Empty>()).build();
    let router = Router::new()
        .provide(Greeting)
        .get("/ws", (staff_only, hub.route()))
        .group("/api", Router::new().get("/socket", hub.route()));
    Engine::new().routes(router).build().await.unwrap()
}

/// Puts a word in the place of lines of this file, which move.
fn without_lines(text: &str) -> String {
    let mut parts = text.split(file!());
    let mut short = parts.next().unwrap().to_owned();
    for part in parts {
        let rest = part.trim_start_matches(|char: char| char == ':' || char.is_ascii_digit());
        short.push_str("HERE");
        short.push_str(rest);
    }
    short
}

#[tokio::test]
async fn the_tree_shows_namespaces_events_and_what_they_take() {
    let engine = engine().await;
    assert_eq!(
        without_lines(&engine.controllers().to_string()),
        "\
⦿ Chat (per connection, namespace \"chat\") HERE
      GET /ws after staff_only
      GET /api/socket
  ╺ client: NsConn
  ╺ greeting: Inject<Greeting> → HERE
  ⦿ name: Option<String> ← query name?
  ╺ motto: &'static str (given)
  ╺ on_namespace_connected()
  ╺ say
      event \"say\"
      event \"shout\"
    • room: Room
    • 1: Body<Line> ← body text, note?
    • greeting: Inject<Greeting> → HERE
  ╺ raw
      event \"raw\"
    • text: String ← body
⦿ Empty (per connection, namespace \"\") HERE
      GET /ws after staff_only
      GET /api/socket
  ╺ echo()
      event \"echo\"
"
    );
}

#[tokio::test]
async fn the_report_tells_programs_the_same() {
    let engine = engine().await;
    let [chat, empty] = engine.controllers().controllers() else { panic!("there are two controllers") };
    assert_eq!((chat.namespace(), empty.namespace()), (Some("chat"), Some("")));
    let paths: Vec<_> = chat.websockets().iter().map(gongular::mvc::ActivatedRoute::path).collect();
    assert_eq!(paths, ["/ws", "/api/socket"]);
    let events: Vec<_> = chat.actions().iter().map(|action| (action.name(), action.events())).collect();
    let named = ["say".to_owned(), "shout".to_owned()];
    assert_eq!(events, [("on_namespace_connected", &[][..]), ("say", &named), ("raw", &["raw".to_owned()])]);

    let json: serde_json::Value = serde_json::from_str(&engine.controllers().to_json()).unwrap();
    let chat = &json["controllers"][0];
    assert_eq!(chat["namespace"], "chat");
    assert_eq!(chat["websockets"][0]["path"], "/ws");
    assert_eq!(chat["actions"][1]["events"], serde_json::json!(["say", "shout"]));
    assert_eq!(chat["actions"][1]["arguments"][1]["reads"][0]["in"], "body");

    let dot = engine.controllers().to_dot();
    assert!(dot.contains("Chat\\nper connection\\nnamespace \\\"chat\\\"\\nGET /ws"), "{dot}");
    assert!(dot.contains("say\\nevent \\\"say\\\"\\nevent \\\"shout\\\""), "{dot}");
}

#[tokio::test]
async fn a_hub_without_a_route_is_worth_a_word() {
    async fn push(hub: Inject<Hub>) -> String {
        hub.count().to_string()
    }

    let warnings = async |hub: Hub, has_route: bool| {
        let router = Router::new().get("/push", push);
        let router = if has_route { router.get("/ws", hub.route()) } else { router };
        let engine = Engine::new().provide(hub).routes(router).build().await.unwrap();
        engine.warnings().iter().map(|warning| without_lines(warning)).collect::<Vec<_>>()
    };
    let hub = Events::new().namespace(chat()).build();
    assert_eq!(warnings(hub.clone(), true).await, [""; 0]);
    assert_eq!(
        warnings(hub, false).await,
        [
            "no route lets clients into the `Hub` that is registered at HERE; add `.get(\"/ws\", hub.route())`, unless another host has its route, or it only \
             sends to other servers by an exchange"
        ]
    );
}
