//! Controllers, asked as a client asks them, without sockets.

mod controllers;
mod deprecated;
mod errors;
mod grpc;
mod handlers;
mod hooks;
#[cfg(all(feature = "axum", feature = "tokio"))]
mod hosts;
mod lifetimes;
mod mistakes;
mod names;
mod options;
mod overlap;
mod report;
mod requests;
mod routes;
mod versions;

use std::ops::Deref;
use std::sync::{Arc, Mutex};

use gongular::engine::EngineService;
use gongular::mvc::Application;
use gongular::test_client::{RecordedStats, TestClient};

/// A built application, and a client of it.
struct App {
    service: EngineService,
    client: TestClient<EngineService>,
}

impl Deref for App {
    type Target = TestClient<EngineService>;

    fn deref(&self) -> &Self::Target {
        &self.client
    }
}

/// Builds an application that keeps its statistics.
async fn build(app: Application) -> App {
    let stats = RecordedStats::new();
    let service = app.into_engine().stats(stats.clone()).build().await.unwrap();
    App { client: TestClient::new(service.clone()).with_stats(&stats), service }
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
