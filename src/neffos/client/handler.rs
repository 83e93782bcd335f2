//! Functions as handlers of events, and as hooks.

use std::future::Future;
use std::sync::Arc;

use super::context::{EventContext, FromEvent};
use crate::Error;
use crate::handler::Function;
use crate::neffos::running::Running;
use crate::neffos::{IntoReply, Payload};

/// Something that runs when an event comes, or when a namespace or a room is entered or left.
///
/// Implemented for async functions and closures of up to 8 arguments that are [`FromEvent`], and return something that is
/// [`IntoReply`]. `Args` only tells the shapes of functions apart.
pub trait EventHandler<Args>: Clone + Send + Sync + 'static {
    /// Makes the arguments and runs the handler.
    ///
    /// # Errors
    ///
    /// An argument that cannot be made, or the handler's own error.
    fn call(&self, cx: EventContext) -> impl Future<Output = Result<Option<Payload>, Error>> + Send;
}

impl<F, Args, Fut> EventHandler<(Fut, Args)> for F
where
    F: Function<Args, Future = Fut>,
    Args: FromEvent + Send,
    Fut: Future<Output: IntoReply> + Send,
{
    async fn call(&self, cx: EventContext) -> Result<Option<Payload>, Error> {
        let args = Args::from_event(&cx)?;
        drop(cx);
        Function::call(self, args).await.into_reply()
    }
}

/// A handler whose type is forgotten.
pub(super) type Hook = Arc<dyn Fn(EventContext) -> Running + Send + Sync>;

pub(super) fn erase<Args, H: EventHandler<Args>>(handler: H) -> Hook {
    Arc::new(move |cx| {
        let handler = handler.clone();
        Box::pin(async move { handler.call(cx).await })
    })
}
