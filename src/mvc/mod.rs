//! Controllers: structs with injected fields, whose methods are routes.
//!
//! A controller is a struct with [`#[derive(Controller)]`](macro@Controller), or an instance made by hand, whose methods
//! stand in an `impl` block with [`#[controller]`](macro@controller). An [`Application`] puts controllers on a router,
//! with what they need. What comes out is a [`Router`](crate::Router), which an engine builds with everything else.
//!
//! | in Iris | here |
//! |---|---|
//! | `mvc.New(party)` | [`Application::new(router)`](Application::new) |
//! | `app.Register(..)` | [`provide`](Application::provide), [`register`](Application::register), [`providers`](Application::providers) |
//! | `app.Handle(new(C), options...)` | [`handle(controller::<C>())`](Application::handle), [`handle_with(.., options)`](Application::handle_with) |
//! | `app.Party("/path")`, `app.Clone(party)` | [`party`](Application::party), [`clone_onto`](Application::clone_onto) |
//! | `GetUserBy(id int)` | `get_user_by(&self, id: i64)` |
//! | `BeforeActivation`, `AfterActivation` | `before_activation`, `after_activation` |
//! | `BeginRequest`, `EndRequest` | `begin_request`, `end_request` |
//! | `HandleError` | `handle_error`; of the application [`Application::handle_error`] |
//! | the debug report | [`EngineService::controllers`](crate::engine::EngineService::controllers) |
//!
//! `docs/from-iris.md` has everything, and what differs.
//!
//! # What happens when
//!
//! **When it compiles**, the names, routes and arguments of methods are read and compared, and all that is wrong is told.
//!
//! **At registration**, [`handle`](Application::handle) lets the controller declare its methods, then runs its
//! `before_activation` and the options, which change the [`Activation`]. Then the methods are routes. Controllers that declare the
//! same route stand behind each other in it.
//!
//! **When the engine is built**, everything is checked with the rest of the application: patterns, parameters, dependencies. Then
//! it is decided whether a controller has one instance, which is made now, or one for each request; `after_activation` and the
//! [`Report`] tell it. All mistakes are listed at once, with `file:line`.
//!
//! **In a request**, handlers and layers that stand in front run first. Then come the fields, if the instance is of the request,
//! `begin_request`, the arguments, the method, and `end_request`. An error that [passes](crate::Error::pass) leaves the request to
//! the next controller of the route, as if nothing had been said; any other one is answered by the controller's `handle_error`,
//! then by that of the application.
//!
//! # What it costs
//!
//! A method is one handler, called without looking anything up. A shared instance adds one read of its cell; an instance of the
//! request costs what its fields cost, and no allocation of its own. Hooks that are not written are not called. A route with
//! several controllers adds one future, and the work of those that let the request pass.

mod action;
mod activation;
mod api_version;
mod application;
mod controller;
mod declare;
pub(crate) mod glue;
mod http_error;
mod instance;
mod option;
mod path;
mod registration;
mod report;
#[cfg(feature = "neffos")]
mod websockets;

#[doc = include_str!("../../docs/derive_controller.md")]
pub use gongular_macros::Controller;
#[doc = include_str!("../../docs/controller.md")]
pub use gongular_macros::controller;

pub use self::activation::{Activated, ActivatedRoute, Activation, MethodActivation};
pub use self::api_version::ApiVersion;
pub(crate) use self::api_version::Taken;
pub use self::application::Application;
pub use self::controller::{
    Built, Controller, ControllerMethods, Method, NoFields, NoInstance, Source, Whole,
};
pub use self::declare::{ActionRoute, Actions};
pub(crate) use self::http_error::ErrorAnswer;
pub use self::http_error::{ErrorStatus, FailedWith};
pub(crate) use self::option::GRPC;
pub use self::option::{
    ControllerOption, Deprecated, Grpc, Layered, Skip, Using, Version, layered, skip, using,
};
pub use self::path::{ActionPath, PathPart};
pub use self::registration::{
    AsInstance, IntoController, NothingGiven, Registration, controller, controller_with,
};
pub use self::report::{Report, ReportedAction, ReportedController, ReportedNeed, ReportedPart, Tree};
