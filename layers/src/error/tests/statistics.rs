//! What a statistics layer outside learns.

use std::sync::mpsc;

use gongular_core::stats::{Outcome, RouteStat};
use tower::ServiceBuilder;

use super::*;
use crate::StatsLayer;

#[tokio::test]
async fn the_statistic_has_the_text_for_the_log_and_the_outcome() {
    type Case = (fn() -> Error, Outcome, &'static str);

    let table: [Case; 4] = [
        (|| Error::app("no route to 10.0.0.7"), Outcome::Complete, "no route to 10.0.0.7"),
        (
            || Error::from_status(http::StatusCode::GATEWAY_TIMEOUT),
            Outcome::Timeout,
            "the request took too long",
        ),
        (Error::timeout, Outcome::Timeout, "the request took too long"),
        (|| panic!("by chance"), Outcome::Panic, "panicked: by chance"),
    ];
    for (error, outcome, text) in table {
        let stat = stat_of(fails_with(error)).await;
        assert_eq!((stat.outcome, stat.error.as_str()), (outcome, text));
    }
}

#[tokio::test]
async fn a_panic_in_a_body_is_one_panic_in_the_statistic() {
    let service = answers_with(|| {
        let body = Full::<Bytes>::from("x").map_frame(|_| panic!("half-way"));
        Response::new(body)
    });
    let stat = stat_of(service).await;
    assert_eq!((stat.outcome, stat.error.as_str()), (Outcome::Panic, "panicked: half-way"));
}

struct Stat {
    outcome: Outcome,
    error: String,
}

/// Sends a request through both layers, reads the answer to its end, and returns the only statistic.
async fn stat_of<S, R>(service: S) -> Stat
where
    S: Service<Request<Empty<Bytes>>, Response = Response<R>, Error: Into<BoxError>>,
    R: Body<Data = Bytes, Error: Into<BoxError>>,
{
    let (sender, stats) = mpsc::channel();
    let layer = StatsLayer::new(move |stat: &RouteStat| {
        let error = stat.error().unwrap_or_default().to_owned();
        sender.send(Stat { outcome: stat.outcome(), error }).unwrap();
    });
    let inner = ErrorLayer::new().layer(tower::util::MapRequest::new(service, uncounted));
    let service = ServiceBuilder::new().layer(layer).service(inner);
    let response = service.oneshot(request()).await.unwrap();
    let _ = response.into_body().collect().await;
    let stat = stats.recv().unwrap();
    assert!(stats.try_recv().is_err(), "there is one statistic");
    stat
}

fn uncounted<B>(request: Request<crate::stats::CountedBody<B>>) -> Request<B> {
    request.map(crate::stats::CountedBody::into_inner)
}
