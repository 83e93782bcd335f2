//! The statistic of the most recent request.

use std::sync::{Arc, Mutex, PoisonError};

use gongular::layers::stats::RouteCallback;
use gongular::stats::{HandlerStat, RouteStat};
use gongular::{Inject, Json};
use serde::Serialize;

/// Keeps the statistic of the request that ended last, those that ask for it left out.
#[derive(Clone, Default)]
pub(crate) struct Last(Arc<Mutex<Option<Shown>>>);

impl RouteCallback for Last {
    fn on_route(&self, stat: &RouteStat) {
        let path = stat.uri().split('?').next().unwrap_or_default();
        if path != PATH {
            *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(Shown::from(stat));
        }
    }
}

/// Where it is asked for.
pub(crate) const PATH: &str = "/_last";

pub(crate) async fn last(last: Inject<Last>) -> Json<Option<Shown>> {
    Json(last.0.lock().unwrap_or_else(PoisonError::into_inner).clone())
}

#[derive(Clone, Serialize)]
pub(crate) struct Shown {
    path: String,
    uri: String,
    method: String,
    code: u16,
    size: u64,
    logs: String,
    total_pos: bool,
    handlers: Vec<ShownHandler>,
}

#[derive(Clone, Serialize)]
struct ShownHandler {
    func: &'static str,
    error: String,
    stop: bool,
    dur_pos: bool,
}

impl From<&RouteStat> for Shown {
    fn from(stat: &RouteStat) -> Self {
        let lines = stat.logs().iter().map(|line| line.text().to_owned());
        let lines: Vec<String> = lines.chain(stat.error().map(str::to_owned)).collect();
        Self {
            path: stat.label().to_owned(),
            uri: stat.uri().to_owned(),
            method: stat.method().to_string(),
            code: stat.response_code().map_or(0, |code| code.as_u16()),
            size: stat.response_size(),
            logs: lines.join("\n"),
            total_pos: !stat.total_duration().is_zero(),
            handlers: stat.handlers().iter().map(ShownHandler::from).collect(),
        }
    }
}

impl From<&HandlerStat> for ShownHandler {
    fn from(handler: &HandlerStat) -> Self {
        Self {
            func: handler.name(),
            error: handler.error().unwrap_or_default().to_owned(),
            stop: handler.stopped(),
            dur_pos: !handler.duration().is_zero(),
        }
    }
}
