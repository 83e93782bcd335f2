//! Request contracts for any tower service.

pub use gongular_core::inject::Container;
pub use gongular_core::{
    BodySlot, BoxError, BrokenRules, ClientAddr, Context, Contract, Error, ErrorKind, FieldKind, FromRequest,
    Handle, Handler, Input, IntoResponse, Json, Limits, MatchedPath, PathParams, Place, Problem, ProblemKind,
    RequestBody, RequestContext, RequestState, ResponseBody, Rules, Stage, Unchecked, handle, service,
};
#[cfg(feature = "axum")]
pub use gongular_extractors::axum::All;
pub use gongular_extractors::{
    Body, Cookie, Form, Header, Inject, Multipart, Param, Part, Query, UploadReader, UploadedFile,
};
pub use gongular_layers as layers;
/// Reads a whole request into one struct.
///
/// Each field is an extractor: a value of a place, a dependency, a struct that derives `FromRequest` as well, an
/// `Option` or a `Result` of these. What the request brings is read first, whatever the order of the fields, and
/// everything that is wrong with it makes one answer; dependencies are built when all of it could be read.
///
/// | attribute of a field | the field is |
/// |---|---|
/// | none | an extractor: `Param<T>`, `Query<T>`, `Body<T>`, `Inject<T>`, a derived struct, ... |
/// | `#[inject(key = "replica")]` | the `Inject<T>` of that key |
/// | `#[param]`, `#[query]`, `#[header]`, `#[cookie]`, `#[form]` | one value of the place, under the field's name |
/// | `#[query("per-page")]` | the same under another name |
/// | `#[query(default)]`, `#[query(default = 20)]` | the same, when the request does not have it |
/// | `#[body]` | the body as a whole, as by `Body<T>` |
///
/// A single value takes `#[validate(...)]` as in a struct that derives `validator::Validate`, and `#[serde(...)]`.
/// Header names have hyphens where the field has underscores. All single values of a place are read in one pass.
///
/// | attribute of the struct | meaning |
/// |---|---|
/// | `#[from_request(body)]` | it reads the body, though no field's type says so by its name |
/// | `#[from_request(parts)]` | it does not, though a type is called `Body`, `Form`, `Multipart`, `Bytes` or `String` |
/// | `#[from_request(crate = path)]` | gongular is found at `path` |
///
/// With the feature `axum` the struct is an axum extractor, too: `FromRequest` if it reads the body, else
/// `FromRequestParts`.
///
/// # Example
///
/// ```
/// use gongular::{Error, FromRequest, Json, Query, service};
/// use serde::Deserialize;
///
/// #[derive(Deserialize)]
/// struct Filter {
///     done: bool,
/// }
///
/// impl gongular::Rules for Filter {}
///
/// #[derive(FromRequest)]
/// struct ListTodos {
///     filter: Query<Filter>,
///     #[query("per-page", default = 20)]
///     #[validate(range(min = 1, max = 100))]
///     per_page: u32,
///     #[header]
///     x_request_id: Option<String>,
/// }
///
/// async fn list(request: ListTodos) -> Result<Json<(bool, u32)>, Error> {
///     Ok(Json((request.filter.done, request.per_page)))
/// }
///
/// # use http::Request;
/// # use http_body_util::{BodyExt, Empty};
/// # use tower_service::Service;
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() {
/// let mut list = service(list);
/// let request = |uri: &str| Request::get(uri).body(Empty::<bytes::Bytes>::new()).unwrap();
/// let answer = list.call(request("/?done=yes")).await.unwrap();
/// assert_eq!(answer.into_body().collect().await.unwrap().to_bytes(), "[true,20]");
///
/// let error = list.call(request("/?done=perhaps&per-page=many")).await.unwrap_err();
/// assert_eq!(error.problems().len(), 2);
/// # }
/// ```
#[cfg(feature = "macros")]
pub use gongular_macros::FromRequest;
pub use {gongular_core::error, gongular_core::inject, gongular_core::key, gongular_core::stats};
pub use {http, http_body};

#[doc(hidden)]
pub mod __private;

/// The extractors and glue for axum.
#[cfg(feature = "axum")]
pub mod axum {
    pub use gongular_extractors::axum::{All, from_parts, from_request};
}

/// The extractors in tonic's methods.
#[cfg(feature = "tonic")]
pub mod tonic {
    pub use gongular_extractors::tonic::{checked, extract};
}
