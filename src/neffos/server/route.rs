//! How clients come in.

use std::fmt;
use std::marker::PhantomData;

use bytes::Bytes;
use http::request::Parts;
use http::{HeaderMap, HeaderName, HeaderValue, Method, Request, StatusCode, Uri, header};
use hyper::upgrade::OnUpgrade;
use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Deserializer};

use super::conn::Opening;
use super::session;
use super::settings::RECONNECT;
use crate::neffos::Hub;
use crate::websocket::{Served, WebSocket, WebSocketHandler};
use crate::{Contract, Error, FromRequest, Query, RequestContext, RequestState, Unchecked};

/// The protocol as what serves a websocket, made by [`Hub::route`] and [`Hub::route_reading`].
pub struct Speaks<T> {
    hub: Hub,
    reads: PhantomData<fn() -> T>,
}

impl<T> Speaks<T> {
    pub(super) const fn new(hub: Hub) -> Self {
        Self { hub, reads: PhantomData }
    }
}

impl<B, T> Served<B, ()> for Speaks<T>
where
    T: FromRequest<B> + Send + Sync + 'static,
    B: Send,
{
    type Handler = Opened<T>;

    fn name(&self) -> &'static str {
        "neffos"
    }

    fn describe(contract: &mut Contract) {
        T::describe(contract);
    }

    fn describe_value(&self, contract: &mut Contract) {
        self.hub.describe(contract);
    }

    fn answers(&self, parts: &Parts) -> Option<StatusCode> {
        (parts.method == Method::HEAD).then_some(StatusCode::FOUND)
    }

    async fn read(&self, cx: &mut RequestContext<'_, B>) -> Result<Opened<T>, Error> {
        take_headers(cx.parts, &self.hub.settings().headers);
        let read = T::from_request(cx).await?;
        let state = cx.state().cloned().unwrap_or_default();
        let parts = own(cx.parts);
        let tries = parts.headers.get(RECONNECT).and_then(|tries| tries.to_str().ok()?.parse().ok());
        let opening = Opening { parts, state, tries: tries.unwrap_or_default() };
        Ok(Opened { hub: self.hub.clone(), opening, read })
    }
}

/// Copies the head of a request, to be kept as long as the connection.
///
/// A head as it came shares the buffer that it was read into, which is much larger.
fn own(parts: &Parts) -> Parts {
    let (mut own, ()) = Request::new(()).into_parts();
    own.method = parts.method.clone();
    own.version = parts.version;
    own.uri = Uri::from_maybe_shared(Bytes::from(parts.uri.to_string())).unwrap_or_default();
    own.extensions = parts.extensions.clone();
    // The upgrade is not ours to keep, and the state is kept beside.
    own.extensions.remove::<OnUpgrade>();
    own.extensions.remove::<RequestState>();
    let fields = || parts.headers.iter().filter(|(name, _)| !HANDSHAKE.contains(name));
    own.headers = HeaderMap::with_capacity(fields().count());
    let values: Vec<u8> = fields().flat_map(|(_, value)| value.as_bytes()).copied().collect();
    let mut values = Bytes::from(values);
    for (name, value) in fields() {
        let copy = HeaderValue::from_maybe_shared(values.split_to(value.len()));
        let mut copy = copy.expect("what was a value of a header field is one");
        copy.set_sensitive(value.is_sensitive());
        own.headers.append(name.clone(), copy);
    }
    own
}

/// Adds header fields that came as URL parameters, as far as they are allowed.
fn take_headers(parts: &mut Parts, allowed: &[HeaderName]) {
    if parts.uri.query().is_none_or(|query| query.len() < PREFIX.len()) {
        return;
    }
    // A query that cannot be read brings no fields; whoever reads it says so.
    let Ok(Query(Unchecked(Pairs(pairs)))) = Query::<Unchecked<Pairs>>::try_from_uri(&parts.uri) else {
        return;
    };
    for (name, value) in pairs {
        let Some(name) = name
            .get(..PREFIX.len())
            .filter(|start| start.eq_ignore_ascii_case(PREFIX))
            .and(name.get(PREFIX.len()..))
        else {
            continue;
        };
        let name = allowed.iter().find(|allowed| allowed.as_str().eq_ignore_ascii_case(name));
        if let (Some(name), Ok(value)) = (name, HeaderValue::try_from(value)) {
            parts.headers.append(name, value);
        }
    }
}

/// The parameters of a query, in their order.
struct Pairs(Vec<(String, String)>);

impl<'de> Deserialize<'de> for Pairs {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct InOrder;

