//! The private key of a signature, read from PEM: RSA (PKCS #8 or PKCS #1) or Ed25519 (PKCS #8). Never shown.

use std::sync::Arc;

use ring::rand::SystemRandom;
use ring::signature::{Ed25519KeyPair, RSA_PKCS1_SHA256, RsaKeyPair};
use tokio_rustls::rustls::pki_types::PrivateKeyDer;
use tokio_rustls::rustls::pki_types::pem::PemObject;

/// Why a text is no key to sign with. Says what is wrong and never quotes the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// No PEM block that holds a private key.
    #[error("holds no private key in PEM form (-----BEGIN PRIVATE KEY-----)")]
    NoKey,
    /// A password is needed.
    #[error("is encrypted: makegood has no password for it; keep the file readable to the daemon alone instead")]
    Encrypted,
    /// DKIM has no signature for it.
    #[error("is neither an RSA nor an Ed25519 key, and DKIM knows no other")]
    Kind,
    /// RFC 8301 §3.2; and longer ones do not fit what receivers read.
    #[error("is no sound RSA key of 2048 to 4096 bits")]
    Rsa,
}

/// A key that signs. `Debug` shows its kind.
#[derive(Clone)]
pub(super) enum Key {
    Rsa(Arc<RsaKeyPair>),
    Ed25519(Arc<Ed25519KeyPair>),
}

impl std::fmt::Debug for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.algorithm())
    }
}

impl Key {
    pub(super) fn parse(pem: &str) -> Result<Self, KeyError> {
        if pem.contains("ENCRYPTED") {
            return Err(KeyError::Encrypted);
        }
        match PrivateKeyDer::from_pem_slice(pem.as_bytes()).map_err(|_| KeyError::NoKey)? {
            PrivateKeyDer::Pkcs1(der) => RsaKeyPair::from_der(der.secret_pkcs1_der()).map(Self::rsa),
            PrivateKeyDer::Pkcs8(der) => {
                let der = der.secret_pkcs8_der();
                // Without its public half (version 1), as openssl writes it, too.
                if let Ok(key) = Ed25519KeyPair::from_pkcs8_maybe_unchecked(der) {
                    return Ok(Self::Ed25519(Arc::new(key)));
                }
                if !is_rsa(der) {
                    return Err(KeyError::Kind);
                }
                RsaKeyPair::from_pkcs8(der).map(Self::rsa)
            }
            _ => return Err(KeyError::Kind),
        }
        .map_err(|_| KeyError::Rsa)
    }

    fn rsa(key: RsaKeyPair) -> Self {
        Self::Rsa(Arc::new(key))
    }

    /// As in the tag `a=`.
    pub(super) fn algorithm(&self) -> &'static str {
        match self {
            Key::Rsa(_) => "rsa-sha256",
            Key::Ed25519(_) => "ed25519-sha256",
        }
    }

    /// The signature of `text`. `None` where ring refuses, which it does for no key it has read.
    pub(super) fn sign(&self, text: &[u8]) -> Option<Vec<u8>> {
        use sha2::{Digest, Sha256};
        match self {
            Key::Rsa(key) => {
                let mut signature = vec![0; key.public().modulus_len()];
                // The random numbers blind the computation against timing; this signature itself has none in it.
                key.sign(&RSA_PKCS1_SHA256, &SystemRandom::new(), text, &mut signature).ok()?;
                Some(signature)
            }
            // RFC 8463 §3: the hash is what is signed.
            Key::Ed25519(key) => Some(key.sign(&Sha256::digest(text)).as_ref().to_vec()),
        }
    }
}

/// The object identifier rsaEncryption (1.2.840.113549.1.1.1) stands near the start.
fn is_rsa(der: &[u8]) -> bool {
    const OID: [u8; 11] = [0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01];
    der.windows(OID.len()).take(32).any(|window| window == OID)
}
