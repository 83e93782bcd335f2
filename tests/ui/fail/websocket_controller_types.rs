//! What methods of websocket controllers cannot take at their moment, and cannot answer with.

use gongular::mvc::Controller;
use gongular::neffos::{Room, websocket_controller};
use gongular::{Body, Unchecked};

#[derive(Controller)]
struct Chat;

#[websocket_controller(namespace = "default")]
impl Chat {
    async fn on_room_join(&self, body: Body<Unchecked<u8>>) {
        drop(body);
    }

    async fn on_namespace_connect(&self, room: Room) {
        drop(room);
    }

    async fn chat(&self, count: u8) {
        let _ = count;
    }

    async fn answer(&self) -> u8 {
        1
    }

    fn later(&self) -> impl Future<Output = String> + use<> {
        std::future::ready(String::new())
    }

    fn at_once(&self) -> u8 {
        1
    }
}

struct NoController;

fn main() {
    let _ = gongular::neffos::Events::new().namespace(gongular::mvc::controller::<NoController>());
}
