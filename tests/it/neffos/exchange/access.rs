//! How brokers let servers in: users with passwords and few rights, tokens, credentials.

use data_encoding::BASE64URL_NOPAD;
use gongular::neffos::exchange::{Nats, Redis};
use nkeys::KeyPair;
use serde_json::{Value, json};

use super::broker::{Broker, Kind, reach_each_other};
use super::*;

/// Makes sure that two servers with this exchange, and few rights, do everything that servers do.
async fn are_together(exchange: impl Fn(Events) -> Events) {
    let events = || exchange(Events::new().namespace(chat()));
    let [(hub, here), (_, there)] =
        [connected(start(events()).await).await, connected(start(events()).await).await];
    reach_each_other(here, there).await;
    let mut client = Client::connect(there).await;
    let (asker, id) = (hub.clone(), client.id.clone());
    let asking = tokio::spawn(async move { asker.ask(&id, "default", "q", "well?").await });
    let question = client.next().await;
    client.send(format!("{};default;;q;0;0;yes", token(&question))).await;
    assert_eq!(soon(asking).await.unwrap().unwrap().text(), Some("yes"));
    client.join("room").await;
    assert_eq!(client.ask("default", "room", "_OnRoomLeave", "").await, "$1;;;;;;");
    client.is_quiet().await;
    assert_eq!(hub.exchange_health().unwrap().now().outages(), 0);
}

/// Makes sure that who we are not is told, and that no secret is.
async fn are_refused(events: Events, checked: Result<(), Error>, secret: &str) {
    let says = |text: &str| {
        let lower = text.to_lowercase();
        (lower.contains("authorization") || lower.contains("password")) && !text.contains(secret)
    };
    let text = checked.unwrap_err().to_string();
    assert!(says(&text), "{text}");
    let hub = events.build();
    let now = soon(hub.exchange_health().unwrap().changed()).await.unwrap();
    assert!(!now.is_connected() && now.reason().is_some_and(says), "{now:?}");
}

#[tokio::test]
async fn a_user_of_redis_needs_few_rights() {
    let user =
        "--user chat on >s:cret@1 resetchannels &gongular.* -@all +publish +subscribe +unsubscribe +ping";
    let args: Vec<_> = user.split(' ').chain(["--user", "default", "off"]).map(str::to_owned).collect();
    let broker = Broker::start_with(Kind::Redis, |_| args.clone()).await;
    let redis = |who: &str| Redis::new(&format!("redis://{who}@127.0.0.1:{}/", broker.port)).unwrap();
    soon(redis("chat:s%3Acret%401").check()).await.unwrap();
    are_together(|events| events.exchange(redis("chat:s%3Acret%401"))).await;
    for who in ["chat:wrong", "other:wrong", ":wrong"] {
        let events = Events::new().namespace(chat()).exchange(redis(who));
        are_refused(events, soon(redis(who).check()).await, "wrong@").await;
    }
}

#[tokio::test]
async fn a_channel_that_a_user_of_redis_must_not_hear_is_an_outage_that_is_told() {
    let user =
        "--user chat on >secret resetchannels &gongular.* -@all +publish +subscribe +unsubscribe +ping";
    let args: Vec<_> = user.split(' ').map(str::to_owned).collect();
    let broker = Broker::start_with(Kind::Redis, |_| args.clone()).await;
    let redis =
        Redis::new(&format!("redis://chat:secret@127.0.0.1:{}/", broker.port)).unwrap().prefix("shop");
    let (hub, addr) = connected(start(Events::new().namespace(chat()).exchange(redis)).await).await;
    let mut health = hub.exchange_health().unwrap();
    let mut client = Client::silent(addr, "").await;
    client.send("M").await;
    let now = soon(health.changed()).await.unwrap();
    assert!(
        now.reason().is_some_and(|text| text.contains("permission") || text.contains("NOPERM")),
        "{now:?}"
    );
}

