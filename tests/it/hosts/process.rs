//! An example as a process of its own.

use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

/// A running example; it is stopped when this is dropped.
pub(super) struct Process {
    child: Child,
    addr: Option<SocketAddr>,
}

impl Process {
    /// Starts an example that serves, and waits for the line in which it says where.
    pub(super) fn serve(example: &str) -> Self {
        let mut child = Command::new(path(example))
            .arg("127.0.0.1:0")
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("the example starts");
        let mut line = String::new();
        let stdout = child.stdout.take().expect("standard output is piped");
        BufReader::new(stdout).read_line(&mut line).expect("the example says where it listens");
        let addr = line
            .split("http://")
            .nth(1)
            .and_then(|rest| rest.split('/').next())
            .and_then(|addr| addr.trim().parse().ok())
            .unwrap_or_else(|| panic!("{example} said no address: {line:?}"));
        Self { child, addr: Some(addr) }
    }

    /// Starts an example with an environment variable, without waiting.
    pub(super) fn start(example: &str, name: &str, value: &str) -> Self {
        let child = Command::new(path(example))
            .env(name, value)
            .env("AWS_LAMBDA_FUNCTION_NAME", "todos")
            .env("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "128")
            .env("AWS_LAMBDA_FUNCTION_VERSION", "1")
            .env("AWS_LAMBDA_LOG_STREAM_NAME", "stream")
            .env("AWS_LAMBDA_LOG_GROUP_NAME", "group")
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("the example starts");
        Self { child, addr: None }
    }

    pub(super) fn addr(&self) -> SocketAddr {
        self.addr.expect("a serving example has an address")
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Examples lie beside the folder of the test binary.
pub(crate) fn path(example: &str) -> PathBuf {
    let test = std::env::current_exe().expect("a test has a path");
    let target = test.parent().and_then(|deps| deps.parent()).expect("tests lie in target/<profile>/deps");
    let path = target.join("examples").join(example);
    assert!(path.exists(), "{} is not built: cargo build --all-features --examples", path.display());
    path
}
