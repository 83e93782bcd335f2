//! Dependencies as arguments.

use std::fmt;
use std::future::Future;
use std::marker::PhantomData;
use std::ops::Deref;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

#[cfg(feature = "axum")]
use gongular_core::inject::resolve;
use gongular_core::inject::{InjectKey, NoKey, Resolve, Value, resolve_in, resolve_now, singleton_in};
use gongular_core::{Contract, Error, FromRequest, RequestContext, RequestState, Stage};

/// A dependency from the container, by its type and, where there are several, by a key.
///
/// Singletons are shared, a per-request value is built when somebody asks first and is the same for everybody inside the
/// request, a transient one is built for each who asks. `T` may be a trait object. It dereferences to `T`.
///
/// An injection layer has to be outside of the handler. Dependencies are built when everything that is read of the request
/// could be read. `Option<Inject<T>>` is `None` when nobody provides `T`; `Result<Inject<T>, Error>` hands a failure to the
/// handler.
///
/// # Errors
///
/// - nobody provides it: [`ErrorKind::Injection`](gongular_core::ErrorKind::Injection), `500`
/// - its factory refuses the request: that error, with its status
/// - its factory fails otherwise: [`ErrorKind::Injection`](gongular_core::ErrorKind::Injection), `500`
///
/// # Example
///
/// ```
/// use std::sync::Arc;
///
/// use gongular_core::inject::{Container, Scopes};
/// use gongular_core::{BodySlot, Error, FromRequest, RequestContext, RequestState};
/// use gongular_extractors::Inject;
///
/// gongular_core::key! { Replica = "replica" }
///
/// struct Pool(&'static str);
///
/// struct User(String);
///
/// async fn user(db: Inject<Pool>) -> Result<User, Error> {
///     Ok(User(format!("ada of {}", db.0)))
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() {
/// let container = Container::builder()
///     .provide(Pool("primary"))
///     .provide_keyed("replica", Pool("replica"))
///     .per_request(user)
///     .build()
///     .await
///     .unwrap();
///
/// // What the injection layer does for each request:
/// let scopes = Arc::new(Scopes::new(container));
/// let (mut parts, ()) = http::Request::new(()).into_parts();
/// let scope = scopes.enter(RequestState::entry(&mut parts.extensions));
///
/// let mut body = BodySlot::new(());
/// let mut cx = RequestContext::new(&mut parts, &mut body);
/// let (user, pool) = <(Inject<User>, Inject<Pool, Replica>)>::from_request(&mut cx).await.unwrap();
/// assert_eq!(user.0, "ada of primary");
/// assert_eq!(pool.0, "replica");
/// # }
/// ```
pub struct Inject<T: ?Sized, K = NoKey> {
    value: Value<T>,
    key: PhantomData<fn() -> K>,
}

impl<T> Inject<T> {
    /// Wraps a value, to call a handler in a test without a container.
    #[must_use]
    pub fn new(value: T) -> Self {
        Self::from(Arc::new(value))
    }
}

impl<T: ?Sized, K> Inject<T, K> {
    /// Returns the same dependency as one without a key, for a field that does not spell its key.
    #[must_use]
    pub fn into_unkeyed(self) -> Inject<T> {
        Inject { value: self.value, key: PhantomData }
    }

    /// Returns the dependency as core knows it.
    #[must_use]
    pub fn into_value(self) -> Value<T> {
        self.value
    }

    /// Returns a singleton, which no request is looked at for; `None` for anything else.
    #[doc(hidden)]
    pub fn singleton<B>(cx: &mut RequestContext<'_, B>) -> Option<Self>
    where
        T: Send + Sync + 'static,
        K: InjectKey,
    {
        let value = singleton_in::<T, K, B>(cx)?.clone();
        Some(Self { value, key: PhantomData })
    }

    /// Returns the shared pointer inside; `None` for values in allocations of another shape, which per-request values and
    /// factories' trait objects have.
    #[must_use]
    pub const fn as_arc(&self) -> Option<&Arc<T>> {
        self.value.as_arc()
    }
}

impl<B, T, K> FromRequest<B> for Inject<T, K>
where
    B: Send,
    T: ?Sized + Send + Sync + 'static,
    K: InjectKey,
{
    const STAGE: Stage = Stage::Build;

    fn describe(contract: &mut Contract) {
        contract.needs::<T>(K::KEY);
    }

    fn is_present(cx: &mut RequestContext<'_, B>) -> bool {
        cx.state().and_then(RequestState::scope).is_some_and(|scope| scope.provides::<T, K>())
    }

    #[inline]
    fn from_request(cx: &mut RequestContext<'_, B>) -> impl Future<Output = Result<Self, Error>> + Send {
        Injecting(resolve_in::<T, K, B>(cx))
    }

    #[inline(always)]
    fn read_now(cx: &mut RequestContext<'_, B>, task: &mut Context<'_>) -> Option<Result<Self, Error>> {
        let value = resolve_now::<T, K, B>(cx, task)?;
        Some(value.map(|value| Self { value, key: PhantomData }))
    }
}

/// A dependency on its way; not an `async fn`, whose states would cost more than a singleton does.
struct Injecting<'p, T: ?Sized, K>(Resolve<'p, T, K>);

impl<T, K> Future for Injecting<'_, T, K>
where
    T: ?Sized + Send + Sync + 'static,
    K: InjectKey,
{
    type Output = Result<Inject<T, K>, Error>;

    #[inline]
    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        Pin::new(&mut self.0).poll(cx).map_ok(|value| Inject { value, key: PhantomData })
    }
}

