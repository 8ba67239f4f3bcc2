//! Passwords: what is taken for one, what is kept of it, and how one that is given is compared.
//!
//! Argon2id with the parameters that OWASP names first (Password Storage Cheat Sheet: 19 MiB, two passes, one lane);
//! what a file brings from elsewhere must be as strong as the weakest that it names, and not so dear that a login
//! could exhaust the machine.

use argon2::password_hash::phc::PasswordHash;
use argon2::{Algorithm, Argon2, Params, PasswordHasher, PasswordVerifier, Version};

/// Fewest characters: NIST SP 800-63B-4 has 15 where the password stands alone, ASVS 5.0, 6.2.1, has 8; here logins
/// are limited.
const CHARS_MIN: usize = 12;
/// Most characters.
const CHARS_MAX: usize = 128;
/// KiB of memory: OWASP's first choice.
const MEMORY: u32 = 19_456;
/// Passes: OWASP's first choice.
const PASSES: u32 = 2;
/// KiB of memory that a hash in the file must take at least: OWASP's leanest choice, with five passes.
const MEMORY_MIN: u32 = 7_168;
/// KiB times passes that it must take at least: the same choice.
const WORK_MIN: u32 = 7_168 * 5;
/// KiB of memory that it may take at most: two at a time, and the daemon has to live beside them.
const MEMORY_MAX: u32 = 131_072;
/// Passes at most.
const PASSES_MAX: u32 = 16;
/// Words of the house that make no password.
const OBVIOUS: [&str; 6] = ["makegood", "password", "passwort", "motdepasse", "administrator", "changeme"];

/// A hash of the right shape of a password nobody has: what a name that is not known is compared with, so that the
/// answer takes the same time.
pub(super) const NOBODY: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$bm9ib2R5IGlzIGhlcmUgIQ$nQyRkDl9oiT7Hj6lD1ZJ0bm0vZ2yTqJ1kq0m8X0QmYI";

/// What is wrong with a password; there is no rule about kinds of characters (NIST SP 800-63B-4, 3.1.1.2).
pub fn rule(password: &str, name: &str) -> Result<(), String> {
    let chars = password.chars().count();
    if !(CHARS_MIN..=CHARS_MAX).contains(&chars) {
        return Err(format!("a password of {CHARS_MIN} to {CHARS_MAX} characters is expected"));
    }
    if password.chars().any(char::is_control) {
        return Err("a password without control characters is expected".to_owned());
    }
    let lower = password.to_lowercase();
    let words = OBVIOUS.into_iter().chain(Some(name).filter(|name| name.len() > 2));
    let rest = words.fold(lower, |rest, word| rest.replace(&word.to_lowercase(), ""));
    let mut telling: Vec<char> = rest.chars().filter(|c| c.is_alphanumeric() && !c.is_ascii_digit()).collect();
    telling.sort_unstable();
    telling.dedup();
    if telling.len() < 4 {
        return Err(
            "it can be guessed: it is little more than a name, digits, or one character again and again".to_owned()
        );
    }
    Ok(())
}

/// What is kept of a password.
pub fn hash(password: &str) -> Result<String, String> {
    let params = Params::new(MEMORY, PASSES, 1, None).map_err(|error| error.to_string())?;
    let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
    Ok(argon2.hash_password(password.as_bytes()).map_err(|error| error.to_string())?.to_string())
}

/// The password is the one that was kept. Takes as long, and as much memory, as the parameters in `kept` say.
pub(super) fn verify(password: &str, kept: &str) -> bool {
    let Ok(hash) = PasswordHash::new(kept) else { return false };
    Argon2::default().verify_password(password.as_bytes(), &hash).is_ok()
}

/// What is wrong with what is kept.
pub(super) fn check(kept: &str) -> Result<(), String> {
    let hash = PasswordHash::new(kept).map_err(|_| "no hash in PHC form ($argon2id$…)".to_owned())?;
    if hash.algorithm.as_str() != "argon2id" || hash.version.is_some_and(|version| version != 0x13) {
        return Err("argon2id, version 19, is expected".to_owned());
    }
    if hash.salt.is_none() || hash.hash.is_none() {
        return Err("a hash with its salt is expected".to_owned());
    }
    let params = Params::try_from(&hash).map_err(|error| error.to_string())?;
    let (memory, passes) = (params.m_cost(), params.t_cost());
    if memory < MEMORY_MIN || memory.saturating_mul(passes) < WORK_MIN {
        return Err(format!("weaker than OWASP allows (m={MEMORY}, t={PASSES}, p=1 is what makegood writes)"));
    }
    if memory > MEMORY_MAX || passes > PASSES_MAX {
        return Err(format!("dearer than a login may be (at most m={MEMORY_MAX}, t={PASSES_MAX})"));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_long_and_says_something() {
        for good in ["correct horse battery", "ünïcödé pässwörter", "12 Affen und 1 Esel", &"abcdefgh".repeat(16)]
        {
            assert_eq!(rule(good, "ana"), Ok(()), "{good}");
        }
        let bad = [
            "short",
            "eleven char",
            "makegood2026",
            "ana123456789",
            "aaaaaaaaaaaaaaaa",
            "1234567890123",
            "pass\tword and more",
        ];
        for bad in bad.into_iter().chain(Some("abcdefgh".repeat(17).as_str())) {
            assert!(rule(bad, "ana").is_err(), "{bad}");
        }
    }

    #[test]
    fn what_is_kept_is_argon2id_as_owasp_names_it() {
        let kept = hash("correct horse battery").expect("hashed");
        assert!(kept.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{kept}");
        assert_ne!(kept, hash("correct horse battery").expect("hashed"), "each has a salt of its own");
        assert_eq!((check(&kept), check(NOBODY)), (Ok(()), Ok(())));
        assert!(verify("correct horse battery", &kept));
        assert!(!verify("correct horse batterY", &kept) && !verify("", &kept) && !verify("", NOBODY));
    }

    #[test]
    fn what_is_weak_or_too_dear_is_refused() {
        let with = |params: &str| NOBODY.replace("m=19456,t=2,p=1", params);
        for good in ["m=47104,t=1,p=1", "m=12288,t=3,p=1", "m=9216,t=4,p=1", "m=7168,t=5,p=1", "m=65536,t=3,p=4"] {
            assert_eq!(check(&with(good)), Ok(()), "{good}");
        }
        for bad in ["m=4096,t=16,p=1", "m=19456,t=1,p=1", "m=1048576,t=2,p=1", "m=19456,t=99,p=1"] {
            assert!(check(&with(bad)).is_err(), "{bad}");
        }
        for bad in ["", "secret", "$2b$12$abcdefghijklmnopqrstuv", &NOBODY.replace("argon2id", "argon2i")] {
            assert!(check(bad).is_err(), "{bad}");
        }
    }
}
