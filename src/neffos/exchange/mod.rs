//! Several servers as one: what they tell each other, and by whom.
//!
//! A client is connected to one server, and its room may have members on others. An [`Exchange`] carries what is sent
//! between them. There are three: `Redis` and `Nats`, each behind the feature of its name, and [`InProcess`] for
//! servers of one process. A server without one is alone, and pays nothing for them.
//!
//! ```
//! # #[cfg(feature = "redis")] {
//! use gongular::neffos::exchange::Redis;
//! use gongular::neffos::{Events, Namespace};
//!
//! let redis = Redis::new("rediss://chat:secret@redis.example:6380/")?.prefix("shop");
//! let hub = Events::new().namespace(Namespace::new("default")).exchange(redis).build();
//! # let _ = hub;
//! # }
//! # Ok::<_, gongular::Error>(())
//! ```
//!
//! # What goes over servers
//!
//! | call | over servers |
//! |---|---|
//! | [`To::emit`](super::To::emit) | members on all servers; exclusion, single ids and binary bodies are kept |
//! | [`Hub::ask`](super::Hub::ask) | the client of this id, wherever it is; only its own connection can answer, and the deadline is kept on both servers |
//! | [`To::ids_everywhere`](super::To::ids_everywhere) | who is present: every server that has members is asked, and tells them |
//! | [`To::conns`](super::To::conns), [`Hub::find`](super::Hub::find), [`Hub::count`](super::Hub::count) | this server alone |
//!
//! Nobody keeps a list of who is where, so that none can be wrong: a server that has crashed does not answer, and has nobody. One
//! that is slower than the patience of the caller is missing as well.
//!
//! # Channels
//!
//! There is a channel for each namespace, room, connection and server. The first member of a room on a server subscribes it and
//! the last one takes that back, so that a server hears what it has members of, once, however many they are. A client reads that
//! it is in a room only when the server hears it. Names are written with letters, digits, `-`, `_` and `=`; every other byte
//! becomes `=` and two digits. No name is a pattern, and none ends a subject.
//!
//! # Who is let in
//!
//! Whoever may use the broker's channels hears what servers tell each other, and can speak as one of them. So give the broker a
//! password at least: a user with a password stands in the URL of both; a token, or `Nats::credentials`, does for NATS. Such a user
//! needs few rights, which `Redis::new` and `Nats::new` tell. With `rediss://` or `tls://` what is said is secret, and the broker
//! shows a certificate. The ones that the system trusts vouch for it, or those given by `trust`, such as an authority of one's own; a
//! broker that asks for a certificate in turn gets the one given by `identity`. A broker that is not trusted, or does not let us in,
//! is away, and [`Standing::reason`] tells why; `check` finds it out before a server starts.
//!
//! # When the broker is away
//!
//! - The server goes on by itself. What is sent reaches the members here, and the sender gets an error that says that it went
//!   no further. Nothing is kept for later: those whom it would reach may not be back yet, and it may be old by then.
//! - A client that comes, or enters what its server does not hear yet, waits up to 5 seconds for the broker; then it is refused,
//!   and reads `other servers are out of reach, try again later`.
//! - The connection is tried again after 50 ms, then less often, up to every 5 seconds, not by all servers at once. Everything is
//!   subscribed anew before the exchange counts as connected and takes packets.
//! - What was queued, or handed to the broker and not confirmed, is not sent again, since it would arrive twice at some. It is
//!   counted: [`Standing::unconfirmed`].
//! - What others sent meanwhile is not heard here, and nobody can count it: [`Standing::outages`] tells that it happened, and
//!   [`Health::changed`] when. Clients should then ask for what they must not miss.
//!
//! The work is done in the runtime in which a server first uses the exchange. When that has ended, packets are refused with an error
//! that says so, and whoever uses the exchange from another runtime has it connect there.
//!
//! A broker that does not answer within 5 seconds counts as away; it is asked after 5 seconds of silence. Packets that
//! wait for it are bounded, and one more is an error of who sends it: [`Standing::refused`].
//!
//! # What differs from the original
//!
//! Its exchanges connect to the broker once for each client, subscribe by patterns, send every message of a namespace to all
//! servers, make texts of binary messages, and let any connection answer an ask. Its payload has no place for what is needed to do
//! otherwise, so that this one is another: servers of the original and of this one do not share a broker's channels. Their
//! prefixes keep them apart.

