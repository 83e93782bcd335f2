//! Statistics as measurements of the `metrics` facade.

use gongular_core::stats::RouteStat;
use metrics::{Label, SharedString, Unit, describe_histogram, histogram};

use super::RouteCallback;

/// Records every request with the [`metrics`] facade, under the names of OpenTelemetry's conventions for HTTP servers.
///
/// Histograms `http.server.request.duration` in seconds, `http.server.request.body.size` and
/// `http.server.response.body.size` in bytes. Labels: `http.request.method`, `http.route`,
/// `http.response.status_code`, `error.type` and `outcome`. All have few values, whatever clients send: methods that no
/// standard knows are `_OTHER`, and paths that no route matched are one empty route.
///
/// An exporter such as that of Prometheus turns the dots into underscores.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct MetricsCallback;

impl MetricsCallback {
    /// Makes the callback, and describes its histograms to the recorder that is installed by now.
    #[must_use]
    pub fn new() -> Self {
        describe_histogram!(
            DURATION,
            Unit::Seconds,
            "time from a request's arrival to the end of its answer"
        );
        describe_histogram!(REQUEST_SIZE, Unit::Bytes, "bytes that were read of a request's body");
        describe_histogram!(RESPONSE_SIZE, Unit::Bytes, "bytes of an answer's body");
        Self
    }
}

impl Default for MetricsCallback {
    fn default() -> Self {
        Self::new()
    }
}

impl RouteCallback for MetricsCallback {
    fn on_route(&self, stat: &RouteStat) {
        let code = stat.response_code().map(|code| code.as_str().to_owned()).unwrap_or_default();
        let labels = vec![
            Label::from_static_parts("http.request.method", stat.method_label()),
            Label::new("http.route", stat.label().to_owned()),
            Label::new("http.response.status_code", code),
            Label::new("error.type", SharedString::from(stat.error_type().unwrap_or_default().to_owned())),
            Label::from_static_parts("outcome", stat.outcome().as_str()),
        ];
        histogram!(DURATION, labels.clone()).record(stat.total_duration().as_secs_f64());
        #[expect(clippy::cast_precision_loss, reason = "a histogram's buckets are coarser")]
        {
            histogram!(REQUEST_SIZE, labels.clone()).record(stat.request_size() as f64);
            histogram!(RESPONSE_SIZE, labels).record(stat.response_size() as f64);
        }
    }
}

const DURATION: &str = "http.server.request.duration";
const REQUEST_SIZE: &str = "http.server.request.body.size";
const RESPONSE_SIZE: &str = "http.server.response.body.size";

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use gongular_core::MatchedPath;
    use gongular_core::stats::{Detail, Ending, Outcome, Recorder as Request};
    use http::StatusCode;
    use metrics::{
        Counter, Gauge, Histogram, HistogramFn, Key, KeyName, Metadata, Recorder, with_local_recorder,
    };

    use super::*;

    #[derive(Clone, Default)]
    struct Seen(Arc<Mutex<Vec<String>>>);

    struct Cell(Seen, String);

    impl HistogramFn for Cell {
        fn record(&self, value: f64) {
            let line =
                if self.1.starts_with(DURATION) { self.1.clone() } else { format!("{} {value}", self.1) };
            self.0.0.lock().unwrap().push(line);
        }
    }

    impl Recorder for Seen {
        fn describe_counter(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}
        fn describe_gauge(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}
        fn describe_histogram(&self, _: KeyName, _: Option<Unit>, _: SharedString) {}

        fn register_counter(&self, _: &Key, _: &Metadata<'_>) -> Counter {
            Counter::noop()
        }

        fn register_gauge(&self, _: &Key, _: &Metadata<'_>) -> Gauge {
            Gauge::noop()
        }

        fn register_histogram(&self, key: &Key, _: &Metadata<'_>) -> Histogram {
            let labels: Vec<_> =
                key.labels().map(|label| format!("{}={}", label.key(), label.value())).collect();
            Histogram::from_arc(Arc::new(Cell(
                self.clone(),
                format!("{}{{{}}}", key.name(), labels.join(",")),
            )))
        }
    }

    #[test]
    fn a_request_is_three_measurements_with_bounded_labels() {
        let seen = Seen::default();
        let mut request = http::Request::builder().method("BREW").uri("/pots/7").body(()).unwrap();
        let recorder = Request::start(&mut request, Detail::default());
        recorder.set_matched_path(MatchedPath::from_static("/pots/{id}"));
        recorder.add_request_bytes(4);
        let now = std::time::Instant::now();
        let ending = Ending::new(Outcome::Complete, now).with_response(StatusCode::BAD_GATEWAY, now, 9);
        with_local_recorder(&seen, || {
            let callback = MetricsCallback::new();
            recorder.finish(ending, |stat| callback.on_route(stat));
        });
        let labels = "{http.request.method=_OTHER,http.route=/pots/{id},http.response.status_code=502,\
                      error.type=502,outcome=complete}";
        assert_eq!(
            *seen.0.lock().unwrap(),
            [
                format!("{DURATION}{labels}"),
                format!("{REQUEST_SIZE}{labels} 4"),
                format!("{RESPONSE_SIZE}{labels} 9")
            ]
        );
    }
}
