//! Controllers whose methods are events of a namespace.

mod declaration;
mod instance;
mod method;

use std::future::Future;

use gongular_core::MemberName;

pub use self::declaration::Declaration;
use crate::mvc::{Registration, Source};
use crate::neffos::{EventContext, FromEvent, IntoNamespace, Namespace, NsConn, Payload};
use crate::{Error, FromRequest, RequestContext};

/// The methods of a controller that are events; `#[websocket_controller]` on an `impl` block writes it.
#[diagnostic::on_unimplemented(
    message = "`{Self}` has no methods that are events",
    label = "not a websocket controller",
    note = "write `#[websocket_controller(namespace = \"..\")]` above the `impl` block with its methods"
)]
pub trait ControllerEvents: Sized + Send + Sync + 'static {
    /// The name that stands in messages.
    const NAME: &'static str;

    /// The namespace whose events they are.
    const NAMESPACE: &'static str;

    /// Declares all methods.
    fn declare(events: &mut Declaration<'_, Self>);
}

/// One method of a websocket controller; `#[websocket_controller]` writes it.
pub trait EventMethod<C>: Send + Sync + 'static {
    /// The name of the method.
    const NAME: &'static str;

    /// What it takes: the names and types, as they are written.
    const ARGUMENTS: &'static [MemberName] = &[];

    /// When it runs: one of the [moments](crate::neffos::moment).
    type Moment;

    /// What it takes.
    type Arguments: FromEvent<Self::Moment> + Send;

    /// Calls the method.
    fn call(
        controller: &C,
        arguments: Self::Arguments,
    ) -> impl Future<Output = Result<Option<Payload>, Error>> + Send;
}

impl Namespace {
    /// Makes a namespace of a controller: its methods are the events, its name is the one of the attribute.
    ///
    /// Each connection that enters the namespace gets an instance of its own, which lives until it leaves. Its fields are read from the
    /// request that opened the connection, and injected: what is built for each request is built once for the connection, and
    /// torn down at its end. A field [`NsConn`] is the connection in the namespace. What keeps an instance from being made refuses
    /// the namespace.
    ///
    /// [`Events::namespace`](crate::neffos::Events::namespace) takes a controller as it is, without this.
    ///
    /// # Example
    ///
    /// ```
    /// use gongular::mvc::{Controller, controller};
    /// use gongular::neffos::{Events, Message, Namespace, NsConn, websocket_controller};
    /// use gongular::{Error, Inject, Router};
    ///
    /// struct Greeting(&'static str);
    ///
    /// #[derive(Controller)]
    /// struct Chat {
    ///     client: NsConn,
    ///     greeting: Inject<Greeting>,
    /// }
    ///
    /// #[websocket_controller(namespace = "default")]
    /// impl Chat {
    ///     async fn on_namespace_connected(&self) -> Result<(), Error> {
    ///         Ok(self.client.emit("greeting", self.greeting.0)?)
    ///     }
    ///
    ///     /// The event `chat`.
    ///     async fn chat(&self, message: Message) -> Result<(), Error> {
    ///         self.client.others().emit("chat", message.body().clone())
    ///     }
    /// }
    ///
    /// let hub = Events::new().namespace(Namespace::of(controller::<Chat>())).build();
    /// let router = Router::new().provide(Greeting("hello")).get("/ws", hub.route());
    /// # let _ = router;
    /// ```
    #[must_use]
    #[track_caller]
    pub fn of<C: ControllerEvents, S: Source<C>>(controller: Registration<C, S>) -> Self {
        declaration::namespace(controller.into_source(), |method| Some(method.to_owned()))
    }

    /// Makes a namespace of a controller whose methods are named otherwise than the events: `event` makes the name of the event of
    /// the name of a method, or none for a method that is no event.
    ///
    /// Names that are written above a method, by `#[event("name")]`, stay, and so do hooks.
    #[must_use]
    #[track_caller]
    pub fn of_named<C: ControllerEvents, S: Source<C>>(
        controller: Registration<C, S>,
        event: impl Fn(&str) -> Option<String>,
    ) -> Self {
        declaration::namespace(controller.into_source(), event)
    }
}

/// The namespace of a controller, as [`Namespace::of`] makes it.
impl<C: ControllerEvents, S: Source<C>> IntoNamespace for Registration<C, S> {
    #[track_caller]
    fn into_namespace(self) -> Namespace {
        Namespace::of(self)
    }
}

/// The connection in the namespace of the controller whose field this is.
///
/// # Errors
///
/// It is read anywhere else: [`ErrorKind::App`](crate::ErrorKind::App), `500`.
impl<B: Send> FromRequest<B> for NsConn {
    async fn from_request(cx: &mut RequestContext<'_, B>) -> Result<Self, Error> {
        let missing =
            || Error::app("`NsConn` is a field of websocket controllers, and an argument of their methods");
        cx.parts.extensions.get::<Self>().cloned().ok_or_else(missing)
    }
}

/// Waits for what a method returns, and makes an answer of it.
///
/// How is asked of the caller, where an output that is no answer is one error at its own place.
#[doc(hidden)]
pub async fn reply<F, A>(method: F, answer: A) -> Result<Option<Payload>, Error>
where
    F: Future,
    A: FnOnce(F::Output) -> Result<Option<Payload>, Error>,
{
    let output = method.await;
    answer(output)
}
