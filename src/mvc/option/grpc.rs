//! Controllers whose methods are those of a gRPC service.

use std::fmt;

use bytes::Bytes;
use http::uri::PathAndQuery;
use http::{HeaderMap, Method, Request, Response, StatusCode, Uri, header};
use http_body::Body;
use tower::ServiceExt;
use tower::util::BoxCloneSyncService;
use tower_service::Service;

use super::ControllerOption;
use crate::chain::{Chain, Link, Registered};
use crate::error::BoxError;
use crate::handler::Handler;
use crate::mvc::Activation;
use crate::{Answer, AnyBody, BodySlot, Contract, Error, RequestContext, RequestState, ResponseBody};

/// Answers gRPC calls with a gRPC service, and everybody else with the methods of the controller.
///
/// Each method `say_hello` of the controller answers `POST /package.Service/SayHello`, in the place of the routes that it has by its name or
/// its attributes; routes that its `before_activation` adds stay. A request whose content type is `application/grpc`, or begins with
/// `application/grpc+` or `application/grpc-`, goes to the service; others get the method, most often with JSON. The service sees the path without that of parties
/// around. Handlers of the router, of parties and of options run before both, and dependencies are at hand in the service's methods
/// through the extensions of the request. Calls of methods that the controller does not have are `UNIMPLEMENTED`.
///
/// The service is any tower service, such as one that tonic has generated; a host that speaks HTTP/2 carries its streams and trailers.
///
/// # Example
///
/// ```
/// use gongular::mvc::{Application, Controller, Grpc, controller};
/// use gongular::{AnyBody, Json, ResponseBody, Router, http};
/// use tower::service_fn;
///
/// #[derive(Controller)]
/// struct Greeter;
///
/// #[controller]
/// impl Greeter {
///     #[action]
///     async fn say_hello(&self) -> Json<&'static str> {
///         Json("hello")
///     }
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() {
/// // In the place of what tonic generates.
/// let service = service_fn(async |_: http::Request<AnyBody>| {
///     let answer = http::Response::builder().header("content-type", "application/grpc").header("grpc-status", "0");
///     answer.body(ResponseBody::empty())
/// });
///
/// let grpc = Grpc::new("greet.Greeter", service);
/// let app = Application::new(Router::new()).handle_with(controller::<Greeter>(), grpc);
/// let client = app.into_engine().test_client().await.unwrap();
/// client.post("/greet.Greeter/SayHello").send().await.assert_json("hello");
/// let call = client.post("/greet.Greeter/SayHello").header("content-type", "application/grpc");
/// call.send().await.assert_header("grpc-status", "0");
/// # }
/// ```
#[derive(Clone)]
#[must_use = "an option does nothing until a controller is handled with it"]
pub struct Grpc {
    name: String,
    service: BoxCloneSyncService<Request<AnyBody>, Response<ResponseBody>, Error>,
    is_strict: bool,
}

impl Grpc {
    /// Makes the option of a service and its full name, such as `package.Service`.
    ///
    /// A name that is empty, or that no path has, is a mistake of the engine when it is built.
    pub fn new<S, R>(name: impl Into<String>, service: S) -> Self
    where
        S: Service<Request<AnyBody>, Response = Response<R>, Future: Send + 'static, Error: Into<BoxError>>
            + Clone
            + Send
            + Sync
            + 'static,
        R: Body<Data = Bytes, Error: Into<BoxError>> + Send + 'static,
    {
        let service =
            service.map_response(|response| response.map(ResponseBody::new)).map_err(Error::from_box);
        Self { name: name.into(), service: BoxCloneSyncService::new(service), is_strict: false }
    }

    /// Answers requests that are no gRPC calls with `404`, or leaves them to the next controller of the path.
    pub const fn strict(mut self) -> Self {
        self.is_strict = true;
        self
    }
}

impl ControllerOption for Grpc {
    fn apply(self, activation: &mut Activation) {
        let name = self.name.trim_matches('/');
        if name.is_empty() {
            activation.mistake(
                "a gRPC service has a name, such as `package.Service`, which `Grpc::new` was not given",
            );
            return;
        }
        let methods: Vec<&'static str> = activation.unskipped().collect();
        for method in methods {
            let path = format!("/{name}/{}", upper_camel_case(method));
            let Ok(target) = PathAndQuery::try_from(path.clone()) else {
                activation.mistake(&format!("`{name}` is no name of a gRPC service"));
                return;
            };
            let call = Call { target, service: self.service.clone(), is_strict: self.is_strict };
            let mut call = Registered::new(call);
            // What the service's methods need is not known.
            call.needs_scope = true;
            activation.replace_routes(method, Method::POST, path, vec![Link::Handler(call)]);
        }
        activation.label(format!("gRPC {name}"));
        activation.beside.push((Method::POST, format!("/{name}/{{method}}"), Chain::new().then(unknown)));
    }
}

impl fmt::Debug for Grpc {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Grpc")
            .field("name", &self.name)
            .field("strict", &self.is_strict)
            .finish_non_exhaustive()
    }
}

