//! Where statistics go: counters of one route, and a table of them by label as an application keeps it.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

/// The counters of one route.
#[derive(Debug)]
pub(crate) struct Counters {
    count: AtomicU64,
    errors: AtomicU64,
    nanos: AtomicU64,
    bytes: AtomicU64,
    buckets: [AtomicU64; 64],
}

impl Default for Counters {
    fn default() -> Self {
        Self {
            count: AtomicU64::new(0),
            errors: AtomicU64::new(0),
            nanos: AtomicU64::new(0),
            bytes: AtomicU64::new(0),
            buckets: [const { AtomicU64::new(0) }; 64],
        }
    }
}

impl Counters {
    pub(crate) fn record(&self, status: u16, took: Duration, bytes: u64) {
        let nanos = u64::try_from(took.as_nanos()).unwrap_or(u64::MAX);
        self.count.fetch_add(1, Relaxed);
        if status >= 500 {
            self.errors.fetch_add(1, Relaxed);
        }
        self.nanos.fetch_add(nanos, Relaxed);
        self.bytes.fetch_add(bytes, Relaxed);
        self.buckets[(nanos | 1).ilog2() as usize].fetch_add(1, Relaxed);
    }
}

/// Counters by method, path and status.
#[derive(Clone, Debug, Default)]
pub(crate) struct Registry(Arc<RwLock<HashMap<u64, Arc<Counters>>>>);

impl Registry {
    pub(crate) fn record(&self, method: &str, path: &str, status: u16, took: Duration, bytes: u64) {
        let mut hash = 0xcbf2_9ce4_8422_2325_u64;
        let labels =
            method.bytes().chain([0xff]).chain(path.bytes()).chain([0xff]).chain(status.to_le_bytes());
        for byte in labels {
            hash = (hash ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3);
        }
        let found = self.0.read().unwrap_or_else(PoisonError::into_inner).get(&hash).cloned();
        let counters = found.unwrap_or_else(|| {
            self.0.write().unwrap_or_else(PoisonError::into_inner).entry(hash).or_default().clone()
        });
        counters.record(status, took, bytes);
    }
}
