//! Data as it was received, in few pieces.

use bytes::{Bytes, BytesMut};

/// Collects chunks without copying the larger ones.
///
/// Small ones are joined, so that what is held never is much larger than the data, however small the chunks are.
#[derive(Debug, Default)]
pub(crate) struct Gather {
    first: Bytes,
    more: Vec<Bytes>,
    /// Small chunks that stand behind the others.
    small: BytesMut,
    length: usize,
}

impl Gather {
    pub(crate) const fn len(&self) -> usize {
        self.length
    }

    pub(crate) fn push(&mut self, chunk: Bytes) {
        let is_first = self.length == 0;
        self.length += chunk.len();
        if is_first {
            self.first = chunk;
        } else if chunk.len() < SMALL {
            self.small.extend_from_slice(&chunk);
        } else {
            self.join_small();
            self.more.push(chunk);
        }
    }

    /// Returns everything in one piece; a single chunk is not copied.
    pub(crate) fn finish(self) -> Bytes {
        self.pieces().join()
    }

    pub(crate) fn pieces(mut self) -> Pieces {
        self.join_small();
        Pieces { first: self.first, more: self.more, length: self.length }
    }

    fn join_small(&mut self) {
        if !self.small.is_empty() {
            self.more.push(self.small.split().freeze());
        }
    }
}

/// What was collected.
#[derive(Debug, Default)]
pub(crate) struct Pieces {
    first: Bytes,
    more: Vec<Bytes>,
    length: usize,
}

impl Pieces {
    pub(crate) const fn len(&self) -> usize {
        self.length
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &Bytes> {
        std::iter::once(&self.first).chain(&self.more)
    }

    /// Returns everything in one piece; a single one is not copied.
    pub(crate) fn join(&self) -> Bytes {
        if self.more.is_empty() {
            return self.first.clone();
        }
        let mut whole = BytesMut::with_capacity(self.length);
        for piece in self.iter() {
            whole.extend_from_slice(piece);
        }
        whole.freeze()
    }

    /// Returns what one piece has from a position on; nothing at the end.
    pub(crate) fn at(&self, mut position: usize) -> Bytes {
        for piece in self.iter() {
            if position < piece.len() {
                return piece.slice(position..);
            }
            position -= piece.len();
        }
        Bytes::new()
    }
}

/// Chunks of fewer bytes are copied rather than kept.
const SMALL: usize = 1 << 10;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn large_chunks_are_kept_and_small_ones_are_joined() {
        let large = Bytes::from(vec![b'l'; SMALL]);
        let mut gather = Gather::default();
        for chunk in
            [&large, &Bytes::from_static(b"a"), &Bytes::from_static(b"b"), &large, &Bytes::from_static(b"c")]
        {
            gather.push(chunk.clone());
        }
        assert_eq!(gather.len(), 2 * SMALL + 3);
        let pieces = gather.pieces();
        let lengths: Vec<_> = pieces.iter().map(Bytes::len).collect();
        assert_eq!(lengths, [SMALL, 2, SMALL, 1]);
        assert_eq!(pieces.at(0).as_ptr(), large.as_ptr());
        assert_eq!(pieces.at(SMALL + 1), "b");
        assert_eq!(pieces.at(2 * SMALL + 2), "c");
        assert_eq!(pieces.at(2 * SMALL + 3), "");
        assert_eq!(pieces.at(usize::MAX), "");
        let whole = pieces.join();
        assert_eq!((whole.len(), &whole[SMALL - 1..SMALL + 3]), (2 * SMALL + 3, &b"labl"[..]));
    }

    #[test]
    fn a_single_chunk_is_not_copied() {
        let chunk = Bytes::from(vec![1, 2, 3]);
        let mut gather = Gather::default();
        gather.push(chunk.clone());
        assert_eq!(gather.finish().as_ptr(), chunk.as_ptr());
        assert!(Gather::default().finish().is_empty());
    }
}
