//! Tests of: policy.

pub mod world;
mod rows;
mod cases;
mod people;
mod knobs;
mod letters;
mod succession;
mod table;
mod properties;
