//! How the material of an answer is gathered: from ids to rows, a list at a time, whatever their number.

use std::collections::{BTreeMap, BTreeSet};

use time::OffsetDateTime;
use time::macros::datetime;
use uuid::Uuid;

use super::statements::InquiryTx;
use super::{
    CLIENT_JOBS_MAX, Dossier, HistoryPage, HistoryQuery, Listed, NAMESAKES_MAX, Place, SEEN_EVENTS_MAX,
    SEEN_LETTERS_MAX, SEEN_ROWS_MAX, SeenProposal, TALLY_MAX, Thing, ThingKind,
};
use crate::store::{PAGE_MAX, StoreError};

/// Longest text that is looked up: an event's source and id.
const TEXT_BYTES_MAX: usize = 1_024;
/// Before everything.
const FIRST: OffsetDateTime = datetime!(0001-01-01 0:00 UTC);
/// After everything.
const LAST: OffsetDateTime = datetime!(9999-12-31 0:00 UTC);

/// What a text may be the id of.
pub(in crate::store) async fn find<T: InquiryTx>(tx: &mut T, text: &str) -> Result<Vec<Thing>, StoreError> {
    let text = text.trim();
    if text.is_empty() || text.len() > TEXT_BYTES_MAX || text.contains('\0') {
        return Ok(Vec::new());
    }
    let mut found = Vec::new();
    let notice = notice_in(text);
    for (kind,) in tx.find(text, notice).await? {
        let Some(kind) = ThingKind::parse(&kind) else { continue };
        let id = notice.filter(|_| kind == ThingKind::Notice).map_or_else(|| text.to_owned(), |id| id.to_string());
        found.push(Thing::new(kind, id));
    }
    let (source, id) = match text.split_once(char::is_whitespace) {
        Some((source, id)) => (Some(source), id.trim_start()),
        None => (None, text),
    };
    for (no, source, id) in tx.events_named(id, source, limit(NAMESAKES_MAX)).await? {
        found.push(Thing { kind: ThingKind::Event, id, source: Some(source), event_no: Some(no) });
    }
    found.sort_by_key(|thing| thing.kind);
    Ok(found)
}

/// The notice a text names: its id, or the Message-ID of its mail, which begins with it.
fn notice_in(text: &str) -> Option<Uuid> {
    let text = text.trim_start_matches('<');
    let end = text.find(|c: char| !c.is_ascii_hexdigit() && c != '-').unwrap_or(text.len());
    Uuid::parse_str(text.get(..end)?).ok()
}

/// What an answer about several proposals is to take in besides.
#[derive(Debug, Default)]
struct Besides {
    jobs: Vec<String>,
    clients: Vec<String>,
    people: Vec<String>,
    events: Vec<i64>,
}

/// All that is known about a thing.
pub(in crate::store) async fn inquire<T: InquiryTx>(
    tx: &mut T, thing: &Thing, page: Listed<'_>, now: OffsetDateTime,
) -> Result<Dossier, StoreError> {
    let mut dossier = Dossier::default();
    let id = thing.id.as_str();
    let (mut proposals, mut besides) = (Vec::new(), Besides::default());
    match thing.kind {
        ThingKind::Proposal => {
            proposals.push(id.to_owned());
        }
        ThingKind::Account => dossier.accounts = tx.accounts(vec![id.to_owned()]).await?,
        ThingKind::Person => {
            besides.people.push(id.to_owned());
            dossier.notices = tx.notices_to(id, i64::from(page.limit)).await?;
            dossier.notices.reverse();
            besides.events.extend(dossier.notices.iter().map(|notice| notice.event_no));
        }
        ThingKind::Job => {
            dossier.jobs = tx.jobs(vec![id.to_owned()]).await?;
            besides.clients.extend(dossier.jobs.iter().map(|job| job.client_id.clone()));
            besides.jobs.push(id.to_owned());
        }
        ThingKind::Client => {
            dossier.clients = tx.clients(vec![id.to_owned()]).await?;
            besides.clients.push(id.to_owned());
        }
        ThingKind::Entry => {
            dossier.entries = tx.entry(id).await?;
            proposals.extend(dossier.entries.iter().filter_map(|entry| entry.about.clone()));
            let accounts = dossier.entries.iter().map(|entry| entry.account_id.clone()).collect();
            dossier.accounts = tx.accounts(accounts).await?;
            if proposals.is_empty() {
                return Ok(dossier);
            }
        }
        ThingKind::Event => return of_event(tx, thing, page, now).await,
        ThingKind::Notice => return of_notice(tx, id, now).await,
    }
    if matches!(thing.kind, ThingKind::Account | ThingKind::Person | ThingKind::Job | ThingKind::Client) {
        proposals = listed(tx, thing, page, &mut dossier).await?;
    }
    about(tx, &mut dossier, proposals, besides, now).await?;
    Ok(dossier)
}