#[tokio::test]
async fn a_user_or_a_token_of_nats_is_taken_from_the_url() {
    for (args, right, wrong) in [
        (&["--user", "chat", "--pass", "s:cret@1"][..], "chat:s%3Acret%401", "chat:wrong"),
        (&["--auth", "t/ken:1"], "t%2Fken%3A1", "wrong"),
    ] {
        let args: Vec<_> = args.iter().map(|arg| (*arg).to_owned()).collect();
        let broker = Broker::start_with(Kind::Nats, |_| args.clone()).await;
        let nats = |who: &str| Nats::new(&format!("nats://{who}@127.0.0.1:{}", broker.port)).unwrap();
        soon(nats(right).check()).await.unwrap();
        are_together(|events| events.exchange(nats(right))).await;
        let events = Events::new().namespace(chat()).exchange(nats(wrong));
        are_refused(events, soon(nats(wrong).check()).await, "wrong").await;
    }
}

#[tokio::test]
async fn credentials_of_nats_are_a_signed_user_and_need_few_rights() {
    let operator = Operator::new();
    let file = std::env::temp_dir().join(format!("{}.conf", operator.account.public_key()));
    std::fs::write(&file, operator.configuration()).unwrap();
    let args = ["--config".to_owned(), file.display().to_string()];
    let broker = Broker::start_with(Kind::Nats, |_| args.to_vec()).await;
    std::fs::remove_file(&file).unwrap();

    let nats = |credentials: &str| {
        Nats::new(&format!("nats://127.0.0.1:{}", broker.port)).unwrap().credentials(credentials).unwrap()
    };
    let right = operator.credentials();
    soon(nats(&right).check()).await.unwrap();
    are_together(|events| events.exchange(nats(&right))).await;
    // As good, and of somebody whom this NATS does not know.
    let wrong = Operator::new().credentials();
    let events = Events::new().namespace(chat()).exchange(nats(&wrong));
    are_refused(events, soon(nats(&wrong).check()).await, "SU").await;
    assert!(Nats::new("nats://127.0.0.1").unwrap().credentials("junk").is_err());
}

/// Who runs a NATS, and an account of it.
struct Operator {
    key: KeyPair,
    account: KeyPair,
}

impl Operator {
    fn new() -> Self {
        Self { key: KeyPair::new_operator(), account: KeyPair::new_account() }
    }

    fn configuration(&self) -> String {
        let own = signed(&self.key, &self.key, &json!({ "type": "operator", "version": 2 }));
        let limits = json!({
            "subs": -1, "data": -1, "payload": -1, "imports": -1, "exports": -1, "wildcards": true,
            "conn": -1, "leaf": -1,
        });
        let account = json!({ "type": "account", "version": 2, "limits": limits });
        let account = signed(&self.key, &self.account, &account);
        let name = self.account.public_key();
        format!("operator: {own}\nresolver: MEMORY\nresolver_preload: {{ {name}: {account} }}\n")
    }

    /// Makes a user of the account, and returns the text of its file.
    fn credentials(&self) -> String {
        let user = KeyPair::new_user();
        let may = json!({ "allow": ["gongular.>", "_INBOX.>"] });
        let rights = json!({
            "type": "user", "version": 2, "pub": may, "sub": may, "subs": -1, "data": -1, "payload": -1,
        });
        let jwt = signed(&self.account, &user, &rights);
        let seed = user.seed().unwrap();
        format!(
            "-----BEGIN NATS USER JWT-----\n{jwt}\n------END NATS USER JWT------\n\n\
             -----BEGIN USER NKEY SEED-----\n{seed}\n------END USER NKEY SEED------\n"
        )
    }
}

/// Returns a JWT as NATS reads it.
fn signed(by: &KeyPair, of: &KeyPair, nats: &Value) -> String {
    let claims = json!({
        "jti": of.public_key(), "iat": 1_700_000_000, "iss": by.public_key(), "sub": of.public_key(),
        "name": "test", "nats": nats,
    });
    let encode = |value: &Value| BASE64URL_NOPAD.encode(value.to_string().as_bytes());
    let text = format!("{}.{}", encode(&json!({ "typ": "JWT", "alg": "ed25519-nkey" })), encode(&claims));
    let signature = by.sign(text.as_bytes()).unwrap();
    format!("{text}.{}", BASE64URL_NOPAD.encode(&signature))
}
