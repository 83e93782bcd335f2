//! Brokers that are spoken to by TLS.

use gongular::neffos::exchange::{Nats, Redis};

use super::broker::{Broker, Kind, reach_each_other};
use super::*;

with_each_broker! {
    servers_reach_each_other_by_tls_with_an_authority_of_their_own
    servers_show_a_certificate_to_a_broker_that_asks_for_one
    a_broker_that_is_not_trusted_is_told_and_gets_nothing
}

const AUTHORITY: &[u8] = include_bytes!("certificates/authority.pem");
const CLIENT: &[u8] = include_bytes!("certificates/client.pem");
const CLIENT_KEY: &[u8] = include_bytes!("certificates/client.key.pem");
const FOREIGN: &[u8] = include_bytes!("../../server/certificates/second.pem");

/// Starts a broker that speaks TLS alone, and asks for certificates, or does not.
async fn secret(kind: Kind, asks: bool) -> Broker {
    let file = |name: &str| {
        format!("{}/tests/it/neffos/exchange/certificates/{name}.pem", env!("CARGO_MANIFEST_DIR"))
    };
    let files = [file("broker"), file("broker.key"), file("authority")];
    Broker::start_with(kind, |port| {
        let [certificate, key, authority] = files.clone();
        let args: &[&str] = match kind {
            Kind::Nats => {
                let verify = if asks { "--tlsverify=true" } else { "--tlsverify=false" };
                &["--tls", "--tlscert", &certificate, "--tlskey", &key, "--tlscacert", &authority, verify]
            }
            Kind::Redis => {
                let asks = if asks { "yes" } else { "no" };
                let files = [
                    "--tls-cert-file",
                    &certificate,
                    "--tls-key-file",
                    &key,
                    "--tls-ca-cert-file",
                    &authority,
                ];
                &[&["--port", "0", "--tls-port", port, "--tls-auth-clients", asks][..], &files].concat()
            }
        };
        args.iter().map(|arg| (*arg).to_owned()).collect()
    })
    .await
}

/// What servers go by: whom they trust, and whether they show a certificate.
#[derive(Clone, Copy)]
struct By {
    trusted: Option<&'static [u8]>,
    shows: bool,
}

impl By {
    fn redis(self, port: u16) -> Redis {
        let mut redis = Redis::new(&format!("rediss://127.0.0.1:{port}")).unwrap();
        if let Some(trusted) = self.trusted {
            redis = redis.trust(trusted).unwrap();
        }
        if self.shows { redis.identity(CLIENT, CLIENT_KEY).unwrap() } else { redis }
    }

    fn nats(self, port: u16) -> Nats {
        let mut nats = Nats::new(&format!("tls://127.0.0.1:{port}")).unwrap();
        if self.shows {
            nats = nats.identity(CLIENT, CLIENT_KEY).unwrap();
        }
        if let Some(trusted) = self.trusted { nats.trust(trusted).unwrap() } else { nats }
    }

    fn events(self, broker: &Broker) -> Events {
        let events = Events::new().namespace(chat());
        match broker.kind {
            Kind::Nats => events.exchange(self.nats(broker.port)),
            Kind::Redis => events.exchange(self.redis(broker.port)),
        }
    }

    async fn check(self, broker: &Broker) -> Result<(), Error> {
        match broker.kind {
            Kind::Nats => soon(self.nats(broker.port).check()).await,
            Kind::Redis => soon(self.redis(broker.port).check()).await,
        }
    }

    async fn are_together(self, broker: &Broker) {
        self.check(broker).await.unwrap();
        let mut servers = Vec::new();
        for _ in 0..2 {
            servers.push(connected(start(self.events(broker)).await).await);
        }
        reach_each_other(servers[0].1, servers[1].1).await;
    }

    /// Makes sure that the reason is told by a check, by the health, and to who sends.
    async fn are_refused(self, broker: &Broker, says: impl Fn(&str) -> bool) {
        let text = self.check(broker).await.unwrap_err().to_string();
        assert!(says(&text), "{text}");
        let hub = self.events(broker).build();
        let now = soon(hub.exchange_health().unwrap().changed()).await.unwrap();
        assert!(!now.is_connected() && now.reason().is_some_and(&says), "{now:?}");
        let refused = hub.to("default").unwrap().emit("said", "x").unwrap_err().to_string();
        assert!(refused.starts_with("not published: no connection to the broker: ") && says(&refused));
    }
}

async fn servers_reach_each_other_by_tls_with_an_authority_of_their_own(kind: Kind) {
    let broker = secret(kind, false).await;
    By { trusted: Some(AUTHORITY), shows: false }.are_together(&broker).await;
}

async fn servers_show_a_certificate_to_a_broker_that_asks_for_one(kind: Kind) {
    let broker = secret(kind, true).await;
    By { trusted: Some(AUTHORITY), shows: true }.are_together(&broker).await;
    let nothing = By { trusted: Some(AUTHORITY), shows: false };
    let says = |text: &str| {
        ["certificate", "closed", "reset", "broken"].iter().any(|part| text.to_lowercase().contains(part))
    };
    nothing.are_refused(&broker, says).await;
}

async fn a_broker_that_is_not_trusted_is_told_and_gets_nothing(kind: Kind) {
    let broker = secret(kind, false).await;
    for trusted in [Some(FOREIGN), None] {
        let by = By { trusted, shows: false };
        by.are_refused(&broker, |text| text.contains("invalid peer certificate: UnknownIssuer")).await;
    }
}

#[tokio::test]
async fn a_nats_without_tls_is_told_and_gets_nothing() {
    let broker = Broker::start(Kind::Nats).await;
    let by = By { trusted: Some(AUTHORITY), shows: false };
    by.are_refused(&broker, |text| text.contains("corrupt message of type InvalidContentType")).await;
}

#[test]
fn what_is_no_certificate_or_needs_none_is_a_mistake() {
    let redis = |url: &str| Redis::new(url).unwrap();
    let nats = |url: &str| Nats::new(url).unwrap();
    let none = "the certificates for the broker: there is none in the text";
    for (result, text) in [
        (redis("rediss://localhost").trust(b"junk").map(drop), none),
        (redis("rediss://localhost").identity(b"", CLIENT_KEY).map(drop), none),
        (
            redis("redis://localhost").trust(AUTHORITY).map(drop),
            "certificates for redis: its URL does not begin with rediss://",
        ),
        (nats("tls://localhost").trust(b"junk").map(drop), none),
        (nats("tls://localhost").identity(b"", CLIENT_KEY).map(drop), none),
        (
            nats("tls://localhost,nats://localhost").trust(AUTHORITY).map(drop),
            "certificates for nats: its URL does not begin with tls://",
        ),
    ] {
        assert_eq!(result.unwrap_err().to_string(), text);
    }
    assert!(redis("rediss://localhost").identity(CLIENT, AUTHORITY).is_err(), "it holds no key");
    assert!(nats("tls://localhost").identity(AUTHORITY, CLIENT_KEY).is_err(), "it is another one's key");
    let shown = format!("{:?}", By { trusted: Some(AUTHORITY), shows: true }.redis(1));
    assert!(!shown.contains("PRIVATE"), "{shown}");
}
