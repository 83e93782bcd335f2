//! Arguments that are there from the start.

use std::any::type_name;
use std::fmt;
use std::ops::Deref;
use std::sync::Arc;

use bytes::Bytes;
use http::StatusCode;
use serde::de::DeserializeOwned;

use super::context::{EventContext, FromEvent, InNamespace, moment};
use crate::inject::InjectKey;
use crate::neffos::{Conn, Hub, Message, NsConn, Room};
use crate::{
    Body, BodySlot, Contract, Error, FromRequest, Inject, Input, Place, RequestContext, ResponseBody, Rules,
};

impl<M> FromEvent<M> for Conn {
    async fn from_event(cx: &EventContext) -> Result<Self, Error> {
        Ok(cx.conn().clone())
    }
}

impl<M> FromEvent<M> for Hub {
    async fn from_event(cx: &EventContext) -> Result<Self, Error> {
        Ok(cx.conn().hub().clone())
    }
}

impl<M: InNamespace> FromEvent<M> for NsConn {
    async fn from_event(cx: &EventContext) -> Result<Self, Error> {
        cx.namespace().cloned().ok_or_else(|| Error::app("there is no namespace at this moment"))
    }
}

impl<M: InNamespace> FromEvent<M> for Message {
    async fn from_event(cx: &EventContext) -> Result<Self, Error> {
        Ok(cx.message().clone())
    }
}

/// The room that is joined or left.
impl FromEvent<moment::AtRoom> for Room {
    async fn from_event(cx: &EventContext) -> Result<Self, Error> {
        let space = <NsConn as FromEvent<moment::AtRoom>>::from_event(cx).await?;
        Ok(space.room(cx.message().room()))
    }
}

/// The room that the message was sent in.
///
/// # Errors
///
/// It was sent to the namespace: kind [`App`](crate::ErrorKind::App), `400`; a client that asked reads to send it in a room.
impl FromEvent<moment::AtMessage> for Room {
    async fn from_event(cx: &EventContext) -> Result<Self, Error> {
        let room = <Option<Self> as FromEvent<moment::AtMessage>>::from_event(cx).await?;
        room.ok_or_else(|| Error::new(StatusCode::BAD_REQUEST, "send it in a room"))
    }
}

/// The room that the message was sent in; none for one to the namespace.
impl FromEvent<moment::AtMessage> for Option<Room> {
    async fn from_event(cx: &EventContext) -> Result<Self, Error> {
        let space = <NsConn as FromEvent<moment::AtMessage>>::from_event(cx).await?;
        let name = cx.message().room();
        Ok((!name.is_empty()).then(|| space.room(name)))
    }
}

/// The body as JSON, with its rules checked.
///
/// # Errors
///
/// As [`Body::from_json`]; a client that asked reads what is wrong with which field.
impl<T: DeserializeOwned + Rules> FromEvent<moment::AtMessage> for Body<T> {
    fn describe(contract: &mut Contract) {
        <Self as FromRequest<ResponseBody>>::describe(contract);
    }

    async fn from_event(cx: &EventContext) -> Result<Self, Error> {
        Self::from_json(cx.message().body())
    }
}

/// The body as a text.
///
/// # Errors
///
/// It is not UTF-8: [`ErrorKind::Parse`](crate::ErrorKind::Parse).
impl FromEvent<moment::AtMessage> for String {
    fn describe(contract: &mut Contract) {
        contract.reads(Input::new::<Self>(Place::Body));
    }

    async fn from_event(cx: &EventContext) -> Result<Self, Error> {
        let text = cx.message().text().map(str::to_owned);
        text.ok_or_else(|| Error::parse(Place::Body, "", "encoding", "the text is not valid UTF-8"))
    }
}

/// The body, without a copy.
impl FromEvent<moment::AtMessage> for Bytes {
    fn describe(contract: &mut Contract) {
        contract.reads(Input::new::<Self>(Place::Body));
    }

    async fn from_event(cx: &EventContext) -> Result<Self, Error> {
        Ok(cx.message().body().clone())
    }
}

/// A dependency, from the container of the route that the connection came by.
///
/// A value that is built for each request is built once for each connection: the request is the one that opened it.
///
/// # Errors
///
/// As [`Inject`] in a handler of requests.
impl<M, T, K> FromEvent<M> for Inject<T, K>
where
    T: ?Sized + Send + Sync + 'static,
    K: InjectKey,
{
    fn describe(contract: &mut Contract) {
        <Self as FromRequest<()>>::describe(contract);
    }

    async fn from_event(cx: &EventContext) -> Result<Self, Error> {
        let opening = cx.conn().opening();
        let (mut none, ()) = http::Request::new(()).into_parts();
        let mut body = BodySlot::<()>::taken();
        let mut request = RequestContext::with_state(&mut none, &mut body, &opening.state);
        if let Some(singleton) = Self::singleton(&mut request) {
            return Ok(singleton);
        }
        // Only a factory looks at the request.
        let mut parts = opening.parts.clone();
        let mut request = RequestContext::with_state(&mut parts, &mut body, &opening.state);
        <Self as FromRequest<()>>::from_request(&mut request).await
    }
}

/// A value that was put into the connection, by [`Conn::insert`] or by [`Hub::route_reading`].
///
/// # Errors
///
/// Nobody put one there: [`ErrorKind::App`](crate::ErrorKind::App). `Option<Kept<T>>` is `None` then.
pub struct Kept<T>(Arc<T>);

impl<M, T: Send + Sync + 'static> FromEvent<M> for Kept<T> {
    async fn from_event(cx: &EventContext) -> Result<Self, Error> {
        let missing = || {
            let name = type_name::<T>();
            Error::app(format!(
                "the connection has no {name}: put one there by `Conn::insert` or `route_reading`"
            ))
        };
        cx.conn().get().map(Self).ok_or_else(missing)
    }
}

impl<M, T: Send + Sync + 'static> FromEvent<M> for Option<Kept<T>> {
    async fn from_event(cx: &EventContext) -> Result<Self, Error> {
        Ok(cx.conn().get().map(Kept))
    }
}

impl<T> Deref for Kept<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.0
    }
}

impl<T> Clone for Kept<T> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<T: fmt::Debug> fmt::Debug for Kept<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Kept").field(&self.0).finish()
    }
}
