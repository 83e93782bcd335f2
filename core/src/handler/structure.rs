//! Structs as handlers: the original's shape, where a handler is a struct of what it reads.

use std::fmt;
use std::future::Future;
use std::marker::PhantomData;

use super::{Answer, Context, Handler};
use crate::{Contract, Error, FromRequest, IntoResponse, RequestContext};

/// A struct that holds what a request must bring, and answers it.
///
/// The struct is read by [`FromRequest`], which `#[derive(FromRequest)]` writes; the handler is passed on as
/// [`handle::<T>()`](handle).
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no handler",
    label = "does not implement `Handle`",
    note = "a struct that handles requests has `#[derive(FromRequest)]` and `impl Handle`; a function is passed as it is"
)]
pub trait Handle: Sized {
    /// What the handler answers with.
    type Output: IntoResponse;

    /// Answers the request.
    ///
    /// # Errors
    ///
    /// Whatever keeps the handler from answering; it takes the road of all errors.
    fn handle(self, cx: &mut Context<'_>) -> impl Future<Output = Result<Self::Output, Error>> + Send;
}

/// Makes a handler of a struct.
#[must_use]
pub const fn handle<T: Handle>() -> Structure<T> {
    Structure(PhantomData)
}

/// A struct as a handler, made by [`handle`].
pub struct Structure<T>(PhantomData<fn() -> T>);

impl<T, B> Handler<B, ()> for Structure<T>
where
    T: Handle + FromRequest<B> + Send + 'static,
    B: Send,
{
    fn name(&self) -> &'static str {
        std::any::type_name::<T>()
    }

    fn describe(contract: &mut Contract) {
        T::describe(contract);
        <T::Output as IntoResponse>::describe(contract);
    }

    async fn call(&self, cx: &mut RequestContext<'_, B>, answer: &mut Answer) -> Result<(), Error> {
        let handler = T::from_request(cx).await?;
        let mut context = Context::new(cx, answer);
        let output = handler.handle(&mut context).await?;
        context.respond(output)
    }
}

impl<T> Clone for Structure<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Structure<T> {}

impl<T> fmt::Debug for Structure<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Structure").field(&std::any::type_name::<T>()).finish()
    }
}
