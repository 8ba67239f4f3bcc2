//! Tests of: event.
