use std::time::Instant;

use ::axum::Router;
use ::axum::body::Body;
use ::axum::extract::Request;
use ::axum::routing::get;
use tower_service::Service;

use super::super::{Detail, Ending, Outcome, Recorder, report_route};

async fn label(router: &mut Router, uri: &str) -> String {
    let mut request = Request::builder().uri(uri).body(Body::empty()).unwrap();
    let recorder = Recorder::start(&mut request, Detail::default());
    router.call(request).await.unwrap();
    let mut label = None;
    recorder.finish(Ending::new(Outcome::Complete, Instant::now()), |stat| {
        label = Some(stat.label().to_owned());
    });
    label.unwrap()
}

#[tokio::test]
async fn a_recorder_outside_of_axum_learns_which_route_matched_inside() {
    let report = async |request: Request| report_route(request.extensions());
    let users = Router::new().route("/{id}", get(report));
    let mut router = Router::new().nest("/users", users).fallback(report);
    assert_eq!(label(&mut router, "/users/7").await, "/users/{id}");
    assert_eq!(label(&mut router, "/nobody/7").await, "");
}

#[tokio::test]
async fn a_recorder_inside_of_axum_finds_the_route_by_itself() {
    let inside = async |mut request: Request| {
        let recorder = Recorder::start(&mut request, Detail::default());
        let mut label = None;
        recorder.finish(Ending::new(Outcome::Complete, Instant::now()), |stat| {
            label = Some(stat.label().to_owned());
        });
        assert_eq!(label.as_deref(), Some("/users/{id}"));
    };
    let mut router = Router::new().route("/users/{id}", get(inside));
    assert_eq!(label(&mut router, "/users/7").await, "/users/{id}");
}
