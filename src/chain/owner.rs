//! What handlers belong to that are methods of one thing, which is made when the engine is built.

use std::future::Future;
use std::panic::Location;
use std::pin::Pin;
use std::sync::Arc;

use gongular_core::inject::{Container, Lifetime, Lifetimes};
use gongular_core::{Contract, Error};

use crate::mvc::Activated;

/// One handler of several that share an instance.
#[derive(Clone)]
pub(crate) struct Action {
    pub(crate) owner: Arc<dyn Owner>,
    /// The name of the method.
    pub(crate) method: &'static str,
    /// What the method itself reads and needs, without the fields of its controller.
    pub(crate) arguments: Contract,
    /// What its answer needs.
    pub(crate) answer: Contract,
    pub(crate) about: Arc<About>,
}

/// What a report says of a controller besides what the controller itself knows.
#[derive(Debug, Default)]
pub(crate) struct About {
    /// The name of the application that handles it.
    pub(crate) application: Option<Arc<str>>,
    /// What its options say about it.
    pub(crate) labels: Vec<String>,
}

/// What has handlers for methods.
pub(crate) trait Owner: Send + Sync {
    /// Returns the name for reports.
    fn name(&self) -> &'static str;

    /// Returns the line that registered it.
    fn place(&self) -> &'static Location<'static>;

    /// Returns what its fields read and need.
    fn fields(&self) -> Contract;

    /// Returns its fields that are plain values: their names and types.
    fn given(&self) -> &'static [(&'static str, &'static str)];

    /// Decides whether there is one instance or one for each request; an error says why what was asked for cannot be.
    fn settle(&self, lifetimes: &Lifetimes) -> Result<Lifetime, String>;

    /// Makes the one instance, if there is to be one.
    fn make<'c>(
        &'c self,
        container: &'c Container,
    ) -> Pin<Box<dyn Future<Output = Result<(), Error>> + Send + 'c>>;

    /// Tells it what became of it.
    fn activated(&self, activated: &Activated<'_>);
}
