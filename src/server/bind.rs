//! Where connections come from.

use std::fmt;
use std::io;
use std::net::{SocketAddr, ToSocketAddrs};
use std::task::{Context, Poll};

use socket2::{Domain, Protocol, Type};
use tokio::net::TcpListener;
#[cfg(unix)]
use {std::path::PathBuf, tokio::net::UnixListener};

use super::stream::Socket;

/// An address that the server listens at.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Address {
    /// An IP address with its port.
    Tcp(SocketAddr),
    /// The path of a Unix socket.
    #[cfg(unix)]
    Unix(PathBuf),
}

impl Address {
    /// Returns the IP address with its port, if it is one.
    #[must_use]
    pub const fn socket_addr(&self) -> Option<SocketAddr> {
        match self {
            Self::Tcp(address) => Some(*address),
            #[cfg(unix)]
            Self::Unix(_) => None,
        }
    }
}

impl fmt::Display for Address {
    /// Writes the address as it is bound: `127.0.0.1:80`, `[::1]:80`, `unix:/run/app.sock`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Tcp(address) => address.fmt(f),
            #[cfg(unix)]
            Self::Unix(path) => write!(f, "unix:{}", path.display()),
        }
    }
}

/// A socket that connections are accepted from.
pub(super) struct Listener {
    socket: ListenerSocket,
    address: Address,
    /// Whether the path is ours to remove.
    #[cfg(unix)]
    is_ours: bool,
}

enum ListenerSocket {
    Tcp(TcpListener),
    #[cfg(unix)]
    Unix(UnixListener),
}

impl Listener {
    /// Binds `unix:PATH`, `HOST:PORT` or `IP:PORT`. An error names the address.
    pub(super) fn bind(address: &str, backlog: u32) -> io::Result<Self> {
        Self::bind_any(address, backlog)
            .map_err(|error| io::Error::new(error.kind(), format!("cannot listen at `{address}`: {error}")))
    }

    fn bind_any(address: &str, backlog: u32) -> io::Result<Self> {
        #[cfg(unix)]
        if let Some(path) = address.strip_prefix("unix:") {
            return Self::bind_unix(path.into(), backlog);
        }
        let mut failure = None;
        for address in address.to_socket_addrs()? {
            match bind_tcp(address, backlog) {
                Ok(listener) => return Self::tcp(listener),
                Err(error) => failure = Some(error),
            }
        }
        Err(failure
            .unwrap_or_else(|| io::Error::new(io::ErrorKind::AddrNotAvailable, "the name has no address")))
    }

    pub(super) fn tcp(listener: std::net::TcpListener) -> io::Result<Self> {
        listener.set_nonblocking(true)?;
        let listener = TcpListener::from_std(listener)?;
        let address = Address::Tcp(listener.local_addr()?);
        Ok(Self {
            socket: ListenerSocket::Tcp(listener),
            address,
            #[cfg(unix)]
            is_ours: false,
        })
    }

    #[cfg(unix)]
    pub(super) fn unix(listener: std::os::unix::net::UnixListener) -> io::Result<Self> {
        listener.set_nonblocking(true)?;
        let path = listener.local_addr()?.as_pathname().map(PathBuf::from).unwrap_or_default();
        let listener = UnixListener::from_std(listener)?;
        Ok(Self { socket: ListenerSocket::Unix(listener), address: Address::Unix(path), is_ours: false })
    }

    #[cfg(unix)]
    fn bind_unix(path: PathBuf, backlog: u32) -> io::Result<Self> {
        if path.as_os_str().is_empty() {
            // Linux would choose a name that nobody knows.
            return Err(io::Error::new(io::ErrorKind::InvalidInput, "the path of the Unix socket is empty"));
        }
        remove_abandoned(&path)?;
        let socket = socket2::Socket::new(Domain::UNIX, Type::STREAM, None)?;
        socket.bind(&socket2::SockAddr::unix(&path)?)?;
        socket.listen(listen_backlog(backlog))?;
        let mut listener = Self::unix(socket.into())?;
        listener.address = Address::Unix(path);
        listener.is_ours = true;
        Ok(listener)
    }

    pub(super) const fn address(&self) -> &Address {
        &self.address
    }

    pub(super) fn poll_accept(&self, cx: &mut Context<'_>) -> Poll<io::Result<Socket>> {
        match &self.socket {
            ListenerSocket::Tcp(listener) => listener.poll_accept(cx).map_ok(|(socket, _)| {
                // Without it the end of an answer may wait for the client's acknowledgement of its beginning. A socket
                // that refuses is closed already, and says so when it is read.
                let _ = socket.set_nodelay(true);
                Socket::Tcp(socket)
            }),
            #[cfg(unix)]
            ListenerSocket::Unix(listener) => {
                listener.poll_accept(cx).map_ok(|(socket, _)| Socket::Unix(socket))
            }
        }
    }
}

#[cfg(unix)]
impl Drop for Listener {
    fn drop(&mut self) {
        if self.is_ours
            && let Address::Unix(path) = &self.address
        {
            let _ = std::fs::remove_file(path);
        }
    }
}

fn bind_tcp(address: SocketAddr, backlog: u32) -> io::Result<std::net::TcpListener> {
    let socket = socket2::Socket::new(Domain::for_address(address), Type::STREAM, Some(Protocol::TCP))?;
    // A server that was stopped may start again at once. On Windows the option means something else.
    #[cfg(not(windows))]
    socket.set_reuse_address(true)?;
    socket.bind(&address.into())?;
    socket.listen(listen_backlog(backlog))?;
    Ok(socket.into())
}

fn listen_backlog(backlog: u32) -> i32 {
    i32::try_from(backlog).unwrap_or(i32::MAX)
}

/// Removes a socket that a server left behind when it was killed. One that somebody listens at stays.
#[cfg(unix)]
fn remove_abandoned(path: &std::path::Path) -> io::Result<()> {
    use std::os::unix::fs::FileTypeExt;

    let is_socket = std::fs::symlink_metadata(path).is_ok_and(|found| found.file_type().is_socket());
    if !is_socket {
        return Ok(());
    }
    match std::os::unix::net::UnixStream::connect(path) {
        Err(error) if error.kind() == io::ErrorKind::ConnectionRefused => std::fs::remove_file(path),
        Ok(_) | Err(_) => Ok(()),
    }
}
