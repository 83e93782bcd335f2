//! How a controller is handed to an application.

use std::fmt;
use std::marker::PhantomData;
use std::panic::Location;
use std::sync::Arc;

use super::controller::{Built, Whole};
use super::declare::{Actions, Draft};
use super::instance::Instance;
use super::{Activation, Controller, ControllerMethods, Source};

/// A controller, and where its instances come from; made by [`controller`] and [`controller_with`].
#[must_use = "a controller does nothing until an application handles it"]
pub struct Registration<C, S> {
    source: S,
    controller: PhantomData<fn() -> C>,
}

/// Names a controller whose fields are read and injected.
///
/// # Example
///
/// ```
/// use gongular::mvc::{Application, Controller, controller};
/// use gongular::{Inject, Router};
///
/// struct Greetings(&'static str);
///
/// #[derive(Controller)]
/// struct Greeter {
///     greetings: Inject<Greetings>,
/// }
///
/// #[controller]
/// impl Greeter {
///     async fn get_by(&self, name: String) -> String {
///         format!("{}, {name}!", self.greetings.0)
///     }
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() {
/// let app = Application::new(Router::new()).provide(Greetings("Hello")).handle(controller::<Greeter>());
/// let client = app.into_engine().test_client().await.unwrap();
/// client.get("/Ann").send().await.assert_text("Hello, Ann!");
/// # }
/// ```
pub const fn controller<C: Controller<Given: NothingGiven>>() -> Registration<C, Built<C::Given>> {
    Registration { source: Built(C::Given::NOTHING), controller: PhantomData }
}

/// What is given to a controller without fields that are marked `#[given]`.
#[diagnostic::on_unimplemented(
    message = "fields of this controller are marked `#[given]`, which `controller` gives nothing",
    label = "no `{Self}` is given",
    note = "write `controller_with::<TheStruct>(value)`; several values are a tuple in the order of the fields"
)]
pub trait NothingGiven {
    /// Nothing.
    const NOTHING: Self;
}

impl NothingGiven for () {
    const NOTHING: Self = ();
}

/// Names a controller, and gives the plain values of its fields that are marked `#[given]`: one as it is, several as a tuple in
/// the order of the fields.
pub const fn controller_with<C: Controller>(given: C::Given) -> Registration<C, Built<C::Given>> {
    Registration { source: Built(given), controller: PhantomData }
}

/// What [`Application::handle`](super::Application::handle) takes: a [`Registration`], or an instance that serves all requests.
///
/// `Kind` only tells them apart.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no controller",
    label = "not a controller",
    note = "write `#[controller]` above the `impl` block of the methods, and pass `controller::<TheStruct>()` or an instance"
)]
pub trait IntoController<Kind> {
    /// The controller.
    type Controller: ControllerMethods;
    /// Where instances come from.
    type Source: Source<Self::Controller>;

    /// Makes the registration.
    fn into_controller(self) -> Registration<Self::Controller, Self::Source>;
}

/// Tells an instance from a registration.
#[derive(Debug)]
#[expect(clippy::exhaustive_enums, reason = "it has no values")]
pub enum AsInstance {}

impl<C: ControllerMethods> IntoController<AsInstance> for C {
    type Controller = C;
    type Source = Whole<C>;

    fn into_controller(self) -> Registration<C, Whole<C>> {
        Registration { source: Whole(self), controller: PhantomData }
    }
}

impl<C: ControllerMethods, S: Source<C>> IntoController<()> for Registration<C, S> {
    type Controller = C;
    type Source = S;

    fn into_controller(self) -> Self {
        self
    }
}

impl<C, S: Source<C>> Registration<C, S> {
    /// Returns where instances come from.
    #[cfg(feature = "neffos")]
    pub(crate) fn into_source(self) -> S {
        self.source
    }
}

impl<C: ControllerMethods, S: Source<C>> Registration<C, S> {
    /// Lets the controller declare what it answers.
    pub(super) fn activate(self, place: &'static Location<'static>) -> Activation {
        let instance: Arc<Instance<C, S>> = Instance::new(self.source, place);
        let mut drafts: Vec<Draft> = Vec::new();
        let mut http_errors = None;
        let actions = Actions { instance: &instance, drafts: &mut drafts, http_errors: &mut http_errors };
        C::declare(&mut { actions });
        let mut activation = Activation::new(C::NAME, place, drafts);
        activation.http_errors = http_errors;
        C::before_activation(&mut activation);
        activation
    }
}

impl<C, S> fmt::Debug for Registration<C, S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Registration").field(&std::any::type_name::<C>()).finish()
    }
}
