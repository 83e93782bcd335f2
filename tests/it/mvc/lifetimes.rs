//! One instance for all requests, or one for each: what decides, and what it means for dependencies.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use gongular::inject::{Completion, Finished, Lifetime, Provider};
use gongular::mvc::{Activated, Application, Controller, controller, controller_with};
use gongular::{Inject, Router};

use super::{Diary, build};

struct Pool(u32);

trait Named: Send + Sync {
    fn name(&self) -> String;
}

impl Named for Pool {
    fn name(&self) -> String {
        format!("pool {}", self.0)
    }
}

struct Ticket(u32);

/// Numbers what it is cloned into: controllers clone what they were given when an instance is made.
struct Made(Arc<AtomicU32>, u32);

impl Made {
    fn counting() -> (Self, Arc<AtomicU32>) {
        let made = Arc::new(AtomicU32::new(0));
        (Self(Arc::clone(&made), 0), made)
    }
}

impl Clone for Made {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0), self.0.fetch_add(1, Ordering::SeqCst) + 1)
    }
}

fn tickets() -> Provider<Ticket> {
    let next = AtomicU32::new(0);
    Provider::per_request(move || Ticket(next.fetch_add(1, Ordering::SeqCst) + 1))
}

#[derive(Controller)]
struct Shared {
    pool: Inject<Pool>,
    #[inject(key = "left")]
    keyed: Inject<Pool>,
    named: Inject<dyn Named>,
    absent: Option<Inject<Ticket>>,
    #[given]
    made: Made,
    #[given]
    visits: Visits,
}

#[derive(Default)]
struct Visits(AtomicU32);

impl Clone for Visits {
    fn clone(&self) -> Self {
        Self(AtomicU32::new(self.0.load(Ordering::SeqCst)))
    }
}

#[controller]
impl Shared {
    async fn get(&self) -> String {
        let visits = self.visits.0.fetch_add(1, Ordering::SeqCst);
        let Self { pool, keyed, named, absent, made, .. } = self;
        format!("{} {} {} {} made {} visit {visits}", pool.0, keyed.0, named.name(), absent.is_some(), made.1)
    }

    async fn get_again(&self) -> String {
        self.made.1.to_string()
    }
}

fn pools(app: Application) -> Application {
    app.provide(Pool(1))
        .providers(|all| all.provide_keyed("left", Pool(2)).provide_as::<dyn Named>(Arc::new(Pool(3))))
}

fn lifetime(app: &super::App) -> Lifetime {
    app.service.controllers().controllers()[0].lifetime()
}

#[tokio::test]
async fn singletons_and_given_values_make_one_instance_when_the_engine_is_built() {
    let (made, count) = Made::counting();
    let app = pools(Application::new(Router::new()));
    let app = build(app.handle(controller_with::<Shared>((made, Visits::default())))).await;
    assert_eq!(count.load(Ordering::SeqCst), 1);
    app.get("/").send().await.assert_text("1 2 pool 3 false made 1 visit 0");
    app.get("/").send().await.assert_text("1 2 pool 3 false made 1 visit 1");
    app.get("/again").send().await.assert_text("1");
    assert_eq!(count.load(Ordering::SeqCst), 1);
    assert_eq!(lifetime(&app), Lifetime::Singleton);
}

#[tokio::test]
async fn an_optional_field_that_lives_for_a_request_makes_an_instance_for_each() {
    let (made, count) = Made::counting();
    let app = pools(Application::new(Router::new())).register(tickets());
    let app = build(app.handle(controller_with::<Shared>((made, Visits::default())))).await;
    assert_eq!(count.load(Ordering::SeqCst), 0);
    app.get("/").send().await.assert_text("1 2 pool 3 true made 1 visit 0");
    app.get("/").send().await.assert_text("1 2 pool 3 true made 2 visit 0");
    assert_eq!(lifetime(&app), Lifetime::Request);
}

