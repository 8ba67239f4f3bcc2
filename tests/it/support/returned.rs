//! Messages that come back, as several mail servers write them.

use std::path::Path;

/// `tests/bounces/NAME.eml` about the letter of this Message-ID (without brackets) to this address.
pub fn sample(name: &str, letter: &str, address: &str) -> Vec<u8> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/bounces").join(format!("{name}.eml"));
    let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    text.replace("{letter}", letter).replace("{address}", address).into_bytes()
}
