//! A method of a controller as a handler.

use std::future::Future;
use std::marker::PhantomData;
use std::sync::Arc;

use super::instance::Instance;
use super::{ControllerMethods, Method, Source};
use crate::chain::Caught;
use crate::handler::Handler;
use crate::{Answer, AnyBody, Context, Contract, Error, FromRequest, RequestContext};

/// A method of a controller as a handler.
pub(super) struct ActionHandler<C, S, M> {
    pub(super) instance: Arc<Instance<C, S>>,
    pub(super) name: &'static str,
    /// Whether what runs before and after the methods runs with this one.
    pub(super) has_hooks: bool,
    pub(super) method: PhantomData<fn() -> M>,
}

impl<C, S, M> Clone for ActionHandler<C, S, M> {
    fn clone(&self) -> Self {
        Self {
            instance: Arc::clone(&self.instance),
            name: self.name,
            has_hooks: self.has_hooks,
            method: PhantomData,
        }
    }
}

impl<C, S, M> Handler<AnyBody, ()> for ActionHandler<C, S, M>
where
    C: ControllerMethods,
    S: Source<C>,
    M: Method<C>,
{
    fn name(&self) -> &'static str {
        self.name
    }

    fn describe(contract: &mut Contract) {
        S::Fields::describe(contract);
        M::Arguments::describe(contract);
        M::describe_answer(contract);
    }

    #[expect(clippy::manual_async_fn, reason = "an `async fn` keeps room for each of its arguments twice")]
    fn call(
        &self,
        cx: &mut RequestContext<'_, AnyBody>,
        answer: &mut Answer,
    ) -> impl Future<Output = Result<(), Error>> + Send {
        async move {
            if let Some(shared) = self.instance.shared() {
                return run::<C, M>(shared, self.has_hooks, cx, answer).await;
            }
            match S::Fields::from_request(cx).await {
                Ok(fields) => {
                    let controller = self.instance.source.assemble(fields);
                    run::<C, M>(&controller, self.has_hooks, cx, answer).await
                }
                // What only failures or hooks need room for stands in a box.
                Err(error) => Err(Box::pin(with_problems::<M::Arguments>(error, cx)).await),
            }
        }
    }
}

/// Adds what is wrong with the arguments to what is wrong with the fields, for one answer.
#[cold]
async fn with_problems<A: FromRequest<AnyBody>>(error: Error, cx: &mut RequestContext<'_, AnyBody>) -> Error {
    if !error.is_binding() {
        return error;
    }
    match A::problems(cx).await {
        Ok(()) => error,
        Err(more) => error.merge(more),
    }
}

#[inline]
#[expect(clippy::manual_async_fn, reason = "an `async fn` keeps room for each of its arguments twice")]
fn run<C, M>(
    controller: &C,
    has_hooks: bool,
    cx: &mut RequestContext<'_, AnyBody>,
    answer: &mut Answer,
) -> impl Future<Output = Result<(), Error>> + Send
where
    C: ControllerMethods,
    M: Method<C>,
{
    async move {
        if const { C::HAS_HOOKS } && has_hooks {
            Box::pin(between_hooks::<C, M>(controller, cx, answer)).await
        } else {
            call::<C, M>(controller, cx, answer).await
        }
    }
}

#[inline]
#[expect(clippy::manual_async_fn, reason = "an `async fn` keeps room for each of its arguments twice")]
fn call<C, M>(
    controller: &C,
    cx: &mut RequestContext<'_, AnyBody>,
    answer: &mut Answer,
) -> impl Future<Output = Result<(), Error>> + Send
where
    C: ControllerMethods,
    M: Method<C>,
{
    async move {
        let arguments = M::Arguments::from_request(cx).await?;
        M::call(controller, arguments, &mut Context::new(cx, answer)).await
    }
}

/// Runs a method between the hooks of its controller: once the first one has begun, the last one runs, whatever fails or panics.
async fn between_hooks<C, M>(
    controller: &C,
    cx: &mut RequestContext<'_, AnyBody>,
    answer: &mut Answer,
) -> Result<(), Error>
where
    C: ControllerMethods,
    M: Method<C>,
{
    // In blocks, since a hook that is no `async fn` runs, and may panic, when it is called.
    let begun = async { controller.begin_request(&mut Context::new(cx, answer)).await };
    let called = match Caught::new(begun).await {
        Ok(()) if answer.is_stopped() => Ok(()),
        Ok(()) => Caught::new(call::<C, M>(controller, cx, answer)).await,
        Err(error) => Err(error),
    };
    let error = called.as_ref().err();
    let ended = async { controller.end_request(&mut Context::new(cx, answer), error).await };
    let ended = Caught::new(ended).await;
    match (called, ended) {
        // What failed first is what is told.
        (Err(first), Err(second)) => {
            Context::new(cx, answer).logger().error(format_args!("end_request failed as well: {second}"));
            Err(first)
        }
        (called, ended) => called.and(ended),
    }
}
