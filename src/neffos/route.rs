//! How clients come in.

use std::collections::HashMap;
use std::fmt;
use std::marker::PhantomData;

use http::request::Parts;
use http::{HeaderName, HeaderValue, Method, StatusCode};
use hyper::upgrade::OnUpgrade;

use super::conn::Opening;
use super::settings::RECONNECT;
use super::{Hub, session};
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
        let mut parts = cx.parts.clone();
        // Whoever keeps these would keep the upgrade from being given up.
        parts.extensions.remove::<OnUpgrade>();
        parts.extensions.remove::<RequestState>();
        let tries = parts.headers.get(RECONNECT).and_then(|tries| tries.to_str().ok()?.parse().ok());
        let opening = Opening { parts, state, tries: tries.unwrap_or_default() };
        Ok(Opened { hub: self.hub.clone(), opening, read })
    }
}

/// Adds header fields that came as URL parameters, as far as they are allowed.
fn take_headers(parts: &mut Parts, allowed: &[HeaderName]) {
    if parts.uri.query().is_none_or(|query| query.len() < PREFIX.len()) {
        return;
    }
    // A query that cannot be read brings no fields; whoever reads it says so.
    let Ok(Query(Unchecked(pairs))) = Query::<Unchecked<HashMap<String, String>>>::try_from_uri(&parts.uri)
    else {
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

/// What names of URL parameters begin with that are header fields.
const PREFIX: &str = "x-websocket-header-";

#[cfg(test)]
mod tests {
    use http::Request;

    use super::*;

    fn headers(uri: &str) -> Vec<String> {
        let request = Request::get(uri).header("x-token", "real").body(()).unwrap();
        let mut parts = request.into_parts().0;
        take_headers(&mut parts, &[RECONNECT, HeaderName::from_static("x-token")]);
        let mut fields: Vec<_> = parts
            .headers
            .iter()
            .map(|(name, value)| format!("{name}: {}", value.to_str().unwrap()))
            .collect();
        fields.sort();
        fields
    }

    #[test]
    fn only_allowed_header_fields_are_taken_from_the_url() {
        let real = "x-token: real";
        for (query, expected) in [
            ("", vec![real]),
            ("?X-Websocket-Header-X-Websocket-Reconnect=3", vec![real, "x-websocket-reconnect: 3"]),
            ("?x-websocket-header-x-WEBSOCKET-reconnect=%33", vec![real, "x-websocket-reconnect: 3"]),
            ("?X-Websocket-Header-X-Token=a+b", vec!["x-token: a b", real]),
            ("?X-Websocket-Header-Authorization=Bearer&X-Websocket-Header-Cookie=a", vec![real]),
            ("?X-Websocket-Header-X-Forwarded-For=10.0.0.1", vec![real]),
            ("?X-Websocket-Header-X-Token=a%0d%0ab", vec![real]),
            ("?X-Websocket-Header-=a&X-Websocket-Header=b&X-Token=c", vec![real]),
            ("?%ff=1&X-Websocket-Header-X-Token=x", vec![real]),
        ] {
            assert_eq!(headers(&format!("/ws{query}")), expected, "{query}");
        }
    }
}
