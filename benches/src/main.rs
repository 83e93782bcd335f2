//! Counts what a request costs each peer, and prints the tables of `docs/benchmarks.md`.

#![expect(clippy::print_stdout, reason = "the tables are what this program is for")]

use std::alloc::System;
use std::io;
use std::process::ExitCode;

use gongular_bench::count::{Cost, count, run};
use gongular_bench::harness::Peer;
use gongular_bench::peers::peers;
use gongular_bench::workload::Workload;
use stats_alloc::{INSTRUMENTED_SYSTEM, StatsAlloc};

#[global_allocator]
static ALLOCATOR: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

fn main() -> io::Result<ExitCode> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments.as_slice() {
        [] => {
            check()?;
            tables("", "")?;
        }
        ["check"] => check()?,
        ["count", peer] => tables(peer, "")?,
        ["count", peer, workload] => tables(peer, workload)?,
        ["run", peer, workload, rounds @ ..] => {
            let peer = peers().into_iter().find(|found| found.name() == *peer);
            let (Some(peer), Some(workload)) = (peer, Workload::find(workload)) else {
                return Err(io::Error::other("no such peer or workload"));
            };
            let rounds: Vec<usize> = rounds.iter().filter_map(|round| round.parse().ok()).collect();
            run(peer, &workload, &rounds, allocations);
        }
        _ => {
            eprintln!("{USAGE}");
            return Ok(ExitCode::FAILURE);
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// Every peer must give the same answers: only then does it do the same work.
fn check() -> io::Result<()> {
    for workload in Workload::all() {
        for peer in peers().into_iter().filter(|peer| peer.answers(&workload)) {
            let answer = peer.once(&workload);
            if answer != (workload.status, workload.answer.to_owned()) {
                let text = format!("{} {}: {answer:?}", peer.name(), workload.name);
                return Err(io::Error::other(text));
            }
        }
    }
    Ok(())
}

/// Prints one table of instructions and one of allocations.
fn tables(only_peer: &str, only_workload: &str) -> io::Result<()> {
    let mut workloads = Workload::all();
    workloads.retain(|workload| workload.name.contains(only_workload));
    let mut rows = Vec::new();
    for peer in peers().into_iter().filter(|peer| peer.name().contains(only_peer)) {
        let mut costs = Vec::new();
        for workload in &workloads {
            costs.push(peer.answers(workload).then(|| count(peer.name(), workload.name)).transpose()?);
        }
        rows.push((peer, costs));
    }
    table("instructions", &workloads, &rows, |cost| format!("{:.0}", cost.instructions));
    table("allocations", &workloads, &rows, |cost| format!("{:.0}", cost.allocations));
    Ok(())
}

type Row = (&'static dyn Peer, Vec<Option<Cost>>);

fn table(what: &str, workloads: &[Workload], rows: &[Row], cell: impl Fn(&Cost) -> String) {
    let names: Vec<&str> = workloads.iter().map(|workload| workload.name).collect();
    println!("\n| {what} | {} |", names.join(" | "));
    println!("|---|{}", "--:|".repeat(names.len()));
    for (peer, costs) in rows {
        let cells: Vec<String> =
            costs.iter().map(|cost| cost.as_ref().map_or_else(String::new, &cell)).collect();
        println!("| {} | {} |", peer.name(), cells.join(" | "));
    }
}

fn allocations() -> usize {
    let stats = ALLOCATOR.stats();
    stats.allocations + stats.reallocations
}

const USAGE: &str = "usage: gongular-bench [check | count PEER [WORKLOAD] | run PEER WORKLOAD ROUND...]";
