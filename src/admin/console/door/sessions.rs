//! Sessions: in the memory of this process, a few of each user, none for ever. A restart ends them all.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use time::OffsetDateTime;

use super::secret::{self, Kept};

/// Most sessions in all: a team of a hundred with all they are allowed.
const SESSIONS_MAX: usize = 500;
/// Most of one user; the one that was idle for longest ends with the next.
const SESSIONS_OF_USER_MAX: usize = 5;

/// How long one lives.
#[derive(Debug, Clone, Copy)]
pub struct SessionLimits {
    /// Without a request.
    pub idle: Duration,
    /// In all.
    pub longest: Duration,
}

/// What is known of one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Session {
    /// Whose.
    pub(super) user: String,
    /// Hash of the record they logged in with: another password, another role, and it has ended.
    pub(super) record: Kept,
    /// What forms give back.
    pub(super) csrf: String,
    begun: OffsetDateTime,
    seen: OffsetDateTime,
}

/// All of them. By the hash of their id, which only the browser has.
#[derive(Debug)]
pub(super) struct Sessions {
    limits: SessionLimits,
    all: Mutex<HashMap<Kept, Session>>,
}

impl Sessions {
    pub(super) fn new(limits: SessionLimits) -> Self {
        Self { limits, all: Mutex::default() }
    }

    /// Begins one; its id is for the browser alone.
    pub(super) fn begin(&self, user: &str, record: Kept, now: OffsetDateTime) -> String {
        let id = secret::new();
        let session = Session { user: user.to_owned(), record, csrf: secret::new(), begun: now, seen: now };
        let mut all = self.all.lock().unwrap_or_else(PoisonError::into_inner);
        all.retain(|_, session| self.lives(session, now));
        let of_user = all.values().filter(|session| session.user == user).count();
        if of_user >= SESSIONS_OF_USER_MAX {
            end_idlest(&mut all, |session| session.user == user);
        } else if all.len() >= SESSIONS_MAX {
            end_idlest(&mut all, |_| true);
        }
        all.insert(secret::kept(&id), session);
        id
    }

    /// The session of this id, if it lives; from now on it is idle anew.
    pub(super) fn find(&self, id: &str, now: OffsetDateTime) -> Option<Session> {
        let key = secret::kept(id);
        let mut all = self.all.lock().unwrap_or_else(PoisonError::into_inner);
        let session = all.get_mut(&key)?;
        if !self.lives(session, now) {
            all.remove(&key);
            return None;
        }
        session.seen = session.seen.max(now);
        Some(session.clone())
    }

    /// Ends one.
    pub(super) fn end(&self, id: &str) {
        self.all.lock().unwrap_or_else(PoisonError::into_inner).remove(&secret::kept(id));
    }

    fn lives(&self, session: &Session, now: OffsetDateTime) -> bool {
        now < session.seen + self.limits.idle && now < session.begun + self.limits.longest
    }
}

fn end_idlest(all: &mut HashMap<Kept, Session>, of: impl Fn(&Session) -> bool) {
    let idlest = all.iter().filter(|(_, session)| of(session)).min_by_key(|(_, session)| session.seen);
    if let Some(key) = idlest.map(|(key, _)| *key) {
        all.remove(&key);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::datetime;

    const BEGIN: OffsetDateTime = datetime!(2026-11-26 8:00 UTC);

    fn sessions() -> Sessions {
        Sessions::new(SessionLimits { idle: Duration::from_secs(1_800), longest: Duration::from_secs(43_200) })
    }

    #[test]
    fn an_idle_session_ends_and_a_used_one_ends_at_last() {
        let sessions = sessions();
        let (one, other) = (sessions.begin("ana", [1; 32], BEGIN), sessions.begin("ana", [1; 32], BEGIN));
        assert_ne!(one, other);
        let mut now = BEGIN;
        for _ in 0..24 {
            now += Duration::from_secs(1_799);
            assert_eq!(sessions.find(&one, now).expect("used").user, "ana");
        }
        assert_eq!(sessions.find(&other, now), None, "idle for too long");
        assert_eq!(sessions.find(&one, BEGIN + Duration::from_secs(43_200)), None, "used, and over");
        assert_eq!(sessions.find(&one, BEGIN), None, "what has ended does not come back with the clock");
    }

    #[test]
    fn an_id_is_known_whole_or_not_at_all_and_ends_when_told() {
        let sessions = sessions();
        let id = sessions.begin("ana", [1; 32], BEGIN);
        assert_eq!(id.len(), 64);
        for wrong in ["", &id[1..], &id.to_uppercase(), &format!("{id} ")] {
            assert_eq!(sessions.find(wrong, BEGIN), None, "{wrong:?}");
        }
        assert!(!format!("{sessions:?}").contains(&id), "only a hash is kept");
        sessions.end(&id);
        assert_eq!(sessions.find(&id, BEGIN), None);
    }

    #[test]
    fn they_are_few_and_the_idlest_goes_first() {
        let sessions = sessions();
        let at = |seconds: u64| BEGIN + Duration::from_secs(seconds);
        let ids: Vec<String> = (0..5).map(|n| sessions.begin("ana", [1; 32], at(n))).collect();
        assert!(sessions.find(&ids[0], at(10)).is_some());
        let sixth = sessions.begin("ana", [1; 32], at(11));
        assert_eq!(sessions.find(&ids[1], at(12)), None, "the idlest");
        assert!(sessions.find(&ids[0], at(12)).is_some() && sessions.find(&sixth, at(12)).is_some());
        for n in 0..2 * SESSIONS_MAX {
            sessions.begin(&format!("user{n}"), [1; 32], at(20));
        }
        let all = sessions.all.lock().expect("a lock");
        assert_eq!(all.len(), SESSIONS_MAX);
    }
}
