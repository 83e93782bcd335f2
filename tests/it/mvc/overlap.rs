//! Controllers that declare the same routes: the first that does not pass answers.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use gongular::engine::EngineService;
use gongular::inject::{Completion, Finished, Provider};
use gongular::layers::error::RequestHead;
use gongular::mvc::{Activation, Application, Controller, controller, layered};
use gongular::test_client::TestClient;
use gongular::{Body, Context, Error, Inject, IntoResponse, Router, Unchecked, http};
use tower::limit::ConcurrencyLimitLayer;

#[derive(Clone)]
struct User(String);

/// Stops a request that nobody has logged in for.
async fn user(headers: http::HeaderMap) -> Result<User, Error> {
    let name = headers.get("x-user").and_then(|name| name.to_str().ok());
    let error = || Error::new(http::StatusCode::UNAUTHORIZED, "log in first").pass();
    name.map(|name| User(name.to_owned())).ok_or_else(error)
}

/// Counts what it was asked for.
#[derive(Default)]
struct Counts {
    begun: AtomicU32,
    ended: AtomicU32,
}

#[derive(Controller)]
struct Members {
    user: Inject<User>,
    counts: Inject<Counts>,
}

#[controller]
impl Members {
    async fn begin_request(&self, cx: &mut Context<'_>) {
        self.counts.begun.fetch_add(1, Ordering::SeqCst);
        cx.header("x-members", "1");
    }

    async fn end_request(&self, _cx: &mut Context<'_>) {
        self.counts.ended.fetch_add(1, Ordering::SeqCst);
    }

    async fn get(&self, cx: &mut Context<'_>) -> Result<String, Error> {
        cx.status(http::StatusCode::ACCEPTED);
        match &*self.user.0 {
            "shy" => Err(Error::new(http::StatusCode::FORBIDDEN, "too shy").pass()),
            "angry" => Err(Error::new(http::StatusCode::CONFLICT, "too angry")),
            name => Ok(format!("member {name}")),
        }
    }

    async fn post(&self, letter: Body<Unchecked<String>>) -> Result<String, Error> {
        match &*self.user.0 {
            "shy" => Err(Error::new(http::StatusCode::FORBIDDEN, "too shy").pass()),
            name => Ok(format!("{} from {name}", letter.0.0)),
        }
    }

    fn handle_error(error: &Error, _request: &RequestHead) -> Option<impl IntoResponse + use<>> {
        Some((error.status(), format!("members: {}", error.public())))
    }
}

#[derive(Controller)]
struct Guests {
    counts: Inject<Counts>,
}

#[controller]
impl Guests {
    async fn get(&self) -> String {
        format!("guest {}", self.counts.begun.load(Ordering::SeqCst))
    }

    async fn post(&self, letter: Body<Unchecked<String>>) -> Result<String, Error> {
        if letter.0.0.is_empty() {
            return Err(Error::new(http::StatusCode::UNPROCESSABLE_ENTITY, "an empty letter"));
        }
        Ok(format!("{} from a guest", letter.0.0))
    }

    fn handle_error(error: &Error, _request: &RequestHead) -> Option<impl IntoResponse + use<>> {
        Some((error.status(), format!("guests: {}", error.public())))
    }
}

async fn client() -> TestClient<EngineService> {
    let app = Application::new(Router::new())
        .provide(Counts::default())
        .providers(|providers| providers.per_request(user))
        .handle(controller::<Members>())
        .handle(controller::<Guests>());
    app.into_engine().test_client().await.unwrap()
}

#[tokio::test]
async fn a_dependency_that_stops_the_first_leaves_the_request_to_the_second() {
    let client = client().await;
    let guest = client.get("/").send().await;
    assert_eq!(guest.assert_status(200).assert_text("guest 0").header("x-members"), None);
    let member = client.get("/").header("x-user", "ann").send().await;
    member.assert_status(202).assert_text("member ann").assert_header("x-members", "1");
    assert_eq!(client.last_stat().unwrap().error(), None);
}

#[tokio::test]
async fn hooks_of_a_controller_that_passes_have_both_run_and_said_nothing() {
    let client = client().await;
    let shy = client.get("/").header("x-user", "shy").send().await;
    assert_eq!(shy.assert_status(200).assert_text("guest 1").header("x-members"), None);
}

