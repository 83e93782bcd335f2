//! Handlers and layers before all methods of a controller.

use std::fmt;

use bytes::Bytes;
use http::{Request, Response};
use http_body::Body;
use tower_layer::Layer;
use tower_service::Service;

use super::ControllerOption;
use crate::AnyBody;
use crate::chain::{Chain, IntoChain, Rest};
use crate::error::BoxError;
use crate::mvc::Activation;

/// Handlers before all methods of a controller; made by [`using`].
#[must_use = "an option does nothing until a controller is handled with it"]
pub struct Using(Chain);

/// Sets what runs before all methods of a controller: a handler, a tuple of them, or a chain.
///
/// It runs before the controller's fields are read, in the order in which options are written, behind the handlers of the router.
///
/// # Example
///
/// ```
/// use gongular::mvc::{Application, controller, Controller, using};
/// use gongular::{Router, Stop, http};
///
/// async fn guard(headers: http::HeaderMap) -> Option<Stop<http::StatusCode>> {
///     (!headers.contains_key("x-token")).then_some(Stop(http::StatusCode::UNAUTHORIZED))
/// }
///
/// #[derive(Controller)]
/// struct Secrets;
///
/// #[controller]
/// impl Secrets {
///     async fn get(&self) -> &'static str {
///         "the key is under the mat"
///     }
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() {
/// let app = Application::new(Router::new()).handle_with(controller::<Secrets>(), using(guard));
/// let client = app.into_engine().test_client().await.unwrap();
/// client.get("/").send().await.assert_status(401);
/// client.get("/").header("x-token", "1").send().await.assert_text("the key is under the mat");
/// # }
/// ```
pub fn using<Kind>(chain: impl IntoChain<Kind>) -> Using {
    Using(chain.into_chain())
}

impl ControllerOption for Using {
    fn apply(self, activation: &mut Activation) {
        if let Some(name) = self.0.name {
            let text = format!(
                "the chain in `using` is named {name:?}, but a controller has several routes: name them in its block"
            );
            activation.mistake(&text);
        }
        activation.links.extend(self.0.links);
    }
}

impl fmt::Debug for Using {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Using").field(&self.0).finish()
    }
}

/// A tower layer around all methods of a controller; made by [`layered`].
#[must_use = "an option does nothing until a controller is handled with it"]
pub struct Layered(Chain);

/// Sets a tower layer around all methods of a controller, and around the options that are written after it.
///
/// A controller does not [pass](crate::Error::pass) a request on from inside of a layer: the layer has it. A
/// [`Version`](super::Version), which stands outside, does.
///
/// # Example
///
/// ```
/// use gongular::mvc::{Controller, layered, skip};
/// use tower::limit::ConcurrencyLimitLayer;
///
/// let options = (layered(ConcurrencyLimitLayer::new(8)), skip(["get_status"]));
/// # let _ = options;
/// ```
pub fn layered<L, R>(layer: L) -> Layered
where
    L: Layer<Rest> + Send + Sync + 'static,
    L::Service: Service<Request<AnyBody>, Response = Response<R>, Future: Send + 'static, Error: Into<BoxError>>
        + Clone
        + Send
        + Sync
        + 'static,
    R: Body<Data = Bytes, Error: Into<BoxError>> + Send + 'static,
{
    Layered(Chain::new().layer(layer))
}

impl ControllerOption for Layered {
    fn apply(self, activation: &mut Activation) {
        activation.links.extend(self.0.links);
    }
}

impl fmt::Debug for Layered {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Layered").field(&self.0).finish()
    }
}
