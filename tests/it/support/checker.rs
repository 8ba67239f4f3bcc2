//! The judge of a run: reads the database with SQL of its own and compares it, and the mail that arrived, with the
//! oracle.
//!
//! Nothing of makegood's store is used here: a query that is wrong there would be wrong here in the same way.
//!
//! The numbers in brackets are the invariants of the reliability notes, (c). Not judged here: 5 (an acked event that is
//! nowhere is missing by 4), 12 (nothing here is refused for good, nothing waits long enough to be given up), 15 (the
//! operator's tools have tests of their own), 16 (an event with other words under the same id would be a dead letter:
//! 4), 18 and 20 (by the run, which has the daemons), 19 (by the run, which has the logs).

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use sqlx::{PgPool, Row};

use super::oracle::Expected;

/// One letter the SMTP server accepted.
#[derive(Debug, Clone)]
pub struct Letter {
    /// The Message-ID, without `<` and `>`.
    pub message_id: String,
    /// The envelope's recipient.
    pub recipient: String,
    /// Of everything between DATA and the final dot, in hex.
    pub sha256: String,
}

/// Messages in the broker's queues once every daemon has stopped.
#[derive(Debug, Clone, Copy, Default, Serialize)]
pub struct Queued {
    /// In the work queue, acked by nobody.
    pub work: u64,
    /// In the broker's dead-letter queue.
    pub dead: u64,
    /// In a queue that nobody declared.
    pub elsewhere: u64,
    /// In any queue, neither ready nor delivered: a dead-letter cycle holds them for ever.
    pub stuck: u64,
}

/// What is true at the end. Every number but `events`, `applied`, `credited` and `notices` must be 0.
#[derive(Debug, Default, Serialize)]
pub struct Verdict {
    pub seed: u64,
    /// [4] Events in the inbox, and of them applied.
    pub events: u64,
    pub applied: u64,
    /// [4] Events the inbox does not have; events it has that nobody published.
    pub events_missing: u64,
    pub events_unexpected: u64,
    /// [4, 7]
    pub waiting: u64,
    pub fanning_out: u64,
    /// [4]
    pub dead: u64,
    pub queued: Queued,
    /// [3] Returns in the ledger.
    pub credited: u64,
    /// [3, 2] Charges that should have been reversed and were not; reversed and should not; more than once; by another
    /// amount.
    pub missing: u64,
    pub unexpected: u64,
    pub doubled: u64,
    pub wrong_amount: u64,
    /// [2, 8] Keys that hold the line are not in the catalogue: a charge reversed once, an event known once, a person
    /// told once.
    pub keys_gone: u64,
    /// [13] Checks and triggers that hold the line are not in the catalogue: balances, amounts, append-only.
    pub guards_gone: u64,
    /// [1] Accounts whose balance is not the sum of their entries, the total likewise; [3] accounts whose balance is
    /// not what the oracle says; [13] accounts below zero.
    pub sums_off: u64,
    pub balances_off: u64,
    pub balances_negative: u64,
    /// [14] Updates and deletes of the ledger the database has counted; [6] returns, decisions and notices of events
    /// that the inbox does not have.
    pub ledger_rewrites: u64,
    pub orphans: u64,
    /// [6, 7] Decisions the oracle does not know, knows and misses, or sees otherwise; made twice; that disagree with
    /// the ledger.
    pub decisions_unexpected: u64,
    pub decisions_missing: u64,
    pub decisions_wrong: u64,
    pub decisions_doubled: u64,
    pub decisions_off_ledger: u64,
    /// [9] Notices by state.
    pub notices: BTreeMap<String, u64>,
    /// [8] Told decisions without their notice, or without their line in it; notices nobody decided; two for one person
    /// and event; lines that name no entry of the ledger; credits nobody is told of.
    pub notices_missing: u64,
    pub notices_unexpected: u64,
    pub notices_doubled: u64,
    pub lines_off: u64,
    pub lines_untrue: u64,
    pub untold: u64,
    /// [9] Not sent, though there is an address; or not undeliverable, though there is none.
    pub notices_unsent: u64,
    /// [9] Sent, by the database; not seen by the server.
    pub sent_unseen: u64,
    /// [10] Accepted by the server: of no notice, or to somebody else.
    pub ghost_mail: u64,
    /// [11] Further copies, and how many of them the faults of this run explain.
    pub duplicate_mail: u64,
    pub duplicate_mail_allowed: u64,
    /// [11] Message-IDs whose copies are not the same bytes.
    pub copies_differ: u64,
    /// [17] Leased notices, unfinished fan-outs, sessions idle in a transaction, prepared transactions, advisory locks.
    pub leftovers: u64,
    /// Some charges that should have been reversed and were not, each with the decisions about its proposal.
    pub examples: Vec<String>,
    pub ok: bool,
}

