//! `impl Store`: the intake by `flow`, which is written once over [`Begin`](super::flow::Begin); the rest by the
//! inherent methods of the same names, one file a use case.

/// Implements [`Store`](super::Store) for a type that can begin transactions and has the other methods as inherent
/// ones.
macro_rules! delegate {
    ($store:ty) => {
        #[async_trait::async_trait]
        impl crate::store::Store for $store {
            async fn migrate(&self) -> Result<MigrationStatus, StoreError> {
                <$store>::migrate(self).await
            }
            async fn migration_status(&self) -> Result<MigrationStatus, StoreError> {
                <$store>::migration_status(self).await
            }
            async fn ping(&self) -> Result<(), StoreError> {
                <$store>::ping(self).await
            }
            async fn apply(
                &self, batch: &Batch, judge: &dyn Judge, wait: &WaitRule, now: OffsetDateTime,
            ) -> Result<Vec<Outcome>, StoreError> {
                crate::store::flow::apply(self, batch, Call { judge, wait, now, options: &self.options }).await
            }
            async fn apply_due(
                &self, limit: u32, judge: &dyn Judge, wait: &WaitRule, now: OffsetDateTime,
            ) -> Result<Vec<Outcome>, StoreError> {
                crate::store::flow::apply_due(self, limit, Call { judge, wait, now, options: &self.options }).await
            }
            async fn fan_out(
                &self, judge: &dyn Judge, wait: &WaitRule, now: OffsetDateTime,
            ) -> Result<FanOutStep, StoreError> {
                crate::store::flow::fan_out(self, Call { judge, wait, now, options: &self.options }).await
            }
            async fn fan_out_chunks(
                &self, judge: &dyn Judge, wait: &WaitRule, now: OffsetDateTime, chunks_max: usize, told: FanOutTold<'_>,
            ) -> Result<bool, StoreError> {
                let call = Call { judge, wait, now, options: &self.options };
                crate::store::flow::fan_out_chunks(self, call, chunks_max, told).await
            }
            async fn bury(&self, letters: &[DeadLetter], now: OffsetDateTime) -> Result<(), StoreError> {
                <$store>::bury(self, letters, now).await
            }
            async fn lease_notices(
                &self, limit: u32, token: Uuid, lease_for: Duration, now: OffsetDateTime,
            ) -> Result<Vec<LeasedNotice>, StoreError> {
                <$store>::lease_notices(self, limit, token, lease_for, now).await
            }
            async fn settle_notices(&self, results: &[Settlement], now: OffsetDateTime) -> Result<u64, StoreError> {
                <$store>::settle_notices(self, results, now).await
            }
            async fn import(&self, batch: &ImportBatch) -> Result<ImportCounts, StoreError> {
                <$store>::import(self, batch).await
            }
            async fn stats(&self, now: OffsetDateTime) -> Result<Stats, StoreError> {
                <$store>::stats(self, now).await
            }
            async fn agreement(&self) -> Result<Agreement, StoreError> {
                <$store>::agreement(self).await
            }
            async fn report(&self, limit: u32) -> Result<Vec<ReportRow>, StoreError> {
                <$store>::report(self, limit).await
            }
            async fn events(
                &self, state: EventState, before: Option<i64>, limit: u32,
            ) -> Result<Vec<EventSummary>, StoreError> {
                <$store>::events(self, state, before, limit).await
            }
            fn pools(&self) -> [PoolUse; 2] {
                <$store>::pools(self)
            }
            async fn close(&self) {
                <$store>::close(self).await
            }
        }

        #[async_trait::async_trait]
        impl crate::store::AuditStore for $store {
            async fn audit_page(
                &self, check: AuditCheck, after: &AuditKey, rule: &AuditRule, examiner: &Examiner<'_>,
            ) -> Result<AuditPage, StoreError> {
                crate::store::audit::page(self, check, after, rule, examiner).await
            }
            async fn audit_again(
                &self, check: AuditCheck, subjects: &[String], rule: &AuditRule, examiner: &Examiner<'_>,
            ) -> Result<Vec<Gap>, StoreError> {
                crate::store::audit::again(self, check, subjects, rule, examiner).await
            }
            async fn audit_canary(&self, rule: &AuditRule) -> Result<Canary, StoreError> {
                crate::store::audit::canary(self, rule).await
            }
            async fn audit_record(
                &self, check: AuditCheck, gaps: &[Gap], looked_at: &[i64], rule: &AuditRule,
            ) -> Result<(), StoreError> {
                <$store>::audit_record(self, check, gaps, looked_at, rule).await
            }
            async fn findings(
                &self, filter: &FindingFilter, before: Option<i64>, limit: u32,
            ) -> Result<Vec<AuditFinding>, StoreError> {
                <$store>::findings(self, filter, before, limit).await
            }
            async fn findings_open(
                &self, now: OffsetDateTime,
            ) -> Result<Vec<(String, u64, OffsetDateTime)>, StoreError> {
                <$store>::findings_open(self, now).await
            }
            async fn findings_accept(
                &self, nos: &[i64], act: &Act, now: OffsetDateTime,
            ) -> Result<Vec<i64>, StoreError> {
                <$store>::findings_accept(self, nos, act, now).await
            }
            async fn findings_order(
                &self, nos: &[i64], details: &serde_json::Value, act: &Act, now: OffsetDateTime,
            ) -> Result<(), StoreError> {
                <$store>::findings_order(self, nos, details, act, now).await
            }
            async fn finding_repair(
                &self, no: i64, repair: &RowRepair, act: &Act, now: OffsetDateTime,
            ) -> Result<bool, StoreError> {
                <$store>::finding_repair(self, no, repair, act, now).await
            }
            async fn audit_mark(&self, name: &str) -> Result<AuditMark, StoreError> {
                <$store>::audit_mark(self, name).await
            }
            async fn audit_mark_write(&self, name: &str, mark: &AuditMark) -> Result<(), StoreError> {
                <$store>::audit_mark_write(self, name, mark).await
            }
        }

        #[async_trait::async_trait]
        impl crate::store::RetentionStore for $store {
            async fn purge_events(
                &self, fate: Fate, before: OffsetDateTime, after: i64, dry_run: bool, act: &Act, now: OffsetDateTime,
            ) -> Result<Purged, StoreError> {
                crate::store::retention::purge_events(self, fate, (before, after), dry_run, act, now).await
            }
            async fn archived_months(&self, before: OffsetDateTime) -> Result<Vec<ArchiveMonth>, StoreError> {
                crate::store::retention::archived_months(self, before).await
            }
            async fn drop_month(
                &self, month: ArchiveMonth, act: &Act, now: OffsetDateTime,
            ) -> Result<bool, StoreError> {
                crate::store::retention::drop_month(self, month, act, now).await
            }
        }

        #[async_trait::async_trait]
        impl crate::store::SealStore for $store {
            async fn seal_next(&self, now: OffsetDateTime) -> Result<SealStep, StoreError> {
                crate::store::seals::seal_next(self, now).await
            }
            async fn seals(&self, limit: u32) -> Result<Vec<Seal>, StoreError> {
                crate::store::seals::newest(self, limit).await
            }
            async fn seal(&self, no: i64) -> Result<Option<Seal>, StoreError> {
                crate::store::seals::seal(self, no).await
            }
        }

        #[async_trait::async_trait]
        impl crate::store::AnnouncementStore for $store {
            async fn lease_announcements(
                &self, lease: AnnouncementLease<'_>, now: OffsetDateTime,
            ) -> Result<Vec<LeasedAnnouncement>, StoreError> {
                <$store>::lease_announcements(self, lease, now).await
            }
            async fn settle_announcements(
                &self, token: Uuid, results: &[(i64, AnnouncementResult)], now: OffsetDateTime,
            ) -> Result<u64, StoreError> {
                <$store>::settle_announcements(self, token, results, now).await
            }
        }

        #[async_trait::async_trait]
        impl crate::store::SuppressionStore for $store {
            async fn suppressions(
                &self, filter: &SuppressionFilter, limit: u32, now: OffsetDateTime,
            ) -> Result<Vec<Suppression>, StoreError> {
                <$store>::suppressions(self, filter, limit, now).await
            }
            async fn suppress(
                &self, addresses: &[Address], expires_at: Option<OffsetDateTime>, dry_run: bool, act: &Act,
                now: OffsetDateTime,
            ) -> Result<Vec<i64>, StoreError> {
                <$store>::suppress(self, addresses, expires_at, dry_run, act, now).await
            }
            async fn release(
                &self, selection: &ReleaseSelection, dry_run: bool, act: &Act, now: OffsetDateTime,
            ) -> Result<Released, StoreError> {
                <$store>::release(self, selection, dry_run, act, now).await
            }
        }

        #[async_trait::async_trait]
        impl crate::store::BounceStore for $store {
            async fn bounced_notice(&self, notice: Uuid) -> Result<Option<BouncedNotice>, StoreError> {
                <$store>::bounced_notice(self, notice).await
            }
            async fn bounce(
                &self, entry: &BounceEntry, dry_run: bool, now: OffsetDateTime,
            ) -> Result<Bounced, StoreError> {
                <$store>::bounce(self, entry, dry_run, now).await
            }
        }

        #[async_trait::async_trait]
        impl crate::store::InquiryStore for $store {
            async fn find(&self, text: &str) -> Result<Vec<Thing>, StoreError> {
                let mut tx = <$store>::inquiry(self).await?;
                let found = inquiring::find(&mut tx, text).await?;
                tx.end().await.map(|()| found)
            }
            async fn inquire(
                &self, thing: &Thing, page: Listed<'_>, now: OffsetDateTime,
            ) -> Result<Dossier, StoreError> {
                let mut tx = <$store>::inquiry(self).await?;
                let dossier = inquiring::inquire(&mut tx, thing, page, now).await?;
                tx.end().await.map(|()| dossier)
            }
            async fn history(&self, query: &HistoryQuery<'_>) -> Result<HistoryPage, StoreError> {
                let mut tx = <$store>::inquiry(self).await?;
                let page = inquiring::history(&mut tx, query).await?;
                tx.end().await.map(|()| page)
            }
        }

        #[async_trait::async_trait]
        impl crate::store::NoticeStore for $store {
            async fn notices(&self, filter: &NoticeFilter, page: NoticePage) -> Result<Vec<NoticeSummary>, StoreError> {
                <$store>::notices(self, filter, page).await
            }
            async fn notice_groups(&self, filter: &NoticeFilter) -> Result<Vec<NoticeGroup>, StoreError> {
                <$store>::notice_groups(self, filter).await
            }
            async fn notice(&self, id: Uuid, now: OffsetDateTime) -> Result<Option<NoticeDossier>, StoreError> {
                <$store>::notice(self, id, now).await
            }
            async fn notices_change(
                &self, order: &NoticeOrder, act: &Act, now: OffsetDateTime,
            ) -> Result<NoticesChanged, StoreError> {
                <$store>::notices_change(self, order, act, now).await
            }
        }

        #[async_trait::async_trait]
        impl crate::store::DeadLetterStore for $store {
            async fn letters(&self, filter: &LetterFilter, page: LetterPage) -> Result<Vec<LetterSummary>, StoreError> {
                <$store>::letters(self, filter, page).await
            }
            async fn letter_ids(&self, filter: &LetterFilter, after: i64, limit: u32) -> Result<Vec<i64>, StoreError> {
                <$store>::letter_ids(self, filter, after, limit).await
            }
            async fn letters_count(&self, filter: &LetterFilter) -> Result<u64, StoreError> {
                <$store>::letters_count(self, filter).await
            }
            async fn letter_groups(&self, filter: &LetterFilter) -> Result<Vec<LetterGroup>, StoreError> {
                <$store>::letter_groups(self, filter).await
            }
            async fn letter(&self, id: i64) -> Result<Option<Letter>, StoreError> {
                <$store>::letter(self, id).await
            }
            async fn letters_whole(
                &self, filter: &LetterFilter, after: i64, limit: u32,
            ) -> Result<Vec<Letter>, StoreError> {
                <$store>::letters_whole(self, filter, after, limit).await
            }
            async fn letters_import(
                &self, letters: &[Letter], act: &Act, now: OffsetDateTime,
            ) -> Result<u64, StoreError> {
                <$store>::letters_import(self, letters, act, now).await
            }
            async fn discard(
                &self, selection: &Selection, limit: u64, act: &Act, now: OffsetDateTime,
            ) -> Result<Vec<i64>, StoreError> {
                <$store>::discard(self, selection, limit, act, now).await
            }
            async fn restore(
                &self, selection: &Selection, limit: u64, act: &Act, now: OffsetDateTime,
            ) -> Result<Vec<i64>, StoreError> {
                <$store>::restore(self, selection, limit, act, now).await
            }
            async fn purge(
                &self, settled_before: OffsetDateTime, limit: u32, act: &Act, now: OffsetDateTime,
            ) -> Result<u64, StoreError> {
                <$store>::purge(self, settled_before, limit, act, now).await
            }
            async fn note(
                &self, action: &'static str, affected: u64, details: &serde_json::Value, act: &Act, now: OffsetDateTime,
            ) -> Result<(), StoreError> {
                <$store>::note(self, action, affected, details, act, now).await
            }
            async fn operator_log(&self, before: Option<i64>, limit: u32) -> Result<Vec<OperatorEntry>, StoreError> {
                <$store>::operator_acts(self, &OperatorFilter::default(), before, limit).await
            }
            async fn operator_acts(
                &self, filter: &OperatorFilter, before: Option<i64>, limit: u32,
            ) -> Result<Vec<OperatorEntry>, StoreError> {
                <$store>::operator_acts(self, filter, before, limit).await
            }
            async fn predict(
                &self, ids: &[i64], effects: ReplayEffects, patch: Option<&[u8]>, call: ReplayCall<'_>,
            ) -> Result<Vec<Prediction>, StoreError> {
                replaying::predict(self, ids, (effects, patch), LetterCall::new(call, &self.options)).await
            }
            async fn replay_create(
                &self, order: &ReplayOrder, act: &Act, now: OffsetDateTime,
            ) -> Result<Replay, StoreError> {
                replaying::create(self, order, act, now).await
            }
            async fn replay_claim(
                &self, which: Option<i64>, token: Uuid, lease_for: Duration, now: OffsetDateTime,
            ) -> Result<Option<Replay>, StoreError> {
                replaying::claim(self, which, token, lease_for, now).await
            }
            async fn replay_step(
                &self, replay: i64, token: Uuid, lease_for: Duration, call: ReplayCall<'_>,
            ) -> Result<ReplayStep, StoreError> {
                replaying::step(self, Hold { replay, token, lease_for }, LetterCall::new(call, &self.options)).await
            }
            async fn replay_end(
                &self, replay: i64, token: Uuid, end: ReplayEnd, now: OffsetDateTime,
            ) -> Result<bool, StoreError> {
                replaying::end_replay(self, replay, token, end, now).await
            }
            async fn replay_release(&self, replay: i64, token: Uuid) -> Result<(), StoreError> {
                replaying::release(self, replay, token).await
            }
            async fn replay_cancel(
                &self, replay: i64, act: &Act, now: OffsetDateTime,
            ) -> Result<Option<Replay>, StoreError> {
                replaying::cancel(self, replay, act, now).await
            }
            async fn replays(&self, which: Option<i64>, limit: u32) -> Result<Vec<Replay>, StoreError> {
                replaying::list(self, which, limit).await
            }
            async fn trial_begin(
                &self, lease_for: Duration, trials_max: u32, now: OffsetDateTime,
            ) -> Result<Option<Trial>, StoreError> {
                replaying::trial_begin(self, lease_for, trials_max, now).await
            }
            async fn trial_apply(&self, letter: i64, call: ReplayCall<'_>) -> Result<LetterOutcome, StoreError> {
                replaying::trial_apply(self, letter, LetterCall::new(call, &self.options)).await
            }
        }
    };
}
pub(super) use delegate;

