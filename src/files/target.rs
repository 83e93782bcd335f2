//! Which file a request names.

use gongular_core::{MatchedPath, RequestState};
use http::request::Parts;

/// A path below the folder, each piece of it checked.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Target {
    /// Encoded again, with a slash before each piece: what the client sent may be written in many ways, this in one only.
    pub(super) path: String,
}

impl Target {
    /// Reads the path that a request names below the folder; none when it cannot name a file.
    pub(super) fn of(parts: &Parts, state: Option<&RequestState>, dot_files: bool) -> Option<Self> {
        Self::read(below(parts, state), dot_files)
    }

    /// Makes the target of a name that the application gave.
    pub(super) fn of_name(name: &str) -> Self {
        let mut path = String::with_capacity(name.len() + 1);
        for piece in name.split('/').filter(|piece| !piece.is_empty()) {
            path.push('/');
            encode(piece, &mut path);
        }
        Self { path }
    }

    fn read(rest: &str, dot_files: bool) -> Option<Self> {
        let mut path = String::with_capacity(rest.len() + 1);
        let mut pieces = rest.split('/').peekable();
        while let Some(piece) = pieces.next() {
            path.push('/');
            // Nothing after the last slash: the folder itself.
            if piece.is_empty() && pieces.peek().is_none() {
                break;
            }
            let name = decode(piece)?;
            if !is_file_name(&name, dot_files) {
                return None;
            }
            encode(&name, &mut path);
        }
        Some(Self { path })
    }

    /// Returns whether the folder itself is meant.
    pub(super) fn is_root(&self) -> bool {
        self.path == "/"
    }

    /// Returns the last piece.
    pub(super) fn last(&self) -> &str {
        self.path.rsplit('/').next().unwrap_or_default()
    }
}

/// Returns what stands below the folder in a request's path, still encoded.
///
/// A route of ours that ends in a catch-all says so; any other route means the folder itself. Without a route it is the
/// path that the host left when it had taken its prefix off.
fn below<'r>(parts: &'r Parts, state: Option<&'r RequestState>) -> &'r str {
    let rest = match state.and_then(RequestState::route) {
        Some(route) if has_catch_all(route) => {
            let last = state.and_then(RequestState::params).and_then(|params| params.iter().last());
            last.map_or("", |(_, value)| value)
        }
        Some(_) => "",
        None => parts.uri.path(),
    };
    rest.strip_prefix('/').unwrap_or(rest)
}

fn has_catch_all(route: &MatchedPath) -> bool {
    let last = route.as_str().rsplit('/').next().unwrap_or_default();
    last.starts_with('*') || last.starts_with("{*")
}

/// Undoes percent-encoding, once. None for a stray percent sign and for what is not UTF-8.
fn decode(piece: &str) -> Option<String> {
    let mut bytes = piece.bytes();
    let mut decoded = Vec::with_capacity(piece.len());
    while let Some(byte) = bytes.next() {
        if byte == b'%' {
            let (high, low) = (hex(bytes.next()?)?, hex(bytes.next()?)?);
            decoded.push(high << 4 | low);
        } else {
            decoded.push(byte);
        }
    }
    String::from_utf8(decoded).ok()
}

fn hex(digit: u8) -> Option<u8> {
    match digit {
        b'0'..=b'9' => Some(digit - b'0'),
        b'a'..=b'f' => Some(digit - b'a' + 10),
        b'A'..=b'F' => Some(digit - b'A' + 10),
        _ => None,
    }
}

/// Returns whether a decoded piece may be the name of a file, on any system.
fn is_file_name(name: &str, dot_files: bool) -> bool {
    let is_odd = |c: char| c == '/' || c == '\\' || c.is_control() || (cfg!(windows) && c == ':');
    !name.is_empty()
        && name.len() <= MAX_NAME_BYTES
        && name != "."
        && name != ".."
        && (dot_files || !name.starts_with('.'))
        && !name.contains(is_odd)
        // Windows drops these, so that another file than the checked one would be meant.
        && !(cfg!(windows) && name.ends_with(['.', ' ']))
}

