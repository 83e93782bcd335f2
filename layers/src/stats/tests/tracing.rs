use std::fmt::Debug;
use std::future::{poll_fn, ready};
use std::pin::pin;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::task::{Context, Poll, Waker};
use std::time::Instant;

use ::tracing::field::{Field, Visit};
use ::tracing::{Event, Subscriber};
use bytes::Bytes;
use gongular_core::Error;
use gongular_core::stats::{Detail, Ending, Outcome, Recorder, RouteStat};
use http::{Request, Response, StatusCode};
use http_body_util::Empty;
use tower_layer::Layer as _;
use tower_service::Service;
use tracing_subscriber::Layer;
use tracing_subscriber::layer::SubscriberExt;

use super::super::{CountedBody, RequestEvents, RouteCallback, StatsLayer, TracingCallback};

type Requested = Request<CountedBody<Empty<Bytes>>>;

fn logging() -> (StatsLayer, Receiver<Vec<String>>) {
    let (sender, receiver) = channel();
    let layer = StatsLayer::new(move |stat: &RouteStat| {
        sender.send(stat.logs().iter().map(|line| line.to_string()).collect()).unwrap();
    });
    (layer, receiver)
}

fn request() -> Request<Empty<Bytes>> {
    Request::new(Empty::new())
}

#[test]
fn events_belong_to_the_request_that_is_polled() {
    let subscriber = tracing_subscriber::registry().with(RequestEvents::new());
    ::tracing::subscriber::with_default(subscriber, || {
        let (layer, lines) = logging();
        let mut service = layer.layer(tower::service_fn(|request: Requested| {
            let name = request.uri().path().to_owned();
            let mut polls = 0;
            poll_fn(move |_| {
                polls += 1;
                ::tracing::info!(polls, "{name}");
                ::tracing::debug!("too fine");
                if polls < 2 {
                    Poll::Pending
                } else {
                    Poll::Ready(Ok::<_, Error>(Response::new(Empty::<Bytes>::new())))
                }
            })
        }));
        let at = |path: &str| Request::builder().uri(path).body(Empty::new()).unwrap();
        let (mut a, mut b) = (pin!(service.call(at("/a"))), pin!(service.call(at("/b"))));
        let mut cx = Context::from_waker(Waker::noop());
        assert!(a.as_mut().poll(&mut cx).is_pending() && b.as_mut().poll(&mut cx).is_pending());
        ::tracing::info!("of nobody");
        assert!(a.as_mut().poll(&mut cx).is_ready() && b.as_mut().poll(&mut cx).is_ready());
        assert_eq!(lines.try_recv().unwrap(), ["info: /a polls=1", "info: /a polls=2"]);
        assert_eq!(lines.try_recv().unwrap(), ["info: /b polls=1", "info: /b polls=2"]);
    });
}

#[test]
fn a_panic_gives_the_events_back() {
    let subscriber = tracing_subscriber::registry().with(RequestEvents::new());
    ::tracing::subscriber::with_default(subscriber, || {
        let (layer, lines) = logging();
        let mut service = layer.layer(tower::service_fn(|_: Requested| {
            ::tracing::error!("before");
            if true {
                panic!("by chance");
            }
            ready(Ok::<_, Error>(Response::new(Empty::<Bytes>::new())))
        }));
        let call = std::panic::AssertUnwindSafe(|| drop(service.call(request())));
        assert!(std::panic::catch_unwind(call).is_err());
        ::tracing::error!("of nobody");
        assert_eq!(lines.try_recv().unwrap(), ["error: before"]);
    });
}

/// A subscriber that sends every event of ours away as text.
struct Tap(Sender<(tracing::Level, Vec<String>)>);

impl<S: Subscriber> Layer<S> for Tap {
    fn on_event(&self, event: &Event<'_>, _: tracing_subscriber::layer::Context<'_, S>) {
        struct Fields(Vec<String>);
        impl Visit for Fields {
            fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
                self.0.push(format!("{}={value:?}", field.name()));
            }
        }
        let mut fields = Fields(Vec::new());
        event.record(&mut fields);
        self.0.send((*event.metadata().level(), fields.0)).unwrap();
    }
}

#[test]
fn a_statistic_is_an_event_with_the_names_of_the_conventions() {
    let (sender, events) = channel();
    ::tracing::subscriber::with_default(tracing_subscriber::registry().with(Tap(sender)), || {
        let mut request = Request::builder().uri("/x?a=1").body(()).unwrap();
        let recorder = Recorder::start(&mut request, Detail::default());
        recorder.fail(&Error::app("a\nb"));
        let now = Instant::now();
        let ending = Ending::new(Outcome::Complete, now).with_response(StatusCode::BAD_GATEWAY, now, 9);
        recorder.finish(ending, |stat| TracingCallback::new().on_route(stat));
    });
    let (level, mut fields) = events.try_recv().unwrap();
    assert_eq!(level, tracing::Level::ERROR);
    fields.retain(|field| !field.starts_with("http.server.request.duration="));
    let expected = [
        r#"http.request.method="GET""#,
        "http.response.status_code=502",
        "url.path=/x",
        "url.query=a=1",
        "http.request.body.size=0",
        "http.response.body.size=9",
        r#"error.type="502""#,
        r"error.message=a\nb",
        r#"outcome="complete""#,
    ];
    assert_eq!(fields, expected);
}
