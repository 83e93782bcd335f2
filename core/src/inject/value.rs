//! A dependency in somebody's hands.

use std::fmt;
use std::ops::Deref;
use std::sync::Arc;

/// A dependency in somebody's hands: a shared pointer that is cheap to clone.
///
/// As long as one exists the value lives, also when its request is over.
pub struct Value<T: ?Sized> {
    repr: Repr<T>,
}

enum Repr<T: ?Sized> {
    Shared(Arc<T>),
    /// A value in an allocation that is used again, or one that is seen as a trait object.
    Held(Arc<dyn Hold<T>>),
}

impl<T: ?Sized> Value<T> {
    /// Wraps a value that is shared already.
    #[must_use]
    pub const fn from_arc(value: Arc<T>) -> Self {
        Self { repr: Repr::Shared(value) }
    }

    /// Returns the shared pointer, for values that were registered with [`provide`](super::ContainerBuilder::provide) or
    /// [`provide_as`](super::ContainerBuilder::provide_as); values of factories stand in allocations of another shape.
    #[must_use]
    pub const fn as_arc(&self) -> Option<&Arc<T>> {
        match &self.repr {
            Repr::Shared(value) => Some(value),
            Repr::Held(_) => None,
        }
    }

    pub(super) fn held<U>(held: Arc<Held<U, T>>) -> Self
    where
        U: Send + Sync + 'static,
        T: 'static,
    {
        Self { repr: Repr::Held(held) }
    }
}

impl<T: ?Sized> Clone for Value<T> {
    #[inline]
    fn clone(&self) -> Self {
        let repr = match &self.repr {
            Repr::Shared(value) => Repr::Shared(Arc::clone(value)),
            Repr::Held(held) => Repr::Held(Arc::clone(held)),
        };
        Self { repr }
    }
}

impl<T: ?Sized> Deref for Value<T> {
    type Target = T;

    #[inline]
    fn deref(&self) -> &T {
        match &self.repr {
            Repr::Shared(value) => value,
            Repr::Held(held) => held.get(),
        }
    }
}

impl<T: fmt::Debug + ?Sized> fmt::Debug for Value<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&**self, f)
    }
}

trait Hold<T: ?Sized>: Send + Sync {
    fn get(&self) -> &T;
}

trait HoldInner<U>: Send + Sync {
    fn inner(&self) -> &U;
}

/// A value that a factory made, in an allocation for the values of many requests: between two of them it is `None`, or the last
/// one, where nobody sees its end.
pub(super) struct Held<U, T: ?Sized> {
    pub(super) value: Option<U>,
    view: View<U, T>,
}

/// Sees a value as the type it is registered as.
pub(super) type View<U, T> = fn(&U) -> &T;

impl<U, T: ?Sized> Held<U, T> {
    pub(super) const fn new(value: Option<U>, view: View<U, T>) -> Self {
        Self { value, view }
    }
}

impl<U, T> Hold<T> for Held<U, T>
where
    U: Send + Sync,
    T: ?Sized,
{
    fn get(&self) -> &T {
        (self.view)(self.inner())
    }
}

impl<U, T> HoldInner<U> for Held<U, T>
where
    U: Send + Sync,
    T: ?Sized,
{
    fn inner(&self) -> &U {
        self.value.as_ref().expect("a value is only taken out when nobody else holds it")
    }
}

/// A value at the end of its request, for its teardown.
///
/// It dereferences to the value. [`into_inner`](Self::into_inner) gives it away, for a `commit(self)`.
pub struct Finished<U> {
    repr: FinishedRepr<U>,
}

enum FinishedRepr<U> {
    Owned(U),
    Shared(Arc<dyn HoldInner<U>>),
}

impl<U> Finished<U> {
    pub(super) const fn owned(value: U) -> Self {
        Self { repr: FinishedRepr::Owned(value) }
    }

    pub(super) fn shared<T: ?Sized + 'static>(held: Arc<Held<U, T>>) -> Self
    where
        U: Send + Sync + 'static,
    {
        Self { repr: FinishedRepr::Shared(held) }
    }

    /// Returns the value itself, if nobody kept a copy of its `Inject` beyond the request.
    ///
    /// # Errors
    ///
    /// Gives the handle back when somebody did, such as a task that the handler spawned.
    pub fn into_inner(self) -> Result<U, Self> {
        match self.repr {
            FinishedRepr::Owned(value) => Ok(value),
            repr @ FinishedRepr::Shared(_) => Err(Self { repr }),
        }
    }
}

impl<U> Deref for Finished<U> {
    type Target = U;

    fn deref(&self) -> &U {
        match &self.repr {
            FinishedRepr::Owned(value) => value,
            FinishedRepr::Shared(held) => held.inner(),
        }
    }
}

impl<U: fmt::Debug> fmt::Debug for Finished<U> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&**self, f)
    }
}
