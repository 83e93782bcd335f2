//! The client for tests: what it sends, what it says of answers, what it keeps.

use axum::body::Body as AxumBody;
use bytes::Bytes;
use gongular::layers::ErrorLayer;
use gongular::layers::stats::{Outcome, StatsLayer};
use gongular::stats::Logger;
use gongular::test_client::{MultipartForm, RecordedStats, TestClient};
use gongular::{ClientAddr, Error, Form, Json, Query, UploadedFile, service};
use http::{HeaderMap, Method, Request, Response, StatusCode, Uri};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tower::{ServiceBuilder, service_fn};
use validator::Validate;

#[derive(Debug, Deserialize, PartialEq, Serialize, Validate)]
struct Todo {
    #[validate(length(min = 1))]
    title: String,
    #[serde(default)]
    count: u32,
}

#[derive(Deserialize, Validate)]
struct Upload {
    title: String,
    file: UploadedFile,
}

/// Says what came.
async fn mirror(method: Method, uri: Uri, headers: HeaderMap, body: Bytes) -> Json<Value> {
    let header = |name: &str| headers.get(name).map(|value| value.to_str().unwrap().to_owned());
    Json(json!({
        "method": method.as_str(),
        "uri": uri.to_string(),
        "host": header("host"),
        "type": header("content-type"),
        "length": header("content-length"),
        "cookie": header("cookie"),
        "x": headers.get_all("x").iter().map(|value| value.to_str().unwrap()).collect::<Vec<_>>(),
        "body": String::from_utf8_lossy(&body),
    }))
}

/// What `mirror` saw, without the members that are null or say nothing new.
fn seen(answer: &gongular::test_client::TestResponse, name: &str) -> Value {
    answer.json::<Value>()[name].clone()
}

#[tokio::test]
async fn a_request_is_sent_as_it_was_put_together() {
    let client = TestClient::new(service(mirror));
    let answer = client.get("/a%20b?x=1").query([("q", "ä &"), ("n", "7")]).header("x", "1").header("x", "2");
    let answer = answer.send().await;
    assert_eq!(
        answer.json::<Value>(),
        json!({
            "method": "GET", "uri": "/a%20b?x=1&q=%C3%A4+%26&n=7", "host": "localhost", "type": null, "length": null,
            "cookie": null, "x": ["1", "2"], "body": "",
        })
    );
    for (request, method) in [
        (client.head("/"), "HEAD"),
        (client.post("/"), "POST"),
        (client.put("/"), "PUT"),
        (client.patch("/"), "PATCH"),
        (client.delete("/"), "DELETE"),
        (client.options("/"), "OPTIONS"),
        (client.request(Method::from_bytes(b"PURGE").unwrap(), "/"), "PURGE"),
    ] {
        assert_eq!(seen(&request.send().await, "method"), method);
    }
}

#[tokio::test]
async fn bodies_bring_their_type_and_length() {
    let client = TestClient::new(service(mirror));
    let json = client.post("/").json(&Todo { title: "é".into(), count: 1 }).send().await;
    assert_eq!(seen(&json, "type"), "application/json");
    assert_eq!(seen(&json, "body"), "{\"title\":\"é\",\"count\":1}");
    assert_eq!(seen(&json, "length"), "24");
    let form = client.post("/").form([("a", 1), ("b", 2)]).send().await;
    assert_eq!(seen(&form, "type"), "application/x-www-form-urlencoded");
    assert_eq!(seen(&form, "body"), "a=1&b=2");
    let plain = client.post("/").body("plain").send().await;
    assert_eq!((seen(&plain, "type"), seen(&plain, "length")), (Value::Null, "5".into()));
    let named = client.post("/").header("content-type", "application/vnd.todo+json").json(&1).send().await;
    assert_eq!(seen(&named, "type"), "application/vnd.todo+json");
    let lying = client.post("/").body("plain").header("content-length", "7").send().await;
    assert_eq!(seen(&lying, "length"), "7");
}

#[tokio::test]
async fn forms_with_files_arrive() {
    async fn upload(Form(upload): Form<Upload>) -> String {
        format!("{} {} {}", upload.title, upload.file.file_name(), upload.file.len())
    }
    let client = TestClient::new(service(upload));
    let form = MultipartForm::new().text("title", "t").file("file", "../a b.txt", vec![0; 3]);
    client.post("/").multipart(form).send().await.assert_status(200).assert_text("t a b.txt 3");
    let form = MultipartForm::new().text("title", "t").text("file", "no file");
    client.post("/").multipart(form).send().await.assert_status(400);
}

