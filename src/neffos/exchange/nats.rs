//! Servers that share a NATS.

use std::borrow::Cow;
use std::collections::HashMap;
use std::fmt;
use std::str::Utf8Error;
use std::sync::{Arc, OnceLock};

use async_nats::client::RequestErrorKind;
use async_nats::{Client, ConnectOptions, Event, ServerAddr};
use bytes::Bytes;
use futures_util::{FutureExt, StreamExt};
use percent_encoding::percent_decode_str;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::sync::watch;
use tokio::task::AbortHandle;

use super::link::{Broker, Link, PATIENCE, Publish, Queued, Session, Settings, Subscribe};
use super::tls::{Tls, ready_for_tls};
use super::{Exchange, Health, Inbox, Reporter, Subscribing};
use crate::{BoxError, Error};

/// Joins the servers that share a NATS server, or a cluster of them.
///
/// A server has one connection to it, however many clients it has. Names of rooms and namespaces are written so that no
/// character of them means anything in a subject. What a server publishes does not come back to it.
/// See the [manual](super) for what happens when NATS is away.
///
/// A packet must fit into what NATS takes as a payload, by default 1 MiB; a larger one is refused. In a cluster, a subscription
/// that one server of it has confirmed may reach the others a moment later.
///
/// # Example
///
/// ```
/// use gongular::neffos::exchange::Nats;
/// use gongular::neffos::{Events, Namespace};
///
/// let nats = Nats::new("nats://127.0.0.1:4222")?.prefix("shop");
/// let hub = Events::new().namespace(Namespace::new("default")).exchange(nats).build();
/// assert!(hub.exchange_health().is_some_and(|health| !health.now().is_connected()));
///
/// assert!(Nats::new("http://127.0.0.1/").is_err());
/// # Ok::<_, gongular::Error>(())
/// ```
pub struct Nats {
    access: Access,
    tls: Tls,
    settings: Settings,
    link: OnceLock<Link<Access>>,
}

/// Where NATS is, and how it lets us in.
#[derive(Clone)]
struct Access {
    addrs: Vec<ServerAddr>,
    options: ConnectOptions,
}

impl Nats {
    /// Reads where NATS is: `nats://user:password@host:4222` or `nats://token@host:4222`, or `tls://…` for TLS with the certificates
    /// that the system trusts. What means something in a URL is written as `%` and two digits. Several servers of a cluster are
    /// separated by commas; who we are stands in the first one. Nothing is connected yet.
    ///
    /// Without `tls://`, there is TLS only if NATS insists. A user of NATS needs to publish and to subscribe what begins with the
    /// [prefix](Self::prefix), and `_INBOX.>`, by which NATS is asked whether it has everything.
    ///
    /// # Errors
    ///
    /// It is no such URL: [`ErrorKind::App`](crate::ErrorKind::App), `500`.
    pub fn new(urls: &str) -> Result<Self, Error> {
        let fail = |error: &dyn fmt::Display| Error::app(format!("the URL of nats: {error}"));
        let mut addrs = Vec::new();
        for url in urls.split(',') {
            let addr: ServerAddr = url.trim().parse().map_err(|error| fail(&error))?;
            if !matches!(addr.scheme(), "nats" | "tls") {
                return Err(fail(&"it begins with neither nats:// nor tls://"));
            }
            addrs.push(addr);
        }
        let options = ConnectOptions::new().no_echo().connection_timeout(PATIENCE);
        let options = options.request_timeout(Some(PATIENCE)).subscription_capacity(HEARD);
        let options = match addrs.first() {
            Some(first) => identified(options, first).map_err(|error| fail(&error))?,
            None => options,
        };
        // Nor do we tell those of a cluster that it names by itself who we are, without TLS.
        let options = options.require_tls(addrs.iter().all(ServerAddr::tls_required));
        let access = Access { addrs, options };
        Ok(Self { access, tls: Tls::default(), settings: Settings::new(), link: OnceLock::new() })
    }

    /// Sets the text of a credentials file, with a JWT and the seed that signs for it.
    ///
    /// # Errors
    ///
    /// It is no such text: [`ErrorKind::App`](crate::ErrorKind::App), `500`.
    pub fn credentials(mut self, text: &str) -> Result<Self, Error> {
        let options = self.access.options.credentials(text);
        self.access.options =
            options.map_err(|error| Error::app(format!("the credentials of nats: {error}")))?;
        Ok(self)
    }