fn encode(name: &str, path: &mut String) {
    for byte in name.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~') {
            path.push(char::from(byte));
        } else {
            path.push('%');
            path.push(char::from(HEX[usize::from(byte >> 4)]));
            path.push(char::from(HEX[usize::from(byte & 15)]));
        }
    }
}

/// The longest name that common file systems have.
const MAX_NAME_BYTES: usize = 255;
const HEX: &[u8; 16] = b"0123456789ABCDEF";

#[cfg(test)]
mod tests {
    use gongular_core::PathParams;
    use http::Request;

    use super::*;

    fn read(rest: &str) -> Option<String> {
        Target::read(rest, false).map(|target| target.path)
    }

    #[test]
    fn a_path_is_decoded_once_and_written_in_one_way() {
        for (rest, path) in [
            ("", "/"),
            ("a.txt", "/a.txt"),
            ("sub/", "/sub/"),
            ("%61.txt", "/a.txt"),
            ("c%20d.txt", "/c%20d.txt"),
            ("c+d&e.txt", "/c%2Bd%26e.txt"),
            ("%c3%a4", "/%C3%A4"),
            ("%252e%252e", "/%252e%252e"),
            ("..a", "/..a"),
        ] {
            let dots = Target::read(rest, true).map(|target| target.path);
            assert_eq!(dots.as_deref(), Some(path), "{rest}");
        }
    }

    #[test]
    fn nothing_that_could_leave_the_folder_is_a_name() {
        let refused = [
            "..",
            "../a",
            "a/..",
            "a/../b",
            ".",
            "./a",
            "%2e%2e",
            "%2E%2e/a",
            ".%2e",
            "a%2f..%2fb",
            "..%2fa",
            "%2fetc",
            "/etc",
            "//host/share",
            "a//b",
            "\\\\host",
            "..\\a",
            "..%5ca",
            "%5c%5chost",
            "a%00.txt",
            "%0a",
            "%7f",
            "%c0%ae%c0%ae",
            "%ff",
            "%",
            "%4",
            "%zz",
            "%+1",
        ];
        for rest in refused {
            assert_eq!(read(rest), None, "{rest}");
            assert_eq!(Target::read(rest, true), None, "{rest}");
        }
    }

    #[test]
    fn names_with_a_dot_before_them_are_refused_unless_wanted() {
        for rest in [".env", ".git/config", "a/.b/c", "%2eenv", "..."] {
            assert_eq!(read(rest), None, "{rest}");
            assert!(Target::read(rest, true).is_some(), "{rest}");
        }
    }

    #[test]
    fn a_name_of_255_bytes_passes_and_one_more_does_not() {
        assert!(read(&"a".repeat(255)).is_some());
        assert!(read(&"a".repeat(256)).is_none());
        assert!(read(&"%61".repeat(255)).is_some());
        assert!(read(&"%c3%a4".repeat(128)).is_none());
    }

    #[test]
    fn the_path_comes_from_a_catch_all_or_from_what_the_host_left() {
        let below_route = |pattern: &'static str, params: &[(&'static str, &str)]| {
            let (mut parts, ()) = Request::get("/t/static/x/y").body(()).unwrap().into_parts();
            let params: PathParams = params.iter().copied().collect();
            let state = RequestState::entry(&mut parts.extensions);
            state.set_route(MatchedPath::from_static(pattern), params);
            below(&parts, RequestState::of(&parts.extensions)).to_owned()
        };
        assert_eq!(below_route("/{tenant}/static/{*path}", &[("tenant", "t"), ("path", "x/y")]), "x/y");
        assert_eq!(below_route("/:tenant/static/*path", &[("tenant", "t"), ("path", "/x/y")]), "x/y");
        assert_eq!(below_route("/{tenant}/static", &[("tenant", "t")]), "");

        let (mut parts, ()) = Request::get("/x/y").body(()).unwrap().into_parts();
        assert_eq!(below(&parts, RequestState::of(&parts.extensions)), "x/y");
        // A layer's state that knows of no route changes nothing.
        RequestState::entry(&mut parts.extensions);
        assert_eq!(below(&parts, RequestState::of(&parts.extensions)), "x/y");
    }
}
