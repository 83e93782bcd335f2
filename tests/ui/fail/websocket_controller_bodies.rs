//! Bodies of events that cannot be read, or whose rules are not known, and futures that stay on their thread.

use std::rc::Rc;

use gongular::Body;
use gongular::mvc::Controller;
use gongular::neffos::websocket_controller;
use serde::Deserialize;

struct Unread {
    text: String,
}

#[derive(Deserialize)]
struct WithoutRules {
    text: String,
}

#[derive(Controller)]
struct Chat;

#[websocket_controller(namespace = "chat")]
impl Chat {
    async fn unread(&self, line: Body<Unread>) -> String {
        line.0.text
    }

    async fn without_rules(&self, line: Body<WithoutRules>) -> String {
        line.0.text
    }

    async fn stays(&self) -> String {
        let count = Rc::new(1);
        std::future::ready(()).await;
        count.to_string()
    }
}

fn main() {}
