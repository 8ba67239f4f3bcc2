//! CloudEvents 1.0 over AMQP: structured JSON mode and binary mode.
