//! A route of one handler, answered by a shorter way, beside the same handler behind one that says nothing.

use std::future::poll_fn;
use std::pin::pin;
use std::task::Poll;
use std::time::Duration;

use bytes::Bytes;
use futures_util::stream;
use gongular::engine::EngineService;
use gongular::error::Carried;
use gongular::inject::{Completion, Finished, Provider};
use gongular::layers::ErrorLayer;
use gongular::layers::error::RequestHead;
use gongular::stats::{Detail, Outcome, RouteStat};
use gongular::test_client::{RecordedStats, TestClient};
use gongular::{
    AnyBody, Body, BoxError, Engine, Error, FromRequest, Handler, Header, Inject, IntoResponse, Json, Place,
    Problem, Query, RequestContext, ResponseBody, Router, Unchecked,
};
use http::{HeaderMap, Method, Request, Response, StatusCode, Version};
use http_body::Frame;
use http_body_util::{BodyExt, Full, StreamBody};
use serde::Deserialize;
use serde_json::json;
use tokio::time::timeout;
use tower::ServiceExt;

use super::{App, Diary, build, handlers, poll};

/// The two ways to a handler, as [`Pairs`] registers them.
const WAYS: [&str; 2] = ["/alone", "/behind"];

fn ways_and_methods() -> impl Iterator<Item = (&'static str, Method)> {
    WAYS.into_iter().flat_map(|way| [(way, Method::GET), (way, Method::HEAD)])
}

trait Pairs {
    /// Adds a handler twice: as all of its chain, and as the second of two.
    fn pair<Args: 'static>(self, name: &str, handler: impl Handler<AnyBody, Args>) -> Self;
}

impl Pairs for Router {
    fn pair<Args: 'static>(self, name: &str, handler: impl Handler<AnyBody, Args>) -> Self {
        let [alone, behind] = WAYS.map(|way| format!("{way}{name}"));
        self.get(&alone, handler.clone()).get(&behind, (async || {}, handler))
    }
}

/// All that a client, or a layer outside, gets to see of an answer.
#[derive(Debug, PartialEq)]
struct Seen {
    status: StatusCode,
    version: Version,
    headers: HeaderMap,
    body: Bytes,
    /// The error that is left in the answer, and whether the answer keeps its shape.
    carried: Option<(String, bool)>,
}

async fn ask(service: &EngineService, method: &Method, path: &str) -> Seen {
    let request = Request::builder().method(method).uri(path).body(Full::<Bytes>::default()).unwrap();
    let (head, body) = service.clone().oneshot(request).await.unwrap().into_parts();
    let carried = head.extensions.get::<Carried>();
    Seen {
        status: head.status,
        version: head.version,
        headers: head.headers,
        body: body.collect().await.unwrap().to_bytes(),
        carried: carried.map(|carried| (carried.error().to_string(), carried.is_settled())),
    }
}

/// What a statistic says of a request, the handler that says nothing left out.
fn told(stat: &RouteStat) -> String {
    let code = stat.response_code();
    let last = (handlers(stat).last().copied(), stat.handlers().last().map(|handler| handler.returned()));
    let (outcome, error, size) = (stat.outcome(), stat.error(), stat.response_size());
    format!("{outcome:?} {code:?} {size} {error:?} {last:?}")
}

#[derive(Debug, Deserialize)]
#[expect(dead_code, reason = "it is never readable here")]
struct Page {
    page: u32,
}

/// Refuses every request.
struct Locked;

impl<B: Send> FromRequest<B> for Locked {
    async fn from_request(_: &mut RequestContext<'_, B>) -> Result<Self, Error> {
        Err(Error::new(StatusCode::LOCKED, "locked").with_detail("by ann"))
    }
}

