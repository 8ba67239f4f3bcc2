//! The certificate of the listener, read again when its files change.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::SystemTime;

use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};

use super::console::records;

/// When the files were changed last.
type Changed = [Option<SystemTime>; 2];

/// A certificate and its key, as their files have them.
pub struct Tls {
    certificate: PathBuf,
    key: PathBuf,
    current: Mutex<(Changed, TlsAcceptor)>,
}

impl std::fmt::Debug for Tls {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Tls").field("certificate", &self.certificate).finish_non_exhaustive()
    }
}

impl Tls {
    /// Reads them; else what is wrong.
    pub fn load(certificate: PathBuf, key: PathBuf) -> Result<Arc<Self>, String> {
        let seen = changed(&certificate, &key);
        let acceptor = read(&certificate, &key)?;
        Ok(Arc::new(Self { certificate, key, current: Mutex::new((seen, acceptor)) }))
    }

    /// With the files as they are. New ones that do not fit are said once, and the old ones stay.
    pub(super) fn acceptor(&self) -> TlsAcceptor {
        let mut current = self.current.lock().unwrap_or_else(PoisonError::into_inner);
        let seen = changed(&self.certificate, &self.key);
        if seen != current.0 {
            current.0 = seen;
            match read(&self.certificate, &self.key) {
                Ok(acceptor) => {
                    tracing::info!("the certificate of http.listen was read again");
                    current.1 = acceptor;
                }
                Err(error) => tracing::error!(error, "the certificate of http.listen does not fit: the last one stays"),
            }
        }
        current.1.clone()
    }
}

fn changed(certificate: &Path, key: &Path) -> Changed {
    [certificate, key].map(|path| std::fs::metadata(path).and_then(|file| file.modified()).ok())
}

fn read(certificate: &Path, key: &Path) -> Result<TlsAcceptor, String> {
    let wrong = |path: &Path, why: &dyn std::fmt::Display| format!("{}: {why}", path.display());
    let chain: Result<Vec<_>, _> = CertificateDer::pem_file_iter(certificate).and_then(Iterator::collect);
    let chain = chain.map_err(|error| wrong(certificate, &error))?;
    records::check_mode(key).map_err(|why| wrong(key, &why))?;
    let private = PrivateKeyDer::from_pem_file(key).map_err(|error| wrong(key, &error))?;
    let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .and_then(|builder| builder.with_no_client_auth().with_single_cert(chain, private));
    let mut config = config.map_err(|error| wrong(certificate, &error))?;
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(TlsAcceptor::from(Arc::new(config)))
}
