//! Who sent the request.

use std::fmt;
use std::net::SocketAddr;

use http::Extensions;

use super::{FromRequest, RequestContext, RequestState};
use crate::Error;

/// The address that the request's connection comes from: that of the client, or of the proxy before us.
///
/// The server leaves it as an extension of the request; gongular's own does. With the feature `axum`, axum's
/// `ConnectInfo<SocketAddr>` is taken as well, which `into_make_service_with_connect_info` leaves.
///
/// Headers such as `Forwarded` are not looked at: anybody can send them. A layer that knows its proxies may replace the
/// extension.
///
/// # Errors
///
/// Nobody left an address: [`ErrorKind::App`](crate::ErrorKind::App), `500`. `Option<ClientAddr>` is `None` then.
///
/// # Example
///
/// ```
/// use std::net::SocketAddr;
///
/// use gongular_core::{ClientAddr, service};
/// use http::Request;
/// use http_body_util::{BodyExt, Empty};
/// use tower_service::Service;
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() {
/// let mut whoami = service(async |client: ClientAddr| client.ip().to_string());
/// let request = Request::builder()
///     .extension(ClientAddr::new(SocketAddr::from(([192, 0, 2, 7], 4711))))
///     .body(Empty::<bytes::Bytes>::new())
///     .unwrap();
/// let response = whoami.call(request).await.unwrap();
/// assert_eq!(response.into_body().collect().await.unwrap().to_bytes(), "192.0.2.7");
/// # }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ClientAddr(SocketAddr);

impl ClientAddr {
    /// Makes the extension that a server leaves with its requests.
    #[must_use]
    pub const fn new(address: SocketAddr) -> Self {
        Self(address)
    }

    /// Returns the address of a request, if a server left one.
    #[must_use]
    pub fn of(extensions: &Extensions) -> Option<Self> {
        Self::find(RequestState::of(extensions), extensions)
    }

    /// Returns the address of a request whose state may be held outside of the extensions.
    ///
    /// An extension comes first: a layer that knows its proxies puts it in the place of what the host says.
    pub(crate) fn find(state: Option<&RequestState>, extensions: &Extensions) -> Option<Self> {
        if let Some(address) = extensions.get() {
            return Some(*address);
        }
        if let Some(address) = state.and_then(RequestState::client_addr) {
            return Some(address);
        }
        #[cfg(feature = "axum")]
        if let Some(axum::extract::ConnectInfo(address)) = extensions.get() {
            return Some(Self(*address));
        }
        None
    }

    /// Returns the address with its port.
    #[must_use]
    pub const fn socket_addr(self) -> SocketAddr {
        self.0
    }

    /// Returns the IP address.
    #[must_use]
    pub const fn ip(self) -> std::net::IpAddr {
        self.0.ip()
    }
}

impl<B: Send> FromRequest<B> for ClientAddr {
    fn is_present(cx: &mut RequestContext<'_, B>) -> bool {
        cx.client_addr().is_some()
    }

    async fn from_request(cx: &mut RequestContext<'_, B>) -> Result<Self, Error> {
        let missing = "no client address: the server has to leave `ClientAddr` with each request (in axum: \
            `into_make_service_with_connect_info::<SocketAddr>()`), or take `Option<ClientAddr>`";
        cx.client_addr().ok_or_else(|| Error::app(missing))
    }
}

impl fmt::Display for ClientAddr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(feature = "axum")]
    #[test]
    fn the_address_is_taken_over_from_axum() {
        let address = SocketAddr::from(([127, 0, 0, 1], 80));
        let mut extensions = Extensions::new();
        assert_eq!(ClientAddr::of(&extensions), None);
        extensions.insert(axum::extract::ConnectInfo(address));
        assert_eq!(ClientAddr::of(&extensions), Some(ClientAddr::new(address)));
    }

    #[test]
    fn the_address_of_a_layer_wins_over_that_of_the_host() {
        let (host, layer) = (SocketAddr::from(([10, 0, 0, 1], 80)), SocketAddr::from(([192, 0, 2, 7], 4711)));
        let (mut parts, ()) = http::Request::new(()).into_parts();
        let mut state = RequestState::default();
        state.set_client_addr(ClientAddr::new(host));
        *RequestState::entry(&mut parts.extensions) = state.clone();
        let mut body = crate::BodySlot::new(());
        for expected in [host, layer] {
            assert_eq!(ClientAddr::of(&parts.extensions), Some(ClientAddr::new(expected)));
            let cx = RequestContext::with_state(&mut parts, &mut body, &state);
            assert_eq!(cx.client_addr(), Some(ClientAddr::new(expected)));
            parts.extensions.insert(ClientAddr::new(layer));
        }
    }

    #[test]
    fn a_missing_address_says_in_the_log_what_to_do() {
        let (mut parts, ()) = http::Request::new(()).into_parts();
        let mut body = crate::BodySlot::new(());
        let mut cx = RequestContext::new(&mut parts, &mut body);
        assert!(!<ClientAddr as FromRequest<()>>::is_present(&mut cx));
        let reading = std::pin::pin!(ClientAddr::from_request(&mut cx));
        let mut task = std::task::Context::from_waker(std::task::Waker::noop());
        let std::task::Poll::Ready(Err(error)) = reading.poll(&mut task) else {
            panic!("there is no address")
        };
        assert!(error.to_string().starts_with("no client address: the server has to leave `ClientAddr`"));
        assert_eq!(error.public(), "internal server error");
    }
}