/// A page of the proposals of a thing, newest first.
async fn listed<T: InquiryTx>(
    tx: &mut T, thing: &Thing, page: Listed<'_>, dossier: &mut Dossier,
) -> Result<Vec<String>, StoreError> {
    let behind = match page.before {
        None => (LAST, String::new()),
        Some(id) => match tx.proposals(vec![id.to_owned()]).await?.pop() {
            Some(proposal) => (proposal.submitted_at, proposal.proposal_id),
            None => {
                let text = format!("there is no proposal {id:?} that a page could go on from");
                return Err(StoreError::Setup(text));
            }
        },
    };
    let asked = page.limit.clamp(1, PAGE_MAX) as usize;
    let (id, most) = (thing.id.as_str(), limit(asked) + 1);
    let rows = match thing.kind {
        ThingKind::Account => tx.page_account(id, behind, most).await?,
        ThingKind::Person => tx.page_person(id, behind, most).await?,
        ThingKind::Job => tx.page_job(id, behind, most).await?,
        _ => tx.page_client(id, behind, most, limit(CLIENT_JOBS_MAX)).await?,
    };
    let mut ids: Vec<String> = rows.into_iter().map(|(id,)| id).collect();
    if ids.len() > asked {
        ids.truncate(asked);
        dossier.next = ids.last().cloned();
    }
    Ok(ids)
}

/// Everything about some proposals, in their order.
async fn about<T: InquiryTx>(
    tx: &mut T, dossier: &mut Dossier, ids: Vec<String>, besides: Besides, now: OffsetDateTime,
) -> Result<(), StoreError> {
    dossier.proposals = in_order(tx.proposals(ids.clone()).await?, &ids);
    dossier.decisions = tx.decisions(ids.clone(), limit(SEEN_ROWS_MAX) + 1).await?;
    cut(&mut dossier.decisions, SEEN_ROWS_MAX, "decisions", &mut dossier.more);
    let entries = tx.entries(ids.clone(), limit(SEEN_ROWS_MAX) + 1).await?;
    if !entries.is_empty() {
        dossier.entries = entries;
        cut(&mut dossier.entries, SEEN_ROWS_MAX, "entries", &mut dossier.more);
    }
    let known = &dossier.proposals;
    let mut jobs: BTreeSet<String> = besides.jobs.into_iter().collect();
    jobs.extend(known.iter().map(|proposal| proposal.job_id.clone()));
    jobs.extend(dossier.decisions.iter().map(|decision| decision.job_id.clone()));
    let mut clients: BTreeSet<String> = besides.clients.into_iter().collect();
    clients.extend(known.iter().filter_map(|proposal| proposal.client_id.clone()));
    let (jobs, clients) = (Vec::from_iter(jobs), Vec::from_iter(clients));
    let most = limit(SEEN_EVENTS_MAX) + 1;
    let spoken = tx.events_about(jobs.clone(), clients.clone(), ids.clone(), besides.people.clone(), most).await?;
    let mut numbers: BTreeSet<i64> = spoken.into_iter().map(|(no,)| no).collect();
    while numbers.len() > SEEN_EVENTS_MAX {
        numbers.pop_first();
        note(&mut dossier.more, "events");
    }
    numbers.extend(dossier.decisions.iter().map(|decision| decision.event_no));
    numbers.extend(dossier.entries.iter().filter_map(|entry| entry.event_no));
    numbers.extend(besides.events);
    dossier.events = tx.events(numbers.into_iter().collect()).await?;
    if dossier.accounts.is_empty() {
        let accounts: BTreeSet<_> = dossier.proposals.iter().map(|proposal| proposal.account_id.clone()).collect();
        dossier.accounts = tx.accounts(accounts.into_iter().collect()).await?;
    }
    tellings(tx, dossier, &ids).await?;
    let mut people: BTreeSet<String> = besides.people.into_iter().collect();
    people.extend(dossier.proposals.iter().map(|proposal| proposal.person_id.clone()));
    people.extend(dossier.notices.iter().map(|notice| notice.person_id.clone()));
    dossier.people = tx.people(people.into_iter().collect(), now).await?;
    rest(tx, dossier, jobs, clients).await
}

