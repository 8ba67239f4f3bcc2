//! Predicts what replaying letters would do, page by page: the very transactions of a replay, rolled back.

use super::DeskError;
use super::selection::Frozen;
use super::tally::Tally;
use crate::store::{PAGE_MAX, Prediction, ReplayCall, ReplayEffects};
use crate::worker::Intake;

/// Letters predicted in one transaction: a page of them would hold the writer of SQLite for long.
const PAGE: usize = 100;
const _: () = assert!(PAGE <= PAGE_MAX as usize, "a page of predictions must fit");

/// What is to be replayed, and how.
#[derive(Debug, Clone, Copy)]
pub struct Forecast<'a> {
    /// Which letters.
    pub frozen: &'a [Frozen],
    /// With which effects.
    pub effects: ReplayEffects,
    /// With this payload.
    pub patch: Option<&'a [u8]>,
}

impl Forecast<'_> {
    /// A prediction for each letter, in their order. `told` hears of every page how many letters it had.
    pub async fn make(
        &self, intake: &Intake, told: &mut (dyn FnMut(u64) + Send),
    ) -> Result<Vec<Prediction>, DeskError> {
        let judge = intake.judge();
        let mut predictions = Vec::with_capacity(self.frozen.len());
        for page in self.frozen.chunks(PAGE) {
            let ids: Vec<i64> = page.iter().map(|(id, _)| *id).collect();
            let now = intake.clock.now();
            let call = ReplayCall { judge: &judge, wait: &intake.wait, limits: intake.limits, now };
            predictions.extend(intake.store.predict(&ids, self.effects, self.patch, call).await?);
            told(ids.len() as u64);
        }
        Ok(predictions)
    }

    /// The predictions, counted.
    pub fn totals(predictions: &[Prediction]) -> Tally {
        let mut totals = Tally::default();
        for prediction in predictions {
            totals.count(&prediction.outcome);
        }
        totals
    }
}
