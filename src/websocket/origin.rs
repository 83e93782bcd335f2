//! Which pages may open a websocket.
//!
//! Browsers let any page open a websocket to anywhere, cookies included; the only thing that tells a page of ours from
//! others is the `Origin` that they send with it (RFC 6455, section 10.2).

use http::request::Parts;
use http::{HeaderMap, HeaderName, StatusCode, header};

use crate::Error;

/// The origins that are let in besides the server's own.
#[derive(Clone, Debug)]
pub(super) struct Origins {
    any: bool,
    allowed: Vec<Box<str>>,
}

/// An origin, taken apart: scheme, host, and the port that is meant.
#[derive(Clone, Copy, Debug)]
struct Origin<'o> {
    scheme: &'o str,
    host: &'o str,
    port: Option<u16>,
}

impl Origins {
    pub(super) const fn new() -> Self {
        Self { any: false, allowed: Vec::new() }
    }

    pub(super) const fn allow_any(&mut self) {
        self.any = true;
    }

    /// Lets an origin in.
    ///
    /// # Panics
    ///
    /// The text is no origin.
    pub(super) fn allow(&mut self, origin: &str) {
        assert!(Origin::parse(origin).is_some(), "{origin:?} is no origin such as https://example.com");
        self.allowed.push(origin.into());
    }

    /// Refuses a request from a page of a foreign origin. Requests without an `Origin` are from no page.
    pub(super) fn check(&self, parts: &Parts) -> Result<(), Error> {
        let origin = match only(&parts.headers, &header::ORIGIN) {
            Ok(None) => return Ok(()),
            _ if self.any => return Ok(()),
            Ok(Some(origin)) => Origin::parse(origin),
            Err(Several) => None,
        };
        match origin {
            Some(origin) if self.is_allowed(origin) || is_own(origin, parts) => Ok(()),
            _ => Err(Error::new(StatusCode::FORBIDDEN, "the origin is not allowed")),
        }
    }

    fn is_allowed(&self, origin: Origin<'_>) -> bool {
        self.allowed.iter().filter_map(|allowed| Origin::parse(allowed)).any(|allowed| allowed.is(origin))
    }
}

/// Returns whether the request went to the host and port that the page came from.
///
/// What scheme the client used to get here is not known behind a proxy, so that it is not compared.
fn is_own(origin: Origin<'_>, parts: &Parts) -> bool {
    if !["http", "https"].iter().any(|scheme| origin.scheme.eq_ignore_ascii_case(scheme)) {
        return false;
    }
    let host = match parts.uri.authority() {
        Some(authority) => authority.as_str(),
        None => match only(&parts.headers, &header::HOST) {
            Ok(Some(host)) => host,
            Ok(None) | Err(Several) => return false,
        },
    };
    Origin::of_authority(origin.scheme, host).is_some_and(|own| own.is(origin))
}

/// A field stands there more than once, or is no text.
struct Several;

fn only<'h>(headers: &'h HeaderMap, name: &HeaderName) -> Result<Option<&'h str>, Several> {
    let mut values = headers.get_all(name).iter();
    match (values.next(), values.next()) {
        (None, _) => Ok(None),
        (Some(value), None) => value.to_str().map(Some).map_err(|_| Several),
        (Some(_), Some(_)) => Err(Several),
    }
}

impl<'o> Origin<'o> {
    /// Reads a serialised origin; `null` and whatever has a path or a user is none.
    fn parse(text: &'o str) -> Option<Self> {
        let (scheme, authority) = text.split_once("://")?;
        let is_scheme = scheme.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte));
        if scheme.is_empty() || !is_scheme { None } else { Self::of_authority(scheme, authority) }
    }

    fn of_authority(scheme: &'o str, authority: &'o str) -> Option<Self> {
        let (host, port) = match authority.rfind(':') {
            Some(colon) if !authority[colon..].contains(']') => {
                let port = &authority[colon + 1..];
                let is_number = !port.is_empty() && port.bytes().all(|byte| byte.is_ascii_digit());
                (&authority[..colon], Some(port.parse().ok().filter(|_| is_number)?))
            }
            _ => (authority, default_port(scheme)),
        };
        let is_name = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~%".contains(&byte);
        let is_address = |byte: u8| byte.is_ascii_hexdigit() || b":.".contains(&byte);
        let is_host = match host.strip_prefix('[').map(|inner| inner.strip_suffix(']')) {
            Some(inner) => inner.is_some_and(|inner| !inner.is_empty() && inner.bytes().all(is_address)),
            None => !host.is_empty() && host.bytes().all(is_name),
        };
        is_host.then_some(Self { scheme, host, port })
    }

    fn is(self, other: Self) -> bool {
        self.scheme.eq_ignore_ascii_case(other.scheme)
            && self.host.eq_ignore_ascii_case(other.host)
            && self.port == other.port
    }
}

