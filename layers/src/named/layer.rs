//! The layer that gives another one a name.

use tower_layer::Layer;

use super::Named;

/// Gives a layer a name, under which its time stands in the statistics.
///
/// See the [module docs](super) for an example.
#[derive(Clone, Copy, Debug)]
pub struct NamedLayer<L> {
    name: &'static str,
    inner: L,
}

impl<L> NamedLayer<L> {
    /// Makes a layer that does what `inner` does, under a name.
    pub const fn new(name: &'static str, inner: L) -> Self {
        Self { name, inner }
    }
}

impl<L: Layer<S>, S> Layer<S> for NamedLayer<L> {
    type Service = Named<L::Service>;

    fn layer(&self, service: S) -> Self::Service {
        Named::new(self.name, self.inner.layer(service))
    }
}
