//! In axum routers, with our layers around them.
//!
//! A layer that is given to `Router::layer` stands inside, around each route, where axum boxes it once more.

use axum::Router;
use axum::routing::{get, post};
use tower::{Layer, ServiceBuilder};

use super::{
    api_posts, create_user, error_layer, inject, inject_layer, posts, root, signup, stats_layer, upload,
};
use crate::harness::{App, Application};
use crate::workload::Workload;

/// The routes that need nothing injected.
pub(crate) struct Bound;

impl App for Bound {
    const NAME: &'static str = NAME;

    fn answers(workload: &Workload) -> bool {
        !matches!(workload.name, "w6" | "w7")
    }

    async fn build() -> impl Application {
        let routes = Router::new()
            .route("/", get(root))
            .route("/users/{id}/posts", get(posts))
            .route("/users", post(create_user))
            .route("/signup", post(signup))
            .route("/upload", post(upload));
        error_layer().layer(routes)
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
        let routes = Router::new().route("/inject", get(inject));
        ServiceBuilder::new().layer(error_layer()).layer(inject_layer().await).service(routes)
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
        let routes = Router::new().nest("/api", Router::new().route("/users/{id}/posts", get(api_posts)));
        ServiceBuilder::new()
            .layer(stats_layer())
            .layer(error_layer())
            .layer(inject_layer().await)
            .service(routes)
    }
}

const NAME: &str = "gongular in axum";
