//! A chat with rooms, on one server or on several that share a Redis.
//!
//! ```text
//! npm ci --prefix tests/neffos          # once: neffos.js, the original client of the protocol
//! cargo run --example chat              # one server
//! cargo run --example chat -- --two     # two of them, with a Redis of their own
//! ```
//!
//! Open what it prints in two tabs, choose a name for each, and one room. Then
//!
//! - say something: it appears in both, whichever servers they are on
//! - say nothing, or more than 200 characters: the answer names the field and its rule, and nobody else sees the line
//! - close a tab, or leave the room: the list of the other one is shorter
//! - with `--two`, kill a server as it tells you: its member is gone, and comes back by itself when the server does
//!
//! | argument | |
//! |---|---|
//! | `ADDRESS` | where to listen; else `127.0.0.1:3000`, or any port where it is taken |
//! | `--redis URL` | shares rooms with all servers on this Redis |
//! | `--two` | starts two servers, and a Redis for them unless there is an URL |
//! | `--neffos-js FILE` | where neffos.js is; else where `npm` puts it for the tests |

#![expect(clippy::print_stdout, reason = "an example tells its user where it listens")]

mod arguments;
mod chat;
#[cfg(unix)]
mod two;

use std::error::Error;
use std::process::ExitCode;

use gongular::files::ServeFile;
use gongular::mvc::{Application, controller};
use gongular::neffos::Events;
use gongular::neffos::exchange::Redis;
use gongular::{Html, Router};

use self::arguments::Arguments;
use self::chat::Chat;

#[tokio::main]
async fn main() -> ExitCode {
    match run().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("chat: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn run() -> Result<(), Box<dyn Error>> {
    let arguments = Arguments::parse(std::env::args().skip(1))?;
    if !arguments.neffos_js.is_file() {
        let missing = arguments.neffos_js.display();
        return Err(format!(
            "there is no {missing}\n\nThe page needs neffos.js, which npm installs:\n\n  npm ci --prefix tests/neffos\n\nElsewhere it is found by --neffos-js FILE."
        )
        .into());
    }
    if arguments.two {
        #[cfg(unix)]
        return two::run(&arguments).await;
        #[cfg(not(unix))]
        return Err("--two needs a Unix; start two servers with --redis URL instead".into());
    }
    serve(&arguments).await
}

/// One server.
async fn serve(arguments: &Arguments) -> Result<(), Box<dyn Error>> {
    let mut events = Events::new();
    if let Some(url) = &arguments.redis {
        events = events.exchange(Redis::new(url).map_err(|error| error.to_string())?.prefix("chat"));
    }
    let app = application(events, ServeFile::new(&arguments.neffos_js)).into_engine().build().await?;
    app.warnings().iter().for_each(|warning| println!("warning: {warning}"));

    let server = match &arguments.address {
        Some(address) => app.bind(address)?,
        // The usual port may be taken: any other will do, it is printed.
        None => app.clone().bind("127.0.0.1:3000").or_else(|_| app.bind("127.0.0.1:0"))?,
    };
    println!("chat on http://{}", server.local_addr().ok_or("the page needs TCP")?);
    if arguments.ends_with_input {
        let shutdown = server.shutdown();
        std::thread::spawn(move || {
            // Whatever comes, its end or an error, nobody is there any more.
            let _ = std::io::copy(&mut std::io::stdin(), &mut std::io::sink());
            shutdown.trigger();
        });
    }
    Ok(server.run().await?)
}

/// The whole application: a page, and the events behind it.
fn application(events: Events, neffos_js: ServeFile) -> Application {
    let router = Router::new()
        .get("/", page)
        .files("/assets", concat!(env!("CARGO_MANIFEST_DIR"), "/examples/chat/assets"))
        .file("/neffos.js", neffos_js);
    Application::new(router)
        .handle_websocket(controller::<Chat>())
        .websocket("/ws", events, |hub| hub.route().max_message(16 << 10))
}

/// Nothing that another site wrote runs in this page, nor does what somebody says in a room.
async fn page() -> ([(&'static str, &'static str); 1], Html<&'static str>) {
    ([("content-security-policy", "default-src 'self'")], Html(include_str!("page.html")))
}
