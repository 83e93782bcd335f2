//! TLS with certificates that can be exchanged while the server runs.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, RwLock};

use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::{CryptoProvider, ring};
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::rustls::server::{ClientHello, ResolvesServerCert};
use tokio_rustls::rustls::sign::CertifiedKey;
use tokio_rustls::server::TlsStream;

use super::Protocol;
use super::stream::Socket;

/// A certificate and its key, and the way TLS is spoken with them: TLS 1.2 and 1.3, with ALPN for HTTP/2 and HTTP/1.1.
///
/// Clones are one and the same: keep one to exchange the certificate later. Handshakes that began go on with the one
/// before.
///
/// # Example
///
/// ```no_run
/// use gongular::server::Tls;
///
/// # fn main() -> std::io::Result<()> {
/// let tls = Tls::from_files("cert.pem", "key.pem")?;
/// let handle = tls.clone();
/// // Whenever the files have been renewed:
/// handle.reload()?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Tls {
    acceptor: TlsAcceptor,
    certificate: Arc<Certificate>,
    files: Option<Arc<Files>>,
}

struct Files {
    certificate: PathBuf,
    key: PathBuf,
}

impl Tls {
    /// Reads a certificate chain and its private key from PEM files.
    ///
    /// # Errors
    ///
    /// - a file cannot be read: that error
    /// - there is no certificate or key in it, or they do not belong together: [`io::ErrorKind::InvalidData`]
    pub fn from_files(certificate: impl Into<PathBuf>, key: impl Into<PathBuf>) -> io::Result<Self> {
        let files = Files { certificate: certificate.into(), key: key.into() };
        let (certificate, key) = files.read()?;
        let mut tls = Self::from_pem(&certificate, &key)?;
        tls.files = Some(Arc::new(files));
        Ok(tls)
    }

    /// Takes a certificate chain and its private key as PEM texts.
    ///
    /// # Errors
    ///
    /// There is no certificate or key in them, or they do not belong together: [`io::ErrorKind::InvalidData`].
    pub fn from_pem(certificate: &[u8], key: &[u8]) -> io::Result<Self> {
        let provider = Arc::new(ring::default_provider());
        let certified = certified(certificate, key, &provider)?;
        let certificate = Arc::new(Certificate { current: RwLock::new(Arc::new(certified)), provider });
        let mut config = ServerConfig::builder_with_provider(Arc::clone(&certificate.provider))
            .with_safe_default_protocol_versions()
            .map_err(invalid)?
            .with_no_client_auth()
            .with_cert_resolver(Arc::clone(&certificate) as Arc<dyn ResolvesServerCert>);
        config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
        Ok(Self { acceptor: TlsAcceptor::from(Arc::new(config)), certificate, files: None })
    }

    /// Reads the files again that it was made of.
    ///
    /// # Errors
    ///
    /// As [`from_files`](Self::from_files), and [`io::ErrorKind::Unsupported`] when it was not made of files. The
    /// certificate before stays in use then.
    pub fn reload(&self) -> io::Result<()> {
        let Some(files) = &self.files else {
            return Err(io::Error::new(io::ErrorKind::Unsupported, "the certificate is not from files"));
        };
        let (certificate, key) = files.read()?;
        self.replace(&certificate, &key)
    }

    /// Takes another certificate chain and private key, as PEM texts, for all handshakes from now on.
    ///
    /// # Errors
    ///
    /// As [`from_pem`](Self::from_pem). The certificate before stays in use then.
    pub fn replace(&self, certificate: &[u8], key: &[u8]) -> io::Result<()> {
        let certified = certified(certificate, key, &self.certificate.provider)?;
        *self.certificate.current.write().unwrap_or_else(|poisoned| poisoned.into_inner()) =
            Arc::new(certified);
        Ok(())
    }

    pub(super) async fn accept(&self, socket: Socket) -> io::Result<TlsStream<Socket>> {
        self.acceptor.accept(socket).await
    }

    /// Returns the protocol that client and server agreed upon, if they did.
    pub(super) fn protocol(stream: &TlsStream<Socket>) -> Option<Protocol> {
        match stream.get_ref().1.alpn_protocol()? {
            b"h2" => Some(Protocol::Http2),
            b"http/1.1" => Some(Protocol::Http1),
            _ => None,
        }
    }
}

impl fmt::Debug for Tls {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tls")
            .field("files", &self.files.as_ref().map(|files| &files.certificate))
            .finish_non_exhaustive()
    }
}

impl Files {
    fn read(&self) -> io::Result<(Vec<u8>, Vec<u8>)> {
        Ok((read(&self.certificate)?, read(&self.key)?))
    }
}

fn read(path: &Path) -> io::Result<Vec<u8>> {
    let named = |error: io::Error| io::Error::new(error.kind(), format!("{}: {error}", path.display()));
    std::fs::read(path).map_err(named)
}

/// The certificate that handshakes take.
struct Certificate {
    current: RwLock<Arc<CertifiedKey>>,
    provider: Arc<CryptoProvider>,
}

impl ResolvesServerCert for Certificate {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(Arc::clone(&self.current.read().unwrap_or_else(|poisoned| poisoned.into_inner())))
    }
}

impl fmt::Debug for Certificate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Certificate").finish_non_exhaustive()
    }
}

fn certified(certificate: &[u8], key: &[u8], provider: &CryptoProvider) -> io::Result<CertifiedKey> {
    let chain =
        CertificateDer::pem_slice_iter(certificate).collect::<Result<Vec<_>, _>>().map_err(invalid)?;
    if chain.is_empty() {
        return Err(invalid("there is no certificate"));
    }
    let key = PrivateKeyDer::from_pem_slice(key).map_err(invalid)?;
    CertifiedKey::from_der(chain, key, provider).map_err(invalid)
}

fn invalid(error: impl Into<crate::BoxError>) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, error)
}
