//! What is wrong with controllers, told when the engine is built, all at once.

use gongular::engine::{BuildError, MistakeKind};
use gongular::inject::{self, Provider};
use gongular::mvc::{Activation, Application, Controller, controller, controller_with, skip};
use gongular::{Body, Inject, Router, Unchecked, http};

struct Pool;
struct Clock;
struct Ticket;

async fn error(app: Application) -> BuildError {
    app.into_engine().build().await.expect_err("the mistake is found")
}

/// The texts of the mistakes; this file's places in them are `HERE`, and this module's path is left out.
async fn texts(app: Application) -> Vec<String> {
    let error = error(app).await;
    error.mistakes().iter().map(|mistake| without_places(&mistake.to_string())).collect()
}

fn without_places(text: &str) -> String {
    crate::without_places(text, file!(), module_path!())
}

#[derive(Controller)]
struct Fields {
    pool: Inject<Pool>,
    clock: Option<Inject<Clock>>,
}

#[controller]
impl Fields {
    async fn get(&self) -> String {
        let Self { pool, clock } = self;
        let _: (&Pool, bool) = (pool, clock.is_some());
        String::new()
    }

    async fn get_by(&self, id: u8, ticket: Inject<Ticket>) -> String {
        let _: &Ticket = &ticket;
        id.to_string()
    }
}

#[tokio::test]
async fn a_dependency_that_nobody_provides_is_told_of_a_field_and_of_an_argument() {
    assert_eq!(
        texts(Application::new(Router::new()).handle(controller::<Fields>())).await,
        [
            "Pool: the controller `Fields` needs it, but nobody provides it\n     at HERE\n     fix: register it, such as \
             `.provide(..)` or `.per_request(..)` for Pool",
            "Ticket: `Fields::get_by` of the route `GET /{id}` needs it, but nobody provides it\n     at HERE\n     fix: \
             register it, such as `.provide(..)` or `.per_request(..)` for Ticket",
        ]
    );
}

#[tokio::test]
async fn what_is_registered_after_the_controller_that_it_was_meant_for() {
    let app = Application::new(Router::new())
        .provide(Pool)
        .handle(controller::<Fields>())
        .provide(Ticket)
        .register(Provider::<Clock>::singleton(|| Clock))
        .providers(|all| all.provide(1_u8));
    let text = |what: &str| {
        format!(
            "{what} is registered after controllers were handled, the last of them the controller `Fields`: register it before the first (HERE)"
        )
    };
    assert_eq!(texts(app).await, [text("`Ticket`"), text("`Clock`"), text("what `providers` registers")]);
    let early = Application::new(Router::new().provide(Ticket)).provide(Pool).provide(Clock);
    let early = early.party("/in", |app| app.handle(controller::<Fields>()));
    assert!(early.into_engine().build().await.is_ok());
}

#[derive(Controller)]
struct Single {
    #[expect(dead_code, reason = "it is only asked for")]
    ticket: Inject<Ticket>,
}

#[controller(singleton)]
impl Single {
    async fn get(&self) {}
}

#[derive(Controller)]
struct Bound {
    #[header("x-user")]
    #[expect(dead_code, reason = "it is only asked for")]
    user: String,
}

#[controller(singleton)]
impl Bound {
    async fn get(&self) {}
}

struct Given;

#[controller(per_request)]
impl Given {
    async fn get(&self) {}
}

#[tokio::test]
async fn an_instance_that_cannot_live_as_long_as_it_is_said_to() {
    let app = Application::new(Router::new())
        .register(Provider::<Ticket>::per_request(|| Ticket))
        .party("/single", |app| app.handle(controller::<Single>()))
        .party("/bound", |app| app.handle(controller::<Bound>()))
        .party("/given", |app| app.handle(Given));
    assert_eq!(
        texts(app).await,
        [
            "the controller `Single` is to have one instance, but it needs `Ticket` (request, registered at HERE): take that as \
             an argument of its methods, or drop `singleton` (HERE)",
            "the controller `Bound` is to have one instance, but a field is read from the request: take that as an argument of \
             its methods, or drop `singleton` (HERE)",
            "the controller `Given` is to have an instance for each request, but one was given for all: give its type, \
             `controller::<..>()` (HERE)",
        ]
    );
}

struct Twice;

#[controller]
impl Twice {
    async fn get_users(&self) {}

    #[get("/users")]
    async fn users(&self) {}

    #[get("/a/{id}")]
    async fn by_id(&self, id: u8) -> String {
        id.to_string()
    }

