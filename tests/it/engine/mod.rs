//! The assembled engine, asked as a client asks it, without sockets.

/// Makes a handler of a struct that reads nothing: what it says about the answer, or nothing.
macro_rules! says {
    ($name:ident) => {
        says!($name, |cx| {
            let _ = cx;
        });
    };
    ($name:ident, |$cx:ident| $said:expr) => {
        #[derive(gongular::FromRequest)]
        struct $name;

        impl gongular::Handle for $name {
            type Output = ();

            async fn handle(self, $cx: &mut gongular::Context<'_>) -> Result<(), gongular::Error> {
                $said;
                Ok(())
            }
        }
    };
}

mod alone;
mod answers;
mod automatic;
mod bodies;
mod chain;
mod failures;
mod group_errors;
mod hints;
mod host_errors;
mod hosts;
mod interim;
mod layers;
mod mistakes;
mod providers;
mod routing;
mod statistics;

use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Waker};

use gongular::engine::EngineService;
use gongular::stats::RouteStat;
use gongular::test_client::{RecordedStats, TestClient};
use gongular::{Engine, Router};
use http::{HeaderMap, HeaderName, HeaderValue};

type App = TestClient<EngineService>;

/// Builds an application of routes only.
async fn app(router: Router) -> App {
    build(Engine::new().routes(router)).await
}

/// Builds an application that keeps its statistics.
async fn build(engine: Engine) -> App {
    let stats = RecordedStats::new();
    let service = engine.stats(stats.clone()).build().await.unwrap();
    TestClient::new(service).with_stats(&stats)
}

/// The handlers of a request: name, whether they ran, whether the chain ended with them, and their errors.
fn handlers(stat: &RouteStat) -> Vec<(&'static str, bool, bool, Option<&str>)> {
    let short = |name: &'static str| name.rsplit("::").next().unwrap_or(name);
    let handlers = stat.handlers().iter();
    handlers
        .map(|handler| (short(handler.name()), handler.ran(), handler.stopped(), handler.error()))
        .collect()
}

/// The lines that the request logged.
fn logs(stat: &RouteStat) -> Vec<&str> {
    stat.logs().iter().map(|line| line.text()).collect()
}

/// An answer of one header field, which handlers that are functions return.
fn with_header(name: HeaderName, value: impl TryInto<HeaderValue>) -> (HeaderMap, ()) {
    let value = value.try_into().ok().unwrap();
    (HeaderMap::from_iter([(name, value)]), ())
}

/// Polls a future once.
fn poll<F: Future>(future: Pin<&mut F>) -> Poll<F::Output> {
    future.poll(&mut Context::from_waker(Waker::noop()))
}

/// What happened, in order.
#[derive(Clone, Debug, Default)]
struct Diary(Arc<Mutex<Vec<String>>>);

impl Diary {
    fn note(&self, line: impl Into<String>) {
        self.0.lock().unwrap().push(line.into());
    }

    fn take(&self) -> Vec<String> {
        std::mem::take(&mut *self.0.lock().unwrap())
    }
}