#[tokio::test]
async fn a_controller_that_is_handled_twice_has_two_instances() {
    let (made, _) = Made::counting();
    let handle = |app: Application| app.handle(controller_with::<Shared>((made.clone(), Visits::default())));
    let app = pools(Application::new(Router::new())).party("/a", handle).party("/b", handle);
    let app = build(app).await;
    let first: u32 = app.get("/a/again").send().await.text().parse().unwrap();
    let second: u32 = app.get("/b/again").send().await.text().parse().unwrap();
    assert_ne!(first, second);
    assert!(app.get("/a").send().await.text().ends_with("visit 0"));
    assert!(app.get("/b").send().await.text().ends_with("visit 0"));
    assert!(app.get("/a").send().await.text().ends_with("visit 1"));
}

#[tokio::test]
async fn two_applications_with_their_own_dependencies_handle_the_same_controller() {
    let app = |pool| Application::new(Router::new()).provide(Pool(pool)).handle(controller::<PoolNumber>());
    let router = Router::new().group("/one", app(1).into_router()).group("/two", app(2).into_router());
    let app = build(Application::new(router)).await;
    app.get("/one").send().await.assert_text("1");
    app.get("/two").send().await.assert_text("2");
}

#[derive(Controller)]
struct PoolNumber(Inject<Pool>);

#[controller]
impl PoolNumber {
    async fn get(&self) -> String {
        self.0.0.to_string()
    }
}

#[derive(Controller)]
struct Tickets {
    ticket: Inject<Ticket>,
    #[given]
    made: Made,
}

#[controller]
impl Tickets {
    async fn get(&self, again: Inject<Ticket>) -> String {
        format!("ticket {} {} made {}", self.ticket.0, again.0, self.made.1)
    }
}

#[tokio::test]
async fn a_request_scoped_field_is_that_of_the_arguments() {
    let (made, _) = Made::counting();
    let app = Application::new(Router::new()).register(tickets());
    let app = build(app.handle(controller_with::<Tickets>(made))).await;
    app.get("/").send().await.assert_text("ticket 1 1 made 1");
    app.get("/").send().await.assert_text("ticket 2 2 made 2");
}

#[tokio::test]
async fn a_transient_field_is_made_for_each_request() {
    let (made, _) = Made::counting();
    let next = AtomicU32::new(0);
    let ticket = Provider::<Ticket>::transient(move || Ticket(next.fetch_add(1, Ordering::SeqCst) + 1));
    let app = Application::new(Router::new()).register(ticket);
    let app = build(app.handle(controller_with::<Tickets>(made))).await;
    app.get("/").send().await.assert_text("ticket 1 2 made 1");
    app.get("/").send().await.assert_text("ticket 3 4 made 2");
    assert_eq!(lifetime(&app), Lifetime::Request);
}

#[derive(Controller)]
struct PathOfParty {
    #[param]
    org: u32,
    #[header("x-who")]
    who: Option<String>,
}

#[controller]
impl PathOfParty {
    async fn get_by(&self, id: u8) -> String {
        format!("{} {id} {:?}", self.org, self.who)
    }
}

#[tokio::test]
async fn a_field_of_the_request_is_bound_to_each() {
    let app = Application::new(Router::new());
    let app = build(app.party("/orgs/{org}", |app| app.handle(controller::<PathOfParty>()))).await;
    app.get("/orgs/4/7").send().await.assert_text("4 7 None");
    app.get("/orgs/5/8").header("x-who", "ann").send().await.assert_text("5 8 Some(\"ann\")");
    app.get("/orgs/x/8").send().await.assert_status(400);
    assert_eq!(lifetime(&app), Lifetime::Request);
}

#[tokio::test]
async fn a_party_that_replaces_a_singleton_by_a_value_of_the_request_changes_the_lifetime_inside_alone() {
    let next = AtomicU32::new(9);
    let pool = Provider::<Pool>::per_request(move || Pool(next.fetch_add(1, Ordering::SeqCst) + 1));
    let app = Application::new(Router::new())
        .provide(Pool(1))
        .party("/in", |party| party.register(pool).handle(controller::<PoolNumber>()))
        .handle(controller::<PoolNumber>());
    let app = build(app).await;
    app.get("/").send().await.assert_text("1");
    app.get("/in").send().await.assert_text("10");
    app.get("/in").send().await.assert_text("11");
    let report = app.service.controllers();
    let lifetimes: Vec<_> = report.controllers().iter().map(|controller| controller.lifetime()).collect();
    assert_eq!(lifetimes, [Lifetime::Request, Lifetime::Singleton], "in the order of their registration");
}

