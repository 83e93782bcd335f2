//! Data in one piece.

use bytes::{Bytes, BytesMut};

/// Joins chunks; a single one is not copied.
#[derive(Debug, Default)]
pub(crate) struct Gather {
    only: Bytes,
    joined: BytesMut,
}

impl Gather {
    pub(crate) fn len(&self) -> usize {
        self.only.len() + self.joined.len()
    }

    pub(crate) fn push(&mut self, chunk: Bytes) {
        if self.len() == 0 {
            self.only = chunk;
            return;
        }
        self.joined.extend_from_slice(&std::mem::take(&mut self.only));
        self.joined.extend_from_slice(&chunk);
    }

    pub(crate) fn finish(self) -> Bytes {
        if self.joined.is_empty() { self.only } else { self.joined.freeze() }
    }
}
