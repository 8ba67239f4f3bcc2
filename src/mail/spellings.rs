//! The ways in which one address may stand in the marketplace's facts. No error here ever shows one.

use super::address::{AddressError, normalise_address};

/// The address with its domain in ASCII and, where that says something else, in the letters of its language: both may
/// stand in the facts, and a list of addresses that is compared by a database must hold both.
pub fn spellings(address: &str) -> Result<Vec<String>, AddressError> {
    let ascii = normalise_address(address)?;
    let Some((local, domain)) = ascii.rsplit_once('@') else { return Err(AddressError::Shape) };
    let (unicode, readable) = idna::domain_to_unicode(domain);
    let other = format!("{local}@{unicode}");
    let different = readable.is_ok() && other != ascii;
    Ok(if different { vec![ascii, other] } else { vec![ascii] })
}

/// An address as people may see it who need not know whose it is: the first letter, and the domain.
pub fn masked(address: &str) -> String {
    let (local, domain) = address.rsplit_once('@').unwrap_or((address, "…"));
    let first: String = local.chars().take(1).collect();
    format!("{first}…@{domain}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_domain_of_letters_is_spelled_both_ways() {
        let both = ["ana@xn--bcher-kva.example".to_owned(), "ana@bücher.example".to_owned()];
        assert_eq!(spellings("ana@bücher.example").expect("an address"), both);
        assert_eq!(spellings("ana@XN--BCHER-KVA.example").expect("an address"), both);
        assert_eq!(spellings(" Ana@Example.com ").expect("an address"), ["Ana@example.com"]);
        assert_eq!(spellings("nobody"), Err(AddressError::Shape));
    }

    #[test]
    fn a_mask_shows_the_domain_and_a_letter() {
        assert_eq!(masked("ana.berg@example.com"), "a…@example.com");
        assert_eq!(masked("örn@example.com"), "ö…@example.com");
        assert_eq!(masked("broken"), "b…@…");
    }
}
