//! The layer, and the check of what stands inside.

use std::any::type_name;
use std::fmt;
use std::sync::Arc;

use bytes::Bytes;
use gongular_core::inject::{Closing, Container, Scopes, WiringErrors};
use gongular_core::{Contract, FromRequest};
use http_body_util::Empty;
use tower_layer::Layer;

use super::Inject;

/// Takes the dependencies of a container to everything inside.
///
/// Several of them may stand inside of each other; see [`Container::child`].
///
/// See the [module docs](super) for an example.
#[derive(Clone)]
pub struct InjectLayer {
    scopes: Arc<Scopes>,
    spawn: Option<Spawn>,
}

/// What takes teardowns that nobody awaits.
pub(super) type Spawn = Arc<dyn Fn(Closing) + Send + Sync>;

impl InjectLayer {
    /// Makes a layer of a container.
    #[must_use]
    pub fn new(container: Container) -> Self {
        Self { scopes: Arc::new(Scopes::new(container)), spawn: None }
    }

    /// Makes a layer of a container, if that has everything that the handlers inside take.
    ///
    /// `T` is what they take: one extractor, such as a struct with `#[derive(FromRequest)]`, or a tuple of them.
    ///
    /// # Errors
    ///
    /// Every dependency that is missing, with the keys that there are and what to do.
    ///
    /// # Example
    ///
    /// ```
    /// use gongular_core::inject::{Container, InjectKey, NoKey};
    /// use gongular_core::{Contract, Error, FromRequest, RequestContext};
    /// use gongular_layers::InjectLayer;
    ///
    /// struct Mailer;
    ///
    /// // With `#[derive(FromRequest)]`: struct Subscribe { mailer: Inject<Mailer> }
    /// struct Subscribe;
    /// # impl<B: Send> FromRequest<B> for Subscribe {
    /// #     fn describe(contract: &mut Contract) { contract.needs::<Mailer>(NoKey::KEY) }
    /// #     async fn from_request(_: &mut RequestContext<'_, B>) -> Result<Self, Error> { Ok(Self) }
    /// # }
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() {
    /// let empty = Container::builder().build().await.unwrap();
    /// let errors = InjectLayer::checked::<Subscribe>(empty).unwrap_err();
    /// assert!(errors.to_string().contains("Mailer"));
    /// # }
    /// ```
    #[track_caller]
    pub fn checked<T: FromRequest<Empty<Bytes>>>(container: Container) -> Result<Self, WiringErrors> {
        container.check_contract(type_name::<T>(), &Contract::of::<T, _>())?;
        Ok(Self::new(container))
    }

    /// Sets what takes the teardowns of a request that was dropped before its end, such as `|closing| { tokio::spawn(closing); }`.
    ///
    /// They are a future of nothing. Defaults to polling them once on the spot: every teardown is called, and an `async` one
    /// that is not ready at once is lost at its first `.await`. With the feature `tokio` they are spawned on the runtime that
    /// the answer is dropped on, if it is on one.
    #[must_use]
    pub fn spawn_with(mut self, spawn: impl Fn(Closing) + Send + Sync + 'static) -> Self {
        self.spawn = Some(Arc::new(spawn));
        self
    }

    /// Returns the container.
    #[must_use]
    pub fn container(&self) -> &Container {
        self.scopes.container()
    }
}

impl<S> Layer<S> for InjectLayer {
    type Service = Inject<S>;

    fn layer(&self, inner: S) -> Inject<S> {
        Inject::new(inner, Arc::clone(&self.scopes), self.spawn.clone())
    }
}

impl fmt::Debug for InjectLayer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("InjectLayer").field("container", self.container()).finish_non_exhaustive()
    }
}