/// Judges the database at `pool`.
pub async fn check(
    pool: &PgPool, seed: u64, expected: &Expected, letters: &[Letter], queued: Queued, copies_allowed: u64,
) -> Verdict {
    let mut verdict = Verdict { seed, queued, duplicate_mail_allowed: copies_allowed, ..Verdict::default() };
    inbox(pool, expected, &mut verdict).await;
    ledger(pool, expected, &mut verdict).await;
    balances(pool, expected, &mut verdict).await;
    decisions(pool, expected, &mut verdict).await;
    notices(pool, &mut verdict).await;
    mail(pool, expected, letters, &mut verdict).await;
    verdict.leftovers = count(pool, LEFTOVERS).await;
    verdict.judge(expected);
    verdict
}

impl Verdict {
    /// Sets `ok` by the other numbers.
    pub fn judge(&mut self, expected: &Expected) {
        self.ok = self.holds(expected);
    }

    fn holds(&self, expected: &Expected) -> bool {
        let zeros = [
            self.events_missing,
            self.events_unexpected,
            self.waiting,
            self.fanning_out,
            self.dead,
            self.queued.work,
            self.queued.dead,
            self.queued.elsewhere,
            self.queued.stuck,
            self.missing,
            self.unexpected,
            self.doubled,
            self.wrong_amount,
            self.sums_off,
            self.balances_off,
            self.balances_negative,
            self.keys_gone,
            self.guards_gone,
            self.ledger_rewrites,
            self.orphans,
            self.decisions_unexpected,
            self.decisions_missing,
            self.decisions_wrong,
            self.decisions_doubled,
            self.decisions_off_ledger,
            self.notices_missing,
            self.notices_unexpected,
            self.notices_doubled,
            self.lines_off,
            self.lines_untrue,
            self.untold,
            self.notices_unsent,
            self.sent_unseen,
            self.ghost_mail,
            self.copies_differ,
            self.leftovers,
        ];
        zeros.iter().all(|number| *number == 0)
            && self.duplicate_mail <= self.duplicate_mail_allowed
            && self.applied == expected.events.len() as u64
            && self.credited == expected.returns.len() as u64
    }

    /// Confirmed events that are nowhere, and charges that never came back.
    pub fn lost(&self) -> u64 {
        self.events_missing + self.missing
    }

    /// The verdict as one line of JSON.
    pub fn json(&self) -> String {
        serde_json::to_string(self).expect("JSON")
    }
}

async fn count(pool: &PgPool, sql: &'static str) -> u64 {
    let number: i64 = sqlx::query_scalar(sql).fetch_one(pool).await.unwrap_or_else(|error| panic!("{error} in: {sql}"));
    u64::try_from(number).expect("a count")
}

async fn inbox(pool: &PgPool, expected: &Expected, verdict: &mut Verdict) {
    let rows = sqlx::query("select source, event_id, state from events").fetch_all(pool).await.expect("the inbox");
    verdict.events = rows.len() as u64;
    let mut seen = BTreeSet::new();
    for row in &rows {
        let (source, id, state): (String, String, String) = (row.get(0), row.get(1), row.get(2));
        match state.as_str() {
            "applied" => verdict.applied += 1,
            "waiting" => verdict.waiting += 1,
            "fanning_out" => verdict.fanning_out += 1,
            _ => {}
        }
        let known = source == super::market::SOURCE && expected.events.contains(&id);
        if !known || !seen.insert(id) {
            verdict.events_unexpected += 1;
        }
    }
    verdict.events_missing = expected.events.iter().filter(|id| !seen.contains(*id)).count() as u64;
    verdict.dead =
        count(pool, "select (select count(*) from dead_letters) + (select count(*) from events where state = 'dead')")
            .await;
}

