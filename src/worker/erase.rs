//! The rights of a person whom makegood tells: what is held about them, and its erasure at their request.

use time::OffsetDateTime;

use crate::event::PersonId;
use crate::mail::spellings;
use crate::store::{Act, Address, Erased, Erasure, PersonFacts, Store, StoreError};

/// Why nobody was erased.
#[derive(Debug, thiserror::Error)]
pub enum EraseError {
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Nothing names them: a mistyped id would be remembered as erased.
    #[error("nothing is held about {0}: is it the id that the marketplace uses?")]
    Unknown(PersonId),
    /// The log would keep what is to be erased.
    #[error(
        "the reason holds the person's name or address, which the operators' log would keep: name a ticket instead"
    )]
    Named,
    /// What a sender writes down afterwards would bring the address back.
    #[error("{0} to them are being sent at this moment: nothing was changed; try again in a minute")]
    Sending(u64),
}

/// Erases a person; with `rehearse` it is done and undone, and the answer says what it would be. Again is no error: it
/// takes out what has come since.
pub async fn erase(
    store: &dyn Store, person: &PersonId, rehearse: bool, act: &Act, now: OffsetDateTime,
) -> Result<Erased, EraseError> {
    let facts = store.person(person).await?;
    if !(facts.known || facts.named || facts.erased_at.is_some()) {
        return Err(EraseError::Unknown(person.clone()));
    }
    if is_named(&facts, person, &act.reason) || is_named(&facts, person, &act.operator) {
        return Err(EraseError::Named);
    }
    let written = facts.email.as_deref().map(|email| spellings(email).unwrap_or_default()).unwrap_or_default();
    let addresses = written.into_iter().map(Address).collect();
    let erased = store.erase(&Erasure { person: person.clone(), addresses, rehearse }, act, now).await?;
    if erased.sending > 0 { Err(EraseError::Sending(erased.sending)) } else { Ok(erased) }
}

/// Whether a text holds the name or the address. The id may stand there, also where it is the same as the name.
fn is_named(facts: &PersonFacts, person: &PersonId, text: &str) -> bool {
    let holds = |text: &str, word: &Option<String>| {
        let word = word.as_deref().unwrap_or_default().trim().to_lowercase();
        !word.is_empty() && text.to_lowercase().contains(&word)
    };
    holds(text, &facts.email) || holds(&text.replace(person.as_str(), ""), &facts.name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reason_that_names_the_person_is_found() {
        let facts = PersonFacts {
            name: Some("Ada Lovelace".to_owned()),
            email: Some("ada@example.com".to_owned()),
            locale: None,
            time_zone: None,
            known: true,
            own_table: true,
            named: true,
            erased_at: None,
        };
        let person = PersonId::parse("ada").expect("an id");
        for named in ["ADA LOVELACE asked", "mail of Ada@example.com"] {
            assert!(is_named(&facts, &person, named), "{named}");
        }
        assert!(!is_named(&facts, &person, "ticket 4711 about ada"));
    }
}
