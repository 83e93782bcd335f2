//! A server with fixed routes, for the cases in `tests/conformance/cases`: an application as its author would write it.

mod args;
mod custom_errors;
mod providers;
mod routes;
mod rules;
mod stats;

use std::path::Path;
use std::process::ExitCode;
use std::time::Duration;

use gongular::server::{Address, Server};
use gongular::{BoxError, Engine, Shutdown};

use self::args::Args;

#[tokio::main]
async fn main() -> ExitCode {
    let args = match Args::parse(std::env::args().skip(1)) {
        Ok(args) => args,
        Err(mistake) => {
            eprintln!("conformance-server: {mistake}\n{}", args::USAGE);
            return ExitCode::from(2);
        }
    };
    match serve(args).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("conformance-server: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Serves both engines until a signal comes; what stops one stops the other.
async fn serve(args: Args) -> Result<(), BoxError> {
    let first = first(&args.folder).build().await?;
    let second = custom_errors::engine().build().await?;
    let shutdown = Shutdown::new();
    let server = |service| {
        let server = Server::new(service).with_shutdown(shutdown.clone());
        if args.short_timeouts { with_short_timeouts(server) } else { server }
    };
    let first = server(first).bind(&args.first)?.on_ready(announce);
    let second = server(second).bind(&args.second)?.on_ready(announce);
    tokio::try_join!(first.run(), second.run())?;
    Ok(())
}

/// The engine with everything in it.
fn first(folder: &Path) -> Engine {
    let last = stats::Last::default();
    Engine::new().provide(last.clone()).providers(providers::register).routes(routes::all(folder)).stats(last)
}

fn with_short_timeouts<S>(server: Server<S>) -> Server<S> {
    const SHORT: Duration = Duration::from_secs(5);
    server.header_timeout(SHORT).idle_timeout(SHORT).body_rate(240, SHORT)
}

#[expect(clippy::print_stdout, reason = "whoever starts the server waits for these lines")]
fn announce(addresses: &[Address]) {
    for address in addresses {
        println!("listening on {address}");
    }
}
