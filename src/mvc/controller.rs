//! What a controller is: fields that are read or injected, and methods that answer.

use std::future::{Future, ready};
use std::task;

use gongular_layers::error::RequestHead;
use http::Response;

use super::{Actions, Activated, Activation};
use crate::inject::Lifetime;
use crate::{AnyBody, Context, Contract, Error, FromRequest, RequestContext, ResponseBody, Stage};

/// A struct whose fields are dependencies, values of the request, and plain values: how an instance is made.
///
/// `#[derive(Controller)]` writes it. A field is whatever a field of `#[derive(FromRequest)]` may be: `Inject<T>`, with a key or
/// of a trait object, `Param<T>` of the path that the controller is mounted on, `Header<T>`, `#[header("x-tenant")]`. One that is
/// marked `#[given]` is a plain value, which is cloned from what was given at registration, by [`controller_with`].
///
/// # One instance, or one for each request
///
/// When all fields are singletons or given, there is one instance for all requests, made when the engine is built. Otherwise
/// each request has one of its own. The [report](super::Report) says which; `#[controller(singleton)]` and
/// `#[controller(per_request)]` ask for one of the two, and what cannot be had is a mistake when the engine is built.
///
/// [`controller_with`]: super::controller_with
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no controller that can be built",
    label = "not a controller",
    note = "a struct with injected fields takes `#[derive(Controller)]`; an instance that you have made is passed as it is: `handle(instance)`"
)]
pub trait Controller: Sized + Send + Sync + 'static {
    /// The plain values that are given at registration: those of the fields that are marked `#[given]`, alone or as a tuple.
    type Given: Send + Sync + 'static;

    /// What is read and injected.
    type Fields: FromRequest<AnyBody> + Send;

    /// The names and types of the fields that are plain values, for reports.
    const GIVEN: &'static [(&'static str, &'static str)] = &[];

    /// Makes an instance.
    fn assemble(given: &Self::Given, fields: Self::Fields) -> Self;
}

/// The methods of a controller; `#[controller]` on an `impl` block writes it.
///
/// A method named `handle_http_error` is no route: it is asked about the error statuses of the controller's party, see
/// [`ErrorStatus`](super::ErrorStatus).
///
/// # Hooks
///
/// Around each method stand `begin_request`, before its arguments are read, and `end_request`, after it. Once the first has begun, the
/// second runs, with the error of whatever failed or panicked: the first itself, the arguments, the method. A `begin_request` that
/// stops the chain leaves the method out. What failed first is the answer. An instance that cannot be made has no hooks.
///
/// # Cancel safety
///
/// When the client leaves, or a layer outside gives up, what runs is dropped and nothing more is called, `end_request` neither. What has
/// to be undone stands in the `Drop` of a value, or in the teardown of a dependency, which runs in any case.
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no methods that are routes",
    label = "not a controller",
    note = "write `#[controller]` above the `impl` block with its methods"
)]
pub trait ControllerMethods: Sized + Send + Sync + 'static {
    /// The name that stands in reports and statistics.
    const NAME: &'static str;

    /// How long an instance has to live, if it was said.
    const LIFETIME: Option<Lifetime> = None;

    /// Whether something runs before or after the methods.
    const HAS_HOOKS: bool = false;

    /// Declares all methods that answer requests.
    fn declare<S: Source<Self>>(actions: &mut Actions<'_, Self, S>);

    /// Changes what was declared, before it becomes routes.
    fn before_activation(activation: &mut Activation) {
        let _ = activation;
    }

    /// Looks at what became of it, when the engine was built.
    fn after_activation(activated: &Activated<'_>) {
        let _ = activated;
    }

    /// Runs before the arguments of a method are read.
    fn begin_request(&self, cx: &mut Context<'_>) -> impl Future<Output = Result<(), Error>> + Send {
        let _ = cx;
        ready(Ok(()))
    }

    /// Runs after the method, or what failed in its place.
    fn end_request(
        &self,
        cx: &mut Context<'_>,
        error: Option<&Error>,
    ) -> impl Future<Output = Result<(), Error>> + Send {
        let _ = (cx, error);
        ready(Ok(()))
    }

    /// Answers the errors of this controller before the application's handler is asked.
    fn handle_error(error: &Error, request: &RequestHead) -> Option<Response<ResponseBody>> {
        let _ = (error, request);
        None
    }

    /// Whether [`handle_error`](Self::handle_error) was written.
    const HANDLES_ERRORS: bool = false;
}

