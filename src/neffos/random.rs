//! Random numbers, as the system makes them.

use crate::Error;

/// Returns 64 random bits, never all zero.
pub(super) fn random() -> Result<u64, Error> {
    let bits = getrandom::u64().map_err(|error| Error::app(format!("no random numbers: {error}")))?;
    Ok(bits.max(1))
}
