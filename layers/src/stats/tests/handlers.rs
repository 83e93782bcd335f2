//! What handlers and extractors add to the statistic.

use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use bytes::Bytes;
use gongular_core::stats::{Logger, RouteStat};
use gongular_core::{Contract, Error, FromRequest, RequestContext, service};
use http::{Request, StatusCode};
use http_body_util::Empty;
use tower_layer::Layer;
use tower_service::Service;

use crate::StatsLayer;

struct Log(Logger);

impl<B: Send> FromRequest<B> for Log {
    async fn from_request(cx: &mut RequestContext<'_, B>) -> Result<Self, Error> {
        Ok(Self(Logger::of(&cx.parts.extensions)))
    }
}

#[derive(Debug)]
struct Refuses;

impl<B: Send> FromRequest<B> for Refuses {
    fn describe(contract: &mut Contract) {
        contract.refuses(StatusCode::UNAUTHORIZED, "always");
    }

    async fn from_request(_: &mut RequestContext<'_, B>) -> Result<Self, Error> {
        Err(Error::new(StatusCode::UNAUTHORIZED, "log in first").with_detail("no session"))
    }
}

async fn greets(log: Log) -> &'static str {
    log.0.info(format_args!("greeting"));
    "hi"
}

async fn never_runs(_: Log, _: Refuses) -> &'static str {
    "not reached"
}

/// Makes a layer that sends away what `look` sees.
fn seeing<T: Send + 'static>(
    look: impl Fn(&RouteStat) -> T + Send + Sync + 'static,
) -> (StatsLayer, Receiver<T>) {
    let (sender, receiver) = channel();
    (StatsLayer::new(move |stat: &RouteStat| sender.send(look(stat)).unwrap()), receiver)
}

fn request() -> Request<Empty<Bytes>> {
    Request::new(Empty::new())
}

#[tokio::test]
async fn a_handler_stands_in_the_statistic_with_its_name_time_and_log() {
    let (layer, seen) = seeing(|stat| {
        let [handler] = stat.handlers() else { panic!("one handler") };
        assert!(handler.duration() > Duration::ZERO && handler.duration() <= stat.total_duration());
        let logs: Vec<_> = stat.logs().iter().map(|line| line.to_string()).collect();
        (handler.name().to_owned(), handler.returned(), handler.stopped(), logs, stat.binding_steps().len())
    });
    drop(layer.layer(service(greets)).call(request()).await.unwrap());
    let (name, returned, stopped, logs, steps) = seen.try_recv().unwrap();
    assert!(name.ends_with("::greets") && returned && !stopped, "{name}");
    assert_eq!((logs, steps), (vec!["info: greeting".to_owned()], 0));
}

#[tokio::test]
async fn a_refusal_is_the_error_of_the_handler_and_of_the_request() {
    let (layer, seen) = seeing(|stat| {
        let handler = &stat.handlers()[0];
        (handler.stopped(), handler.error().map(str::to_owned), stat.error().map(str::to_owned))
    });
    let mut service = layer.layer(service(never_runs));
    assert_eq!(service.call(request()).await.unwrap_err().status(), 401);
    let text = Some("no session".to_owned());
    assert_eq!(seen.try_recv().unwrap(), (true, text.clone(), text));
}

#[tokio::test]
async fn extractors_are_timed_when_the_layer_says_so() {
    let (layer, seen) = seeing(|stat| {
        let names =
            stat.binding_steps().iter().map(|step| step.type_name().rsplit("::").next().unwrap().to_owned());
        names.collect::<Vec<_>>()
    });
    let mut service = layer.binding_steps(true).layer(service(never_runs));
    assert!(service.call(request()).await.is_err());
    assert_eq!(seen.try_recv().unwrap(), ["Log", "Refuses"]);
}

#[tokio::test]
async fn handlers_are_left_out_when_the_layer_says_so() {
    let (layer, seen) = seeing(|stat| (stat.handlers().len(), stat.response_code()));
    drop(layer.handlers(false).layer(service(greets)).call(request()).await.unwrap());
    assert_eq!(seen.try_recv().unwrap(), (0, Some(StatusCode::OK)));
}

#[tokio::test]
async fn a_handler_that_is_given_up_has_not_returned() {
    let (layer, seen) = seeing(|stat| {
        let handler = &stat.handlers()[0];
        (handler.ran(), handler.returned(), handler.duration() > Duration::ZERO)
    });
    let mut service = layer.layer(service(std::future::pending::<&'static str>));
    let mut call = Box::pin(service.call(request()));
    let mut cx = std::task::Context::from_waker(std::task::Waker::noop());
    assert!(call.as_mut().poll(&mut cx).is_pending());
    drop(call);
    assert_eq!(seen.try_recv().unwrap(), (true, false, true));
}
