//! What handlers say about the answer: status, header fields, body.

use bytes::Bytes;
use gongular::{Error, Json, Router, Stop, handle};
use http::header::{CONTENT_TYPE, DNT, SET_COOKIE};
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode};
use serde::{Serialize, Serializer};
use serde_json::json;

use super::{app, logs, with_header};

const X_API_KEY: HeaderName = HeaderName::from_static("x-api-key");

fn value(text: &'static str) -> HeaderValue {
    HeaderValue::from_static(text)
}

says!(SayHi, |cx| cx.set_body("hi"));

#[tokio::test]
async fn a_chain_that_says_nothing_is_answered_by_an_empty_200() {
    says!(Nothing);
    let router =
        Router::new().get("/nothing", handle::<Nothing>()).get("/empty", ()).get("/unit", async || ());
    let app = app(router).await;
    for path in ["/nothing", "/empty", "/unit"] {
        let answer = app.get(path).send().await;
        answer.assert_status(200).assert_text("");
        assert_eq!(answer.header("content-type"), None, "{path}");
    }
}

#[tokio::test]
async fn a_text_given_to_set_body_is_sent_as_json() {
    let app = app(Router::new().get("/", handle::<SayHi>())).await;
    app.get("/").send().await.assert_header("content-type", "application/json").assert_text("\"hi\"");
}

#[tokio::test]
async fn any_value_given_to_set_body_is_sent_as_json() {
    says!(Map, |cx| cx.set_body(&json!({"b": 1, "a": [1, 2], "z": null, "html": "<a&b>"})));
    let app = app(Router::new().get("/", handle::<Map>())).await;
    let answer = app.get("/").send().await;
    answer.assert_header("content-type", "application/json");
    answer.assert_json(&json!({"b": 1, "a": [1, 2], "z": null, "html": "<a&b>"}));
}

#[tokio::test]
async fn bytes_are_sent_as_they_are() {
    says!(Raw, |cx| cx.set_bytes("plain bytes"));
    let app = app(Router::new().get("/", handle::<Raw>()).get("/fn", async || Bytes::from("raw"))).await;
    let answer = app.get("/").send().await;
    answer.assert_header("content-type", "application/octet-stream").assert_text("plain bytes");
    app.get("/fn").send().await.assert_header("content-type", "application/octet-stream").assert_text("raw");
}

#[tokio::test]
async fn a_content_type_that_a_handler_chose_stays_with_bytes_and_json() {
    says!(Csv, |cx| cx.header(CONTENT_TYPE, value("text/csv")).set_bytes("a,b\n1,2\n"));
    says!(Plain, |cx| cx.header(CONTENT_TYPE, value("text/plain")).set_body("hi"));
    says!(After, |cx| cx.set_body("hi").header(CONTENT_TYPE, value("text/plain")));
    says!(Typed, |cx| cx.header(CONTENT_TYPE, value("text/plain")));
    let router = Router::new()
        .get("/csv", handle::<Csv>())
        .get("/plain", handle::<Plain>())
        .get("/after", handle::<After>())
        .get("/earlier", (handle::<Typed>(), handle::<SayHi>()));
    let app = app(router).await;
    app.get("/csv").send().await.assert_header("content-type", "text/csv").assert_text("a,b\n1,2\n");
    for path in ["/plain", "/after", "/earlier"] {
        app.get(path).send().await.assert_header("content-type", "text/plain").assert_text("\"hi\"");
    }
}

#[tokio::test]
async fn the_last_body_wins() {
    says!(First, |cx| cx.header(HeaderName::from_static("x-first"), value("1")).set_body("from first"));
    says!(Silent);
    let router = Router::new()
        .get("/override", (handle::<First>(), handle::<SayHi>()))
        .get("/keep", (handle::<First>(), handle::<Silent>()))
        .get("/mixed", (handle::<First>(), async || "text"))
        .get("/returned", (async || Json([1]), async || ()));
    let app = app(router).await;
    app.get("/override").send().await.assert_header("x-first", "1").assert_text("\"hi\"");
    app.get("/keep").send().await.assert_header("x-first", "1").assert_text("\"from first\"");
    app.get("/mixed")
        .send()
        .await
        .assert_header("content-type", "text/plain; charset=utf-8")
        .assert_text("text");
    app.get("/returned").send().await.assert_header("content-type", "application/json").assert_text("[1]");
}

