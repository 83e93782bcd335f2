//! Controllers: structs with injected fields, whose methods are routes.

mod action;
mod activation;
mod api_version;
mod application;
mod controller;
mod declare;
#[doc(hidden)]
pub mod glue;
mod http_error;
mod instance;
mod option;
mod path;
mod registration;
mod report;

pub use gongular_macros::{Controller, controller};

pub use self::activation::{Activated, ActivatedRoute, Activation, MethodActivation};
pub use self::api_version::ApiVersion;
pub use self::application::Application;
pub use self::controller::{
    Built, Controller, ControllerMethods, Method, NoFields, NoInstance, Source, Whole,
};
pub use self::declare::{ActionRoute, Actions};
pub(crate) use self::http_error::ErrorAnswer;
pub use self::http_error::{ErrorStatus, FailedWith};
pub use self::option::{ControllerOption, Deprecated, Layered, Skip, Using, Version, layered, skip, using};
pub use self::path::{ActionPath, PathPart};
pub use self::registration::{AsInstance, IntoController, Registration, controller, controller_with};
pub use self::report::{Report, ReportedAction, ReportedController, ReportedNeed, ReportedPart, Tree};
