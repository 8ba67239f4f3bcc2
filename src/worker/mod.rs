//! The work: from the queue into the database, and from the outbox to the people.
//!
//! [`Intake`] takes messages in; [`consume`] feeds it from RabbitMQ; [`collect`] takes in what RabbitMQ gave up;
//! [`follow_up`] carries on what one batch cannot finish (fan-outs, waiting events); [`replay`] carries out what
//! operators ordered, and tries alone what RabbitMQ gave up; [`dispatch`] sends the notices, [`announce`] publishes
//! them for the marketplace itself, [`bounces`] takes in what comes back; [`audit`] finds what was lost on the way;
//! [`desk`] is what commands and console do alike, [`explain`] and [`history`] what they tell of a proposal and an
//! account. With `admin` and `app` this is the only place where store, broker and mail meet. Loops end when `stop` is
//! cancelled, after what they hold is done or safely left.

pub mod announce;
pub mod announcement;
pub mod audit;
mod backlog;
pub mod bounces;
pub mod breaker;
pub mod collect;
pub mod consume;
pub mod desk;
pub mod dispatch;
pub mod erase;
pub mod explain;
pub mod follow_up;
pub mod health;
pub mod history;
mod intake;
pub mod letter;
mod lanes;
mod limits;
mod line;
pub mod operator;
mod pace;
pub mod policies;
mod published;
pub mod replay;
pub mod rulebook;
mod sender;
mod taking;
mod verdict;
pub mod words;

pub use intake::{Intake, Stopped};
pub use limits::{Limits, Ramp};
pub use published::{PUBLISHED, published_schema};
pub use taking::Refusals;
pub use verdict::RetrySchedule;

use backlog::Backlog;
use tokio::sync::Notify;

/// Wakes the loops that would otherwise poll.
#[derive(Debug, Default)]
pub struct Wakeups {
    /// There is an event to fan out.
    pub fan_out: Notify,
    /// There are notices to send.
    pub outbox: Notify,
    /// There are announcements to publish.
    pub announcements: Notify,
    /// There are letters to try.
    pub trials: Notify,
    /// The queue is full: credits come first.
    pub backlog: Backlog,
}

impl Wakeups {
    /// There is something to tell: by mail, and in the marketplace itself.
    pub fn told(&self) {
        self.outbox.notify_one();
        self.announcements.notify_one();
    }
}
