//! What events, rooms and idle clients cost, beside socketioxide and a bare tokio-tungstenite server.
//!
//! Each server is a process of its own, and one process is the load: raw tokio-tungstenite connections that write frames by hand
//! and look at every answer. `docs/benchmarks.md` says what is measured and how to repeat it.

#![expect(clippy::print_stdout, reason = "the tables are what this program is for")]

mod client;
mod count;
mod dialect;
mod measures;
mod process;
mod servers;
mod table;

use std::io;
use std::process::ExitCode;

use dialect::Dialect;
use measures::Measure;

fn main() -> io::Result<ExitCode> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments.as_slice() {
        [] => {
            table::rounds(&Measure::all(), ROUNDS)?;
            table::memory(IDLE)?;
            table::instructions(&Measure::counted())?;
        }
        ["rounds", measure, rounds @ ..] => {
            table::rounds(&[find(Measure::parse(measure))?], number(rounds, ROUNDS))?;
        }
        ["memory", connections @ ..] => table::memory(number(connections, IDLE))?,
        ["count", measure @ ..] => match measure.first() {
            Some(measure) => table::instructions(&[find(Measure::parse(measure))?])?,
            None => table::instructions(&Measure::counted())?,
        },
        ["serve", server] => servers::serve(find(Dialect::parse(server))?)?,
        ["drive", server, address, measure, messages] => {
            let address = address.parse().map_err(io::Error::other)?;
            let (server, measure) = (find(Dialect::parse(server))?, find(Measure::parse(measure))?);
            let messages = messages.parse().map_err(io::Error::other)?;
            let done = measures::drive(server, address, measure, messages)?;
            println!("{done}");
        }
        _ => {
            eprintln!("{USAGE}");
            return Ok(ExitCode::FAILURE);
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn find<T>(found: Option<T>) -> io::Result<T> {
    found.ok_or_else(|| io::Error::other(USAGE))
}

fn number(arguments: &[&str], default: usize) -> usize {
    arguments.first().and_then(|text| text.parse().ok()).unwrap_or(default)
}

/// Many short rounds: who else is at work on the machine changes from one second to the next.
const ROUNDS: usize = 15;

/// How many idle clients are held at once.
const IDLE: usize = 10_000;

const USAGE: &str = "usage: gongular-realtime [rounds MEASURE [ROUNDS] | memory [CONNECTIONS] | count [MEASURE] | \
    serve SERVER | drive SERVER ADDRESS MEASURE MESSAGES]\n\
    SERVER: gongular, socketioxide, floor; MEASURE: echo:CONNECTIONS, broadcast:MEMBERS, broadcast:MEMBERS:IN_FLIGHT";
