//! Tests of: store.
mod periphery;