/// One method of a controller; `#[controller]` writes it.
pub trait Method<C>: Send + Sync + 'static {
    /// What the method takes.
    type Arguments: FromRequest<AnyBody> + Send;

    /// Adds what the method's answer needs to the contract.
    fn describe_answer(contract: &mut Contract) {
        let _ = contract;
    }

    /// Calls the method and takes over what it returns.
    fn call(
        controller: &C,
        arguments: Self::Arguments,
        cx: &mut Context<'_>,
    ) -> impl Future<Output = Result<(), Error>> + Send;
}

/// Where instances come from.
///
/// Implemented by what [`controller`](fn@super::controller) and its like hold, and by nothing else.
pub trait Source<C>: sealed::Sealed + Send + Sync + 'static {
    /// What is read and injected.
    type Fields: FromRequest<AnyBody> + Send;

    /// Returns the instance that was given whole.
    fn whole(&self) -> Option<&C>;

    /// Returns the names and types of the fields that are plain values.
    fn given(&self) -> &'static [(&'static str, &'static str)] {
        &[]
    }

    /// Makes an instance.
    fn assemble(&self, fields: Self::Fields) -> C;
}

/// An instance that was made by the application, shared by all requests.
#[derive(Debug)]
pub struct Whole<C>(pub(super) C);

impl<C: Send + Sync + 'static> Source<C> for Whole<C> {
    type Fields = NoInstance;

    fn whole(&self) -> Option<&C> {
        Some(&self.0)
    }

    fn assemble(&self, fields: NoInstance) -> C {
        match fields {}
    }
}

/// Fields that are never read, since the instance is there.
#[derive(Debug)]
#[expect(clippy::exhaustive_enums, reason = "there is nothing to be added to")]
pub enum NoInstance {}

impl<B: Send> FromRequest<B> for NoInstance {
    const STAGE: Stage = Stage::Build;

    async fn from_request(_: &mut RequestContext<'_, B>) -> Result<Self, Error> {
        Err(Error::app("an instance that was given whole is not read from requests"))
    }
}

/// A controller without fields that are read.
#[derive(Clone, Copy, Debug, Default)]
#[expect(clippy::exhaustive_structs, reason = "there is nothing in it")]
pub struct NoFields;

impl<B: Send> FromRequest<B> for NoFields {
    const STAGE: Stage = Stage::Build;

    async fn from_request(_: &mut RequestContext<'_, B>) -> Result<Self, Error> {
        Ok(Self)
    }

    fn read_now(_: &mut RequestContext<'_, B>, _: &mut task::Context<'_>) -> Option<Result<Self, Error>> {
        Some(Ok(Self))
    }
}

/// Instances that are made of fields and given values.
#[derive(Debug)]
pub struct Built<G>(pub(super) G);

impl<C: Controller> Source<C> for Built<C::Given> {
    type Fields = C::Fields;

    fn whole(&self) -> Option<&C> {
        None
    }

    fn given(&self) -> &'static [(&'static str, &'static str)] {
        C::GIVEN
    }

    #[inline]
    fn assemble(&self, fields: C::Fields) -> C {
        C::assemble(&self.0, fields)
    }
}

mod sealed {
    use super::{Built, Whole};

    #[expect(unnameable_types, reason = "that nobody can name it is what seals")]
    pub trait Sealed {}

    impl<C> Sealed for Whole<C> {}
    impl<G> Sealed for Built<G> {}
}
