//! What a letter is made of: [`LetterContext`], the facts as they come, and the view templates see, in which every
//! foreign text is harmless, every date is in words and every code has the key of its sentence.

use std::collections::BTreeSet;

use fluent_bundle::FluentArgs;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::catalogue::{PhraseError, acted_key, cause_key};
use super::compose::{Addressing, Notice};
use super::details::DetailsView;
use super::letter::Letter;
use super::text::{inert, label};
use super::tongue::Tongue;
use crate::event::JobId;
use crate::policy::{Ground, NoticeLine, Occasion, Reason, Role};

/// Proposals a letter shows one by one; the totals count all. More would not be read, and some mail services cut
/// messages beyond 102 kB.
pub const LINES_SHOWN_MAX: usize = 50;

/// Ledger entries named for one proposal: a fee and a boost make two, a changed boost a few more.
const ENTRIES_SHOWN_MAX: usize = 20;

/// Longest job title in a body, in characters: marketplaces allow about 100.
pub(super) const TITLE_CHARS_MAX: usize = 200;

/// Longest job title in a subject, in characters, so that the verdict before it and the amount after it are seen.
pub(super) const SUBJECT_TITLE_CHARS_MAX: usize = 60;

/// Longest name of a person, of the sender or of a rule, in characters.
pub(super) const NAME_CHARS_MAX: usize = 80;

/// The facts of one letter. A `sample.json` is one of these.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LetterContext {
    /// Id of the notice: what the reader quotes.
    pub notice: Uuid,
    /// The reader's name, if known; hostile until rendered.
    pub name: Option<String>,
    /// The language they read (BCP 47), if known.
    #[serde(default)]
    pub locale: Option<String>,
    /// Their time zone (IANA name), if known.
    #[serde(default)]
    pub time_zone: Option<String>,
    /// Name of the sender: the marketplace.
    pub sender: String,
    /// Where to ask.
    pub help_url: Option<String>,
    /// An answer to the letter is read by someone.
    pub replies: bool,
    /// What happened.
    pub about: Occasion,
    /// A line each proposal; none in a letter about no proposal.
    pub lines: Vec<NoticeLine>,
}

impl LetterContext {
    /// The context of a notice.
    pub fn new(addressing: &Addressing, notice: &Notice<'_>) -> Self {
        Self {
            notice: notice.id,
            name: notice.name.map(str::to_owned),
            locale: notice.locale.map(str::to_owned),
            time_zone: notice.time_zone.map(str::to_owned),
            sender: addressing.from_name.clone(),
            help_url: addressing.help_url.clone(),
            replies: addressing.reply_to.is_some(),
            about: notice.about.clone(),
            lines: notice.lines.to_vec(),
        }
    }

    /// Which letter it becomes.
    pub fn letter(&self) -> Letter {
        Letter::choose(&self.about, &self.lines)
    }
}

/// What the templates see. Amounts are numbers, for plurals; all else is text ready to be shown.
#[derive(Debug, Serialize)]
pub(super) struct View {
    lang: String,
    /// Direction of the language, and the sides on which its lines start and end: not every mail program knows the
    /// properties of CSS that follow the direction by themselves.
    dir: &'static str,
    start: &'static str,
    end: &'static str,
    letter: &'static str,
    notice: String,
    name: Option<String>,
    sender: String,
    help_url: Option<String>,
    replies: bool,
    /// Key of the verdict of the subject: of the one reason of all lines, else of the event.
    verdict_key: String,
    /// Key of the opening sentence.
    lead_key: String,
    several: bool,
    proposals: usize,
    hidden: usize,
    /// The jobs, cut for a subject.
    subject_job: String,
    /// The first job.
    job: String,
    first_proposal: String,
    returned: i64,
    none_spent: bool,
    /// Every line is told to the manager of an agency.
    manager: bool,
    fraud: bool,
    declined: bool,
    no_contract: bool,
    occurred: String,
    /// So long ago that the letter says so.
    late: bool,
    event: String,
    /// Why it happened, where all lines share the reason, or there are none.
    why: Option<WhyView>,
    /// What only this letter tells.
    details: DetailsView,
    lines: Vec<LineView>,
}

/// Who acted and why.
#[derive(Debug, Serialize)]
struct WhyView {
    acted_key: String,
    reason: &'static str,
    reason_key: String,
    cause: String,
    cause_key: Option<String>,
}

impl WhyView {
    fn new(reason: Reason, about: &Occasion, tongue: Tongue<'_>) -> Self {
        let cause_key = cause_key(about.event_type, &about.cause);
        let by_cause = acted_key(reason, Some(&about.cause));
        Self {
            acted_key: if tongue.catalogue.has(&by_cause) { by_cause } else { acted_key(reason, None) },
            reason: reason.as_str(),
            reason_key: format!("reason-{}", reason.as_str()),
            cause: inert(&about.cause, NAME_CHARS_MAX),
            cause_key: tongue.catalogue.has(&cause_key).then_some(cause_key),
        }
    }
}

#[derive(Debug, Serialize)]
struct LineView {
    title: String,
    proposal: String,
    submitted: String,
    invited: bool,
    of_agency: bool,
    #[serde(flatten)]
    why: WhyView,
    rule: Option<String>,
    ground: &'static str,
    ground_key: Option<String>,
    credited: bool,
    spent: i64,
    fee_spent: i64,
    boost_spent: i64,
    boosted: bool,
    returned: i64,
    fee_returned: i64,
    boost_returned: i64,
    /// Where something comes back now: the rest of what was spent, which had come back before.
    earlier: i64,
    agency: bool,
    account: String,
    balance: i64,
    entries: Vec<String>,
    decided: String,
    expires: Option<String>,
}