/// Handlers that end in all ways, by the name of their route, and what is left of an error of theirs.
const ENDS: [(&str, Option<&str>); 10] = [
    ("/text", None),
    ("/json", None),
    ("/nothing", None),
    ("/no-content", None),
    ("/interim", None),
    ("/conflict", Some("row 7")),
    ("/broken", Some("db is down")),
    ("/panics", Some("chair fell over")),
    ("/locked", Some("by ann")),
    ("/unreadable", Some("page")),
];

fn ends() -> Router {
    async fn panics() {
        panic!("chair fell over")
    }
    async fn locked(_: Locked) {}
    async fn unreadable(_: Query<Unchecked<Page>>) {}
    Router::new()
        .pair("/text", async || "hi")
        .pair("/json", async || (StatusCode::CREATED, Json(json!({"id": 7}))))
        .pair("/nothing", async || {})
        .pair("/no-content", async || (StatusCode::NO_CONTENT, "ignored"))
        .pair("/interim", async || StatusCode::EARLY_HINTS)
        .pair("/conflict", async || Error::new(StatusCode::CONFLICT, "taken").with_detail("row 7"))
        .pair("/broken", async || Error::app("db is down"))
        .pair("/panics", panics)
        .pair("/locked", locked)
        .pair("/unreadable", unreadable)
}

/// The same engine with and without a callback, as it is and as the outermost service.
async fn services(engine: impl Fn() -> Engine) -> Vec<(String, EngineService, Option<RecordedStats>)> {
    let stats = RecordedStats::new();
    let plain = engine().build().await.unwrap();
    let counted = engine().stats(stats.clone()).build().await.unwrap();
    let mut services = Vec::new();
    for (name, service, stats) in [("plain", plain, None), ("counted", counted, Some(stats))] {
        services.push((format!("{name}, outermost"), service.clone().outermost(), stats.clone()));
        services.push((name.to_owned(), service, stats));
    }
    services
}

#[tokio::test]
async fn a_handler_alone_is_answered_as_behind_one_that_says_nothing() {
    for (service_name, service, stats) in services(|| Engine::new().routes(ends())).await {
        for (name, _) in ENDS {
            for method in [Method::GET, Method::HEAD] {
                let mut all = Vec::new();
                for way in WAYS {
                    let seen = ask(&service, &method, &format!("{way}{name}")).await;
                    let told: Vec<_> = stats.iter().flat_map(RecordedStats::take).map(|s| told(&s)).collect();
                    assert_eq!(told.len(), usize::from(stats.is_some()), "{method} {way}{name}");
                    all.push((seen, told));
                }
                assert_eq!(all[0], all[1], "{method} {name}, {service_name}");
            }
        }
    }
}

#[tokio::test]
async fn an_error_of_a_handler_is_left_in_the_answer_unless_nobody_is_outside() {
    for (service_name, service, _) in services(|| Engine::new().routes(ends())).await {
        for (name, text) in ENDS.into_iter().filter(|(name, _)| *name != "/interim") {
            for (way, method) in ways_and_methods() {
                let seen = ask(&service, &method, &format!("{way}{name}")).await;
                let label = format!("{method} {way}{name}, {service_name}");
                let Some(text) = text.filter(|_| !service_name.contains("outermost")) else {
                    assert_eq!(seen.carried, None, "{label}");
                    continue;
                };
                let (error, is_settled) = seen.carried.expect(&label);
                assert!(error.contains(text) && is_settled, "{label}: {error}, {is_settled}");
            }
        }
    }
}

/// An engine whose error handler answers everything with what `make` makes.
fn answering(make: impl Fn() -> Response<ResponseBody> + Clone + Send + Sync + 'static) -> Engine {
    let errors = ErrorLayer::new().on_error(move |_: &Error, _: &RequestHead| Some(make()));
    Engine::new().errors(errors).routes(Router::new().pair("", async || Error::app("db is down")))
}

