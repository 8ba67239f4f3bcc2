//! Which notices a command is about: ids, or conditions that combine.

use anyhow::{Context, bail};
use time::OffsetDateTime;
use uuid::Uuid;

use crate::cli::dlq;
use crate::cli::when::{When, when};
use crate::store::{NoticeFilter, NoticePage, NoticeSelection, NoticeState, NoticeSummary, Store};

/// Over the conditions, in the help.
const HEADING: &str = "Which notices (all conditions must hold)";
/// Notices named where a beginning fits several.
const CANDIDATES_MAX: u32 = 10;

/// Conditions on notices; all that are given must hold.
#[derive(Debug, Default, clap::Args)]
pub(super) struct FilterArgs {
    /// In this state: pending, leased, sent, deferred, failed …; may be repeated, or several with commas.
    #[arg(help_heading = HEADING, long, value_name = "STATE", value_delimiter = ',', value_parser = state)]
    pub(super) state: Vec<NoticeState>,
    /// To this person.
    #[arg(help_heading = HEADING, long, value_name = "PERSON")]
    person: Option<String>,
    /// With a line about this proposal.
    #[arg(help_heading = HEADING, long, value_name = "PROPOSAL")]
    proposal: Option<String>,
    /// About an event from this CloudEvents source.
    #[arg(help_heading = HEADING, long, value_name = "SOURCE")]
    source: Option<String>,
    /// About the event with this CloudEvents id.
    #[arg(help_heading = HEADING, long, value_name = "ID")]
    event_id: Option<String>,
    /// About events of this type.
    #[arg(help_heading = HEADING, long = "type", value_name = "TYPE")]
    event_type: Option<String>,
    /// With this code, such as smtp_550.
    #[arg(help_heading = HEADING, long, value_name = "CODE")]
    code: Option<String>,
    /// Put into the outbox since then: a moment, as in 2026-11-03T10:00:00Z, or an age, as in 2h.
    #[arg(help_heading = HEADING, long, value_name = "WHEN", value_parser = when)]
    since: Option<When>,
    /// Put into the outbox before then.
    #[arg(help_heading = HEADING, long, value_name = "WHEN", value_parser = when)]
    until: Option<When>,
}

fn state(text: &str) -> Result<NoticeState, String> {
    NoticeState::parse(text)
        .ok_or_else(|| format!("one of {} is expected", NoticeState::ALL.map(NoticeState::as_str).join(", ")))
}

impl FilterArgs {
    /// As the store takes it. Ages count back from `now`.
    pub(super) fn filter(&self, now: OffsetDateTime) -> anyhow::Result<NoticeFilter> {
        Ok(NoticeFilter {
            states: self.state.clone(),
            person: self.person.clone(),
            source: self.source.clone(),
            event_id: self.event_id.clone(),
            event_type: self.event_type.clone(),
            code: self.code.clone(),
            proposal: self.proposal.clone(),
            created_from: self.since.map(|when| when.moment(now)).transpose()?,
            created_before: self.until.map(|when| when.moment(now)).transpose()?,
            ids: None,
        })
    }

    /// No condition was given but, maybe, states.
    pub(super) fn is_everything(&self) -> bool {
        let texts = [&self.person, &self.proposal, &self.source, &self.event_id, &self.event_type, &self.code];
        texts.iter().all(|text| text.is_none()) && self.since.is_none() && self.until.is_none()
    }
}

/// Ids or conditions.
#[derive(Debug, clap::Args)]
pub(super) struct WhichArgs {
    /// Ids of notices, or how they begin, as `makegood notices list` shows them; without any, the conditions choose.
    #[arg(value_name = "ID", conflicts_with = "FilterArgs")]
    pub(super) ids: Vec<String>,
    #[command(flatten)]
    pub(super) filter: FilterArgs,
}

impl WhichArgs {
    /// As the store takes it.
    pub(super) async fn selection(&self, store: &dyn Store, now: OffsetDateTime) -> anyhow::Result<NoticeSelection> {
        if self.ids.is_empty() {
            return Ok(NoticeSelection::Filter(self.filter.filter(now)?.into()));
        }
        let mut ids: Vec<Uuid> = Vec::with_capacity(self.ids.len());
        for beginning in &self.ids {
            ids.push(the_one(store, beginning).await?.id);
        }
        ids.sort_unstable();
        ids.dedup();
        Ok(NoticeSelection::Ids(ids))
    }

    /// Neither ids nor conditions: every notice the act is for.
    pub(super) fn is_everything(&self) -> bool {
        self.ids.is_empty() && self.filter.is_everything()
    }
}

/// The one notice whose id begins so.
pub(super) async fn the_one(store: &dyn Store, beginning: &str) -> anyhow::Result<NoticeSummary> {
    let filter = NoticeFilter::beginning(beginning).with_context(|| {
        format!("{} is no beginning of an id: hexadecimal digits are expected", dlq::plain(beginning))
    })?;
    only(store, &filter, &format!("begins with {}", dlq::plain(beginning))).await
}

/// The one notice that matches; `what` says in words what it must do.
pub(super) async fn only(store: &dyn Store, filter: &NoticeFilter, what: &str) -> anyhow::Result<NoticeSummary> {
    let mut found = store.notices(filter, NoticePage { before: None, limit: CANDIDATES_MAX }).await?;
    if found.len() > 1 {
        let candidates: Vec<String> = found
            .iter()
            .map(|notice| {
                let (kind, person) = (dlq::plain(&notice.event_type), dlq::plain(&notice.person));
                format!("  {} {} {kind} to {person}", notice.id, dlq::moment(notice.created_at))
            })
            .collect();
        bail!("more than one notice {what}; name one of them:\n{}", candidates.join("\n"));
    }
    found.pop().with_context(|| {
        format!(
            "no notice {what}; `makegood notices list` shows those there are, `makegood explain` tells of archived ones"
        )
    })
}
