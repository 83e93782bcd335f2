//! What the tests of the container share.

mod ending;
mod lifetimes;
mod mistakes;
mod nesting;
mod reporting;
mod together;

use std::marker::PhantomData;
use std::ops::Deref;
use std::sync::Arc;

use http::request::Parts;

use super::{Container, InjectKey, NoKey, OpenScope, Scope, Scopes, Value, resolve, resolve_in};
use crate::{Contract, Error, FromRequest, RequestContext, RequestState, Stage};

/// What `Inject<T>` is to applications.
pub(super) struct Take<T: ?Sized, K = NoKey>(Value<T>, PhantomData<fn() -> K>);

impl<B: Send, T: ?Sized + Send + Sync + 'static, K: InjectKey> FromRequest<B> for Take<T, K> {
    const STAGE: Stage = Stage::Build;

    fn describe(contract: &mut Contract) {
        contract.needs::<T>(K::KEY);
    }

    fn is_present(cx: &mut RequestContext<'_, B>) -> bool {
        cx.state().and_then(RequestState::scope).is_some_and(Scope::provides::<T, K>)
    }

    async fn from_request(cx: &mut RequestContext<'_, B>) -> Result<Self, Error> {
        resolve_in::<T, K, B>(cx).await.map(|value| Self(value, PhantomData))
    }
}

impl<T: ?Sized, K> Deref for Take<T, K> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

pub(super) fn scopes(container: &Container) -> Arc<Scopes> {
    Arc::new(Scopes::new(container.clone()))
}

/// Makes a request that is inside of a scope.
pub(super) fn request(open: &OpenScope) -> Parts {
    let (mut parts, ()) = http::Request::new(()).into_parts();
    RequestState::entry(&mut parts.extensions).set_scope(open.scope().clone());
    parts
}

pub(super) async fn take<T: ?Sized + Send + Sync + 'static>(parts: &mut Parts) -> Result<Value<T>, Error> {
    resolve::<T, NoKey>(parts).await
}

/// Cuts module paths and the places in a file short.
fn short(text: &str, file: &str) -> String {
    let module = file.rsplit('/').next().unwrap().trim_end_matches(".rs");
    let text = text.replace(&format!("gongular_core::inject::tests::{module}::"), "");
    let mut short = String::new();
    let mut rest = &*text;
    while let Some((before, after)) = rest.split_once(file) {
        short.push_str(before);
        short.push_str("HERE");
        rest = after.trim_start_matches(|char: char| char == ':' || char.is_ascii_digit());
        // A place may stand before a colon of the text.
        if after.len() > rest.len() && after[..after.len() - rest.len()].ends_with(':') {
            short.push(':');
        }
    }
    short.push_str(rest);
    short.replace("gongular_core::inject::tests::Take", "Take")
}

/// Is pending once.
pub(super) async fn yield_once() {
    let mut yielded = false;
    std::future::poll_fn(|task| {
        if std::mem::replace(&mut yielded, true) {
            return std::task::Poll::Ready(());
        }
        task.waker().wake_by_ref();
        std::task::Poll::Pending
    })
    .await;
}