/// The notices that tell of these proposals, added to those that are there already.
async fn tellings<T: InquiryTx>(tx: &mut T, dossier: &mut Dossier, ids: &[String]) -> Result<(), StoreError> {
    let events: BTreeSet<i64> = dossier.decisions.iter().map(|decision| decision.event_no).collect();
    if events.is_empty() {
        return Ok(());
    }
    let mut people: BTreeSet<String> = dossier.decisions.iter().map(|decision| decision.person_id.clone()).collect();
    for proposal in &dossier.proposals {
        people.extend(proposal.owner_id.iter().chain(&proposal.manager_id).cloned());
    }
    let most = limit(SEEN_ROWS_MAX) + 1;
    let mut notices = tx.notices(events.into_iter().collect(), people.into_iter().collect(), most).await?;
    cut(&mut notices, SEEN_ROWS_MAX, "notices", &mut dossier.more);
    let there: BTreeSet<Uuid> = dossier.notices.iter().map(|notice| notice.notice_id).collect();
    notices.retain(|notice| {
        let told = notice.told();
        let speaks = told.is_empty() || told.iter().any(|line| ids.iter().any(|id| line.proposal.as_str() == id));
        speaks && !there.contains(&notice.notice_id)
    });
    dossier.notices.extend(notices);
    dossier.notices.sort_by_key(|notice| (notice.created_at, notice.notice_id));
    Ok(())
}

/// What hangs on notices, entries and events that are known.
async fn rest<T: InquiryTx>(
    tx: &mut T, dossier: &mut Dossier, jobs: Vec<String>, clients: Vec<String>,
) -> Result<(), StoreError> {
    let mut subjects: BTreeSet<String> = jobs.iter().chain(&clients).cloned().collect();
    subjects.extend(dossier.proposals.iter().map(|proposal| proposal.proposal_id.clone()));
    subjects.extend(dossier.accounts.iter().map(|account| account.account_id.clone()));
    subjects.extend(dossier.entries.iter().map(|entry| entry.entry_id.clone()));
    subjects.extend(dossier.notices.iter().map(|notice| notice.notice_id.to_string()));
    dossier.findings = tx.findings(subjects.into_iter().collect(), limit(SEEN_ROWS_MAX) + 1).await?;
    cut(&mut dossier.findings, SEEN_ROWS_MAX, "findings", &mut dossier.more);
    let notices: Vec<Uuid> = dossier.notices.iter().map(|notice| notice.notice_id).collect();
    dossier.notice_history = tx.notice_history(notices.clone(), limit(SEEN_ROWS_MAX) + 1).await?;
    cut(&mut dossier.notice_history, SEEN_ROWS_MAX, "notice_history", &mut dossier.more);
    let returns = dossier.entries.iter().filter(|entry| entry.kind == "return");
    let returns = returns.map(|entry| entry.entry_id.clone()).collect();
    dossier.announcements = tx.announcements(notices, returns).await?;
    let keys = dossier.events.iter().map(|event| (event.source.clone(), event.event_id.clone())).unzip();
    let numbers = dossier.events.iter().filter_map(|event| event.dead_letter_no).collect();
    dossier.letters = tx.letters(jobs, clients, keys, numbers, limit(SEEN_LETTERS_MAX) + 1).await?;
    while dossier.letters.len() > SEEN_LETTERS_MAX {
        dossier.letters.remove(0);
        note(&mut dossier.more, "letters");
    }
    let letters = dossier.letters.iter().map(|letter| letter.dead_letter_no).collect();
    dossier.attempts = tx.attempts(letters, limit(SEEN_ROWS_MAX) + 1).await?;
    cut(&mut dossier.attempts, SEEN_ROWS_MAX, "attempts", &mut dossier.more);
    Ok(())
}

