//! Who writes, by class of notice.

use makegood::event::EventType;
use makegood::mail::{Addressing, NoticeClass, Senders};

use super::addressing;

#[test]
fn each_event_has_the_sender_of_its_class() {
    let sender = |class: NoticeClass| Addressing { from: format!("{}@example.com", class.as_str()), ..addressing() };
    let senders = Senders::new(sender, None);
    let classes = EventType::ALL.map(|event_type| (event_type.as_str(), senders.of(event_type).from.as_str()));
    assert_eq!(
        classes,
        [
            ("job-canceled", "returns@example.com"),
            ("post-removed", "returns@example.com"),
            ("client-suspended", "returns@example.com"),
            ("job-expired", "returns@example.com"),
            ("proposal-declined", "declines@example.com"),
            ("invitation-withdrawn", "declines@example.com"),
            ("application-declined", "applications@example.com"),
            ("application-received", "applications@example.com"),
        ]
    );
}
