//! Serving an engine with this crate's server.

use std::fmt;
use std::io;

use super::{BuildError, Engine, EngineService};
use crate::server::{BoundServer, Server};

impl Engine {
    /// Builds the application and serves it on an address until the process is told to stop.
    ///
    /// As `Server::new(engine.build().await?).bind(address)?.run().await`: for settings of the server, write that. See
    /// [`Server`] for addresses, limits and how it ends.
    ///
    /// # Errors
    ///
    /// - the application has mistakes: all of them
    /// - the address cannot be used, or the server fails
    ///
    /// # Example
    ///
    /// ```no_run
    /// use gongular::{Engine, Router};
    ///
    /// async fn hello() -> &'static str {
    ///     "hello"
    /// }
    ///
    /// #[tokio::main]
    /// async fn main() -> Result<(), gongular::engine::ServeError> {
    ///     Engine::new().routes(Router::new().get("/", hello)).serve("127.0.0.1:3000").await
    /// }
    /// ```
    pub async fn serve(self, address: impl AsRef<str>) -> Result<(), ServeError> {
        let service = self.build().await.map_err(ServeError::Build)?;
        let server = service.bind(address).map_err(ServeError::Io)?;
        server.run().await.map_err(ServeError::Io)
    }
}

impl EngineService {
    /// Binds a server with default settings to an address.
    ///
    /// # Errors
    ///
    /// As [`Server::bind`].
    pub fn bind(self, address: impl AsRef<str>) -> io::Result<BoundServer<Self>> {
        // The engine takes the address of the client from the body, which is cheaper.
        Server::new(self.outermost()).client_addr(false).bind(address)
    }
}

/// Why an engine could not be served.
#[non_exhaustive]
pub enum ServeError {
    /// The application has mistakes.
    Build(BuildError),
    /// The address cannot be used, or the server failed.
    Io(io::Error),
}

impl fmt::Display for ServeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Build(error) => error.fmt(f),
            Self::Io(error) => write!(f, "the server: {error}"),
        }
    }
}

/// The same text as `Display`, since it is what a `main` that returns this error prints.
impl fmt::Debug for ServeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl std::error::Error for ServeError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Build(_) => None,
            // Its own text is in ours.
            Self::Io(error) => error.source(),
        }
    }
}
