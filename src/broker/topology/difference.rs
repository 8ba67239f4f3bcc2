//! Reads the broker's words about a difference, to show them to a person. Nothing but a report depends on it.

use super::Argument;

/// One difference, as RabbitMQ puts it:
/// `… inequivalent arg 'x-max-length' for queue 'q' in vhost 'v': received the value '5' of type 'long' but current is
/// none`.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Difference {
    pub(super) field: String,
    pub(super) found: Found,
}

/// What is there.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Found {
    /// Nothing: the argument is not set.
    Nothing,
    /// This.
    Value(Argument),
}

impl Difference {
    /// `None`: worded in another way.
    pub(super) fn read(text: &str) -> Option<Self> {
        let (field, rest) = text.split_once("inequivalent arg '")?.1.split_once('\'')?;
        let found = rest.split_once(" but current is ")?.1.trim();
        Some(Self { field: field.to_owned(), found: Found::read(found)? })
    }
}

impl Found {
    fn read(text: &str) -> Option<Self> {
        if text == "none" {
            return Some(Self::Nothing);
        }
        let (value, kind) = match text.strip_prefix("the value '") {
            Some(rest) => rest.split_once("' of type '").map(|(value, kind)| (value, kind.trim_end_matches('\'')))?,
            // `durable`, an exchange's type, and in RabbitMQ 3.10 `x-delivery-limit` stand alone: 'true', 'topic', '3'.
            None => (text.trim_matches('\''), ""),
        };
        let (number, flag) = (value.parse().map(Argument::Number), value.parse().map(Argument::Flag));
        Some(Self::Value(match kind {
            "longstr" | "binary" => Argument::Text(value.to_owned()),
            "bool" => flag.ok()?,
            "" => number.ok().or(flag.ok()).unwrap_or_else(|| Argument::Text(value.to_owned())),
            _ => number.ok()?,
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_rabbitmq_says() {
        let cases = [
            (
                "PRECONDITION_FAILED - inequivalent arg 'x-delivery-limit' for queue 'q' in vhost 'v': received the value '9' of type 'long' but current is the value '3' of type 'signedint'",
                Some(("x-delivery-limit", Found::Value(Argument::Number(3)))),
            ),
            (
                "PRECONDITION_FAILED - inequivalent arg 'x-max-length' for queue 'q' in vhost 'v': received the value '9' of type 'long' but current is none",
                Some(("x-max-length", Found::Nothing)),
            ),
            (
                "PRECONDITION_FAILED - inequivalent arg 'durable' for exchange 'e' in vhost 'v': received 'true' but current is 'false'",
                Some(("durable", Found::Value(Argument::Flag(false)))),
            ),
            (
                "PRECONDITION_FAILED - inequivalent arg 'type' for exchange 'e' in vhost 'v': received 'topic' but current is 'fanout'",
                Some(("type", Found::Value(Argument::Text("fanout".into())))),
            ),
            (
                "PRECONDITION_FAILED - inequivalent arg 'x-delivery-limit' for queue 'q' in vhost 'v': received '9' but current is '3'",
                Some(("x-delivery-limit", Found::Value(Argument::Number(3)))),
            ),
            ("PRECONDITION_FAILED - something else", None),
        ];
        for (text, expected) in cases {
            let expected = expected.map(|(field, found)| Difference { field: field.to_owned(), found });
            assert_eq!(Difference::read(text), expected, "{text}");
        }
    }
}
