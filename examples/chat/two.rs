//! Two servers, and a Redis between them: processes of their own, which end with this one.

use std::error::Error;
use std::io::{BufRead, BufReader};
use std::net::TcpListener;
use std::os::unix::process::CommandExt;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::time::Duration;

use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::oneshot;

use crate::arguments::Arguments;

/// Starts all, and ends all on Ctrl-C or SIGTERM.
pub(crate) async fn run(arguments: &Arguments) -> Result<(), Box<dyn Error>> {
    // From here on a signal leaves the time to end what was started.
    let (mut interrupt, mut terminate) = (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?);
    // Declared before the servers, so that it ends after them.
    let (_redis, url) = match &arguments.redis {
        Some(url) => (None, url.clone()),
        None => start_redis().map(|(redis, url)| (Some(redis), url))?,
    };
    let (first, here) = start_server(arguments, &url)?;
    let (second, there) = start_server(arguments, &url)?;
    println!("{}", told(&url, (&first, &here), (&second, &there)));
    tokio::select! {
        _ = interrupt.recv() => {}
        _ = terminate.recv() => {}
    }
    tokio::join!(first.end(), second.end());
    Ok(())
}

/// Starts a Redis that keeps nothing, on any port; returns its URL.
fn start_redis() -> Result<(Process, String), Box<dyn Error>> {
    // Somebody else may take the port in between.
    let mut tries = 3;
    loop {
        let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
        let mut command = Command::new("redis-server");
        command.args(["--bind", "127.0.0.1", "--save", "", "--port"]).arg(port.to_string());
        command.arg("--dir").arg(std::env::temp_dir());
        tries -= 1;
        match Process::start(command, |line| line.contains("Ready to accept connections").then_some(())) {
            Ok((process, ())) => return Ok((process, format!("redis://127.0.0.1:{port}"))),
            Err(_) if tries > 0 => {}
            Err(error) => return Err(format!("redis-server: {error}\n\n{NO_REDIS}").into()),
        }
    }
}

/// Starts this program once more, as one server; returns its address.
fn start_server(arguments: &Arguments, redis: &str) -> Result<(Process, String), Box<dyn Error>> {
    let mut command = Command::new(std::env::current_exe()?);
    command.args(["--ends-with-input", "--redis", redis, "--neffos-js"]).arg(&arguments.neffos_js);
    let address = |line: &str| Some(line.strip_prefix("chat on http://")?.to_owned());
    Ok(Process::start(command, address).map_err(|error| format!("a server: {error}"))?)
}

/// A process that ends with this value.
struct Process {
    child: Child,
    /// Its end is the word to a server that it should end.
    input: Option<ChildStdin>,
    ended: oneshot::Receiver<()>,
}

impl Process {
    /// Starts a process, and waits until it says something that `ready` knows.
    fn start<T>(mut command: Command, ready: impl Fn(&str) -> Option<T>) -> std::io::Result<(Self, T)> {
        // A group of its own, so that Ctrl-C reaches this process alone, which then says in which order to end.
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).process_group(0);
        let mut child = command.spawn()?;
        let input = child.stdin.take();
        let (end, ended) = oneshot::channel();
        let output = child.stdout.take();
        let process = Self { child, input, ended };
        let mut lines = BufReader::new(output.expect("the output is piped")).lines().map_while(Result::ok);
        let said = lines.by_ref().find_map(|line| ready(&line));
        let said = said.ok_or_else(|| std::io::Error::other("it ended before it was ready"))?;
        std::thread::spawn(move || {
            // Read to its end, so that the process never waits for a reader.
            lines.for_each(drop);
            // Who waited may be gone.
            let _ = end.send(());
        });
        Ok((process, said))
    }

    /// Ends it in good order: clients are told.
    async fn end(mut self) {
        drop(self.input.take());
        // One that takes longer is ended by the drop.
        let _ = tokio::time::timeout(Duration::from_secs(10), &mut self.ended).await;
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // It may have ended already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn told(redis: &str, first: (&Process, &str), second: (&Process, &str)) -> String {
    TOLD.replace("REDIS", redis)
        .replace("FIRST", first.1)
        .replace("SECOND", second.1)
        .replace("P1", &first.0.child.id().to_string())
        .replace("P2", &second.0.child.id().to_string())
}

const TOLD: &str = "two servers, which share a Redis, REDIS

  http://FIRST    process P1
  http://SECOND    process P2

Open both, choose two names and one room, and talk. In another terminal, let the second server crash, and look who is here:

  kill -9 P2

Start it again; its page comes back by itself:

  cargo run --example chat -- SECOND --redis REDIS

Ctrl-C ends all of it.";

const NO_REDIS: &str =
    "Install it (`apt-get install redis-server`), or name one that runs: --redis redis://HOST:PORT";
