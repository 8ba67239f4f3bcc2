//! Tests of: policy.

mod world;
mod rows;
mod cases;
mod people;
mod knobs;
mod table;
mod properties;