        impl<'de> Visitor<'de> for InOrder {
            type Value = Pairs;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("parameters")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Pairs, A::Error> {
                let mut pairs = Vec::new();
                while let Some(pair) = map.next_entry()? {
                    pairs.push(pair);
                }
                Ok(Pairs(pairs))
            }
        }

        deserializer.deserialize_map(InOrder)
    }
}

/// A client whose request was read.
pub struct Opened<T> {
    hub: Hub,
    opening: Opening,
    read: T,
}

impl<T: Send + Sync + 'static> WebSocketHandler for Opened<T> {
    async fn handle(self, socket: WebSocket) -> Result<(), Error> {
        session::serve(self.hub, self.opening, self.read, socket).await
    }
}

impl<T> Clone for Speaks<T> {
    fn clone(&self) -> Self {
        Self::new(self.hub.clone())
    }
}

impl<T> fmt::Debug for Speaks<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Speaks").field("hub", &self.hub).finish()
    }
}

impl<T> fmt::Debug for Opened<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Opened").field("hub", &self.hub).finish_non_exhaustive()
    }
}

/// What has done its part when the websocket is open.
const HANDSHAKE: [HeaderName; 5] = [
    header::CONNECTION,
    header::SEC_WEBSOCKET_EXTENSIONS,
    header::SEC_WEBSOCKET_KEY,
    header::SEC_WEBSOCKET_VERSION,
    header::UPGRADE,
];

/// What names of URL parameters begin with that are header fields.
const PREFIX: &str = "x-websocket-header-";

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(uri: &str) -> Vec<String> {
        let request = Request::get(uri).header("x-token", "real").body(()).unwrap();
        let mut parts = request.into_parts().0;
        take_headers(&mut parts, &[RECONNECT, HeaderName::from_static("x-token")]);
        let field = |(name, value): (_, &HeaderValue)| format!("{name}: {}", value.to_str().unwrap());
        parts.headers.iter().map(field).collect()
    }

    #[test]
    fn what_is_kept_of_a_head_is_the_same_and_shares_nothing_with_it() {
        let shared = Bytes::from_static(b"/ws?a=1 text/html secret");
        let mut secret = HeaderValue::from_maybe_shared(shared.slice(18..)).unwrap();
        secret.set_sensitive(true);
        let request = Request::get(Uri::from_maybe_shared(shared.slice(..7)).unwrap())
            .header("upgrade", "websocket")
            .header("accept", HeaderValue::from_maybe_shared(shared.slice(8..17)).unwrap())
            .header("x-key", secret.clone())
            .header("x-key", "2");
        let parts = request.body(()).unwrap().into_parts().0;
        let kept = own(&parts);
        assert_eq!((&kept.method, &kept.uri), (&parts.method, &parts.uri));
        assert_eq!(kept.headers.len(), 3);
        assert_eq!(kept.headers["accept"], "text/html");
        assert!(kept.headers.get_all("x-key").iter().eq([&secret, &HeaderValue::from_static("2")]));
        assert!(kept.headers["x-key"].is_sensitive());
        let memory = shared.as_ptr_range();
        assert!(!memory.contains(&kept.headers["accept"].as_bytes().as_ptr()));
        assert!(!memory.contains(&kept.uri.path().as_ptr()));
    }

    #[test]
    fn only_allowed_header_fields_are_taken_from_the_url() {
        let real = "x-token: real";
        for (query, expected) in [
            ("", vec![real]),
            ("?X-Websocket-Header-X-Websocket-Reconnect=3", vec![real, "x-websocket-reconnect: 3"]),
            ("?x-websocket-header-x-WEBSOCKET-reconnect=%33", vec![real, "x-websocket-reconnect: 3"]),
            ("?X-Websocket-Header-X-Token=a+b", vec![real, "x-token: a b"]),
            ("?X-Websocket-Header-Authorization=Bearer&X-Websocket-Header-Cookie=a", vec![real]),
            ("?X-Websocket-Header-X-Forwarded-For=10.0.0.1", vec![real]),
            ("?X-Websocket-Header-X-Token=a%0d%0ab", vec![real]),
            ("?X-Websocket-Header-=a&X-Websocket-Header=b&X-Token=c", vec![real]),
            (
                "?X-Websocket-Header-X-Token=a&x-websocket-header-x-token=b&X-WEBSOCKET-Header-X-Token=c",
                vec![real, "x-token: a", "x-token: b", "x-token: c"],
            ),
            ("?%ff=1&X-Websocket-Header-X-Token=x", vec![real]),
        ] {
            assert_eq!(headers(&format!("/ws{query}")), expected, "{query}");
        }
    }
}
