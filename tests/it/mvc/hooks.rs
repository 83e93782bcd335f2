//! What runs before and after the methods of a controller, whatever fails.

use std::pin::pin;
use std::task::{Context as Task, Poll, Waker};

use gongular::mvc::{Application, Controller, controller, controller_with};
use gongular::stats::Outcome;
use gongular::{Body, Context, Error, Inject, Router, Unchecked, http};
use http::StatusCode;
use serde_json::json;

use super::{App, Diary, build};

/// Does what the header fields `begin`, `method` and `end` say.
#[derive(Controller)]
struct Steps {
    diary: Inject<Diary>,
}

#[controller]
impl Steps {
    async fn begin_request(&self, cx: &mut Context<'_>) -> Result<(), Error> {
        tokio::task::yield_now().await;
        self.act("begin", cx)
    }

    async fn end_request(&self, cx: &mut Context<'_>, error: Option<&Error>) -> Result<(), Error> {
        tokio::task::yield_now().await;
        if let Some(error) = error {
            self.diary.note(format!("end sees {error}"));
        }
        self.act("end", cx)
    }

    async fn get(&self, cx: &mut Context<'_>) -> Result<&'static str, Error> {
        tokio::task::yield_now().await;
        self.act("method", cx)?;
        Ok("done")
    }

    async fn post_by(&self, id: u8, body: Body<Unchecked<u8>>) -> String {
        self.diary.note("method");
        format!("{id} {}", body.0.0)
    }

    #[skip]
    fn act(&self, moment: &str, cx: &mut Context<'_>) -> Result<(), Error> {
        self.diary.note(moment);
        match cx.request().headers.get(moment).map(|action| action.to_str().unwrap()) {
            None => Ok(()),
            Some("answer") => cx.respond(format!("from {moment}")),
            Some("fail") => Err(Error::new(StatusCode::IM_A_TEAPOT, format!("{moment} failed"))),
            Some("panic") => panic!("{moment} fell over"),
            Some("stop") => {
                cx.fail(StatusCode::FORBIDDEN, moment);
                Ok(())
            }
            Some(action) => unreachable!("{action}"),
        }
    }
}

async fn steps() -> (App, Diary) {
    let diary = Diary::default();
    let app = Application::new(Router::new()).provide(diary.clone()).handle(controller::<Steps>());
    (build(app).await, diary)
}

#[tokio::test]
async fn a_request_goes_through_begin_then_its_method_then_end() {
    let (app, diary) = steps().await;
    app.get("/").send().await.assert_status(200).assert_text("done");
    assert_eq!(diary.take(), ["begin", "method", "end"]);
    app.post("/7").json(&8).send().await.assert_text("7 8");
    assert_eq!(diary.take(), ["begin", "method", "end"]);
}

#[tokio::test]
async fn a_begin_that_stops_leaves_the_method_out_but_not_the_end() {
    let (app, diary) = steps().await;
    app.get("/").header("begin", "stop").send().await.assert_status(403).assert_json(&"begin");
    assert_eq!(diary.take(), ["begin", "end"]);
}

#[tokio::test]
async fn a_begin_that_answers_without_stopping_leaves_the_last_word_to_the_method() {
    let (app, diary) = steps().await;
    app.get("/").header("begin", "answer").send().await.assert_status(200).assert_text("done");
    assert_eq!(diary.take(), ["begin", "method", "end"]);
}

#[tokio::test]
async fn the_end_runs_with_the_error_of_whatever_failed_before_it() {
    let (app, diary) = steps().await;
    for (moment, before) in [("begin", vec!["begin"]), ("method", vec!["begin", "method"])] {
        app.get("/").header(moment, "fail").send().await.assert_status(418);
        let expected: Vec<_> = before
            .into_iter()
            .map(str::to_owned)
            .chain([format!("end sees {moment} failed"), "end".into()])
            .collect();
        assert_eq!(diary.take(), expected, "{moment}");
    }
}

#[tokio::test]
async fn the_end_runs_when_the_arguments_of_the_method_are_wrong() {
    let (app, diary) = steps().await;
    app.post("/700").json(&8).send().await.assert_status(400);
    let lines = diary.take();
    assert_eq!((lines.len(), lines[0].as_str(), lines[2].as_str()), (3, "begin", "end"), "{lines:?}");
    assert!(lines[1].starts_with("end sees ") && lines[1].contains("id"), "{lines:?}");
}

#[tokio::test]
async fn the_end_runs_after_a_panic_which_is_answered_with_500() {
    let (app, diary) = steps().await;
    for moment in ["begin", "method"] {
        let answer = app.get("/").header(moment, "panic").send().await;
        answer.assert_status(500).assert_json(&json!({"error": "internal server error"}));
        let lines = diary.take();
        assert!(lines.iter().any(|line| line.contains(&format!("{moment} fell over"))), "{lines:?}");
        assert_eq!(lines.last().map(String::as_str), Some("end"), "{lines:?}");
        let stat = app.last_stat().unwrap();
        assert_eq!(stat.outcome(), Outcome::Panic, "{stat}");
    }
    app.get("/").send().await.assert_text("done");
}

#[tokio::test]
async fn an_end_that_fails_replaces_the_answer() {
    let (app, diary) = steps().await;
    app.get("/").header("end", "fail").send().await.assert_status(418);
    assert_eq!(diary.take(), ["begin", "method", "end"]);
    app.get("/").header("end", "panic").send().await.assert_status(500);
    app.get("/").header("end", "answer").send().await.assert_status(200).assert_text("from end");
}

#[tokio::test]
async fn what_failed_first_is_what_is_told() {
    let (app, _) = steps().await;
    for moment in ["begin", "method"] {
        for end in ["fail", "panic"] {
            let answer = app.get("/").header(moment, "fail").header("end", end).send().await;
            answer.assert_status(418);
            let stat = app.last_stat().unwrap();
            assert!(stat.error().unwrap().contains(&format!("{moment} failed")), "{end}");
            let log = stat.logs().iter().map(|line| line.text()).collect::<Vec<_>>().join("");
            assert!(log.starts_with("end_request failed as well: "), "{end}: {log}");
        }
    }
}

/// Hooks that are no `async fn`s.
struct Plain(Diary);

#[controller]
impl Plain {
    fn begin_request(&self, cx: &mut Context<'_>) {
        self.0.note("begin");
        assert!(!cx.request().headers.contains_key("x-begin"), "begin fell over");
    }

