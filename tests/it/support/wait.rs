//! Waiting for a condition: asked again and again, never longer than a deadline.

use std::time::{Duration, Instant};

/// Pause between two questions: short beside everything that is waited for, long beside the question.
const PAUSE: Duration = Duration::from_millis(25);

/// Asks `question` until it answers, for at most `deadline`; `None` if it never did.
pub async fn answer<T>(deadline: Duration, mut question: impl AsyncFnMut() -> Option<T>) -> Option<T> {
    let end = Instant::now() + deadline;
    let mut pause = tokio::time::interval(PAUSE);
    pause.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        pause.tick().await;
        if let Some(answer) = question().await {
            return Some(answer);
        }
        if Instant::now() >= end {
            return None;
        }
    }
}

/// As [`answer`], for a condition that must come true; `what` says in the failure what did not.
pub async fn until(what: &str, deadline: Duration, mut holds: impl AsyncFnMut() -> bool) {
    let held = answer(deadline, async || holds().await.then_some(())).await;
    assert!(held.is_some(), "not within {deadline:?}: {what}");
}
