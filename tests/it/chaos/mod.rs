//! Tests of: chaos.
