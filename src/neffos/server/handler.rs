//! Functions as handlers of events, and as hooks.

use std::future::Future;
use std::sync::Arc;

use super::context::{EventContext, FromEvent};
use crate::handler::Function;
use crate::neffos::running::Running;
use crate::neffos::{IntoReply, Payload};
use crate::{Contract, Error};

/// Something that runs when an event comes, or at another [moment](crate::neffos::moment) of a connection.
///
/// Implemented for async functions and closures of up to 8 arguments that are [`FromEvent`], and return something that is
/// [`IntoReply`]. `M` is the moment; `Args` only tells the shapes of functions apart.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no handler of events, and no hook",
    label = "not a handler",
    note = "pass an `async fn` by its name, or an `async` closure, of up to 8 arguments"
)]
pub trait EventHandler<M, Args>: Clone + Send + Sync + 'static {
    /// Adds the dependencies of the arguments to the contract of the route.
    fn describe(contract: &mut Contract);

    /// Makes the arguments and runs the handler.
    ///
    /// # Errors
    ///
    /// An argument that cannot be made, or the handler's own error.
    fn call(&self, cx: EventContext) -> impl Future<Output = Result<Option<Payload>, Error>> + Send;
}

impl<F, Args, Fut, M> EventHandler<M, (Fut, Args)> for F
where
    F: Function<Args, Future = Fut>,
    Args: FromEvent<M> + Send,
    Fut: Future<Output: IntoReply> + Send,
{
    fn describe(contract: &mut Contract) {
        Args::describe(contract);
    }

    async fn call(&self, cx: EventContext) -> Result<Option<Payload>, Error> {
        let args = Args::from_event(&cx).await?;
        drop(cx);
        Function::call(self, args).await.into_reply()
    }
}

/// A handler whose type is forgotten.
pub(super) type Hook = Arc<dyn Fn(EventContext) -> Running + Send + Sync>;

/// Adds what a handler needs to a contract.
pub(super) type Describe = fn(&mut Contract);

/// Forgets the type of a handler; what tells its needs is kept beside.
pub(super) fn erase<M, Args, H: EventHandler<M, Args>>(handler: H) -> Hook {
    Arc::new(move |cx| {
        let handler = handler.clone();
        Box::pin(async move { handler.call(cx).await })
    })
}
