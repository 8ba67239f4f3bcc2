//! Doors for `fuzz/` and the replay of its corpus: what is private here and reads foreign bytes. In no release build.

use std::collections::BTreeMap;
use std::io;

use lapin::BasicProperties;

use super::{Death, convert, death, sieve};

/// What lapin is given when the server sends these chunks.
pub fn sieved<'a>(chunks: impl IntoIterator<Item = &'a [u8]>) -> io::Result<Vec<u8>> {
    sieve::sieved(chunks)
}

/// The headers of a message with these properties.
pub fn headers(properties: &BasicProperties) -> BTreeMap<String, String> {
    convert::all_headers(properties)
}

/// What the broker says of its death.
pub fn death(properties: &BasicProperties) -> Option<Death> {
    properties.headers().as_ref().and_then(death::read)
}
