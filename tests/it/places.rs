//! What is wrong is told with the line that has to be looked at, to the line.

use gongular::engine::BuildError;
use gongular::mvc::{Activation, Application, Controller, controller};
use gongular::neffos::{Events, Hub, Namespace, NsConn, websocket_controller};
use gongular::{Body, Engine, Inject, Router, Unchecked};

struct Db;

/// Returns the line of this file that ends with a mark.
fn line(mark: &str) -> u32 {
    let mark = format!("// {mark}");
    let index = include_str!("places.rs").lines().position(|line| line.ends_with(&mark));
    u32::try_from(index.unwrap_or_else(|| panic!("no line ends with `{mark}`")) + 1).unwrap()
}

fn place(mark: &str) -> String {
    format!("{}:{}", file!(), line(mark))
}

/// Checks that each mistake is at its line, and that its text says so.
fn are_at(error: &BuildError, marks: &[&str]) {
    let found: Vec<_> = error.mistakes().iter().map(|mistake| mistake.place().line()).collect();
    let expected: Vec<_> = marks.iter().map(|mark| line(mark)).collect();
    assert_eq!(found, expected, "{error}");
    for (mistake, mark) in error.mistakes().iter().zip(marks) {
        assert!(mistake.to_string().contains(&place(mark)), "{mistake}");
    }
}

async fn error(router: Router) -> BuildError {
    Engine::new().routes(router).build().await.expect_err("the mistakes are found")
}

async fn needs_db(db: Inject<Db>) {
    let Db = *db;
}

async fn nothing() {}

#[derive(Controller)]
struct Chat {
    client: NsConn,
    db: Inject<Db>,
}

#[rustfmt::skip]
#[websocket_controller(namespace = "chat")]
impl Chat {
    async fn say(&self, db: Inject<Db>) { // chat says
        let (Db, Db) = (&*db, &*self.db);
        let _ = self.client.id();
    }

    #[event("shout")]
    async fn cry(&self) {} // chat cries

    async fn on_room_join(&self) {} // chat has a hook
}

#[derive(Controller)]
struct Other;

#[websocket_controller(namespace = "chat")]
impl Other {
    async fn shout(&self) {} // other shouts

    fn on_room_join(&self) {} // other has a hook
}

#[rustfmt::skip]
fn handled_twice() -> Events {
    let functions = Namespace::new("functions")
        .on("a", nothing) // the first a
        .on("a", nothing) // the second a
        .on_connect(nothing) // the first hook
        .on_connect(nothing) // the second hook
        .on("_OnA", nothing) // an event of the protocol
        .on_native_message(nothing); // a hook that never runs
    Events::new()
        .on_connect(nothing) // the first of the connections
        .on_connect(nothing) // the second of the connections
        .namespace(functions)
        .namespace(controller::<Chat>())
        .namespace(controller::<Other>())
}

#[test]
fn events_that_are_handled_twice_are_at_the_second_and_name_the_first() {
    let error = handled_twice().try_build().unwrap_err();
    let expected = [
        ("the second of the connections", Some("the first of the connections")),
        ("the second a", Some("the first a")),
        ("the second hook", Some("the first hook")),
        ("an event of the protocol", None),
        ("a hook that never runs", None),
        ("other has a hook", Some("chat has a hook")),
        ("other shouts", Some("chat cries")),
    ];
    assert_eq!(error.mistakes().len(), expected.len(), "{error}");
    for (mistake, (second, first)) in error.mistakes().iter().zip(expected) {
        assert_eq!(mistake.place().line(), line(second), "{mistake}");
        for mark in [Some(second), first].into_iter().flatten() {
            assert!(mistake.to_string().contains(&place(mark)), "{mistake}");
        }
    }
}

#[tokio::test]
async fn what_events_need_is_missing_at_the_line_of_who_needs_it() {
    #[rustfmt::skip]
    let events = Events::new()
        .on_connected(needs_db) // the connections need it
        .namespace(Namespace::new("functions").on("a", needs_db)) // a function needs it
        .namespace(controller::<Chat>()); // a field needs it
    let hub = events.build();
    let error = error(Router::new().get("/ws", hub.route())).await;
    are_at(&error, &["the connections need it", "a function needs it", "a field needs it", "chat says"]);
}

#[tokio::test]
async fn mistakes_of_applications_are_at_the_line_that_was_written() {
    #[rustfmt::skip]
    let app = Application::new(Router::new())
        .handle_websocket(controller::<Chat>())
        .handle_websocket(controller::<Other>())
        .websocket("/ws", Events::new(), Hub::route)
        .handle_websocket(Namespace::new("late")) // nobody serves it
        .provide(0_u8); // it is registered late
    let error = error(app.into_router()).await;
    are_at(&error, &["other has a hook", "other shouts", "it is registered late", "nobody serves it"]);
}

struct Lists;

#[gongular::mvc::controller]
impl Lists {
    fn before_activation(activation: &mut Activation) {
        activation.method("nobody");
    }

    async fn get(&self, db: Inject<Db>) {
        let Db = *db;
    }
}

#[tokio::test]
async fn mistakes_of_controllers_are_at_the_line_that_handles_them() {
    #[rustfmt::skip]
    let app = Application::new(Router::new())
        .handle(Lists); // it is handled
    are_at(&error(app.into_router()).await, &["it is handled", "it is handled"]);
}

#[tokio::test]
async fn mistakes_of_routes_are_at_the_line_of_the_route() {
    #[rustfmt::skip]
    let router = Router::new()
        .get("/{", nothing) // no pattern
        .get("/a", async |_: Body<Unchecked<u8>>| {}) // a body
        .get("/b", needs_db) // a missing dependency
        .get("/c/{x}", nothing)
        .get("/c/{y}", nothing); // a conflict
    are_at(&error(router).await, &["no pattern", "a body", "a missing dependency", "a conflict"]);
}
