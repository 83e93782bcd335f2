//! Methods of websocket controllers that cannot be events or hooks.

use gongular::mvc::Controller;
use gongular::neffos::websocket_controller;

#[derive(Controller)]
struct Chat;

#[websocket_controller(namespace = "default")]
impl Chat {
    async fn on_room_joind(&self) {}

    async fn on_connect(&self) {}

    async fn on_message(&self) {}

    async fn changes(&mut self) {}

    async fn takes(self) {}

    async fn of_anything<T>(&self, _anything: T) {}

    #[event("_OnRoomJoin")]
    async fn the_protocols_own(&self) {}

    #[event(chat)]
    async fn no_name(&self) {}
}

#[derive(Controller)]
struct Other;

#[websocket_controller(namespce = "default")]
impl Other {
    async fn event(&self) {}
}

#[derive(Controller)]
struct Third;

#[websocket_controller("default")]
impl Third {
    async fn event(&self) {}
}

fn main() {}
