//! One GET at a time over HTTP/1.1: bounded in time and size, no redirect followed, a connection each.

use super::error::ManagementError;
use super::options::{ManagementOptions, Target};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http_body_util::{BodyExt, Empty, Limited};
use hyper::body::Bytes;
use hyper::header::{ACCEPT, AUTHORIZATION, HOST, HeaderValue};
use hyper::{Request, StatusCode};
use hyper_util::rt::TokioIo;
use secrecy::{ExposeSecret, SecretString};
use serde::de::DeserializeOwned;
use std::io;
use std::sync::Arc;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName};
use tokio_rustls::rustls::{ClientConfig, RootCertStore};

/// Longest answer read. The longest asked for are the bindings of one exchange, some 150 bytes each.
const ANSWER_BYTES_MAX: usize = 4 * 1024 * 1024;

/// The API, ready to be asked.
pub(in crate::broker) struct Management {
    target: Target,
    tls: Option<TlsConnector>,
}

/// What it answered.
#[derive(Debug)]
pub(in crate::broker) enum Answer<T> {
    /// This.
    Here(T),
    /// There is no such thing.
    NotFound,
    /// The user may not see it.
    Refused,
}

trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}
impl<S: AsyncRead + AsyncWrite + Send + Unpin> Stream for S {}

impl Management {
    /// Prepares; connects nowhere.
    pub(in crate::broker) fn new(options: &ManagementOptions) -> Result<Self, ManagementError> {
        let target = options.target()?;
        let tls = if target.base.scheme() == "https" { Some(connector(&target)?) } else { None };
        Ok(Self { target, tls })
    }

    /// As whom it asks.
    pub(in crate::broker) fn user(&self) -> &str {
        &self.target.login.user
    }

    /// Host and port, for messages.
    pub(in crate::broker) fn place(&self) -> String {
        let Target { host, port, .. } = &self.target;
        if host.contains(':') { format!("[{host}]:{port}") } else { format!("{host}:{port}") }
    }

    /// `GET /api/…`, each segment percent-encoded.
    pub(in crate::broker) async fn get<T: DeserializeOwned>(
        &self, segments: &[&str],
    ) -> Result<Answer<T>, ManagementError> {
        let path = self.path(segments);
        let after = self.target.timeout;
        let asked = timeout(after, self.ask(&path)).await;
        let (status, body) = asked.map_err(|_| ManagementError::Timeout { place: self.place(), after })??;
        match status {
            StatusCode::OK => {}
            StatusCode::NOT_FOUND => return Ok(Answer::NotFound),
            StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN => return Ok(Answer::Refused),
            other => return Err(self.strange(path, format!("status {}", other.as_u16()))),
        }
        // serde_json's own words may quote the answer.
        serde_json::from_slice(&body)
            .map(Answer::Here)
            .map_err(|_| self.strange(path, "something else than the JSON expected".to_owned()))
    }

    /// What is not what the API would answer.
    pub(in crate::broker) fn strange(&self, path: String, what: String) -> ManagementError {
        ManagementError::Strange { place: self.place(), path, what }
    }

    fn path(&self, segments: &[&str]) -> String {
        let mut url = self.target.base.clone();
        if let Ok(mut path) = url.path_segments_mut() {
            path.pop_if_empty().push("api").extend(segments);
        }
        url.path().to_owned()
    }

    async fn ask(&self, path: &str) -> Result<(StatusCode, Bytes), ManagementError> {
        let unreachable =
            |error: io::Error| ManagementError::Unreachable { place: self.place(), source: Arc::new(error) };
        let stream = self.connect().await.map_err(unreachable)?;
        let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream))
            .await
            .map_err(io::Error::other)
            .map_err(unreachable)?;
        let request = self.request(path).map_err(io::Error::other).map_err(unreachable)?;
        let answer = async move {
            let answer = sender.send_request(request).await.map_err(io::Error::other)?;
            let status = answer.status();
            let body = Limited::new(answer.into_body(), ANSWER_BYTES_MAX).collect().await.map_err(io::Error::other)?;
            Ok::<_, io::Error>((status, body.to_bytes()))
        };
        // The connection ends when the sender is gone; an answer that came before its end counts.
        let (answer, _) = tokio::join!(answer, connection);
        answer.map_err(unreachable)
    }

    fn request(&self, path: &str) -> Result<Request<Empty<Bytes>>, hyper::http::Error> {
        let login = &self.target.login;
        let basic = STANDARD.encode(format!("{}:{}", login.user, login.password.expose_secret()));
        let basic = SecretString::from(format!("Basic {basic}"));
        let mut authorization = HeaderValue::from_str(basic.expose_secret())?;
        authorization.set_sensitive(true);
        let request = Request::get(path).header(HOST, self.place()).header(ACCEPT, "application/json");
        request.header(AUTHORIZATION, authorization).body(Empty::new())
    }

    async fn connect(&self) -> io::Result<Box<dyn Stream>> {
        let stream = TcpStream::connect((self.target.host.as_str(), self.target.port)).await?;
        let Some(tls) = &self.tls else { return Ok(Box::new(stream)) };
        let name = ServerName::try_from(self.target.host.clone()).map_err(io::Error::other)?;
        Ok(Box::new(tls.connect(name, stream).await?))
    }
}

/// Trusts the machine's authorities and the extra file's.
fn connector(target: &Target) -> Result<TlsConnector, ManagementError> {
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    if let Some(path) = &target.ca_file {
        let unusable = || ManagementError::CaFile { path: path.clone() };
        let extra = CertificateDer::pem_file_iter(path).and_then(Iterator::collect::<Result<Vec<_>, _>>);
        let (added, _) = roots.add_parsable_certificates(extra.map_err(|_| unusable())?);
        if added == 0 {
            return Err(unusable());
        }
    }
    if roots.is_empty() {
        return Err(ManagementError::NoAuthorities);
    }
    let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(|_| ManagementError::NoAuthorities)?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(TlsConnector::from(Arc::new(config)))
}