#[tokio::test]
async fn an_error_that_does_not_pass_is_answered_by_its_own_controller() {
    let client = client().await;
    let angry = client.get("/").header("x-user", "angry").send().await;
    angry.assert_status(409).assert_text("members: too angry").assert_header("x-members", "1");
    let empty = client.post("/").json("").send().await;
    empty.assert_status(422).assert_text("guests: an empty letter");
}

#[tokio::test]
async fn a_body_that_the_first_has_read_is_there_for_the_second() {
    let client = client().await;
    let post = |user: &'static str| client.post("/").header("x-user", user).json("hello");
    post("ann").send().await.assert_text("hello from ann");
    post("shy").send().await.assert_text("hello from a guest");
    client.post("/").json("hi").send().await.assert_text("hi from a guest");
}

/// What is built for a request of one controller alone.
struct Session(Inject<Counts>);

async fn session(counts: Inject<Counts>) -> Result<Session, Error> {
    counts.begun.fetch_add(1, Ordering::SeqCst);
    Ok(Session(counts))
}

#[derive(Controller)]
struct Sessions {
    session: Inject<Session>,
    user: Inject<User>,
}

#[controller]
impl Sessions {
    fn before_activation(activation: &mut Activation) {
        activation.providers(|providers| {
            providers.register(Provider::per_request(session).teardown(
                |session: Finished<Session>, _: Completion| {
                    session.0.ended.fetch_add(1, Ordering::SeqCst);
                },
            ))
        });
    }

    async fn get(&self) -> Result<String, Error> {
        match &*self.user.0 {
            "angry" => Err(Error::new(http::StatusCode::CONFLICT, "too angry")),
            name => Ok(format!("session {} of {name}", self.session.0.begun.load(Ordering::SeqCst))),
        }
    }

    fn handle_error(error: &Error, _request: &RequestHead) -> Option<impl IntoResponse + use<>> {
        Some((error.status(), format!("sessions: {}", error.public())))
    }
}

#[derive(Controller)]
struct Seen {
    user: Inject<User>,
}

#[controller]
impl Seen {
    fn before_activation(activation: &mut Activation) {
        activation.providers(|providers| providers.provide(User("its own".to_owned())));
    }

    async fn get(&self, #[query] seen: Option<bool>) -> Result<String, Error> {
        match seen {
            Some(true) => Ok(format!("seen by {}", self.user.0)),
            _ => Err(Error::new(http::StatusCode::NOT_FOUND, "not seen").pass()),
        }
    }
}

async fn three() -> (TestClient<EngineService>, Arc<Counts>) {
    let counts = Arc::new(Counts::default());
    let app = Application::new(Router::new())
        .providers(|providers| providers.provide_as(Arc::clone(&counts)).per_request(user))
        .handle(controller::<Sessions>())
        .handle(controller::<Seen>())
        .handle(controller::<Guests>());
    (app.into_engine().test_client().await.unwrap(), counts)
}

#[tokio::test]
async fn controllers_with_providers_of_their_own_pass_through_three_in_a_row() {
    let (client, counts) = three().await;
    let ended = || counts.ended.load(Ordering::SeqCst);
    client.get("/").header("x-user", "ann").send().await.assert_text("session 1 of ann");
    assert_eq!(ended(), 1);
    client.get("/?seen=true").send().await.assert_text("seen by its own");
    assert_eq!(ended(), 2, "what was built for the first has ended before the second answers");
    client.get("/").send().await.assert_text("guest 3");
    assert_eq!(client.last_stat().unwrap().error(), None);
    let angry = client.get("/").header("x-user", "angry").send().await;
    angry.assert_status(409).assert_text("sessions: too angry");
    assert_eq!((ended(), client.last_stat().unwrap().error().unwrap()), (4, "too angry"));
}

