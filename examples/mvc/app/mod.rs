//! The application: what its controllers share, and where they stand. It knows nothing of the host that it runs on.

mod api;
mod health;
mod notes;
mod session;
mod user;

use gongular::Router;
use gongular::mvc::{Application, Deprecated, Version, controller, controller_with};

use self::health::Health;
use self::notes::{Memory, Notes, Shelf};
use self::session::Sessions;
use self::user::{Account, Visitor};

pub(crate) fn application() -> Application {
    Application::new(Router::new())
        .set_name("notes")
        .provide(Sessions::default())
        .providers(|providers| providers.per_request(session::user))
        .party("/health", |app| app.handle(Health::default()))
        .party("/api", api)
        .party("/user", user_area)
}

/// Two versions on one path.
fn api(app: Application) -> Application {
    // Who says nothing gets the first.
    let first = Version::new(">=1, <2").absent("1.0.0");
    app.handle_with(api::First, (first, Deprecated::new().info("ask for version 2")))
        .handle_with(api::Second, Version::new(">=2, <3"))
}

/// A part of the application, with a dependency that nobody outside of it sees.
fn user_area(app: Application) -> Application {
    app.set_name("user area")
        .providers(|providers| providers.provide_as::<dyn Shelf>(Memory::shared()))
        // Two controllers on one path: the second answers where the first one lets a request pass.
        .handle(controller::<Account>())
        .handle(controller::<Visitor>())
        .party("/notes", |app| app.handle(controller_with::<Notes>(3)))
}
