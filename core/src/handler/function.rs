//! Functions as handlers.

use std::future::Future;

use super::{Answer, Handler};
use crate::{Contract, Error, FromRequest, IntoResponse, RequestContext, ResponseContext};

/// A function that takes the members of the tuple `Args` one by one and returns a future: an `async fn` or a closure.
///
/// Implemented for all of them up to 16 arguments. That the arguments can be read from a request is asked for by
/// [`Handler`] alone, so that the compiler names the argument that cannot.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no handler: pass an `async fn` of at most 16 arguments, or `handle::<TheStruct>()`",
    label = "not a handler",
    note = "put more than 16 arguments into a struct with `#[derive(FromRequest)]`",
    note = "a closure is called for many requests: let it clone what its future needs"
)]
pub trait Function<Args>: Clone + Send + Sync + 'static {
    /// The future that the function returns.
    type Future;

    /// Calls the function.
    fn call(&self, args: Args) -> Self::Future;
}

impl<F, Args, Fut, B> Handler<B, (Fut, Args)> for F
where
    F: Function<Args, Future = Fut>,
    Args: FromRequest<B> + Send,
    Fut: Future<Output: IntoResponse> + Send,
    B: Send,
{
    fn describe(contract: &mut Contract) {
        Args::describe(contract);
        <Fut::Output as IntoResponse>::describe(contract);
    }

    #[expect(clippy::manual_async_fn, reason = "an `async fn` keeps room for each of its arguments twice")]
    fn call(
        &self,
        cx: &mut RequestContext<'_, B>,
        answer: &mut Answer,
    ) -> impl Future<Output = Result<(), Error>> + Send {
        async move {
            let args = Args::from_request(cx).await?;
            let output = Function::call(self, args).await;
            answer.respond_to(output, ResponseContext::of(cx))
        }
    }
}

macro_rules! function {
    ($($name:ident),*) => {
        impl<F, Fut, $($name),*> Function<($($name,)*)> for F
        where
            F: Fn($($name),*) -> Fut + Clone + Send + Sync + 'static,
        {
            type Future = Fut;

            #[allow(non_snake_case, reason = "one name serves the type and its value")]
            fn call(&self, ($($name,)*): ($($name,)*)) -> Fut {
                self($($name),*)
            }
        }
    };
}

function!();
function!(T1);
function!(T1, T2);
function!(T1, T2, T3);
function!(T1, T2, T3, T4);
function!(T1, T2, T3, T4, T5);
function!(T1, T2, T3, T4, T5, T6);
function!(T1, T2, T3, T4, T5, T6, T7);
function!(T1, T2, T3, T4, T5, T6, T7, T8);
function!(T1, T2, T3, T4, T5, T6, T7, T8, T9);
function!(T1, T2, T3, T4, T5, T6, T7, T8, T9, T10);
function!(T1, T2, T3, T4, T5, T6, T7, T8, T9, T10, T11);
function!(T1, T2, T3, T4, T5, T6, T7, T8, T9, T10, T11, T12);
function!(T1, T2, T3, T4, T5, T6, T7, T8, T9, T10, T11, T12, T13);
function!(T1, T2, T3, T4, T5, T6, T7, T8, T9, T10, T11, T12, T13, T14);
function!(T1, T2, T3, T4, T5, T6, T7, T8, T9, T10, T11, T12, T13, T14, T15);
function!(T1, T2, T3, T4, T5, T6, T7, T8, T9, T10, T11, T12, T13, T14, T15, T16);
