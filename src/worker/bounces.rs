//! What becomes of a message that came back: one path for the command and for HTTP.
//!
//! Nothing that stands in such a message is believed: it must name a letter of ours, and whom it speaks of must be the
//! present address of that letter's reader. Otherwise it is written down at most.

use std::sync::Arc;
use std::time::Duration;

use time::OffsetDateTime;
use uuid::Uuid;

use super::verdict::suppress_until;
use crate::clock::Clock;
use crate::mail::{Complaint, Delivery, LetterId, Meaning, Says, normalise_address, read_returned};
use crate::store::{Address, BounceEntry, BounceKind, Bounced, Store, StoreError, SuppressionCause};
use crate::telemetry::facts;

/// Where messages that came back are taken in.
#[derive(Debug, Clone)]
pub struct Returns {
    /// The notices and the suppression list.
    pub store: Arc<dyn Store>,
    /// What time it is.
    pub clock: Arc<dyn Clock>,
    /// Right side of our Message-IDs.
    pub message_id_domain: String,
    /// How long a mailbox that does not exist gets no mail.
    pub suppress_for: Duration,
}

/// What was done about a message, or about one recipient of a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Treatment {
    /// Written down.
    Recorded,
    /// The same had been written down before.
    Known,
    /// Understood, and nothing to be done.
    Ignored,
    /// Not understood, or about nothing of ours: somebody should look at it.
    Refused,
}

impl Treatment {
    /// Stable name.
    pub fn as_str(self) -> &'static str {
        match self {
            Treatment::Recorded => "recorded",
            Treatment::Known => "known",
            Treatment::Ignored => "ignored",
            Treatment::Refused => "refused",
        }
    }
}

/// What became of a message, or of one recipient of a report.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Taken {
    /// What was done.
    pub treatment: Treatment,
    /// Stable code of why.
    pub code: &'static str,
    /// The notice it is about.
    pub notice: Option<Uuid>,
    /// The notice has failed by it.
    pub failed: bool,
    /// The address gets no mail any more by it.
    pub suppressed: bool,
    /// Status and the server's words, or what is wrong with the message; without addresses.
    pub words: Option<String>,
}

impl Taken {
    fn new(treatment: Treatment, code: &'static str, notice: Option<Uuid>) -> Taken {
        Taken { treatment, code, notice, failed: false, suppressed: false, words: None }
    }
}

impl Returns {
    /// Takes one message in; never empty. `dry_run` says what would become of it.
    pub async fn take(&self, bytes: &[u8], dry_run: bool) -> Result<Vec<Taken>, StoreError> {
        let taken = self.read(bytes, dry_run).await?;
        if !dry_run {
            for one in &taken {
                let notice = one.notice.map(|id| id.to_string());
                let outcome = one.treatment.as_str();
                facts::mail_returned(notice.as_deref(), outcome, one.code, one.failed, one.suppressed);
            }
        }
        Ok(taken)
    }

    async fn read(&self, bytes: &[u8], dry_run: bool) -> Result<Vec<Taken>, StoreError> {
        let returned = match read_returned(bytes, &self.message_id_domain) {
            Ok(returned) => returned,
            Err(error) => {
                let words = Some(error.to_string());
                return Ok(vec![Taken { words, ..Taken::new(Treatment::Refused, error.code(), None) }]);
            }
        };
        let entries: Vec<Came> = match &returned.says {
            Says::AutoReply => return Ok(vec![Taken::new(Treatment::Ignored, "auto_reply", None)]),
            Says::OtherFeedback => return Ok(vec![Taken::new(Treatment::Ignored, "other_feedback", None)]),
            Says::Complaint(complaint) => vec![Came::Complaint(complaint)],
            Says::Delivery(deliveries) => deliveries.iter().map(Came::Delivery).collect(),
        };
        let Some(letter) = returned.letter else {
            let words = Some("it names no letter of ours".to_owned());
            return Ok(vec![Taken { words, ..Taken::new(Treatment::Refused, "not_ours", None) }]);
        };
        let mut taken = Vec::with_capacity(entries.len());
        for came in entries {
            taken.push(self.record(letter, came, dry_run).await?);
        }
        Ok(taken)
    }

    /// Writes one of them down.
    async fn record(&self, letter: LetterId, came: Came<'_>, dry_run: bool) -> Result<Taken, StoreError> {
        let id = Some(letter.notice);
        if let Came::Delivery(delivery) = came
            && delivery.meaning() == Meaning::Fine
        {
            return Ok(Taken::new(Treatment::Ignored, delivery.action.as_str(), id));
        }
        let Some(notice) = self.store.bounced_notice(letter.notice).await? else {
            let words = Some("there is no such notice".to_owned());
            return Ok(Taken { words, ..Taken::new(Treatment::Refused, "notice_unknown", id) });
        };
        let now = self.clock.now();
        let reader = notice.address.filter(|address| is_among(address, came.addresses()));
        let last = letter.resends == notice.resends;
        let entry = self.entry(letter, came, reader, last, now);
        let taken = match self.store.bounce(&entry, dry_run, now).await? {
            Bounced::Known => Taken::new(Treatment::Known, entry.code, id),
            Bounced::Full => Taken::new(Treatment::Ignored, "too_many", id),
            Bounced::Recorded { failed, suppressed } => {
                Taken { failed, suppressed, ..Taken::new(Treatment::Recorded, entry.code, id) }
            }
        };
        Ok(Taken { words: entry.words, ..taken })
    }

    /// What to write down. `reader`: the address of the letter's reader, if it is the one that came back. A letter that
    /// was sent again since tells nothing about the mailbox of today.
    fn entry(
        &self, letter: LetterId, came: Came<'_>, reader: Option<Address>, last: bool, now: OffsetDateTime,
    ) -> BounceEntry {
        let stranger = reader.is_none();
        match came {
            Came::Complaint(complaint) => BounceEntry {
                notice: letter.notice,
                kind: BounceKind::Complaint,
                code: if stranger { "address_mismatch" } else { "complaint" },
                words: None,
                digest: complaint.digest,
                fails: None,
                suppress: reader.map(|address| (address, SuppressionCause::Complaint, None)),
            },
            Came::Delivery(delivery) => {
                let meaning = delivery.meaning();
                let bad = reader.filter(|_| meaning == Meaning::BadMailbox && last);
                let until = Some(suppress_until(now, self.suppress_for));
                BounceEntry {
                    notice: letter.notice,
                    kind: BounceKind::Bounce,
                    code: match meaning {
                        _ if stranger => "address_mismatch",
                        Meaning::Delayed => "delayed",
                        _ => "bounced",
                    },
                    words: Some(delivery.words.clone()),
                    digest: delivery.digest,
                    fails: (!stranger && meaning != Meaning::Delayed).then_some(letter.resends),
                    suppress: bad.map(|address| (address, SuppressionCause::BadMailbox, until)),
                }
            }
        }
    }
}

/// What came back about one recipient.
#[derive(Clone, Copy)]
enum Came<'a> {
    Delivery(&'a Delivery),
    Complaint(&'a Complaint),
}

impl Came<'_> {
    fn addresses(&self) -> &[String] {
        match self {
            Came::Delivery(delivery) => &delivery.addresses,
            Came::Complaint(complaint) => &complaint.addresses,
        }
    }
}

/// Whether the address, as it stands in the facts, is one of these, which are normalised. Case counts in neither part:
/// servers write back what they please.
fn is_among(address: &Address, normalised: &[String]) -> bool {
    let Ok(address) = normalise_address(&address.0) else { return false };
    normalised.iter().any(|known| known.to_lowercase() == address.to_lowercase())
}
