//! What a connection has of its own in a namespace: instances of controllers.

use std::any::Any;
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use crate::Error;
use crate::neffos::EventContext;

/// The instances that a connection has in one namespace, one for each controller.
///
/// An instance may hold the connection, which holds the instances as long as it is in the namespace. It may also look at the
/// connection when it is dropped: so that happens where nothing is locked.
#[derive(Clone, Default)]
pub(super) struct Instances(Option<Arc<[Instance]>>);

pub(super) type Instance = Arc<dyn Any + Send + Sync>;

/// Makes an instance when a connection is about to enter a namespace.
pub(super) type Maker = Arc<dyn Fn(EventContext) -> Making + Send + Sync>;

pub(super) type Making = Pin<Box<dyn Future<Output = Result<Instance, Error>> + Send>>;

impl Instances {
    pub(super) fn new(all: Vec<Instance>) -> Self {
        Self((!all.is_empty()).then(|| all.into()))
    }

    /// Returns the instance of a controller.
    #[cfg(feature = "mvc")]
    pub(super) fn get<C: Send + Sync + 'static>(&self) -> Option<Arc<C>> {
        self.0.iter().flat_map(|all| &**all).find_map(|instance| Arc::clone(instance).downcast().ok())
    }
}

impl fmt::Debug for Instances {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Instances").field(&self.0.iter().flat_map(|all| &**all).count()).finish()
    }
}
