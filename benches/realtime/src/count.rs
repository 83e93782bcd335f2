//! Instructions of a server, by callgrind.

use std::io;
use std::process::Command;

use crate::dialect::Dialect;
use crate::measures::{Load, Measure, Until, runtime};
use crate::process::Process;

/// Counts the instructions that a server executes for one message, user space only.
///
/// It runs twice, and the difference counts: neither its start nor its clients' coming and going does.
///
/// # Errors
///
/// `valgrind` cannot be started, or the server fails in it.
pub(crate) fn instructions(dialect: Dialect, measure: Measure) -> io::Result<f64> {
    let (few, few_messages) = total(dialect, measure, FEW)?;
    let (many, many_messages) = total(dialect, measure, MANY)?;
    Ok((many - few) / (many_messages - few_messages) as f64)
}

fn total(dialect: Dialect, measure: Measure, batches: usize) -> io::Result<(f64, usize)> {
    let name = format!("gongular-realtime-{}-{}", std::process::id(), dialect.name());
    let profile = std::env::temp_dir().join(name);
    let mut valgrind = Command::new("valgrind");
    valgrind.args(["--tool=callgrind", "--quiet"]).env("GLIBC_TUNABLES", NO_STRING_INSTRUCTIONS);
    valgrind.arg(format!("--callgrind-out-file={}", profile.display()));
    let server = Process::spawn(valgrind, dialect)?;
    let batches = if measure.batch() == 1 { batches * ALONE } else { batches };
    let done = runtime()?.block_on(async {
        let mut load = Load::open(dialect, server.address, measure).await?;
        load.run(Until::Messages(batches * measure.batch())).await
    })?;
    server.end()?;
    let text = std::fs::read_to_string(&profile)?;
    // What is left in the temporary directory does no harm.
    let _ = std::fs::remove_file(&profile);
    let summary = text.lines().find_map(|line| line.strip_prefix("summary: ")?.parse().ok());
    Ok((summary.ok_or_else(|| io::Error::other("a profile without a summary"))?, done.messages))
}

const FEW: usize = 16;
const MANY: usize = 64;

/// How many times as often a single connection does it.
const ALONE: usize = 20;

/// A `rep stosb` is one instruction that callgrind counts once for each byte: what fills a buffer would be all that is seen.
const NO_STRING_INSTRUCTIONS: &str =
    "glibc.cpu.x86_rep_movsb_threshold=1048576:glibc.cpu.x86_rep_stosb_threshold=1048576";
