//! Values that layers leave with a request.

use std::any::type_name;
use std::ops::Deref;

use gongular_core::{Error, FromRequest, RequestContext};

/// A value that a layer left in the request's extensions, such as an id or a session.
///
/// # Errors
///
/// Nobody left one: [`ErrorKind::App`](gongular_core::ErrorKind::App), `500`, since a layer is missing. Take
/// `Option<Extension<T>>` where that is in order.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "the wrapped value is all there is, and callers take it apart")]
pub struct Extension<T>(pub T);

impl<B, T> FromRequest<B> for Extension<T>
where
    B: Send,
    T: Clone + Send + Sync + 'static,
{
    fn is_present(cx: &mut RequestContext<'_, B>) -> bool {
        cx.parts.extensions.get::<T>().is_some()
    }

    async fn from_request(cx: &mut RequestContext<'_, B>) -> Result<Self, Error> {
        let missing = || Error::app(format!("no layer has left a {} with the request", type_name::<T>()));
        cx.parts.extensions.get::<T>().cloned().map(Self).ok_or_else(missing)
    }
}

impl<T> Deref for Extension<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use gongular_core::BodySlot;

    use super::*;

    #[tokio::test]
    async fn what_a_layer_left_is_read_and_what_nobody_left_is_a_500() {
        let (mut parts, ()) = http::Request::new(()).into_parts();
        parts.extensions.insert(7_u8);
        let mut body = BodySlot::new(());
        let mut cx = RequestContext::new(&mut parts, &mut body);
        assert_eq!(Extension::<u8>::from_request(&mut cx).await.unwrap().0, 7);
        let error = Extension::<u16>::from_request(&mut cx).await.unwrap_err();
        assert_eq!(error.status(), 500);
        assert_eq!(error.to_string(), "no layer has left a u16 with the request");
    }
}
