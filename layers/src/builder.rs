//! gongular's layers as methods of tower's `ServiceBuilder`.

use gongular_core::Limits;
use gongular_core::inject::Container;
use tower::ServiceBuilder;
use tower_layer::Stack;

use crate::stats::{RouteCallback, StatsLayer};
use crate::{ErrorHandler, ErrorLayer, InjectLayer, LimitsLayer, NamedLayer};

/// Adds gongular's layers to a [`ServiceBuilder`] by short names.
///
/// As always with a `ServiceBuilder`, what is added first stands outermost. Statistics belong there.
///
/// This trait is sealed.
///
/// # Example
///
/// ```
/// use bytes::Bytes;
/// use gongular_core::{Limits, service};
/// use gongular_layers::ServiceBuilderExt;
/// use gongular_layers::stats::RouteStat;
/// use http::Request;
/// use http_body_util::Empty;
/// use tower::ServiceBuilder;
/// use tower_service::Service;
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() {
/// # let auth = tower_layer::Identity::new();
/// let (sender, names) = std::sync::mpsc::channel();
/// let mut service = ServiceBuilder::new()
///     .stats(move |stat: &RouteStat| sender.send(stat.layers()[0].name()).unwrap())
///     .named("auth", auth)
///     .limits(Limits::default().with_body_bytes(64 << 10))
///     .service(service(async || "hi"));
///
/// let response = service.call(Request::new(Empty::<Bytes>::new())).await.unwrap();
/// drop(response);
/// assert_eq!(names.try_recv(), Ok("auth"));
/// # }
/// ```
pub trait ServiceBuilderExt<L>: sealed::Sealed<L> + Sized {
    /// Hands the statistic of every request to `callback`; see [`StatsLayer`].
    #[must_use]
    fn stats(self, callback: impl RouteCallback) -> ServiceBuilder<Stack<StatsLayer, L>>;

    /// Adds a layer whose time stands in the statistics under a name; see [`NamedLayer`].
    #[must_use]
    fn named<N>(self, name: &'static str, layer: N) -> ServiceBuilder<Stack<NamedLayer<N>, L>>;

    /// Answers errors and panics as `layer` has it; see [`ErrorLayer`].
    #[must_use]
    fn errors<H: ErrorHandler>(self, layer: ErrorLayer<H>) -> ServiceBuilder<Stack<ErrorLayer<H>, L>>;

    /// Makes a container's dependencies available inside; see [`InjectLayer`].
    #[must_use]
    fn inject(self, container: Container) -> ServiceBuilder<Stack<InjectLayer, L>>;

    /// Sets the limits that extractors inside hold a request to; see [`LimitsLayer`].
    #[must_use]
    fn limits(self, limits: Limits) -> ServiceBuilder<Stack<LimitsLayer, L>>;
}

impl<L> ServiceBuilderExt<L> for ServiceBuilder<L> {
    fn stats(self, callback: impl RouteCallback) -> ServiceBuilder<Stack<StatsLayer, L>> {
        self.layer(StatsLayer::new(callback))
    }

    fn named<N>(self, name: &'static str, layer: N) -> ServiceBuilder<Stack<NamedLayer<N>, L>> {
        self.layer(NamedLayer::new(name, layer))
    }

    fn errors<H: ErrorHandler>(self, layer: ErrorLayer<H>) -> ServiceBuilder<Stack<ErrorLayer<H>, L>> {
        self.layer(layer)
    }

    fn inject(self, container: Container) -> ServiceBuilder<Stack<InjectLayer, L>> {
        self.layer(InjectLayer::new(container))
    }

    fn limits(self, limits: Limits) -> ServiceBuilder<Stack<LimitsLayer, L>> {
        self.layer(LimitsLayer::new(limits))
    }
}

mod sealed {
    use tower::ServiceBuilder;

    #[expect(unnameable_types, reason = "that nobody can name it is what seals")]
    pub trait Sealed<L> {}

    impl<L> Sealed<L> for ServiceBuilder<L> {}
}
