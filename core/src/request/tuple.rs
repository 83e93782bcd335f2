//! Several extractors as one: a tuple reads all of its members and reports all of their problems.

use std::future::{Future, poll_fn};
use std::task::{Context, Poll};

use super::many::{no_stage, note, one_reads_body, stage_of_all};
use super::soon::read_soon;
use super::{FromRequest, RequestContext, Stage};
use crate::stats::{Clock, Steps};
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

            #[inline]
            #[allow(non_snake_case, reason = "one name serves the type and its value")]
            fn at_once(
                cx: &mut RequestContext<'_, B>,
                task: &mut Context<'_>,
                ($($name,)+): &mut Self::Slots,
                found: &mut Option<Error>,
            ) -> Result<bool, Error> {
                $(if const { $name::STAGE.is(Stage::Bind) } {
                    tuple!(@try $name, cx, task, found);
                })+
                if found.is_some() {
                    return Ok(false);
                }
                $(if const { $name::STAGE.is(Stage::Both) } {
                    tuple!(@try $name, cx, task, found);
                    if found.is_some() {
                        return Ok(false);
                    }
                })+
                // All of these are built, whichever of them fails: the problems of each are told.
                $(if const { $name::STAGE.is(Stage::Build) } {
                    tuple!(@try $name, cx, task, found);
                })+
                Ok(true)
            }

            async fn one_by_one(
                cx: &mut RequestContext<'_, B>,
                slots: &mut Self::Slots,
                found: &mut Option<Error>,
                clock: impl Clock,
            ) -> Result<(), Error> {
                $(if const { $name::STAGE.is(Stage::Bind) } {
                    tuple!(@read $name, slots.$index, cx, found, clock);
                })+
                $(if const { $name::STAGE.is(Stage::Both) } {
                    if found.is_none() {
                        tuple!(@read $name, slots.$index, cx, found, clock);
                    } else if matches!(slots.$index, Slot::Unread)
                        // In a box: it is only asked when something has failed.
                        && let Err(error) = Box::pin($name::problems(cx)).await
                    {
                        note(found, error)?;
                    }
                })+
                // Dependencies are built when all of the request could be read. One that was tried already may have failed, too.
                let is_refused =
                    false $(|| const { !$name::STAGE.is(Stage::Build) } && matches!(slots.$index, Slot::Failed))+;
                if is_refused {
                    return Ok(());
                }
                $(if const { $name::STAGE.is(Stage::Build) } {
                    tuple!(@read $name, slots.$index, cx, found, clock);
                })+
                Ok(())
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

            #[allow(non_snake_case, reason = "one name serves the type and its value")]
            async fn from_request(cx: &mut RequestContext<'_, B>) -> Result<Self, Error> {
                const {
                    // Evaluated here, so that two body readers are refused where the tuple is used.
                    let _ = Self::CONSUMES_BODY;
                }
                let mut slots = ($(Slot::<$name>::Unread,)+);
                let mut found = None;
                if let Some(steps) = Steps::of(cx) {
                    Box::pin(Self::one_by_one(cx, &mut slots, &mut found, steps)).await?;
                } else {
                    // In one go, since each point where something may be awaited costs more than most values do.
                    let now = poll_fn(|task| Poll::Ready(Self::at_once(cx, task, &mut slots, &mut found)));
                    if !now.await? {
                        Self::one_by_one(cx, &mut slots, &mut found, ()).await?;
                    }
                }
                match slots {
                    ($(Slot::Read($name),)+) => Ok(($($name,)+)),
                    _ => Err(found.unwrap_or_else(no_stage)),
                }
            }

            async fn problems(cx: &mut RequestContext<'_, B>) -> Result<(), Error> {
                let mut found = None;
                $(if let Err(error) = $name::problems(cx).await {
                    note(&mut found, error)?;
                })+
                found.map_or(Ok(()), Err)
            }
        }
    };
    (@try $name:ident, $cx:ident, $task:ident, $found:ident) => {
        match $name::read_now($cx, $task) {
            Some(Ok(value)) => *$name = Slot::Read(value),
            Some(Err(error)) => {
                *$name = Slot::Failed;
                note($found, error)?;
            }
            // Those behind it come later, so that problems are told in the order of the extractors.
            None => return Ok(false),
        }
    };
    (@read $name:ident, $slot:expr, $cx:ident, $found:ident, $clock:ident) => {
        if matches!($slot, Slot::Unread) {
            let begun = $clock.begin();
            let read = $name::from_request($cx).await;
            $clock.end(begun, std::any::type_name::<$name>());
            match read {
                Ok(value) => $slot = Slot::Read(value),
                Err(error) => {
                    $slot = Slot::Failed;
                    note($found, error)?;
                }
            }
        }
    };
}

/// The reading of several extractors, into a slot for each.
trait Members<B>: Sized {
    /// How far the reading of each is.
    type Slots;

    /// Reads what can be read at once, up to the first value that has to be waited for. Returns whether that was all.
    fn at_once(
        cx: &mut RequestContext<'_, B>,
        task: &mut Context<'_>,
        slots: &mut Self::Slots,
        found: &mut Option<Error>,
    ) -> Result<bool, Error>;

    /// Reads what is not read yet, and waits for each.
    fn one_by_one(
        cx: &mut RequestContext<'_, B>,
        slots: &mut Self::Slots,
        found: &mut Option<Error>,
        clock: impl Clock,
    ) -> impl Future<Output = Result<(), Error>> + Send;
}

/// How far the reading of one member is.
enum Slot<T> {
    Unread,
    Read(T),
    /// Its error has been noted.
    Failed,
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

    async fn from_request(cx: &mut RequestContext<'_, B>) -> Result<Self, Error> {
        if let Some(steps) = Steps::of(cx) {
            return Box::pin(timed::<T, B>(cx, steps)).await.map(|value| (value,));
        }
        read_soon::<T, B>(cx).await.map(|value| (value,))
    }

    #[inline]
    fn read_now(cx: &mut RequestContext<'_, B>, task: &mut Context<'_>) -> Option<Result<Self, Error>> {
        if Steps::of(cx).is_some() {
            return None;
        }
        T::read_now(cx, task).map(|read| read.map(|value| (value,)))
    }

    async fn problems(cx: &mut RequestContext<'_, B>) -> Result<(), Error> {
        T::problems(cx).await
    }
}

/// Reads a value, and tells how long that took.
async fn timed<T, B>(cx: &mut RequestContext<'_, B>, steps: Steps) -> Result<T, Error>
where
    T: FromRequest<B>,
{
    let begun = steps.begin();
    let read = T::from_request(cx).await;
    steps.end(begun, std::any::type_name::<T>());
    read
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
