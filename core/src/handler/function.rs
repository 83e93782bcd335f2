//! Functions as handlers.

use std::future::Future;

use http::Response;

use super::Handler;
use crate::{Contract, Error, FromRequest, IntoResponse, RequestContext, ResponseBody};

macro_rules! function {
    ($($name:ident),*) => {
        impl<F, Fut, B, $($name),*> Handler<B, (Fut, $($name,)*)> for F
        where
            F: Fn($($name),*) -> Fut + Clone + Send + Sync + 'static,
            Fut: Future<Output: IntoResponse> + Send + 'static,
            B: Send,
            $($name: FromRequest<B> + Send,)*
        {
            fn describe(contract: &mut Contract) {
                <($($name,)*) as FromRequest<B>>::describe(contract);
            }

            #[allow(non_snake_case, reason = "one name serves the type and its value")]
            async fn call(&self, cx: &mut RequestContext<'_, B>) -> Result<Response<ResponseBody>, Error> {
                const {
                    // Evaluated here, so that two body readers are refused where the handler is used.
                    let _ = <($($name,)*) as FromRequest<B>>::CONSUMES_BODY;
                }
                let ($($name,)*) = <($($name,)*)>::from_request(cx).await?;
                self($($name),*).await.into_response()
            }
        }
    };
}

function!();
function!(T1);
function!(T1, T2);
function!(T1, T2, T3);
function!(T1, T2, T3, T4);
function!(T1, T2, T3, T4, T5);
function!(T1, T2, T3, T4, T5, T6);
function!(T1, T2, T3, T4, T5, T6, T7);
function!(T1, T2, T3, T4, T5, T6, T7, T8);
function!(T1, T2, T3, T4, T5, T6, T7, T8, T9);
function!(T1, T2, T3, T4, T5, T6, T7, T8, T9, T10);
function!(T1, T2, T3, T4, T5, T6, T7, T8, T9, T10, T11);
function!(T1, T2, T3, T4, T5, T6, T7, T8, T9, T10, T11, T12);
function!(T1, T2, T3, T4, T5, T6, T7, T8, T9, T10, T11, T12, T13);
function!(T1, T2, T3, T4, T5, T6, T7, T8, T9, T10, T11, T12, T13, T14);
function!(T1, T2, T3, T4, T5, T6, T7, T8, T9, T10, T11, T12, T13, T14, T15);
function!(T1, T2, T3, T4, T5, T6, T7, T8, T9, T10, T11, T12, T13, T14, T15, T16);
