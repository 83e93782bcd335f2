//! What a report says about controllers, to the letter.

use std::io::IsTerminal;
use std::sync::Arc;

use gongular::engine::EngineService;
use gongular::inject::Lifetime;
use gongular::mvc::{Activation, Application, Controller, controller, controller_with};
use gongular::{Body, Context, Error, FromRequest, Inject, Query, Router};
use serde::Deserialize;
use tower_http::cors::CorsLayer;
use validator::Validate;

trait Store: Send + Sync {}

struct Memory;

impl Store for Memory {}

struct User;

struct Clock;

async fn user() -> Result<User, Error> {
    Ok(User)
}

async fn staff_only() {}

#[derive(Controller)]
struct Basket {
    store: Inject<dyn Store>,
    #[inject(key = "wall")]
    clock: Inject<Clock>,
    user: Option<Inject<User>>,
    #[header("x-tenant")]
    tenant: String,
    #[given]
    currency: &'static str,
}

#[derive(Deserialize, Validate)]
struct Order {
    count: u8,
    #[serde(default)]
    note: String,
}

#[derive(Deserialize, Validate)]
struct Page {
    page: Option<u8>,
}

/// Several things at once, of which one argument is made.
#[derive(FromRequest)]
struct Reader {
    #[query]
    token: String,
    user: Inject<User>,
}

#[controller]
impl Basket {
    async fn get(&self, page: Query<Page>) -> String {
        let _ = (&self.store, &self.clock, &self.user, page.page);
        format!("{} {}", self.tenant, self.currency)
    }

    #[post("/books/{id}", name = "order")]
    #[put("/books/{id}")]
    async fn order(&self, id: u32, order: Body<Order>, #[query] gift: Option<bool>, cx: &mut Context<'_>) {
        let _ = (id, order.count, &order.note, gift, cx);
    }

    async fn delete(&self) {}

    #[get("/reader")]
    async fn reader(&self, reader: Reader) -> String {
        let _ = reader.user;
        reader.token
    }
}

struct Health;

#[controller]
impl Health {
    fn before_activation(activation: &mut Activation) {
        activation.label("version 1").layer(CorsLayer::permissive());
    }

    async fn any(&self) {}
}

async fn engine() -> EngineService {
    let app = Application::new(Router::new().handler(staff_only))
        .set_name("shop")
        .providers(|providers| providers.provide_as::<dyn Store>(Arc::new(Memory)))
        .providers(|providers| providers.provide_keyed("wall", Clock))
        .providers(|providers| providers.per_request(user))
        .party("/basket", |basket| basket.handle(controller_with::<Basket>("EUR")))
        .party("/health", |health| health.set_name("shop/health").handle(Health));
    app.into_engine().build().await.unwrap()
}

/// Puts a word in the place of lines of this file, which move.
fn without_lines(text: &str) -> String {
    let mut parts = text.split(file!());
    let mut short = parts.next().unwrap().to_owned();
    for part in parts {
        short.push_str("HERE");
        short.push_str(part.trim_start_matches(|char: char| char == ':' || char.is_ascii_digit()));
    }
    short
}

