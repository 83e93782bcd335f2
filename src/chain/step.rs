//! One handler of a chain, its type erased.

use std::marker::PhantomData;
use std::sync::Arc;

use gongular_core::stats::Recorder;
use gongular_core::{Contract, Handler, RequestContext};

use super::flight::{Caught, Flight, StepFuture, begin};
use super::only::Only;
use crate::AnyBody;

/// One step of a chain.
pub(crate) trait Step: Send + Sync {
    /// Lets the step do its part.
    fn call(&self, flight: Box<Flight>) -> StepFuture;

    /// Notes in the statistics that the step did not run.
    fn skip(&self, recorder: &Recorder);

    /// Returns the same step as all of a chain, if it can be that.
    fn as_only(self: Arc<Self>) -> Option<Arc<dyn Only>> {
        None
    }
}

/// A handler as a step, for registration: its contract is known, its type no longer.
#[derive(Clone)]
pub(crate) struct Registered {
    pub(crate) name: &'static str,
    pub(crate) contract: Contract,
    pub(crate) step: Arc<dyn Step>,
    /// The controller that it is a method of.
    #[cfg(feature = "mvc")]
    pub(crate) action: Option<Arc<super::Action>>,
    /// Whether it may need more than its contract says, as a service of somebody else's does.
    #[cfg(feature = "mvc")]
    pub(crate) needs_scope: bool,
}

impl Registered {
    pub(crate) fn new<H, Args>(handler: H) -> Self
    where
        H: Handler<AnyBody, Args>,
        Args: 'static,
    {
        let (name, contract) = (handler.name(), handler.contract());
        let step = Arc::new(HandlerStep { handler, args: PhantomData });
        Self {
            name,
            contract,
            step,
            #[cfg(feature = "mvc")]
            action: None,
            #[cfg(feature = "mvc")]
            needs_scope: false,
        }
    }
}

pub(super) struct HandlerStep<H, Args> {
    pub(super) handler: H,
    args: PhantomData<fn() -> Args>,
}

impl<H, Args> Step for HandlerStep<H, Args>
where
    H: Handler<AnyBody, Args>,
    Args: 'static,
{
    fn call(&self, mut flight: Box<Flight>) -> StepFuture {
        let handler = self.handler.clone();
        // The room comes first: `Box::pin` would make the future on the stack and move all of it.
        let room = Box::new_uninit();
        let future = async move {
            let running = begin(&flight.state, || handler.name());
            let Flight { parts, body, state, answer, .. } = &mut *flight;
            let mut cx = RequestContext::with_state(parts, body, state);
            let called = Caught::new(handler.call(&mut cx, answer)).await;
            flight.end(running, called)
        };
        let future = Box::write(room, future);
        Box::into_pin(future)
    }

    fn skip(&self, recorder: &Recorder) {
        recorder.skipped_handler(self.handler.name());
    }

    fn as_only(self: Arc<Self>) -> Option<Arc<dyn Only>> {
        Some(self)
    }
}