#[tokio::test]
async fn what_an_error_handler_answers_has_our_version_and_no_body_where_its_status_has_none() {
    for (status, body) in [(204, ""), (304, ""), (409, "another body")] {
        let make = move || {
            let response = Response::builder().status(status).version(Version::HTTP_10);
            let response = response.header("content-type", "text/plain").header("content-length", 12);
            response.header("x-error", "1").body(ResponseBody::from("another body")).unwrap()
        };
        let fields = if body.is_empty() { [None; 2] } else { [Some("text/plain"), Some("12")] };
        for (service_name, service, _) in services(|| answering(make)).await {
            for (way, method) in ways_and_methods() {
                let seen = ask(&service, &method, way).await;
                let label = format!("{method} {way}, {status}, {service_name}");
                let field = |name| seen.headers.get(name).map(|value| value.to_str().unwrap());
                assert_eq!([field("content-type"), field("content-length")], fields, "{label}");
                assert_eq!((seen.status.as_u16(), seen.version), (status, Version::HTTP_11), "{label}");
                assert_eq!(field("x-error"), Some("1"), "{label}");
                assert_eq!(seen.body, if method == Method::HEAD { "" } else { body }, "{label}");
            }
        }
    }
}

#[tokio::test]
async fn the_head_of_an_error_whose_answer_is_streamed_tells_no_length() {
    let make = || {
        let frames = ["one", "two"].map(|text| Ok::<_, BoxError>(Frame::data(Bytes::from(text))));
        let body = ResponseBody::stream(StreamBody::new(stream::iter(frames)));
        Response::builder().status(503).body(body).unwrap()
    };
    for (service_name, service, _) in services(|| answering(make)).await {
        for (way, method) in ways_and_methods() {
            let seen = ask(&service, &method, way).await;
            let body = if method == Method::GET { "onetwo" } else { "" };
            assert_eq!((seen.status.as_u16(), &*seen.body), (503, body.as_bytes()), "{way}, {service_name}");
            assert_eq!(seen.headers.get("content-length"), None, "{method} {way}, {service_name}");
        }
    }
}

struct Chair(Diary);

#[tokio::test]
async fn a_request_that_is_given_up_in_a_handler_alone_is_cancelled_once() {
    async fn waits(_: Inject<Chair>) {
        std::future::pending().await
    }
    let diary = Diary::default();
    let made = diary.clone();
    let chair = Provider::<Chair>::per_request(move || Chair(made.clone()))
        .teardown(|chair: Finished<Chair>, how: Completion| chair.0.note(format!("{how:?}")));
    let app = build(Engine::new().register(chair).routes(Router::new().pair("", waits))).await;
    for (count, way) in WAYS.into_iter().enumerate() {
        {
            let mut asked = pin!(app.get(way).send());
            assert!(poll(asked.as_mut()).is_pending());
            assert_eq!((diary.take().len(), app.stats().len()), (0, count), "{way}");
        }
        assert_eq!((diary.take(), app.stats().len()), (vec!["Cancelled".to_owned()], count + 1), "{way}");
        let stat = app.last_stat().unwrap();
        assert_eq!((stat.outcome(), stat.response_code()), (Outcome::ClientGoneBeforeHead, None), "{way}");
        assert_eq!(handlers(&stat).last(), Some(&("waits", true, false, None)), "{way}");
        assert!(!stat.handlers().last().unwrap().returned(), "{way}");
    }
}

/// One engine with each amount of statistics.
async fn detailed(engine: impl Fn() -> Engine) -> [App; 3] {
    let steps = Detail::default().with_binding_steps(true);
    let plain = TestClient::new(engine().build().await.unwrap());
    [plain, build(engine()).await, build(engine().detail(steps)).await]
}

/// Asks each way, with each amount of statistics, where the problems of a request are.
async fn assert_places(engine: impl Fn() -> Engine, method: Method, cases: [(&str, [Place; 2]); 2]) {
    for (detail, app) in detailed(engine).await.iter().enumerate() {
        for (name, places) in cases {
            for way in WAYS {
                let asked = app.request(method.clone(), &format!("{way}{name}?page=x")).header("page", "x");
                let answer = asked.json(&json!({"page": "x"})).send().await;
                answer.assert_status(400);
                let problems = answer.error().unwrap().problems().iter();
                let found: Vec<_> = problems.map(Problem::place).collect();
                assert_eq!(found, places, "{way}{name}, with detail {detail}: {answer}");
            }
        }
    }
}

