//! The fault test: two daemons on one database are killed, cut off and stopped again and again, and the checker says
//! whether anything was lost, doubled or told wrongly. Planted bugs show that the checker can say so.
//!
//! This is the short form. `tests/chaos` is the long one: it has a broker and a database of its own, and kills them.

mod cutting;
mod cycle;
mod exactly_once;
mod feed;
mod killing;
mod nemesis;
mod oracle;
mod phase;
mod planted;
mod rig;
mod severed;
mod stopped;
mod watch;
