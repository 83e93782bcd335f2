//! TLS to a server.

use std::io;
use std::sync::Arc;

use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName};
use tokio_rustls::rustls::{ClientConfig, RootCertStore};

use super::DialError;

/// Speaks TLS with a server of this name, which must have a certificate that these vouch for; those that the system trusts
/// when there are none.
pub(super) async fn connect(
    stream: TcpStream,
    host: &str,
    trusted: Option<&Arc<[u8]>>,
) -> Result<TlsStream<TcpStream>, DialError> {
    let name =
        ServerName::try_from(host.to_owned()).map_err(|_| DialError::url("its host has no name for TLS"))?;
    let trusted = trusted.cloned();
    // The system's certificates are many files.
    let config = tokio::task::spawn_blocking(move || config(trusted.as_deref()));
    let config = config.await.map_err(io::Error::other).and_then(|config| config).map_err(DialError::tls)?;
    TlsConnector::from(Arc::new(config)).connect(name, stream).await.map_err(DialError::tls)
}

fn config(trusted: Option<&[u8]>) -> io::Result<ClientConfig> {
    let mut roots = RootCertStore::empty();
    match trusted {
        Some(pem) => {
            for certificate in CertificateDer::pem_slice_iter(pem) {
                roots.add(certificate.map_err(invalid)?).map_err(invalid)?;
            }
        }
        None => {
            // One that cannot be read is no reason to trust none.
            roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
        }
    }
    if roots.is_empty() {
        return Err(io::Error::new(io::ErrorKind::NotFound, "there are no certificates to trust"));
    }
    let mut config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(invalid)?
        .with_root_certificates(roots)
        .with_no_client_auth();
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(config)
}

fn invalid(error: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, error)
}
