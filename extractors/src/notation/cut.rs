//! The reasons that readers give, as far as a client hears them.

use gongular_core::{MAX_REFLECTED_CHARS, reflect};

/// Cuts a reason, which may repeat what the client sent.
pub(super) fn cut(reason: &str) -> String {
    let (start, end) = match reason.char_indices().nth(MAX_REFLECTED_CHARS) {
        Some((end, _)) => reason.split_at(end),
        None => (reason, ""),
    };
    let start: String = start.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    if end.is_empty() { start } else { start + &reflect(end) }
}
