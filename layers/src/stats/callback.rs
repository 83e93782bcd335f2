//! Who gets the statistics.

use std::sync::Arc;

use gongular_core::stats::RouteStat;

/// Receives the statistic of every request, once, at its true end.
///
/// Implemented for closures, for `()`, which does nothing, for `Arc`s, and for pairs, which are called in order. Ready-made
/// ones are [`DefaultRouteCallback`](super::DefaultRouteCallback) and [`JsonLines`](super::JsonLines).
///
/// It is called synchronously on the thread that ends the request: what takes long belongs into a channel.
///
/// # Panics in callbacks
///
/// A callback that panics does not touch the answer, which has left already, nor other requests: the panic is caught after
/// the panic hook has reported it. Of a pair, the second is then not called for that request.
///
/// # Example
///
/// ```
/// use std::collections::HashMap;
/// use std::sync::Mutex;
///
/// use gongular_core::stats::RouteStat;
/// use gongular_layers::stats::{RouteCallback, StatsLayer};
///
/// #[derive(Default)]
/// struct Counts(Mutex<HashMap<String, u64>>);
///
/// impl RouteCallback for Counts {
///     fn on_route(&self, stat: &RouteStat) {
///         // The label has as many values as there are routes, whatever clients ask for.
///         *self.0.lock().unwrap().entry(stat.label().to_owned()).or_default() += 1;
///     }
/// }
///
/// let counts = Counts::default();
/// counts.on_route(&RouteStat::default());
/// assert_eq!(counts.0.lock().unwrap()[""], 1);
/// let _layer = StatsLayer::new((counts, |stat: &RouteStat| assert!(stat.response_size() < 1 << 20)));
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot receive statistics",
    note = "pass a closure `|stat: &RouteStat| ..` that is `Send + Sync + 'static`, or a type that implements `RouteCallback`"
)]
pub trait RouteCallback: Send + Sync + 'static {
    /// Receives one statistic.
    fn on_route(&self, stat: &RouteStat);
}

impl<F> RouteCallback for F
where
    F: Fn(&RouteStat) + Send + Sync + 'static,
{
    fn on_route(&self, stat: &RouteStat) {
        self(stat);
    }
}

impl RouteCallback for () {
    fn on_route(&self, _: &RouteStat) {}
}

impl<C: RouteCallback + ?Sized> RouteCallback for Arc<C> {
    fn on_route(&self, stat: &RouteStat) {
        (**self).on_route(stat);
    }
}

impl<A: RouteCallback, B: RouteCallback> RouteCallback for (A, B) {
    fn on_route(&self, stat: &RouteStat) {
        self.0.on_route(stat);
        self.1.on_route(stat);
    }
}
