//! How a request ended.

/// How a request ended, as far as the values that were built for it care.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Completion {
    /// The client went away, or somebody stopped waiting, before the answer was complete.
    Cancelled,
    /// The answer was an error (a status of 400 or above), or it broke off.
    Failure,
    /// Something panicked.
    Panicked,
    /// The answer was no error, and it was complete.
    Success,
}
