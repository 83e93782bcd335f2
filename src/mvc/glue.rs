//! What the output of `#[controller]` calls: futures of generic functions, which the compiler can tell to be `Send` whatever types
//! a method takes.

use std::future::Future;
use std::marker::PhantomData;

use super::Controller;
use crate::{AnyBody, Context, Contract, Error, FromRequest, IntoResponse};

/// Waits for what a method returns, and answers with it.
///
/// How it answers is asked of the caller, where an output that is no answer is one error at its own place.
///
/// # Errors
///
/// The method's own, or that of an answer that cannot be made.
#[inline]
pub async fn respond<F, A>(method: F, cx: &mut Context<'_>, answer: A) -> Result<(), Error>
where
    F: Future,
    A: FnOnce(&mut Context<'_>, F::Output) -> Result<(), Error>,
{
    let output = method.await;
    answer(cx, output)
}

/// Adds what the answer of an `async` method needs to its contract; the method is not called.
pub fn describe_answer<C, A, F, Fut, D>(_: F, contract: &mut Contract, describe: D)
where
    C: 'static,
    F: FnOnce(&'static C, A, &'static mut Context<'static>) -> Fut,
    Fut: Future,
    D: FnOnce(&mut Contract, PhantomData<Fut::Output>),
{
    describe(contract, PhantomData);
}

/// Adds what the answer of a method needs to its contract; the method is not called.
pub fn describe_plain_answer<C, A, F, T, D>(_: F, contract: &mut Contract, describe: D)
where
    C: 'static,
    F: FnOnce(&'static C, A, &'static mut Context<'static>) -> T,
    D: FnOnce(&mut Contract, PhantomData<T>),
{
    describe(contract, PhantomData);
}

/// What a method returns, by its type.
#[derive(Debug)]
#[expect(clippy::exhaustive_structs, reason = "macros make it")]
pub struct Described<T>(pub PhantomData<T>);

impl<T: IntoResponse> Described<T> {
    /// Adds what the answer needs to a contract.
    pub fn describe(&self, contract: &mut Contract) {
        T::describe(contract);
    }
}

/// What is found in the place of [`Described::describe`] for a type that is no answer, which is told elsewhere.
pub trait NoAnswer {
    /// Adds nothing.
    fn describe(&self, _: &mut Contract) {}
}

impl<T> NoAnswer for &Described<T> {}

/// The fields of a struct with methods, by its type.
#[derive(Debug)]
pub struct FieldsOf<C>(PhantomData<fn() -> C>);

impl<C: Controller> FieldsOf<C> {
    /// Whether one of them reads the body.
    pub const READ_BODY: bool = <C::Fields as FromRequest<AnyBody>>::CONSUMES_BODY;
}

/// What a method takes, by its type.
#[derive(Debug)]
pub struct Arguments<A>(PhantomData<fn() -> A>);

impl<A: FromRequest<AnyBody>> Arguments<A> {
    /// Whether an argument reads the body.
    pub const READ_BODY: bool = A::CONSUMES_BODY;
}

/// What is found in the place of `READ_BODY` where nothing is read: for a struct that is passed as it is, and for what is no extractor,
/// which is told elsewhere.
pub trait ReadsNoBody {
    /// No.
    const READ_BODY: bool = false;
}

impl<C> ReadsNoBody for FieldsOf<C> {}
impl<A> ReadsNoBody for Arguments<A> {}

/// A field of a controller that nothing but its type says something of.
#[diagnostic::on_unimplemented(
    message = "the field's type `{Self}` is no extractor, and nothing says that it is given",
    label = "neither an extractor nor `#[given]`",
    note = "write `#[given]` above a plain value, and pass it: `controller_with::<TheStruct>(value)`",
    note = "wrap a dependency in `Inject<T>`, and a value of the request in the place it comes from: `Header<T>`, `#[header]`, `Param<T>`, `#[param]`"
)]
pub trait ReadField<B>: FromRequest<B> {}

#[diagnostic::do_not_recommend]
impl<B, T: FromRequest<B>> ReadField<B> for T {}

/// Waits for a hook.
///
/// # Errors
///
/// The hook's own.
#[inline]
pub async fn hook<F, O>(hook: F, outcome: O) -> Result<(), Error>
where
    F: Future,
    O: FnOnce(F::Output) -> Result<(), Error>,
{
    outcome(hook.await)
}

/// What a hook returns: nothing, or a `Result`.
#[diagnostic::on_unimplemented(
    message = "a hook returns nothing or a `Result<(), E>`, not `{Self}`",
    label = "a hook cannot return this"
)]
pub trait HookOutcome {
    /// Makes a result of it.
    ///
    /// # Errors
    ///
    /// What the hook failed with.
    fn outcome(self) -> Result<(), Error>;
}

impl HookOutcome for () {
    fn outcome(self) -> Result<(), Error> {
        Ok(())
    }
}

impl<E: Into<Error>> HookOutcome for Result<(), E> {
    fn outcome(self) -> Result<(), Error> {
        self.map_err(Into::into)
    }
}
