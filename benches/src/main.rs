//! Counts what a request costs each peer, and prints the tables of `docs/benchmarks.md`.

#![expect(clippy::print_stdout, reason = "the tables are what this program is for")]

use std::alloc::System;
use std::collections::BTreeMap;
use std::io;
use std::process::ExitCode;

use gongular_bench::controllers::{self, Extra, Pair};
use gongular_bench::count::{Cost, count, run};
use gongular_bench::marginal::{Marginal, marginals, probes};
use gongular_bench::peers::{find, peers};
use gongular_bench::upload::upload;
use gongular_bench::websockets;
use gongular_bench::workload::Workload;
use stats_alloc::{INSTRUMENTED_SYSTEM, StatsAlloc};

#[global_allocator]
static ALLOCATOR: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

fn main() -> io::Result<ExitCode> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments.as_slice() {
        [] => {
            // First, before anything else has made the process large.
            large_upload()?;
            check()?;
            tables("", "")?;
            marginal_table()?;
            controller_tables()?;
        }
        ["check"] => check()?,
        ["marginal"] => marginal_table()?,
        ["controllers"] => controller_tables()?,
        ["upload"] => large_upload()?,
        ["websockets", connections @ ..] => {
            let connections = connections.first().and_then(|text| text.parse().ok());
            idle_websockets(connections.unwrap_or(10_000))?;
        }
        ["websocket-server", name] => websockets::serve(name)?,
        ["count", peer] => tables(peer, "")?,
        ["count", peer, workload] => tables(peer, workload)?,
        ["run", peer, workload, rounds @ ..] => {
            let Some(workload) = Workload::find(workload) else {
                return Err(io::Error::other("no such workload"));
            };
            let probe =
                || probes().into_iter().chain(controllers::probes()).find(|probe| probe.name() == *peer);
            let Some(peer) = find(peer, &workload).or_else(probe) else {
                return Err(io::Error::other("no such peer"));
            };
            let rounds: Vec<usize> = rounds.iter().filter_map(|round| round.parse().ok()).collect();
            run(peer, &workload, &rounds, allocations);
        }
        ["serve", peer, workload, port] => {
            let peer = Workload::find(workload).and_then(|workload| find(peer, &workload));
            let (Some(peer), Ok(port)) = (peer, port.parse()) else {
                return Err(io::Error::other("no such peer, workload or port"));
            };
            peer.serve(port)?;
        }
        ["wrk", workload] => {
            let Some(workload) = Workload::find(workload) else {
                return Err(io::Error::other("no such workload"));
            };
            println!("{}", workload.script());
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
    let mut names: Vec<&str> = peers().into_iter().map(|peer| peer.name()).collect();
    names.dedup();
    names.retain(|name| name.contains(only_peer));
    let mut rows = Vec::new();
    for name in names {
        let mut costs = Vec::new();
        for workload in &workloads {
            costs.push(find(name, workload).map(|_| count(name, workload.name)).transpose()?);
        }
        rows.push((name, costs));
    }
    table("instructions", &workloads, &rows, |cost| format!("{:.0}", cost.instructions));
    table("allocations", &workloads, &rows, |cost| format!("{:.0}", cost.allocations));
    Ok(())
}

/// Prints what one thing more costs a request.
fn marginal_table() -> io::Result<()> {
    let mut costs: BTreeMap<&str, Cost> = BTreeMap::new();
    for probe in probes() {
        if !costs.contains_key(probe.name()) {
            costs.insert(probe.name(), count(probe.name(), "w1")?);
        }
    }
    println!("\n| one more | instructions | allocations |");
    println!("|---|--:|--:|");
    for Marginal { name, without, with, pieces, .. } in marginals() {
        let (without, with) = (costs[without.name()], costs[with.name()]);
        let each = |more: f64| more / f64::from(pieces);
        let instructions = each(with.instructions - without.instructions);
        let allocations = each(with.allocations - without.allocations);
        println!("| {name} | {instructions:.0} | {allocations:.1} |");
    }
    Ok(())
}

/// Prints what a method of a controller costs beside the same function, and how long many controllers take to start.
fn controller_tables() -> io::Result<()> {
    println!("\n| a handler that takes | function | method | ratio | allocations more |");
    println!("|---|--:|--:|--:|--:|");
    for Pair { name, function, method, .. } in controllers::pairs() {
        let (function, method) = (count(function.name(), "w2")?, count(method.name(), "w2")?);
        let ratio = method.instructions / function.instructions;
        let more = method.allocations - function.allocations;
        println!(
            "| {name} | {:.0} | {:.0} | {ratio:.3} | {more:.1} |",
            function.instructions, method.instructions
        );
    }
    println!("\n| controllers | start, ms | as many providers | providers of their own |");
    println!("|---|--:|--:|--:|");
    for number in [250, 500, 1000, 2000] {
        let start = |extra| controllers::start(number, extra).as_secs_f64() * 1000.0;
        let (none, each, own) = (start(Extra::None), start(Extra::Providers), start(Extra::OwnProviders));
        println!("| {number} | {none:.1} | {each:.1} | {own:.1} |");
    }
    Ok(())
}

/// Reads 4 GiB through a multipart form and prints the most memory that the process ever had.
fn large_upload() -> io::Result<()> {
    let received = upload(4 << 30).map_err(io::Error::other)?;
    // Linux keeps the high-water mark; elsewhere there is nothing to print.
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).map_or("unknown", str::trim);
    println!("\nmultipart upload of {received} bytes: peak memory {peak}");
    Ok(())
}

/// Prints what an idle websocket costs in memory.
fn idle_websockets(connections: usize) -> io::Result<()> {
    println!("\n| {connections} idle websockets | bytes of memory for each |");
    println!("|---|--:|");
    for (name, bytes) in websockets::memory(connections)? {
        println!("| {name} | {bytes} |");
    }
    Ok(())
}

type Row = (&'static str, Vec<Option<Cost>>);

fn table(what: &str, workloads: &[Workload], rows: &[Row], cell: impl Fn(&Cost) -> String) {
    let names: Vec<&str> = workloads.iter().map(|workload| workload.name).collect();
    println!("\n| {what} | {} |", names.join(" | "));
    println!("|---|{}", "--:|".repeat(names.len()));
    for (name, costs) in rows {
        let cells: Vec<String> =
            costs.iter().map(|cost| cost.as_ref().map_or_else(String::new, &cell)).collect();
        println!("| {name} | {} |", cells.join(" | "));
    }
}

fn allocations() -> usize {
    let stats = ALLOCATOR.stats();
    stats.allocations + stats.reallocations
}

const USAGE: &str = "usage: gongular-bench [check | marginal | controllers | upload | websockets [CONNECTIONS] | \
    count PEER [WORKLOAD] | run PEER WORKLOAD ROUND... | serve PEER WORKLOAD PORT | wrk WORKLOAD]";
