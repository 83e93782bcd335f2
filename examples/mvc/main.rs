//! Controllers: an area with a login, where one path has one answer for visitors and another one for users.
//!
//! Run with `cargo run --example mvc`, then try what it prints. It shows first what the application consists of: controllers,
//! their fields and methods, and where each of these comes from.

#![expect(clippy::print_stdout, reason = "an example tells its user where it listens")]

mod app;

use gongular::engine::ServeError;

#[tokio::main]
async fn main() -> Result<(), ServeError> {
    let app = app::application().into_engine().build().await.map_err(ServeError::Build)?;
    println!("{}", app.controllers().for_stream(&std::io::stdout()));

    let address = std::env::args().nth(1).unwrap_or_else(|| "127.0.0.1:3000".to_owned());
    // The usual port may be taken: any other will do, it is printed.
    let server = app.clone().bind(&address).or_else(|_| app.bind("127.0.0.1:0")).map_err(ServeError::Io)?;
    let base = server.local_addr().map_or(address, |address| format!("http://{address}"));
    println!("{}", TOUR.replace("BASE", &base));
    server.run().await.map_err(ServeError::Io)
}

const TOUR: &str = r#"serving BASE - try, in this order:

  curl -i BASE/health                                      one instance, which has counted
  curl -i BASE/api                                         the first version of two, with a warning
  curl -i BASE/api -H 'accept-version: 2.1'                the second
  curl -i BASE/api -H 'accept-version: 3'                  none
  curl -i BASE/user                                        the controller for visitors
  curl -i BASE/user/login -d name=ann -d password=wrong    a refusal
  curl -i BASE/user/login -d name=a                        a field is missing
  curl -i BASE/user/login -d 'name=a&password=b'           all that is wrong with a form
  curl -i BASE/user/login -d name=ann -d password=secret -c /tmp/jar
  curl -i BASE/user -b /tmp/jar                            the same path, by the controller for users
  curl -i BASE/user/notes                                  who is no user is refused
  curl -i BASE/user/notes -b /tmp/jar --json '{"text": "milk"}'
  curl -i BASE/user/notes/1 -b /tmp/jar
  curl -i BASE/user/notes/7 -b /tmp/jar                    the controller answers its own error
  curl -i BASE/user/notes/x -b /tmp/jar                    no number
  curl -i BASE/user/notes -b /tmp/jar                      ... and what hooks have added
  curl -i -X DELETE BASE/user/notes/1 -b /tmp/jar
  curl -i -X POST BASE/user/logout -b /tmp/jar
  curl -i BASE/user -b /tmp/jar                            a visitor again
"#;