/// One event, with a page of what it decided.
async fn of_event<T: InquiryTx>(
    tx: &mut T, thing: &Thing, page: Listed<'_>, now: OffsetDateTime,
) -> Result<Dossier, StoreError> {
    let mut dossier = Dossier::default();
    let no = match thing.event_no {
        Some(no) => Some(no),
        None => tx.events_named(&thing.id, thing.source.as_deref(), 1).await?.pop().map(|(no, ..)| no),
    };
    let Some(no) = no else { return Ok(dossier) };
    dossier.events = tx.events(vec![no]).await?;
    let asked = page.limit.clamp(1, PAGE_MAX) as usize;
    dossier.decisions = tx.decisions_of(no, page.before.unwrap_or_default(), limit(asked) + 1).await?;
    if dossier.decisions.len() > asked {
        dossier.decisions.truncate(asked);
        dossier.next = dossier.decisions.last().map(|decision| decision.proposal_id.clone());
    }
    let ids: Vec<String> = dossier.decisions.iter().map(|decision| decision.proposal_id.clone()).collect();
    dossier.proposals = in_order(tx.proposals(ids.clone()).await?, &ids);
    let most = i64::try_from(TALLY_MAX).unwrap_or(i64::MAX);
    for (verdict, decisions, connects) in tx.tally(no, most).await? {
        dossier.tally.verdicts.insert(verdict, (decisions.unsigned_abs(), connects));
    }
    let states = tx.notice_states(no, most).await?;
    dossier.tally.notices = states.into_iter().map(|(state, notices)| (state, notices.unsigned_abs())).collect();
    let named = |name: fn(&super::SeenEvent) -> Option<&String>| -> Vec<String> {
        dossier.events.iter().filter_map(name).cloned().collect()
    };
    let (jobs, clients) = (named(|event| event.job_id.as_ref()), named(|event| event.client_id.as_ref()));
    let people = named(|event| event.person_id.as_ref());
    dossier.jobs = tx.jobs(jobs).await?;
    dossier.clients = tx.clients(clients).await?;
    if !people.is_empty() {
        dossier.notices = tx.notices(vec![no], people.clone(), limit(SEEN_ROWS_MAX)).await?;
        dossier.people = tx.people(people, now).await?;
    }
    rest(tx, &mut dossier, Vec::new(), Vec::new()).await?;
    Ok(dossier)
}

/// One notice, with its event and what that decided about the proposals it tells of.
async fn of_notice<T: InquiryTx>(tx: &mut T, id: &str, now: OffsetDateTime) -> Result<Dossier, StoreError> {
    let mut dossier = Dossier::default();
    let Ok(id) = Uuid::parse_str(id) else { return Ok(dossier) };
    dossier.notices = tx.notice(id).await?;
    let Some(notice) = dossier.notices.first() else { return Ok(dossier) };
    let (no, person) = (notice.event_no, notice.person_id.clone());
    let mut proposals: Vec<String> = notice.told().iter().map(|line| line.proposal.as_str().to_owned()).collect();
    proposals.truncate(SEEN_ROWS_MAX);
    dossier.events = tx.events(vec![no]).await?;
    dossier.proposals = in_order(tx.proposals(proposals.clone()).await?, &proposals);
    dossier.decisions = tx.decisions(proposals, limit(SEEN_ROWS_MAX)).await?;
    dossier.decisions.retain(|decision| decision.event_no == no);
    dossier.people = tx.people(vec![person], now).await?;
    rest(tx, &mut dossier, Vec::new(), Vec::new()).await?;
    Ok(dossier)
}

/// A page of a statement.
pub(in crate::store) async fn history<T: InquiryTx>(
    tx: &mut T, query: &HistoryQuery<'_>,
) -> Result<HistoryPage, StoreError> {
    let (from, before) = (query.from.unwrap_or(FIRST), query.before.unwrap_or(LAST));
    let asked = query.limit.clamp(1, PAGE_MAX) as usize;
    let most = limit(asked) + 1;
    let account = tx.accounts(vec![query.account.to_owned()]).await?.pop();
    let beyond = |otherwise: OffsetDateTime| query.beyond.clone().unwrap_or((otherwise, String::new()));
    let mut rows = if query.newest_first {
        tx.history_newest(query.account, beyond(LAST), from, before, most).await?
    } else {
        tx.history_oldest(query.account, beyond(FIRST), from, before, most).await?
    };
    let more = rows.len() > asked;
    rows.truncate(asked);
    let earliest = if query.newest_first { rows.last() } else { rows.first() };
    let place: Place = earliest.map_or((before, String::new()), |row| (row.created_at, row.entry_id.clone()));
    let opening = tx.history_sum(query.account, place).await?.pop().map_or(0, |(sum,)| sum);
    Ok(HistoryPage { account, rows, opening, more })
}

/// The rows of these ids, in the order of the ids.
fn in_order(rows: Vec<SeenProposal>, ids: &[String]) -> Vec<SeenProposal> {
    let mut rows: BTreeMap<String, SeenProposal> = rows.into_iter().map(|row| (row.proposal_id.clone(), row)).collect();
    ids.iter().filter_map(|id| rows.remove(id)).collect()
}

/// At most so many, and a word if that cut something off.
fn cut<R>(rows: &mut Vec<R>, most: usize, name: &'static str, more: &mut Vec<&'static str>) {
    if rows.len() > most {
        rows.truncate(most);
        note(more, name);
    }
}

fn note(more: &mut Vec<&'static str>, name: &'static str) {
    if !more.contains(&name) {
        more.push(name);
    }
}

fn limit(most: usize) -> i64 {
    i64::try_from(most).unwrap_or(i64::MAX)
}
