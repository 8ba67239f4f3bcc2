//! Who greets: `connection.start` names product and version. lapin keeps them to itself, so the sieve listens.

use lapin::types::parsing::parse_field_table;
use lapin::types::{AMQPValue, FieldTable};
use serde::Serialize;
use std::sync::{Arc, OnceLock};

/// Longest name passed on: it is for people.
const CHARS_MAX: usize = 64;

/// Where the greeting is kept once it was heard.
pub(super) type Heard = Arc<OnceLock<Server>>;

/// What a broker says about itself. Either may be empty.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Server {
    /// "RabbitMQ".
    pub product: String,
    /// "3.10.8".
    pub version: String,
}

impl std::fmt::Display for Server {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let product = if self.product.is_empty() { "an unnamed broker" } else { &self.product };
        write!(f, "{product} {}", self.version)
    }
}

/// Reads the payload of a method frame; `None` if it is no `connection.start`.
pub(super) fn read(payload: &[u8]) -> Option<Server> {
    // Class 10, method 10; two octets of protocol version; the server's properties.
    let [0, 10, 0, 10, _, _, table @ ..] = payload else { return None };
    let (_, properties) = parse_field_table(table).ok()?;
    Some(Server { product: text(&properties, "product"), version: text(&properties, "version") })
}

fn text(properties: &FieldTable, name: &str) -> String {
    match properties.inner().get(name) {
        Some(AMQPValue::LongString(text)) => {
            let text = String::from_utf8_lossy(text.as_bytes()).into_owned();
            text.chars().filter(|c| !c.is_control()).take(CHARS_MAX).collect()
        }
        _ => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_product_and_version_and_nothing_else() {
        let mut table = Vec::new();
        for (name, value) in [("product", "RabbitMQ"), ("version", "4.1.0\n")] {
            table.push(u8::try_from(name.len()).expect("short"));
            table.extend(name.as_bytes());
            table.push(b'S');
            table.extend(u32::try_from(value.len()).expect("short").to_be_bytes());
            table.extend(value.as_bytes());
        }
        let mut start = vec![0, 10, 0, 10, 0, 9];
        start.extend(u32::try_from(table.len()).expect("short").to_be_bytes());
        start.extend(&table);
        let server = read(&start).expect("a greeting");
        assert_eq!(server, Server { product: "RabbitMQ".into(), version: "4.1.0".into() });
        assert_eq!(server.to_string(), "RabbitMQ 4.1.0");
        start[3] = 30;
        assert_eq!(read(&start), None);
        assert_eq!(read(&[0, 10, 0, 10, 0, 9, 0, 0]), None);
    }
}
