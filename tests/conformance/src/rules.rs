//! Rules that several values share.

use validator::ValidationError;

/// Only ASCII letters.
pub(crate) fn letters(text: &str) -> Result<(), ValidationError> {
    every(text, |c| c.is_ascii_alphabetic(), "letters", "must have only letters from A to Z")
}

/// Only ASCII letters and digits.
pub(crate) fn letters_and_digits(text: &str) -> Result<(), ValidationError> {
    every(
        text,
        |c| c.is_ascii_alphanumeric(),
        "alphanumeric",
        "must have only letters from A to Z and digits",
    )
}

fn every(
    text: &str,
    allowed: fn(char) -> bool,
    code: &'static str,
    message: &'static str,
) -> Result<(), ValidationError> {
    if text.chars().all(allowed) {
        return Ok(());
    }
    Err(ValidationError::new(code).with_message(message.into()))
}
