//! What the output of `#[controller]` calls: futures of generic functions, which the compiler can tell to be `Send` whatever types
//! a method takes.

use std::future::Future;
use std::marker::PhantomData;

use crate::{Context, Contract, Error, IntoResponse};

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
