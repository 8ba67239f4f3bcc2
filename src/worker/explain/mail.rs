//! What became of the mail about a decision, in a sentence.

use super::words::moment;
use crate::store::{Dossier, SeenDecision, SeenNotice};

/// What the submitter was told of a decision.
pub(super) fn of_decision(dossier: &Dossier, decision: &SeenDecision) -> String {
    let to = |notice: &&SeenNotice| notice.event_no == decision.event_no && notice.person_id == decision.person_id;
    dossier.notices.iter().find(to).map_or_else(|| "the mail about it is not in the outbox".to_owned(), of_notice)
}

/// What became of a notice.
pub(super) fn of_notice(notice: &SeenNotice) -> String {
    let code = notice.code.as_deref().unwrap_or("no code");
    let settled = notice.settled_at.map_or_else(String::new, |at| format!(" on {}", moment(at)));
    match notice.state.as_str() {
        "sent" => format!("the mail about it was sent{settled}"),
        "pending" if notice.due_at.is_none() => {
            "the mail about it leaves when its event has told all it has to tell".to_owned()
        }
        "pending" | "leased" => "the mail about it is on its way".to_owned(),
        "deferred" => {
            let due = notice.due_at.map_or_else(String::new, |at| format!(", next on {}", moment(at)));
            format!("the mail about it was put off ({code}) and is tried again{due}")
        }
        "undeliverable" => format!("no mail was sent: there is no address that mail can go to ({code})"),
        "suppressed" => "no mail was sent: the address is on the suppression list".to_owned(),
        "unknown" => format!("the mail about it may or may not have arrived ({code}){settled}"),
        "withheld" => format!("the mail about it is kept back ({code})"),
        "failed" => format!("the mail about it could not be delivered ({code}){settled}"),
        other => format!("the mail about it is {other}"),
    }
}