    /// Trusts only a NATS that these certificates vouch for, a PEM text, in the place of those that the system trusts.
    ///
    /// # Errors
    ///
    /// A URL does not begin with `tls://`, or there is no certificate in the text: [`ErrorKind::App`](crate::ErrorKind::App), `500`.
    pub fn trust(mut self, pem: &[u8]) -> Result<Self, Error> {
        self.tls.trust(pem)?;
        self.renew_tls()
    }

    /// Shows a certificate of our own, for a NATS that asks for one (`verify`): the certificate and those that vouch for it, and its
    /// private key, as PEM texts.
    ///
    /// # Errors
    ///
    /// A URL does not begin with `tls://`, a text holds no certificate, or no key, or they do not belong together:
    /// [`ErrorKind::App`](crate::ErrorKind::App), `500`.
    pub fn identity(mut self, certificates: &[u8], key: &[u8]) -> Result<Self, Error> {
        self.tls.identify(certificates, key)?;
        self.renew_tls()
    }

    fn renew_tls(mut self) -> Result<Self, Error> {
        if !self.access.addrs.iter().all(ServerAddr::tls_required) {
            return Err(Error::app("certificates for nats: its URL does not begin with tls://"));
        }
        self.access.options = self.access.options.tls_client_config(self.tls.config()?);
        Ok(self)
    }

    /// Sets what stands before the names of subjects. Applications that share a NATS need one each.
    /// *Defaults to `gongular`.*
    ///
    /// # Panics
    ///
    /// It is empty, or has other characters than letters, digits, `-` and `_`, in parts separated by `.`.
    #[must_use]
    pub fn prefix(mut self, prefix: &str) -> Self {
        self.settings.set_prefix(prefix);
        self
    }

    /// Sets how many packets, and how many bytes of them, may wait for NATS. More are refused, with an error to whoever sends.
    /// *Defaults to 8192 packets and 8 MiB; a single packet may always wait.*
    #[must_use]
    pub fn queue(mut self, messages: usize, bytes: usize) -> Self {
        self.settings.set_queue(messages, bytes);
        self
    }

    /// Connects once, to see whether that works: an application that must not start without NATS calls it before it does.
    ///
    /// # Errors
    ///
    /// NATS cannot be reached, or does not let us in, such as for a wrong password: [`ErrorKind::App`](crate::ErrorKind::App),
    /// `500`.
    pub async fn check(&self) -> Result<(), Error> {
        let fail = |error: BoxError| Error::app(format!("nats: {error}"));
        let (client, _lost) = self.access.open().await.map_err(fail)?;
        round_trip(&client).await.map_err(fail)
    }

    fn link(&self) -> &Link<Access> {
        self.link.get_or_init(|| Link::new(self.access.clone(), &self.settings))
    }
}

impl Exchange for Nats {
    fn start(&self, inbox: Inbox) -> Result<(), BoxError> {
        self.link().start(inbox)
    }

    fn subscribe(&self, channel: &str) -> Subscribing {
        self.link().subscribe(channel)
    }

    fn unsubscribe(&self, channel: &str) {
        self.link().unsubscribe(channel);
    }

    fn publish(&self, channel: &str, packet: Bytes) -> Result<(), BoxError> {
        self.link().publish(channel, packet)
    }

    fn health(&self) -> Health {
        self.link().health()
    }
}

/// The URL may hold a password, and is not shown.
impl fmt::Debug for Nats {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Nats").field("settings", &self.settings).finish_non_exhaustive()
    }
}

impl Access {
    async fn open(&self) -> Result<(Client, UnboundedReceiver<Event>), BoxError> {
        ready_for_tls();
        let (happened, events) = unbounded_channel();
        let options = self.options.clone().event_callback(move |event| tell(happened.clone(), event));
        Ok((options.connect(&self.addrs[..]).await?, events))
    }
}

