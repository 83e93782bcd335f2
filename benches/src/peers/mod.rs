//! The same application, written in several ways.

mod axum;
mod axum_extension;
mod gongular;
mod hyper;
mod hyper_table;

use crate::harness::{Peer, Tower};
use crate::workload::Workload;

/// Returns all peers. Several of one name are parts of one application, each with the layers that its routes need.
#[must_use]
pub fn peers() -> Vec<&'static dyn Peer> {
    vec![
        &Tower::<hyper::Hyper>::NEW,
        &Tower::<hyper_table::HyperTable>::NEW,
        &Tower::<axum::Axum>::NEW,
        &Tower::<axum_extension::AxumExtension>::NEW,
        &Tower::<gongular::in_axum::Bound>::NEW,
        &Tower::<gongular::in_axum::Injected>::NEW,
        &Tower::<gongular::in_axum::Everything>::NEW,
        &Tower::<gongular::assembled::Bound>::NEW,
        &Tower::<gongular::assembled::Injected>::NEW,
        &Tower::<gongular::assembled::Everything>::NEW,
        &Tower::<gongular::assembled::Among<10>>::NEW,
        &Tower::<gongular::assembled::Among<100>>::NEW,
        &Tower::<gongular::assembled::Among<1000>>::NEW,
        &Tower::<gongular::assembled::Among<10000>>::NEW,
        &Tower::<gongular::plain::Bound>::NEW,
        &Tower::<gongular::plain::Injected>::NEW,
        &Tower::<gongular::plain::Everything>::NEW,
    ]
}

/// Returns the peer of that name that answers the workload.
#[must_use]
pub fn find(name: &str, workload: &Workload) -> Option<&'static dyn Peer> {
    peers().into_iter().find(|peer| peer.name() == name && peer.answers(workload))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_peer_gives_the_same_answers() {
        for workload in Workload::all() {
            for peer in peers().into_iter().filter(|peer| peer.answers(&workload)) {
                let expected = (workload.status, workload.answer.to_owned());
                assert_eq!(peer.once(&workload), expected, "{} {}", peer.name(), workload.name);
            }
        }
    }
}
