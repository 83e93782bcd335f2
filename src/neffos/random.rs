//! Random numbers, as the system makes them, and as tests need them.

use crate::Error;

/// Returns 64 random bits, never all zero.
pub(super) fn random() -> Result<u64, Error> {
    let bits = getrandom::u64().map_err(|error| Error::app(format!("no random numbers: {error}")))?;
    Ok(bits.max(1))
}

/// A generator of the xorshift family: the same numbers in every run.
#[cfg(test)]
pub(super) struct Numbers(pub(super) u64);

#[cfg(test)]
impl Numbers {
    pub(super) fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 33).unwrap() % limit
    }

    pub(super) fn text(&mut self, pieces: &[&str]) -> String {
        let count = self.below(6);
        (0..count).map(|_| pieces[self.below(pieces.len())]).collect()
    }
}
