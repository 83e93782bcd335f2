//! Several extractors as one: a tuple reads all of its members and reports all of their problems.

use super::many::{no_stage, note, one_reads_body, stage_of_all};
use super::{FromRequest, RequestContext, Stage};
use crate::stats::Steps;
use crate::{Contract, Error};

impl<B: Send> FromRequest<B> for () {
    async fn from_request(_: &mut RequestContext<'_, B>) -> Result<Self, Error> {
        Ok(())
    }
}

macro_rules! tuple {
    ($($name:ident),+) => {
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
                let mut found = None;
                let steps = Steps::of(cx);
                $(let mut $name = None;)+
                $(if const { $name::STAGE.is(Stage::Bind) } {
                    tuple!(@read $name, cx, found, steps);
                })+
                $(if const { $name::STAGE.is(Stage::Both) } {
                    if found.is_none() {
                        tuple!(@read $name, cx, found, steps);
                    } else if let Err(error) = $name::problems(cx).await {
                        note(&mut found, error)?;
                    }
                })+
                if let Some(found) = found.take() {
                    return Err(found);
                }
                $(if const { $name::STAGE.is(Stage::Build) } {
                    tuple!(@read $name, cx, found, steps);
                })+
                match ($($name,)+) {
                    ($(Some($name),)+) => Ok(($($name,)+)),
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
    (@read $name:ident, $cx:ident, $found:ident, $steps:ident) => {
        let begun = $steps.begin();
        let read = match $name::read_now($cx) {
            Some(read) => read,
            None => $name::from_request($cx).await,
        };
        $steps.end(begun, std::any::type_name::<$name>());
        match read {
            Ok(value) => $name = Some(value),
            Err(error) => note(&mut $found, error)?,
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
