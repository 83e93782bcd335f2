//! Texts of a request, made safe for a log.

use std::fmt::{self, Write};

/// A text that prints its control characters as escapes, so that a line of a log stays one line.
///
/// Besides control characters (`\n`, `\u{1b}`, ...) the separators and overrides of Unicode that terminals and viewers
/// act on are escaped. Nothing else changes.
///
/// # Example
///
/// ```
/// use gongular_core::stats::Escaped;
///
/// assert_eq!(Escaped("a\r\nGET /forged 200").to_string(), "a\\r\\nGET /forged 200");
/// assert_eq!(Escaped("\u{1b}[31mred").to_string(), "\\u{1b}[31mred");
/// ```
#[derive(Clone, Copy, Debug)]
#[expect(clippy::exhaustive_structs, reason = "it only lends a text another way to print")]
pub struct Escaped<'a>(pub &'a str);

impl fmt::Display for Escaped<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut clean = 0;
        for (at, character) in self.0.char_indices().filter(|(_, character)| acts(*character)) {
            f.write_str(self.0.get(clean..at).unwrap_or_default())?;
            for escaped in character.escape_default() {
                f.write_char(escaped)?;
            }
            clean = at + character.len_utf8();
        }
        f.write_str(self.0.get(clean..).unwrap_or_default())
    }
}

/// Returns whether a viewer does something on this character instead of showing it.
fn acts(character: char) -> bool {
    character.is_control()
        || matches!(character, '\u{2028}' | '\u{2029}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}
