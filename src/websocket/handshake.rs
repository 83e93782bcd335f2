//! Whether a request asks for a websocket as RFC 6455 has it, and the answer to one that does.

use http::header::{self, HeaderName};
use http::request::Parts;
use http::{HeaderMap, HeaderValue, Method, Response, StatusCode, Version};
use tokio_tungstenite::tungstenite::handshake::derive_accept_key;

use super::settings::Settings;
use crate::{Error, ResponseBody};

/// Refuses what is no request for a websocket, or comes from a foreign page; returns the answer to its key.
pub(super) fn check(parts: &Parts, settings: &Settings) -> Result<HeaderValue, Error> {
    if parts.method != Method::GET {
        return Err(Error::method_not_allowed(const { HeaderValue::from_static("GET") }));
    }
    if parts.version != Version::HTTP_11 {
        return Err(refused(StatusCode::BAD_REQUEST, "a websocket begins with HTTP/1.1"));
    }
    let headers = &parts.headers;
    if !has_token(headers, &header::CONNECTION, "upgrade")
        || !has_token(headers, &header::UPGRADE, "websocket")
    {
        let upgrade = const { HeaderValue::from_static("websocket") };
        return Err(refused(StatusCode::UPGRADE_REQUIRED, "this is a websocket")
            .with_header(header::UPGRADE, upgrade)
            .with_header(header::CONNECTION, const { HeaderValue::from_static("upgrade") }));
    }
    if only(headers, &header::SEC_WEBSOCKET_VERSION).is_none_or(|version| version != VERSION) {
        return Err(refused(
            StatusCode::UPGRADE_REQUIRED,
            "the version of the websocket protocol must be 13",
        )
        .with_header(header::UPGRADE, const { HeaderValue::from_static("websocket") })
        .with_header(header::CONNECTION, const { HeaderValue::from_static("upgrade") }));
    }
    let key = only(headers, &header::SEC_WEBSOCKET_KEY).filter(|key| is_key(key.as_bytes()));
    let Some(key) = key else {
        return Err(refused(StatusCode::BAD_REQUEST, "the key of the websocket must be 16 bytes of base64"));
    };
    settings.origins.check(parts)?;
    let accept = HeaderValue::try_from(derive_accept_key(key.as_bytes()));
    accept.map_err(Error::app)
}

/// Returns the first of our subprotocols that the client offers.
pub(super) fn choose_protocol(headers: &HeaderMap, ours: &[HeaderValue]) -> Option<HeaderValue> {
    let offers = |protocol: &&HeaderValue| {
        tokens(headers, &header::SEC_WEBSOCKET_PROTOCOL).any(|token| token == protocol.as_bytes())
    };
    ours.iter().find(offers).cloned()
}

/// Makes the answer that begins the websocket.
pub(super) fn switching(accept: HeaderValue) -> Response<ResponseBody> {
    let mut response = Response::new(ResponseBody::empty());
    *response.status_mut() = StatusCode::SWITCHING_PROTOCOLS;
    let headers = response.headers_mut();
    headers.insert(header::CONNECTION, const { HeaderValue::from_static("upgrade") });
    headers.insert(header::UPGRADE, const { HeaderValue::from_static("websocket") });
    headers.insert(header::SEC_WEBSOCKET_ACCEPT, accept);
    response
}

#[cold]
fn refused(status: StatusCode, text: &'static str) -> Error {
    Error::new(status, text).with_header(header::SEC_WEBSOCKET_VERSION, VERSION)
}

fn only<'h>(headers: &'h HeaderMap, name: &HeaderName) -> Option<&'h HeaderValue> {
    let mut values = headers.get_all(name).iter();
    values.next().filter(|_| values.next().is_none())
}

fn has_token(headers: &HeaderMap, name: &HeaderName, wanted: &str) -> bool {
    tokens(headers, name).any(|token| token.eq_ignore_ascii_case(wanted.as_bytes()))
}

fn tokens<'h>(headers: &'h HeaderMap, name: &HeaderName) -> impl Iterator<Item = &'h [u8]> {
    let values = headers.get_all(name).into_iter();
    values.flat_map(|value| value.as_bytes().split(|&byte| byte == b',')).map(<[u8]>::trim_ascii)
}

/// Returns whether a text is the base64 of 16 bytes. What stands in the last digit's spare bits is not looked at.
fn is_key(key: &[u8]) -> bool {
    let is_digit = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/');
    key.strip_suffix(b"==").is_some_and(|digits| digits.len() == 22 && digits.iter().all(is_digit))
}

const VERSION: HeaderValue = HeaderValue::from_static("13");

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_16_bytes_of_base64() {
        for (key, expected) in [
            ("dGhlIHNhbXBsZSBub25jZQ==", true),
            ("AAAAAAAAAAAAAAAAAAAAAA==", true),
            ("+/+/+/+/+/+/+/+/+/+/+w==", true),
            ("", false),
            ("AAAAAAAAAAAAAAAAAAAAAA", false),
            ("AAAAAAAAAAAAAAAAAAAA", false),
            ("AAAAAAAAAAAAAAAAAAAAAAA=", false),
            ("AAAAAAAAAAAAAAAAAAAAAAAA", false),
            ("AAAAAAAAAA AAAAAAAAAAAA==", false),
            ("AAAAAAAAAAAA-AAAAAAAAA==", false),
            ("====", false),
        ] {
            assert_eq!(is_key(key.as_bytes()), expected, "{key}");
        }
    }

    #[test]
    fn our_first_protocol_that_the_client_offers_is_chosen() {
        let mut headers = HeaderMap::new();
        headers.append(header::SEC_WEBSOCKET_PROTOCOL, HeaderValue::from_static("soap, chat.v1"));
        headers.append(header::SEC_WEBSOCKET_PROTOCOL, HeaderValue::from_static("chat.v2"));
        let ours = ["chat.v3", "chat.v2", "chat.v1"].map(HeaderValue::from_static);
        assert_eq!(choose_protocol(&headers, &ours), Some(HeaderValue::from_static("chat.v2")));
        assert_eq!(choose_protocol(&headers, &[HeaderValue::from_static("chat")]), None);
        assert_eq!(choose_protocol(&headers, &[]), None);
    }
}
