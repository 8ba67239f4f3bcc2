//! How fast mail may leave.

mod bucket;
mod gate;

pub use bucket::Ramp;
pub use gate::Limits;
pub(in crate::worker) use gate::{Entry, Gate, Limit, Place};
