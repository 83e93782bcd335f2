//! An engine in a test.

use std::sync::Arc;

use gongular_layers::stats::RouteCallback;

use super::{BuildError, Engine, EngineService};
use crate::test_client::{RecordedStats, TestClient};

impl Engine {
    /// Builds the application for a test: a client without sockets, which also keeps the statistics.
    ///
    /// A callback that the application has gets them as well.
    ///
    /// # Errors
    ///
    /// As [`build`](Self::build).
    ///
    /// # Example
    ///
    /// ```
    /// use gongular::{Engine, Inject, Router};
    ///
    /// struct Mailer(&'static str);
    ///
    /// async fn send(mailer: Inject<Mailer>) -> String {
    ///     format!("sent by {}", mailer.0)
    /// }
    ///
    /// fn application() -> Engine {
    ///     Engine::new().provide(Mailer("smtp")).routes(Router::new().post("/mails", send))
    /// }
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() {
    /// let engine = application().overrides(|providers| providers.provide(Mailer("nobody")));
    /// let client = engine.test_client().await.unwrap();
    ///
    /// client.post("/mails").send().await.assert_text("sent by nobody");
    /// assert_eq!(client.last_stat().unwrap().label(), "/mails");
    /// # }
    /// ```
    pub async fn test_client(mut self) -> Result<TestClient<EngineService>, BuildError> {
        let stats = RecordedStats::new();
        let recorded: Arc<dyn RouteCallback> = match self.callback.take() {
            Some(callback) => Arc::new((callback, stats.clone())),
            None => Arc::new(stats.clone()),
        };
        self.callback = Some(recorded);
        Ok(TestClient::new(self.build().await?).with_stats(&stats))
    }
}
