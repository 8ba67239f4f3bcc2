//! Doors for `fuzz/` and the replay of its corpus: what is private here and reads foreign bytes. In no release build.

use super::smtp;
use super::transport::Receipt;

/// What becomes of a mail to `local` at some domain, when the server answers `code` (400 to 599) and `reply`.
pub fn refused(code: u16, reply: &str, local: &str, at_rcpt: bool) -> Receipt {
    smtp::refused(code, reply, local, at_rcpt)
}
