//! What goes over the wire to each server, for the same thing done.

/// A server, by what its clients say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Dialect {
    /// tokio-tungstenite by hand: the first letter of a text says what is to be done with it.
    Floor,
    /// The neffos protocol.
    Gongular,
    /// Socket.IO over Engine.IO, by websocket from the start.
    Socketioxide,
}

impl Dialect {
    /// All of them, in the order in which they are measured.
    pub(crate) const ALL: [Self; 3] = [Self::Floor, Self::Gongular, Self::Socketioxide];

    pub(crate) fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|dialect| dialect.name() == name)
    }

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Floor => "floor",
            Self::Gongular => "gongular",
            Self::Socketioxide => "socketioxide",
        }
    }

    pub(crate) const fn path(self) -> &'static str {
        match self {
            Self::Floor => "/",
            Self::Gongular => "/ws",
            Self::Socketioxide => "/socket.io/?EIO=4&transport=websocket",
        }
    }

    /// Returns what opens a connection and its namespace: what is sent, and how the answer begins. Where nothing is sent, the server
    /// speaks first.
    pub(crate) const fn opening(self) -> &'static [(&'static str, &'static str)] {
        match self {
            Self::Floor => &[],
            Self::Gongular => &[("M", "A"), ("$1;default;;_OnNamespaceConnect;0;0;", "$1;")],
            Self::Socketioxide => &[("", "0{"), ("40", "40{")],
        }
    }

    /// Returns what joins the room, and how the answer begins.
    pub(crate) const fn join(self) -> (&'static str, &'static str) {
        match self {
            Self::Floor => ("j", "j"),
            Self::Gongular => ("$2;default;room;_OnRoomJoin;0;0;", "$2;"),
            Self::Socketioxide => ("42[\"join\"]", "42[\"joined\",null]"),
        }
    }

    /// Returns what asks for an echo, and the echo.
    pub(crate) fn echo(self, body: &str) -> (String, String) {
        let both = match self {
            Self::Floor => format!("e{body}"),
            Self::Gongular => format!(";default;;echo;0;0;{body}"),
            Self::Socketioxide => format!("42[\"echo\",\"{body}\"]"),
        };
        (both.clone(), both)
    }

    /// Returns what asks for a broadcast to the room, and what its members get.
    pub(crate) fn say(self, body: &str) -> (String, String) {
        match self {
            Self::Floor => (format!("b{body}"), format!("b{body}")),
            Self::Gongular => (format!(";default;;say;0;0;{body}"), format!(";default;room;say;0;0;{body}")),
            Self::Socketioxide => (format!("42[\"say\",\"{body}\"]"), format!("42[\"say\",\"{body}\"]")),
        }
    }

    /// Returns the answer to a message by which the server only looks whether the client is there.
    pub(crate) fn answer_to_ping(self, text: &str) -> Option<&'static str> {
        (self == Self::Socketioxide && text == "2").then_some("3")
    }
}
