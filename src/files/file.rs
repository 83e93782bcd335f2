//! A single file.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::task::{Context, Poll};

use gongular_core::{Answer, Contract, Error, Handler, RequestContext, ResponseBody};
use http::request::Parts;
use http::{HeaderValue, Request, Response, StatusCode, header};
use tower_service::Service;

use super::FilesFuture;
use super::answer::{Source, refuse_method};
use super::guard::Guard;
use super::target::Target;

/// Answers every request with one file, whatever the request's path.
///
/// The file is the application's choice: it may be a symbolic link, and its name may begin with a dot. How requests are
/// answered stands in the [module's documentation](super).
///
/// # Errors
///
/// As [`ServeFiles`](super::ServeFiles): a file that is missing is a `404`.
///
/// # Panics
///
/// Outside of a tokio runtime.
///
/// # Example
///
/// ```
/// use gongular::files::ServeFile;
/// use http::Request;
/// use tower_service::Service;
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() {
/// # let path = std::env::temp_dir().join(format!("serve_file_{}.css", std::process::id()));
/// std::fs::write(&path, "body { color: black }").unwrap();
/// let mut style = ServeFile::new(&path);
/// let response = style.call(Request::head("/style").body(()).unwrap()).await.unwrap();
/// assert_eq!(response.headers()["content-type"], "text/css; charset=utf-8");
/// assert_eq!(response.headers()["content-length"], "21");
///
/// std::fs::remove_file(&path).unwrap();
/// assert!(style.check().is_err());
/// let error = style.call(Request::get("/style").body(()).unwrap()).await.unwrap_err();
/// assert_eq!(error.status(), 404);
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct ServeFile {
    settings: Arc<Settings>,
}

#[derive(Clone, Debug)]
struct Settings {
    path: PathBuf,
    source: Source,
    /// None for a path without a name that is a text.
    target: Option<Arc<Target>>,
    content_type: Option<HeaderValue>,
}

impl ServeFile {
    /// Serves one file; a relative path is one from the process's working directory.
    ///
    /// Whether it is there is not looked at: [`check`](Self::check) does that.
    #[must_use]
    pub fn new(path: impl Into<PathBuf>) -> Self {
        let path = path.into();
        let folder = path.parent().unwrap_or(Path::new("")).to_owned();
        let source = Source { has_folders: false, ..Source::new(folder, Guard::anywhere()) };
        let name = path.file_name().and_then(|name| name.to_str());
        let target = name.map(|name| Arc::new(Target::of_name(name)));
        Self { settings: Arc::new(Settings { path, source, target, content_type: None }) }
    }

    /// Sets the `Cache-Control` of the file, also where the client's copy is still good.
    ///
    /// Defaults to *no such field*.
    #[must_use]
    pub fn cache_control(mut self, value: HeaderValue) -> Self {
        self.edit().source.cache_control = Some(value);
        self
    }

    /// Sets the content type.
    ///
    /// Defaults to *what the name's extension says, or `application/octet-stream`*.
    #[must_use]
    pub fn content_type(mut self, value: HeaderValue) -> Self {
        self.edit().content_type = Some(value);
        self
    }

    /// Answers with `name.br`, `name.zst` or `name.gz` in place of `name`, where there is such a file and the client takes
    /// that coding.
    ///
    /// Defaults to *false*.
    #[must_use]
    pub fn precompressed(mut self, are_served: bool) -> Self {
        self.edit().source.precompressed = are_served;
        self
    }

    /// Returns whether the file is there and can be opened.
    ///
    /// It waits for the file system, so it belongs where the application is built.
    ///
    /// # Errors
    ///
    /// What is wrong, and where, for the log: [`ErrorKind::App`](crate::ErrorKind::App).
    pub fn check(&self) -> Result<(), Error> {
        let Settings { path, source, target, .. } = &*self.settings;
        if target.is_none() {
            return Err(Error::app(format!("`{}` has no name that is a text", path.display())));
        }
        let found = source.guard.check_file(path);
        found.map_err(|error| Error::app(format!("no file at `{}`: {error}", path.display())))
    }

    fn edit(&mut self) -> &mut Settings {
        Arc::make_mut(&mut self.settings)
    }
}

impl Settings {
    async fn answer(&self, parts: &Parts) -> Result<Response<ResponseBody>, Error> {
        refuse_method(&parts.method)?;
        let target = self.target.as_deref().ok_or_else(Error::not_found)?;
        let mut response = self.source.answer(parts, target).await?;
        if let Some(content_type) = &self.content_type
            && response.headers().contains_key(header::CONTENT_TYPE)
        {
            response.headers_mut().insert(header::CONTENT_TYPE, content_type.clone());
        }
        Ok(response)
    }
}

impl<B> Service<Request<B>> for ServeFile {
    type Response = Response<ResponseBody>;
    type Error = Error;
    type Future = FilesFuture;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Error>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<B>) -> FilesFuture {
        let settings = Arc::clone(&self.settings);
        let (parts, _) = request.into_parts();
        FilesFuture::new(async move { settings.answer(&parts).await })
    }
}

impl<P: Into<PathBuf>> From<P> for ServeFile {
    fn from(path: P) -> Self {
        Self::new(path)
    }
}

impl<B: Send> Handler<B, ()> for ServeFile {
    fn name(&self) -> &'static str {
        "gongular::files::ServeFile"
    }

    fn describe(contract: &mut Contract) {
        contract.refuses(StatusCode::NOT_FOUND, "there is no such file");
    }

    async fn call(&self, cx: &mut RequestContext<'_, B>, answer: &mut Answer) -> Result<(), Error> {
        answer.respond(self.settings.answer(cx.parts).await)
    }
}
