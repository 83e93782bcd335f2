//! A server as a process of its own.

use std::io::{self, BufRead, BufReader};
use std::net::SocketAddr;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use crate::dialect::Dialect;

/// A running server. It ends when this is dropped, and by itself when the load does.
pub(crate) struct Process {
    child: Child,
    pub(crate) address: SocketAddr,
}

impl Process {
    /// Starts a server on the first processor, which leaves the others to the load.
    pub(crate) fn start(dialect: Dialect) -> io::Result<Self> {
        let mut command = Command::new("taskset");
        command.args(["-c", "0"]);
        Self::spawn(command, dialect)
    }

    /// Starts a server inside another program, whose own arguments `command` has already.
    pub(crate) fn spawn(mut command: Command, dialect: Dialect) -> io::Result<Self> {
        command.arg(std::env::current_exe()?).args(["serve", dialect.name()]);
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
        let mut line = String::new();
        if let Some(output) = child.stdout.take() {
            BufReader::new(output).read_line(&mut line)?;
        }
        Ok(Self { child, address: line.trim().parse().map_err(io::Error::other)? })
    }

    /// Returns the processor time that its threads have had.
    pub(crate) fn processor_time(&self) -> io::Result<Duration> {
        let mut sum = 0;
        for thread in std::fs::read_dir(format!("/proc/{}/task", self.child.id()))? {
            let text = std::fs::read_to_string(thread?.path().join("schedstat"))?;
            let time: Option<u64> = text.split(' ').next().and_then(|time| time.parse().ok());
            sum += time.ok_or_else(|| io::Error::other("no processor time in /proc"))?;
        }
        Ok(Duration::from_nanos(sum))
    }

    /// Returns the bytes of memory that it occupies.
    pub(crate) fn resident(&self) -> io::Result<u64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id()))?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        let number = line.and_then(|line| line.trim().strip_suffix(" kB")).and_then(|text| text.parse().ok());
        number.map(|kib: u64| kib << 10).ok_or_else(|| io::Error::other("no VmRSS in /proc"))
    }

    /// Lets it end in good order, so that a profiler around it writes what it has found.
    pub(crate) fn end(mut self) -> io::Result<()> {
        drop(self.child.stdin.take());
        self.child.wait().map(drop)
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Puts this process, which is the load, on the second processor.
pub(crate) fn stay_aside() -> io::Result<()> {
    let own = std::process::id().to_string();
    Command::new("taskset").args(["-pc", "1", &own]).stdout(Stdio::null()).status().map(drop)
}
