//! The names of channels.

use std::fmt::Write as _;

/// The channel of everybody in a namespace.
pub(in crate::neffos) fn namespace(name: &str) -> String {
    build('n', &[name])
}

/// The channel of everybody in a room.
pub(in crate::neffos) fn room(namespace: &str, room: &str) -> String {
    build('r', &[namespace, room])
}

/// The channel of one connection.
pub(in crate::neffos) fn conn(id: &str) -> String {
    build('c', &[id])
}

/// The channel of one server.
pub(in crate::neffos) fn server(number: u64) -> String {
    format!("s.{number:016x}")
}

fn build(sort: char, names: &[&str]) -> String {
    let mut out = String::from(sort);
    for name in names {
        out.push('.');
        // A subject must have no empty part.
        if name.is_empty() {
            out.push('=');
        }
        for byte in name.bytes() {
            if byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_' {
                out.push(char::from(byte));
            } else {
                write!(out, "={byte:02x}").expect("a text grows");
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_channels_are_plain_and_never_the_same() {
        assert_eq!(namespace("default"), "n.default");
        assert_eq!(room("default", "a.b"), "r.default.a=2eb");
        assert_eq!(room("a", "*"), "r.a.=2a");
        assert_eq!((namespace(""), namespace("=")), ("n.=".to_owned(), "n.=3d".to_owned()));
        assert_ne!(room("a", "b.c"), room("a.b", "c"));
    }
}