// What the methods' signatures name, for `use super::delegate::prelude::*`.
pub(super) mod prelude {
    pub(in crate::store) use std::time::Duration;

    pub(in crate::store) use time::OffsetDateTime;
    pub(in crate::store) use uuid::Uuid;

    pub(in crate::store) use crate::store::flow::Call;
    pub(in crate::store) use crate::store::flow::replay::{self as replaying, Hold, LetterCall};
    pub(in crate::store) use crate::store::inquiry::gather as inquiring;
    pub(in crate::store) use crate::store::{
        Act, Address, Agreement, AnnouncementLease, AnnouncementResult, ArchiveMonth, AuditCheck, AuditFinding,
        AuditKey, AuditMark, AuditPage, AuditRule, Batch, BounceEntry, Bounced, BouncedNotice, Canary, DeadLetter,
        Dossier, EventState, EventSummary, Examiner, FanOutStep, FanOutTold, Fate, FindingFilter, Gap, HistoryPage,
        HistoryQuery, ImportBatch, ImportCounts, Judge, LeasedAnnouncement, LeasedNotice, Letter, LetterFilter,
        LetterGroup, LetterOutcome, LetterPage, LetterSummary, Listed, MigrationStatus, NoticeDossier, NoticeFilter,
        NoticeGroup, NoticeOrder, NoticePage, NoticeSummary, NoticesChanged, OperatorEntry, OperatorFilter, Outcome,
        PoolUse, Prediction, Purged, ReleaseSelection, Released, Replay, ReplayCall, ReplayEffects, ReplayEnd,
        ReplayOrder, ReplayStep, ReportRow, RowRepair, Seal, SealStep, Selection, Settlement, Stats, StoreError,
        Suppression, SuppressionFilter, Thing, Trial, WaitRule,
    };
}
