//! Answers made of templates.
//!
//! A [`View`] names a template and holds what goes into it. Which engine renders it, the container says: it provides a
//! `dyn ViewEngine`. A handler that returns a view needs one, and [`Engine::build`](crate::Engine::build) lists it as missing
//! like any other dependency. The feature `minijinja` has a stock engine, [`MiniJinja`].
#![cfg_attr(
    feature = "minijinja",
    doc = r#"
# Example

```
use gongular::inject::Provider;
use gongular::test_client::TestClient;
use gongular::view::{MiniJinja, View, ViewEngine};
use gongular::{Engine, Router};
use serde::Serialize;

#[derive(Serialize)]
struct Page {
    name: &'static str,
}

async fn hello() -> View {
    View::new("hello.html").data(Page { name: "<Ann>" })
}

# #[tokio::main(flavor = "current_thread")]
# async fn main() {
let templates = MiniJinja::from_texts([
    ("base.html", "<h1>{% block title %}{% endblock %}</h1>"),
    ("hello.html", "{% extends 'base.html' %}{% block title %}Hello {{ name }}{% endblock %}"),
])
.unwrap();
let templates = Provider::value(templates).as_dyn::<dyn ViewEngine>(|engine| engine);
let engine = Engine::new().register(templates).routes(Router::new().get("/", hello)).build().await.unwrap();
let answer = TestClient::new(engine).get("/").send().await;
answer.assert_header("content-type", "text/html; charset=utf-8");
answer.assert_text("<h1>Hello &lt;Ann&gt;</h1>");
# }
```
"#
)]

mod answer;
mod engine;
#[cfg(feature = "minijinja")]
mod minijinja;

pub use self::answer::View;
pub use self::engine::{ViewData, ViewEngine};
#[cfg(feature = "minijinja")]
pub use self::minijinja::MiniJinja;
