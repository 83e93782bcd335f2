//! Extractors that may be absent, or may fail without failing the request.

use std::task::Context;

use super::{FromRequest, RequestContext, Stage};
use crate::{Contract, Error};

/// `None` when the request has nothing of `T`; what is there must be right.
impl<B, T> FromRequest<B> for Option<T>
where
    B: Send,
    T: FromRequest<B>,
{
    const CONSUMES_BODY: bool = T::CONSUMES_BODY;
    const STAGE: Stage = T::STAGE;

    fn describe(contract: &mut Contract) {
        contract.optional(T::describe);
    }

    async fn from_request(cx: &mut RequestContext<'_, B>) -> Result<Self, Error> {
        if T::is_present(cx) { T::from_request(cx).await.map(Some) } else { Ok(None) }
    }

    #[inline]
    fn read_now(cx: &mut RequestContext<'_, B>, task: &mut Context<'_>) -> Option<Result<Self, Error>> {
        if T::is_present(cx) { T::read_now(cx, task).map(|read| read.map(Some)) } else { Some(Ok(None)) }
    }

    fn is_present(cx: &mut RequestContext<'_, B>) -> bool {
        T::is_present(cx)
    }

    async fn problems(cx: &mut RequestContext<'_, B>) -> Result<(), Error> {
        if T::is_present(cx) { T::problems(cx).await } else { Ok(()) }
    }
}

/// The failure becomes a value of the handler instead of the request's answer.
impl<B, T> FromRequest<B> for Result<T, Error>
where
    B: Send,
    T: FromRequest<B>,
{
    const CONSUMES_BODY: bool = T::CONSUMES_BODY;
    const STAGE: Stage = T::STAGE;

    fn describe(contract: &mut Contract) {
        T::describe(contract);
    }

    async fn from_request(cx: &mut RequestContext<'_, B>) -> Result<Self, Error> {
        Ok(T::from_request(cx).await)
    }

    #[inline]
    fn read_now(cx: &mut RequestContext<'_, B>, task: &mut Context<'_>) -> Option<Result<Self, Error>> {
        T::read_now(cx, task).map(Ok)
    }

    fn is_present(cx: &mut RequestContext<'_, B>) -> bool {
        T::is_present(cx)
    }

    async fn problems(_: &mut RequestContext<'_, B>) -> Result<(), Error> {
        Ok(())
    }
}