#[tokio::test]
async fn a_body_that_cannot_be_serialised_is_a_500_and_the_body_before_is_gone() {
    struct Broken;
    impl Serialize for Broken {
        fn serialize<S: Serializer>(&self, _: S) -> Result<S::Ok, S::Error> {
            Err(serde::ser::Error::custom("cannot be written"))
        }
    }
    says!(Failing, |cx| cx.status(StatusCode::CREATED).set_body("before").set_body(&Broken));
    let router = Router::new()
        .get("/", (handle::<Failing>(), handle::<SayHi>()))
        .get("/returned", async || (StatusCode::CREATED, Json(Broken)));
    let app = app(router).await;
    for path in ["/", "/returned"] {
        let answer = app.get(path).send().await;
        answer.assert_status(500).assert_json(&json!({"error": "internal server error"}));
        let stat = app.last_stat().unwrap();
        assert_eq!(stat.response_code().unwrap(), 500);
        assert_eq!(stat.response_size(), answer.bytes().len() as u64);
        assert!(stat.error().unwrap().contains("cannot be written"), "{:?}", stat.error());
    }
}

#[tokio::test]
async fn a_later_body_takes_the_place_of_one_that_could_not_be_serialised() {
    struct Broken;
    impl Serialize for Broken {
        fn serialize<S: Serializer>(&self, _: S) -> Result<S::Ok, S::Error> {
            Err(serde::ser::Error::custom("cannot be written"))
        }
    }
    says!(Mended, |cx| cx.set_body(&Broken).set_body("hi"));
    let app = app(Router::new().get("/", handle::<Mended>())).await;
    app.get("/").send().await.assert_status(200).assert_text("\"hi\"");
}

#[tokio::test]
async fn a_status_is_set_once_and_the_second_try_is_logged() {
    says!(Teapot, |cx| cx.status(StatusCode::EXPECTATION_FAILED));
    says!(Late, |cx| cx.status(StatusCode::FAILED_DEPENDENCY));
    says!(Twice, |cx| {
        cx.logger().log(format_args!("hello log"));
        cx.status(StatusCode::CREATED).status(StatusCode::ACCEPTED)
    });
    let router = Router::new()
        .get("/chain", (handle::<Teapot>(), handle::<Late>()))
        .get("/one", (handle::<Twice>(), handle::<SayHi>()));
    let app = app(router).await;
    app.get("/chain").send().await.assert_status(417);
    let stat = app.last_stat().unwrap();
    assert_eq!(logs(&stat), ["Tried to set request status '424' but it was previously set to '417'"]);
    app.get("/one").send().await.assert_status(201).assert_text("\"hi\"");
    let stat = app.last_stat().unwrap();
    assert_eq!(
        logs(&stat),
        ["hello log", "Tried to set request status '202' but it was previously set to '201'"]
    );
}

#[tokio::test]
async fn must_status_overrides() {
    says!(First, |cx| cx.status(StatusCode::EXPECTATION_FAILED));
    says!(Must, |cx| cx.must_status(StatusCode::IM_A_TEAPOT));
    let app = app(Router::new().get("/", (handle::<First>(), handle::<Must>()))).await;
    app.get("/").send().await.assert_status(418);
    assert!(app.last_stat().unwrap().logs().is_empty());
}

