//! The files of a folder.

use std::path::PathBuf;
use std::sync::Arc;
use std::task::{Context, Poll};

use gongular_core::{Answer, Contract, Error, Handler, RequestContext, RequestState, ResponseBody};
use http::request::Parts;
use http::{HeaderMap, HeaderValue, Request, Response, StatusCode, header};
use tower_service::Service;

use super::FilesFuture;
use super::answer::{Source, redirect, refuse_method};
use super::guard::Guard;
use super::target::Target;

/// Answers with the files of a folder.
///
/// Which file is meant stands, below a route that ends in a catch-all such as `/static/{*path}`, in that parameter; a route
/// of ours without one means the folder itself. On any other host it is the request's path, so that a prefix has to be taken
/// off first, as axum's `nest_service` does.
///
/// What a request can reach and how it is answered stands in the [module's documentation](super).
///
/// # Errors
///
/// - no such file, or none that may be served: [`ErrorKind::NotFound`](crate::ErrorKind::NotFound), `404`
/// - another method than `GET` and `HEAD`: [`ErrorKind::MethodNotAllowed`](crate::ErrorKind::MethodNotAllowed), `405`
/// - a condition that does not hold, `412`, a range behind the end, `416`:
///   [`ErrorKind::Refused`](crate::ErrorKind::Refused)
/// - the file system fails: [`ErrorKind::App`](crate::ErrorKind::App), `500`
///
/// # Panics
///
/// Outside of a tokio runtime.
///
/// # Example
///
/// ```
/// use gongular::files::ServeFiles;
/// use http::Request;
/// use http_body_util::BodyExt;
/// use tower_service::Service;
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() {
/// # let folder = std::env::temp_dir().join(format!("serve_files_{}", std::process::id()));
/// # std::fs::create_dir_all(&folder).unwrap();
/// std::fs::write(folder.join("hello.txt"), "hello").unwrap();
/// let mut files = ServeFiles::new(&folder);
/// assert!(files.check().is_ok());
///
/// let response = files.call(Request::get("/hello.txt").body(()).unwrap()).await.unwrap();
/// assert_eq!(response.headers()["content-type"], "text/plain; charset=utf-8");
/// assert_eq!(response.into_body().collect().await.unwrap().to_bytes(), "hello");
///
/// let error = files.call(Request::get("/..%2fsecret.txt").body(()).unwrap()).await.unwrap_err();
/// assert_eq!(error.status(), 404);
/// # std::fs::remove_dir_all(&folder).unwrap();
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct ServeFiles {
    settings: Arc<Settings>,
}

#[derive(Clone, Debug)]
struct Settings {
    source: Source,
    dot_files: bool,
    fallback: Option<String>,
}

impl ServeFiles {
    /// Serves the files of a folder; a relative path is one from the process's working directory.
    ///
    /// Whether the folder is there is not looked at: [`check`](Self::check) does that.
    #[must_use]
    pub fn new(folder: impl Into<PathBuf>) -> Self {
        let folder = folder.into();
        let guard = Guard::within(&folder);
        let source = Source::new(folder, guard);
        Self { settings: Arc::new(Settings { source, dot_files: false, fallback: None }) }
    }

    /// Sets the `Cache-Control` of files, also where the client's copy is still good.
    ///
    /// Defaults to *no such field*: clients ask whether their copy is still good when they think it is time.
    #[must_use]
    pub fn cache_control(mut self, value: HeaderValue) -> Self {
        self.edit().source.cache_control = Some(value);
        self
    }

    /// Serves files and folders whose names begin with a dot as well, such as `.well-known`.
    ///
    /// Defaults to *false*.
    #[must_use]
    pub fn dot_files(mut self, are_served: bool) -> Self {
        self.edit().dot_files = are_served;
        self
    }

    /// Answers with this file of the folder, `200`, where somebody goes to a page that is no file.
    ///
    /// For applications that route in the browser. Only a `GET` or `HEAD` whose `Accept` names `text/html` is such a
    /// visit: a script or picture that is missing stays a 404, and so does a path that cannot name a file. The answer says
    /// `Cache-Control: no-cache`, since it names all the others.
    ///
    /// Defaults to *no such file*.
    #[must_use]
    pub fn fallback(mut self, file: impl Into<String>) -> Self {
        self.edit().fallback = Some(file.into());
        self
    }

    /// Follows symbolic links that lead out of the folder.
    ///
    /// Links that stay inside are always followed. Defaults to *false*.
    #[must_use]
    pub fn outside_links(mut self, are_followed: bool) -> Self {
        let settings = self.edit();
        let guard = if are_followed { Guard::anywhere() } else { Guard::within(&settings.source.folder) };
        settings.source.guard = guard;
        self
    }

    /// Answers with `name.br`, `name.zst` or `name.gz` in place of `name`, where there is such a file and the client takes
    /// that coding.
    ///
    /// Each coding that the client takes costs a look into the file system. Defaults to *false*.
    #[must_use]
    pub fn precompressed(mut self, are_served: bool) -> Self {
        self.edit().source.precompressed = are_served;
        self
    }

    /// Returns whether the folder is there, and the [`fallback`](Self::fallback) in it.
    ///
    /// It waits for the file system, so it belongs where the application is built.
    ///
    /// # Errors
    ///
    /// What is wrong, and where, for the log: [`ErrorKind::App`](crate::ErrorKind::App).
    pub fn check(&self) -> Result<(), Error> {
        let folder = &self.settings.source.folder;
        let metadata = folder
            .metadata()
            .map_err(|error| Error::app(format!("no folder of files at `{}`: {error}", folder.display())))?;
        if !metadata.is_dir() {
            return Err(Error::app(format!("`{}` is no folder of files", folder.display())));
        }
        let Some(fallback) = &self.settings.fallback else { return Ok(()) };
        self.settings.source.guard.check_file(&folder.join(fallback)).map_err(|error| {
            Error::app(format!("no fallback `{fallback}` in the folder `{}`: {error}", folder.display()))
        })
    }

    fn edit(&mut self) -> &mut Settings {
        Arc::make_mut(&mut self.settings)
    }
}

impl<P: Into<PathBuf>> From<P> for ServeFiles {
    fn from(folder: P) -> Self {
        Self::new(folder)
    }
}

impl Settings {
    async fn answer(
        &self,
        parts: &Parts,
        state: Option<&RequestState>,
    ) -> Result<Response<ResponseBody>, Error> {
        refuse_method(&parts.method)?;
        let target = Target::of(parts, state, self.dot_files).ok_or_else(Error::not_found)?;
        if target.is_root() && !parts.uri.path().ends_with('/') {
            let name = parts.uri.path().rsplit('/').next().unwrap_or_default();
            return redirect(parts, name);
        }
        match (self.source.answer(parts, &target).await, &self.fallback) {
            (Err(error), Some(fallback))
                if error.status() == StatusCode::NOT_FOUND && is_visit(&parts.headers) =>
            {
                self.fall_back(parts, fallback).await
            }
            (answer, _) => answer,
        }
    }

    #[cold]
    async fn fall_back(&self, parts: &Parts, fallback: &str) -> Result<Response<ResponseBody>, Error> {
        let mut response = self.source.answer(parts, &Target::of_name(fallback)).await?;
        let headers = response.headers_mut();
        headers.insert(header::CACHE_CONTROL, const { HeaderValue::from_static("no-cache") });
        headers.append(header::VARY, const { HeaderValue::from_static("accept") });
        Ok(response)
    }
}

/// Returns whether a browser goes to a page, and does not fetch what a page needs.
fn is_visit(headers: &HeaderMap) -> bool {
    let accepted = headers.get_all(header::ACCEPT).iter().filter_map(|field| field.to_str().ok());
    accepted.flat_map(|field| field.split(',')).any(|range| {
        let essence = range.split(';').next().unwrap_or(range).trim_ascii();
        essence.eq_ignore_ascii_case("text/html")
    })
}

impl<B> Service<Request<B>> for ServeFiles {
    type Response = Response<ResponseBody>;
    type Error = Error;
    type Future = FilesFuture;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Error>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<B>) -> FilesFuture {
        let settings = Arc::clone(&self.settings);
        let (parts, _) = request.into_parts();
        FilesFuture::new(async move { settings.answer(&parts, RequestState::of(&parts.extensions)).await })
    }
}

impl<B: Send> Handler<B, ()> for ServeFiles {
    fn name(&self) -> &'static str {
        "gongular::files::ServeFiles"
    }

    fn describe(contract: &mut Contract) {
        contract.refuses(StatusCode::NOT_FOUND, "there is no such file");
    }

    async fn call(&self, cx: &mut RequestContext<'_, B>, answer: &mut Answer) -> Result<(), Error> {
        let response = self.settings.answer(&*cx.parts, cx.state()).await;
        answer.respond(response)
    }
}