#[tokio::test]
async fn the_tree_shows_what_fields_and_arguments_are_and_where_they_come_from() {
    let engine = engine().await;
    let tree = engine.controllers().to_string();
    assert!(tree.starts_with(&format!("⦿ Basket (per request, shop) {}:", file!())), "{tree}");
    assert_eq!(
        without_lines(&tree),
        "\
⦿ Basket (per request, shop) HERE
  ╺ store: Inject<dyn Store> → HERE
  ╺ clock: Inject<Clock> (key \"wall\") → HERE
  ⦿ user: Option<Inject<User>> → HERE
  ⦿ tenant: String ← header x-tenant
  ╺ currency: &'static str (given)
  ╺ get
      GET /basket after staff_only
    • page: Query<Page> ← query page?
  ╺ order
      POST /basket/books/{id} \"order\" after staff_only
      PUT /basket/books/{id} after staff_only
    • id: u32 ← path id
    • order: Body<Order> ← body count, note?
    • gift: Option<bool> ← query gift?
  ╺ delete()
      DELETE /basket after staff_only
  ╺ reader
      GET /basket/reader after staff_only
    • reader: Reader
        ← query token
        User → HERE
Health (one instance, shop/health, version 1) HERE
  ╺ any()
      ANY /health after staff_only, CorsLayer
"
    );
}

#[tokio::test]
async fn colours_change_nothing_but_colours() {
    let engine = engine().await;
    let report = engine.controllers();
    let colored = report.colored().to_string();
    assert_eq!(format!("{report:#}"), colored);
    let first = without_lines(colored.lines().next().unwrap());
    assert_eq!(first, "\x1b[33m⦿ \x1b[0m\x1b[1mBasket\x1b[0m (per request, shop) \x1b[2mHERE\x1b[0m");
    let mut plain = colored;
    for code in [0, 1, 2, 32, 33] {
        plain = plain.replace(&format!("\x1b[{code}m"), "");
    }
    assert_eq!(plain, report.to_string());

    let file = std::fs::File::open(concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml")).unwrap();
    assert!(!file.is_terminal());
    assert_eq!(report.for_stream(&file).to_string(), plain);
}

#[tokio::test]
async fn types_of_one_name_keep_their_modules() {
    mod other {
        pub(super) struct Clock;
    }

    struct Clocks;

    #[controller]
    impl Clocks {
        async fn get(&self, one: Inject<Clock>, another: Inject<other::Clock>) {
            let _ = (one, another);
        }
    }

    let app = Application::new(Router::new()).provide(Clock).provide(other::Clock).handle(Clocks);
    let engine = app.into_engine().build().await.unwrap();
    let dot = engine.controllers().to_dot();
    assert!(dot.contains("::report::Clock\\nsingleton"), "{dot}");
    assert!(dot.contains("::other::Clock\\nsingleton"), "{dot}");
    assert!(dot.contains("[label=\"Clocks\\none instance\""), "{dot}");
}

#[tokio::test]
async fn what_two_fields_hold_is_one_line_of_a_graph() {
    #[derive(Controller)]
    struct Twice {
        one: Inject<Clock>,
        other: Option<Inject<Clock>>,
    }

    #[controller]
    impl Twice {
        async fn get(&self) {
            let _ = (&self.one, &self.other);
        }
    }

    let app = Application::new(Router::new()).provide(Clock).handle(controller::<Twice>());
    let engine = app.into_engine().build().await.unwrap();
    assert_eq!(engine.controllers().to_dot().matches("c0 -> p0;").count(), 1);
}

#[tokio::test]
async fn graphs_lead_from_controllers_to_methods_and_to_what_these_need() {
    let engine = engine().await;
    assert_eq!(
        engine.controllers().to_dot(),
        r#"digraph controllers {
  rankdir=LR;
  node [shape=box];
  c0 [label="Basket\nper request\nshop", style=solid];
  p0 [label="dyn Store\nsingleton", style=bold];
  p1 [label="Clock\nkey \"wall\"\nsingleton", style=bold];
  p2 [label="User\nrequest", style=solid];
  m0 [label="get\nGET /basket", shape=ellipse];
  m1 [label="order\nPOST /basket/books/{id}\nPUT /basket/books/{id}", shape=ellipse];
  m2 [label="delete\nDELETE /basket", shape=ellipse];
  m3 [label="reader\nGET /basket/reader", shape=ellipse];
  c1 [label="Health\none instance\nshop/health\nversion 1", style=bold];
  m4 [label="any\nANY /health", shape=ellipse];
  c0 -> p0;
  c0 -> p1;
  c0 -> p2;
  c0 -> m0;
  c0 -> m1;
  c0 -> m2;
  c0 -> m3;
  m3 -> p2;
  c1 -> m4;
}
"#
    );
    let mermaid = engine.controllers().to_mermaid();
    assert!(mermaid.starts_with("graph LR\n  c0[\"Basket - per request - shop\"]\n"), "{mermaid}");
    assert!(mermaid.contains("  m4([\"any - ANY /health\"])\n"), "{mermaid}");
    assert!(mermaid.ends_with("  m3 --> p2\n  c1 --> m4\n"), "{mermaid}");
}

#[tokio::test]
async fn the_json_has_everything() {
    let engine = engine().await;
    let json: serde_json::Value = serde_json::from_str(&engine.controllers().to_json()).unwrap();
    let basket = &json["controllers"][0];
    assert!(basket["name"].as_str().unwrap().ends_with("::report::Basket"), "{basket}");
    assert_eq!((&basket["application"], &basket["lifetime"]), (&"shop".into(), &"request".into()));
    assert!(basket["place"].as_str().unwrap().starts_with(file!()), "{basket}");

    let clock = &basket["fields"][1];
    assert_eq!((&clock["name"], &clock["type"]), (&"clock".into(), &"Inject<Clock>".into()));
    assert_eq!(clock["needs"][0]["key"], "wall");
    assert_eq!(clock["needs"][0]["provider"]["lifetime"], "singleton");
    assert_eq!(basket["fields"][3]["reads"][0]["in"], "header");
    assert_eq!(basket["fields"][4]["given"], true);

    let order = &basket["actions"][1];
    let routes: Vec<_> = order["routes"].as_array().unwrap().iter().map(|route| &route["method"]).collect();
    assert_eq!(routes, ["POST", "PUT"]);
    assert_eq!(order["routes"][0]["name"], "order");
    assert!(order["routes"][0]["before"][0].as_str().unwrap().ends_with("::staff_only"), "{order}");
    assert_eq!(
        order["arguments"][1]["reads"][0]["fields"][1],
        serde_json::json!({"path": "note", "required": false})
    );

    let types = |part: &serde_json::Value| (part["type"].clone(), part["reads"][0]["type"].clone());
    assert_eq!(
        types(&order["arguments"][0]),
        ("u32".into(), "u32".into()),
        "not that of the struct around it"
    );
    assert_eq!(types(&basket["fields"][3]), ("String".into(), "String".into()));
    assert!(
        order["arguments"][1]["reads"][0]["type"].as_str().unwrap().ends_with("::report::Order"),
        "{order}"
    );

    let health = &json["controllers"][1];
    assert_eq!((&health["labels"][0], &health["lifetime"]), (&"version 1".into(), &"singleton".into()));
    assert_eq!(health["actions"][0]["routes"][0]["method"], serde_json::Value::Null);
}

#[tokio::test]
async fn a_program_can_ask_what_it_wants_to_know() {
    let engine = engine().await;
    let [basket, health] = engine.controllers().controllers() else { panic!("two controllers") };
    assert_eq!((basket.lifetime(), health.lifetime()), (Lifetime::Request, Lifetime::Singleton));
    let of_request: Vec<_> = basket
        .fields()
        .iter()
        .filter(|field| field.is_of_request())
        .map(|field| field.name().unwrap())
        .collect();
    assert_eq!(of_request, ["user", "tenant"]);
    assert!(health.fields().is_empty());
    assert_eq!(health.labels().collect::<Vec<_>>(), ["version 1"]);
    assert_eq!(health.actions()[0].name(), "any");
}

#[tokio::test]
async fn a_controller_that_only_shows_errors_has_its_name_and_labels() {
    struct Pages;

    #[controller]
    impl Pages {
        async fn handle_http_error(&self, user: Option<Inject<User>>) {
            drop(user);
        }
    }

    let label = |activation: &mut Activation| {
        activation.label("of errors");
    };
    let app =
        Application::new(Router::new().get("/", async || ())).set_name("shop").handle_with(Pages, label);
    let engine = app.into_engine().build().await.unwrap();
    let tree = without_lines(&engine.controllers().to_string());
    assert_eq!(
        tree,
        "Pages (one instance, shop, of errors) HERE\n  ╺ handle_http_error\n    • user: Option<Inject<User>> → nobody\n"
    );
}