#[tokio::test]
async fn fields_of_the_client_go_with_every_request_that_has_none_of_its_own() {
    let client = TestClient::new(service(mirror)).with_header("x", "all").with_header("host", "example.com");
    let answer = client.get("/").send().await;
    assert_eq!((seen(&answer, "x"), seen(&answer, "host")), (json!(["all"]), "example.com".into()));
    let answer = client.get("/").header("x", "one").send().await;
    assert_eq!(seen(&answer, "x"), json!(["one"]));
}

#[tokio::test]
async fn cookies_are_sent_and_kept_when_wanted() {
    async fn set(headers: HeaderMap, uri: Uri) -> (HeaderMap, String) {
        let mut answer = HeaderMap::new();
        for field in uri.query().unwrap_or_default().split('&').filter(|field| !field.is_empty()) {
            answer.append("set-cookie", field.replace("%20", " ").parse().unwrap());
        }
        let sent = headers.get("cookie").map_or("", |value| value.to_str().unwrap());
        (answer, sent.to_owned())
    }
    let forgetful = TestClient::new(service(set));
    forgetful.get("/?a=1").send().await;
    forgetful.get("/").send().await.assert_text("");
    forgetful.get("/").cookie("b", "2").cookie("c", "3").send().await.assert_text("b=2; c=3");

    let client = TestClient::new(service(set)).keep_cookies();
    client.get("/?a=1;%20Path=/;%20HttpOnly&b=2").send().await.assert_text("");
    client.get("/?a=3").send().await.assert_text("a=1; b=2");
    client.get("/").cookie("a", "own").send().await.assert_text("a=own; b=2");
    client.clone().get("/?b=;%20max-age=0").send().await.assert_text("a=3; b=2");
    client.get("/?a=x;%20Expires=Thu,%2001%20Jan%201970%2000:00:00%20GMT").send().await.assert_text("a=3");
    client.get("/").send().await.assert_text("");
}

#[tokio::test]
async fn an_extension_stands_for_what_a_server_leaves() {
    let client = TestClient::new(service(async |client: ClientAddr| client.ip().to_string()));
    let address = ClientAddr::new(([192, 0, 2, 7], 80).into());
    client.get("/").extension(address).send().await.assert_text("192.0.2.7");
    client.get("/").send().await.assert_status(500);
}

#[tokio::test]
async fn an_error_without_a_layer_is_answered_and_known() {
    async fn find(Query(todo): Query<Todo>) -> Result<Json<Todo>, Error> {
        if todo.title == "gone" { Err(Error::not_found()) } else { Ok(Json(todo)) }
    }
    let bare = TestClient::new(service(find));
    let layered = TestClient::new(ServiceBuilder::new().layer(ErrorLayer::new()).service(service(find)));
    bare.get("/?title=a&count=2").send().await.assert_json(&json!({"count": 2, "title": "a"}));
    for uri in ["/?title=gone", "/?title=", "/?count=x"] {
        let (bare, layered) = (bare.get(uri).send().await, layered.get(uri).send().await);
        assert_eq!((bare.status(), bare.text()), (layered.status(), layered.text()), "{uri}");
        assert_eq!(bare.error().unwrap().to_string(), layered.error().unwrap().to_string(), "{uri}");
    }
    assert!(bare.get("/?title=a").send().await.error().is_none());
}

#[tokio::test]
async fn the_statistic_has_ended_when_the_answer_is_there() {
    async fn log(logger: Logger, Query(todo): Query<Todo>) -> Result<String, Error> {
        logger.warn(format_args!("count is {}", todo.count));
        if todo.count == 0 { Err(Error::new(StatusCode::CONFLICT, "none left")) } else { Ok(todo.title) }
    }
    let stats = RecordedStats::new();
    let app = ServiceBuilder::new().layer(StatsLayer::new(stats.clone())).layer(ErrorLayer::new());
    let client = TestClient::new(app.service(service(log))).with_stats(&stats);
    assert!(client.last_stat().is_none() && client.stats().is_empty());

    client.get("/?title=milk&count=3").send().await.assert_text("milk");
    let stat = client.last_stat().unwrap();
    assert_eq!((stat.method(), stat.uri()), (&Method::GET, "/?title=milk&count=3"));
    assert_eq!((stat.response_code(), stat.response_size()), (Some(StatusCode::OK), 4));
    assert_eq!((stat.outcome(), stat.error()), (Outcome::Complete, None));
    assert_eq!(stat.logs().iter().map(|line| line.to_string()).collect::<Vec<_>>(), ["warn: count is 3"]);

    client.get("/?title=milk").send().await.assert_status(409);
    let stat = client.last_stat().unwrap();
    let handler = &stat.handlers()[0];
    assert!(handler.ran() && handler.stopped());
    assert_eq!(handler.error(), Some("none left"));
    assert_eq!(client.stats().len(), 2);
    assert_eq!(stats.take().len(), 2);
    assert!(client.stats().is_empty());
}