fn default_port(scheme: &str) -> Option<u16> {
    let ports = [("http", 80), ("https", 443), ("ws", 80), ("wss", 443)];
    ports.into_iter().find(|(known, _)| scheme.eq_ignore_ascii_case(known)).map(|(_, port)| port)
}

#[cfg(test)]
mod tests {
    use http::Request;

    use super::*;

    fn lets_in(origins: &Origins, host: &str, sent: &[&str]) -> bool {
        let mut request = Request::builder().header("host", host);
        for origin in sent {
            request = request.header("origin", *origin);
        }
        origins.check(&request.body(()).unwrap().into_parts().0).is_ok()
    }

    #[test]
    fn only_the_own_origin_is_let_in() {
        for (host, origin, expected) in [
            ("example.com", "http://example.com", true),
            ("example.com", "https://example.com", true),
            ("example.com", "HTTPS://EXAMPLE.com", true),
            ("example.com:443", "https://example.com", true),
            ("example.com", "https://example.com:443", true),
            ("example.com:8080", "http://example.com:8080", true),
            ("127.0.0.1:80", "http://127.0.0.1", true),
            ("[::1]:3000", "http://[::1]:3000", true),
            ("[::1]", "http://[::1]", true),
            ("example.com", "https://example.com:80", false),
            ("example.com:443", "http://example.com", false),
            ("example.com:8080", "http://example.com", false),
            ("example.com:8080", "http://example.com:8081", false),
            ("example.com", "http://evil-example.com", false),
            ("example.com", "http://example.com.evil.com", false),
            ("example.com", "http://example.com.", false),
            ("example.com", "http://sub.example.com", false),
            ("example.com", "http://example.com@evil.com", false),
            ("example.com", "http://user@example.com", false),
            ("example.com", "http://evil.com/example.com", false),
            ("example.com", "http://example.com/", false),
            ("example.com", "http://evil.com#example.com", false),
            ("example.com", "http://evil.com\\example.com", false),
            ("example.com", "http://example.com:", false),
            ("example.com", "http://example.com:+80", false),
            ("example.com", "http://example.com:99999", false),
            ("example.com", "http://example.com http://evil.com", false),
            ("example.com", "example.com", false),
            ("example.com", "//example.com", false),
            ("example.com", "://example.com", false),
            ("example.com", "chrome-extension://example.com", false),
            ("example.com", "null", false),
            ("example.com", "", false),
            ("", "http://", false),
            ("[::1]:3000", "http://[::2]:3000", false),
            ("[::1", "http://[::1", false),
        ] {
            assert_eq!(lets_in(&Origins::new(), host, &[origin]), expected, "{origin} at {host}");
        }
        assert!(lets_in(&Origins::new(), "example.com", &[]));
        let twice = ["http://example.com", "http://example.com"];
        assert!(!lets_in(&Origins::new(), "example.com", &twice));
    }

    #[test]
    fn a_list_lets_in_others_whole_and_nothing_that_looks_like_them() {
        let mut origins = Origins::new();
        origins.allow("https://app.example.org");
        origins.allow("chrome-extension://abcdef");
        for (origin, expected) in [
            ("https://app.example.org", true),
            ("https://app.example.org:443", true),
            ("chrome-extension://abcdef", true),
            ("http://example.com", true),
            ("http://app.example.org", false),
            ("https://app.example.org:8443", false),
            ("https://app.example.org.evil.com", false),
            ("null", false),
        ] {
            assert_eq!(lets_in(&origins, "example.com", &[origin]), expected, "{origin}");
        }
        origins.allow_any();
        assert!(lets_in(&origins, "example.com", &["null"]));
    }

    #[test]
    fn a_target_with_an_authority_says_the_host() {
        let request = |uri: &str| Request::builder().uri(uri).header("origin", "http://example.com");
        let own = request("http://example.com/ws").header("host", "other").body(()).unwrap().into_parts().0;
        assert!(Origins::new().check(&own).is_ok());
        let other = request("http://other/ws").header("host", "example.com").body(()).unwrap().into_parts().0;
        assert!(Origins::new().check(&other).is_err());
        let twice = request("/").header("host", "example.com").header("host", "example.com");
        assert!(Origins::new().check(&twice.body(()).unwrap().into_parts().0).is_err());
    }

    #[test]
    #[should_panic(expected = "is no origin")]
    fn what_is_no_origin_cannot_be_allowed() {
        Origins::new().allow("example.com");
    }
}