/// Answers calls of methods that the controller does not have.
async fn unknown(headers: HeaderMap) -> Result<(), Error> {
    Err(match headers.get(header::CONTENT_TYPE) {
        Some(content_type) if is_grpc(content_type.as_bytes()) => {
            Error::new(StatusCode::NOT_IMPLEMENTED, "the service has no such method")
        }
        _ => Error::not_found(),
    })
}

/// Writes the name of a method as gRPC does: `say_hello` is `SayHello`.
fn upper_camel_case(name: &str) -> String {
    let mut written = String::with_capacity(name.len());
    for word in name.split('_') {
        let mut characters = word.chars();
        written.extend(characters.next().into_iter().flat_map(char::to_uppercase));
        written.push_str(characters.as_str());
    }
    written
}

/// What stands before a method, and takes gRPC calls away from it.
#[derive(Clone)]
struct Call {
    /// The path as the service knows it.
    target: PathAndQuery,
    service: BoxCloneSyncService<Request<AnyBody>, Response<ResponseBody>, Error>,
    is_strict: bool,
}

impl Call {
    /// Makes the request for the service; the head stays for those who answer errors.
    fn request(&self, cx: &mut RequestContext<'_, AnyBody>) -> Result<Request<AnyBody>, Error> {
        let mut parts = cx.parts.clone();
        if parts.uri.path() != self.target.path() {
            let mut uri = std::mem::take(&mut parts.uri).into_parts();
            uri.path_and_query = Some(self.target.clone());
            parts.uri = Uri::from_parts(uri)?;
        }
        if let Some(state) = cx.state() {
            *RequestState::entry(&mut parts.extensions) = state.clone();
        }
        let body = std::mem::replace(cx.body(), BodySlot::taken());
        Ok(Request::from_parts(parts, AnyBody::from_slot(body)))
    }
}

impl Handler<AnyBody, ()> for Call {
    fn name(&self) -> &'static str {
        NAME
    }

    fn describe(_: &mut Contract) {}

    async fn call(&self, cx: &mut RequestContext<'_, AnyBody>, answer: &mut Answer) -> Result<(), Error> {
        let content_type = cx.parts.headers.get(header::CONTENT_TYPE);
        if !content_type.is_some_and(|content_type| is_grpc(content_type.as_bytes())) {
            return if self.is_strict { Err(Error::not_found().pass()) } else { Ok(()) };
        }
        let request = self.request(cx)?;
        let response = self.service.clone().oneshot(request).await?;
        answer.stop();
        answer.respond(response)
    }
}

fn is_grpc(content_type: &[u8]) -> bool {
    let essence = content_type.split(|byte| *byte == b';').next().unwrap_or_default().trim_ascii();
    let Some((start, rest)) = essence.split_at_checked(GRPC.len()) else { return false };
    start.eq_ignore_ascii_case(GRPC) && matches!(rest.first(), None | Some(b'+' | b'-'))
}

const GRPC: &[u8] = b"application/grpc";

/// What stands before methods in reports.
pub(crate) const NAME: &str = "gongular::mvc::Grpc";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_methods_are_written_as_grpc_does() {
        for (name, written) in
            [("get", "Get"), ("say_hello", "SayHello"), ("list_v2_users", "ListV2Users"), ("_x__y", "XY")]
        {
            assert_eq!(upper_camel_case(name), written);
        }
    }

    #[test]
    fn calls_are_told_by_their_content_type() {
        for (content_type, is) in [
            ("application/grpc", true),
            ("application/grpc+proto", true),
            ("Application/gRPC-web; charset=x", true),
            ("application/grpcs", false),
            ("application/json", false),
            ("", false),
        ] {
            assert_eq!(is_grpc(content_type.as_bytes()), is, "{content_type}");
        }
    }
}