#[tokio::test]
async fn axum_routers_are_asked_as_they_are() {
    let app = axum::Router::new()
        .route(
            "/todos/{id}",
            axum::routing::get(async |id: axum::extract::Path<u32>| format!("todo {}", id.0)),
        )
        .route("/todos", axum::routing::post(async |todo: axum::Json<Todo>| (StatusCode::CREATED, todo)));
    let client = TestClient::new(app.clone());
    client.get("/todos/7").send().await.assert_status(200).assert_text("todo 7");
    let todo = Todo { title: "milk".into(), count: 2 };
    let answer = client.post("/todos").json(&todo).send().await;
    assert_eq!(answer.assert_status(201).json::<Todo>(), todo);
    client.get("/nothing").send().await.assert_status(404);

    let stats = RecordedStats::new();
    let layered = ServiceBuilder::new().layer(StatsLayer::new(stats.clone())).service(app);
    let client = TestClient::<_, AxumBody>::typed(layered).with_stats(&stats);
    client.get("/todos/7").send().await.assert_text("todo 7");
    assert_eq!(client.last_stat().unwrap().response_size(), 6);
}

/// Returns what a test would fail with.
fn failure(assert: impl FnOnce()) -> String {
    let assert = std::panic::AssertUnwindSafe(assert);
    let payload = std::panic::catch_unwind(assert).expect_err("it asserts what is not so");
    payload.downcast_ref::<String>().cloned().unwrap_or_default()
}

#[tokio::test]
async fn an_assertion_that_fails_shows_the_whole_answer() {
    let client =
        TestClient::new(service(async || Err::<(), _>(Error::from(std::io::Error::other("disk full")))));
    let answer = client.get("/").send().await;
    let shown = "HTTP/1.1 500 Internal Server Error\n\
        content-type: application/json\n\n\
        {\"error\":\"internal server error\"}\n\n\
        for the log: disk full";
    assert_eq!(answer.to_string(), shown);
    let texts = [
        (failure(|| _ = answer.assert_status(201)), "expected the status 201, got\n"),
        (failure(|| _ = answer.assert_text("x")), "expected the body \"x\", got\n"),
        (
            failure(|| _ = answer.assert_header("content-type", "text/plain")),
            "expected the header `content-type: text/plain`, got\n",
        ),
        (failure(|| _ = answer.assert_json(&1)), "expected the JSON 1, got\n"),
        (
            failure(|| _ = answer.json::<u8>()),
            "the body is no u8 as JSON: invalid type: map, expected u8 at line 1 column 0\n",
        ),
    ];
    for (text, begin) in texts {
        assert_eq!(text, format!("{begin}{shown}"));
    }
}

#[tokio::test]
async fn what_is_no_request_is_said_at_once() {
    let client = TestClient::new(service(mirror));
    let text = failure(|| drop(client.get("/").header("a b", "1")));
    assert_eq!(text, "`a b: 1` is no header field");
    let text = failure(|| drop(client.get("/").header("a", "x\r\ny: z")));
    assert_eq!(text, "`a: x\\r\\ny: z` is no header field");
    let sent = tokio::spawn(async move { client.get("/a b").send().await.status() }).await;
    let payload = sent.unwrap_err().into_panic();
    assert_eq!(payload.downcast_ref::<String>().unwrap(), "`/a b` is no target of a request");
}

#[tokio::test]
async fn a_body_that_fails_fails_the_test_and_says_which_request() {
    let failing = service_fn(async |_: Request<http_body_util::Full<Bytes>>| {
        let body = AxumBody::new(http_body_util::BodyExt::map_err(
            http_body_util::StreamBody::new(futures_util::stream::once(async {
                Err::<http_body::Frame<Bytes>, _>("torn")
            })),
            std::io::Error::other,
        ));
        Ok::<_, std::io::Error>(Response::new(body))
    });
    let sent = tokio::spawn(async move { TestClient::new(failing).get("/x").send().await.status() }).await;
    let payload = sent.unwrap_err().into_panic();
    let text = payload.downcast_ref::<String>().unwrap();
    assert_eq!(text, "GET /x: the body of the answer (200 OK) failed: torn");
}
