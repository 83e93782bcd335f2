//! Times of the workloads, for a machine that does nothing else; instructions say more on a shared one.

use divan::{AllocProfiler, Bencher};
use gongular_bench::peers::{find, peers};
use gongular_bench::workload::Workload;

#[global_allocator]
static ALLOCATOR: AllocProfiler = AllocProfiler::system();

fn main() {
    divan::main();
}

fn cases() -> Vec<String> {
    let mut cases = Vec::new();
    for workload in Workload::all() {
        for peer in peers() {
            if peer.answers(&workload) {
                cases.push(format!("{} {}", workload.name, peer.name()));
            }
        }
    }
    cases
}

#[divan::bench(args = cases())]
fn request(bencher: Bencher<'_, '_>, case: &str) {
    let (workload, peer) = case.split_once(' ').expect("a case is a workload and a peer");
    let workload = Workload::find(workload).expect("the workload was listed");
    let peer = find(peer, &workload).expect("the peer was listed");
    let batches = peer.batches();
    bencher.with_inputs(|| vec![workload.request()]).bench_local_values(batches);
}