#[tokio::test]
async fn the_problems_of_several_dependencies_are_told_at_once_in_the_order_of_the_arguments() {
    struct Owner;
    struct List;
    async fn owner_first(_: Inject<Owner>, _: Inject<List>) {}
    async fn list_first(_: Inject<List>, _: Inject<Owner>) {}
    let engine = || {
        let owner = Provider::<Owner>::per_request(|_: Header<Unchecked<Page>>| Owner);
        let list = Provider::<List>::per_request(|_: Query<Unchecked<Page>>| List);
        let router = Router::new().pair("/owner", owner_first).pair("/list", list_first);
        Engine::new().register(owner).register(list).routes(router)
    };
    let (owner, list) = ([Place::Header, Place::Query], [Place::Query, Place::Header]);
    assert_places(engine, Method::GET, [("/owner", owner), ("/list", list)]).await;
}

#[tokio::test]
async fn the_problems_of_a_body_and_a_query_are_told_at_once_in_the_order_of_the_arguments() {
    async fn body_first(_: Body<Unchecked<Page>>, _: Query<Unchecked<Page>>) {}
    async fn query_first(_: Query<Unchecked<Page>>, _: Body<Unchecked<Page>>) {}
    let engine = || {
        let router = Router::new().post("/alone/body", body_first).post("/alone/query", query_first);
        let router = router.post("/behind/body", (async || {}, body_first));
        Engine::new().routes(router.post("/behind/query", (async || {}, query_first)))
    };
    let (body, query) = ([Place::Body, Place::Query], [Place::Query, Place::Body]);
    assert_places(engine, Method::POST, [("/body", body), ("/query", query)]).await;
}

/// Comes at the second poll.
struct Later;

impl<B: Send> FromRequest<B> for Later {
    async fn from_request(cx: &mut RequestContext<'_, B>) -> Result<Self, Error> {
        cx.parts.extensions.get::<Diary>().unwrap().note("begun");
        let mut is_polled = false;
        poll_fn(move |task| {
            if std::mem::replace(&mut is_polled, true) {
                return Poll::Ready(Ok(Self));
            }
            task.waker().wake_by_ref();
            Poll::Pending
        })
        .await
    }
}

// Paused, so that the limit is over at once when nobody is woken.
#[tokio::test(start_paused = true)]
async fn a_dependency_whose_argument_has_to_be_waited_for_comes_and_is_read_twice_at_most() {
    struct Late(&'static str);
    struct Soon(&'static str);
    async fn one(late: Inject<Late>) -> impl IntoResponse {
        late.0
    }
    async fn several(soon: Inject<Soon>, late: Inject<Late>, again: Inject<Late>) -> String {
        format!("{} {} {}", soon.0, late.0, again.0)
    }
    let engine = || {
        let late = Provider::<Late>::per_request(|_: Later| Late("late"));
        let soon = Provider::<Soon>::per_request(|| Soon("soon"));
        let router = Router::new().pair("/one", one).pair("/several", several);
        Engine::new().register(late).register(soon).routes(router)
    };
    for (detail, app) in detailed(engine).await.iter().enumerate() {
        for (name, text) in [("/one", "late"), ("/several", "soon late late")] {
            for way in WAYS {
                let diary = Diary::default();
                let asked = app.get(&format!("{way}{name}")).extension(diary.clone()).send();
                let answer = timeout(Duration::from_secs(60), asked).await.expect("the value comes");
                answer.assert_status(200).assert_text(text);
                let begun = diary.take().len();
                assert!((1..=2).contains(&begun), "{way}{name}, with detail {detail}: begun {begun} times");
            }
        }
    }
}
