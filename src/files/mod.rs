//! Static files, as services that any host can mount.