#[tokio::test]
async fn fail_wins_over_an_earlier_status_and_ends_the_chain() {
    says!(Fail, |cx| cx.fail(StatusCode::FORBIDDEN, &json!({"reason": "nope"})));
    says!(Accepted, |cx| cx.status(StatusCode::ACCEPTED));
    let router = Router::new()
        .get("/", (handle::<Fail>(), handle::<SayHi>()))
        .get("/after", (handle::<Accepted>(), handle::<Fail>(), handle::<SayHi>()));
    let app = app(router).await;
    for path in ["/", "/after"] {
        app.get(path).send().await.assert_status(403).assert_json(&json!({"reason": "nope"}));
        let stat = app.last_stat().unwrap();
        assert_eq!((stat.error(), logs(&stat)), (None, vec![]), "{path}: no error handler was asked");
    }
}

#[tokio::test]
async fn header_replaces_and_append_header_adds() {
    says!(Headers, |cx| {
        cx.header(X_API_KEY, value("first")).header(X_API_KEY, value("second")).header(DNT, value("1"));
        cx.append_header(SET_COOKIE, value("a=1")).append_header(SET_COOKIE, value("b=2"))
    });
    says!(Third, |cx| {
        assert_eq!(cx.headers().get_all(SET_COOKIE).iter().count(), 2);
        cx.append_header(SET_COOKIE, value("c=3")).header(X_API_KEY, value("third"))
    });
    let router = Router::new()
        .get("/", handle::<Headers>())
        .get("/more", (handle::<Headers>(), handle::<Third>()))
        .get("/returned", (handle::<Headers>(), async || with_header(X_API_KEY, value("last"))));
    let app = app(router).await;
    let lines = |headers: &HeaderMap, name: HeaderName| -> Vec<String> {
        headers.get_all(name).iter().map(|value| value.to_str().unwrap().to_owned()).collect()
    };
    for (path, key, cookies) in [
        ("/", "second", vec!["a=1", "b=2"]),
        ("/more", "third", vec!["a=1", "b=2", "c=3"]),
        ("/returned", "last", vec!["a=1", "b=2"]),
    ] {
        let answer = app.get(path).send().await;
        assert_eq!(lines(answer.headers(), X_API_KEY), [key], "{path}");
        assert_eq!(lines(answer.headers(), SET_COOKIE), cookies, "{path}");
        answer.assert_header("dnt", "1");
    }
}

#[tokio::test]
async fn a_status_without_a_body_is_sent_without_one() {
    says!(NoContent, |cx| cx.status(StatusCode::NO_CONTENT).set_body("x"));
    says!(NotModified, |cx| cx.status(StatusCode::NOT_MODIFIED).set_bytes("x"));
    let router = Router::new().get("/204", handle::<NoContent>()).get("/304", handle::<NotModified>());
    let app = app(router).await;
    for (path, status) in [("/204", 204), ("/304", 304)] {
        let answer = app.get(path).send().await;
        answer.assert_status(status).assert_text("");
        assert_eq!((answer.header("content-type"), answer.header("content-length")), (None, None));
        let stat = app.last_stat().unwrap();
        assert_eq!((stat.response_code().unwrap().as_u16(), stat.response_size()), (status, 0));
    }
}

#[tokio::test]
async fn head_answers_as_get_does_without_the_body() {
    let router = Router::new()
        .get("/json", handle::<SayHi>())
        .get("/fails", async || Err::<(), _>(Error::new(StatusCode::CONFLICT, "taken")))
        .get("/stops", (async || Stop("stopped"), handle::<SayHi>()))
        .get("/empty", ());
    let app = app(router).await;
    for path in ["/json", "/fails", "/stops", "/empty", "/nowhere"] {
        let get = app.get(path).send().await;
        let head = app.head(path).send().await;
        assert_eq!(head.status(), get.status(), "{path}");
        assert_eq!(head.header("content-type"), get.header("content-type"), "{path}");
        head.assert_text("");
        let length = get.bytes().len().to_string();
        let expected = if get.bytes().is_empty() { [None, Some("0")] } else { [Some(&*length); 2] };
        assert!(expected.contains(&head.header("content-length")), "{path}: {head}");
        let stat = app.last_stat().unwrap();
        assert_eq!((stat.method(), stat.response_size()), (&Method::HEAD, 0), "{path}");
        assert_eq!(stat.response_code(), Some(get.status()), "{path}");
    }
}
