//! Servers that share a Redis.

use std::fmt;
use std::sync::{Arc, OnceLock};

use bytes::Bytes;
use futures_util::StreamExt;
use redis::aio::{MultiplexedConnection, PubSubSink};
use redis::{AsyncConnectionConfig, Client, ClientTlsConfig, ConnectionAddr, TlsCertificates};

use super::link::{Broker, Link, PATIENCE, Publish, Queued, Session, Settings, Subscribe};
use super::tls::{Tls, ready_for_tls};
use super::{Exchange, Health, Inbox, Reporter, Subscribing};
use crate::{BoxError, Error};

/// Joins the servers that share a Redis, or what speaks its protocol, such as Valkey.
///
/// A server has two connections to it, one that publishes and one that hears, however many clients it has. Channels are
/// subscribed by their names, never by patterns, so that no name of a room or a namespace means another.
/// See the [manual](super) for what happens when Redis is away.
///
/// Redis forgets what it has delivered, and cuts off a server that does not read (`client-output-buffer-limit`), which is an
/// outage like any other. Its payloads are not those of the original's exchange: see the manual for why.
///
/// # Example
///
/// ```
/// use gongular::neffos::exchange::Redis;
/// use gongular::neffos::{Events, Namespace};
///
/// let redis = Redis::new("redis://127.0.0.1:6379/")?.prefix("shop");
/// let hub = Events::new().namespace(Namespace::new("default")).exchange(redis).build();
/// assert!(hub.exchange_health().is_some_and(|health| !health.now().is_connected()));
///
/// assert!(Redis::new("http://127.0.0.1/").is_err());
/// # Ok::<_, gongular::Error>(())
/// ```
pub struct Redis {
    client: Client,
    tls: Tls,
    settings: Settings,
    link: OnceLock<Link<Client>>,
}

impl Redis {
    /// Reads where Redis is: `redis://user:password@host:6379/`, or `rediss://…` for TLS with the certificates that the system
    /// trusts. What means something in a URL is written as `%` and two digits in a user or a password. Nothing is connected yet.
    ///
    /// A user of Redis needs the commands `publish`, `subscribe`, `unsubscribe` and `ping`, and the channels that begin with the
    /// [prefix](Self::prefix): `ACL SETUSER chat on >secret &gongular.* +publish +subscribe +unsubscribe +ping`.
    ///
    /// # Errors
    ///
    /// It is no such URL: [`ErrorKind::App`](crate::ErrorKind::App), `500`.
    pub fn new(url: &str) -> Result<Self, Error> {
        let client = Client::open(url).map_err(|error| Error::app(format!("the URL of redis: {error}")))?;
        Ok(Self { client, tls: Tls::default(), settings: Settings::new(), link: OnceLock::new() })
    }

    /// Trusts only a Redis that these certificates vouch for, a PEM text, in the place of those that the system trusts.
    ///
    /// # Errors
    ///
    /// The URL does not begin with `rediss://`, or there is no certificate in the text: [`ErrorKind::App`](crate::ErrorKind::App),
    /// `500`.
    pub fn trust(mut self, pem: &[u8]) -> Result<Self, Error> {
        self.tls.trust(pem)?;
        self.renew_client()
    }

    /// Shows a certificate of our own, for a Redis that asks for one (`tls-auth-clients`, which is its default): the certificate and
    /// those that vouch for it, and its private key, as PEM texts.
    ///
    /// # Errors
    ///
    /// The URL does not begin with `rediss://`, or a text holds no certificate, or no key: [`ErrorKind::App`](crate::ErrorKind::App),
    /// `500`. A key of another certificate is told when Redis is connected.
    pub fn identity(mut self, certificates: &[u8], key: &[u8]) -> Result<Self, Error> {
        self.tls.identify(certificates, key)?;
        self.renew_client()
    }

    /// Sets what stands before the names of channels. Applications that share a Redis need one each.
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

    /// Sets how many packets, and how many bytes of them, may wait for Redis. More are refused, with an error to whoever sends.
    /// *Defaults to 8192 packets and 8 MiB; a single packet may always wait.*
    #[must_use]
    pub const fn queue(mut self, messages: usize, bytes: usize) -> Self {
        self.settings.set_queue(messages, bytes);
        self
    }

