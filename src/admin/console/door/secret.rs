//! Random secrets, and the hashes that are kept of them.

use sha2::{Digest, Sha256};
use uuid::Uuid;

/// What is kept of a secret.
pub(super) type Kept = [u8; 32];

/// A new one, 64 hexadecimal digits: two UUIDs of version 4, 244 bits from the operating system.
pub(super) fn new() -> String {
    format!("{}{}", Uuid::new_v4().simple(), Uuid::new_v4().simple())
}

/// What is kept of it. A hash without salt or stretching: nobody can guess 244 bits.
pub(super) fn kept(secret: &str) -> Kept {
    Sha256::digest(secret.as_bytes()).into()
}
