//! What an operator may do about a letter, a replay or a notice, and what to type for it.

use crate::store::{DeadClass, Letter, LetterState, NoticeState, NoticeSummary, Replay, ReplayState};

/// What to do next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Next {
    /// Why it stands as it does, and what there is to decide.
    pub why: &'static str,
    /// What to type, indented; none: nothing is to be done.
    pub commands: Vec<String>,
}

impl Next {
    fn of(why: &'static str, commands: Vec<String>) -> Self {
        Self { why, commands }
    }

    /// The sentence, then the commands.
    pub fn lines(self) -> Vec<String> {
        std::iter::once(self.why.to_owned()).chain(self.commands).collect()
    }
}

/// What to do, and what to type for it. Ids of others are not put into a command: a shell would read them.
pub fn letter_next(letter: &Letter) -> Next {
    let id = letter.summary.id;
    let replay = format!("  makegood dlq plan {id}, then makegood dlq replay {id} --reason '…'");
    let discard = format!("  makegood dlq discard {id} --reason '…'");
    let patch = format!(
        "  makegood dlq show {id} --raw > event.json, edit it, makegood dlq replay {id} --patch event.json --reason '…'"
    );
    match letter.summary.state {
        LetterState::Resolved => return Next::of("nothing is left to do: it was applied", Vec::new()),
        LetterState::Discarded => {
            let restore = format!("  makegood dlq restore {id} --reason '…'");
            return Next::of("it is in the archive; to open it again:", vec![restore]);
        }
        LetterState::Trial => {
            return Next::of("a running daemon tries it alone; then it is resolved, or open", Vec::new());
        }
        LetterState::Open => {}
    }
    if !letter.is_whole() {
        let why = if letter.summary.erased_at.is_some() {
            "what it said of a person was erased: what is left (--raw) can be replayed as an edited payload"
        } else {
            "only the head of its body was kept: only an edited payload can be replayed, or the publisher sends it again"
        };
        return Next::of(why, vec![format!("  makegood dlq replay {id} --patch FILE --reason '…'"), discard]);
    }
    let commands = match letter.summary.class {
        DeadClass::Undecodable | DeadClass::Conflict => vec![patch, discard],
        DeadClass::Unresolved => vec!["  makegood import FILE".to_owned(), replay, discard],
        DeadClass::UnknownType | DeadClass::Refused | DeadClass::GivenUp => vec![replay, discard],
    };
    Next::of(class_advice(letter.summary.class), commands)
}

/// What there is to decide about open letters of a class.
pub fn class_advice(class: DeadClass) -> &'static str {
    match class {
        DeadClass::Undecodable => "correct the publisher, or the payload:",
        DeadClass::UnknownType => "a makegood that knows the type can apply it; otherwise unbind its routing key:",
        DeadClass::Conflict => {
            "the same event id came with other content: find out which is right, correct it under an id of its own:"
        }
        DeadClass::Unresolved => "what it speaks of never became known: load it, then apply the letter:",
        DeadClass::Refused => "the message says what was refused; when that is mended:",
        DeadClass::GivenUp => "the broker gave it up, or it ended the process; see first what would come of it:",
    }
}

/// What to type for a replay that has not ended.
pub fn replay_next(replay: &Replay) -> Option<String> {
    let no = replay.no;
    match replay.state {
        ReplayState::Pending | ReplayState::Running if !replay.held => {
            Some(format!("nobody works at it: a running daemon takes it over, or makegood dlq replay --resume {no}"))
        }
        ReplayState::Pending | ReplayState::Running => {
            Some(format!("stopped by: makegood dlq cancel {no} --reason '…'"))
        }
        ReplayState::Done | ReplayState::Stopped | ReplayState::Canceled => None,
    }
}

/// Why it stands as it does, then the commands. The id is our own: no shell reads anything else into it.
pub fn notice_next(notice: &NoticeSummary) -> Next {
    let id = notice.id;
    if notice.erased_at.is_some() {
        return Next::of("nothing can be done: its words were erased at its person's request", Vec::new());
    }
    let command = |verb: &str| format!("  makegood notices {verb} {id} --reason '…'");
    let (why, verbs): (&str, &[&str]) = match notice.state {
        NoticeState::Pending if notice.due_at.is_none() => {
            ("its event may have more to tell this person, and lets it go at its end; to keep it back:", &["hold"])
        }
        NoticeState::Pending | NoticeState::Deferred => {
            ("the daemon sends it when it is due; to keep it back:", &["hold"])
        }
        NoticeState::Leased => ("a sender is at it: look again when its attempt is over", &[]),
        NoticeState::Sent => ("the server took it; to send it once more, as a letter of its own:", &["resend"]),
        NoticeState::Unknown => (
            "it may have arrived: look for its Message-ID in the mail server's log; if it did not, send it again:",
            &["resend"],
        ),
        NoticeState::Suppressed => {
            ("no mail goes to its address; `makegood suppressions release` lets it go there again, then:", &["resend"])
        }
        NoticeState::Undeliverable => {
            ("its person has no address that mail can go to; `makegood import` takes one, then:", &["resend"])
        }
        NoticeState::Failed => ("it was given up; when what its code and reply say is mended:", &["resend"]),
        NoticeState::Withheld => match notice.code.as_deref() {
            Some("credit_only") => {
                ("a replay without mail keeps it back: `makegood dlq replay LETTER --effects mail`, or:", &["release"])
            }
            Some("stale") => ("the policy sends no late mail; to send it all the same:", &["release"]),
            _ => ("an operator keeps it back; to let it go:", &["release"]),
        },
    };
    Next::of(why, verbs.iter().map(|verb| command(verb)).collect())
}