    /// Connects once, to see whether that works: an application that must not start without Redis calls it before it does.
    ///
    /// # Errors
    ///
    /// Redis cannot be reached, or does not let us in, such as for a wrong password: [`ErrorKind::App`](crate::ErrorKind::App),
    /// `500`.
    pub async fn check(&self) -> Result<(), Error> {
        let fail = |error: BoxError| Error::app(format!("redis: {error}"));
        let mut connection = publisher(&self.client).await.map_err(fail)?;
        redis::cmd("PING").exec_async(&mut connection).await.map_err(|error| fail(error.into()))
    }

    /// Makes the client anew, since it takes certificates only then.
    fn renew_client(mut self) -> Result<Self, Error> {
        let info = self.client.get_connection_info().clone();
        if !matches!(info.addr(), ConnectionAddr::TcpTls { .. }) {
            return Err(Error::app("certificates for redis: its URL does not begin with rediss://"));
        }
        let Tls { trusted, identity } = self.tls.clone();
        let client_tls =
            identity.map(|(client_cert, client_key)| ClientTlsConfig { client_cert, client_key });
        let client = Client::build_with_tls(info, TlsCertificates { client_tls, root_cert: trusted });
        self.client = client.map_err(|error| Error::app(format!("certificates for redis: {error}")))?;
        Ok(self)
    }

    fn link(&self) -> &Link<Client> {
        self.link.get_or_init(|| Link::new(self.client.clone(), &self.settings))
    }
}

impl Exchange for Redis {
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
impl fmt::Debug for Redis {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Redis").field("settings", &self.settings).finish_non_exhaustive()
    }
}

impl Broker for Client {
    type Publish = MultiplexedConnection;
    type Subscribe = PubSubSink;

    async fn connect(
        &self,
        inbox: &Inbox,
        _: &Reporter,
    ) -> Result<Session<MultiplexedConnection, PubSubSink>, BoxError> {
        let publish = publisher(self).await?;
        let (subscribe, mut heard) = self.get_async_pubsub().await?.split();
        let inbox = inbox.clone();
        let hear = Box::pin(async move {
            while let Some(message) = heard.next().await {
                inbox.receive(&Bytes::copy_from_slice(message.get_payload_bytes()));
            }
            BoxError::from("the connection that hears was closed")
        });
        Ok(Session { publish, subscribe, hear, max_packet: MAX_PACKET })
    }
}

async fn publisher(client: &Client) -> Result<MultiplexedConnection, BoxError> {
    ready_for_tls();
    let config = AsyncConnectionConfig::new()
        .set_connection_timeout(Some(PATIENCE))
        .set_response_timeout(Some(PATIENCE));
    Ok(client.get_multiplexed_async_connection_with_config(&config).await?)
}

impl Publish for MultiplexedConnection {
    async fn publish(&mut self, batch: Vec<Queued>) -> Result<(), BoxError> {
        let mut pipe = redis::pipe();
        for (channel, packet) in &batch {
            pipe.cmd("PUBLISH").arg(&**channel).arg(&packet[..]).ignore();
        }
        Ok(pipe.exec_async(self).await?)
    }
}

impl Subscribe for PubSubSink {
    async fn subscribe(&mut self, channels: &[Arc<str>]) -> Result<(), BoxError> {
        Ok(Self::subscribe(self, names(channels)).await?)
    }

    async fn unsubscribe(&mut self, channels: &[Arc<str>]) -> Result<(), BoxError> {
        Ok(Self::unsubscribe(self, names(channels)).await?)
    }

    async fn ping(&mut self) -> Result<(), BoxError> {
        let _: redis::Value = Self::ping(self).await?;
        Ok(())
    }
}

fn names(channels: &[Arc<str>]) -> Vec<&str> {
    channels.iter().map(|channel| &**channel).collect()
}

/// The longest text that Redis takes.
const MAX_PACKET: usize = 512 << 20;