const REWRITES: &str = "
    select coalesce(n_tup_upd + n_tup_del, 0)::bigint from pg_stat_user_tables where relname = 'connects_entries'";

/// Unique and not partial, on exactly these columns.
const KEYS: &str = "
    select count(*) from (values ('connects_entries', '{reverses}'), ('events', '{source,event_id}'),
        ('notices', '{event_no,person_id}'), ('decisions', '{event_no,proposal_id}')) as due (relation, columns)
    where not exists (
        select from pg_index i join pg_class t on t.oid = i.indrelid
        where t.relname = due.relation and i.indisunique and i.indisvalid and i.indpred is null
          and (select array_agg(a.attname::text order by k.place)
               from unnest(i.indkey) with ordinality as k (attnum, place)
               join pg_attribute a on a.attrelid = t.oid and a.attnum = k.attnum) = due.columns::text[])";

const GUARDS: &str = "
    select (select count(*) from (values ('accounts', '%balance >= 0%'), ('connects_entries', '%amount > 0%'),
            ('decisions', '%amount >= 0%')) as due (relation, condition)
        where not exists (
            select from pg_constraint c join pg_class t on t.oid = c.conrelid
            where t.relname = due.relation and c.contype = 'c' and c.convalidated
              and pg_get_constraintdef(c.oid) like due.condition))
    + (select count(*) from (values ('connects_entries_append_only')) as due (name)
        where not exists (select from pg_trigger where tgname = due.name and tgenabled <> 'D'))";

const ORPHANS: &str = "
    select (select count(*) from connects_entries e where e.kind = 'return' and not exists (
            select from events v where v.event_no = e.event_no))
        + (select count(*) from decisions d where not exists (select from events v where v.event_no = d.event_no))
        + (select count(*) from notices n where not exists (select from events v where v.event_no = n.event_no))";

async fn ledger(pool: &PgPool, expected: &Expected, verdict: &mut Verdict) {
    let sql = "select reverses, proposal_id, account_id, amount from connects_entries where kind = 'return'";
    let rows = sqlx::query(sql).fetch_all(pool).await.expect("the ledger");
    verdict.credited = rows.len() as u64;
    let mut times = BTreeMap::<String, u64>::new();
    for row in &rows {
        let (charge, proposal, account, amount): (String, String, String, i64) =
            (row.get(0), row.get(1), row.get(2), row.get(3));
        match expected.returns.get(&charge) {
            None => verdict.unexpected += 1,
            Some(due) if (&due.proposal, &due.account, due.amount) != (&proposal, &account, amount) => {
                verdict.wrong_amount += 1;
            }
            Some(_) => {}
        }
        *times.entry(charge).or_default() += 1;
    }
    let missing: Vec<&String> = expected.returns.keys().filter(|charge| !times.contains_key(*charge)).collect();
    verdict.missing = missing.len() as u64;
    for charge in missing.into_iter().take(EXAMPLES_MAX) {
        verdict.examples.push(example(pool, charge, &expected.returns[charge].proposal).await);
    }
    verdict.doubled = times.values().filter(|times| **times > 1).count() as u64;
    verdict.keys_gone = count(pool, KEYS).await;
    verdict.guards_gone = count(pool, GUARDS).await;
    verdict.ledger_rewrites = count(pool, REWRITES).await;
    verdict.orphans = count(pool, ORPHANS).await;
}

/// Examples of trouble in a verdict.
const EXAMPLES_MAX: usize = 5;

const STORY: &str = "
    select coalesce(string_agg(e.event_id || ' ' || d.verdict || coalesce(' ' || d.ground, '') || ' at '
        || d.decided_at || ', attempts ' || e.attempts, '; ' order by d.decided_at), 'no decision')
    from decisions d join events e using (event_no) where d.proposal_id = $1";

