//! Pairs of a query or a form as a text.

use std::fmt::{Display, Write};

/// Adds pairs in the way of a browser's form: blanks as `+`, whatever has a meaning as its bytes in hex.
pub(super) fn push_pairs<K, V>(pairs: impl IntoIterator<Item = (K, V)>, text: &mut String)
where
    K: Display,
    V: Display,
{
    for (index, (key, value)) in pairs.into_iter().enumerate() {
        if index > 0 {
            text.push('&');
        }
        push(&key.to_string(), text);
        text.push('=');
        push(&value.to_string(), text);
    }
}

fn push(value: &str, text: &mut String) {
    for byte in value.bytes() {
        match byte {
            b'0'..=b'9' | b'A'..=b'Z' | b'a'..=b'z' | b'*' | b'-' | b'.' | b'_' => {
                text.push(char::from(byte))
            }
            b' ' => text.push('+'),
            _ => write!(text, "%{byte:02X}").expect("a text takes whatever is written to it"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pairs_are_written_as_a_browser_does() {
        let mut text = String::new();
        push_pairs([("a b", "1&2=3"), ("ä", "~*-._")], &mut text);
        assert_eq!(text, "a+b=1%262%3D3&%C3%A4=%7E*-._");
    }
}