/// Says who we are: a user with a password, or a token.
fn identified(options: ConnectOptions, addr: &ServerAddr) -> Result<ConnectOptions, Utf8Error> {
    let decode = |text: Option<&str>| {
        text.map(|text| percent_decode_str(text).decode_utf8().map(Cow::into_owned)).transpose()
    };
    Ok(match (decode(addr.username())?, decode(addr.password())?) {
        (Some(user), Some(password)) => options.user_and_password(user, password),
        (Some(token), None) => options.token(token),
        (None, _) => options,
    })
}

async fn tell(happened: UnboundedSender<Event>, event: Event) {
    // When the session is over, nobody wants to know.
    let _ = happened.send(event);
}

impl Broker for Access {
    type Publish = Client;
    type Subscribe = Subscriptions;

    async fn connect(
        &self,
        inbox: &Inbox,
        reporter: &Reporter,
    ) -> Result<Session<Client, Subscriptions>, BoxError> {
        let (client, events) = self.open().await?;
        let subscribe = Subscriptions {
            client: client.clone(),
            inbox: inbox.clone(),
            tasks: HashMap::new(),
            is_over: watch::Sender::new(()),
        };
        let max_packet = client.server_info().max_payload;
        let hear = Box::pin(until_lost(events, reporter.clone()));
        Ok(Session { publish: client, subscribe, hear, max_packet })
    }
}

/// Waits until the connection is lost. The client would come back by itself, without saying what went with it, and is dropped.
async fn until_lost(mut events: UnboundedReceiver<Event>, reporter: Reporter) -> BoxError {
    while let Some(event) = events.recv().await {
        match event {
            Event::SlowConsumer(_) => reporter.add_unconfirmed(1),
            Event::Disconnected | Event::Closed | Event::ServerError(_) | Event::ClientError(_) => {
                return event.to_string().into();
            }
            Event::Connected | Event::LameDuckMode | Event::Draining => {}
        }
    }
    "the client has ended".into()
}

/// Waits until NATS has everything that was sent before: an ask that nobody can answer is answered by NATS itself.
async fn round_trip(client: &Client) -> Result<(), BoxError> {
    match client.request(client.new_inbox(), Bytes::new()).await {
        Ok(_) => Ok(()),
        Err(error) if error.kind() == RequestErrorKind::NoResponders => Ok(()),
        Err(error) => Err(error.into()),
    }
}

impl Publish for Client {
    async fn publish(&mut self, batch: Vec<Queued>) -> Result<(), BoxError> {
        for (channel, packet) in batch {
            Self::publish(self, channel.to_string(), packet).await?;
        }
        round_trip(self).await
    }
}

/// The subscriptions of a session, each a task that hands in what it hears.
struct Subscriptions {
    client: Client,
    inbox: Inbox,
    tasks: HashMap<Arc<str>, AbortHandle>,
    /// Tells the tasks that the session is over, when it is dropped: each hands in what it has, and ends.
    is_over: watch::Sender<()>,
}

impl Subscribe for Subscriptions {
    async fn subscribe(&mut self, channels: &[Arc<str>]) -> Result<(), BoxError> {
        for channel in channels {
            let mut heard = self.client.subscribe(channel.to_string()).await?;
            let inbox = self.inbox.clone();
            let mut is_over = self.is_over.subscribe();
            let task = tokio::spawn(async move {
                loop {
                    tokio::select! {
                        message = heard.next() => match message {
                            Some(message) => inbox.receive(&message.payload),
                            None => return,
                        },
                        _ = is_over.changed() => break,
                    };
                }
                // What came before the connection was lost waits here, however much it is.
                let rest = async {
                    while let Some(message) = heard.next().now_or_never().flatten() {
                        inbox.receive(&message.payload);
                    }
                };
                tokio::task::unconstrained(rest).await;
            });
            self.tasks.insert(Arc::clone(channel), task.abort_handle());
        }
        round_trip(&self.client).await
    }

    async fn unsubscribe(&mut self, channels: &[Arc<str>]) -> Result<(), BoxError> {
        for channel in channels {
            // A subscription that is dropped is taken back by the client.
            if let Some(task) = self.tasks.remove(channel) {
                task.abort();
            }
        }
        Ok(())
    }

    async fn ping(&mut self) -> Result<(), BoxError> {
        round_trip(&self.client).await
    }
}

/// How many packets of a channel may wait to be handed in; handing in waits for nothing.
const HEARD: usize = 8192;
