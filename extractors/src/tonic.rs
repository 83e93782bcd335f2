//! The extractors in tonic's methods.

use std::future::Future;
use std::pin::Pin;

use gongular_core::{BodySlot, Error, FromRequest, RequestContext, Rules};
use http::request::Parts;
use tonic::metadata::MetadataMap;
use tonic::{Request, Status};

use crate::message::refused;

/// Reads what needs no body from a gRPC request: dependencies, headers (gRPC calls them metadata), the client's address,
/// or a derived struct of these.
///
/// # Errors
///
/// As the extractor's own, as a [`Status`]; problems of the request go along as `google.rpc.BadRequest`.
///
/// # Cancel safety
///
/// Cancel safe, except that the request's extensions are lost with a dropped future.
pub fn extract<'r, T, M>(request: &'r mut Request<M>) -> Extracting<'r, T>
where
    T: FromRequest<()> + Send,
    M: Send,
{
    // Boxed for the compiler's sake: it cannot prove that the future of `Inject<dyn Trait>` is `Send` when it has to look
    // into it from inside another future.
    Box::pin(async move {
        let mut parts = empty();
        parts.headers = std::mem::take(request.metadata_mut()).into_headers();
        parts.extensions = std::mem::take(request.extensions_mut());
        let mut none = BodySlot::taken();
        let value = T::from_request(&mut RequestContext::new(&mut parts, &mut none)).await;
        *request.metadata_mut() = MetadataMap::from_headers(parts.headers);
        *request.extensions_mut() = parts.extensions;
        value.map_err(Error::into)
    })
}

/// The future of [`extract`].
pub type Extracting<'r, T> = Pin<Box<dyn Future<Output = Result<T, Status>> + Send + 'r>>;

fn empty() -> Parts {
    http::Request::new(()).into_parts().0
}

/// Checks the rules of a message, and hands it back.
///
/// # Errors
///
/// Broken rules: [`ErrorKind::Validation`](gongular_core::ErrorKind::Validation), `INVALID_ARGUMENT`, with all of them as
/// `google.rpc.BadRequest`; fields have their Rust names, which are protobuf's.
pub fn checked<M: Rules>(message: M) -> Result<M, Status> {
    match message.check() {
        Ok(()) => Ok(message),
        Err(broken) => Err(refused(broken).into()),
    }
}