async fn example(pool: &PgPool, charge: &str, proposal: &str) -> String {
    let story: String = sqlx::query_scalar(STORY).bind(proposal).fetch_one(pool).await.expect("the decisions");
    format!("{charge}: {story}")
}

const BALANCES: &str = "
    select a.account_id, a.balance, coalesce(sum(e.amount), 0)::bigint from accounts a
    left join connects_entries e using (account_id) group by a.account_id, a.balance";

async fn balances(pool: &PgPool, expected: &Expected, verdict: &mut Verdict) {
    let rows = sqlx::query(BALANCES).fetch_all(pool).await.expect("the balances");
    let mut all = (0_i64, 0_i64);
    for row in &rows {
        let (account, balance, sum): (String, i64, i64) = (row.get(0), row.get(1), row.get(2));
        all = (all.0 + balance, all.1 + sum);
        verdict.sums_off += u64::from(balance != sum);
        verdict.balances_negative += u64::from(balance < 0);
        verdict.balances_off += u64::from(Some(&balance) != expected.balances.get(&account));
    }
    let entries = count(pool, "select sum(amount)::bigint from connects_entries").await;
    verdict.sums_off += u64::from(all.0 != all.1 || all.0 != i64::try_from(entries).expect("fits"));
}

const OFF_LEDGER: &str = "
    with returned as (
        select event_no, proposal_id, sum(amount)::bigint as amount from connects_entries where kind = 'return' group by 1, 2)
    select count(*) from (select * from decisions where amount <> 0) d
    full join returned r on r.event_no = d.event_no and r.proposal_id = d.proposal_id
    where d.amount is distinct from r.amount";

async fn decisions(pool: &PgPool, expected: &Expected, verdict: &mut Verdict) {
    let sql = "select e.event_id, d.proposal_id, d.verdict, d.ground from decisions d join events e using (event_no)";
    let rows = sqlx::query(sql).fetch_all(pool).await.expect("the decisions");
    let refundable: BTreeSet<&str> = expected.returns.values().map(|due| due.proposal.as_str()).collect();
    let mut seen = BTreeSet::new();
    for row in &rows {
        let key: (String, String) = (row.get(0), row.get(1));
        let (said, ground): (String, Option<String>) = (row.get(2), row.get(3));
        let right = match expected.decisions.get(&key) {
            None => {
                verdict.decisions_unexpected += 1;
                continue;
            }
            // The table returns what is left: credited, or a word about why nothing was left.
            Some(true) if said == "credited" => true,
            Some(true) => match ground.as_deref() {
                Some("already_returned") => said == "none",
                Some("nothing_spent") => said == "none" && !refundable.contains(key.1.as_str()),
                _ => false,
            },
            Some(false) => said == "none",
        };
        verdict.decisions_wrong += u64::from(!right);
        verdict.decisions_doubled += u64::from(!seen.insert(key));
    }
    verdict.decisions_missing = expected.decisions.keys().filter(|key| !seen.contains(*key)).count() as u64;
    verdict.decisions_off_ledger = count(pool, OFF_LEDGER).await;
}

/// Whom the decisions say that they tell: the submitter, and for an agency that wants it its manager, or its owner
/// where it has none.
macro_rules! told {
    ($rest:literal) => {
        concat!(
            "with told as (
                select event_no, proposal_id, person_id from decisions where told
                union select d.event_no, d.proposal_id, coalesce(a.manager_id, a.owner_id)
                from decisions d join accounts a using (account_id)
                where d.told and a.kind = 'agency' and a.tell_manager),
            people as (select distinct event_no, person_id from told),
            lines as (
                select n.event_no, n.person_id, line.value from notices n, jsonb_array_elements(n.lines) line)
            ",
            $rest
        )
    };
}

const NOTICES_MISSING: &str = told!(
    "select count(*) from people p where not exists (
    select from notices n where n.event_no = p.event_no and n.person_id = p.person_id)"
);

const NOTICES_UNEXPECTED: &str = told!(
    "select count(*) from notices n where not exists (
    select from people p where n.event_no = p.event_no and n.person_id = p.person_id)"
);

