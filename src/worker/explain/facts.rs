//! The answer where no event was ever received: what the facts alone say.

use time::OffsetDateTime;

use super::answer::{AUDIT, Answer, Case};
use super::words::{connects, job_end, moment, quoted, span};
use crate::store::SeenProposal;

/// Why nothing happened, by the facts.
pub(super) fn without_event(case: &Case<'_>, proposal: &SeenProposal, now: OffsetDateTime) -> Answer {
    let (Some(state), Some(since)) = (proposal.job_state.as_deref(), proposal.job_since) else {
        let words = format!("job {} of this proposal is not in the marketplace's tables", proposal.job_id);
        return Answer::new("job_unknown", words).and("and no event about it was received");
    };
    let title = proposal.title.as_deref().map_or_else(|| proposal.job_id.clone(), quoted);
    if state == "open" {
        return while_open(proposal, &title, now);
    }
    let (ended, when) = (job_end(state), moment(since));
    let own = moment(proposal.state_since);
    let before = proposal.state_since <= since;
    let earlier = || span(since - proposal.state_since);
    let (spent, left) = case.spent();
    let answer = match proposal.state.as_str() {
        "hired" if before => Answer::new("hired", format!("a contract was made on the proposal on {title} on {own}")),
        "withdrawn" if before => {
            let words = format!(
                "nothing comes back: the proposal on {title} was withdrawn on {own}, {} before {ended} on {when}",
                earlier()
            );
            Answer::new("withdrawn", words)
        }
        "declined" if before && proposal.declined_by.as_deref() == Some("client") && proposal.state_since < since => {
            let words = format!(
                "nothing comes back: the client declined the proposal on {title} on {own}, {} before {ended} on {when}, and \
                 a declined proposal does not return Connects",
                earlier()
            );
            Answer::new("declined_by_client", words)
        }
        _ if spent == 0 => Answer::new("nothing_spent", format!("no Connects were spent on the proposal on {title}")),
        _ if left == 0 => {
            let words =
                format!("everything spent on the proposal on {title} has come back before ({})", connects(spent));
            Answer::new("already_returned", words)
        }
        _ => {
            let words = format!(
                "{} of the proposal on {title} have not come back: {ended} on {when}, but no event about it was ever received",
                connects(left)
            );
            return Answer::new("no_event", words).and(AUDIT);
        }
    };
    answer.and("no event about the end of the job was received")
}

fn while_open(proposal: &SeenProposal, title: &str, now: OffsetDateTime) -> Answer {
    let own = moment(proposal.state_since);
    if proposal.client_suspended == Some(true) {
        let words = format!("the client who posted {title} is suspended, but no event about it was ever received");
        return Answer::new("no_event", words).and(AUDIT);
    }
    match (proposal.state.as_str(), proposal.declined_by.as_deref()) {
        ("hired", _) => Answer::new("hired", format!("a contract was made on the proposal on {title} on {own}")),
        ("withdrawn", _) => {
            let words = format!("the proposal on {title} was withdrawn on {own}, and the post is open");
            Answer::new("open", words).and("withdrawing a proposal does not return Connects")
        }
        ("declined", Some("system")) => {
            let words = format!("the system closed the proposal on {title} on {own}, and the post is open");
            Answer::new("open", words)
                .and(format!("no event about it was received; {AUDIT} if it should return Connects"))
        }
        ("declined", _) => {
            let words = format!("the proposal on {title} was declined on {own}, and the post is open");
            Answer::new("open", words).and("a declined proposal does not return Connects")
        }
        _ => {
            let age = span(now - proposal.submitted_at);
            let words = format!("the post {title} is open: nothing has happened that returns Connects");
            Answer::new("open", words).and(format!("the proposal was submitted {age} ago and is {}", proposal.state))
        }
    }
}
