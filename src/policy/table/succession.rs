//! Which table may take the place of another while events are under way.

use time::OffsetDateTime;

use super::{Finding, Policy, PolicyVersion};

impl Policy {
    /// What forbids this table to take the place of `before` at `now`: a version that has begun may have decided, so it
    /// must stay as it was, and none may be put before events that have happened. Then an event that is applied in
    /// chunks, or waits, is decided to its end by the version it began with. Versions to come are free.
    pub fn succeeds(&self, before: &Policy, now: OffsetDateTime) -> Vec<Finding> {
        let old: Vec<&PolicyVersion> = begun(before, now).collect();
        let new: Vec<&PolicyVersion> = begun(self, now).collect();
        let lost = old.iter().filter(|version| !new.contains(version)).map(|version| {
            let there = self.versions().iter().any(|other| other.id() == version.id());
            let how = if there { "is changed" } else { "is missing" };
            finding(version, format!(
                "has begun and may have decided, so it must stay as it was, and it {how}: put the change into another version \
                 with a later valid_from"
            ))
        });
        let known = |version: &PolicyVersion| old.iter().any(|other| other.id() == version.id());
        let early = new.iter().filter(|version| !known(version)).map(|version| {
            finding(
                version,
                "begins in the past, among events that are decided already: let it begin later than now".into(),
            )
        });
        lost.chain(early).collect()
    }
}

fn begun(policy: &Policy, now: OffsetDateTime) -> impl Iterator<Item = &PolicyVersion> {
    policy.versions().iter().filter(move |version| version.valid_from() <= now)
}

fn finding(version: &PolicyVersion, message: String) -> Finding {
    Finding { version: Some(version.id().to_owned()), rule: None, message }
}
