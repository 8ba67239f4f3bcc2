//! E-mail addresses as they may stand in an envelope. No error and no `Debug` here ever shows one.

use super::text::is_invisible;

/// Longest address in bytes: an RFC 5321 path is 256 with its angle brackets (§4.5.3.1.3).
const ADDRESS_BYTES_MAX: usize = 254;

/// Longest part before the `@` in bytes (RFC 5321 §4.5.3.1.1).
const LOCAL_BYTES_MAX: usize = 64;

/// Why a text is no address makegood sends to. Says what is wrong, never with what.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AddressError {
    /// Nothing there, or no `@` with something on both sides.
    #[error("an address is name@domain")]
    Shape,
    /// Too long for an SMTP path.
    #[error("an address has at most {ADDRESS_BYTES_MAX} bytes, {LOCAL_BYTES_MAX} of them before the @")]
    TooLong,
    /// A control, invisible or direction-changing character: the stuff of smuggled commands.
    #[error("the address holds a control or invisible character")]
    Control,
    /// The part before the `@`.
    #[error("the part before the @ is no dot-atom (RFC 5321 §4.1.2)")]
    Local,
    /// The part after the `@`.
    #[error("the part after the @ is no domain name")]
    Domain,
}

/// The address in the one form used to compare, to suppress and to send: the domain in lower-case ASCII (IDNA), the
/// local part as it is, since only its own server may know that case does not matter.
///
/// Quoted local parts and domain literals (`a@[127.0.0.1]`) are refused: nobody's real address, many an attack's.
pub fn normalise_address(text: &str) -> Result<String, AddressError> {
    if text.chars().any(|c| c.is_control() || is_invisible(c)) {
        return Err(AddressError::Control);
    }
    let (local, domain) = text.trim().rsplit_once('@').ok_or(AddressError::Shape)?;
    if local.is_empty() || domain.is_empty() {
        return Err(AddressError::Shape);
    }
    if local.len() > LOCAL_BYTES_MAX {
        return Err(AddressError::TooLong);
    }
    if !local.split('.').all(is_atom) {
        return Err(AddressError::Local);
    }
    let domain = normalise_domain(domain)?;
    let address = format!("{local}@{domain}");
    if address.len() > ADDRESS_BYTES_MAX {
        return Err(AddressError::TooLong);
    }
    address.parse::<lettre::Address>().map_err(|_| AddressError::Local)?;
    Ok(address)
}

/// The domain of an address in lower-case ASCII; `None` where mail could not go to it.
pub fn domain_of(address: &str) -> Option<String> {
    let address = normalise_address(address).ok()?;
    address.rsplit_once('@').map(|(_, domain)| domain.to_owned())
}

/// A domain name in lower-case ASCII.
pub(super) fn normalise_domain(domain: &str) -> Result<String, AddressError> {
    let ascii = idna::domain_to_ascii_strict(domain).map_err(|_| AddressError::Domain)?;
    let shaped = ascii.split('.').all(|label| !label.is_empty()) && !ascii.is_empty();
    if shaped { Ok(ascii) } else { Err(AddressError::Domain) }
}

/// `atext` of RFC 5322 §3.2.3, with the letters of RFC 6531.
fn is_atom(atom: &str) -> bool {
    let fits = |c: char| {
        c.is_ascii_alphanumeric() || "!#$%&'*+-/=?^_`{|}~".contains(c) || (!c.is_ascii() && !c.is_whitespace())
    };
    !atom.is_empty() && atom.chars().all(fits)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_has_one_form() {
        let same = |text: &str| normalise_address(text).expect("an address");
        assert_eq!(same("Ana.Berg+x@EXAMPLE.com"), "Ana.Berg+x@example.com");
        assert_eq!(same(" ana@bücher.example "), "ana@xn--bcher-kva.example");
        assert_eq!(same("jörg@example.com"), "jörg@example.com");
        assert_eq!(same("a@localhost"), "a@localhost");
        assert_eq!(domain_of("ana@BÜCHER.example").as_deref(), Some("xn--bcher-kva.example"));
        assert_eq!(domain_of("ana"), None);
    }

    #[test]
    fn what_could_end_a_command_is_no_address() {
        use AddressError::*;
        for (text, error) in [
            ("", Shape),
            ("ana", Shape),
            ("@example.com", Shape),
            ("ana@", Shape),
            ("a@b\r\nRCPT TO:<x@y>", Control),
            ("a\0b@example.com", Control),
            ("a\u{202E}b@example.com", Control),
            ("a b@example.com", Local),
            ("a..b@example.com", Local),
            ("a>b@example.com", Local),
            ("\"a b\"@example.com", Local),
            ("<a@example.com", Local),
            ("a@[127.0.0.1]", Domain),
            ("a@exa mple.com", Domain),
            ("a@example.com>", Domain),
            ("a@ex..com", Domain),
            ("a@b@example.com", Local),
        ] {
            let refused = normalise_address(text).expect_err(text);
            assert_eq!(refused, error, "{text:?}");
            assert!(text.len() < 4 || !format!("{refused} {refused:?}").contains(text));
        }
        assert_eq!(normalise_address(&format!("{}@example.com", "a".repeat(65))), Err(TooLong));
        assert_eq!(normalise_address(&format!("a@{}com", "a23456789.".repeat(26))), Err(Domain));
    }
}
