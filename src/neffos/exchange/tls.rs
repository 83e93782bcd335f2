//! TLS with a broker.

use std::fmt;

use tokio_rustls::rustls::RootCertStore;
use tokio_rustls::rustls::crypto::{CryptoProvider, ring};
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};

use crate::Error;

/// What TLS with a broker goes by.
#[derive(Clone, Default)]
pub(super) struct Tls {
    /// The certificates that are trusted, in place of those that the system trusts.
    pub(super) trusted: Option<Vec<u8>>,
    /// Who we are: certificates and their key.
    pub(super) identity: Option<(Vec<u8>, Vec<u8>)>,
}

impl Tls {
    pub(super) fn trust(&mut self, pem: &[u8]) -> Result<(), Error> {
        roots(pem)?;
        self.trusted = Some(pem.to_vec());
        Ok(())
    }

    pub(super) fn identify(&mut self, certificates: &[u8], key: &[u8]) -> Result<(), Error> {
        identity(certificates, key)?;
        self.identity = Some((certificates.to_vec(), key.to_vec()));
        Ok(())
    }

    /// Returns the settings of a client that knows nothing of PEM.
    #[cfg(feature = "nats")]
    pub(super) fn config(&self) -> Result<tokio_rustls::rustls::ClientConfig, Error> {
        let roots = match &self.trusted {
            Some(pem) => roots(pem)?,
            None => {
                let mut roots = RootCertStore::empty();
                // One that cannot be read is no reason to trust none.
                roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
                roots
            }
        };
        let config =
            tokio_rustls::rustls::ClientConfig::builder_with_provider(ring::default_provider().into())
                .with_safe_default_protocol_versions()
                .map_err(fail)?
                .with_root_certificates(roots);
        Ok(match &self.identity {
            Some((certificates, key)) => {
                let (certificates, key) = identity(certificates, key)?;
                config.with_client_auth_cert(certificates, key).map_err(fail)?
            }
            None => config.with_no_client_auth(),
        })
    }
}

/// Keys are not shown.
impl fmt::Debug for Tls {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tls")
            .field("trusts_the_system", &self.trusted.is_none())
            .field("has_identity", &self.identity.is_some())
            .finish()
    }
}

fn roots(pem: &[u8]) -> Result<RootCertStore, Error> {
    let mut roots = RootCertStore::empty();
    for certificate in certificates(pem)? {
        roots.add(certificate).map_err(fail)?;
    }
    Ok(roots)
}

fn identity(pem: &[u8], key: &[u8]) -> Result<(Vec<CertificateDer<'static>>, PrivateKeyDer<'static>), Error> {
    Ok((certificates(pem)?, PrivateKeyDer::from_pem_slice(key).map_err(fail)?))
}

fn certificates(pem: &[u8]) -> Result<Vec<CertificateDer<'static>>, Error> {
    let certificates: Vec<_> = CertificateDer::pem_slice_iter(pem).collect::<Result<_, _>>().map_err(fail)?;
    if certificates.is_empty() { Err(fail("there is none in the text")) } else { Ok(certificates) }
}

fn fail(error: impl fmt::Display) -> Error {
    Error::app(format!("the certificates for the broker: {error}"))
}

/// Chooses who computes for TLS, where the application has not: a client panics when several are compiled in.
pub(super) fn ready_for_tls() {
    if CryptoProvider::get_default().is_none() {
        // Another thread may have chosen this very moment.
        let _ = ring::default_provider().install_default();
    }
}
