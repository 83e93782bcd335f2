//! Several servers as one.

#[cfg(all(feature = "nats", feature = "redis"))]
mod access;
#[cfg(all(feature = "nats", feature = "redis"))]
mod broker;
#[cfg(all(feature = "nats", feature = "redis"))]
mod hearing;
mod in_process;
#[cfg(all(feature = "nats", feature = "redis"))]
mod outages;
mod own;
mod servers;
#[cfg(all(feature = "nats", feature = "redis"))]
mod tls;

use super::*;

/// Runs a case with each broker.
#[cfg(all(feature = "nats", feature = "redis"))]
macro_rules! with_each_broker {
    ($($case:ident)*) => {
        mod redis {
            $(#[tokio::test]
            async fn $case() {
                super::$case(crate::neffos::exchange::broker::Kind::Redis).await;
            })*
        }

        mod nats {
            $(#[tokio::test]
            async fn $case() {
                super::$case(crate::neffos::exchange::broker::Kind::Nats).await;
            })*
        }
    };
}
#[cfg(all(feature = "nats", feature = "redis"))]
use with_each_broker;

async fn connected(server: (Hub, SocketAddr)) -> (Hub, SocketAddr) {
    assert!(soon(server.0.exchange_health().unwrap().connected()).await);
    server
}