#[cfg(feature = "axum")]
impl<S, T, K> axum_core::extract::FromRequestParts<S> for Inject<T, K>
where
    S: Sync,
    T: ?Sized + Send + Sync + 'static,
    K: InjectKey,
{
    type Rejection = Error;

    async fn from_request_parts(parts: &mut http::request::Parts, _: &S) -> Result<Self, Error> {
        let value = gongular_core::axum::inject::<T, K>(parts).await?;
        Ok(Self { value, key: PhantomData })
    }
}

#[cfg(feature = "axum")]
impl<S, T, K> axum_core::extract::OptionalFromRequestParts<S> for Inject<T, K>
where
    S: Sync,
    T: ?Sized + Send + Sync + 'static,
    K: InjectKey,
{
    type Rejection = Error;

    async fn from_request_parts(parts: &mut http::request::Parts, _: &S) -> Result<Option<Self>, Error> {
        gongular_core::stats::report_route(&parts.extensions);
        let scope = RequestState::of(&parts.extensions).and_then(RequestState::scope);
        if !scope.is_some_and(|scope| scope.provides::<T, K>()) {
            return Ok(None);
        }
        let value = resolve::<T, K>(parts).await?;
        Ok(Some(Self { value, key: PhantomData }))
    }
}

impl<T: ?Sized, K> Deref for Inject<T, K> {
    type Target = T;

    #[inline]
    fn deref(&self) -> &T {
        &self.value
    }
}

impl<T: ?Sized, K> Clone for Inject<T, K> {
    fn clone(&self) -> Self {
        Self { value: self.value.clone(), key: PhantomData }
    }
}

impl<T: ?Sized> From<Arc<T>> for Inject<T> {
    /// Wraps a shared value, such as a trait object, to call a handler in a test without a container.
    fn from(value: Arc<T>) -> Self {
        Self { value: Value::from_arc(value), key: PhantomData }
    }
}

impl<T: fmt::Debug + ?Sized, K> fmt::Debug for Inject<T, K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Inject").field(&self.value).finish()
    }
}

/// A dependency whose key stands beside its type, in an attribute: what is read in its place, and how it comes back.
///
/// The derive of `FromRequest` uses it for `#[inject(key = "replica")] replica: Inject<Pool>`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is no dependency: `#[inject(key = ...)]` belongs on a field of type `Inject<T>`",
    label = "not an `Inject<T>`"
)]
pub trait Keyed<K> {
    /// The extractor that has the key in its type.
    type Keyed;

    /// Forgets the key.
    fn without_key(keyed: Self::Keyed) -> Self;
}

impl<T: ?Sized, K> Keyed<K> for Inject<T> {
    type Keyed = Inject<T, K>;

    fn without_key(keyed: Inject<T, K>) -> Self {
        keyed.into_unkeyed()
    }
}

impl<T: ?Sized, K> Keyed<K> for Option<Inject<T>> {
    type Keyed = Option<Inject<T, K>>;

    fn without_key(keyed: Self::Keyed) -> Self {
        keyed.map(Inject::into_unkeyed)
    }
}

impl<T: ?Sized, K> Keyed<K> for Result<Inject<T>, Error> {
    type Keyed = Result<Inject<T, K>, Error>;

    fn without_key(keyed: Self::Keyed) -> Self {
        keyed.map(Inject::into_unkeyed)
    }
}
