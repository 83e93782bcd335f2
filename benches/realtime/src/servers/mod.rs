//! The servers that are compared. All have one thread for their connections, and TCP without delay.

mod floor;
mod ours;
mod socketio;

use std::io::{self, Read, Write};
use std::net::SocketAddr;

use crate::dialect::Dialect;

/// Serves until the standard input ends; prints the address first.
pub(crate) fn serve(dialect: Dialect) -> io::Result<()> {
    std::thread::spawn(|| {
        // The load holds the other end, whatever becomes of it.
        let _ = io::stdin().read_to_end(&mut Vec::new());
        std::process::exit(0);
    });
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
    runtime.block_on(async {
        match dialect {
            Dialect::Floor => floor::serve().await,
            Dialect::Gongular => ours::serve().await,
            Dialect::Socketioxide => socketio::serve().await,
        }
    })
}

fn announce(address: SocketAddr) -> io::Result<()> {
    let mut out = io::stdout();
    writeln!(out, "{address}")?;
    out.flush()
}

/// Where servers listen: a port that is free.
const ADDRESS: &str = "127.0.0.1:0";
