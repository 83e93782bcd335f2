//! What everything that holds several extractors shares: tuples, and the structs that the derive makes readable.

use super::{FromRequest, RequestContext, Stage};
use crate::Error;

/// Returns whether one of several extractors reads the body.
///
/// # Panics
///
/// When two of them do; in a constant that is a compile error.
#[must_use]
pub const fn one_reads_body(readers: &[bool]) -> bool {
    let readers = count(readers);
    assert!(
        readers <= 1,
        "two extractors of one handler read the body: put what they read into one struct, and keep one of them"
    );
    readers == 1
}

/// Returns whether the extractor at `index` reads no body, or is the first that does.
#[must_use]
pub const fn is_first_reader(index: usize, readers: &[bool]) -> bool {
    !readers[index] || count(readers.split_at(index).0) == 0
}

/// Returns whether any extractor reads the body.
#[must_use]
pub const fn any_reads_body(readers: &[bool]) -> bool {
    count(readers) > 0
}

/// Returns the stage of a type that holds extractors of these.
#[must_use]
pub const fn stage_of_all(stages: &[Stage]) -> Stage {
    let mut all = stages[0];
    let mut index = 1;
    while index < stages.len() {
        all = all.and(stages[index]);
        index += 1;
    }
    all
}

/// Reads a tuple of extractors and makes a struct of it.
///
/// # Errors
///
/// As the tuple's.
pub async fn read<T, B, R>(
    cx: &mut RequestContext<'_, B>,
    make: impl FnOnce(T) -> R + Send,
) -> Result<R, Error>
where
    B: Send,
    T: FromRequest<B>,
{
    T::from_request(cx).await.map(make)
}

/// Adds a failure to those found before. `Some` at the end means that the request is refused.
///
/// A failure that is no problem of the request ends the reading at once.
#[cold]
pub(crate) fn note(found: &mut Option<Error>, error: Error) -> Result<(), Error> {
    if !error.is_binding() {
        return Err(error);
    }
    *found = Some(match found.take() {
        Some(before) => before.merge(error),
        None => error,
    });
    Ok(())
}

/// Makes the error of an extractor whose stage is none of the known ones, so that it was never read.
#[must_use]
#[cold]
pub(crate) fn no_stage() -> Error {
    Error::app("an extractor has a stage that is never read")
}

const fn count(readers: &[bool]) -> usize {
    let mut count = 0;
    let mut index = 0;
    while index < readers.len() {
        count += readers[index] as usize;
        index += 1;
    }
    count
}
