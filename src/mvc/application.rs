//! Controllers put together on a router.

use std::fmt;
use std::panic::Location;
use std::sync::Arc;

use gongular_layers::error::Handle;
use gongular_layers::{ErrorHandler, ErrorLayer};

use super::declare::{Draft, DraftPath};
use super::path::PathWord;
use super::{Activation, ControllerMethods, ControllerOption, IntoController};
use crate::chain::{About, Chain, Link};
use crate::engine::{Engine, Mistake, MistakeKind};
use crate::inject::{ContainerBuilder, Provider};
use crate::router::{HttpErrors, Item, MethodFilter, Router, join};

/// Controllers, what they need, and the router that they stand on.
///
/// An application only makes routes: [`into_router`](Self::into_router) gives them to an engine, which any host can call.
///
/// # Example
///
/// ```
/// use gongular::mvc::{Application, Controller, controller};
/// use gongular::{Engine, Inject, Router};
///
/// struct Shelf(Vec<&'static str>);
///
/// #[derive(Controller)]
/// struct Books {
///     shelf: Inject<Shelf>,
/// }
///
/// #[controller]
/// impl Books {
///     /// `GET /`
///     async fn get(&self) -> String {
///         self.shelf.0.join(", ")
///     }
///
///     /// `GET /{index}`
///     async fn get_by(&self, index: usize) -> Option<&'static str> {
///         self.shelf.0.get(index).copied()
///     }
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() {
/// let app = Application::new(Router::new())
///     .provide(Shelf(vec!["Emma", "Dune"]))
///     .party("/books", |books| books.handle(controller::<Books>()));
/// let client = Engine::new().routes(app.into_router()).test_client().await.unwrap();
/// client.get("/books/1").send().await.assert_text("Dune");
/// client.get("/books/7").send().await.assert_status(404);
/// # }
/// ```
#[must_use = "an application does nothing until an engine serves its router"]
pub struct Application {
    pub(super) router: Router,
    name: Option<Arc<str>>,
    path_word: Option<PathWord>,
    /// Routes and parties, in the order in which they were added.
    items: Vec<Added>,
    /// What was handled last, here or in a party, in words.
    pub(super) handled: Option<String>,
    #[cfg(feature = "neffos")]
    pub(super) websockets: Vec<super::websockets::Waiting>,
    /// How many controllers have been handled; tells them apart.
    controllers: usize,
}

enum Added {
    Party { path: String, router: Router },
    Route(Placed),
}

/// A route to a method of a controller.
struct Placed {
    controller: usize,
    filter: MethodFilter,
    path: String,
    chain: Chain,
    place: &'static Location<'static>,
}

impl Application {
    /// Makes an application on a router, whose handlers, layers, providers and other routes stay as they are.
    pub const fn new(router: Router) -> Self {
        Self {
            router,
            name: None,
            path_word: None,
            items: Vec::new(),
            handled: None,
            #[cfg(feature = "neffos")]
            websockets: Vec::new(),
            controllers: 0,
        }
    }

    /// Lets functions change the application, in order: for parts of it that are written elsewhere.
    pub fn configure(self, configure: impl FnOnce(Self) -> Self) -> Self {
        configure(self)
    }

    /// Names the application, for the [report](super::Report): of controllers that are handled after it, and of parties that
    /// have no name of their own.
    pub fn set_name(mut self, name: impl Into<String>) -> Self {
        self.name = Some(Arc::from(name.into()));
        self
    }

    /// Returns the name.
    #[must_use]
    pub fn name(&self) -> Option<&str> {
        self.name.as_deref()
    }

    /// Sets how words of methods' names become parts of paths, for controllers that are handled after it, and for parties.
    ///
    /// The function gets the path so far, the word in lower case, and which word of the path it is, from 0; it returns what is added,
    /// with its slash. *Defaults to a slash and the word.*
    pub fn set_path_word(
        mut self,
        path_word: impl Fn(&str, &str, usize) -> String + Send + Sync + 'static,
    ) -> Self {
        self.path_word = Some(Arc::new(path_word));
        self
    }

    /// Provides a value to all controllers, by its type.
    #[track_caller]
    pub fn provide<T: Send + Sync + 'static>(mut self, value: T) -> Self {
        self.late(&format!("`{}`", std::any::type_name::<T>()));
        self.router = self.router.provide(value);
        self
    }

    /// Registers a provider: a factory, a keyed value, a trait object.
    #[track_caller]
    pub fn register<U, T>(mut self, provider: Provider<U, T>) -> Self
    where
        U: Send + Sync + 'static,
        T: ?Sized + Send + Sync + 'static,
    {
        self.late(&format!("`{}`", std::any::type_name::<T>()));
        self.router = self.router.register(provider);
        self
    }

    /// Registers whatever a [`ContainerBuilder`] takes.
    #[track_caller]
    pub fn providers(mut self, register: impl FnOnce(ContainerBuilder) -> ContainerBuilder) -> Self {
        self.late("what `providers` registers");
        self.router = self.router.providers(register);
        self
    }

    /// Notes a registration that comes after a controller that may have been meant to have it.
    #[track_caller]
    fn late(&mut self, what: &str) {
        if let Some(handled) = &self.handled {
            let text = format!(
                "{what} is registered after controllers were handled, the last of them {handled}: register it before the first"
            );
            self.router.mistakes.push(Mistake::new(MistakeKind::LateRegistration, text, Location::caller()));
        }
    }

    /// Sets who answers the errors of this application; a controller's own `handle_error` is asked first.
    ///
    /// One that returns `None` leaves the answer to the usual shape of errors. See [`errors`](Self::errors) for more than a
    /// function.
    ///
    /// Requests that no route takes, 404 and 405, are not the application's where it is a part of something. It is asked about
    /// them as well when it is made [an engine of its own](Self::into_engine); a part of one has `handle_http_error`.
    pub fn handle_error<H: ErrorHandler>(self, handler: H) -> Self {
        self.errors(ErrorLayer::new().handler(handler))
    }

    /// Sets how the errors of this application are answered, as [`Router::errors`] does.
    pub fn errors<H: ErrorHandler>(mut self, errors: ErrorLayer<H>) -> Self {
        self.router = self.router.errors(errors);
        self
    }

    /// Adds the routes of a controller.
    ///
    /// Controllers that declare the same route stand behind each other: when the first one lets a request
    /// [pass](crate::Error::pass), the second is asked. What the first has said about the answer is forgotten, but for a `Vary` of its
    /// error. A body that it has read is there for the second, unless it was taken as a stream.
    ///
    /// A controller without a route is one of the engine's [warnings](crate::engine::EngineService::warnings).
    #[track_caller]
    pub fn handle<Kind>(self, controller: impl IntoController<Kind>) -> Self {
        self.handle_with(controller, ())
    }

    /// Adds the routes of a controller, changed by options.
    #[track_caller]
    pub fn handle_with<Kind, I>(mut self, controller: I, options: impl ControllerOption) -> Self
    where
        I: IntoController<Kind>,
    {
        let place = Location::caller();
        let mut activation = controller.into_controller().activate(place);
        options.apply(&mut activation);
        let own_errors = I::Controller::HANDLES_ERRORS.then_some(I::Controller::handle_error as Handle);
        self.handled = Some(format!("the controller `{}`", activation.name()));
        self.place(activation, own_errors, place);
        self
    }

    /// Turns what a controller declared into routes.
    fn place(&mut self, activation: Activation, errors: Option<Handle>, place: &'static Location<'static>) {
        let controller = activation.name();
        let Activation { drafts, mut first, links, providers, beside, http_errors, labels, mistakes, .. } =
            activation;
        let about = Arc::new(About { application: self.name.clone(), labels });
        self.router.mistakes.extend(mistakes);
        for draft in drafts.iter().filter(|draft| draft.routes.is_empty() && !draft.may_lack_routes) {
            let text = format!(
                "no route leads to `{controller}::{}`: add one in `before_activation`, or write `#[skip]` in place of `#[action]`",
                draft.method
            );
            self.router.mistakes.push(Mistake::new(MistakeKind::Controller, text, place));
        }
        if http_errors.is_none() && drafts.iter().all(|draft| draft.routes.is_empty()) {
            self.router
                .warnings
                .push(format!("no route leads to the controller `{controller}`, handled at {place}"));
        }
        let providers = (!providers.is_empty()).then(|| Link::Providers(Arc::new(providers)));
        if let Some(mut handler) = http_errors {
            if let Some(action) = &mut handler.action {
                Arc::make_mut(action).about = Arc::clone(&about);
            }
            let links = providers.iter().cloned().chain([Link::Handler(handler)]).collect();
            self.ask_about_errors(HttpErrors {
                chain: Chain { links, name: None, errors },
                controller,
                place,
            });
        }
        first.extend(providers);
        first.extend(links);
        for Draft { mut handler, routes, links, .. } in drafts {
            if let Some(action) = &mut handler.action {
                Arc::make_mut(action).about = Arc::clone(&about);
            }
            for route in routes {
                let path = match route.path {
                    DraftPath::Declared(path) => path.pattern(self.path_word.as_ref()),
                    DraftPath::Written(path) => path,
                };
                let links = first.iter().chain(&links).cloned();
                let links = links.chain(route.links).chain([Link::Handler(handler.clone())]).collect();
                let chain = Chain { links, name: route.name, errors };
                let filter = route.filter;
                let controller = self.controllers;
                self.items.push(Added::Route(Placed { controller, filter, path, chain, place }));
            }
        }
        for (method, path, chain) in beside {
            let chain = Chain { links: first.iter().cloned().chain(chain.links).collect(), ..chain };
            let (controller, filter) = (self.controllers, MethodFilter::One(method));
            self.items.push(Added::Route(Placed { controller, filter, path, chain, place }));
        }
        self.controllers += 1;
    }

    /// Lets a controller answer the error statuses of everything here.
    fn ask_about_errors(&mut self, asked: HttpErrors) {
        if let Some(first) = &self.router.http_errors {
            let text = format!(
                "`{}` and `{}` ({}) both have a `handle_http_error` in one party: give one of them a party of its own",
                asked.controller, first.controller, first.place
            );
            self.router.mistakes.push(Mistake::new(MistakeKind::Controller, text, asked.place));
            return;
        }
        self.router.http_errors = Some(asked);
    }

    /// Adds an application below a path, which inherits everything: dependencies, error handler, handlers and layers of the router,
    /// how words become paths, and the name.
    pub fn party(mut self, path: impl Into<String>, configure: impl FnOnce(Self) -> Self) -> Self {
        let (name, path_word) = (self.name.clone(), self.path_word.clone());
        let child = Self { name, path_word, ..Self::new(Router::new()) };
        let child = configure(child);
        if let Some(handled) = &child.handled {
            self.handled = Some(handled.clone());
        }
        let router = child.into_router();
        self.items.push(Added::Party { path: path.into(), router });
        self
    }

    /// Makes an application without controllers on another router, with the dependencies and the error handler of this one, and its
    /// way of making words to paths.
    ///
    /// Values are shared; what factories make is made once more.
    pub fn clone_onto(&self, mut router: Router) -> Self {
        router.providers = router.providers.and_all_of(&self.router.providers);
        router.errors = router.errors.or_else(|| self.router.errors.clone());
        Self { path_word: self.path_word.clone(), ..Self::new(router) }
    }

    /// Makes the router of all of this, for an engine, or to be a group of another router.
    pub fn into_router(self) -> Router {
        let Self { mut router, items: added, .. } = self;
        #[cfg(feature = "neffos")]
        super::websockets::check(self.websockets, &mut router);
        let mut items: Vec<(usize, Item)> = Vec::new();
        let mut index = std::collections::HashMap::new();
        for added in added {
            let Placed { controller, filter, path, chain, place } = match added {
                Added::Party { path, router } => {
                    items.push((usize::MAX, Item::Group { prefix: path, router }));
                    continue;
                }
                Added::Route(placed) => placed,
            };
            let key = (filter.to_string(), join("", &path));
            match index.get(&key).and_then(|&at: &usize| items.get_mut(at)) {
                // A controller that declares a route twice is a mistake, which the table of routes tells.
                Some((last, Item::Route { chain: before, .. })) if *last != controller => {
                    *last = controller;
                    before.or(chain);
                }
                _ => {
                    index.insert(key, items.len());
                    items.push((controller, Item::Route { method: filter, path, chain, place }));
                }
            }
        }
        router.items.extend(items.into_iter().map(|(_, item)| item));
        router
    }

    /// Makes an engine of this alone, whose errors are answered as those of the application.
    pub fn into_engine(self) -> Engine {
        let router = self.into_router();
        Engine::new().errors_of(&router).routes(router)
    }
}

impl From<Application> for Router {
    fn from(application: Application) -> Self {
        application.into_router()
    }
}

impl fmt::Debug for Application {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let items = self.items.iter().map(|added| match added {
            Added::Party { path, .. } => path.clone(),
            Added::Route(route) => format!("{} {}", route.filter, route.path),
        });
        f.debug_struct("Application")
            .field("name", &self.name)
            .field("router", &self.router)
            .field("items", &items.collect::<Vec<_>>())
            .finish_non_exhaustive()
    }
}