const LINES_OFF: &str = told!("select count(*) from told t
    full join (select event_no, person_id, value->>'proposal' as proposal_id, count(*) as times from lines group by 1, 2, 3) l
    on l.event_no = t.event_no and l.person_id = t.person_id and l.proposal_id = t.proposal_id
    where l.times is distinct from 1 or t.event_no is null");

/// By the entries' primary key: a look at the whole ledger for each line would take minutes.
const LINES_UNTRUE: &str = told!(
    ", stated as (
        select l.event_no, l.value, row_number() over () as no,
            (l.value->>'fee_returned')::bigint + (l.value->>'boost_returned')::bigint as amount
        from lines l),
    entered as (
        select s.no, sum(e.amount) as amount
        from stated s cross join jsonb_array_elements_text(s.value->'entries') named
        join connects_entries e on e.entry_id = named and e.event_no = s.event_no and e.kind = 'return' group by s.no)
    select count(*) from stated s left join entered e using (no) where s.amount <> coalesce(e.amount, 0)"
);

const UNTOLD: &str = "select count(*) from decisions where verdict = 'credited' and not told";

/// Undeliverable is right for those without an address, and for nobody else.
const UNSENT: &str = "
    select count(*) from notices n left join people p using (person_id)
    where n.state <> case when p.email is null then 'undeliverable' else 'sent' end";

const NOTICES_DOUBLED: &str = "
    select count(*) from (select from notices group by event_no, person_id having count(*) > 1) as twice";

/// What nobody holds any more at the end.
const LEFTOVERS: &str = "
    select (select count(*) from notices where state = 'leased') + (select count(*) from fanout_accounts)
        + (select count(*) from pg_stat_activity where datname = current_database() and state like 'idle in transaction%')
        + (select count(*) from pg_prepared_xacts where database = current_database())
        + (select count(*) from pg_locks where locktype = 'advisory'
            and database = (select oid from pg_database where datname = current_database()))";

async fn notices(pool: &PgPool, verdict: &mut Verdict) {
    let states =
        sqlx::query("select state, count(*) from notices group by state").fetch_all(pool).await.expect("notices");
    for row in &states {
        let (state, number): (String, i64) = (row.get(0), row.get(1));
        verdict.notices.insert(state, u64::try_from(number).expect("a count"));
    }
    verdict.notices_missing = count(pool, NOTICES_MISSING).await;
    verdict.notices_unexpected = count(pool, NOTICES_UNEXPECTED).await;
    verdict.lines_off = count(pool, LINES_OFF).await;
    verdict.lines_untrue = count(pool, LINES_UNTRUE).await;
    verdict.untold = count(pool, UNTOLD).await;
    verdict.notices_unsent = count(pool, UNSENT).await;
    verdict.notices_doubled = count(pool, NOTICES_DOUBLED).await;
}

/// Message-IDs are `<notice id>@<domain>`.
async fn mail(pool: &PgPool, expected: &Expected, letters: &[Letter], verdict: &mut Verdict) {
    let sql = "select notice_id, person_id, state = 'sent' from notices";
    let rows = sqlx::query(sql).fetch_all(pool).await.expect("the notices");
    let mut notices = BTreeMap::<String, (String, bool)>::new();
    for row in &rows {
        notices.insert(row.get::<uuid::Uuid, _>(0).to_string(), (row.get(1), row.get(2)));
    }
    let mut copies = BTreeMap::<&str, (u64, BTreeSet<&str>)>::new();
    for letter in letters {
        let id = letter.message_id.split('@').next().unwrap_or_default();
        let person = notices.get(id).map(|(person, _)| person);
        let address = person.and_then(|person| expected.addresses.get(person));
        if address != Some(&letter.recipient) {
            verdict.ghost_mail += 1;
        }
        let (times, hashes) = copies.entry(id).or_default();
        *times += 1;
        hashes.insert(&letter.sha256);
    }
    verdict.duplicate_mail = copies.values().map(|(times, _)| times - 1).sum();
    verdict.copies_differ = copies.values().filter(|(_, hashes)| hashes.len() > 1).count() as u64;
    let unseen = |(id, (_, sent)): &(&String, &(String, bool))| *sent && !copies.contains_key(id.as_str());
    verdict.sent_unseen = notices.iter().filter(unseen).count() as u64;
}