impl View {
    /// Makes the view; fails only where the catalogue lacks a word of a date.
    pub(super) fn new(context: &LetterContext, tongue: Tongue<'_>) -> Result<Self, PhraseError> {
        let LetterContext { about, lines, .. } = context;
        let several = lines.len() > 1;
        let manager = !lines.is_empty() && lines.iter().all(|line| line.role != Role::Submitter);
        let event_type = about.event_type.as_str();
        let reason = about.shared_reason(lines);
        let details = DetailsView::new(about.details.as_ref(), tongue)?;
        let first = lines.first();
        let direction = tongue.catalogue.direction();
        Ok(Self {
            lang: tongue.catalogue.tag().to_owned(),
            dir: direction.as_str(),
            start: direction.start(),
            end: direction.end(),
            letter: context.letter().name(),
            notice: context.notice.to_string(),
            name: context
                .name
                .as_deref()
                .map(|name| tongue.inert(name, NAME_CHARS_MAX))
                .filter(|name| !name.is_empty()),
            sender: tongue.inert(&context.sender, NAME_CHARS_MAX),
            help_url: context.help_url.clone(),
            replies: context.replies,
            verdict_key: format!("verdict-{}", reason.map_or(event_type, Reason::as_str)),
            lead_key: match reason {
                Some(reason) if !several => format!("lead-{}", reason.as_str()),
                _ if manager => format!("lead-several-agency-{event_type}"),
                _ => format!("lead-several-{event_type}"),
            },
            several,
            proposals: lines.len(),
            hidden: lines.len().saturating_sub(LINES_SHOWN_MAX),
            subject_job: details.subject_job(tongue).map_or_else(|| subject_job(lines, tongue), Ok)?,
            job: match first {
                Some(line) => named(&tongue.inert(&line.job_title, TITLE_CHARS_MAX), &line.job),
                None => details.job(tongue).unwrap_or_default(),
            },
            first_proposal: first.map(|line| label(&line.proposal)).unwrap_or_default(),
            returned: lines.iter().map(NoticeLine::returned).fold(0, i64::saturating_add),
            none_spent: !lines.is_empty() && lines.iter().all(|line| line.ground == Some(Ground::NothingSpent)),
            manager,
            fraud: about.cause == "fraud" || lines.iter().any(|line| line.reason == Reason::PostRemovedFraud),
            declined: lines.iter().any(|line| line.ground == Some(Ground::DeclinedByClient)),
            no_contract: !lines.iter().any(|line| line.ground == Some(Ground::Hired)),
            occurred: tongue.moment(about.time)?,
            late: about.late,
            event: inert(&about.event_id, TITLE_CHARS_MAX),
            why: reason.map(|reason| WhyView::new(reason, about, tongue)),
            details,
            lines: lines
                .iter()
                .take(LINES_SHOWN_MAX)
                .map(|line| LineView::new(line, about, tongue))
                .collect::<Result<_, _>>()?,
        })
    }
}

impl LineView {
    fn new(line: &NoticeLine, about: &Occasion, tongue: Tongue<'_>) -> Result<Self, PhraseError> {
        let free = line.invited && line.ground == Some(Ground::NothingSpent);
        Ok(Self {
            title: named(&tongue.inert(&line.job_title, TITLE_CHARS_MAX), &line.job),
            proposal: label(&line.proposal),
            submitted: tongue.day(line.submitted_at),
            invited: line.invited,
            of_agency: line.role != Role::Submitter,
            why: WhyView::new(line.reason, about, tongue),
            rule: about.rule.as_deref().map(|rule| tongue.inert(rule, NAME_CHARS_MAX)).filter(|rule| !rule.is_empty()),
            ground: line.ground.map_or("", Ground::as_str),
            ground_key: line.ground.map(|ground| {
                let invited = if free { "-invited" } else { "" };
                format!("ground-{}{invited}", ground.as_str())
            }),
            credited: line.returned() > 0,
            spent: line.fee_spent.saturating_add(line.boost_spent),
            fee_spent: line.fee_spent,
            boost_spent: line.boost_spent,
            boosted: line.boost_spent != 0 || line.boost_returned != 0,
            returned: line.returned(),
            fee_returned: line.fee_returned,
            boost_returned: line.boost_returned,
            earlier: match line.returned() {
                0 => 0,
                now => line.fee_spent.saturating_add(line.boost_spent).saturating_sub(now),
            },
            agency: line.agency,
            account: label(&line.account),
            balance: line.balance_after,
            entries: line.entries.iter().take(ENTRIES_SHOWN_MAX).map(label).collect(),
            decided: tongue.moment(line.decided_at)?,
            expires: match line.expires_at {
                Some(at) if line.returned() > 0 => Some(tongue.moment(at)?),
                _ => None,
            },
        })
    }
}

/// A job without a visible title is called by its id.
pub(super) fn named(title: &str, job: &JobId) -> String {
    if title.is_empty() { label(job) } else { title.to_owned() }
}

/// The first job and how many more there are.
fn subject_job(lines: &[NoticeLine], tongue: Tongue<'_>) -> Result<String, PhraseError> {
    let Some(first) = lines.first() else { return Ok(String::new()) };
    let title = named(&tongue.plain(&first.job_title, SUBJECT_TITLE_CHARS_MAX), &first.job);
    let more = lines.iter().map(|line| &line.job).collect::<BTreeSet<_>>().len().saturating_sub(1);
    if more == 0 {
        return Ok(title);
    }
    let mut args = FluentArgs::new();
    args.set("job", title);
    args.set("k", more);
    tongue.phrase("job-and-more", &args)
}
