//! Tests of: mail.

mod bell;
mod bounces;
mod browser;
mod compose;
mod dates;
mod dkim;
mod folder;
mod header;
mod languages;
mod hostile;
mod letters;
mod looks;
mod senders;
mod smtp;
mod snapshots;
mod templates;
mod tls;

use std::sync::LazyLock;

use makegood::event::{AccountId, EntryId, EventType, JobId, ProposalId};
use makegood::mail::{Addressing, Letters, LettersOptions, Mail, Notice, Rendered, Senders, compose};
use makegood::policy::{Ground, NoticeLine, Occasion, Reason, Role, Verdict};
use time::OffsetDateTime;
use time::macros::datetime;
use uuid::Uuid;

const AT: OffsetDateTime = datetime!(2026-03-14 12:00:07 UTC);

/// Texts people and attackers put into names and titles.
const HOSTILE: [&str; 12] = [
    "</td><script>alert(1)</script><img src=https://evil.example/x.png onerror=x>",
    "<a href=\"https://evil.example\">free Connects</a>",
    "x\r\nBcc: victim@evil.example\r\n\r\n.\r\nMAIL FROM:<a@evil.example>",
    "x\n.\nRSET\nx\r.\rQUIT\r",
    "nul\0byte \u{1}\u{7f}\u{85}\u{2028}\u{2029} end",
    "pay \u{202E}txt.exe\u{202C} \u{2066}now\u{2069}\u{FEFF}",
    "see https://evil.example/pay or www.evil.example or bob@evil.example",
    "{{lead_key}} {{{job}}} {{> layout}} {$n}",
    "=?utf-8?B?DQpCY2M6IHhAZXZpbC5leGFtcGxl?=",
    "לוגו למאפייה",
    "",
    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\
     aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\
     aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
];

/// The built-in letters, loaded once.
fn letters() -> &'static Letters {
    static LETTERS: LazyLock<Letters> =
        LazyLock::new(|| Letters::load(&LettersOptions::default()).unwrap_or_else(|error| panic!("{error}")));
    &LETTERS
}

/// The languages there are letters in.
fn languages() -> Vec<String> {
    letters().languages().map(str::to_owned).collect()
}

/// A text on one line: where it is broken does not matter.
fn flat(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn addressing() -> Addressing {
    Addressing {
        from_name: "Example Marketplace".to_owned(),
        from: "connects@example.com".to_owned(),
        reply_to: None,
        envelope_sender: "bounces@example.com".to_owned(),
        message_id_domain: "example.com".to_owned(),
        help_url: Some("https://example.com/help".to_owned()),
    }
}

/// The same for every class, unsigned.
fn senders() -> Senders {
    Senders::new(|_| addressing(), None)
}

fn id(n: u128) -> Uuid {
    Uuid::from_u128(0x018e_3c5a_0000_8000_8000_0000_0000_0000 + n)
}

fn occasion(event_type: EventType, cause: &str) -> Occasion {
    Occasion {
        source: "/marketplace".to_owned(),
        event_id: "event-1".to_owned(),
        event_type,
        cause: cause.to_owned(),
        time: datetime!(2026-03-14 12:00 UTC),
        rule: None,
        late: false,
        reason: None,
        details: None,
    }
}

/// A proposal that cost 8 and a boost of 4, all of which came back.
fn returned(n: u32, title: &str, reason: Reason) -> NoticeLine {
    NoticeLine {
        proposal: ProposalId::parse(format!("proposal-{n}")).expect("an id"),
        job: JobId::parse(format!("job-{n}")).expect("an id"),
        job_title: title.to_owned(),
        submitted_at: datetime!(2026-03-02 09:30 UTC),
        invited: false,
        role: Role::Submitter,
        account: AccountId::parse("account-ana").expect("an id"),
        agency: false,
        verdict: Verdict::Credited,
        reason,
        ground: None,
        fee_spent: 8,
        boost_spent: 4,
        fee_returned: 8,
        boost_returned: 4,
        entries: ["fee", "boost"].map(|kind| EntryId::parse(format!("return-{kind}-{n}")).expect("an id")).to_vec(),
        balance_after: 57,
        decided_at: AT,
        expires_at: Some(datetime!(2027-01-20 00:00 UTC)),
    }
}

/// The same proposal, of which nothing came back.
fn kept(n: u32, title: &str, reason: Reason, ground: Ground) -> NoticeLine {
    let spent = if ground == Ground::NothingSpent { 0 } else { 1 };
    let line = returned(n, title, reason);
    NoticeLine {
        verdict: Verdict::None,
        ground: Some(ground),
        fee_spent: line.fee_spent * spent,
        boost_spent: 0,
        fee_returned: 0,
        boost_returned: 0,
        entries: Vec::new(),
        expires_at: None,
        ..line
    }
}

/// Renders and composes a notice to this address.
fn mail_to(address: &str, n: u128) -> Mail {
    mail_saying(&plain_letter(), address, n)
}

/// Composes a notice to this address in these words.
fn mail_saying(rendered: &Rendered, address: &str, n: u128) -> Mail {
    let (about, lines) =
        (occasion(EventType::JobCanceled, "dropped"), [returned(1, "Logo for a bakery", Reason::ClientCanceled)]);
    let notice = Notice {
        id: id(n),
        name: Some("Ana Berg"),
        locale: None,
        time_zone: None,
        resends: 0,
        address,
        created_at: AT,
        about: &about,
        lines: &lines,
    };
    compose(&addressing(), &notice, rendered).expect("a mail")
}

/// Some letter, where the words do not matter.
fn plain_letter() -> Rendered {
    let letters = letters();
    letters.render(letters.sample("job-canceled").expect("a sample")).expect("a letter")
}
