//! Assembled by our engine: routes, container, errors and statistics in one service.

use gongular::{Engine, Router};

use super::{
    api_posts, create_user, error_layer, inject, number, posts, registrations, root, route_callback, signup,
    upload, user,
};
use crate::harness::{App, Application};
use crate::wiring::UserId;
use crate::workload::Workload;

/// The routes that need nothing injected.
pub(crate) struct Bound;

impl App for Bound {
    const NAME: &'static str = NAME;

    fn answers(workload: &Workload) -> bool {
        !matches!(workload.name, "w6" | "w7")
    }

    async fn build() -> impl Application {
        built(Engine::new().routes(bound())).await
    }
}

/// The route that everything is injected into.
pub(crate) struct Injected;

impl App for Injected {
    const NAME: &'static str = NAME;

    fn answers(workload: &Workload) -> bool {
        workload.name == "w6"
    }

    async fn build() -> impl Application {
        let routes = Router::new().get("/inject", inject);
        built(Engine::new().providers(registrations).register(number()).routes(routes)).await
    }
}

/// The route with everything.
pub(crate) struct Everything;

impl App for Everything {
    const NAME: &'static str = NAME;

    fn answers(workload: &Workload) -> bool {
        workload.name == "w7"
    }

    async fn build() -> impl Application {
        let api = Router::new().get("/users/{id}/posts", api_posts);
        let engine = Engine::new()
            .providers(registrations)
            .register(number())
            .providers(|providers| providers.per_request::<UserId, _>(user))
            .stats(route_callback());
        built(engine.routes(Router::new().group("/api", api))).await
    }
}

/// The routes that need nothing injected, among many others.
pub(crate) struct Among<const OTHERS: usize>;

impl<const OTHERS: usize> App for Among<OTHERS> {
    const NAME: &'static str = match OTHERS {
        10 => "engine, 10 routes more",
        100 => "engine, 100 routes more",
        1000 => "engine, 1000 routes more",
        _ => "engine, 10000 routes more",
    };

    fn answers(workload: &Workload) -> bool {
        workload.name == "w2"
    }

    async fn build() -> impl Application {
        let others = (0..OTHERS).map(|number| match number % 3 {
            0 => format!("/service{}/items{number}/{{id}}", number % 97),
            1 => format!("/users/{{id}}/extra{number}"),
            _ => format!("/area{number}/{{org}}/things/{{id}}"),
        });
        let routes = others.fold(bound(), |routes, path| routes.get(path, root));
        built(Engine::new().routes(routes)).await
    }
}

fn bound() -> Router {
    Router::new()
        .get("/", root)
        .get("/users/{id}/posts", posts)
        .post("/users", create_user)
        .post("/signup", signup)
        .post("/upload", upload)
}

async fn built(engine: Engine) -> impl Application {
    let built = engine.errors(error_layer()).build().await;
    built.expect("everything is provided and no route is there twice").outermost()
}

const NAME: &str = "engine";
