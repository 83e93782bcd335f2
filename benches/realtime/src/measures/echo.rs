//! Events that come back.

use std::io;
use std::net::SocketAddr;
use std::time::Instant;

use tokio::task::JoinSet;
use tokio_tungstenite::tungstenite::Utf8Bytes;

use super::{BODY, Done, Until};
use crate::client::Client;
use crate::dialect::Dialect;

pub(crate) struct Echo {
    dialect: Dialect,
    clients: Vec<Client>,
}

impl Echo {
    pub(super) async fn open(dialect: Dialect, server: SocketAddr, connections: usize) -> io::Result<Self> {
        Ok(Self { dialect, clients: Client::open_all(dialect, server, connections, false).await? })
    }

    pub(super) async fn run(&mut self, until: Until) -> io::Result<Done> {
        let (said, answer) = self.dialect.echo(BODY);
        let said = Utf8Bytes::from(said);
        // Each connection has its share.
        let until = match until {
            Until::Messages(all) => Until::Messages(all.div_ceil(self.clients.len())),
            passed @ Until::Passed(_) => passed,
        };
        let (mut tasks, begin) = (JoinSet::new(), Instant::now());
        for mut client in self.clients.drain(..) {
            let (said, answer) = (said.clone(), answer.clone());
            tasks.spawn(async move {
                let mut messages = 0;
                while until.goes_on(messages, begin) {
                    client.send(&said).await?;
                    client.expect(&answer).await?;
                    messages += 1;
                }
                io::Result::Ok((client, messages))
            });
        }
        let mut messages = 0;
        while let Some(ended) = tasks.join_next().await {
            let (client, of_client) = ended.map_err(io::Error::other)??;
            self.clients.push(client);
            messages += of_client;
        }
        Ok(Done { messages, time: begin.elapsed() })
    }
}
