//! The extractors in tonic's methods.

use gongular_core::{BodySlot, Error, FromRequest, RequestContext};
use http::request::Parts;
use tonic::{Request, Status};

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
pub async fn extract<T, M>(request: &mut Request<M>) -> Result<T, Status>
where
    T: FromRequest<()>,
{
    let mut parts = empty();
    parts.headers = std::mem::take(request.metadata_mut()).into_headers();
    parts.extensions = std::mem::take(request.extensions_mut());
    let mut none = BodySlot::taken();
    let value = T::from_request(&mut RequestContext::new(&mut parts, &mut none)).await;
    *request.metadata_mut() = tonic::metadata::MetadataMap::from_headers(parts.headers);
    *request.extensions_mut() = parts.extensions;
    value.map_err(Error::into)
}

fn empty() -> Parts {
    http::Request::new(()).into_parts().0
}
