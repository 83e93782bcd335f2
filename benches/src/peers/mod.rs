//! The same application, written in several ways.

mod axum;
mod axum_extension;
mod hyper;

use crate::harness::{Peer, Tower};

/// Returns all peers.
#[must_use]
pub fn peers() -> Vec<&'static dyn Peer> {
    vec![&Tower::<hyper::Hyper>::NEW, &Tower::<axum::Axum>::NEW, &Tower::<axum_extension::AxumExtension>::NEW]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::workload::Workload;

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
