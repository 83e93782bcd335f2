//! A server as a process of its own: signals, the service manager, and too few descriptors.

use std::io::{BufRead, BufReader, Read};
use std::os::unix::net::UnixDatagram;
use std::process::{Child, ChildStdout, Command, Stdio};

use super::*;

struct Process {
    child: Child,
    /// Tests say how they went; nobody hears it, but it has to be said to somebody.
    _said: BufReader<ChildStdout>,
    addr: SocketAddr,
}

impl Process {
    /// Starts the server behind a line of shell.
    fn start(shell: &str, notified: &str) -> Self {
        let program = crate::hosts::example("on_server");
        let mut child = Command::new("sh")
            .arg("-c")
            .arg(format!("{shell} exec \"$0\" 127.0.0.1:0"))
            .arg(program)
            .env("NOTIFY_SOCKET", notified)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut stdout = BufReader::new(child.stdout.take().unwrap());
        let said = stdout.by_ref().lines().find_map(|line| {
            let line = line.unwrap();
            line.split_once("listening on ").map(|(_, addr)| addr.parse().unwrap())
        });
        Self { child, _said: stdout, addr: said.expect("the server says where it listens") }
    }

    fn signal(&self, name: &str) {
        let pid = self.child.id().to_string();
        // Built into every shell; the program of that name is not everywhere.
        let kill = format!("kill -s {name} {pid}");
        assert!(Command::new("sh").args(["-c", &kill]).status().unwrap().success());
    }

    async fn connect(&self) -> std::io::Result<Raw<TcpStream>> {
        let stream = soon(TcpStream::connect(self.addr)).await?;
        Ok(Raw { stream, read: Vec::new() })
    }

    async fn is_stopping(&self) {
        soon(async {
            while TcpStream::connect(self.addr).await.is_ok() {
                tokio::task::yield_now().await;
            }
        })
        .await;
    }

    /// Waits for the end. Returns whether it was a good one.
    async fn ended(mut self) -> bool {
        let ended = tokio::task::spawn_blocking(move || self.child.wait().unwrap().success());
        soon(ended).await.unwrap()
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.child.kill();
    }
}

#[tokio::test]
async fn sigterm_and_ctrl_c_let_requests_finish_and_the_process_ends_well() {
    for signal in ["TERM", "INT"] {
        let process = Process::start("", "");
        let mut client = process.connect().await.unwrap();
        client
            .send("POST /echo HTTP/1.1\r\nhost: x\r\ncontent-length: 5\r\nexpect: 100-continue\r\n\r\n")
            .await;
        // Now somebody reads the body.
        assert_eq!(client.answer().await.0, 100);
        process.signal(signal);
        process.is_stopping().await;
        client.send("hello").await;
        assert_eq!(client.answer().await, (200, "hello".to_owned()));
        assert!(process.ended().await);
    }
}

#[tokio::test]
async fn a_second_signal_ends_the_process_at_once() {
    let process = Process::start("", "");
    let mut client = process.connect().await.unwrap();
    client.send("GET /wait HTTP/1.1\r\nhost: x\r\n\r\n").await;
    process.signal("TERM");
    process.is_stopping().await;
    process.signal("TERM");
    assert!(process.ended().await);
    assert_eq!(client.rest().await, "");
}

#[tokio::test]
async fn the_service_manager_is_told_of_the_beginning_and_of_the_end() {
    let path = std::env::temp_dir().join(format!("gongular-manager-{}", std::process::id()));
    let manager = UnixDatagram::bind(&path).unwrap();
    manager.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
    let mut space = [0; 64];
    let mut heard = || {
        let read = manager.recv(&mut space).unwrap();
        String::from_utf8_lossy(&space[..read]).into_owned()
    };
    let process = Process::start("", path.to_str().unwrap());
    assert_eq!(heard(), "READY=1");
    process.signal("TERM");
    assert_eq!(heard(), "STOPPING=1");
    assert!(process.ended().await);
    std::fs::remove_file(&path).unwrap();
}

#[tokio::test]
async fn a_server_without_descriptors_goes_on_when_there_are_some_again() {
    let process = Process::start("ulimit -n 40;", "");
    let mut clients = Vec::new();
    for _ in 0..100 {
        clients.push(process.connect().await.unwrap());
    }
    let mut first = clients.swap_remove(0);
    first.send("GET /first HTTP/1.1\r\nhost: x\r\n\r\n").await;
    assert_eq!(first.answer().await, (200, "GET /first".to_owned()));
    drop(clients);
    let mut client = process.connect().await.unwrap();
    client.send("GET /last HTTP/1.1\r\nhost: x\r\n\r\n").await;
    assert_eq!(client.answer().await, (200, "GET /last".to_owned()));
    process.signal("TERM");
    assert!(process.ended().await);
}

/// Returns how much memory the process has had at most, in bytes, and how many descriptors it has open.
fn used(process: &Process) -> (usize, usize) {
    let folder = format!("/proc/{}", process.child.id());
    let status = std::fs::read_to_string(format!("{folder}/status")).unwrap();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).expect("Linux says so");
    let kib: usize = peak.trim().trim_end_matches(" kB").parse().unwrap();
    (kib << 10, std::fs::read_dir(format!("{folder}/fd")).unwrap().count())
}

#[tokio::test]
async fn bad_input_takes_less_than_64_mib_and_leaves_no_descriptor() {
    let process = Process::start("", "");
    let (idle, descriptors) = used(&process);
    let chunk = "x".repeat(16 << 10);
    let bad = [
        String::new(),
        "GE".to_owned(),
        "PRI * HTTP/2.0\r\n\r\nSM".to_owned(),
        "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\x04\x08\0\0\0\0\0".to_owned(),
        "GET / HTTP/1.1\r\nhost: x\r\nx: ".to_owned() + &chunk,
        format!("POST /echo HTTP/1.1\r\nhost: x\r\ncontent-length: 99999999\r\n\r\n{chunk}"),
        format!("POST /echo HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\nfffff\r\n{chunk}"),
        "\u{16}\u{3}\u{1}junk of another protocol\r\n\r\n".to_owned(),
    ];
    let mut clients = Vec::new();
    for turn in 0..400 {
        let mut client = process.connect().await.unwrap();
        client.send(&bad[turn % bad.len()]).await;
        clients.push(client);
    }
    let mut good = process.connect().await.unwrap();
    good.send("GET /good HTTP/1.1\r\nhost: x\r\n\r\n").await;
    assert_eq!(good.answer().await, (200, "GET /good".to_owned()));
    drop((clients, good));
    soon(async {
        while used(&process).1 > descriptors {
            tokio::task::yield_now().await;
        }
    })
    .await;
    let (peak, _) = used(&process);
    assert!(peak - idle < 64 << 20, "{} MiB more than idle", (peak - idle) >> 20);
    process.signal("TERM");
    assert!(process.ended().await);
}
