//! A derived struct as an axum argument, beside axum's own.

use axum::Router;
use axum::body::Body as AxumBody;
use axum::extract::State;
use axum::routing::{get, post};
use gongular::http::{HeaderMap, Method, Request, StatusCode};
use gongular::{Body, Error, FromRequest, Query, error};
use serde::Deserialize;
use tower::ServiceExt;

#[derive(Deserialize)]
struct Filter {
    done: bool,
}

impl gongular::Rules for Filter {}

/// Leaves the body to another argument.
#[derive(FromRequest)]
struct Head {
    #[param]
    id: u8,
    filter: Query<Filter>,
    method: Method,
}

/// Reads the body, through a nested struct whose name does not tell.
#[derive(FromRequest)]
#[from_request(body)]
struct Whole<T: Send> {
    head: Head,
    rest: T,
}

#[derive(FromRequest)]
struct Create {
    #[body]
    filter: Filter,
}

async fn show(head: Head, State(state): State<u8>, _: HeaderMap, body: String) -> String {
    format!("{} {} {} {state} {body}", head.method, head.id, head.filter.done)
}

async fn create(State(state): State<u8>, whole: Whole<Create>) -> String {
    format!("{} {} {state}", whole.head.id, whole.rest.filter.done)
}

async fn list(_: Method, whole: Result<Whole<Body<Filter>>, Error>) -> String {
    whole.map_or_else(|error| error.problems().len().to_string(), |whole| whole.rest.done.to_string())
}

fn app() -> Router {
    Router::new()
        .route("/show/{id}", get(show))
        .route("/create/{id}", post(create))
        .route("/list/{id}", post(list))
        .with_state(7)
}

async fn answer(method: &str, uri: &str, body: &'static str) -> (StatusCode, String, Option<Error>) {
    let request = Request::builder().method(method).uri(uri).header("content-type", "application/json");
    let mut response = app().oneshot(request.body(AxumBody::from(body)).unwrap()).await.unwrap();
    let error = error::carried(&mut response);
    let body = axum::body::to_bytes(std::mem::take(response.body_mut()), 4096).await.unwrap();
    (response.status(), String::from_utf8(body.to_vec()).unwrap(), error)
}

#[tokio::test]
async fn a_struct_that_leaves_the_body_alone_stands_before_other_arguments() {
    let (status, body, _) = answer("GET", "/show/3?done=yes", "text").await;
    assert_eq!((status, &*body), (StatusCode::OK, "GET 3 true 7 text"));
}

#[tokio::test]
async fn a_struct_that_reads_the_body_is_the_last_argument() {
    let (status, body, _) = answer("POST", "/create/3?done=no", r#"{"done":true}"#).await;
    assert_eq!((status, &*body), (StatusCode::OK, "3 true 7"));
}

#[tokio::test]
async fn a_refusal_lists_everything_and_can_be_taken_out_of_the_answer() {
    let (status, _, error) = answer("POST", "/create/many?done=perhaps", "{}").await;
    assert_eq!(status, StatusCode::BAD_REQUEST);
    let error = error.unwrap();
    let paths: Vec<_> = error.problems().iter().map(|problem| problem.path()).collect();
    assert_eq!(paths, ["id", "done", "done"]);
}

#[tokio::test]
async fn a_refusal_may_be_an_argument() {
    let (status, body, _) = answer("POST", "/list/many?done=perhaps", "{}").await;
    assert_eq!((status, &*body), (StatusCode::OK, "3"));
}
