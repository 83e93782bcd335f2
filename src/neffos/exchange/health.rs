//! How an exchange is, for the application to see.

use std::sync::Arc;
use std::time::Instant;

use tokio::sync::watch;

/// Tells how an [`Exchange`](super::Exchange) is, now and whenever that changes.
///
/// Clones tell the same, each from where it stands.
///
/// # Example
///
/// ```
/// use gongular::neffos::exchange::Reporter;
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() {
/// let reporter = Reporter::lost();
/// let mut health = reporter.health();
/// assert!(!health.now().is_connected());
///
/// reporter.set_connected();
/// assert!(health.changed().await.is_some_and(|now| now.is_connected()));
///
/// reporter.set_lost("the broker went away", 3);
/// assert_eq!(health.now().unconfirmed(), 3);
/// assert_eq!((health.now().outages(), health.now().reason()), (1, Some("the broker went away")));
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Health {
    standing: watch::Receiver<Standing>,
}

impl Health {
    /// Returns how the exchange is at this moment.
    #[must_use]
    pub fn now(&self) -> Standing {
        self.standing.borrow().clone()
    }

    /// Waits until something has changed since this was called before, and returns how the exchange is then; none when the
    /// server is gone.
    ///
    /// # Cancel safety
    ///
    /// Dropped before it is done, nothing is missed: the next call returns the change.
    pub async fn changed(&mut self) -> Option<Standing> {
        self.standing.changed().await.ok()?;
        Some(self.standing.borrow_and_update().clone())
    }

    /// Waits until the exchange is connected; false when the server is gone before.
    ///
    /// # Cancel safety
    ///
    /// It can be dropped at any time.
    pub async fn connected(&mut self) -> bool {
        self.standing.wait_for(Standing::is_connected).await.is_ok()
    }
}

/// How an exchange is.
///
/// What is counted is counted since the start.
#[derive(Clone, Debug)]
pub struct Standing {
    lost: Option<Instant>,
    reason: Option<Arc<str>>,
    outages: u64,
    refused: u64,
    unconfirmed: u64,
}

impl Standing {
    const fn new(lost: Option<Instant>) -> Self {
        Self { lost, reason: None, outages: 0, refused: 0, unconfirmed: 0 }
    }

    /// Returns whether the exchange is connected, and hears everything that it is subscribed to.
    #[must_use]
    pub const fn is_connected(&self) -> bool {
        self.lost.is_none()
    }

    /// Returns since when it is not connected; none when it is.
    #[must_use]
    pub const fn lost_since(&self) -> Option<Instant> {
        self.lost
    }

    /// Returns why it was not connected the last time, also when it is again; none when that never happened.
    #[must_use]
    pub fn reason(&self) -> Option<&str> {
        self.reason.as_deref()
    }

    /// Returns how often the connection was lost. What others published meanwhile was not heard here: after each, an
    /// application that must not miss anything looks for itself what it missed.
    #[must_use]
    pub const fn outages(&self) -> u64 {
        self.outages
    }

    /// Returns how many packets were refused, with an error to whoever sent them: without a connection, with a full queue, or
    /// since they are too large.
    #[must_use]
    pub const fn refused(&self) -> u64 {
        self.refused
    }

    /// Returns how many packets may be lost: they were taken, and the connection was lost before the broker had confirmed
    /// them. They are not sent again, so that nothing arrives twice.
    ///
    /// What a broker had confirmed, and was lost with it before it passed it on, nobody can count.
    #[must_use]
    pub const fn unconfirmed(&self) -> u64 {
        self.unconfirmed
    }
}

/// The side of an exchange, which reports how it is.
#[derive(Clone, Debug)]
pub struct Reporter {
    standing: Arc<watch::Sender<Standing>>,
}

impl Reporter {
    /// Makes the reporter of an exchange that is connected.
    #[must_use]
    pub fn connected() -> Self {
        Self::new(Standing::new(None))
    }

    /// Makes the reporter of an exchange that has no connection yet.
    #[must_use]
    pub fn lost() -> Self {
        Self::new(Standing::new(Some(Instant::now())))
    }

    fn new(standing: Standing) -> Self {
        Self { standing: Arc::new(watch::Sender::new(standing)) }
    }

    /// Returns what the application looks at.
    #[must_use]
    pub fn health(&self) -> Health {
        Health { standing: self.standing.subscribe() }
    }

    /// Reports that the exchange is connected, and hears everything that it is subscribed to.
    pub fn set_connected(&self) {
        self.standing.send_modify(|standing| standing.lost = None);
    }

    /// Reports that the connection is lost, or could not be made, and how many packets may be lost with it.
    ///
    /// Only the first report of an outage counts as one, and begins it.
    pub fn set_lost(&self, reason: &str, unconfirmed: u64) {
        self.standing.send_modify(|standing| {
            if standing.lost.is_none() {
                standing.lost = Some(Instant::now());
                standing.outages += 1;
            }
            standing.reason = Some(reason.into());
            standing.unconfirmed += unconfirmed;
        });
    }

    /// Reports a packet that was refused, with an error to whoever sent it.
    pub fn add_refused(&self) {
        self.standing.send_modify(|standing| standing.refused += 1);
    }

    /// Reports packets that may be lost while the connection stands.
    pub fn add_unconfirmed(&self, packets: u64) {
        self.standing.send_modify(|standing| standing.unconfirmed += packets);
    }
}
