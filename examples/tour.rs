//! The main thing, running: a todo API on axum with binding, rules, injection, errors and statistics.
//!
//! Run with `cargo run --example tour`, then try what it prints.

#![expect(clippy::print_stdout, reason = "an example tells its user where it listens")]

#[expect(dead_code, reason = "the program of that example is not run here, its application is")]
#[path = "on_axum.rs"]
mod on_axum;

use tokio::net::TcpListener;

#[tokio::main]
async fn main() -> std::io::Result<()> {
    let addr = std::env::args().nth(1).unwrap_or_else(|| "127.0.0.1:3000".to_owned());
    let listener = match TcpListener::bind(&addr).await {
        Ok(listener) => listener,
        // The usual port is taken: any other will do, it is printed below.
        Err(_) => TcpListener::bind("127.0.0.1:0").await?,
    };
    let base = format!("http://{}", listener.local_addr()?);
    println!("{}", TOUR.replace("BASE", &base));
    on_axum::serve(listener).await
}

const TOUR: &str = r#"serving BASE - things to try:

  curl -i BASE/todos -H 'x-user: ann' --json '{"title": "milk", "tags": ["shop"]}'    a todo
  curl -s 'BASE/todos?done=no&limit=5'                                                the list
  curl -i BASE/todos/1                                                                one of them
  curl -i BASE/todos/one                                                              a path that cannot be read
  curl -i 'BASE/todos?limit=1000'                                                     a broken rule
  curl -i -X PUT 'BASE/todos/x?done=maybe' --json '{"title": "", "tags": [1, 2]}' \
       -H 'accept: application/problem+json'                                          all problems in one answer
  curl -i BASE/todos/1/title -d 'title=oat+milk'                                      an urlencoded form
  curl -i BASE/todos/1/file -F note=see -F file=@Cargo.toml                           an upload
  curl -i BASE/todos --json '{"title": "milk"}'                                       a factory that refuses
  curl -i BASE/fall                                                                   a panic in a handler
  curl -i -X DELETE BASE/todos                                                        the host's 405, in our shape
  curl -s BASE/stats                                                                  what the callback saw
"#;
