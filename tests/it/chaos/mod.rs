//! The fault test: two daemons on one database are killed again and again, and the checker says whether anything was
//! lost, doubled or told wrongly. Planted bugs show that the checker can say so.

mod exactly_once;
mod nemesis;
mod oracle;
mod planted;
mod rig;
