//! Tests of: house.
