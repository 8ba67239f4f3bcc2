//! What makegood itself publishes: the types of its events, and the routing keys that consumers bind.

use super::EventType;

/// Type of the event that tells of a notice: what the letter says, for the bell.
pub const NOTICE_ISSUED: &str = "notice-issued";

/// Type of the event that tells of a return, for the Connects history; also its routing key.
pub const CONNECTS_RETURNED: &str = "connects-returned";

/// Routing key of the notices about events of this type: `notice-issued.job-canceled`. `notice-issued.*` binds all.
pub fn notice_key(about: EventType) -> String {
    format!("{NOTICE_ISSUED}.{}", about.as_str())
}

/// Every routing key, in the order of the documentation.
pub fn published_keys() -> Vec<String> {
    EventType::ALL.into_iter().map(notice_key).chain([CONNECTS_RETURNED.to_owned()]).collect()
}
