//! Instructions by callgrind, allocations by a counting allocator.

use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::harness::{Peer, measured_region};
use crate::workload::Workload;

/// What one request costs.
#[derive(Clone, Copy, Debug, Default)]
#[non_exhaustive]
pub struct Cost {
    /// Instructions executed.
    pub instructions: f64,
    /// Calls that allocate or grow memory.
    pub allocations: f64,
}

/// Answers requests in rounds of these sizes, each in the measured region, and prints the allocations of the last one.
///
/// This is what runs inside the profiler. The requests are made outside of the region; answering them, reading the whole
/// answer and dropping both is inside.
///
/// # Panics
///
/// When the answer has not the length of the right one.
pub fn run(peer: &dyn Peer, workload: &Workload, rounds: &[usize], allocations: impl Fn() -> usize) {
    let mut batches = peer.batches();
    let requests = |count: usize| (0..count).map(|_| workload.request()).collect::<Vec<_>>();
    batches(requests(WARM_UP));
    let mut made = 0;
    for &round in rounds {
        let batch = requests(round);
        let before = allocations();
        let bytes = measured_region(|| batches(batch));
        made = allocations() - before;
        assert_eq!(bytes, round * workload.answer.len(), "{} {}: a wrong answer", peer.name(), workload.name);
    }
    eprintln!("{ALLOCATIONS}{made}");
}

/// Counts what one request of a workload costs a peer.
///
/// Runs this program again under `valgrind`, with two rounds; the cost of a request is the difference between them by
/// the difference of their sizes, so that what happens once does not count.
///
/// # Errors
///
/// `valgrind` cannot be started, fails, or writes what cannot be read.
pub fn count(peer: &str, workload: &str) -> io::Result<Cost> {
    let out = Scratch::new(peer, workload)?;
    let output = Command::new("valgrind")
        .args(["--tool=callgrind", "--collect-atstart=no"])
        .args([format!("--toggle-collect={REGION}"), format!("--dump-after={REGION}")])
        .arg(format!("--callgrind-out-file={}", out.file("out").display()))
        .arg(std::env::current_exe()?)
        .args(["run", peer, workload, &FEW.to_string(), &MANY.to_string()])
        .output()?;
    let log = String::from_utf8_lossy(&output.stderr);
    let allocations = log.lines().find_map(|line| line.strip_prefix(ALLOCATIONS)?.parse::<f64>().ok());
    let Some(allocations) = allocations.filter(|_| output.status.success()) else {
        return Err(io::Error::other(log.into_owned()));
    };
    let (few, many) = (total(&out.file("out.1"))?, total(&out.file("out.2"))?);
    let instructions = (many - few) / (MANY - FEW) as f64;
    Ok(Cost { instructions, allocations: allocations / MANY as f64 })
}

/// Reads the sum of a callgrind file.
fn total(path: &Path) -> io::Result<f64> {
    let text = std::fs::read_to_string(path)?;
    let summary = text.lines().find_map(|line| line.strip_prefix("summary: ")?.parse().ok());
    summary.ok_or_else(|| io::Error::other("a profile without a summary"))
}

/// A directory that goes away again.
struct Scratch(PathBuf);

impl Scratch {
    fn new(peer: &str, workload: &str) -> io::Result<Self> {
        let name = format!("gongular-bench-{}-{}-{workload}", std::process::id(), peer.replace(' ', "-"));
        let path = std::env::temp_dir().join(name);
        std::fs::create_dir_all(&path)?;
        Ok(Self(path))
    }

    fn file(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        // What is left in the temporary directory does no harm.
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// What the profiler sees of [`measured_region`]'s name.
const REGION: &str = "gongular_bench::harness::measured_region";
const ALLOCATIONS: &str = "allocations: ";
const WARM_UP: usize = 40;
const FEW: usize = 100;
const MANY: usize = 500;
