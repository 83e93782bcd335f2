//! What passed over a connection that became a websocket.

/// What passed over a websocket, from the upgrade to its end.
///
/// Frames are all of them, control frames and fragments included; bytes are those of messages, before framing and
/// masking.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct WebSocketStat {
    frames_in: u64,
    frames_out: u64,
    messages_in: u64,
    messages_out: u64,
    bytes_in: u64,
    bytes_out: u64,
    close_code: Option<u16>,
}

impl WebSocketStat {
    /// Sets what the client sent.
    #[must_use]
    pub const fn with_received(mut self, frames: u64, messages: u64, bytes: u64) -> Self {
        (self.frames_in, self.messages_in, self.bytes_in) = (frames, messages, bytes);
        self
    }

    /// Sets what was sent to the client.
    #[must_use]
    pub const fn with_sent(mut self, frames: u64, messages: u64, bytes: u64) -> Self {
        (self.frames_out, self.messages_out, self.bytes_out) = (frames, messages, bytes);
        self
    }

    /// Sets the code of the close frame that ended it.
    #[must_use]
    pub const fn with_close_code(mut self, code: Option<u16>) -> Self {
        self.close_code = code;
        self
    }

    /// Returns how many frames the client sent.
    #[must_use]
    pub const fn frames_in(&self) -> u64 {
        self.frames_in
    }

    /// Returns how many frames were sent to the client.
    #[must_use]
    pub const fn frames_out(&self) -> u64 {
        self.frames_out
    }

    /// Returns how many whole messages the client sent.
    #[must_use]
    pub const fn messages_in(&self) -> u64 {
        self.messages_in
    }

    /// Returns how many messages were sent to the client.
    #[must_use]
    pub const fn messages_out(&self) -> u64 {
        self.messages_out
    }

    /// Returns how many bytes of messages the client sent.
    #[must_use]
    pub const fn bytes_in(&self) -> u64 {
        self.bytes_in
    }

    /// Returns how many bytes of messages were sent to the client.
    #[must_use]
    pub const fn bytes_out(&self) -> u64 {
        self.bytes_out
    }

    /// Returns the code of the first close frame, whoever sent it; none when the connection broke without one, or the
    /// frame had none.
    #[must_use]
    pub const fn close_code(&self) -> Option<u16> {
        self.close_code
    }
}
