//! The handler's side of a websocket.

use std::fmt;
use std::future::poll_fn;
use std::sync::Arc;

use http::HeaderValue;

use super::last_words::LastWords;
use super::shared::Shared;
use super::{CloseCode, Message, SocketError};

/// A websocket, as its handler sees it.
///
/// Pings are answered, silent clients found out and close frames exchanged without the handler's doing, also while it does
/// something else. It should receive, or drop this and keep a [`Sender`]: as long as a message waits here, nothing more
/// is read from the client, and that it went away is noticed late.
///
/// # Example
///
/// ```
/// use gongular::websocket::{Message, WebSocket};
/// use gongular::Error;
///
/// async fn echo(mut socket: WebSocket) -> Result<(), Error> {
///     while let Some(message) = socket.recv().await {
///         socket.send(message?).await?;
///     }
///     Ok(())
/// }
/// # let _ = echo;
/// ```
pub struct WebSocket {
    shared: Arc<Shared>,
    protocol: Option<HeaderValue>,
}

impl WebSocket {
    pub(super) const fn new(shared: Arc<Shared>, protocol: Option<HeaderValue>) -> Self {
        Self { shared, protocol }
    }

    /// Waits for the next message; `None` when the websocket was closed in good order, by either side.
    ///
    /// # Errors
    ///
    /// The connection was lost, the client was silent for too long, broke the protocol, sent more than the limits allow, or
    /// did not read. The client was told by then, where that was possible, and `None` follows.
    ///
    /// # Cancel safety
    ///
    /// Cancel safe: no message is lost.
    pub async fn recv(&mut self) -> Option<Result<Message, SocketError>> {
        poll_fn(|cx| self.shared.poll_recv(cx)).await
    }

    /// Queues a message, and waits for room if the queue is full.
    ///
    /// A client that takes nothing for the time that a pong may take is dropped, and this ends with an error.
    ///
    /// # Errors
    ///
    /// The websocket is closed or the connection lost; the message was not sent.
    ///
    /// # Cancel safety
    ///
    /// Dropped before it is done, the message is not sent.
    pub async fn send(&mut self, message: impl Into<Message>) -> Result<(), SocketError> {
        let mut message = Some(message.into());
        poll_fn(|cx| self.shared.poll_send(&mut message, cx)).await
    }

    /// Returns a handle that only sends, for as many others as there are.
    #[must_use]
    pub fn sender(&self) -> Sender {
        Sender { shared: Arc::clone(&self.shared) }
    }

    /// Returns the subprotocol that both sides speak, if one was agreed on.
    #[must_use]
    pub fn protocol(&self) -> Option<&str> {
        self.protocol.as_ref()?.to_str().ok()
    }

    /// Closes the websocket: what was queued is sent, then the close frame.
    ///
    /// A handler that just returns closes with [`CloseCode::NORMAL`]. The reason is cut to the 123 bytes that fit.
    pub fn close(self, code: CloseCode, reason: &str) {
        self.shared.close(code, reason);
    }
}

impl Drop for WebSocket {
    fn drop(&mut self) {
        self.shared.receiver_is_gone();
    }
}

impl fmt::Debug for WebSocket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WebSocket").field("protocol", &self.protocol).finish_non_exhaustive()
    }
}

/// Sends to one client from anywhere, without waiting.
///
/// Clones send to the same client. It may outlive the connection, and does not keep it open.
#[derive(Clone)]
pub struct Sender {
    shared: Arc<Shared>,
}

impl Sender {
    /// Queues a message.
    ///
    /// It does not wait: one client that does not read must not delay the others in a room. A client whose queue is full is
    /// dropped. Whoever has much to say to one client takes [`WebSocket::send`], which waits for room.
    ///
    /// # Errors
    ///
    /// The websocket is closed, the connection lost, or the queue was full, by which it is lost now; the message was not
    /// sent.
    pub fn send(&self, message: impl Into<Message>) -> Result<(), SocketError> {
        self.shared.send_now(message.into())
    }

    /// Closes the websocket, as [`WebSocket::close`] does. The handler receives `None` then.
    pub fn close(&self, code: CloseCode, reason: &str) {
        self.shared.close(code, reason);
    }

    /// Returns whether nothing can be sent any more.
    #[must_use]
    pub fn is_closed(&self) -> bool {
        self.shared.is_over()
    }

    /// Leaves something to the connection, for a handler that is being dropped. When there is no connection
    /// any more, it is dropped.
    #[cfg_attr(not(feature = "neffos"), expect(dead_code, reason = "only the protocol outlives its handler"))]
    pub(crate) fn leave(&self, words: LastWords) {
        drop(self.shared.leave(words));
    }
}

impl fmt::Debug for Sender {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Sender").field("is_closed", &self.is_closed()).finish()
    }
}
