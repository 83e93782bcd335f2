//! What is no namespace: an instance, a name, a controller of requests.

use gongular::mvc::{Controller, controller};
use gongular::neffos::{Events, NsConn, websocket_controller};

#[derive(Controller)]
struct Chat {
    client: NsConn,
}

#[websocket_controller(namespace = "chat")]
impl Chat {
    async fn whoami(&self) -> String {
        self.client.id().to_owned()
    }
}

struct Counter;

#[websocket_controller(namespace = "counter")]
impl Counter {
    async fn count(&self) {}
}

#[derive(Controller)]
struct Pages;

#[gongular::mvc::controller]
impl Pages {
    async fn get(&self) {}
}

async fn say(text: String) -> String {
    text
}

fn main() {
    let _ = Events::new().namespace(Counter);
    let _ = Events::new().namespace("chat");
    let _ = Events::new().namespace(say);
    let _ = Events::new().namespace(controller::<Pages>());
}
