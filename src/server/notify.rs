//! Word to the service manager, as systemd wants it.

/// Tells the service manager that started us, if one did, and says so where it cannot be told.
///
/// The manager names its socket in `NOTIFY_SOCKET`; without it, nothing happens.
#[cfg(unix)]
pub(super) fn notify(state: &str) {
    if let Some(path) = std::env::var_os("NOTIFY_SOCKET") {
        // A manager that does not listen is its own problem: the server serves.
        let _ = send(&path, state);
    }
}

#[cfg(not(unix))]
pub(super) fn notify(_: &str) {}

#[cfg(unix)]
fn send(path: &std::ffi::OsStr, state: &str) -> std::io::Result<()> {
    use std::os::unix::net::UnixDatagram;

    let socket = UnixDatagram::unbound()?;
    // A manager that does not listen must not hold up the server.
    socket.set_nonblocking(true)?;
    #[cfg(target_os = "linux")]
    if let Some(name) = path.as_encoded_bytes().strip_prefix(b"@") {
        use std::os::linux::net::SocketAddrExt;

        let address = std::os::unix::net::SocketAddr::from_abstract_name(name)?;
        socket.send_to_addr(state.as_bytes(), &address)?;
        return Ok(());
    }
    socket.send_to(state.as_bytes(), path)?;
    Ok(())
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use std::os::linux::net::SocketAddrExt;
    use std::os::unix::net::{SocketAddr, UnixDatagram};

    use super::*;

    #[test]
    fn the_manager_hears_at_a_path_and_at_an_abstract_name() {
        let name = format!("gongular-notify-{}", std::process::id());
        let manager = UnixDatagram::bind_addr(&SocketAddr::from_abstract_name(&name).unwrap()).unwrap();
        send(format!("@{name}").as_ref(), "READY=1").unwrap();
        let mut space = [0; 32];
        let read = manager.recv(&mut space).unwrap();
        assert_eq!(&space[..read], b"READY=1");

        let path = std::env::temp_dir().join(&name);
        let manager = UnixDatagram::bind(&path).unwrap();
        send(path.as_os_str(), "STOPPING=1").unwrap();
        let read = manager.recv(&mut space).unwrap();
        std::fs::remove_file(&path).unwrap();
        assert_eq!(&space[..read], b"STOPPING=1");
    }
}
