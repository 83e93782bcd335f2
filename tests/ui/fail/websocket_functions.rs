//! Functions that are no handlers of events, and no hooks.

use gongular::neffos::{Events, Namespace, Room};

async fn counts(count: u8) {
    let _ = count;
}

fn at_once(text: String) -> String {
    text
}

async fn answers() -> u8 {
    1
}

async fn called() {}

async fn needs_a_room(room: Room) {
    drop(room);
}

fn main() {
    let namespace = Namespace::new("chat");
    let _ = namespace.clone().on("counts", counts);
    let _ = namespace.clone().on("at_once", at_once);
    let _ = namespace.clone().on("answers", answers);
    let _ = namespace.clone().on_connect(needs_a_room);
    let _ = namespace.on("called", called());
    let _ = Events::new().on_connect(needs_a_room);
}