    #[get("/a/{name}")]
    async fn by_name(&self, name: String) -> String {
        name
    }
}

#[tokio::test]
async fn routes_of_one_controller_that_answer_the_same_requests() {
    assert_eq!(
        texts(Application::new(Router::new()).handle(Twice)).await,
        [
            "`GET /users` is registered twice, by `Twice::get_users` and by `Twice::users`, at HERE; remove one, or give it another \
             method",
            "`GET /a/{id}` of `Twice::by_id` and `GET /a/{name}` of `Twice::by_name`, at HERE, cannot be told apart, they match the \
             same paths; remove one, or give it another method or path",
        ]
    );
}

#[derive(Controller)]
struct Org {
    #[param]
    org: u8,
}

#[controller]
impl Org {
    async fn get_by(&self, id: u8) -> String {
        format!("{} {id}", self.org)
    }

    #[get("/{*rest}")]
    async fn other(&self, #[param] name: String) -> String {
        name
    }
}

#[tokio::test]
async fn a_parameter_that_the_pattern_does_not_have() {
    let app = Application::new(Router::new());
    let app = app.party("/orgs/{organisation}", |app| app.handle(controller::<Org>()));
    assert_eq!(
        texts(app).await,
        [
            "field `org` of `Org` has no parameter in the route `GET /orgs/{organisation}/{id}` of `Org::get_by`, which has \
             `organisation`, `id`: rename one of them (HERE)",
            "field `org` of `Org` has no parameter in the route `GET /orgs/{organisation}/{*rest}` of `Org::other`, which has \
             `organisation`, `rest`: rename one of them (HERE)",
            "argument `name` of `other` has no parameter in the route `GET /orgs/{organisation}/{*rest}` of `Org::other`, which \
             has `organisation`, `rest`: rename one of them (HERE)",
        ]
    );
}

struct Reads;

#[controller]
impl Reads {
    async fn get(&self, body: Body<Unchecked<u8>>) -> String {
        body.0.0.to_string()
    }
}

#[tokio::test]
async fn a_body_in_a_get_method() {
    assert_eq!(
        texts(Application::new(Router::new()).handle(Reads)).await,
        [
            "`Reads::get` reads the body, but the route `GET /` has none: use another method, or `Query` (HERE)"
        ]
    );
}

struct Changed;

#[controller]
impl Changed {
    fn before_activation(activation: &mut Activation) {
        activation.method("nothing").named("n").handler(async || ()).without_routes();
        activation.method("by_hand").named("too_early").without_routes();
        activation.method("get").route(http::Method::GET, "/../up").named("home");
    }

    async fn get(&self) {}

    #[action]
    async fn by_hand(&self) {}

    #[action]
    async fn forgotten(&self) {}
}

#[tokio::test]
async fn changes_of_an_activation_that_cannot_be_made() {
    let app = Application::new(Router::new()).handle_with(Changed, skip(["get", "absent"]));
    assert_eq!(
        texts(app).await,
        [
            "`Changed` has no method `nothing` that answers requests; it has `get`, `by_hand`, `forgotten` (HERE)",
            "`Changed::by_hand` has no route that could be named `too_early`: name it after its route was added (HERE)",
            "`Changed` has no method `absent` that answers requests; it has `get`, `by_hand`, `forgotten` (HERE)",
            "no route leads to `Changed::forgotten`: add one in `before_activation`, or write `#[skip]` in place of `#[action]` \
             (HERE)",
        ]
    );
}

#[derive(Controller)]
struct Fails {
    pool: Inject<Pool>,
}

#[controller]
impl Fails {
    async fn get(&self) {
        let _: &Pool = &self.pool;
    }
}

#[tokio::test]
async fn a_field_whose_factory_fails_when_the_engine_is_built() {
    let pool = Provider::<Pool>::singleton(|| Err::<Pool, _>(std::io::Error::other("no database there")));
    let app = Application::new(Router::new()).register(pool).handle(controller::<Fails>());
    assert_eq!(
        texts(app).await,
        [
            "Pool: its factory failed: cannot inject Pool: no database there\n     at HERE\n     fix: see the cause; the factory \
             runs once, when the container is built"
        ]
    );
}

#[derive(Controller)]
struct Falls {
    #[given]
    explosive: Explosive,
}

struct Explosive;

impl Clone for Explosive {
    fn clone(&self) -> Self {
        panic!("the value fell over")
    }
}

#[controller]
impl Falls {
    async fn get(&self) {
        let _: &Explosive = &self.explosive;
    }
}

