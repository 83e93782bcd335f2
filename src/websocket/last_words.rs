//! What is left to be done for a handler that was dropped.

use std::fmt;
use std::future::Future;
use std::pin::Pin;

/// What a handler that is dropped where it waits leaves to its connection, which does it before the request
/// ends.
///
/// So whatever was built for the request is still there, and the statistic is still open. It has as much time as
/// the handler had to [linger](super::WebSocketRoute::linger); then it is dropped where it waits.
pub(crate) struct LastWords(pub(super) Pin<Box<dyn Future<Output = ()> + Send>>);

impl LastWords {
    #[cfg_attr(not(feature = "neffos"), expect(dead_code, reason = "only the protocol outlives its handler"))]
    pub(crate) fn new(words: impl Future<Output = ()> + Send + 'static) -> Self {
        Self(Box::pin(words))
    }
}

impl fmt::Debug for LastWords {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("LastWords")
    }
}
