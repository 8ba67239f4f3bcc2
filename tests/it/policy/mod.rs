//! Tests of: policy.

mod world;
mod rows;
mod cases;
mod people;
mod knobs;
mod letters;
mod table;
mod properties;
