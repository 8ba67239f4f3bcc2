//! Tests of: mail.