#[tokio::test]
async fn when_all_pass_the_last_error_is_the_answer() {
    let app = Application::new(Router::new())
        .providers(|providers| providers.per_request(user))
        .provide(Counts::default())
        .handle(controller::<Members>())
        .handle(controller::<Seen>());
    let client = app.into_engine().test_client().await.unwrap();
    client.get("/").send().await.assert_status(404).assert_json(&serde_json::json!({"error": "not seen"}));
    assert_eq!(client.last_stat().unwrap().error(), Some("not seen"));
}

#[tokio::test]
async fn a_controller_behind_a_layer_keeps_the_request() {
    let layer = layered(ConcurrencyLimitLayer::new(4));
    let app = Application::new(Router::new())
        .provide(Counts::default())
        .providers(|providers| providers.per_request(user))
        .handle_with(controller::<Members>(), layer)
        .handle(controller::<Guests>());
    let client = app.into_engine().test_client().await.unwrap();
    client.get("/").send().await.assert_status(401).assert_text("members: log in first");
    client.get("/").header("x-user", "ann").send().await.assert_text("member ann");
}

#[derive(Controller)]
struct Waiting {
    session: Inject<Session>,
}

#[controller]
impl Waiting {
    fn before_activation(activation: &mut Activation) {
        activation.providers(|providers| {
            providers.register(Provider::per_request(session).teardown(
                |session: Finished<Session>, completion: Completion| async move {
                    tokio::task::yield_now().await;
                    assert_eq!(completion, Completion::Failure);
                    session.0.ended.fetch_add(1, Ordering::SeqCst);
                },
            ))
        });
    }

    async fn get(&self) -> Result<(), Error> {
        let begun = self.session.0.begun.load(Ordering::SeqCst);
        Err(Error::new(http::StatusCode::FORBIDDEN, format!("not the {begun}")).pass())
    }
}

#[derive(Controller)]
struct Ended {
    counts: Inject<Counts>,
}

#[controller]
impl Ended {
    async fn get(&self) -> String {
        format!("after {}", self.counts.ended.load(Ordering::SeqCst))
    }
}

#[tokio::test]
async fn a_teardown_that_waits_is_over_before_the_next_controller_answers() {
    let app = Application::new(Router::new())
        .provide(Counts::default())
        .handle(controller::<Waiting>())
        .handle(controller::<Waiting>())
        .handle(controller::<Ended>());
    let client = app.into_engine().test_client().await.unwrap();
    client.get("/").send().await.assert_text("after 2");
    client.get("/").send().await.assert_text("after 4");
}

/// Passes whatever it is asked.
#[derive(Controller)]
struct Passes;

#[controller]
impl Passes {
    async fn get(&self) -> Result<&'static str, Error> {
        Err(Error::not_found().pass())
    }

    async fn get_text(&self, cx: &mut Context<'_>) -> Result<&'static str, Error> {
        cx.header("content-type", "text/csv");
        Err(Error::not_found().pass())
    }
}

/// Says nothing, or something.
#[derive(Controller)]
struct Quiet;

#[controller]
impl Quiet {
    async fn get(&self, cx: &mut Context<'_>, version: Option<gongular::mvc::ApiVersion>) {
        cx.header("x-version", version.map(|version| version.to_string()).unwrap_or_default());
    }

    async fn get_text(&self) -> &'static str {
        "text"
    }
}

#[tokio::test]
async fn a_body_that_was_said_in_front_is_that_of_the_controller_that_says_none() {
    let front = || Router::new().handler(async || gongular::Json([1]));
    let app = Application::new(front()).handle(Passes).handle(Passes).handle(Quiet);
    let client = app.into_engine().test_client().await.unwrap();
    let answer = client.get("/").send().await;
    answer.assert_status(200).assert_header("content-type", "application/json").assert_text("[1]");
    let answer = client.get("/text").send().await;
    answer.assert_header("content-type", "text/plain; charset=utf-8").assert_text("text");
}

#[tokio::test]
async fn a_version_that_a_controller_took_before_it_passed_is_forgotten() {
    let app = Application::new(Router::new())
        .handle_with(Passes, gongular::mvc::Version::new("1").absent("1.0.0"))
        .handle(Quiet);
    let client = app.into_engine().test_client().await.unwrap();
    let answer = client.get("/").send().await;
    answer.assert_status(200).assert_header("x-version", "");
    assert_eq!(answer.header("x-api-version"), None);
}
