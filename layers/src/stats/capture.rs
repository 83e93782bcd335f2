//! The request's `tracing` events as its log lines.

use std::cell::RefCell;
use std::fmt::{self, Write};
use std::sync::atomic::{AtomicBool, Ordering};

use gongular_core::stats::{Level, Recorder};
use tracing::field::{Field, Visit};
use tracing::{Event, Subscriber};
use tracing_subscriber::Layer;
use tracing_subscriber::layer::Context;

/// A layer for `tracing` subscribers that puts the events of a request among the log lines of its statistic.
///
/// An event belongs to the request that is being polled on its thread, whatever spans it stands in: those of the service
/// inside a [`StatsLayer`](super::StatsLayer) and of the answer's body do. Those of tasks that a handler spawned and of
/// threads it started do not.
///
/// # Example
///
/// ```
/// use bytes::Bytes;
/// use gongular_core::service;
/// use gongular_layers::stats::{RequestEvents, RouteStat, StatsLayer};
/// use http::Request;
/// use http_body_util::Empty;
/// use tower_layer::Layer;
/// use tower_service::Service;
/// use tracing_subscriber::layer::SubscriberExt;
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() {
/// let subscriber = tracing_subscriber::registry().with(RequestEvents::new());
/// let _guard = tracing::subscriber::set_default(subscriber);
///
/// let (sender, lines) = std::sync::mpsc::channel();
/// let stats = StatsLayer::new(move |stat: &RouteStat| {
///     for line in stat.logs().iter() {
///         sender.send(line.to_string()).unwrap();
///     }
/// });
/// let mut service = stats.layer(service(async || tracing::warn!(attempts = 3, "slow")));
/// drop(service.call(Request::new(Empty::<Bytes>::new())).await);
/// assert_eq!(lines.try_recv().as_deref(), Ok("warn: slow attempts=3"));
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct RequestEvents {
    max_level: tracing::Level,
}

impl RequestEvents {
    /// Makes a layer that takes events of level `INFO` and above.
    #[must_use]
    pub fn new() -> Self {
        IN_USE.store(true, Ordering::Relaxed);
        Self { max_level: tracing::Level::INFO }
    }

    /// Sets the level down to which events are taken. Defaults to `INFO`.
    #[must_use]
    pub const fn with_max_level(mut self, level: tracing::Level) -> Self {
        self.max_level = level;
        self
    }
}

impl Default for RequestEvents {
    fn default() -> Self {
        Self::new()
    }
}

impl<S: Subscriber> Layer<S> for RequestEvents {
    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        let level = *event.metadata().level();
        if level > self.max_level {
            return;
        }
        // Cloned out, since formatting a field may run code that logs again.
        let current = CURRENT.try_with(|current| current.try_borrow().ok()?.clone());
        if let Ok(Some(recorder)) = current {
            let mut line = Line::default();
            event.record(&mut line);
            recorder.log(our_level(level), format_args!("{}{}", line.message, line.fields));
        }
    }
}

fn our_level(level: tracing::Level) -> Level {
    match level {
        tracing::Level::ERROR => Level::Error,
        tracing::Level::WARN => Level::Warn,
        tracing::Level::INFO => Level::Info,
        _ => Level::Debug,
    }
}

/// An event as text: its message, then its fields.
#[derive(Default)]
struct Line {
    message: String,
    fields: String,
}

impl Visit for Line {
    fn record_str(&mut self, field: &Field, value: &str) {
        if field.name() == "message" {
            self.message.push_str(value);
        } else {
            self.record_debug(field, &value);
        }
    }

    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        // Writing to a string fails only when the value's own `Debug` does; what there is of it is kept.
        let _ = match field.name() {
            "message" => write!(self.message, "{value:?}"),
            name => write!(self.fields, " {name}={value:?}"),
        };
    }
}

thread_local! {
    static CURRENT: RefCell<Option<Recorder>> = const { RefCell::new(None) };
}

/// Whether anybody listens; until then no poll pays for it.
static IN_USE: AtomicBool = AtomicBool::new(false);

/// Makes a recorder the one that this thread's events belong to, until what is returned is dropped.
pub(super) fn enter(recorder: Option<&Recorder>) -> Entered {
    if !IN_USE.load(Ordering::Relaxed) {
        return Entered { before: None };
    }
    Entered { before: Some(set(recorder.cloned())) }
}

fn set(recorder: Option<Recorder>) -> Option<Recorder> {
    // A thread that is ending has no place for it any more, and no events that anybody would miss.
    CURRENT.try_with(|current| current.replace(recorder)).ok().flatten()
}

/// Gives the thread's events back to the request around this one, also when a panic passes.
#[derive(Debug)]
#[must_use]
pub(crate) struct Entered {
    before: Option<Option<Recorder>>,
}

impl Drop for Entered {
    fn drop(&mut self) {
        if let Some(before) = self.before.take() {
            drop(set(before));
        }
    }
}
