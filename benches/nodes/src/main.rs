//! Three servers over a real broker that is killed meanwhile: what arrives, and whether all that does not is accounted for.
//!
//! The broker and each server are processes; this one is the load. Between each server and the broker stands a tap, which counts
//! the packets that the broker sends. `docs/benchmarks.md` says what is checked and how to repeat it.

#![expect(clippy::print_stdout, reason = "the tables are what this program is for")]

mod account;
mod broker;
mod load;
mod node;
mod plan;
mod report;
mod tap;

use std::io;
use std::process::ExitCode;
use std::time::Duration;

use account::{Account, Run};
use broker::{Broker, Kind};
use futures_util::future::try_join_all;
use load::Load;
use node::{Node, micros};
use plan::NODES;
use report::Report;

fn main() -> io::Result<ExitCode> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments.as_slice() {
        ["node", kind, port] => {
            let port = port.parse().map_err(io::Error::other)?;
            node::serve(Kind::parse(kind).ok_or_else(usage)?, port)?;
        }
        [kind, seconds @ ..] if seconds.len() <= 1 => {
            let kind = Kind::parse(kind).ok_or_else(usage)?;
            let seconds =
                seconds.first().map_or(Ok(SECONDS), |text| text.parse()).map_err(io::Error::other)?;
            let runtime =
                tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
            let report = runtime.block_on(measure(kind, Duration::from_secs(seconds)))?;
            report.print();
            if !report.is_good() {
                return Ok(ExitCode::FAILURE);
            }
        }
        _ => return Err(usage()),
    }
    Ok(ExitCode::SUCCESS)
}

/// Has clients send for some time, in the middle of which the broker is killed and started again.
async fn measure(kind: Kind, time: Duration) -> io::Result<Report> {
    let mut broker = Broker::start(kind)?;
    let taps = try_join_all((0..NODES).map(|node| tap::stand(node, kind, broker.port))).await?;
    let mut nodes = Vec::new();
    for (port, _) in &taps {
        let port = *port;
        // It waits for the node, which waits for the tap.
        nodes.push(tokio::task::spawn_blocking(move || Node::start(kind, port)).await??);
    }
    let addresses: Vec<_> = nodes.iter().map(|node| node.address).collect();
    let load = Load::open(&addresses).await?;
    let senders = load.start();

    tokio::time::sleep(time / 2).await;
    let killed = micros();
    broker.kill()?;
    let down = time / 20;
    tokio::time::sleep(down).await;
    let (mut broker, started) = tokio::task::spawn_blocking(move || {
        let started = broker.start_again();
        (broker, started)
    })
    .await?;
    started?;
    let restarted = micros();
    tokio::time::sleep((time / 2).saturating_sub(down)).await;

    let (sent, heard) = load.end(senders).await?;
    let told = nodes.into_iter().map(Node::end).collect::<io::Result<_>>()?;
    broker.kill()?;
    let run = Run { sent, heard, told, killed };
    let account = Account::of(&run);
    let taps = taps.into_iter().map(|(_, heard)| heard).collect();
    Ok(Report { kind, time, killed, restarted, told: run.told, taps, account })
}

fn usage() -> io::Error {
    io::Error::other("usage: gongular-nodes redis|nats [SECONDS]")
}

/// How long clients send.
const SECONDS: u64 = 60;
