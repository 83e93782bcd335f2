//! The server as a process.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

/// A server that is running; it is killed when this is dropped.
pub(crate) struct Server {
    process: Child,
    first: String,
    second: String,
}

impl Server {
    pub(crate) fn start() -> Self {
        Self::start_in(&std::env::temp_dir())
    }

    /// Starts one with its own folder for temporary files.
    pub(crate) fn start_in(temporary: &Path) -> Self {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("static");
        let mut process = Command::new(env!("CARGO_BIN_EXE_conformance-server"))
            .args(["--addr", "127.0.0.1:0", "--addr2", "127.0.0.1:0", "--static"])
            .arg(folder)
            .env("TMPDIR", temporary)
            .stdout(Stdio::piped())
            // Where the panics are told that some cases ask for.
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(process.stdout.take().unwrap()).lines();
        let mut address = || {
            let line = lines.next().unwrap().unwrap();
            line.strip_prefix("listening on ").unwrap_or_else(|| panic!("{line}")).to_owned()
        };
        let (first, second) = (address(), address());
        Self { process, first, second }
    }

    /// Returns where an engine listens.
    pub(crate) fn address(&self, engine: &str) -> &str {
        match engine {
            "main" => &self.first,
            "custom_error_handler" => &self.second,
            other => panic!("there is no engine `{other}`"),
        }
    }

    #[cfg(target_os = "linux")]
    pub(crate) fn id(&self) -> u32 {
        self.process.id()
    }

    /// Sends the server a signal to stop, which it does in good order.
    pub(crate) fn stop(mut self, signal: &str) {
        if cfg!(unix) {
            // A program of that name is not everywhere, but every shell knows the word.
            let kill = format!("kill -s {signal} {}", self.process.id());
            let told = Command::new("sh").args(["-c", &kill]).status().unwrap();
            assert!(told.success());
            assert!(self.process.wait().unwrap().success());
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