#[tokio::test]
async fn an_instance_whose_making_panics() {
    let app = Application::new(Router::new()).handle(controller_with::<Falls>(Explosive));
    assert_eq!(
        texts(app).await,
        ["the controller `Falls` cannot be made: panicked: the value fell over (HERE)"]
    );
}

struct Empty;

#[controller]
impl Empty {}

#[tokio::test]
async fn a_controller_that_no_route_leads_to_is_a_warning() {
    let app = Application::new(Router::new()).handle(Empty).handle_with(Reads, skip(["get"]));
    let service = app.into_engine().build().await.unwrap();
    let warnings: Vec<_> = service.warnings().iter().map(|warning| without_places(warning)).collect();
    assert_eq!(
        warnings,
        [
            "no route leads to the controller `Empty`, handled at HERE",
            "no route leads to the controller `Reads`, handled at HERE"
        ]
    );
}

#[tokio::test]
async fn all_mistakes_of_all_controllers_at_once() {
    let app = Application::new(Router::new())
        .register(Provider::<Ticket>::per_request(|| Ticket))
        .party("/single", |app| app.handle(controller::<Single>()))
        .party("/reads", |app| app.handle(Reads))
        .party("/fields", |app| app.handle(controller::<Fields>()))
        .party("/twice", |app| app.handle(Twice))
        .party("/org", |app| app.handle(controller::<Org>()))
        .party("/changed", |app| app.handle(Changed))
        .handle(Given)
        .provide(1_u8);
    let error = error(app).await;
    let kinds: Vec<_> = error.mistakes().iter().map(|mistake| mistake.kind()).collect();
    use MistakeKind::{BodyInGet, Conflict, Controller, LateRegistration, Parameter, Pattern, Wiring};
    // `Changed` has three, `Twice` two, `Org` three, and `Fields` lacks its pool.
    let expected = [
        LateRegistration,
        Controller,
        Controller,
        Controller,
        Pattern,
        BodyInGet,
        Parameter,
        Parameter,
        Parameter,
        Wiring(inject::MistakeKind::Missing),
        Controller,
        Controller,
        Conflict,
        Conflict,
    ];
    assert_eq!(kinds, expected, "{error}");
    assert!(error.mistakes().iter().all(|mistake| mistake.place().file() == file!()), "{error}");
}

#[cfg(feature = "view")]
#[derive(Controller)]
struct Pages;

#[cfg(feature = "view")]
#[controller]
impl Pages {
    async fn get(&self) -> gongular::view::View {
        gongular::view::View::new("list.html")
    }

    async fn handle_http_error(&self) -> gongular::view::View {
        gongular::view::View::new("error.html")
    }
}

#[cfg(feature = "view")]
#[tokio::test]
async fn what_answers_need_is_needed_by_the_method() {
    let texts = texts(Application::new(Router::new()).handle(controller::<Pages>())).await;
    let [of_method, of_errors] = &texts[..] else { panic!("two mistakes: {texts:#?}") };
    assert!(
        of_method.contains("ViewEngine") && of_method.contains("`Pages::get` of the route `GET /`"),
        "{texts:#?}"
    );
    assert!(
        of_errors.contains("ViewEngine") && of_errors.contains("`Pages::handle_http_error`"),
        "{texts:#?}"
    );
}

#[tokio::test]
async fn what_comes_after_a_party_comes_too_late_for_it() {
    let app = Application::new(Router::new()).provide(Pool).provide(Clock);
    let app = app.party("/in", |party| party.handle(controller::<Fields>())).provide(Ticket);
    let expected = "`Ticket` is registered after controllers were handled, the last of them the controller `Fields`: register it before the first (HERE)";
    assert_eq!(texts(app).await, [expected]);
}

#[tokio::test]
async fn an_engine_of_an_application_asks_its_error_handler_once_about_everything() {
    let asked = std::sync::Arc::new(std::sync::atomic::AtomicU32::new(0));
    let count = std::sync::Arc::clone(&asked);
    let app = Application::new(Router::new()).provide(Pool).provide(Ticket).handle_error(
        move |_: &gongular::Error, _: &gongular::layers::error::RequestHead| {
            count.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
            None
        },
    );
    let client = app.handle(controller::<Fields>()).into_engine().test_client().await.unwrap();
    client.get("/no/where").send().await.assert_status(404);
    client.patch("/").send().await.assert_status(405);
    client.post("/").send().await;
    assert_eq!(asked.load(std::sync::atomic::Ordering::SeqCst), 3);
}
