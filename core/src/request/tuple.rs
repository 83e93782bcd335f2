//! Several extractors as one: a tuple reads all of its members and reports all of their problems.

use std::any::type_name;
use std::future::Future;
use std::ops::ControlFlow;
use std::pin::pin;
use std::task::{Context, Poll};

use super::many::{no_stage, note, one_reads_body, stage_of_all};
use super::soon::Soon;
use super::{FromRequest, RequestContext, Stage};
use crate::stats::Steps;
use crate::{Contract, Error};

impl<B: Send> FromRequest<B> for () {
    async fn from_request(_: &mut RequestContext<'_, B>) -> Result<Self, Error> {
        Ok(())
    }
}

macro_rules! tuple {
    ($($name:ident $index:tt),+) => {
        impl<B, $($name),+> Members<B> for ($($name,)+)
        where
            B: Send,
            $($name: FromRequest<B> + Send,)+
        {
            type Slots = ($(Slot<$name>,)+);

            // Apart from the handler's future, whose code would keep the address of each slot at hand.
            #[inline(never)]
            #[allow(non_snake_case, reason = "one name serves the type and its value")]
            fn at_once<A: Attempt>(
                cx: &mut RequestContext<'_, B>,
                task: &mut Context<'_>,
            ) -> ControlFlow<Result<Self, Error>, Rest<Self::Slots>> {
                let mut slots: Self::Slots = ($(Slot::<$name>::Unread,)+);
                let mut failed = None;
                'read: {
                    if Steps::are_wanted(cx) {
                        break 'read;
                    }
                    $(if const { $name::STAGE.is(Stage::Bind) } {
                        tuple!(@try 'read, A, $name, slots.$index, cx, task, failed);
                    })+
                    $(if const { $name::STAGE.is(Stage::Both) } {
                        tuple!(@try 'read, A, $name, slots.$index, cx, task, failed);
                    })+
                    $(if const { $name::STAGE.is(Stage::Build) } {
                        tuple!(@try 'read, A, $name, slots.$index, cx, task, failed);
                    })+
                }
                match slots {
                    ($(Slot::Read($name),)+) => ControlFlow::Break(Ok(($($name,)+))),
                    slots => rest(cx, slots, failed),
                }
            }

            // No `async fn`, which would keep room for each of its arguments twice.
            fn one_by_one(
                cx: &mut RequestContext<'_, B>,
                mut rest: Rest<Self::Slots>,
            ) -> impl Future<Output = Result<Self, Error>> + Send {
                async move {
                    $(if const { $name::STAGE.is(Stage::Bind) } {
                        tuple!(@read $name, $index, cx, rest);
                    })+
                    $(if const { $name::STAGE.is(Stage::Both) } {
                        if rest.found.is_none() {
                            tuple!(@read $name, $index, cx, rest);
                        } else if matches!(rest.slots.$index, Slot::Unread)
                            // In a box: it is only asked when something has failed.
                            && let Err(error) = Box::pin($name::problems(cx)).await
                        {
                            note(&mut rest.found, error)?;
                        }
                    })+
                    // Dependencies are built when all of the request could be read. One that was tried already may have failed,
                    // too.
                    let is_refused =
                        false $(|| const { !$name::STAGE.is(Stage::Build) } && matches!(rest.slots.$index, Slot::Failed))+;
                    if !is_refused {
                        $(if const { $name::STAGE.is(Stage::Build) } {
                            tuple!(@read $name, $index, cx, rest);
                        })+
                    }
                    #[allow(non_snake_case, reason = "one name serves the type and its value")]
                    match rest.slots {
                        ($(Slot::Read($name),)+) => Ok(($($name,)+)),
                        _ => Err(rest.found.unwrap_or_else(no_stage)),
                    }
                }
            }
        }

        impl<B, $($name),+> FromRequest<B> for ($($name,)+)
        where
            B: Send,
            $($name: FromRequest<B> + Send,)+
        {
            const CONSUMES_BODY: bool = one_reads_body(&[$($name::CONSUMES_BODY),+]);
            const STAGE: Stage = stage_of_all(&[$($name::STAGE),+]);

            fn describe(contract: &mut Contract) {
                $($name::describe(contract);)+
            }

            fn is_present(cx: &mut RequestContext<'_, B>) -> bool {
                let all_build = const { Self::STAGE.is(Stage::Build) };
                $(if all_build || const { !$name::STAGE.is(Stage::Build) } {
                    let is_present = $name::is_present(cx);
                    if is_present != all_build {
                        return is_present;
                    }
                })+
                all_build
            }

            /// In one go as far as that can be, since each point where something may be awaited costs more than most values do.
            #[inline]
            fn from_request(cx: &mut RequestContext<'_, B>) -> impl Future<Output = Result<Self, Error>> + Send {
                const {
                    // Evaluated here, so that two body readers are refused where the tuple is used.
                    let _ = Self::CONSUMES_BODY;
                }
                let now = |cx: &mut &mut RequestContext<'_, B>, task: &mut Context<'_>| {
                    Self::at_once::<Now>(cx, task)
                };
                Soon::new(cx, now, Self::one_by_one)
            }

            async fn problems(cx: &mut RequestContext<'_, B>) -> Result<(), Error> {
                let mut found = None;
                $(if let Err(error) = $name::problems(cx).await {
                    note(&mut found, error)?;
                })+
                found.map_or(Ok(()), Err)
            }
        }

        impl<$($name),+> ReadOnce for ($($name,)+)
        where
            $($name: FromRequest<()> + Send,)+
        {
            fn read_once(cx: &mut RequestContext<'_, ()>, task: &mut Context<'_>) -> Poll<Result<Self, Error>> {
                match Self::at_once::<Once>(cx, task) {
                    ControlFlow::Break(read) => Poll::Ready(read),
                    ControlFlow::Continue(rest) if rest.is_waiting => Poll::Pending,
                    ControlFlow::Continue(rest) => pin!(Self::one_by_one(cx, rest)).poll(task),
                }
            }
        }
    };
    (@try $read:lifetime, $attempt:ident, $name:ident, $slot:expr, $cx:ident, $task:ident, $failed:ident) => {
        match $attempt::attempt::<$name, _>($cx, $task) {
            Some(Ok(value)) => $slot = Slot::Read(value),
            Some(Err(error)) => {
                $slot = Slot::Failed;
                $failed = Some(error);
                break $read;
            }
            // Those behind it come later, so that problems are told in the order of the extractors.
            None => break $read,
        }
    };
    (@read $name:ident, $index:tt, $cx:ident, $rest:ident) => {
        if matches!($rest.slots.$index, Slot::Unread) {
            if let Some(steps) = &mut $rest.steps {
                steps.begin();
            }
            let read = $name::from_request($cx).await;
            if let Some(steps) = &$rest.steps {
                steps.end(type_name::<$name>());
            }
            match read {
                Ok(value) => $rest.slots.$index = Slot::Read(value),
                Err(error) => {
                    $rest.slots.$index = Slot::Failed;
                    note(&mut $rest.found, error)?;
                }
            }
        }
    };
}

/// The reading of several extractors, into a slot for each.
trait Members<B>: Sized {
    /// How far the reading of each is.
    type Slots;

    /// Reads what can be read at once, up to the first value that fails or has to be waited for: breaks with all of them, or with
    /// an error that ends the reading.
    fn at_once<A: Attempt>(
        cx: &mut RequestContext<'_, B>,
        task: &mut Context<'_>,
    ) -> ControlFlow<Result<Self, Error>, Rest<Self::Slots>>;

    /// Reads what is not read yet, and waits for each.
    fn one_by_one(
        cx: &mut RequestContext<'_, B>,
        rest: Rest<Self::Slots>,
    ) -> impl Future<Output = Result<Self, Error>> + Send;
}

/// What is left when not all could be read at once.
struct Rest<S> {
    slots: S,
    found: Option<Error>,
    steps: Option<Box<Steps>>,
    /// Whether a value has to be waited for.
    is_waiting: bool,
}

/// Leaves the rest to be read one by one, unless it is an error that ends the reading.
#[cold]
#[inline(never)]
fn rest<B, S, T>(
    cx: &RequestContext<'_, B>,
    slots: S,
    failed: Option<Error>,
) -> ControlFlow<Result<T, Error>, Rest<S>> {
    let steps = Steps::of(cx);
    let is_waiting = failed.is_none() && steps.is_none();
    let mut found = None;
    match failed.map_or(Ok(()), |error| note(&mut found, error)) {
        Ok(()) => ControlFlow::Continue(Rest { slots, found, steps, is_waiting }),
        Err(error) => ControlFlow::Break(Err(error)),
    }
}

/// How far the reading of one member is.
enum Slot<T> {
    Unread,
    Read(T),
    /// Its error has been noted.
    Failed,
}

/// How a value is tried to be read at once; `None` when it has to be waited for.
trait Attempt {
    fn attempt<T, B>(cx: &mut RequestContext<'_, B>, task: &mut Context<'_>) -> Option<Result<T, Error>>
    where
        T: FromRequest<B>;
}

/// What says that it is at hand is read, and of everything else nothing is begun.
struct Now;

impl Attempt for Now {
    #[inline(always)]
    fn attempt<T, B>(cx: &mut RequestContext<'_, B>, task: &mut Context<'_>) -> Option<Result<T, Error>>
    where
        T: FromRequest<B>,
    {
        T::read_now(cx, task)
    }
}

/// Everything is begun and tried once; what is not ready then is given up.
struct Once;

impl Attempt for Once {
    #[inline]
    fn attempt<T, B>(cx: &mut RequestContext<'_, B>, task: &mut Context<'_>) -> Option<Result<T, Error>>
    where
        T: FromRequest<B>,
    {
        T::read_now(cx, task).or_else(|| match pin!(T::from_request(cx)).poll(task) {
            Poll::Ready(read) => Some(read),
            Poll::Pending => None,
        })
    }
}

/// The reading of a factory's arguments, most of which are ready at once: no room is kept for those that are not.
pub(crate) trait ReadOnce: Sized {
    /// Reads all, trying each once; when one is not ready all are given up, and have to be read anew.
    fn read_once(cx: &mut RequestContext<'_, ()>, task: &mut Context<'_>) -> Poll<Result<Self, Error>>;
}

impl ReadOnce for () {
    fn read_once(_: &mut RequestContext<'_, ()>, _: &mut Context<'_>) -> Poll<Result<Self, Error>> {
        Poll::Ready(Ok(()))
    }
}

impl<T: FromRequest<()> + Send> ReadOnce for (T,) {
    fn read_once(cx: &mut RequestContext<'_, ()>, task: &mut Context<'_>) -> Poll<Result<Self, Error>> {
        if Steps::are_wanted(cx) {
            return pin!(Self::from_request(cx)).poll(task);
        }
        Once::attempt(cx, task).map_or(Poll::Pending, |read| Poll::Ready(read.map(|value| (value,))))
    }
}

/// One extractor alone: there is nothing to gather, and nothing to wait for.
impl<B, T> FromRequest<B> for (T,)
where
    B: Send,
    T: FromRequest<B> + Send,
{
    const CONSUMES_BODY: bool = T::CONSUMES_BODY;
    const STAGE: Stage = T::STAGE;

    fn describe(contract: &mut Contract) {
        T::describe(contract);
    }

    fn is_present(cx: &mut RequestContext<'_, B>) -> bool {
        T::is_present(cx)
    }

    #[inline]
    fn from_request(cx: &mut RequestContext<'_, B>) -> impl Future<Output = Result<Self, Error>> + Send {
        let now = |cx: &mut &mut RequestContext<'_, B>, task: &mut Context<'_>| match Self::read_now(cx, task)
        {
            Some(read) => ControlFlow::Break(read),
            None => ControlFlow::Continue(Steps::of(*cx)),
        };
        Soon::new(cx, now, |cx, mut steps| async move {
            if let Some(steps) = &mut steps {
                steps.begin();
            }
            let read = T::from_request(cx).await;
            if let Some(steps) = &steps {
                steps.end(type_name::<T>());
            }
            read.map(|value| (value,))
        })
    }

    #[inline]
    fn read_now(cx: &mut RequestContext<'_, B>, task: &mut Context<'_>) -> Option<Result<Self, Error>> {
        if Steps::are_wanted(cx) {
            return None;
        }
        T::read_now(cx, task).map(|read| read.map(|value| (value,)))
    }

    async fn problems(cx: &mut RequestContext<'_, B>) -> Result<(), Error> {
        T::problems(cx).await
    }
}

tuple!(T1 0, T2 1);
tuple!(T1 0, T2 1, T3 2);
tuple!(T1 0, T2 1, T3 2, T4 3);
tuple!(T1 0, T2 1, T3 2, T4 3, T5 4);
tuple!(T1 0, T2 1, T3 2, T4 3, T5 4, T6 5);
tuple!(T1 0, T2 1, T3 2, T4 3, T5 4, T6 5, T7 6);
tuple!(T1 0, T2 1, T3 2, T4 3, T5 4, T6 5, T7 6, T8 7);
tuple!(T1 0, T2 1, T3 2, T4 3, T5 4, T6 5, T7 6, T8 7, T9 8);
tuple!(T1 0, T2 1, T3 2, T4 3, T5 4, T6 5, T7 6, T8 7, T9 8, T10 9);
tuple!(T1 0, T2 1, T3 2, T4 3, T5 4, T6 5, T7 6, T8 7, T9 8, T10 9, T11 10);
tuple!(T1 0, T2 1, T3 2, T4 3, T5 4, T6 5, T7 6, T8 7, T9 8, T10 9, T11 10, T12 11);
tuple!(T1 0, T2 1, T3 2, T4 3, T5 4, T6 5, T7 6, T8 7, T9 8, T10 9, T11 10, T12 11, T13 12);
tuple!(T1 0, T2 1, T3 2, T4 3, T5 4, T6 5, T7 6, T8 7, T9 8, T10 9, T11 10, T12 11, T13 12, T14 13);
tuple!(T1 0, T2 1, T3 2, T4 3, T5 4, T6 5, T7 6, T8 7, T9 8, T10 9, T11 10, T12 11, T13 12, T14 13, T15 14);
tuple!(
    T1 0, T2 1, T3 2, T4 3, T5 4, T6 5, T7 6, T8 7, T9 8, T10 9, T11 10, T12 11, T13 12, T14 13, T15 14, T16 15
);
