//! The layer and its settings.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use gongular_core::error::render::Format;
use gongular_core::{Error, ResponseBody};
use http::Response;
use tower_layer::Layer;

use super::answer::{Options, Settings};
use super::outright::Answers;
use super::{AnswerErrors, ErrorHandler, RequestHead};

/// Makes responses of errors and panics; see the [module docs](super).
pub struct ErrorLayer<H = ()> {
    options: Options,
    handler: Arc<H>,
}

impl ErrorLayer {
    /// Makes a layer that answers in gongular's shape, or in the one that a client's `Accept` names.
    #[must_use]
    pub fn new() -> Self {
        Self { options: Options::default(), handler: Arc::new(()) }
    }
}

impl<H> ErrorLayer<H> {
    /// Sets the shape of answers to clients that do not ask for another. Defaults to [`Format::Gongular`].
    #[must_use]
    pub fn format(mut self, format: Format) -> Self {
        self.options.format = format;
        self
    }

    /// Sets whether a client's `Accept` may choose another shape. Defaults to `true`.
    ///
    /// Answers then have `Vary: Accept`.
    #[must_use]
    pub fn negotiation(mut self, negotiate: bool) -> Self {
        self.options.negotiate = negotiate;
        self
    }

    /// Sets what the `type` of a problem document begins with, as
    /// [`with_type_base`](gongular_core::error::render::Renderer::with_type_base). Defaults to none: `about:blank`.
    #[must_use]
    pub fn type_base(mut self, base: impl Into<Cow<'static, str>>) -> Self {
        self.options.renderer = self.options.renderer.with_type_base(base);
        self
    }

    /// Sets whether answers also hold the texts for the log: for development only, as
    /// [`with_exposed_details`](gongular_core::error::render::Renderer::with_exposed_details). Defaults to `false`.
    #[must_use]
    pub fn expose_details(mut self, expose: bool) -> Self {
        self.options.renderer = self.options.renderer.with_exposed_details(expose);
        self
    }

    /// Sets whether the answers that the host makes by itself are given the same shape. Defaults to `false`.
    ///
    /// These are responses with a status of 400 or above that say nothing but their status: with neither body nor content
    /// type, or of `text/plain`. Their status and header fields stay, such as `Allow`; the text is replaced. A body of any other
    /// type is the application's, and is left alone.
    ///
    /// Who made an answer does not show: a plain text that a handler answers with by itself is replaced as well. An
    /// [`Error`] as the answer, or another content type, keeps it.
    #[must_use]
    pub fn host_errors(mut self, reshape: bool) -> Self {
        self.options.host_errors = reshape;
        self
    }

    /// Answers the application's own errors of type `E`, wherever they come from: a handler, a factory, a service
    /// inside.
    ///
    /// `E` is looked for with [`Error::downcast_ref`]. Of several that fit, the first one added answers. The log keeps
    /// the text of the error itself.
    #[must_use]
    pub fn map<E>(mut self, map: impl Fn(&E) -> Error + Send + Sync + 'static) -> Self
    where
        E: std::error::Error + 'static,
    {
        self.options.mappers.push(Arc::new(move |error| error.downcast_ref::<E>().map(&map)));
        self
    }

    /// Sets a handler that may answer in place of the layer, in place of any handler before.
    #[must_use]
    pub fn handler<G: ErrorHandler>(self, handler: G) -> ErrorLayer<G> {
        ErrorLayer { options: self.options, handler: Arc::new(handler) }
    }

    /// Sets a closure as [`handler`](Self::handler).
    ///
    /// An answer in a shape of one's own is best made of the error itself, so that its status and its header fields stay, such
    /// as `Allow` and `Retry-After`: give it a body, and render it.
    ///
    /// # Example
    ///
    /// ```
    /// use gongular_core::error::render;
    /// use gongular_layers::ErrorLayer;
    ///
    /// let layer = ErrorLayer::new().on_error(|error, request| {
    ///     let text = format!("{}: {}", request.uri().path(), error.public());
    ///     Some(render::respond(&error.clone().with_json(&text)))
    /// });
    /// # let _ = layer;
    /// ```
    #[must_use]
    pub fn on_error<F>(self, handler: F) -> ErrorLayer<F>
    where
        F: Fn(&Error, &RequestHead) -> Option<Response<ResponseBody>> + Send + Sync + 'static,
    {
        self.handler(handler)
    }
}

impl<H: ErrorHandler> ErrorLayer<H> {
    /// Returns what answers errors as this layer would.
    #[doc(hidden)]
    #[must_use]
    pub fn into_answers(self) -> Arc<dyn Answers> {
        Arc::new(Settings { options: self.options, handler: self.handler })
    }
}

impl<S, H> Layer<S> for ErrorLayer<H> {
    type Service = AnswerErrors<S, H>;

    fn layer(&self, inner: S) -> AnswerErrors<S, H> {
        let settings = Settings { options: self.options.clone(), handler: Arc::clone(&self.handler) };
        AnswerErrors::new(inner, Arc::new(settings))
    }
}

impl Default for ErrorLayer {
    fn default() -> Self {
        Self::new()
    }
}

impl<H> Clone for ErrorLayer<H> {
    fn clone(&self) -> Self {
        Self { options: self.options.clone(), handler: Arc::clone(&self.handler) }
    }
}

impl<H> fmt::Debug for ErrorLayer<H> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ErrorLayer").field("options", &self.options).finish_non_exhaustive()
    }
}