pub(super) mod channel;
mod health;
mod heard;
mod in_process;
#[cfg(any(feature = "nats", feature = "redis"))]
mod link;
#[cfg(feature = "nats")]
mod nats;
pub(super) mod packet;
#[cfg(feature = "redis")]
mod redis;
#[cfg(any(feature = "nats", feature = "redis"))]
mod tls;

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::{LazyLock, Weak};

use bytes::Bytes;

pub use self::health::{Health, Reporter, Standing};
pub(super) use self::heard::Heard;
pub use self::in_process::InProcess;
#[cfg(feature = "nats")]
pub use self::nats::Nats;
#[cfg(feature = "redis")]
pub use self::redis::Redis;
use crate::BoxError;
use crate::neffos::server::hub::Inner;

/// Carries packets between servers, so that clients of one reach those of another.
///
/// A server publishes on a channel, and hears the packets of the channels it is subscribed to. There is one for each
/// namespace, each room, each connection and each server, and a server is subscribed to those that it has members of: it
/// receives nothing for which it has no client. What is in a packet is not the exchange's concern. A packet that comes back to
/// the server that sent it is passed over, so that nothing has to be filtered.
///
/// The names of channels are made of letters, digits, `-`, `_`, `=` and `.`, so that they are plain subjects everywhere. An
/// exchange puts a prefix of its own before them, to tell applications apart.
///
/// # Contract
///
/// - Packets of one channel from one server arrive in the order in which they were published.
/// - [`publish`](Self::publish) waits for nothing: it queues, in bounds.
/// - An exchange is of one server, which owns it. There is no call that ends it: it is dropped with the server, when the last
///   [`Hub`](super::Hub) and the last connection are gone, and then whatever it runs ends, with what is still queued. A task of its own
///   must not hold the exchange, or it is never dropped; the [`Inbox`] keeps no server alive.
/// - [`subscribe`](Self::subscribe) and [`unsubscribe`](Self::unsubscribe) come in pairs and are counted by the exchange, at
///   the call. The future of `subscribe` is ready when everything that is published from then on will be heard: the client is
///   told that it is in the room only then.
///
/// Without an exchange, nothing of this happens. [`InProcess`] joins several servers of one process.
pub trait Exchange: Send + Sync + 'static {
    /// Begins to work: `inbox` is where packets of subscribed channels go, in the order in which they came.
    ///
    /// Called once, by [`Events::build`](super::Events::build), which may be outside of a runtime, and before anything else.
    ///
    /// # Errors
    ///
    /// It cannot work, whatever happens, such as for a second server: a mistake of who made the server. That a broker is away is
    /// none, and is told by [`health`](Self::health).
    fn start(&self, inbox: Inbox) -> Result<(), BoxError>;

    /// Subscribes to a channel, once more.
    ///
    /// # Errors
    ///
    /// It cannot be; the client is refused, and reads that it may try again. The error is logged.
    fn subscribe(&self, channel: &str) -> Subscribing;

    /// Takes one subscription back.
    ///
    /// Called under locks: it must neither wait nor call back into the server.
    fn unsubscribe(&self, channel: &str);

    /// Publishes a packet.
    ///
    /// # Errors
    ///
    /// It cannot be, since there is no connection or too much is queued.
    fn publish(&self, channel: &str, packet: Bytes) -> Result<(), BoxError>;

    /// Returns how the exchange is. *Defaults to one that is always connected and loses nothing: [`Health::changed`] waits for ever,
    /// also when the server is gone.*
    fn health(&self) -> Health {
        static ALWAYS: LazyLock<Reporter> = LazyLock::new(Reporter::connected);
        ALWAYS.health()
    }
}

/// A subscription on its way.
pub type Subscribing = Pin<Box<dyn Future<Output = Result<(), BoxError>> + Send>>;

/// Where an [`Exchange`] hands in what it heard.
#[derive(Clone)]
pub struct Inbox {
    hub: Weak<Inner>,
}

impl Inbox {
    pub(super) const fn new(hub: Weak<Inner>) -> Self {
        Self { hub }
    }

    /// Hands in a packet; it is delivered to the clients here without waiting for any.
    ///
    /// What is no packet is passed over. Returns false when the server is gone, so that the exchange may stop.
    pub fn receive(&self, packet: &Bytes) -> bool {
        let Some(hub) = self.hub.upgrade() else { return false };
        crate::neffos::server::remote::receive(&hub, packet);
        true
    }
}

impl fmt::Debug for Inbox {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Inbox").finish_non_exhaustive()
    }
}

/// What is wrong when two servers are given one exchange.
const SECOND_SERVER: &str = "it is of another server already; each needs one of its own";
