//! What a controller may be handled with.

use gongular::mvc::{Activation, Application, Controller, controller, layered, skip, using};
use gongular::{Chain, Context, Error, FromRequest, Handle, Router, Stop, http};
use tower_http::timeout::TimeoutLayer;

#[derive(Controller)]
struct Pages;

#[controller]
impl Pages {
    async fn get(&self, cx: &mut Context<'_>) -> String {
        format!("{:?}", cx.headers().get_all("x-step").iter().collect::<Vec<_>>())
    }

    async fn get_by(&self, id: u32) -> String {
        id.to_string()
    }

    async fn get_slow(&self) {
        std::future::pending().await
    }
}

#[derive(FromRequest)]
struct Step<const N: u8>;

impl<const N: u8> Handle for Step<N> {
    type Output = ();

    async fn handle(self, cx: &mut Context<'_>) -> Result<(), Error> {
        cx.append_header("x-step", N.to_string());
        Ok(())
    }
}

fn step<const N: u8>() -> Chain {
    Chain::new().then(gongular::handle::<Step<N>>())
}

#[tokio::test]
async fn handlers_run_before_all_methods_in_the_order_of_the_options() {
    let router = Router::new().handler(gongular::handle::<Step<0>>());
    let options = (using(step::<1>()), using(step::<2>()), skip(["get_slow"]), None::<fn(&mut Activation)>);
    let app = Application::new(router).handle_with(controller::<Pages>(), options);
    let client = app.into_engine().test_client().await.unwrap();
    client.get("/").send().await.assert_text(r#"["0", "1", "2"]"#);
    client.get("/5").send().await.assert_text("5");
}

#[tokio::test]
async fn a_handler_of_an_option_may_answer_alone() {
    async fn guard(headers: http::HeaderMap) -> Option<Stop<http::StatusCode>> {
        (!headers.contains_key("x-token")).then_some(Stop(http::StatusCode::UNAUTHORIZED))
    }
    async fn also() {}
    let app = Application::new(Router::new()).handle_with(controller::<Pages>(), using((guard, also)));
    let client = app.into_engine().test_client().await.unwrap();
    client.get("/5").send().await.assert_status(401);
    client.get("/5").header("x-token", "1").send().await.assert_text("5");
    client.get("/nothing/here").send().await.assert_status(404);
}

#[tokio::test(start_paused = true)]
async fn a_layer_stands_around_all_methods() {
    let timeout =
        TimeoutLayer::with_status_code(http::StatusCode::GATEWAY_TIMEOUT, std::time::Duration::from_secs(5));
    let app = Application::new(Router::new()).handle_with(controller::<Pages>(), layered(timeout));
    let client = app.into_engine().test_client().await.unwrap();
    client.get("/slow").send().await.assert_status(504);
    client.get("/5").send().await.assert_text("5");
}
