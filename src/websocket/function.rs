//! Functions that serve websockets.

use std::fmt;
use std::future::Future;

use super::route::{Served, WebSocketRoute};
use super::{WebSocket, WebSocketHandler};
use crate::{Contract, Error, FromRequest, RequestContext};

/// Makes a handler of a function that takes the [`WebSocket`] first, and then up to 8 extractors.
///
/// The extractors are read before the upgrade; when one cannot be, the request is refused. What a struct's
/// [`before`](WebSocketHandler::before) does, a function cannot.
///
/// # Example
///
/// ```
/// use gongular::websocket::{WebSocket, websocket_fn};
/// use gongular::{Error, Query, Unchecked, service};
///
/// async fn greet(mut socket: WebSocket, query: Query<Unchecked<(String,)>>) -> Result<(), Error> {
///     while let Some(message) = socket.recv().await {
///         message?;
///         socket.send("hello").await?;
///     }
///     Ok(())
/// }
///
/// let service = service(websocket_fn(greet).max_message(1 << 10));
/// # fn check<S: tower_service::Service<http::Request<http_body_util::Empty<bytes::Bytes>>>>(_: S) {}
/// # check(service);
/// ```
#[must_use]
pub fn websocket_fn<F>(function: F) -> WebSocketRoute<Function<F>> {
    WebSocketRoute::new(Function(function))
}

/// A function as what serves a websocket, made by [`websocket_fn`].
#[derive(Clone, Copy)]
pub struct Function<F>(F);

/// A function that takes a websocket and the members of the tuple `Args`.
///
/// Implemented for all of them up to 8 members.
#[diagnostic::on_unimplemented(
    message = "`{Self}` serves no websocket: pass an `async fn` of a `WebSocket` and at most 8 extractors",
    label = "serves no websocket",
    note = "put more than 8 extractors into a struct with `#[derive(FromRequest)]`"
)]
pub trait SocketFunction<Args>: Clone + Send + Sync + 'static {
    /// The future that the function returns.
    type Future;

    /// Calls the function.
    fn call(&self, socket: WebSocket, args: Args) -> Self::Future;
}

/// A function and what was read for one call of it.
#[derive(Debug)]
pub struct Call<F, Args> {
    function: F,
    args: Args,
}

impl<F, Args> WebSocketHandler for Call<F, Args>
where
    F: SocketFunction<Args, Future: Future<Output = Result<(), Error>> + Send>,
    Args: Send,
{
    fn handle(self, socket: WebSocket) -> impl Future<Output = Result<(), Error>> + Send {
        self.function.call(socket, self.args)
    }
}

impl<F, Args, Fut, B> Served<B, (Fut, Args)> for Function<F>
where
    F: SocketFunction<Args, Future = Fut>,
    Args: FromRequest<B> + Send + 'static,
    Fut: Future<Output = Result<(), Error>> + Send,
    B: Send,
{
    type Handler = Call<F, Args>;

    fn name(&self) -> &'static str {
        std::any::type_name::<F>()
    }

    fn describe(contract: &mut Contract) {
        Args::describe(contract);
    }

    async fn read(&self, cx: &mut RequestContext<'_, B>) -> Result<Call<F, Args>, Error> {
        Ok(Call { args: Args::from_request(cx).await?, function: self.0.clone() })
    }
}

impl<F> fmt::Debug for Function<F> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Function").field(&std::any::type_name::<F>()).finish()
    }
}

macro_rules! function {
    ($($name:ident),*) => {
        impl<F, Fut, $($name),*> SocketFunction<($($name,)*)> for F
        where
            F: Fn(WebSocket, $($name),*) -> Fut + Clone + Send + Sync + 'static,
        {
            type Future = Fut;

            #[allow(non_snake_case, reason = "one name serves the type and its value")]
            fn call(&self, socket: WebSocket, ($($name,)*): ($($name,)*)) -> Fut {
                self(socket, $($name),*)
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