    fn end_request(&self, cx: &mut Context<'_>) {
        self.0.note("end");
        assert!(!cx.request().headers.contains_key("x-end"), "end fell over");
    }

    fn get(&self, cx: &mut Context<'_>) -> Result<&'static str, Error> {
        assert!(!cx.request().headers.contains_key("x-method"), "method fell over");
        Err(Error::new(StatusCode::CONFLICT, "no"))
    }
}

#[tokio::test]
async fn hooks_that_wait_for_nothing_keep_the_same_promises() {
    let diary = Diary::default();
    let app = build(Application::new(Router::new()).handle(Plain(diary.clone()))).await;
    for (header, status) in [("x-none", 409), ("x-begin", 500), ("x-method", 500), ("x-end", 409)] {
        app.get("/").header(header, "1").send().await.assert_status(status);
        assert_eq!(diary.take(), ["begin", "end"], "{header}");
    }
}

/// A hook that only one of the two has, and which returns an error of its own type.
#[derive(Controller)]
struct Guarded {
    diary: Inject<Diary>,
    #[header("x-user")]
    user: String,
    #[given]
    admin: &'static str,
}

#[controller]
impl Guarded {
    async fn begin_request(&self, cx: &mut Context<'_>) -> Result<(), std::io::Error> {
        self.diary.note(format!("begin for {}", self.user));
        if self.user != self.admin {
            cx.fail(StatusCode::FORBIDDEN, "only for the admin");
        }
        if self.user.is_empty() { Err(std::io::Error::other("nobody")) } else { Ok(()) }
    }

    async fn get(&self) -> &'static str {
        self.diary.note("method");
        "secret"
    }
}

#[tokio::test]
async fn hooks_see_the_fields_of_the_request() {
    let diary = Diary::default();
    let app = Application::new(Router::new()).provide(diary.clone());
    let app = build(app.handle(controller_with::<Guarded>("ann"))).await;
    app.get("/").header("x-user", "ann").send().await.assert_text("secret");
    assert_eq!(diary.take(), ["begin for ann", "method"]);
    app.get("/").header("x-user", "bob").send().await.assert_status(403);
    assert_eq!(diary.take(), ["begin for bob"]);
    app.get("/").header("x-user", "").send().await.assert_status(500);
    diary.take();
    app.get("/").send().await.assert_status(400);
    assert_eq!(diary.take(), [""; 0], "an instance that cannot be made has no hooks");
}

/// Waits in its method for ever.
struct Patient(Diary);

struct Gone(Diary);

impl Drop for Gone {
    fn drop(&mut self) {
        self.0.note("dropped");
    }
}

#[controller]
impl Patient {
    async fn get(&self) {
        let _gone = Gone(self.0.clone());
        std::future::pending().await
    }

    async fn end_request(&self, _: &mut Context<'_>) {
        self.0.note("end");
    }
}

#[tokio::test]
async fn a_client_that_leaves_drops_the_method_and_nothing_more_runs() {
    let diary = Diary::default();
    let app = build(Application::new(Router::new()).handle(Patient(diary.clone()))).await;
    {
        let mut answer = pin!(app.get("/").send());
        assert!(matches!(answer.as_mut().poll(&mut Task::from_waker(Waker::noop())), Poll::Pending));
        assert_eq!(diary.take(), [""; 0]);
    }
    assert_eq!(diary.take(), ["dropped"]);
    assert_eq!(app.last_stat().unwrap().outcome(), Outcome::ClientGoneBeforeHead);
}
