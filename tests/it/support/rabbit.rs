//! A RabbitMQ vhost per test, deleted with it, and the few management calls the tests need.

use serde_json::Value;

/// A vhost that goes away when the value does.
pub struct Vhost {
    name: String,
}

impl Vhost {
    /// Creates an empty one.
    pub fn create() -> Self {
        let name = super::unique("makegood-test");
        call("PUT", &format!("/api/vhosts/{name}"));
        Self { name }
    }

    /// Its AMQP URL.
    pub fn url(&self) -> String {
        format!("{}/{}", super::service("MAKEGOOD_TEST_AMQP"), self.name)
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.name
    }
}

impl Drop for Vhost {
    fn drop(&mut self) {
        call("DELETE", &format!("/api/vhosts/{}", self.name));
    }
}

/// One call of the management API; `GET` answers JSON.
pub fn call(method: &str, path: &str) -> Option<Value> {
    let base = super::service("MAKEGOOD_TEST_RABBIT_API");
    let (scheme, rest) = base.split_once("://").expect("a URL");
    let (user, host) = rest.split_once('@').expect("user and password in the URL");
    let url = format!("{scheme}://{host}{path}");
    let login = format!("Basic {}", base64(user.as_bytes()));
    let answer = match method {
        "GET" => ureq::get(&url).header("authorization", &login).call(),
        "PUT" => {
            ureq::put(&url).header("authorization", &login).header("content-type", "application/json").send_empty()
        }
        "DELETE" => ureq::delete(&url).header("authorization", &login).call(),
        other => panic!("{other} is not needed"),
    };
    let mut answer = answer.unwrap_or_else(|error| panic!("{method} {path}: {error}"));
    (method == "GET").then(|| answer.body_mut().read_json().expect("JSON"))
}

fn base64(bytes: &[u8]) -> String {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::new();
    for chunk in bytes.chunks(3) {
        let word = chunk.iter().enumerate().fold(0_u32, |word, (i, b)| word | u32::from(*b) << (16 - 8 * i));
        for i in 0..4 {
            let letter = ALPHABET[(word >> (18 - 6 * i)) as usize & 63] as char;
            text.push(if i <= chunk.len() { letter } else { '=' });
        }
    }
    text
}