#[tokio::test]
async fn an_override_of_the_engine_reaches_the_instance_that_all_share() {
    let app = Application::new(Router::new()).provide(Pool(1)).handle(controller::<PoolNumber>());
    let engine = app.into_engine().overrides(|all| all.provide(Pool(2)));
    let client = engine.test_client().await.unwrap();
    client.get("/").send().await.assert_text("2");
}

#[derive(Controller)]
struct Fresh {
    pool: Inject<Pool>,
    #[given]
    made: Made,
}

#[controller(per_request)]
impl Fresh {
    async fn get(&self) -> String {
        format!("{} made {}", self.pool.0, self.made.1)
    }
}

#[tokio::test]
async fn per_request_makes_an_instance_for_each_request_though_one_would_do() {
    let (made, _) = Made::counting();
    let app = Application::new(Router::new()).provide(Pool(1));
    let app = build(app.handle(controller_with::<Fresh>(made))).await;
    app.get("/").send().await.assert_text("1 made 1");
    app.get("/").send().await.assert_text("1 made 2");
    assert_eq!(lifetime(&app), Lifetime::Request);
}

#[derive(Controller)]
struct Single(Inject<Pool>);

#[controller(singleton)]
impl Single {
    async fn get(&self) -> String {
        self.0.0.to_string()
    }

    fn after_activation(activated: &Activated<'_>) {
        assert_eq!(activated.lifetime(), Lifetime::Singleton);
    }
}

#[tokio::test]
async fn singleton_is_a_wish_that_can_be_fulfilled() {
    let app = Application::new(Router::new()).provide(Pool(4)).handle(controller::<Single>());
    build(app).await.get("/").send().await.assert_text("4");
}

#[derive(Controller)]
struct Transactions {
    diary: Inject<Diary>,
    ticket: Inject<Ticket>,
}

#[controller]
impl Transactions {
    async fn get(&self) -> Result<String, std::io::Error> {
        self.diary.note(format!("method with {}", self.ticket.0));
        Ok("fine".to_owned())
    }

    async fn post(&self) -> Result<(), std::io::Error> {
        Err(std::io::Error::other("no"))
    }

    async fn put(&self) {
        panic!("put fell over")
    }
}

#[tokio::test]
async fn the_teardown_of_a_field_is_told_how_the_request_ended() {
    let diary = Diary::default();
    let notes = diary.clone();
    let ticket = tickets().teardown(move |ticket: Finished<Ticket>, completion: Completion| {
        notes.note(format!("{} ended with {completion:?}", ticket.0));
    });
    let app = Application::new(Router::new()).provide(diary.clone()).register(ticket);
    let app = build(app.handle(controller::<Transactions>())).await;
    app.get("/").send().await.assert_text("fine");
    assert_eq!(diary.take(), ["method with 1", "1 ended with Success"]);
    app.post("/").send().await.assert_status(500);
    assert_eq!(diary.take(), ["2 ended with Failure"]);
    app.put("/").send().await.assert_status(500);
    assert_eq!(diary.take(), ["3 ended with Panicked"]);
}

#[derive(Controller)]
struct Failing(Inject<Ticket>);

#[controller]
impl Failing {
    async fn get(&self) -> String {
        self.0.0.to_string()
    }
}

#[tokio::test]
async fn a_field_whose_factory_fails_is_an_error_of_the_request() {
    let ticket = Provider::<Ticket>::per_request(|| Err::<Ticket, _>(std::io::Error::other("sold out")));
    let app = Application::new(Router::new()).register(ticket).handle(controller::<Failing>());
    let app = build(app).await;
    app.get("/").send().await.assert_status(500);
    assert!(app.last_stat().unwrap().error().unwrap().contains("sold out"));
}
