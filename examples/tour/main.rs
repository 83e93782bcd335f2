//! Everything at once: a small bookshop on the engine, with all that it needs inside.
//!
//! Run with `cargo run --example tour`, then try what it prints, or open the address in a browser.

#![expect(clippy::print_stdout, reason = "an example tells its user where it listens")]

mod counter;
mod people;
mod shop;
mod watch;

use gongular::engine::ServeError;
use gongular::layers::ErrorLayer;
use gongular::websocket::websocket;
use gongular::{Chain, Engine, Html, Router, handle};

use self::watch::Watcher;

#[tokio::main]
async fn main() -> Result<(), ServeError> {
    let app = engine(Watcher::default()).build().await.map_err(ServeError::Build)?;
    app.warnings().iter().for_each(|warning| println!("warning: {warning}"));

    let address = std::env::args().nth(1).unwrap_or_else(|| "127.0.0.1:3000".to_owned());
    // The usual port may be taken: any other will do, it is printed.
    let server = app.clone().bind(&address).or_else(|_| app.bind("127.0.0.1:0")).map_err(ServeError::Io)?;
    let base = server.local_addr().map_or(address, |address| format!("http://{address}"));
    println!("{}", TOUR.replace("BASE", &base));
    server.run().await.map_err(ServeError::Io)
}

/// The whole application.
fn engine(watcher: Watcher) -> Engine {
    Engine::new()
        .provide(watcher.clone())
        .provide(counter::Total::default())
        .stats(watcher)
        .server_timing(true)
        .errors(ErrorLayer::new().map(shop::answer))
        .providers(|providers| people::providers(shop::providers(providers)))
        .routes(routes())
}

fn routes() -> Router {
    Router::new()
        .get("/", page)
        .files("/assets", concat!(env!("CARGO_MANIFEST_DIR"), "/examples/tour/assets"))
        .get("/hello/{name}", shop::hello)
        .get("/books", shop::list)
        .get("/books/{id}", Chain::new().then(shop::show).named("book"))
        // A chain: the second handler reads the same body again.
        .post("/orders", (shop::log_order, handle::<shop::PlaceOrder>()))
        .post("/reviews", shop::review)
        .post("/covers", shop::cover)
        .group("/me", Router::new().get("", people::me).get("/orders", people::orders))
        .group(
            "/staff",
            Router::new()
                .handler(people::staff_only)
                .delete("/books/{id}", shop::remove)
                .get("/fall", people::fall),
        )
        .get("/counter", websocket::<counter::Counter>())
        .get("/stats", watch::stats)
        .get("/report", watch::report)
}

async fn page() -> Html<&'static str> {
    Html(include_str!("page.html"))
}

const TOUR: &str = r#"serving BASE - open it in a browser, or try:

  curl -i 'BASE/hello/Ann?shout=yes'                              path and query, and the times in Server-Timing
  curl -s 'BASE/books?min_pages=300'                              a list
  curl -i 'BASE/books?min_pages=-1&sort=color'                    two wrong fields: the answer names the first
  curl -i 'BASE/books?min_pages=-1&sort=color' \
       -H 'accept: application/problem+json'                      ... and here all of them
  curl -i BASE/orders --json '{"items": [{"book": 1, "qty": 2}], "email": "ann@example.org"}'
  curl -i BASE/orders --json '{"items": [{"book": 1, "qty": 0}], "email": "ann"}'      rules, with paths
  curl -i BASE/covers -F book=2 -F cover=@Cargo.toml              an upload
  curl -i BASE/me                                                 a provider that refuses
  curl -i BASE/me -H 'x-user: ann'                                ... and one that does not
  curl -i -X DELETE BASE/staff/books/1 -H 'x-user: ann'           a group's handler ends the chain
  curl -i BASE/staff/fall -H 'x-user: boss'                       a panic
  curl -i -X PATCH BASE/books                                     405, with what is allowed
  curl -s BASE/assets/style.css -r 0-25                           a range of a file
  curl -i BASE/counter?name=Ann                                   a websocket without its handshake (the page has one)
  curl -s BASE/stats; curl -s BASE/report                         what was measured; who needs what
"#;
