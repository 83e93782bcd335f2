//! Several extractors as one: a tuple reads all of its members and reports all of their problems.

use super::{FromRequest, RequestContext, Stage};
use crate::stats::Steps;
use crate::{Contract, Error};

impl<B: Send> FromRequest<B> for () {
    async fn from_request(_: &mut RequestContext<'_, B>) -> Result<Self, Error> {
        Ok(())
    }
}

/// Counts body readers in a constant.
pub(crate) const fn count(readers: &[bool]) -> usize {
    let mut count = 0;
    let mut index = 0;
    while index < readers.len() {
        count += readers[index] as usize;
        index += 1;
    }
    count
}

/// Adds a failure to those found before. `Some` at the end means that the request is refused.
///
/// A failure that is no problem of the request ends the reading at once.
#[cold]
fn note(found: &mut Option<Error>, error: Error) -> Result<(), Error> {
    if !error.is_binding() {
        return Err(error);
    }
    *found = Some(match found.take() {
        Some(before) => before.merge(error),
        None => error,
    });
    Ok(())
}

macro_rules! tuple {
    ($($name:ident),+) => {
        impl<B, $($name),+> FromRequest<B> for ($($name,)+)
        where
            B: Send,
            $($name: FromRequest<B> + Send,)+
        {
            const CONSUMES_BODY: bool = {
                let readers = count(&[$($name::CONSUMES_BODY),+]);
                assert!(readers <= 1, "two extractors of one handler both read the body: put what they read into one struct");
                readers == 1
            };

            const STAGE: Stage = {
                let stages = [$($name::STAGE),+];
                let mut all = stages[0];
                let mut index = 1;
                while index < stages.len() {
                    all = all.and(stages[index]);
                    index += 1;
                }
                all
            };

            fn describe(contract: &mut Contract) {
                $($name::describe(contract);)+
            }

            #[allow(non_snake_case, reason = "one name serves the type and its value")]
            async fn from_request(cx: &mut RequestContext<'_, B>) -> Result<Self, Error> {
                const { assert!(Self::CONSUMES_BODY || true) }
                let mut found = None;
                let steps = Steps::of(cx);
                $(let mut $name = None;)+
                tuple!(@stage cx found steps Stage::Bind $($name),+);
                tuple!(@stage cx found steps Stage::Both $($name),+);
                tuple!(@stage cx found steps Stage::Build $($name),+);
                match ($($name,)+) {
                    ($(Some($name),)+) => Ok(($($name,)+)),
                    _ => Err(found.unwrap_or_else(Error::not_found)),
                }
            }
        }
    };
    (@stage $cx:ident $found:ident $steps:ident Stage::$stage:ident $($name:ident),+) => {
        $(
            if const { $name::STAGE.is(Stage::$stage) } {
                let begun = $steps.begin();
                let read = $name::from_request($cx).await;
                $steps.end(begun, std::any::type_name::<$name>());
                match read {
                    Ok(value) => $name = Some(value),
                    Err(error) => note(&mut $found, error)?,
                }
            }
        )+
        if let Some(found) = $found.take() {
            return Err(found);
        }
    };
}

tuple!(T1);
tuple!(T1, T2);
tuple!(T1, T2, T3);
tuple!(T1, T2, T3, T4);
tuple!(T1, T2, T3, T4, T5);
tuple!(T1, T2, T3, T4, T5, T6);
tuple!(T1, T2, T3, T4, T5, T6, T7);
tuple!(T1, T2, T3, T4, T5, T6, T7, T8);
tuple!(T1, T2, T3, T4, T5, T6, T7, T8, T9);
tuple!(T1, T2, T3, T4, T5, T6, T7, T8, T9, T10);
tuple!(T1, T2, T3, T4, T5, T6, T7, T8, T9, T10, T11);
tuple!(T1, T2, T3, T4, T5, T6, T7, T8, T9, T10, T11, T12);
tuple!(T1, T2, T3, T4, T5, T6, T7, T8, T9, T10, T11, T12, T13);
tuple!(T1, T2, T3, T4, T5, T6, T7, T8, T9, T10, T11, T12, T13, T14);
tuple!(T1, T2, T3, T4, T5, T6, T7, T8, T9, T10, T11, T12, T13, T14, T15);
tuple!(T1, T2, T3, T4, T5, T6, T7, T8, T9, T10, T11, T12, T13, T14, T15, T16);
